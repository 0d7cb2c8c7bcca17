"""Eight people do everything at once to one discussion. Whatever the order: no number is wrong, and nothing is lost."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connection, connections

from civic.lib.errors import Refusal
from comments import editing, muting, ranking, visibility, voting
from comments.counting import find_drift
from comments.errors import MoveNotAllowed
from comments.models import Comment, Mute, Space, Tally, Thread, Vote
from comments.models.comments import State
from comments.posting import Origin, post_comment
from comments.readers import ANYBODY
from comments.threads import SORTS, load_branch, load_thread
from comments.writers import Member, Visitor
from moderation.discussions import recommend
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_jobs]

WORKERS = 8
OPERATIONS = 1_000
MAX_DEPTH = 4
TO_BE_HELD = " https://one.example/1 https://two.example/2 https://three.example/3 https://four.example/4"

CHANCES = {
    "post": 30,
    "vote": 18,
    "publish": 8,
    "report": 8,
    "remove": 8,
    "restore": 6,
    "edit": 10,
    "withdraw": 3,
    "mute": 3,
    "pin": 2,
    "read": 3,
    "rank": 1,
}


@dataclass
class Worker:
    """Somebody at work: writes, votes and edits as people of its own, moderates everything. What was acknowledged is
    kept: `posted` and `edited` by comment, `votes` and `mutes` by pair, `moved` all states by comment."""

    number: int
    thread: Thread
    dice: random.Random
    member: object
    guest: object
    rule: object
    posted: dict[int, str] = field(default_factory=dict)
    parents: dict[int, int | None] = field(default_factory=dict)
    edited: dict[int, str] = field(default_factory=dict)
    votes: dict[int, tuple[str, bool] | None] = field(default_factory=dict)
    mutes: dict[tuple, bool] = field(default_factory=dict)
    moved: dict[int, list[str]] = field(default_factory=dict)
    done: int = 0
    refused: int = 0
    errors: list[str] = field(default_factory=list)

    def work(self, times: int) -> None:
        acts = self.dice.choices(list(CHANCES), weights=CHANCES.values(), k=times)
        for act in acts:
            try:
                getattr(self, act)()
                self.done += 1
            except (Refusal, MoveNotAllowed):
                self.refused += 1
            except Exception as error:
                self.errors.append(f"{act}: {type(error).__name__} {error}")
        connections.close_all()

    # What people do.

    def post(self) -> None:
        body = f"Words {self.number}.{len(self.posted)}.{self.refused} of somebody."
        body += TO_BE_HELD if self.dice.random() < 0.2 else ""
        parent = self.any() if self.dice.random() < 0.7 else None
        writer = Member(self.member)
        if self.dice.random() < 0.3:
            writer = Visitor(self.guest.name, self.guest.email, key=self.guest.key)
        made = post_comment(
            thread=self.thread, writer=writer, body=body, parent=parent, origin=Origin(self.dice.randbytes(16))
        )
        self.posted[made.pk], self.parents[made.pk] = body, parent and parent.pk
        self.moved.setdefault(made.pk, []).append(made.state)

    def edit(self) -> None:
        if not self.posted:
            return
        pk = self.dice.choice(list(self.posted))
        comment = Comment.objects.select_related("thread__space", "member", "guest").get(pk=pk)
        body = f"Other words {self.number}.{self.done}." + (TO_BE_HELD if self.dice.random() < 0.3 else "")
        editing.edit_comment(comment, body=body)
        self.edited[pk] = body

    def vote(self) -> None:
        comment = self.any(State.PUBLIC)
        vote = voting.press(comment, self.member, self.dice.choice(voting.BUTTONS))
        self.votes[comment.pk] = vote and (vote.opinion, vote.respect)

    def withdraw(self) -> None:
        if self.posted:
            self.move(visibility.withdraw, Comment.objects.get(pk=self.dice.choice(list(self.posted))))

    def mute(self) -> None:
        comment = self.any(State.PUBLIC)
        whom = (comment.member_id, comment.guest_id)
        if self.dice.random() < 0.7:
            muting.mute(self.member, comment)
            self.mutes[whom] = True
        else:
            muting.unmute(self.member, comment)
            self.mutes[whom] = False

    def read(self) -> None:
        load_thread(self.thread, ANYBODY, sort=self.dice.choice(list(SORTS)))
        load_branch(Comment.objects.select_related("thread__space").get(pk=self.any().pk), ANYBODY)

    # What moderators and the clock do.

    def publish(self) -> None:
        comment = self.any(State.IN_REVIEW)
        if comment.edit_waits:
            editing.publish_edit(comment)
        self.move(visibility.make_public, comment)

    def report(self) -> None:
        self.move(visibility.hold, self.any(State.PUBLIC))

    def remove(self) -> None:
        comment = self.any()
        act = visibility.refuse if comment.state == State.IN_REVIEW else visibility.remove
        self.move(lambda comment: act(comment, rule=self.rule), comment)

    def restore(self) -> None:
        self.move(visibility.make_public, self.any(State.REMOVED, State.REFUSED))

    def pin(self) -> None:
        mark, on = self.dice.choice(["pin", "pick"]), self.dice.random() < 0.7
        recommend(self.any(State.PUBLIC), mark, on, by=self.member)

    def rank(self) -> None:
        ranking.rank_stale()

    def move(self, act: Callable[[Comment], Comment], comment: Comment) -> None:
        moved = act(comment)
        self.moved.setdefault(comment.pk, []).append(moved.state)

    def any(self, *states: State) -> Comment:
        """Any comment, in one of these states if there is one."""
        comments = Comment.objects.on(self.thread).select_related("thread__space", "member", "guest")
        pks = list(comments.filter(state__in=states or list(State)).values_list("pk", flat=True))
        pks = pks or list(comments.values_list("pk", flat=True))
        return comments.get(pk=self.dice.choice(pks))


def test_a_thousand_operations_at_once_lose_double_and_misplace_nothing(settings):
    settings.COMMENT_EDITS_PER_HOUR = 10_000
    settings.ANSWERS_PER_ROOT, settings.ANSWERS_PER_PAGE = 4, 5
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it when the test fails
    workers = make_workers(seed)
    thread = workers[0].thread
    deadlocks = deadlocks_so_far()

    threads = [threading.Thread(target=worker.work, args=(OPERATIONS // WORKERS,)) for worker in workers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert [error for worker in workers for error in worker.errors] == []
    assert deadlocks_so_far() == deadlocks
    assert sum(worker.done for worker in workers) > OPERATIONS * 0.6, "most were refused, so little was tried"
    assert find_drift() == []
    check_nothing_is_lost(workers)
    check_every_place(thread)
    ranking.rank_stale()
    assert find_drift() == []
    thread.refresh_from_db()
    for sort in SORTS:
        check_what_is_drawn(thread, sort)


def make_workers(seed: int) -> list[Worker]:
    Space.objects.filter(pk=Space.default().pk).update(max_depth=MAX_DEPTH, hold_first=False)
    thread = Thread.objects.select_related("space").get(pk=make_thread().pk)
    rule = make_rule()
    workers = []
    for number in range(WORKERS):
        member, guest = make_member(), make_guest(name=f"Guest {number}")
        make_comment(thread=thread, member=member)
        make_comment(thread=thread, guest=guest)
        workers.append(Worker(number, thread, random.Random(seed + number), member, guest, rule))
    return workers


def deadlocks_so_far() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def check_nothing_is_lost(workers: list[Worker]) -> None:
    comments = {comment.pk: comment for comment in Comment.objects.prefetch_related("revisions")}
    posted = {pk: worker for worker in workers for pk in worker.posted}
    began_with = 2 * WORKERS
    assert len(comments) == began_with + len(posted), "a comment is lost or doubled"
    bodies = [worker.posted[pk] for pk, worker in posted.items()]
    assert len(set(bodies)) == len(bodies)
    for pk, worker in posted.items():
        texts = {comments[pk].body, *(revision.body for revision in comments[pk].revisions.all())}
        if comments[pk].state != State.WITHDRAWN:  # a newer text that still waited goes along with it
            assert worker.edited.get(pk, worker.posted[pk]) in texts, f"the last text of comment {pk} is lost"
        assert comments[pk].parent_id == worker.parents[pk]
    for worker in workers:
        for pk, said in worker.votes.items():
            kept = Vote.objects.filter(member=worker.member, comment=pk).first()
            assert (kept and (kept.opinion, kept.respect)) == said, f"a vote on comment {pk}"
        for (member, guest), muted in worker.mutes.items():
            assert Mute.objects.filter(by=worker.member, member=member, guest=guest).exists() == muted
    for pk, comment in comments.items():
        states = [state for worker in workers for state in worker.moved.get(pk, [])]
        if states:
            assert comment.state in (*states, State.PUBLIC), f"comment {pk} is where nobody brought it"
        if State.WITHDRAWN in states:
            assert comment.state == State.WITHDRAWN, f"comment {pk} came back after its writer took it back"


def check_every_place(thread: Thread) -> None:
    comments = {comment.pk: comment for comment in Comment.objects.on(thread)}
    tallies = {tally.comment_id: tally for tally in Tally.objects.filter(thread=thread)}
    assert tallies.keys() == comments.keys()
    for pk, comment in comments.items():
        path, own = bytes(comment.path), pk.to_bytes(8)
        parent = comments.get(comment.parent_id)
        above = bytes(parent.path)[: 8 * (MAX_DEPTH - 1)] if parent else b""
        assert path == above + own, f"comment {pk} stands in the wrong place"
        assert comment.depth == len(above) // 8
        assert comment.root_id == (parent.root_id if parent else pk)
        assert comment.shown == (comment.state == State.PUBLIC or tallies[pk].answers > 0)
        assert tallies[pk].is_shown_root == (comment.shown and parent is None)


def check_what_is_drawn(thread: Thread, sort: str) -> None:
    """Turning all pages, and everything that "show more" leads to, shows each comment once, below what it answers."""
    drawn: list[int] = []
    after = ""
    while True:
        page = load_thread(thread, ANYBODY, sort=sort, after=after, limit=12)
        check_ancestors([node.comment for node in page.nodes])
        drawn += [node.comment.pk for node in page.nodes]
        for node in page.nodes:
            if node.comment.depth == 0 and node.more:
                drawn += the_rest(node)
        after = page.next
        if not after:
            break
    shown = Comment.objects.on(thread).filter(shown=True).values_list("pk", flat=True)
    assert sorted(drawn) == sorted(shown), f"sorted by {sort}"


def the_rest(node) -> list[int]:
    """The answers of a conversation that are not on the page of the discussion."""
    root = Comment.objects.select_related("thread__space").get(pk=node.comment.pk)
    drawn: list[int] = []
    after = str(node.more_after or "")
    while True:
        branch = load_branch(root, ANYBODY, after=after)
        check_ancestors([one.comment for one in branch.nodes])
        last = bytes(Comment.objects.get(pk=after).path) if after else bytes(root.path)
        paths = [(bytes(one.comment.path), one.comment.pk) for one in branch.nodes]
        drawn += [pk for path, pk in paths if path.startswith(bytes(root.path)) and path > last]
        after = branch.next
        if not after:
            return drawn


def check_ancestors(rows: list) -> None:
    before: set[int] = set()
    for row in rows:
        path = bytes(row.path)
        above = [int.from_bytes(path[at : at + 8]) for at in range(0, len(path) - 8, 8)]
        assert set(above) <= before, f"comment {row.pk} stands without what it answers"
        before.add(row.pk)
