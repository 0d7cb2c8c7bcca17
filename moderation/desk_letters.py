"""Letters to moderators: that comments wait, or people who have asked for a second look."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from civic.lib.jobs import every, task
from moderation.lists import count_waiting, oldest_waiting
from moderation.models import QueueWatch
from moderation.scope import Scope
from moderation.second_looks import waiting_appeals, waiting_for
from notifications.letters import write_once
from notifications.models import Notification

APPEALS_TOLD_EVERY = timedelta(hours=1)  # at most, to each moderator


@every("* * * * *")
def watch_queue() -> None:
    """Moderators hear of the first comment that waits, and once more when the oldest waits too long."""
    now = timezone.now()
    oldest = oldest_waiting()
    with transaction.atomic():
        watch = QueueWatch.objects.select_for_update().get_or_create(pk=1)[0]
        if oldest is None:
            watch.told_at = watch.told_late_at = None
        elif watch.told_at is None:
            watch.told_at = now
            _tell_moderators("first", now)
        elif oldest > now - timedelta(minutes=settings.MODERATION_LATE_MINUTES):
            watch.told_late_at = None
        elif watch.told_late_at is None:
            watch.told_late_at = now
            _tell_moderators("late", now)
        watch.save()


def _tell_moderators(kind: str, now) -> None:
    for pk in User.objects.moderators().values_list("pk", flat=True):
        write_to_moderator.defer(member_id=pk, kind=kind, at=now.isoformat())


@task(priority=10)
def write_to_moderator(member_id: int, kind: str, at: str) -> None:
    member = User.objects.moderators().filter(pk=member_id).first()
    waiting = count_waiting(Scope.of(member)) if member else 0
    if not waiting:
        return
    late = kind == "late"
    hours = settings.MODERATION_LATE_MINUTES // 60
    write_once(
        "letters/queue",
        to=member.email,
        member=member,
        kind=f"queue-{kind}",
        about=f"queue:{at}",
        subject=f"A comment has waited for more than {hours} hours" if late else "A comment waits for you",
        context={"waiting": waiting, "late": late, "hours": hours, "url": f"{settings.SITE_URL}/moderation/"},
        url="/moderation/",
    )


@every("* * * * *")
def watch_appeals() -> None:
    """Moderators hear of appeals that they may decide: of each once, and at most one letter an hour."""
    if waiting_appeals().exists():
        for member in User.objects.moderators():
            _tell_of_appeals(member)


def _tell_of_appeals(member: User) -> None:
    newest = waiting_for(Scope.of(member)).order_by("-pk").values_list("pk", flat=True).first()
    told = (
        Notification.objects.filter(member=member, kind="appeals", sent_at__isnull=False).order_by("-sent_at").first()
    )
    if newest is None or (told and told.sent_at > timezone.now() - APPEALS_TOLD_EVERY):
        return
    if told is None or newest > int(told.subject.partition(":")[2]):
        write_of_waiting_appeals.defer(member_id=member.pk, newest=newest)


@task(priority=10)
def write_of_waiting_appeals(member_id: int, newest: int) -> None:
    member = User.objects.moderators().filter(pk=member_id).first()
    if member and (waiting := waiting_for(Scope.of(member)).count()):
        write_once(
            "letters/appeals",
            to=member.email,
            member=member,
            kind="appeals",
            about=f"appeals:{newest}",
            subject="Somebody asks for a second look",
            context={"waiting": waiting, "url": f"{settings.SITE_URL}/moderation/appeals/"},
            url="/moderation/appeals/",
        )
