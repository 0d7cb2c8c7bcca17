"""Fills the bench's database: `python -m bench.fill FOLDER [--million]`, in the site's environment.

Articles with discussions of several sizes and two hard shapes, votes, and members who will write. Prints one line of
JSON: where everything is.
"""

import io
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import django

SIZES = {"50": 50, "1k": 1_000, "10k": 10_000, "100k": 100_000}
MILLION = {"1M": 1_000_000}
BRANCH = 50_000
REFUSED = 40_000
VOTERS = 12
WRITERS = 8
WORDS_OF_ARTICLE = 800


def main(folder: Path, sizes: dict[str, int]) -> dict:
    from bench import threads
    from comments.models import Thread

    settle()
    places = {}
    for name, number in sizes.items():
        places[name] = fill(folder, name, threads.comments(number))
    ordinary = list(threads.comments(1_000))
    under = ordinary[9]["id"]
    long_branch = threads.branch(BRANCH, under, len(ordinary) + 1)
    places["branch"] = fill(folder, "branch", [*ordinary, *long_branch])
    places["refused"] = fill(folder, "refused", ordinary)
    refuse_many(Thread.objects.get(pk=places["refused"]["thread"]))
    places["writing"] = fill(folder, "writing", threads.comments(50, seed=3))
    vote()
    for name, place in places.items():
        place |= landmarks(place["thread"], number=sizes.get(name, 0))
    sweep()
    return {"places": places, "sessions": writers()}


def settle() -> None:
    """Members write as fast as they like and are believed: what is measured is the way of a comment onto the page."""
    from comments.models import Space

    space = Space.default()
    space.pace_seconds, space.hold_first = 0, False
    space.save()


def fill(folder: Path, name: str, comments: Iterable[dict]) -> dict:
    """An article and its discussion, brought in by the importer that everybody uses. How long that took is told."""
    from django.core.management import call_command

    article = publish(f"A story with {name} comments", f"bench-{name.lower()}")
    file = folder / f"{name}.jsonl"
    with file.open("w") as written:
        for comment in comments:
            written.write(json.dumps(comment, ensure_ascii=False) + "\n")
    began = time.monotonic()
    call_command("import_comments", str(file), thread=article.thread.address, stdout=io.StringIO())
    file.unlink()
    print(f"{name}: filled in {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    return {"thread": article.thread_id, "address": article.thread.address, "filled": time.monotonic() - began}


def publish(headline: str, slug: str):
    import random

    from articles.models import Article, Author, Byline, Section
    from bench.threads import sentence

    dice = random.Random(slug)
    section, _ = Section.objects.get_or_create(slug="town", defaults={"name": "Town"})
    author, _ = Author.objects.get_or_create(slug="ada-bench", defaults={"name": "Ada Bench"})
    body, words = [], 0
    while words < WORDS_OF_ARTICLE:
        paragraph = " ".join(sentence(dice) for _ in range(5))
        words += len(paragraph.split())
        body.append(("paragraph", f"<p>{paragraph}</p>"))
    article = Article(headline=headline, slug=slug, standfirst=sentence(dice), body=body, section=section, live=False)
    article.bylines = [Byline(author=author)]
    article.save()
    article.save_revision().publish()
    return Article.objects.select_related("thread").get(pk=article.pk)


def refuse_many(thread) -> None:
    """Refused beginnings before everything else, whether one reads the newest or the oldest first."""
    from django.db import connection

    from comments.models import Comment

    edges = Comment.objects.on(thread).order_by("created_at").values_list("created_at", "guest_id")
    first, last = edges.first(), edges.last()
    with connection.cursor() as cursor:
        for at, step in ((first[0], -1), (last[0], 1)):
            cursor.execute(
                _REFUSED + TALLIES_OF_KEPT,
                {"thread": thread.pk, "guest": first[1], "at": at, "step": step, "many": REFUSED},
            )


# Ends a statement in which `kept` are comments that nobody sees.
TALLIES_OF_KEPT = """
INSERT INTO comments_tally (comment_id, thread_id, is_shown_root, answers, agree, disagree, unsure, respect, best,
                            discussed, ranked_votes, is_stale)
SELECT id, %(thread)s, false, 0, 0, 0, 0, 0, 500000, 0, 0, false FROM kept
"""

_REFUSED = """
WITH made AS (
    SELECT nextval(pg_get_serial_sequence('comments_comment', 'id')) AS id, n FROM generate_series(1, %(many)s) AS n
), kept AS (
    INSERT INTO comments_comment (id, thread_id, root_id, depth, path, guest_id, body, body_html, render_version, state,
                                  shown, priority, created_at, is_pinned, is_picked, edit_waits)
    SELECT id, %(thread)s, id, 0, int8send(id), %(guest)s, 'Refused ' || n, '<p>Refused ' || n || '</p>', 1, 'refused',
           false, 0, %(at)s::timestamptz + %(step)s * n * interval '1 second', false, false, false
    FROM made RETURNING id
)
"""


def vote() -> None:
    """About two opinions on each comment, and ranks by the site's own formula."""
    from django.db import connection

    from accounts.models import User
    from comments import ranking

    voters = [User.objects.create_user(f"voter{n}@example.org", f"Voter {n}").pk for n in range(VOTERS)]
    with connection.cursor() as cursor:
        cursor.execute(_VOTES, [voters])
        cursor.execute(_TALLIES)
    while ranking.rank_stale():
        pass


_VOTES = """
INSERT INTO comments_vote (member_id, comment_id, opinion, respect, made_at)
SELECT v, c.id, (ARRAY['agree', 'agree', 'disagree', 'unsure'])[1 + (hashint8(c.id * 31 + v) & 3)], false, now()
FROM comments_comment AS c CROSS JOIN unnest(%s::bigint[]) AS v
WHERE c.state = 'public' AND (hashint8(c.id * 7 + v) & 7) < 1 + c.id %% 3
"""

_TALLIES = """
UPDATE comments_tally AS t SET agree = v.agree, disagree = v.disagree, unsure = v.unsure, is_stale = true
FROM (SELECT comment_id,
             count(*) FILTER (WHERE opinion = 'agree') AS agree,
             count(*) FILTER (WHERE opinion = 'disagree') AS disagree,
             count(*) FILTER (WHERE opinion = 'unsure') AS unsure
      FROM comments_vote GROUP BY comment_id) AS v
WHERE v.comment_id = t.comment_id
"""


def landmarks(thread_id: int, number: int) -> dict:
    """Comments whose own pages are measured: the root with the most answers, a deep one, one in the middle."""
    from comments.models import Comment

    shown = Comment.objects.filter(thread=thread_id, shown=True)
    root = shown.roots().order_by("-tally__answers", "pk").first()
    below = shown.filter(root=root).exclude(pk=root.pk)
    middle = below.order_by("path")[below.count() // 2 :].first() or root
    lone = shown.roots().filter(tally__answers=0).order_by("pk")
    leaf = shown.filter(depth__gte=2, tally__answers=0).exclude(root=root).order_by("pk")
    return {
        "root": root.pk,
        "leaf": leaf[leaf.count() // 2].pk if leaf else root.pk,
        "lone": lone[lone.count() // 2].pk if lone else root.pk,
        "middle": middle.pk,
        "shown": shown.count(),
        "stands": number,
    }


def writers() -> list[str]:
    """Sessions of members with a few public comments, so that they are known here."""
    from accounts.models import User
    from comments.models import Comment, Thread
    from comments.models.comments import State
    from comments.visibility import enter, locked

    keys = []
    thread = Thread.objects.order_by("pk").last()
    for number in range(WRITERS):
        user = User.objects.create_user(f"writer{number}@example.org", f"Writer {number}")
        for turn in range(3):
            comment = Comment.write(thread=thread, parent=None, member=user, body=f"Good morning, {number}.{turn}")
            with locked(thread.pk):
                enter(comment, State.PUBLIC)
        keys.append(session_of(user))
    return keys


def session_of(user) -> str:
    """The key of a session in which somebody is signed in."""
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def sweep() -> None:
    """What autovacuum would have done by the time readers come."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    django.setup()
    import logging

    logging.disable(logging.INFO)
    asked = {**SIZES, **(MILLION if "--million" in sys.argv else {})}
    print(json.dumps(main(Path(sys.argv[1]), asked)))
