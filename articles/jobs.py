"""Work for later: pictures to be cut, articles whose time has come."""

from datetime import datetime

from django.core.management import call_command

from articles import pictures, publishing
from articles.models import Picture
from civic.lib.jobs import every, task


@task
def cut_picture(picture_id: int) -> None:
    """Make the cuts of a picture that are made quickly, and draw again what shows it."""
    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is None:
        return
    pictures.cut(picture)
    publishing.redraw_pages_with(picture)
    cut_finely.defer(picture_id=picture_id)


@task(priority=-10)
def cut_finely(picture_id: int) -> None:
    """AVIF: half the bytes for ten times the work. Goes after everything else."""
    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is None:
        return
    pictures.cut(picture, kinds=("avif",))
    publishing.redraw_pages_with(picture)


@task(priority=10)
def publish_on_time(article_id: int) -> None:
    """Runs at the very second for which an article was scheduled."""
    publish_what_is_due()


@every("* * * * *")
def publish_what_is_due() -> None:
    """Publishes and takes down what is due: also what a stopped worker has missed. 0.05 s when nothing is."""
    call_command("publish_scheduled", verbosity=0)


def publish_at(moment: datetime, article_id: int) -> None:
    publish_on_time.configure(schedule_at=moment).defer(article_id=article_id)
