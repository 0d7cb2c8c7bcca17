"""What happens later: letters, and forgetting."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from civic.lib.jobs import every, task
from newsletter import forgetting, letters
from newsletter.models import SignupFlood, Subscriber

logger = logging.getLogger(__name__)


@task(priority=10)
def answer(request_id: int) -> None:
    """What follows when somebody asked: see `newsletter.answering`."""
    from newsletter import answering  # it defers what stands below

    answering.answer(request_id)


@task(priority=10)
def write_to_asker(subscriber_id: int, newsletter_ids: list[int]) -> None:
    """The answer to a signup: the confirmation letter, or "you already get this" where nothing is open.

    It asks for *all* that is pending: somebody who asks for a second letter a minute later gets no second mail, but
    finds both on the page.
    """
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    if subscriber is None:
        return
    if pending := [row.newsletter for row in subscriber.subscriptions.pending().in_order()]:
        letters.send_confirmation(subscriber, pending)
        return
    active = subscriber.subscriptions.active().in_order()
    if newsletter_ids:  # none were named by somebody who asked for the last letter once more
        active = active.filter(newsletter__in=newsletter_ids)
    if newsletters := [row.newsletter for row in active]:
        letters.send_already(subscriber, newsletters)


@task(priority=10)
def write_welcome(subscriber_id: int, newsletter_ids: list[int]) -> None:
    """After a confirmation. Whoever left again within the second gets none."""
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    if subscriber is None:
        return
    active = subscriber.subscriptions.active().in_order().filter(newsletter__in=newsletter_ids)
    if newsletters := [row.newsletter for row in active]:
        letters.send_welcome(subscriber, newsletters)


@task(priority=10)
def tell_of_flood(flood_id: int) -> None:
    """To the people who look after the letters: confirmation letters are held back, or are not any more."""
    if flood := SignupFlood.objects.filter(pk=flood_id).first():
        letters.send_flood(flood)


@every("*/5 * * * *")
def watch_signups() -> None:
    """Begin or end the holding back of confirmation letters: see `newsletter.floods`."""
    from newsletter import floods  # it defers what stands above

    floods.look(timezone.now())


@every("41 3 * * *")
def forget() -> None:
    """Erase what has served its purpose: see `newsletter.forgetting`."""
    now = timezone.now()
    unproven = forgetting.forget_unconfirmed(now - timedelta(days=settings.SIGNUP_CONFIRM_DAYS))
    forgetting.forget_requests(now - timedelta(days=settings.SIGNUP_CONFIRM_DAYS))
    gone = forgetting.forget_those_who_left(now)
    proofs = forgetting.forget_old_proofs(now)
    forgetting.forget_what_came_back(now)
    forgetting.forget_erased_in_a_freeze()
    logger.info("newsletter: forgot %s unproven addresses, %s who left, %s proofs", unproven, gone, proofs)
