"""Where pages far through a discussion begin: `python -m bench.deep FACTS`, one line of JSON, kind and place by path.

A cursor is the site's own business, so it is asked for it: for the one after four fifths of all.
"""

import json
import sys
from pathlib import Path

import django

DEEP = 0.8
SORTS = ("newest", "best")


def main(places: dict) -> dict[str, list[str]]:
    from comments.models import Comment, Thread
    from comments.threads import _roots  # private; a page of 80,000 comments would do as well, and take a minute

    paths = {}
    for name, place in places.items():
        thread = Thread.objects.select_related("space").get(pk=place["thread"])
        for sort in SORTS:
            _, cursor = _roots(thread, sort, None, int(drawn_by_paging(thread) * DEEP))
            paths[f"/discuss/{thread.pk}/?sort={sort}&after={cursor}"] = [f"deep, {sort}", name]
        answers = Comment.objects.filter(root=place["root"], shown=True).exclude(pk=place["root"]).order_by("path")
        last = answers[int(answers.count() * DEEP)]
        paths[f"/discuss/c/{place['root']}/?after={last.pk}"] = ["deep in a conversation", name]
    return paths


def drawn_by_paging(thread) -> int:
    """Roots with the answers that are drawn under each: a long conversation goes on elsewhere."""
    from django.conf import settings

    from comments.models import Tally

    answers = Tally.objects.filter(thread=thread, is_shown_root=True).values_list("answers", flat=True)
    return sum(1 + min(number, settings.ANSWERS_PER_ROOT) for number in answers)


if __name__ == "__main__":
    django.setup()
    facts = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(main({name: place for name, place in facts["places"].items() if name not in ("50", "writing")})))
