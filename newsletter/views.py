"""Pages of the letters: reading, signing up, confirming."""

import mimetypes

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from civic.lib.errors import TooFast
from civic.lib.origin import prefix_hash
from newsletter import consent, links, subscribing
from newsletter.doors import behind_a_token, see_other
from newsletter.forms import AgainForm, ConfirmForm, SignupForm
from newsletter.issues import drawn
from newsletter.links import BadToken, OldToken
from newsletter.models import Cadence, Issue, Newsletter, SignupFlood
from newsletter.models.issues import LONG, often

ISSUES_PER_PAGE = 30


# --- for everybody --------------------------------------------------------------------------------


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    return letters_page(request)


@require_safe
def newsletter(request: HttpRequest, slug: str) -> HttpResponse:
    return newsletter_page(request, get_object_or_404(Newsletter.objects.in_order(), slug=slug))


@require_safe
def issue(request: HttpRequest, slug: str, slot: str, cadence: str = "") -> HttpResponse:
    """A letter that went out, as it may be read now: what was taken down since is not in it. Also one that was stopped
    on its way, for those who have it."""
    found = Issue.objects.readable().filter(newsletter__slug=slug, slot=slot)
    found = found.filter(cadence=cadence) if cadence else found.exclude(cadence=Cadence.THREE)
    letter = found.select_related("newsletter__reward").annotate(often=often()).order_by("often").first()
    if letter is None:
        raise Http404
    offer = consent.box_offer(letter.newsletter)
    context = {
        "issue": letter,
        "newsletter": letter.newsletter,
        "blocks": drawn(letter).blocks,
        "offer": offer,
        "words": consent.digest([offer]),
    }
    return render(request, "newsletter/issue_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The same answer for every address, known or not. GET is somebody who loads a page of errors anew."""
    if request.method != "POST":
        return redirect("newsletter:list")
    form = SignupForm(request.POST)
    if not form.is_valid():
        return form_again(request, form, status=422)
    if not form.is_trapped:
        try:
            subscribing.ask(
                email=form.cleaned_data["email"],
                offers=form.cleaned_data["offers"],
                page=form.cleaned_data["page"],
                prefix=prefix_hash(request),
            )
        except TooFast as refusal:
            response = form_again(request, form, status=refusal.status, refusal=refusal)
            response["Retry-After"] = str(refusal.retry_after)
            return response
    return see_other("newsletter:asked")


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    return asked_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """The confirmation letter once more, within the limits. The same answer for every address, as after a signup."""
    if request.method != "POST":
        return redirect("newsletter:asked")
    form = AgainForm(request.POST)
    if not form.is_valid():
        return asked_page(request, form, status=422)
    if not form.is_trapped:
        try:
            subscribing.ask(email=form.cleaned_data["email"], offers=[], page="", prefix=prefix_hash(request))
        except TooFast as refusal:
            response = asked_page(request, form, status=refusal.status, refusal=refusal)
            response["Retry-After"] = str(refusal.retry_after)
            return response
    return see_other("newsletter:asked", query="?again")


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "newsletter/erased.html")


# --- for the holder of a link ---------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_token
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what would begin and changes nothing, for programs that check mail open every link. POST begins."""
    try:
        subscriber = links.read_confirm(token)
    except OldToken:
        return old_link(request)
    if subscriber is None:
        raise BadToken
    waiting = [row.newsletter for row in subscriber.subscriptions.pending().in_order()]
    if not waiting:
        active = [row.newsletter for row in subscriber.subscriptions.active().in_order()]
        context = {
            "newsletters": active,
            "reward": next((letter.reward for letter in active if letter.reward), None),
            "just_now": "welcome" in request.GET,
        }
        return render(request, "newsletter/confirmed.html", context)
    form = ConfirmForm(request.POST if request.method == "POST" else None, waiting=waiting)
    if form.is_valid():
        subscribing.confirm(subscriber, form.cleaned_data["letter"], prefix=prefix_hash(request))
        return see_other("newsletter:confirm", token, query="?welcome")
    offers = [consent.confirm_offer(letter) for letter in waiting]
    context = {"offers": offers, "several": len(offers) > 1, "form": form}
    return render(request, "newsletter/confirm.html", context, status=422 if form.errors else 200)


@require_safe
@behind_a_token
def report(request: HttpRequest, token: str) -> HttpResponse:
    """The free report, as it was uploaded."""
    reward = links.read_report(token)
    if reward is None or not reward.file or not reward.file.storage.exists(reward.file.name):
        raise BadToken
    kind = mimetypes.guess_type(reward.file.name)[0] or "application/octet-stream"
    name = f"{reward.title}{reward.file.name[reward.file.name.rfind('.') :]}"
    response = FileResponse(reward.file.open("rb"), content_type=kind, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    # A browser's own reader of PDFs counts as an object in the page.
    response["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


# --- pages with a form on them --------------------------------------------------------------------


def letters_page(
    request: HttpRequest, form: SignupForm | None = None, *, status: int = 200, refusal: TooFast | None = None
) -> HttpResponse:
    """All letters with their boxes, the default one ticked; or what was typed and ticked, with its errors."""
    offers = [consent.page_offer(letter) for letter in Newsletter.objects.in_order()]
    last = Issue.objects.last_of_each()
    for offer in offers:
        if offer.newsletter.pk in last:
            last[offer.newsletter.pk].newsletter = offer.newsletter
    first = next((offer.newsletter for offer in offers if offer.newsletter.is_default), None)
    ticked = form.ticked if form else [first.slug] if first else []
    context = {
        "offers": [
            {"offer": offer, "last": last.get(offer.newsletter.pk), "ticked": offer.newsletter.slug in ticked}
            for offer in offers
        ],
        "words": consent.digest(offers),
        "terms": consent.PAGE_TERMS,
        "button": offers[0].button if offers else "",
        "reward": first.reward if first else None,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "newsletter/list.html", context, status=status)


def newsletter_page(
    request: HttpRequest,
    newsletter: Newsletter,
    form: SignupForm | None = None,
    *,
    status: int = 200,
    refusal: TooFast | None = None,
) -> HttpResponse:
    """One letter: what it promises, the form, and all that went out."""
    issues = Issue.objects.in_archive(newsletter).newest_first().defer(*LONG)
    page = Paginator(issues, ISSUES_PER_PAGE).get_page(request.GET.get("page"))
    for letter in page:
        letter.newsletter = newsletter
    offer = consent.box_offer(newsletter)
    context = {
        "newsletter": newsletter,
        "offer": offer,
        "words": consent.digest([offer]),
        "issues": page,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "newsletter/newsletter.html", context, status=status)


def form_again(request: HttpRequest, form: SignupForm, *, status: int, refusal: TooFast | None = None) -> HttpResponse:
    """The form that was sent, with all that was typed: the box on the page of its letter, or all letters."""
    if form.came_from_box and len(form.cleaned_data.get("letter", ())) == 1:
        letter = form.cleaned_data["letter"][0]
        return newsletter_page(request, letter, form, status=status, refusal=refusal)
    return letters_page(request, form, status=status, refusal=refusal)


def asked_page(
    request: HttpRequest, form: AgainForm | None = None, *, status: int = 200, refusal: TooFast | None = None
) -> HttpResponse:
    """What to do while the letter is on its way. It names no address, and says of a flood what holds for everybody."""
    context = {
        "form": form,
        "refusal": refusal,
        "once_more": "again" in request.GET and form is None,
        "is_flooded": SignupFlood.now() is not None,
    }
    return render(request, "newsletter/asked.html", context, status=status)


def old_link(request: HttpRequest) -> HttpResponse:
    """A confirmation that came too late. The address may be erased by now, so it has to be typed again.

    Here the browser must name the origin, for the form on this page is an ordinary one; the token is spent anyway.
    """
    offers = [consent.page_offer(letter) for letter in Newsletter.objects.in_order()]
    context = {
        "offers": offers,
        "words": consent.digest(offers),
        "terms": consent.PAGE_TERMS,
        "days": settings.SIGNUP_CONFIRM_DAYS,
    }
    response = render(request, "newsletter/old_link.html", context, status=410)
    response["Referrer-Policy"] = "same-origin"
    return response
