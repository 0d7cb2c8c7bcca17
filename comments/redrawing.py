"""Drawing stored comments again, after the rules of `civic.lib.markdown` have changed."""

from civic.lib import markdown
from civic.lib.site import SiteSettings
from comments.models import Comment

BATCH = 500


def rerender_all() -> int:
    """Draw comments again that were drawn by other rules; how many. Can be stopped and started again."""
    done = 0
    old = Comment.objects.exclude(render_version=markdown.RENDER_VERSION).order_by("pk")
    while batch := list(old.only("pk", "body")[:BATCH]):
        for comment in batch:
            comment.body_html = markdown.render(comment.body)
            comment.render_version = markdown.RENDER_VERSION
        Comment.objects.bulk_update(batch, ["body_html", "render_version"])
        done += len(batch)
    if done:
        SiteSettings.touch()
    return done
