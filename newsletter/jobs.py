"""What happens later: letters, and forgetting."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from civic.lib.jobs import every, task
from newsletter import forgetting, letters
from newsletter.models import Subscriber

logger = logging.getLogger(__name__)


@task(priority=10)
def write_to_asker(subscriber_id: int, newsletter_ids: list[int]) -> None:
    """The answer to a signup: the confirmation letter, or "you already get this" where nothing is open.

    Which one is decided here and not in the request, so that both take the same time there. It asks for *all* that
    is pending: somebody who asks for a second letter a minute later gets no second mail, but finds both on the page.
    """
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    if subscriber is None:
        return
    if pending := [row.newsletter for row in subscriber.subscriptions.pending().in_order()]:
        letters.send_confirmation(subscriber, pending)
        return
    active = subscriber.subscriptions.active().in_order().filter(newsletter__in=newsletter_ids)
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


@every("41 3 * * *")
def forget() -> None:
    """Erase what has served its purpose: see `newsletter.forgetting`."""
    now = timezone.now()
    unproven = forgetting.forget_unconfirmed(now - timedelta(days=settings.SIGNUP_CONFIRM_DAYS))
    gone = forgetting.forget_those_who_left(now)
    proofs = forgetting.forget_old_proofs(now)
    forgetting.forget_what_came_back(now)
    logger.info("newsletter: forgot %s unproven addresses, %s who left, %s proofs", unproven, gone, proofs)
