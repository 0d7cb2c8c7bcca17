"""The least valid thing of each kind, made by plain functions that surprise nobody."""

from itertools import count
from uuid import uuid4

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, Guest, HouseRule, Space, Thread
from comments.models.comments import State
from comments.visibility import enter, locked, move

_numbers = count(1)


def make_member(*, display_name: str = "", email: str = "", role: str = "") -> User:
    number = next(_numbers)
    email = email or f"member{number}@example.org"
    member = User.objects.create_user(email, display_name or f"Member {number}")
    if role:
        member.groups.add(Group.objects.get_or_create(name=role)[0])
    return member


def make_guest(*, name: str = "Gina Guest", email: str = "", confirmed: bool = True) -> Guest:
    email = email or f"guest{next(_numbers)}@example.org"
    return Guest.objects.create(key=uuid4(), name=name, email=email, confirmed_at=timezone.now() if confirmed else None)


def make_rule(number: int = 3) -> HouseRule:
    rule, _ = HouseRule.objects.get_or_create(
        number=number, defaults={"text": "Argue with the idea.", "short": "Guess about motives"}
    )
    return rule


def make_thread(**fields) -> Thread:
    number = next(_numbers)
    known = {"address": f"/2026/11/story-{number}/", "title": f"Story {number}", "space": Space.default()}
    return Thread.objects.create(**{**known, **fields})


def make_comment(
    *,
    thread: Thread | None = None,
    parent: Comment | None = None,
    member: User | None = None,
    guest: Guest | None = None,
    body: str = "A thought.",
    state: State = State.PUBLIC,
    **fields,
) -> Comment:
    """A comment that came through the door, in any state."""
    thread = thread or (parent.thread if parent else make_thread())
    writer = {"guest": guest} if guest else {"member": member or make_member()}
    comment = Comment.write(thread=thread, parent=parent, body=body, **writer, **fields)
    with locked(thread.pk):
        enter(comment, _first(state))
    if comment.state != state:
        comment = move(comment, state, rule=make_rule() if state in (State.REMOVED, State.REFUSED) else None)
    return Comment.objects.get(pk=comment.pk)


def _first(state: State) -> State:
    """The state in which a comment of this kind begins."""
    if state in (State.REMOVED, State.WITHDRAWN):
        return State.PUBLIC
    return State.IN_REVIEW if state == State.REFUSED else state
