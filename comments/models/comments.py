"""Comments, and what is kept beside each: its tally, what screening saw, where it came from."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import connection, models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Badge, User
from civic.lib import markdown
from civic.lib.fields import CleanHTMLField
from comments.models.guests import Guest
from comments.models.spaces import HouseRule, Thread
from screening.model import HEADS


class State(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "waiting for the address to be confirmed"
    IN_REVIEW = "in_review", "waiting for a moderator"
    PUBLIC = "public", "public"
    REFUSED = "refused", "refused"
    REMOVED = "removed", "removed"
    WITHDRAWN = "withdrawn", "withdrawn by its writer"


SOMEBODY_GONE = "Somebody who has left"
NOT_LOOKED_AT = "could not be looked at"
NO_VOTES_YET = 500_000  # (0 + 2) / (0 + 4) in millionths; see `ranking.py`


# Every allowed move, and no other. None is a comment that does not exist yet.
MOVES: dict[State | None, frozenset[State]] = {
    None: frozenset({State.UNCONFIRMED, State.IN_REVIEW, State.PUBLIC}),
    State.UNCONFIRMED: frozenset({State.IN_REVIEW, State.PUBLIC, State.WITHDRAWN}),
    State.IN_REVIEW: frozenset({State.PUBLIC, State.REFUSED, State.REMOVED, State.WITHDRAWN}),
    State.PUBLIC: frozenset({State.IN_REVIEW, State.REMOVED, State.WITHDRAWN}),
    State.REFUSED: frozenset({State.PUBLIC, State.IN_REVIEW, State.WITHDRAWN}),  # into review: that is undone
    State.REMOVED: frozenset({State.PUBLIC, State.IN_REVIEW, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}


# What its writer may put other words into. The rest is over.
EDITABLE = frozenset({State.UNCONFIRMED, State.IN_REVIEW, State.PUBLIC})


class CommentQuerySet(models.QuerySet):
    def on(self, thread: Thread):
        return self.filter(thread=thread)

    def roots(self):
        return self.filter(parent=None)

    def in_review(self):
        """What waits for a moderator, the gravest and then the oldest first."""
        return self.filter(state=State.IN_REVIEW).order_by("-priority", "created_at", "pk")

    def with_edit_in_review(self):
        """Public comments whose newer text waits for a moderator, the gravest and then the oldest first."""
        return self.filter(edit_waits=True, state=State.PUBLIC).order_by("-priority", "created_at", "pk")

    def public(self):
        return self.filter(state=State.PUBLIC)

    def not_kept(self):
        """Those whose words may be erased: nobody keeps them as evidence."""
        return self.filter(Q(kept_until=None) | Q(kept_until__lte=timezone.now()))

    def written_by(self, reader):
        """The reader's own, the newest first."""
        return self.filter(reader.own_comments()).order_by("-created_at", "-pk")

    def with_writers(self):
        """What is needed to say who wrote a comment and whom it answers, in the same query."""
        return self.select_related(
            "member", "member__badge", "guest", "gone_rule", "tally", "parent", "parent__member", "parent__guest"
        )


class Changing:
    """Whether words can be changed, and whether they have been: of a `Comment`, and of the `Row` that a page draws."""

    __slots__ = ()

    @property
    def is_edited(self) -> bool:
        """Whether readers may have seen other words here. What was changed before it was public, they have not."""
        return self.edited_at is not None and self.published_at is not None and self.edited_at > self.published_at

    @property
    def editable_until(self) -> datetime:
        return self.created_at + timedelta(minutes=settings.COMMENT_EDIT_MINUTES)

    @property
    def is_editable(self) -> bool:
        """Its writer may still change the words."""
        return self.state in EDITABLE and timezone.now() < self.editable_until


class Comment(Changing, models.Model):
    """What somebody said. `parent` is whom it answers, always; `root`, `depth` and `path` are where it is drawn.

    `path` is the ids from the root down, eight big-endian bytes each, so that bytes sort in reading order and
    siblings never contend. Beyond the deepest level it is a sibling of what it answers.
    `shown` says whether it has a place on the page: public, or gone with public replies under it. It is kept by
    `visibility.py` alone, together with the counts.
    """

    State = State

    # Where no index is asked for, one of those below begins with the column.
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments", db_index=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    root = models.ForeignKey("self", on_delete=models.CASCADE, related_name="+")
    depth = models.PositiveSmallIntegerField(default=0)
    path = models.BinaryField()
    # Whoever leaves for good and lets the words stay is replaced by a guest without name and address: deleting the
    # writer alone would make many people one, and put the counts wrong.
    member = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="comments", db_index=False
    )
    guest = models.ForeignKey(
        Guest, null=True, blank=True, on_delete=models.PROTECT, related_name="comments", db_index=False
    )
    body = models.TextField()
    body_html = CleanHTMLField()
    render_version = models.PositiveSmallIntegerField(default=markdown.RENDER_VERSION)
    state = models.CharField(max_length=12, choices=State.choices)
    shown = models.BooleanField(default=False)
    gone_rule = models.ForeignKey(HouseRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    priority = models.SmallIntegerField(default=0, help_text="In the queue, the higher the sooner.")
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    is_pinned = models.BooleanField(default=False)
    is_picked = models.BooleanField(default=False)
    edit_waits = models.BooleanField(default=False, help_text="A newer text waits for a moderator; this one stands.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="Its words are erased some time later.")
    kept_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Kept as evidence: until then its words are erased by nothing."
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(member=None) ^ Q(guest=None), name="comment_has_one_writer"),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLIC) | Q(published_at__isnull=False),
                name="public_comment_has_a_date",
            ),
            models.CheckConstraint(condition=~Q(state=State.PUBLIC) | Q(shown=True), name="public_comment_is_shown"),
            models.CheckConstraint(
                condition=Q(is_pinned=False) | Q(state=State.PUBLIC, parent=None),
                name="pinned_comment_is_a_public_root",
            ),
            models.CheckConstraint(
                condition=Q(is_picked=False) | Q(state=State.PUBLIC), name="picked_comment_is_public"
            ),
            models.UniqueConstraint(fields=["thread", "path"], name="one_comment_per_place"),
        ]
        indexes = [
            models.Index(
                fields=["thread", "-created_at", "-id"],
                name="shown_roots_by_time",
                condition=Q(parent__isnull=True, shown=True),
            ),
            models.Index(fields=["member", "-created_at"], name="comments_of_member"),
            models.Index(fields=["guest", "-created_at"], name="comments_of_guest"),
            models.Index(
                fields=["member", "thread"],
                name="public_of_member",
                condition=Q(state="public", member__isnull=False),
            ),
            models.Index(
                fields=["guest", "thread"], name="public_of_guest", condition=Q(state="public", guest__isnull=False)
            ),
            models.Index(fields=["thread"], name="pinned_of_thread", condition=Q(is_pinned=True)),
            models.Index(
                fields=["thread"], name="waiting_in_thread", condition=Q(state__in=["unconfirmed", "in_review"])
            ),
            models.Index(fields=["parent", "id"], name="shown_answers_to_one", condition=Q(shown=True)),
            # A path begins with its root: a branch is a range of paths, and comes out in reading order.
            models.Index(fields=["path"], name="shown_replies_in_order", condition=Q(shown=True, depth__gt=0)),
            models.Index(
                fields=["-priority", "created_at", "id"],
                name="comments_in_review",
                condition=Q(state="in_review"),
            ),
            models.Index(
                fields=["-priority", "created_at", "id"], name="edits_in_review", condition=Q(edit_waits=True)
            ),
            models.Index(fields=["created_at"], name="unconfirmed_by_age", condition=Q(state="unconfirmed")),
            models.Index(fields=["withdrawn_at"], name="withdrawn_words", condition=Q(state="withdrawn") & ~Q(body="")),
            models.Index(
                fields=["thread"],
                name="refused_or_removed_words",
                condition=Q(state__in=["refused", "removed"]) & ~Q(body=""),
            ),
            models.Index(fields=["thread", "published_at"], name="public_by_publication", condition=Q(state="public")),
            models.Index(fields=["-published_at", "-id"], name="newly_public", condition=Q(state="public")),
            models.Index(fields=["-published_at"], name="picked_by_time", condition=Q(is_picked=True, state="public")),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"

    @classmethod
    def write(
        cls, *, thread: Thread, parent: "Comment | None", body: str, body_html=None, pk: int | None = None, **fields
    ) -> "Comment":
        """A new comment with its place, not saved yet: `visibility.enter` does that. `pk` is the next id, if known."""
        pk = pk or next_comment_ids(1)[0]
        root_id, depth, path = place_under(parent, pk, thread.max_depth)
        html = markdown.render(body) if body_html is None else body_html
        place = {"id": pk, "thread": thread, "parent": parent, "root_id": root_id, "depth": depth, "path": path}
        return cls(**place, body=body, body_html=html, **fields)

    def get_absolute_url(self) -> str:
        return reverse("comments:comment", args=[self.pk])

    @property
    def writer(self) -> User | Guest:
        return self.member or self.guest

    @property
    def writer_name(self) -> str:
        if self.member:
            return self.member.display_name or SOMEBODY_GONE
        return self.guest.name or SOMEBODY_GONE

    @property
    def badge(self) -> "Badge | dict | None":
        """What stands beside the name: kind and label."""
        if self.guest_id:
            return {"kind": "guest", "label": "Guest"} if self.guest.email else None
        return getattr(self.member, "badge", None)

    @property
    def is_gone(self) -> bool:
        """Its words are not to be read any more, or not yet."""
        return self.state != State.PUBLIC

    @property
    def is_erased(self) -> bool:
        """Its words are in no table any more: after some time, what was refused, removed or withdrawn is erased."""
        return self.is_gone and not self.body

    @property
    def is_kept(self) -> bool:
        """Somebody keeps it as evidence."""
        return self.kept_until is not None and self.kept_until > timezone.now()

    @property
    def is_shown_root(self) -> bool:
        return self.shown and self.parent_id is None

    @property
    def is_waiting(self) -> bool:
        return self.state in (State.UNCONFIRMED, State.IN_REVIEW)

    @property
    def has_been_public(self) -> bool:
        return self.published_at is not None

    @property
    def is_answerable(self) -> bool:
        return self.state == State.PUBLIC

    def belongs_to(self, reader) -> bool:
        if self.member_id:
            return reader.member is not None and self.member_id == reader.member.pk
        return bool(self.guest and reader.guest_key and self.guest.key == reader.guest_key)

    def ancestor_ids(self) -> list[int]:
        """Ids of the comments it is drawn under, the root first."""
        levels = bytes(self.path)[:-8]
        return [int.from_bytes(levels[at : at + 8]) for at in range(0, len(levels), 8)]


class Tally(models.Model):
    """Numbers that change often, beside the text so that they do not rewrite it.

    `answers` is moved by `visibility.py` only, the votes by `voting.py` only, the ranks by `ranking.py` only: at most
    once a minute, so that whoever pages through a discussion meets each comment once.
    """

    comment = models.OneToOneField(Comment, primary_key=True, on_delete=models.CASCADE, related_name="tally")
    # These two repeat what the comment says, so that one index finds the roots of a thread in the order of a rank.
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+", db_index=False)
    is_shown_root = models.BooleanField(default=False)
    answers = models.PositiveIntegerField(default=0, help_text="Public comments drawn under it.")
    agree = models.PositiveIntegerField(default=0)
    disagree = models.PositiveIntegerField(default=0)
    unsure = models.PositiveIntegerField(default=0)
    respect = models.PositiveIntegerField(default=0)
    best = models.PositiveIntegerField(default=NO_VOTES_YET, help_text="Agree share in millionths, as last ranked.")
    discussed = models.PositiveIntegerField(default=0, help_text="Answers, as last ranked.")
    ranked_votes = models.PositiveIntegerField(default=0, help_text="Opinions, as last added to the thread's.")
    is_stale = models.BooleanField(default=False, help_text="Numbers have moved since the last ranking.")

    class Meta:
        indexes = [
            models.Index(fields=["thread", "-best", "-comment"], name="roots_by_best", condition=Q(is_shown_root=True)),
            models.Index(
                fields=["thread", "-discussed", "-comment"], name="roots_by_discussed", condition=Q(is_shown_root=True)
            ),
            models.Index(fields=["thread"], name="tallies_to_rank", condition=Q(is_stale=True)),
        ]

    @property
    def opinions(self) -> int:
        return self.agree + self.disagree + self.unsure

    @property
    def votes(self) -> int:
        """People's opinions and respects together: from some of them on the numbers are shown to everybody."""
        return self.agree + self.disagree + self.unsure + self.respect


class RevisionQuerySet(models.QuerySet):
    def waiting(self):
        """The newer text that waits for a moderator; one at most for each comment."""
        return self.filter(state=CommentRevision.State.WAITING)

    def refused(self):
        return self.filter(state=CommentRevision.State.REFUSED)

    def earlier(self):
        """Texts that are over, the latest first: those that stood here, and those that were refused."""
        return self.exclude(state=CommentRevision.State.WAITING).order_by("-pk")


class CommentRevision(models.Model):
    """Another text of a comment: one it had before, or one that waits for a moderator or was refused by one."""

    class State(models.TextChoices):
        REPLACED = "replaced", "stood here before"
        WAITING = "waiting", "waits for a moderator"
        REFUSED = "refused", "refused"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")
    body = models.TextField()
    body_html = CleanHTMLField()
    render_version = models.PositiveSmallIntegerField(default=markdown.RENDER_VERSION)
    state = models.CharField(max_length=8, choices=State.choices)
    made_at = models.DateTimeField(default=timezone.now, help_text="When this text was sent.")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment"], condition=Q(state="waiting"), name="one_waiting_edit_per_comment"
            )
        ]
        indexes = [models.Index(fields=["comment"], name="refused_texts", condition=Q(state="refused"))]

    def __str__(self) -> str:
        return f"a text of comment {self.comment_id}"


class Screening(models.Model):
    """What screening said about a text: the outcome and all that was noticed. Never changed, only added to.

    Rules that could not be looked at stand among the signals, with `"unknown": true`; what the model says does always,
    with `"noticed": false` where it is nothing remarkable. What was known of the writer stands by what the spam head
    says, for it to learn from: `"writer": [how many comments stood, how many did not]`.
    """

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="screenings")
    outcome = models.CharField(max_length=8)
    rule = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(default=list)
    signals = models.JSONField(default=list, help_text="[{rule, score, evidence, span}]")
    policy_version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        get_latest_by = "pk"
        indexes = [BrinIndex(fields=["made_at"], name="screenings_by_time")]  # a month is counted; costs posts nothing

    @classmethod
    def newest_reasons(cls, comments: Iterable[int]) -> dict[int, list[str]]:
        """What the newest screening of each of these comments says to its writer, by id. One query."""
        seen = cls.objects.filter(comment__in=comments).order_by("pk")
        return dict(seen.values_list("comment", "reasons"))

    @classmethod
    def of(cls, comment: Comment, verdict) -> "Screening":
        """Not saved yet."""
        signals = [
            {"rule": s.rule, "score": round(s.score, 4), "evidence": s.evidence, "span": s.span}
            | _of_model(s, verdict, noticed=True)
            for s in verdict.signals
        ]
        signals += [
            {"rule": s.rule, "score": round(s.score, 4), "evidence": "", "span": None}
            | _of_model(s, verdict, noticed=False)
            for s in verdict.unremarkable
        ]
        signals += [
            {"rule": rule, "score": 0, "evidence": NOT_LOOKED_AT, "span": None, "unknown": True}
            for rule in verdict.unknown
        ]
        signals += [
            {"rule": rule, "score": 0, "evidence": "", "span": None, "noticed": False, "control": True}
            | _of_writer(rule, verdict)
            for rule in (HEADS if verdict.is_control else ())
        ]
        return cls(
            comment=comment,
            outcome=verdict.outcome,
            rule=verdict.rule,
            reasons=list(verdict.reasons),
            signals=signals,
            policy_version=verdict.policy_version,
        )


def _of_model(signal, verdict, *, noticed: bool) -> dict:
    """What is kept besides where the model speaks; `noticed` is False where it speaks of nothing remarkable."""
    if signal.rule not in HEADS:
        return {}
    likely = None if signal.likely is None else round(signal.likely, 4)
    said = {"words": signal.words, "likely": likely, "model": verdict.model, "noticed": noticed}
    return said | _of_writer(signal.rule, verdict)


def _of_writer(rule: str, verdict) -> dict:
    trust = verdict.trust
    if rule != "spam" or trust is None or trust.published is None or trust.gone is None:
        return {}
    return {"writer": [trust.published, trust.gone]}


class CommentOrigin(models.Model):
    """Where a comment came from, as coarsely as stopping a flood allows. Erased after COMMENT_ORIGIN_DAYS."""

    comment = models.OneToOneField(Comment, primary_key=True, on_delete=models.CASCADE, related_name="origin")
    prefix_hash = models.BinaryField(max_length=16)
    agent = models.CharField(max_length=40, blank=True, help_text="Family of the browser, never its version.")
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["prefix_hash", "-made_at"], name="origins_of_network")]


NEXT_ID = "nextval(pg_get_serial_sequence('comments_comment', 'id'))"


def next_comment_ids(count: int) -> list[int]:
    """Ids from the sequence, before the insert: the path of a comment ends with its own id."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NEXT_ID} FROM generate_series(1, %s)", [count])  # noqa: S608
        return sorted(pk for (pk,) in cursor.fetchall())


def place_under(parent: Comment | None, pk: int, max_depth: int) -> tuple[int, int, bytes]:
    """Where a new comment is drawn: (root id, depth, path). `max_depth` levels at most; the first is depth 0."""
    own = pk.to_bytes(8)
    if parent is None:
        return pk, 0, own
    above = bytes(parent.path)[: 8 * (max_depth - 1)]
    return parent.root_id, len(above) // 8, above + own


def past(path: bytes) -> bytes:
    """The first path that is not below this one any more."""
    return path[:-8] + (int.from_bytes(path[-8:]) + 1).to_bytes(8)
