"""Voting: a button pressed once says it, pressed again takes it back, another opinion takes its place."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from comments.errors import NotYours
from comments.models import Comment, Guest, Opinion, Tally, Vote

BUTTONS = (*Opinion.values, "respect")


def press(comment: Comment, member: User, button: str, *, key: UUID | None = None) -> Vote | None:
    """What the member's vote says now; None when it says nothing any more.

    `button` is one of `BUTTONS`, `key` the guest's key of their browser. Raises `NotYours` for one's own comment, also
    for one they wrote as a guest. Two presses at once wait for each other at the tally, so the numbers are those of the
    votes.
    """
    if comment.member_id == member.pk or (comment.guest and _is_guest(member, comment.guest, key)):
        raise NotYours
    with transaction.atomic():
        tally = Tally.objects.select_for_update(no_key=True).get(comment=comment)
        vote = Vote.objects.filter(comment=comment, member=member).first() or Vote(comment=comment, member=member)
        _count(tally, vote, -1)
        if button == "respect":
            vote.respect = not vote.respect
        else:
            vote.opinion = "" if vote.opinion == button else button
        _count(tally, vote, +1)
        tally.is_stale = True
        tally.save(update_fields=[*BUTTONS, "is_stale"])
        if vote.opinion or vote.respect:
            vote.save()
            return vote
        if vote.pk:
            vote.delete()
        return None


def _is_guest(member: User, guest: Guest, key: UUID | None) -> bool:
    """Whether a member is known to be this guest: by the same proven address, or by the key in their browser."""
    return guest.key == key or (guest.is_confirmed and guest.email.lower() == member.email.lower())


def forget(member_id: int, *, erase: bool) -> None:
    """Votes of a member who leaves: taken back with their numbers, or left standing as votes of nobody.

    Taken back one by one, each in a transaction of its own with one tally locked, as a press is: nobody waits, and
    there is no order in which locks could cross. 20,000 take about a minute.
    """
    votes = Vote.objects.filter(member=member_id)
    if not erase:
        votes.update(member=None)
        return
    for comment_id in list(votes.values_list("comment_id", flat=True)):
        with transaction.atomic():
            tally = Tally.objects.select_for_update(no_key=True).get(comment=comment_id)
            if vote := votes.filter(comment=comment_id).first():
                _count(tally, vote, -1)
                tally.is_stale = True
                tally.save(update_fields=[*BUTTONS, "is_stale"])
                vote.delete()


def _count(tally: Tally, vote: Vote, change: int) -> None:
    for button in (vote.opinion, "respect" if vote.respect else ""):
        if button:
            setattr(tally, button, getattr(tally, button) + change)
