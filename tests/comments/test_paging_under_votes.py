"""Turning pages of a discussion, the best first, while readers vote and ranks move."""

import random
import threading
import time

import pytest
from django.db import connections

from comments import ranking, voting
from comments.models import Comment, Tally
from comments.readers import ANYBODY
from comments.threads import load_thread
from tests.factories import make_comment, make_member, make_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_jobs]

ROOTS = 160
ON_A_PAGE = 8
VOTES_A_SECOND = 100
VOTERS = 4
SECONDS_TO_READ = 0.1  # a page


def test_paging_to_the_end_while_a_hundred_votes_a_second_arrive_shows_every_comment_of_unchanged_rank_exactly_once():
    thread = make_thread()
    writer, voters = make_member(), [make_member() for _ in range(VOTERS)]
    roots = [make_comment(thread=thread, member=writer) for _ in range(ROOTS)]
    dice = random.Random(7)
    for root in roots:  # ranks of all kinds to begin with
        for voter in dice.sample(voters, dice.randrange(VOTERS)):
            voting.press(root, voter, dice.choice(["agree", "disagree", "unsure"]))
    ranking.rank_stale()
    voted_on = dice.sample(roots, ROOTS // 2)
    stop, pressed = threading.Event(), []
    crowd = [
        threading.Thread(target=vote, args=(voter, voted_on, stop, pressed, random.Random(number)))
        for number, voter in enumerate(voters)
    ]
    ranks = [ranks_now()]

    began = time.monotonic()
    for one in crowd:
        one.start()
    seen: list[int] = []
    after, pages = "", 0
    try:
        while not pages or after:
            page = load_thread(thread, ANYBODY, sort="best", after=after, limit=ON_A_PAGE)
            seen += [node.comment.pk for node in page.nodes]
            after = page.next
            pages += 1
            time.sleep(SECONDS_TO_READ)
            if pages % 3 == 0:  # what a clock does each minute, far more often than that
                ranking.rank_stale()
                ranks.append(ranks_now())
    finally:
        stop.set()
        for one in crowd:
            one.join()
    seconds = time.monotonic() - began

    steady = [pk for pk, rank in ranks[0].items() if all(later[pk] == rank for later in ranks)]
    assert [pk for pk in steady if seen.count(pk) != 1] == []
    assert ROOTS // 2 <= len(steady) < ROOTS - 20, "ranks must have moved, or nothing was tried"
    assert len(pressed) > VOTES_A_SECOND * seconds / 4, "too few votes came for a trial"
    assert set(seen) <= {root.pk for root in roots}


def vote(voter, comments: list[Comment], stop: threading.Event, pressed: list, dice: random.Random) -> None:
    while not stop.wait(VOTERS / VOTES_A_SECOND):
        comment = dice.choice(comments)
        voting.press(comment, voter, dice.choice(["agree", "disagree", "unsure"]))
        pressed.append(comment.pk)
    connections.close_all()


def ranks_now() -> dict[int, int]:
    return dict(Tally.objects.values_list("comment", "best"))
