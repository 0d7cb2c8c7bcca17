"""Why a comment that was public is before moderators again, in words for its author: never by whom, or how many."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count

from moderation.models import Act, Decision, Report
from moderation.models.decisions import ABOUT_EDITS

BY_A_MODERATOR = "a moderator wants to read it once more"
BY_READERS = "readers have reported it"
SEVERAL = 2


def why_held(comment_ids: Iterable[int]) -> dict[int, list[str]]:
    """The reasons by id, of those comments that a decision took into review and that still wait. Two queries."""
    standing = Decision.objects.filter(comment__in=list(comment_ids), undoes=None, undone_by=None)
    latest = standing.exclude(act__in=(Act.KEEP, *ABOUT_EDITS)).order_by("comment", "-pk").distinct("comment")
    holds = [decision for decision in latest if decision.act == Act.HOLD]
    rules = reported_rules(decision.comment_id for decision in holds if decision.is_automatic)
    return {decision.comment_id: _words(decision, rules[decision.comment_id]) for decision in holds}


def reported_rules(comment_ids: Iterable[int]) -> dict[int, list[str]]:
    """The texts of the house rules that several readers name in open reports, by id of the comment. One query, or none.

    What a single one says is not told: it may be known who would say that. Nor is that it is illegal: somebody might
    make off with more than the comment.
    """
    found: dict[int, list[str]] = defaultdict(list)
    if pks := list(comment_ids):
        named = Report.objects.open().against_a_rule().on(pks).exclude(rule_text="").order_by()
        counted = named.values("comment", "rule_text").annotate(times=Count("pk")).filter(times__gte=SEVERAL)
        counted = counted.order_by("-times", "rule_text")
        for pk, text in counted.values_list("comment", "rule_text"):
            found[pk].append(text)
    return found


def _words(held: Decision, rules: list[str]) -> list[str]:
    if not held.is_automatic:
        return [f"{BY_A_MODERATOR}. They write: “{held.note}”" if held.note else BY_A_MODERATOR]
    return [f"{BY_READERS} by this rule of the house: “{text}”" for text in rules] or [BY_READERS]
