"""Reports of people in the tests."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from civic.lib.tokens import fingerprint
from comments.models import Comment, Guest
from comments.readers import Reader
from moderation.models import Report
from moderation.reporters import contact, known_reporter
from moderation.reporting import Said, report_comment
from tests.factories import make_comment, make_member, make_rule

ILLEGAL = {"what": "illegal", "matter": "other", "text": "It is a lie.", "in_good_faith": "on"}
BY_CONTACT = {**ILLEGAL, "name": "Nora Nobody", "email": "nora@elsewhere.example"}


def network(number: int) -> bytes:
    return fingerprint("origin", f"network {number}")


def page_of(comment: Comment) -> str:
    return f"/discuss/c/{comment.pk}/report/"


def report(
    comment: Comment, by: User | Guest | None = None, *, origin: int | None = None, rule: int = 3, **said
) -> Report:
    """A report through the workflow: by somebody new from a network of their own, where nothing else is asked for."""
    who = by or make_member()
    reader = Reader(member=who) if isinstance(who, User) else Reader(guest_key=who.key)
    if "matter" not in said:
        said = {"rule": make_rule(rule), "rule_text": make_rule(rule).text, **said}
    return _send(comment, known_reporter(reader), said, origin if origin is not None else who.pk)


def notice(comment: Comment, email: str = "nora@elsewhere.example", *, origin: int = 0, **said) -> Report:
    """Illegal content, by somebody who has typed an address."""
    said = {"matter": "other", "text": "It is a lie.", **said}
    return _send(comment, contact("Nora Nobody", email), said, origin)


def _send(comment: Comment, reporter, said: dict, origin: int) -> Report:
    comment = Comment.objects.with_writers().get(pk=comment.pk)
    return report_comment(comment, reporter, Said(**said), origin=network(origin))


def past_reports(by: User | Guest, *, upheld: int = 0, dismissed: int = 0, at: datetime | None = None) -> None:
    """Reports of somebody that moderators have answered."""
    reader = Reader(member=by) if isinstance(by, User) else Reader(guest_key=by.key)
    person = known_reporter(reader).marks[0]
    at = at or timezone.now()
    for state, count in ((Report.State.UPHELD, upheld), (Report.State.DISMISSED, dismissed)):
        for _ in range(count):
            Report.objects.create(
                comment=make_comment(), kind="rule", rule_text="x", who="member", person=person, state=state,
                made_at=at, decided_at=timezone.now(),
            )  # fmt: skip
