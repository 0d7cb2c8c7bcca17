"""The signup box, for the pages of other apps; and words for the pages where somebody agreed."""

from django import template

from newsletter import consent
from newsletter.models import Newsletter

register = template.Library()

_PAGES = {
    "/newsletter/": "on the page of all letters",
    "/newsletter/confirm/": "with the button behind the link we sent",
    "/newsletter/preferences/": "on “Your letters”, opened from a letter",
    "/me/letters/": "on “Your letters”, signed in",
    "/newsletter/leave/": "with the link in a letter",
}


@register.inclusion_tag("newsletter/_signup_box.html", takes_context=True)
def signup_box(context: template.Context, page: str, wide: bool = False) -> dict:
    """The box of the default letter; nothing where there is none. One query.

    `page` is the path of the page it stands on, kept with the consent. `wide` shows the cover of the report too.
    The markup is the same for every guest, so that the page can be kept; somebody signed in gets a token in it.
    """
    newsletter = Newsletter.objects.offered_first()
    if newsletter is None:
        return {}
    offer = consent.box_offer(newsletter)
    return {
        "offer": offer,
        "words": consent.digest([offer]),
        "page": page,
        "wide": wide,
        "signed_in": context.get("signed_in"),
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def where_in_words(page: str) -> str:
    """The page of a consent as its reader knows it: `/newsletter/confirm/` is nobody's word. Others stay a path."""
    return _PAGES.get(page) or f"on {page}"
