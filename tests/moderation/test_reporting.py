"""Readers report comments; who said it once has said it."""

import pytest
from django.db import IntegrityError, transaction

from moderation.models import Report
from tests.factories import make_comment, make_member, make_rule

pytestmark = pytest.mark.django_db


def test_deleting_a_rule_leaves_the_reports_that_named_it():
    rule = make_rule(7)
    report = Report.objects.create(
        comment=make_comment(), kind="rule", rule=rule, rule_text=rule.text, who="member", member=make_member()
    )

    rule.delete()

    report.refresh_from_db()
    assert (report.rule, report.rule_text) == (None, "Argue with the idea.")


def test_the_table_takes_one_report_per_person_and_comment():
    comment = make_comment()
    known = {"kind": "rule", "rule_text": "x", "who": "guest", "person": b"0123456789abcdef"}
    Report.objects.create(comment=comment, **known)
    Report.objects.create(comment=make_comment(), **known)

    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(comment=comment, **known)
