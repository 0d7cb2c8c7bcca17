"""Letters to authors: what was decided about their comments, and why."""

from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from civic.lib.jobs import task
from civic.lib.tokens import fingerprint
from comments.models import Comment
from moderation.holding import reported_rules
from moderation.in_force import in_force_since
from moderation.models import NEED_A_RULE, Act, Batch, Decision, StandingDecision
from moderation.statements import is_against_the_law, statement_of
from notifications.letters import write_once
from notifications.models import Notification

APPEAL_TIME = timedelta(days=settings.APPEAL_DAYS)

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
    if decision is None or _was_a_slip(decision) or (address := address_of(decision.comment)) is None:
        return
    if _is_told_with_a_measure(decision):
        return
    comment = decision.comment
    context = {"decision": decision, "comment": comment, "url": private_url(comment)}
    if decision.act == Act.HOLD and decision.is_automatic:
        context["reported_rules"] = reported_rules([comment.pk])[comment.pk]
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
        if (address := address_of(decision.comment)) and not _was_a_slip(decision):
            told.setdefault(address.strip().lower(), []).append(decision)
    for about in told.values():
        _write_of_batch(batch, address_of(about[0].comment), about)


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
    address = fingerprint("address", (address_of(decision.comment) or "").strip().lower())
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


def address_of(comment: Comment) -> str | None:
    """Where its author gets letters; None where no address was proven, or its author has left."""
    if comment.member:
        return comment.member.email if comment.member.is_active else None
    if comment.guest and comment.guest.is_confirmed and comment.guest.email:
        return comment.guest.email
    return None
