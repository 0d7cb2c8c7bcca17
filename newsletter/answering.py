"""What follows when somebody asked for letters: is the address known, may we write to it, and which letter.

In a job, because all that differs between a known and an unknown address takes time, and a stranger must not be able to
measure it. The form writes a `SignupRequest` and no more (`newsletter.subscribing.ask`).
"""

from django.db import transaction
from django.utils import timezone

from newsletter import consent, floods
from newsletter.jobs import write_to_asker
from newsletter.models import ConsentEvent, Newsletter, SignupRequest, Subscriber, Subscription, Suppression


def answer(request_id: int) -> None:
    """Write down what was asked, and defer the letter where one may go out. The second time there is nothing to do.

    The address leaves the request here, whatever becomes of it.
    """
    with transaction.atomic():
        request = SignupRequest.objects.select_for_update().exclude(email="").filter(pk=request_id).first()
        if request is None:
            return
        email, request.email = request.email, ""
        if not Suppression.objects.of(email).final().exists():
            subscriber = _subscriber(email, is_new=bool(request.offers))
            if subscriber and not subscriber.is_left_alone:
                _write_down(request, subscriber)
                _write_to(request, subscriber)
        request.save()


def _subscriber(email: str, *, is_new: bool) -> Subscriber | None:
    """Locked. Nobody is made by asking for a letter once more: there was no letter then, and no words to agree to."""
    if is_new:
        return Subscriber.objects.lock_at(email)
    return Subscriber.objects.at(email).select_for_update().first()


def _write_down(request: SignupRequest, subscriber: Subscriber) -> None:
    wanted = dict(request.offers)
    rows = {row.newsletter_id: row for row in subscriber.subscriptions.filter(newsletter__in=wanted)}
    for newsletter in Newsletter.objects.in_order().filter(pk__in=wanted):
        row = rows.get(newsletter.pk) or Subscription.to(newsletter, subscriber)
        if row.is_active or (row.pk and row.is_pending and not request.may_write):
            continue  # asked again beyond the limit: nothing new, so nothing is written down either
        row.ask_again(request.at)
        consent.note(
            ConsentEvent.Kind.ASKED,
            subscriber,
            newsletter,
            wording=wanted[newsletter.pk],
            page=request.page,
            prefix=bytes(request.prefix_hash),
            at=request.at,
        )


def _write_to(request: SignupRequest, subscriber: Subscriber) -> None:
    """One letter, where the address has one left and no flood holds it back. A known address is outside any flood."""
    if not request.may_write:
        return
    if not subscriber.is_proven:
        if not subscriber.subscriptions.pending().exists() or not floods.lets_pass(request, timezone.now()):
            return
        request.key, request.letter_at = subscriber.key, timezone.now()
    ids = [pk for pk, _ in request.offers]
    write_to_asker.defer(subscriber_id=subscriber.pk, newsletter_ids=ids)
