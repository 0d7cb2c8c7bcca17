"""Drawing stored comments again, after the rules of `civic.lib.markdown` have changed."""

from django.db import transaction

from civic.lib import markdown
from civic.lib.site import SiteSettings
from comments.models import Comment, CommentRevision

BATCH = 500


def rerender_all() -> int:
    """Draw comments again that were drawn by other rules, and their other texts; how many comments. Can be stopped and
    started again."""
    done = _redraw(Comment)
    _redraw(CommentRevision)
    if done:
        SiteSettings.touch()
    return done


def _redraw(model: type[Comment] | type[CommentRevision]) -> int:
    """A batch at a time, its rows locked: a text that is changed meanwhile must not get the drawing of the old one."""
    done = 0
    old = model.objects.exclude(render_version=markdown.RENDER_VERSION).order_by("pk")
    while True:
        with transaction.atomic():
            batch = list(old.only("pk", "body").select_for_update(no_key=True)[:BATCH])
            for row in batch:
                row.body_html, row.render_version = markdown.render(row.body), markdown.RENDER_VERSION
            model.objects.bulk_update(batch, ["body_html", "render_version"])
        if not batch:
            return done
        done += len(batch)
