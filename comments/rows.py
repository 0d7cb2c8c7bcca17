"""Comments as a page draws them: one flat row each, fetched by hand-written SQL.

A page draws fifty of them, and as models with their writers, badges, rules, tallies and parents they cost five times
as much processor time as everything else on the page together. What is asked for only here is cheap elsewhere.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils.safestring import SafeString

from civic.lib.html import stored
from comments.models.comments import Changing, State

SOMEBODY_GONE = "Somebody who has left"


class Badge(NamedTuple):
    kind: str
    label: str


class Rule(NamedTuple):
    number: int
    text: str


GUEST = Badge("guest", "Guest")


@dataclass(slots=True)
class Row(Changing):
    """A comment with all that its drawing says, under the names that `Comment` has for it."""

    id: int
    parent_id: int | None
    root_id: int
    depth: int
    path: bytes
    state: str
    body_html: SafeString
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None
    shown: bool
    is_pinned: bool
    is_picked: bool
    member_id: int | None
    guest_id: int | None
    guest_key: object
    writer_name: str
    website: str
    badge: Badge | None
    gone_rule: Rule | None
    parent_name: str
    answers: int
    agree: int
    disagree: int
    unsure: int
    respect: int
    pk: int = field(init=False)

    def __post_init__(self) -> None:
        self.pk = self.id

    @property
    def votes(self) -> int:
        """People's opinions and respects together."""
        return self.agree + self.disagree + self.unsure + self.respect

    @property
    def is_gone(self) -> bool:
        """Its words are not to be read any more, or not yet."""
        return self.state != State.PUBLIC

    @property
    def is_waiting(self) -> bool:
        return self.state in (State.UNCONFIRMED, State.IN_REVIEW)

    @property
    def is_answerable(self) -> bool:
        return self.state == State.PUBLIC

    def belongs_to(self, reader) -> bool:
        if self.member_id:
            return reader.member is not None and self.member_id == reader.member.pk
        return bool(reader.guest_key) and self.guest_key == reader.guest_key


_SELECT = """
SELECT c.id, c.parent_id, c.root_id, c.depth, c.path, c.state, c.body_html, c.created_at, c.published_at, c.edited_at,
       c.shown, c.is_pinned, c.is_picked, c.member_id, c.guest_id, g.key,
       COALESCE(m.display_name, g.name), COALESCE(g.website, ''), COALESCE(g.email, '') != '', b.kind, b.label,
       r.number, r.text,
       CASE WHEN p.state = 'public' THEN COALESCE(pm.display_name, pg.name) END,
       t.answers, t.agree, t.disagree, t.unsure, t.respect
FROM ({ids}) AS wanted
JOIN comments_comment AS c ON c.id = wanted.id
JOIN comments_tally AS t ON t.comment_id = c.id
LEFT JOIN accounts_user AS m ON m.id = c.member_id
LEFT JOIN accounts_badge AS b ON b.member_id = c.member_id
LEFT JOIN comments_guest AS g ON g.id = c.guest_id
LEFT JOIN comments_houserule AS r ON r.id = c.gone_rule_id
LEFT JOIN comments_comment AS p ON p.id = c.parent_id
LEFT JOIN accounts_user AS pm ON pm.id = p.member_id
LEFT JOIN comments_guest AS pg ON pg.id = p.guest_id
"""


def fetch(ids_sql: str, values: dict) -> list[Row]:
    """Rows of the comments whose ids `ids_sql` selects (one column, `id`), in no order. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SELECT.format(ids=ids_sql), values)
        return [_row(*found) for found in cursor.fetchall()]


def _row(
    pk, parent_id, root_id, depth, path, state, body_html, created_at, published_at, edited_at,
    shown, is_pinned, is_picked, member_id, guest_id, guest_key, name, website, has_address, badge_kind, badge_label,
    rule_number, rule_text, parent_name, *numbers,
) -> Row:  # fmt: skip
    badge = Badge(badge_kind, badge_label) if badge_kind else GUEST if guest_id and has_address else None
    rule = Rule(rule_number, rule_text) if rule_number is not None else None
    return Row(
        pk, parent_id, root_id, depth, bytes(path), state, stored(body_html), created_at, published_at, edited_at,
        shown, is_pinned, is_picked, member_id, guest_id, guest_key, name or SOMEBODY_GONE, website, badge, rule,
        _answered(parent_id, parent_name), *numbers,
    )  # fmt: skip


def _answered(parent_id: int | None, name: str | None) -> str:
    if parent_id is None:
        return ""
    if name is None:
        return "a comment that is gone"
    return name or SOMEBODY_GONE
