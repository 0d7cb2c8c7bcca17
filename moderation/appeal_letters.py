"""Letters to authors who have asked for a second look."""

from civic.lib.jobs import task
from moderation.models import Appeal
from moderation.notices import address_of, private_url
from notifications.letters import write_once


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
    if appeal is None or (address := address_of(appeal.decision.comment)) is None:
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
