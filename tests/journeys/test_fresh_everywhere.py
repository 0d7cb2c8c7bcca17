"""Pages are kept in the memory of each web process. What one of them changes, the next reader of any other sees."""

import subprocess
import sys
from pathlib import Path
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
    before = [read(paper, address) for _ in range(READERS)]
    assert all(gone in page for page in before)

    in_another_process(paper, change.format(pk=pk))

    after = [read(paper, address) for _ in range(READERS)]
    assert [page for page in after if f'id="c-{pk}"' in page and gone in comment_in(page, pk)] == []


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
