"""What the desk keeps about people: taken along by members, forgotten when they or guests leave for good."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Suspension, User
from civic.lib.jobs import every
from civic.lib.tokens import fingerprints
from comments.models import Guest
from moderation.models import Appeal, Decision, MeasureAppeal, Note, Report, StandingDecision
from moderation.report_jobs import NOTHING, forget_address, forget_leavers


def everything_about(member: User) -> dict[str, Any]:
    """Sections of the export: what they asked to have looked at again and what they reported, also as a guest who has
    proven the same address, and what became of it."""
    appeals = Appeal.objects.filter(decision__comment__member=member).select_related("decision__comment")
    return {
        "appeals": [
            {
                "comment": settings.SITE_URL + appeal.decision.comment.get_absolute_url(),
                "text": appeal.text,
                "state": appeal.get_state_display(),
                "answer": appeal.note,
                "asked_at": appeal.made_at,
                "decided_at": appeal.decided_at,
            }
            for appeal in appeals.order_by("pk")
        ],
        "reports": _reports_by(member),
        "standing_decisions": _decisions_about(member),
    }


def _decisions_about(member: User) -> list[dict[str, Any]]:
    """What was decided about them and when, beside what holds (the section `standing`), and second looks at that."""
    measures = Suspension.objects.of(member)
    looks = {appeal.measure_id: appeal for appeal in MeasureAppeal.objects.filter(measure__in=measures)}
    decisions = StandingDecision.objects.filter(measure__in=measures).order_by("pk")
    return [
        {
            "decided": decision.get_act_display(),
            "rule": decision.rule_text,
            "words": decision.words,
            "until": decision.until,
            "made_at": decision.made_at,
            "second_look": _look(looks.get(decision.measure_id)) if decision.act in Suspension.Kind.values else None,
        }
        for decision in decisions
    ]


def _look(appeal: MeasureAppeal | None) -> dict[str, Any] | None:
    if appeal is None:
        return None
    return {
        "text": appeal.text,
        "state": appeal.get_state_display(),
        "answer": appeal.note,
        "asked_at": appeal.made_at,
        "decided_at": appeal.decided_at,
    }


def _reports_by(member: User) -> list[dict[str, Any]]:
    guests = Guest.objects.confirmed().with_address(member.email)
    own = Report.objects.filter(Q(member=member) | Q(guest__in=guests)).exclude(person=None)
    return [
        {
            "comment": settings.SITE_URL + report.comment.get_absolute_url(),
            "about": report.get_matter_display() if report.is_illegal else report.rule_text,
            "text": report.text,
            "which_words": report.place,
            "state": report.get_state_display(),
            "reported_at": report.made_at,
            "decided_at": report.decided_at,
        }
        for report in own.select_related("comment").order_by("pk")
    ]


@every("17 * * * *")
def forget_appeals() -> int:
    """Erase what nameless people said in appeals: whoever has left, as a member or a guest, an hour ago at most."""
    nameless = Appeal.objects.exclude(text="").filter(decision__comment__guest__email="")
    return nameless.update(text="", note="")


@every("19 * * * *")
def forget_notes() -> int:
    """What moderators told one another about somebody, and what they wrote to them with a decision, goes when that
    person has left: their comments are nameless. That it was decided, and by which rule, stays.

    Returns how many notes among moderators went."""
    nameless = Q(comment__guest__name="", comment__guest__email="")
    Decision.objects.filter(nameless).exclude(note="").update(note="")
    return Note.objects.filter(nameless).delete()[0]


@every("21 * * * *")
def forget_standing() -> int:
    """Of whoever has left, a keyed hash, a rule and an end are kept while they hold: no words, and nothing once it is
    over. A warning goes at once, a ban that nobody has confirmed after as many days as one can be undone.

    Returns how many measures went."""
    here = StandingDecision.objects.filter(measure=OuterRef("pk")).filter(
        Q(member__is_active=True) | Q(guest__in=Guest.objects.confirmed().filter(leaving="").exclude(email=""))
    )
    left = Suspension.objects.exclude(address_hash=None).exclude(Exists(here))
    _without_words(left)
    now = timezone.now()
    forgotten = Q(is_unconfirmed=True, made_at__lt=now - timedelta(days=settings.UNDO_DAYS))
    over = Q(until__lte=now) | Q(kind=Suspension.Kind.WARN) | forgotten | Q(lifted_at__isnull=False)
    return left.filter(over).delete()[1].get("accounts.Suspension", 0)


def _without_words(left) -> None:
    StandingDecision.objects.filter(measure__in=left).exclude(words="").update(words="")
    looks = MeasureAppeal.objects.filter(measure__in=left)
    looks.exclude(text="", note="").update(text="", note="")
    left.exclude(words="", note="").update(words="", note="")


def forget_member(leaving) -> None:
    """The same at once: the comments of a member who leaves are nameless by now, and what holds on them is a hash. What
    they reported keeps its answer and loses its words, also what was sent with nothing but their address."""
    forget_appeals()
    forget_notes()
    Report.objects.filter(member=leaving.member_id).update(**NOTHING, member=None)
    forget_address(leaving.address)
    forget_leavers()
    _without_words(Suspension.objects.on(address_hashes=fingerprints("address", leaving.address.lower())))
