"""Pages of the letters: signing up, and what the links in letters open."""

import mimetypes
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.lib.errors import TooFast
from civic.lib.origin import prefix_hash
from newsletter import consent, links, subscribing
from newsletter.forms import ConfirmForm, LettersForm, SignupForm
from newsletter.issues import drawn
from newsletter.links import BadToken, OldToken
from newsletter.models import Cadence, Issue, Newsletter
from newsletter.models.issues import LONG, often

View = Callable[..., HttpResponse]
ISSUES_PER_PAGE = 30


def behind_a_token(view: View) -> View:
    """A page that a link in a letter opens: for its holder alone, and for as long as the token is good.

    No cookie and no proof of origin is asked for. The token is the right itself, nothing rides on a session, and
    RFC 8058 has mail providers post here, who send neither. The address must not travel on: no referrer, no cache,
    no index. (With no referrer browsers also call the origin of a post "null", so such a proof could not work.)
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except BadToken:
            response = render(request, "newsletter/no_link.html", status=404)
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


# --- for everybody --------------------------------------------------------------------------------


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    return letters_page(request)


@require_safe
def newsletter(request: HttpRequest, slug: str) -> HttpResponse:
    return newsletter_page(request, get_object_or_404(Newsletter.objects.in_order(), slug=slug))


@require_safe
def issue(request: HttpRequest, slug: str, slot: str, cadence: str = "") -> HttpResponse:
    """A letter that went out, as it may be read now: what was taken down since is not in it."""
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
    return render(request, "newsletter/asked.html")


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


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_token
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing. POST leaves, pressed here or sent by a mail provider (RFC 8058)."""
    leaving = links.read_leave(token)
    if request.method == "POST":
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        if leaving.subscriber:
            subscribing.leave(
                leaving.subscriber,
                leaving.newsletters,
                wording="List-Unsubscribe=One-Click" if one_click else "[Leave]",
                page="" if one_click else "/newsletter/leave/",
                prefix=prefix_hash(request),
            )
        if one_click:  # a program asks, and may not be redirected
            return HttpResponse("You have left.\n", content_type="text/plain")
        return see_other("newsletter:leave", token)
    rows = leaving.subscriber.subscriptions.in_order() if leaving.subscriber else []
    rows = [row for row in rows if row.newsletter in leaving.newsletters]
    context = {
        "token": token,
        "newsletters": leaving.newsletters,
        "open": [row.newsletter for row in rows if row.is_active or row.is_pending],
        "left": [consent.return_offer(row.newsletter) for row in rows if not row.is_active and not row.is_pending],
        "preferences_url": links.preferences_url(leaving.subscriber) if leaving.subscriber else "",
    }
    return render(request, "newsletter/leave.html", context)


@require_POST
@behind_a_token
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    leaving = links.read_leave(token)
    if leaving.subscriber is None:
        raise BadToken
    subscribing.come_back(leaving.subscriber, leaving.newsletters, prefix=prefix_hash(request))
    return see_other("newsletter:leave", token)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_token
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    subscriber = links.read_preferences(token)
    if subscriber is None:
        raise BadToken
    form = LettersForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if "leave" in request.POST:
            subscribing.choose(subscriber, [], prefix=prefix_hash(request))
            return see_other("newsletter:preferences", token, query="?left")
        if form.is_valid():
            subscribing.choose(subscriber, form.cleaned_data["letter"], prefix=prefix_hash(request))
            return see_other("newsletter:preferences", token, query="?saved")
    rows = {row.newsletter_id: row for row in subscriber.subscriptions.in_order()}
    context = {
        "token": token,
        "subscriber": subscriber,
        "letters": [(letter, rows.get(letter.pk)) for letter in Newsletter.objects.in_order()],
        "terms": consent.SWITCH_TERMS,
        "consents": list(subscriber.consents()),
        "form": form,
        "notice": next((word for word in ("saved", "left") if word in request.GET), ""),
    }
    return render(request, "newsletter/preferences.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_token
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what will be gone, POST erases."""
    subscriber = links.read_preferences(token)
    if subscriber is None:
        raise BadToken
    if request.method == "POST":
        subscribing.erase(subscriber)
        return see_other("newsletter:erased")
    return render(request, "newsletter/erase.html", {"token": token, "subscriber": subscriber})


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


def see_other(name: str, *args: str, query: str = "") -> HttpResponse:
    response = redirect(reverse(name, args=args) + query)
    response.status_code = 303
    return response
