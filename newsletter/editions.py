"""A letter as it leaves: two finished documents for all its readers, with marks where readers differ."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from newsletter.models import Issue
from newsletter.splicing import MARKS


@dataclass(frozen=True)
class Edition:
    subject: str
    html: str
    text: str
    sender_name: str
    left_out: tuple[str, ...] = ()


def edition_of(issue: Issue) -> Edition:
    """The letter as it is at this moment."""
    leave = settings.SITE_URL + reverse("newsletter:leave", args=[MARKS.leave_token])
    own_page = settings.SITE_URL + reverse("newsletter:preferences", args=[MARKS.preferences_token])
    html = f"<!DOCTYPE html><html><body>{issue.body_html}<p>You get this since {MARKS.since}. "
    html += f'<a href="{leave}">Leave</a> · <a href="{own_page}">Your letters</a></p></body></html>\n'
    text = f"{issue.body_text}\n\nYou get this since {MARKS.since}.\nLeave: {leave}\nYour letters: {own_page}\n"
    return Edition(issue.subject, html, text, issue.newsletter.sender_name)
