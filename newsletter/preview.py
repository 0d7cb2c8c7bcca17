"""A letter as its readers will see it, for those in the newsroom, and a test letter to oneself."""

from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from civic.lib.policies import PREVIEW_POLICY
from civic.lib.site import SiteSettings
from newsletter.composing import blocks_of
from newsletter.editions import edition_of, for_nobody
from newsletter.issues import drawn
from newsletter.models import Issue

# A letter has its styles in its tags, and pictures by full addresses, which may stand on another host (media in S3).
LETTER_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src 'self' https: data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    ]
)


def preview(request: HttpRequest, issue: Issue, mode: str) -> HttpResponse:
    """An unsaved issue, from what stands in the editor's form. It may stand in the newsroom's frame, nowhere else."""
    if issue.content:
        issue.blocks = blocks_of(issue.content)
    return shown(request, issue, mode)


def shown(request: HttpRequest, issue: Issue, mode: str) -> HttpResponse:
    """One of `Issue.preview_modes`: html, text, web."""
    if mode == "web":
        context = {"issue": issue, "newsletter": issue.newsletter, "blocks": drawn(issue).blocks, "is_preview": True}
        response = render(request, "newsletter/issue_page.html", context)
        response["Content-Security-Policy"] = PREVIEW_POLICY
        return response
    edition = for_nobody(issue, edition_of(issue))
    if mode == "text":
        response = render(request, "newsletter/preview_text.html", {"edition": edition, "issue": issue})
    else:
        response = HttpResponse(edition.html)
    response["Content-Security-Policy"] = LETTER_POLICY
    return response


def send_test_letter(issue: Issue, to: User) -> None:
    """The letter as it stands, to an editor's own address. Its ways out lead to the page of the newsletter, and it
    says in its subject what it is. Raises what the mail server says."""
    edition = for_nobody(issue, edition_of(issue))
    sender = SiteSettings.current().sender or settings.DEFAULT_FROM_EMAIL
    letter = EmailMultiAlternatives(
        subject=f"[Test] {edition.subject or 'no subject yet'}",
        body=edition.text,
        from_email=formataddr((edition.sender_name, sender)),
        to=[to.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    letter.attach_alternative(edition.html, "text/html")
    letter.send()
