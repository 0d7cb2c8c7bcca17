"""Who should hear of what in a discussion, and when: jobs. What letters to followers say is in `letters.py`."""

from contextlib import suppress

from django.conf import settings
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from civic.lib import tokens
from civic.lib.jobs import every, task
from civic.lib.mail import send_letter
from comments import letters
from comments.models import Comment, Follow, Guest


@task(priority=10)
def send_confirmation(guest_id: int) -> None:
    """Ask a guest whether the address is theirs. The letter quotes nothing that was typed: anybody could type it."""
    guest = Guest.objects.filter(pk=guest_id, confirmed_at=None).first()
    if guest is None:
        return
    token = tokens.make("confirm-guest", str(guest.pk))
    send_letter(
        "letters/confirm_comment",
        to=guest.email,
        subject="Is this your address? One button, and your comment goes on",
        context={"url": f"{settings.SITE_URL}/discuss/confirm/{token}/", "days": settings.COMMENT_CONFIRM_DAYS},
    )


@task
def tell_followers(comment_id: int) -> None:
    """A comment has become public for the first time. The door asks for this, in its transaction, where anybody
    wants letters at once."""
    comment = Comment.objects.public().filter(pk=comment_id).first()
    if comment and letters.mark_due(comment):
        begin_writing()


@task(priority=-5)
def write_letters() -> None:
    """A batch of the letters to followers, and then the next, so that other jobs have their turn between."""
    if letters.write_due():
        begin_writing()


@every("* * * * *")
def write_later_letters() -> None:
    """Those that waited for the end of a pause, or for a mail server that was away."""
    if Follow.objects.due().exists():
        begin_writing()


@every("10,25,40,55 * * * *")
def begin_daily_letters() -> None:
    """Some minutes after the hour of the daily letter, in whatever zone the site is; later if the worker was away."""
    if letters.mark_daily():
        begin_writing()


def begin_writing() -> None:
    """One batch at a time, and one that waits: letters to thousands must not take all hands."""
    one = "comments.letters"
    with suppress(AlreadyEnqueued), transaction.atomic():
        write_letters.configure(lock=one, queueing_lock=one).defer()
