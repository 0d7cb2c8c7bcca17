"""`manage.py rerender`: draw stored comments again after the rules of `civic.lib.markdown` have changed."""

from django.core.management.base import BaseCommand

from civic.lib import markdown
from comments.models import Comment

BATCH = 500


class Command(BaseCommand):
    help = "Draw comments again that were drawn by older rules. Can be stopped and started again."

    def handle(self, **options) -> None:
        done = 0
        old = Comment.objects.exclude(render_version=markdown.RENDER_VERSION).order_by("pk")
        while batch := list(old.only("pk", "body")[:BATCH]):
            for comment in batch:
                comment.body_html = markdown.render(comment.body)
                comment.render_version = markdown.RENDER_VERSION
            Comment.objects.bulk_update(batch, ["body_html", "render_version"])
            done += len(batch)
        self.stdout.write(f"{done} comments drawn again.")
