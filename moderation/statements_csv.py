"""Statements of reasons for the DSA Transparency Database: one line each, in the words of its API.

Fields and values: transparency.dsa.ec.europa.eu/page/api-documentation, as of July 2025. Left out is what we never
say: money, keywords, languages. Nothing in it comes from what people wrote: a note may name somebody.

Measures on people are not in it: its fields ask of which kind and day a content is, and a ban has none. Its person has
the letter and the page, and the public the numbers.
"""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Case, OuterRef, QuerySet, Subquery, When

from comments.models.spaces import Concern
from moderation.counting import Span
from moderation.finding import Found, found, reported_before, with_finding
from moderation.models import NEED_A_RULE, Act, Decision, Report
from moderation.scope import EVERYWHERE, Scope
from moderation.statements import is_against_the_law

FIELDS = [
    "puid",
    "decision_visibility",
    "decision_visibility_other",
    "end_date_visibility_restriction",
    "decision_ground",
    "illegal_content_legal_ground",
    "illegal_content_explanation",
    "incompatible_content_ground",
    "incompatible_content_explanation",
    "category",
    "content_type",
    "content_date",
    "territorial_scope",
    "application_date",
    "decision_facts",
    "source_type",
    "automated_detection",
    "automated_decision",
    "exempt",  # ours: why Article 17 (2) asks for no statement; such a line is not to be sent
]

VISIBILITY = {
    Act.REMOVE: "DECISION_VISIBILITY_CONTENT_REMOVED",
    Act.REFUSE: "DECISION_VISIBILITY_CONTENT_DISABLED",
    Act.REFUSE_EDIT: "DECISION_VISIBILITY_OTHER",
}
CATEGORIES = {
    Concern.ILLEGAL: "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    Concern.SPEECH: "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    Concern.VIOLENCE: "STATEMENT_CATEGORY_VIOLENCE",
    Concern.PRIVACY: "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    Concern.COPYING: "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
}
ILLEGAL_CATEGORY = CATEGORIES[Concern.ILLEGAL]
OTHER_CATEGORY = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
# The European Economic Area: what is gone here is gone everywhere.
EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
SCOPE = json.dumps(EEA.split())
SPAM = "deceptive high-volume commercial content"
NO_ADDRESS = "no electronic contact details are known"


def statements(span: Span, zone: str, scope: Scope = EVERYWHERE) -> Iterator[str]:
    """The lines of a CSV file about a month, as far as `scope` reaches, its head first.

    One query, however many there are, read in pieces.
    """
    line = csv.writer(_Echo())
    yield line.writerow(FIELDS)
    for decision in scope.about_comments(_decided(span)).iterator(chunk_size=500):
        values = _values(decision, ZoneInfo(zone))
        yield line.writerow([harmless(values.get(name, "")) for name in FIELDS])


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def _decided(span: Span) -> QuerySet[Decision]:
    """What restricts something, with the moment at which that ended, if it did."""
    made = Decision.objects.filter(act__in=NEED_A_RULE, **span.bounds).that_count()
    later = Decision.objects.filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"), undone_by=None).order_by("pk")
    back = later.filter(act__in=(Act.RESTORE, Act.PUBLISH)).values("made_at")[:1]
    edit_back = later.filter(act=Act.PUBLISH_EDIT).values("made_at")[:1]
    ended = Case(When(act=Act.REFUSE_EDIT, then=Subquery(edit_back)), default=Subquery(back))
    made = with_finding(made).annotate(ended_at=ended, was_noticed=reported_before(kind=Report.Kind.ILLEGAL))
    return made.select_related("comment__guest", "rule").order_by("made_at", "pk")


def _values(decision: Decision, zone: ZoneInfo) -> dict[str, str]:
    how = found(decision)
    concerns = decision.rule.concerns if decision.rule else ""
    return {
        "puid": f"comment-decision-{decision.pk}",
        "decision_visibility": json.dumps([VISIBILITY[Act(decision.act)]]),
        "decision_visibility_other": _other(decision),
        "end_date_visibility_restriction": f"{decision.ended_at.astimezone(zone):%Y-%m-%d}"
        if decision.ended_at
        else "",
        **_ground(decision, concerns),
        "category": CATEGORIES.get(concerns, ILLEGAL_CATEGORY if decision.law else OTHER_CATEGORY),
        "content_type": json.dumps(["CONTENT_TYPE_TEXT"]),
        "content_date": _day(decision.comment.created_at, zone),
        "territorial_scope": SCOPE,
        "application_date": _day(decision.made_at, zone),
        "decision_facts": _facts(decision, how),
        "source_type": _source(decision, how),
        "automated_detection": "Yes" if how == Found.PROGRAM else "No",
        "automated_decision": "AUTOMATED_DECISION_" + ("FULLY" if decision.is_automatic else "NOT_AUTOMATED"),
        "exempt": _exempt(decision, concerns),
    }


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}" if at else ""


def _source(decision: Decision, how: Found) -> str:
    if how != Found.READERS:
        return "SOURCE_VOLUNTARY"
    return "SOURCE_ARTICLE_16" if decision.was_noticed else "SOURCE_TYPE_OTHER_NOTIFICATION"


def _other(decision: Decision) -> str:
    if decision.act != Act.REFUSE_EDIT:
        return ""
    return "A newer version of a text was not published. The older version stays as it was."


def _ground(decision: Decision, concerns: str) -> dict[str, str]:
    if is_against_the_law(decision):
        named = "The text is taken to be against this law."
        by_rule = "The text is taken to be against the law that this rule names."
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": decision.law or decision.rule_text,
            "illegal_content_explanation": named if decision.law else by_rule,
        }
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": decision.rule_text,
        "incompatible_content_explanation": "The text breaks this rule of the house, to which whoever comments agrees.",
    }


def _facts(decision: Decision, how: Found) -> str:
    what = "A newer text of a reader's comment" if decision.act == Act.REFUSE_EDIT else "A reader's comment"
    who = "a program, without a person" if decision.is_automatic else "a person"
    return f"{what} under an article. How it was found: {how.label}. Decided by {who}."


def _exempt(decision: Decision, concerns: str) -> str:
    guest = decision.comment.guest
    if concerns == Concern.ADVERTISING and decision.batch_id:  # one advertisement is no high volume
        return SPAM
    # A guest without an address is somebody who has left since: at that time we knew it.
    return NO_ADDRESS if guest and guest.email and not guest.is_confirmed else ""


class _Echo:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        return text
