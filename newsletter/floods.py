"""A circuit breaker for confirmation letters: when nearly nobody answers them, somebody else has typed the addresses.

Limits for each address and network stop one person with a script; a flood from thousands of networks to thousands of
addresses passes them, and each letter of it is one that its reader calls spam. What gives a flood away is that the
letters are not answered. See docs/decisions/0015 for the numbers and for what was weighed.
"""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from civic.lib import limits
from newsletter.jobs import tell_of_flood
from newsletter.models import SignupFlood, SignupRequest

logger = logging.getLogger(__name__)

LOOKED_AT = 50  # the last letters …
FEWEST = 25  # … and at least so many: of three letters none may well be answered
TIME_TO_ANSWER = timedelta(minutes=15)  # who asked has the letter open by then; younger letters say nothing yet
MEMORY = timedelta(hours=6)  # older ones say nothing any more, so that a flood which has ended is forgotten
COLLAPSED, RECOVERED = 0.10, 0.20  # shares that were answered; apart, so that it does not flutter between them
BURST, BURST_ANSWERED = 200, 0.05  # so many young letters, and this few answers, are a flood before their time is up
NETWORK_LETTERS = 5  # to addresses typed in one network, none answered: that network waits, whatever the rest does
TRICKLE_AN_HOUR = 12  # letters that go out in a flood: enough to notice its end, too few to harm anybody


def lets_pass(request: SignupRequest, now: datetime) -> bool:
    """Whether the confirmation letter to an unknown address may go out now. A few small queries; begins a flood."""
    flood = SignupFlood.now() or _begin_if_flooded(now)
    if flood:
        if _is_first_of_network(request, now) and _one_of_trickle():
            return True
        SignupFlood.objects.filter(pk=flood.pk).update(held=F("held") + 1)
        return False
    return not _is_unanswered_network(request, now)


def look(now: datetime) -> None:
    """Begin or end a flood by the answers so far. For the clock: with nobody asking nothing else would end it."""
    flood = SignupFlood.now()
    if flood is None:
        _begin_if_flooded(now)
    elif _has_ended(now):
        with transaction.atomic():
            if SignupFlood.objects.filter(pk=flood.pk, ended_at=None).update(ended_at=now):
                tell_of_flood.defer(flood_id=flood.pk)
                logger.info("newsletter: flood %s of signups has ended", flood.pk)


def answers(now: datetime) -> tuple[int, int]:
    """Of the last letters that had time to be answered: how many, and how many were."""
    written = SignupRequest.objects.written_between(now - MEMORY, now - TIME_TO_ANSWER)
    last = written.order_by("-letter_at").values("pk")[:LOOKED_AT]
    return SignupRequest.objects.filter(pk__in=last).answers()


def _begin_if_flooded(now: datetime) -> SignupFlood | None:
    letters, proven = answers(now)
    if letters < FEWEST or proven >= COLLAPSED * letters:
        letters, proven = SignupRequest.objects.written_between(now - TIME_TO_ANSWER, now).answers()
        if letters < BURST or proven >= BURST_ANSWERED * letters:
            return None
    try:
        with transaction.atomic():
            flood = SignupFlood.objects.create(began_at=now, letters=letters, proven=proven)
            tell_of_flood.defer(flood_id=flood.pk)
    except IntegrityError:  # another worker noticed at the same moment
        return SignupFlood.now()
    logger.warning("newsletter: flood %s of signups, %s of %s letters answered", flood.pk, proven, letters)
    return flood


def _has_ended(now: datetime) -> bool:
    young, young_proven = SignupRequest.objects.written_between(now - TIME_TO_ANSWER, now).answers()
    if young >= BURST and young_proven < BURST_ANSWERED * young:
        return False
    letters, proven = answers(now)
    return letters < FEWEST or proven >= RECOVERED * letters


def _is_first_of_network(request: SignupRequest, now: datetime) -> bool:
    same = SignupRequest.objects.filter(prefix_hash=request.prefix_hash)
    return not same.filter(letter_at__gte=now - MEMORY).exists()


def _is_unanswered_network(request: SignupRequest, now: datetime) -> bool:
    same = SignupRequest.objects.filter(prefix_hash=request.prefix_hash)
    letters, proven = same.written_between(now - MEMORY, now - TIME_TO_ANSWER).answers()
    return letters >= NETWORK_LETTERS and not proven


def _one_of_trickle() -> bool:
    return not limits.take("newsletter.trickle", "", times=TRICKLE_AN_HOUR, within=timedelta(hours=1))
