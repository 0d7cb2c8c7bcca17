"""The words under which people ask for letters: what a page shows, and what is kept as proof, are one thing."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from newsletter.models import ConsentEvent, Newsletter, Subscriber

# Proof is kept as long as somebody could claim that there was none.
KEEP_AFTER_LEAVING = timedelta(days=3 * 365)

BOX, PAGE = "box", "page"
PAGE_TERMS = "By sending this you agree that we write to this address and keep a note of when you asked."
CONFIRM_TERMS = "One click ends it, in every letter."
SWITCH_TERMS = "Choose how often each letter comes. “Not at all” ends it, and so does one click in every letter."
NEVER = "Not at all"


@dataclass(frozen=True)
class Offer:
    """One letter as a form offers it. Templates print these very fields."""

    newsletter: Newsletter
    what: str
    terms: str
    button: str

    @property
    def wording(self) -> str:
        """All that somebody saw before pressing the button, as one text."""
        letter = self.newsletter
        return f"{letter.name} ({letter.when}). {self.what} {self.terms} [{self.button}]"


def box_offer(newsletter: Newsletter) -> Offer:
    """The box on articles and on the page of one letter."""
    terms = "Free and confidential"
    if newsletter.reward:
        terms += f" · with our free report “{newsletter.reward.title}”"
    return Offer(newsletter=newsletter, what=newsletter.promise, terms=terms, button="Send it to me")


def page_offer(newsletter: Newsletter) -> Offer:
    """The page that lists all letters."""
    return Offer(newsletter=newsletter, what=newsletter.in_short, terms=PAGE_TERMS, button="Send them to me")


def confirm_offer(newsletter: Newsletter) -> Offer:
    """The page behind the link in the confirmation letter."""
    return Offer(newsletter=newsletter, what=newsletter.in_short, terms=CONFIRM_TERMS, button="Yes, write to me")


def return_offer(newsletter: Newsletter, cadence: str = "") -> Offer:
    """The way back, right after leaving: as it came before, or less often."""
    button = f"{newsletter.how_often(cadence)} instead" if cadence else "Write to me again"
    return Offer(newsletter=newsletter, what=newsletter.in_short, terms=CONFIRM_TERMS, button=button)


def switch_offer(newsletter: Newsletter, cadence: str) -> Offer:
    """A stop of the switch on the page "Your letters"."""
    button = f"{newsletter.how_often(cadence)}, Save"
    return Offer(newsletter=newsletter, what=newsletter.in_short, terms=SWITCH_TERMS, button=button)


def digest(offers: Iterable[Offer]) -> str:
    """Short mark of some offers' words. A form carries it, so that we notice when somebody saw older ones.

    A page may be kept by a browser or a network for a while; what it promised must not be taken from today's row.
    """
    return hashlib.sha256("\n".join(offer.wording for offer in offers).encode()).hexdigest()[:16]


def note(
    kind: ConsentEvent.Kind,
    subscriber: Subscriber,
    newsletter: Newsletter,
    *,
    wording: str,
    page: str,
    prefix: bytes,
    at: datetime | None = None,
) -> ConsentEvent:
    """Keep one more proof. `page` is the path where it happened, `prefix` the hash of the caller's address prefix, `at`
    the moment, if it is not this one."""
    return ConsentEvent.objects.create(
        kind=kind,
        key=subscriber.key,
        newsletter=newsletter,
        wording=wording,
        page=page,
        prefix_hash=prefix,
        at=at or timezone.now(),
    )
