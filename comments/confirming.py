"""A guest proves an address once: the letter that asks for it, and what follows from the answer."""

import logging
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import screening
from civic.lib import limits, tokens
from civic.lib.errors import TooFast
from civic.lib.forms import as_id
from civic.lib.site import SiteSettings
from civic.lib.unproven import allowance_of, take_letter
from comments.drafts import draft_of
from comments.models import Comment, Guest, Screening
from comments.models.comments import State
from comments.notices import send_confirmation
from comments.proving import proof_of
from comments.visibility import locked, move
from comments.writers import writer_of

logger = logging.getLogger(__name__)

CONFIRM = "confirm-guest"


@transaction.atomic
def ask_to_confirm(guest: Guest, prefix_hash: bytes) -> bool:
    """Have the confirmation letter written; whether one will be. All or nothing, also in a caller's transaction.

    False when the address has had its letters for now: nobody can be flooded by somebody else's typing.
    Raises `TooFast` when the caller's network asks for too many letters.
    """
    hour = timedelta(hours=1)
    if wait := limits.take("letters", prefix_hash, times=settings.CONFIRM_LETTERS_PER_PREFIX_HOUR, within=hour):
        raise TooFast("Your text is safe. Too many letters were asked for; please try again later.", retry_after=wait)
    pause = timedelta(minutes=settings.CONFIRM_LETTER_PAUSE_MINUTES)
    if limits.take("letter", allowance_of(guest.email), times=1, within=pause) or take_letter(guest.email):
        return False
    Guest.objects.filter(pk=guest.pk).update(asked_at=timezone.now())
    send_confirmation.defer(guest_id=guest.pk)
    return True


def guest_in(token: str) -> Guest:
    """The guest a confirmation link is for. Raises `tokens.OldToken` or `tokens.BadToken`, also for who has left."""
    value = tokens.read(CONFIRM, token, max_age=settings.COMMENT_CONFIRM_DAYS * 86_400)
    guest = Guest.objects.filter(pk=as_id(value), leaving="").first()
    if guest is None:
        raise tokens.OldToken(value)
    return guest


def confirm(guest: Guest, *, device_key: UUID | None) -> Guest:
    """The address is proven: what waited for it goes on to screening. Confirming twice changes nothing.

    `device_key` is the key of the browser that confirms. Another browser than the one that posted gets a fresh
    key: whoever reads the mailbox holds it, and not whoever typed the address.
    """
    with transaction.atomic():
        guest = Guest.objects.select_for_update(no_key=True).get(pk=guest.pk)
        if not guest.is_confirmed:
            guest.confirmed_at = timezone.now()
            if guest.key != device_key:
                guest.key = uuid4()
            guest.save(update_fields=["confirmed_at", "key"])
    settle(guest)
    return guest


def settle(guest: Guest) -> None:
    """Screen the comments that waited for a confirmed guest's address, with what is known now."""
    site = SiteSettings.current()
    waiting = Comment.objects.filter(guest=guest, state=State.UNCONFIRMED).select_related("thread__space", "guest")
    for comment in waiting.order_by("pk"):
        verdict = screening.screen(_draft(comment, comment.body, site))
        with locked(comment.thread_id):
            now = Comment.objects.get(pk=comment.pk)
            if now.state != State.UNCONFIRMED:
                continue  # the button was pressed twice, and the other press was here first
            if now.body != comment.body:  # its writer put other words in while we thought
                verdict = screening.screen(_draft(comment, now.body, site))
            Comment.objects.filter(pk=comment.pk).update(priority=verdict.priority)
            moved = move(comment, State.PUBLIC if verdict.outcome == "publish" else State.IN_REVIEW)
            Screening.of(comment, verdict).save()
        logger.info("comment %s confirmed: %s", comment.pk, moved.state)


def _draft(comment: Comment, body: str, site: SiteSettings) -> screening.Draft:
    return draft_of(comment.thread, writer_of(comment), body, site, comment=comment, proof=proof_of(comment))
