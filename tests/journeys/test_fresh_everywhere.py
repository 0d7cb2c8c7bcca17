"""Pages are kept in the memory of each web process. What one of them changes, the next reader of any other sees."""

import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
READERS = 24  # each by a connection of their own: the kernel spreads them over both processes

REMOVE = """
from comments import visibility
visibility.remove(Comment.objects.get(pk={pk}), rule=HouseRule.objects.first())
"""
RENAME = """
member = Comment.objects.get(pk={pk}).member
member.display_name = "Somebody Renamed"
member.save()
"""
# As publishing does it: the discussion's own rows and the article's, each with its version.
END_SOON = """
from datetime import timedelta
from django.db.models import F
from django.utils import timezone
def soon(seconds):
    return seconds and timezone.now() + timedelta(seconds=seconds)
article = Article.objects.get(address="{address}")
Article.objects.filter(pk=article.pk).update(expire_at=soon({expires}))
Thread.objects.filter(pk=article.thread_id).update(closes_at=soon({closes}), version=F("version") + 1)
Article.changed(article.pk)
"""


@pytest.fixture
def said(paper):
    """A public comment of a member with nothing under it: its id, the words, the name, the path of the article."""
    query = """
        SELECT c.id, left(c.body, 20), u.display_name, t.address
        FROM comments_comment c JOIN comments_tally ta ON ta.comment_id = c.id
        JOIN comments_thread t ON t.id = c.thread_id JOIN accounts_user u ON u.id = c.member_id
        WHERE c.state = 'public' AND ta.answers = 0 AND c.depth = 0 AND c.body ~ '^[A-Za-z ,]{20}'
        ORDER BY t.comment_count, c.id LIMIT 1
    """
    with psycopg.connect(paper.surroundings["DATABASE_URL"]) as database:
        return database.execute(query).fetchone()


@pytest.mark.parametrize(("change", "gone"), [(RENAME, "name"), (REMOVE, "words")])
def test_a_change_is_on_the_next_page_of_every_process(paper, said, change, gone):
    pk, words, name, address = said
    gone = {"words": words, "name": name}[gone]
    assert all(gone in page for page in everywhere(paper, address))

    in_another_process(paper, change.format(pk=pk))

    assert [
        page for page in everywhere(paper, address) if f'id="c-{pk}"' in page and gone in comment_in(page, pk)
    ] == []


def test_a_discussion_closes_and_an_article_expires_on_every_process_at_their_second(paper):
    address = paper.article("theatre-plays-at-lunch")
    in_another_process(paper, END_SOON.format(address=address, closes="4", expires="8"))
    try:
        ends = time.monotonic() + 4
        assert all("Leave a comment" in page for page in everywhere(paper, address))
        assert time.monotonic() < ends, "the machine is too slow for this test"

        time.sleep(ends - time.monotonic() + 0.1)
        assert [page for page in everywhere(paper, address) if "Leave a comment" in page] == []
        assert time.monotonic() < ends + 4, "the machine is too slow for this test"

        time.sleep(ends + 4 - time.monotonic() + 0.1)
        assert [status(paper, address) for _ in range(READERS)] == [404] * READERS
    finally:
        in_another_process(paper, END_SOON.format(address=address, closes="None", expires="None"))


def everywhere(paper, address: str) -> list[str]:
    """The page as many readers get it, from the memory of every process."""
    return [read(paper, address) for _ in range(READERS)]


def status(paper, address: str) -> int:
    try:
        return urlopen(Request(paper.url + address), timeout=30).status  # noqa: S310 - our own server
    except HTTPError as error:
        return error.code


def read(paper, address: str) -> str:
    with urlopen(Request(paper.url + address), timeout=30) as answer:  # noqa: S310 - our own server
        assert answer.headers["ETag"], "this page is not kept, so the test proves nothing"
        return answer.read().decode()


def comment_in(page: str, pk: int) -> str:
    return page.partition(f'id="c-{pk}"')[2].partition("</article>")[0]


def in_another_process(paper, code: str) -> None:
    command = [sys.executable, "manage.py", "shell", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=paper.surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
