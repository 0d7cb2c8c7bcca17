"""Letters of the desk: to authors what was decided and why, to moderators that somebody waits."""

from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from civic.lib.jobs import every, task
from civic.lib.tokens import fingerprint
from comments.models import Comment
from moderation.in_force import in_force_since
from moderation.lists import count_waiting, oldest_waiting
from moderation.models import NEED_A_RULE, Act, Appeal, Batch, Decision, QueueWatch, StandingDecision
from moderation.scope import Scope
from moderation.second_looks import waiting_appeals, waiting_for
from moderation.statements import is_against_the_law, statement_of
from notifications.letters import write_once
from notifications.models import Notification

APPEAL_TIME = timedelta(days=settings.APPEAL_DAYS)
APPEALS_TOLD_EVERY = timedelta(hours=1)  # at most, to each moderator

SUBJECTS = {
    Act.PUBLISH: "Your comment is public",
    Act.RESTORE: "Your comment is public again",
    Act.REFUSE: "Your comment was not published",
    Act.REMOVE: "Your comment was removed",
    Act.PUBLISH_EDIT: "Your newer text is public",
    Act.REFUSE_EDIT: "Your newer text was not published",
    Act.HOLD: "A moderator looks at your comment once more",
}
SUBJECTS_OF_MANY = {
    Act.PUBLISH: "of your comments are public",
    Act.RESTORE: "of your comments are public again",
    Act.REFUSE: "of your comments were not published",
    Act.REMOVE: "of your comments were removed",
    Act.HOLD: "of your comments are looked at once more",
}
LISTED = 10  # comments that a letter about many names one by one
MOST_FOR_A_BATCH = timedelta(minutes=10)  # one that takes longer was interrupted


@task(priority=10)
def write_to_author(decision_id: int) -> None:
    """Tell the author of a comment what was decided. Confirmed addresses only.

    A slip that was undone before its letter went out writes none, and neither does the undoing.
    """
    about = ["comment__thread", "comment__member", "comment__guest"]
    decisions = Decision.objects.select_related(*about, "rule", "undoes")
    decision = decisions.filter(pk=decision_id).first()
    if decision is None or _was_a_slip(decision) or (address := _address_of(decision.comment)) is None:
        return
    if _is_told_with_a_measure(decision):
        return
    comment = decision.comment
    context = {"decision": decision, "comment": comment, "url": private_url(comment)}
    if decision.act in NEED_A_RULE:
        context["statement"] = statement_of(decision, comment)
        context |= {
            "appeal_url": private_url(comment, page="decision"),
            "until": in_force_since(decision) + APPEAL_TIME,
        }
    write_once(
        "letters/decision",
        to=address,
        member=comment.member,
        kind="decision",
        about=f"decision:{decision.pk}",
        subject=f"{SUBJECTS[Act(decision.act)]}: {comment.thread.title}",
        context=context,
        url=comment.get_absolute_url(),
    )


@task(priority=10)
def write_of_receipt(appeal_id: int) -> None:
    """Tell the author that the request for a second look has arrived, unless it is decided by now."""
    if Appeal.objects.filter(pk=appeal_id, state=Appeal.State.OPEN).exists():
        _write_to_appellant("appeal_received", appeal_id, "We have your request for a second look")


@task(priority=10)
def write_of_appeal(appeal_id: int) -> None:
    """Tell the author that the second look has changed nothing. What it changed, the letter of that decision tells."""
    _write_to_appellant("appeal", appeal_id, "We looked at your comment again")


def _write_to_appellant(template: str, appeal_id: int, subject: str) -> None:
    appeals = Appeal.objects.select_related(
        "decision__comment__thread", "decision__comment__member", "decision__comment__guest"
    )
    appeal = appeals.filter(pk=appeal_id).first()
    if appeal is None or (address := _address_of(appeal.decision.comment)) is None:
        return
    comment = appeal.decision.comment
    write_once(
        f"letters/{template}",
        to=address,
        member=comment.member,
        kind=template,
        about=f"appeal:{appeal.pk}",
        subject=f"{subject}: {comment.thread.title}",
        context={"appeal": appeal, "comment": comment, "url": private_url(comment, page="decision")},
        url=comment.get_absolute_url(),
    )


@task(priority=10)
def write_to_authors(batch_id: int) -> None:
    """Tell each author what was decided in a batch, in one letter each. As with single decisions, of a slip nobody
    hears."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        return
    if batch.done_at is None and batch.made_at > timezone.now() - MOST_FOR_A_BATCH:
        later = write_to_authors.configure(schedule_in={"seconds": settings.DECISION_LETTER_SECONDS})
        later.defer(batch_id=batch_id)
        return
    told: dict[str, list[Decision]] = {}  # by mailbox: somebody may have typed it with capitals once
    decisions = batch.decisions.select_related("comment__thread", "comment__member", "comment__guest", "undoes", "rule")
    for decision in decisions.exclude(act=Act.KEEP).order_by("pk"):
        if (address := _address_of(decision.comment)) and not _was_a_slip(decision):
            told.setdefault(address.strip().lower(), []).append(decision)
    for about in told.values():
        _write_of_batch(batch, _address_of(about[0].comment), about)


def _write_of_batch(batch: Batch, address: str, decisions: list[Decision]) -> None:
    comment = decisions[0].comment
    counts = [(Act(act), number) for act, number in Counter(decision.act for decision in decisions).items()]
    write_once(
        "letters/decisions",
        to=address,
        member=comment.member,
        kind="decision",
        about=f"batch:{batch.pk}",
        subject=", ".join(_many(act, number) for act, number in counts),
        context={
            "counts": [_many(act, number) for act, number in counts],
            "decision": decisions[0],
            "rules": list(dict.fromkeys(decision.rule_text for decision in decisions if decision.act in NEED_A_RULE)),
            "listed": [(decision.comment, _url_about(decision)) for decision in decisions[:LISTED]],
            "more": max(0, len(decisions) - LISTED),
            "is_law": any(is_against_the_law(decision) for decision in decisions),
            "until": decisions[0].made_at + APPEAL_TIME,
        },
        url=comment.get_absolute_url(),
    )


def _url_about(decision: Decision) -> str:
    """Where its author reads of it, and appeals."""
    return private_url(decision.comment, page="decision" if decision.act in NEED_A_RULE else "")


def _many(act: Act, number: int) -> str:
    return SUBJECTS[act] if number == 1 else f"{number} {SUBJECTS_OF_MANY[act]}"


def _was_a_slip(decision: Decision) -> bool:
    """Undone before its letter went out; or an undoing of which nobody has to hear, for they never heard of the
    first."""
    if decision.undone_by.exists():
        return True
    if decision.undoes is None:
        return False
    abouts = [f"decision:{decision.undoes_id}", f"batch:{decision.undoes.batch_id}"]
    address = fingerprint("address", (_address_of(decision.comment) or "").strip().lower())
    told = Notification.objects.filter(address_hash=address, kind="decision", subject__in=abouts)
    return not told.filter(sent_at__isnull=False).exists()


def _is_told_with_a_measure(decision: Decision) -> bool:
    """Its author was warned in the same breath: that letter tells both (`standing_letters`)."""
    return StandingDecision.objects.filter(beside=decision, measure__lifted_at=None).exists()


def private_url(comment: Comment, *, page: str = "") -> str:
    """Where the author sees the comment, or its `page`: members by signing in, guests by a link that only they have."""
    if comment.guest:
        path = f"/discuss/by-letter/{comment.guest.letter_token()}/{comment.pk}/"
        return settings.SITE_URL + path + (f"{page}/" if page else "")
    path = comment.get_absolute_url()
    if page:  # who is not signed in is asked to, and comes out there
        path = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': f'{path}{page}/'}, safe='/')}"
    return settings.SITE_URL + path


def _address_of(comment: Comment) -> str | None:
    if comment.member:
        return comment.member.email if comment.member.is_active else None
    if comment.guest and comment.guest.is_confirmed and comment.guest.email:
        return comment.guest.email
    return None


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
