"""Statements of reasons for authorities: complete, in their words, without a person in it."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from comments.discussions import setup
from comments.models import HouseRule, Screening
from comments.models.comments import State
from comments.models.spaces import Concern
from moderation.models import Act, Batch, Decision, Report
from moderation.statements_csv import FIELDS, NO_ADDRESS, SPAM, harmless
from tests.factories import make_comment, make_guest, make_member, make_rule
from tests.moderation.deciding_in_the_past import DAY, decided, undone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_rule_is_about_anything():
    HouseRule.objects.update(concerns="")


@pytest.fixture
def rows(client_of, moderator):
    """Reads the file of October as a moderator: a dict for each line."""

    def read(month: str = "2026-10") -> list[dict[str, str]]:
        answer = client_of(moderator).get(f"/moderation/statements.csv?month={month}")
        assert answer.status_code == 200
        return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))

    return read


def about(rule: int, concerns: str) -> None:
    HouseRule.objects.filter(number=make_rule(rule).number).update(concerns=concerns)


def test_a_removal_is_one_line_in_the_words_of_the_database(rows):
    made = decided(Act.REMOVE, comment=make_comment(created_at=DAY - timedelta(days=2)))

    [row] = rows()

    scope = json.loads(row.pop("territorial_scope"))
    assert len(scope) == 30
    assert scope == sorted(scope)
    assert row == {
        "puid": f"comment-decision-{made.pk}",
        "decision_visibility": '["DECISION_VISIBILITY_CONTENT_REMOVED"]',
        "decision_visibility_other": "",
        "end_date_visibility_restriction": "",
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "illegal_content_legal_ground": "",
        "illegal_content_explanation": "",
        "incompatible_content_ground": made.rule_text,
        "incompatible_content_explanation": "The text breaks this rule of the house, to which whoever comments agrees.",
        "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        "content_type": '["CONTENT_TYPE_TEXT"]',
        "content_date": "2026-10-13",
        "application_date": "2026-10-15",
        "decision_facts": "A reader's comment under an article. How it was found: a moderator came upon it while "
        "reading. Decided by a person.",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "exempt": "",
    }
    assert re.fullmatch(r"[\w-]{1,500}", row["puid"], re.ASCII)


def test_each_restriction_has_a_line_and_nothing_else(rows):
    for act in Act:
        decided(act)
    decided(Act.REMOVE, at=DAY - timedelta(days=31))
    decided(Act.REMOVE, at=DAY + timedelta(days=31))
    undone(decided(Act.REMOVE), after=timedelta(seconds=5))

    found = rows()

    assert [json.loads(row["decision_visibility"]) for row in found] == [
        ["DECISION_VISIBILITY_CONTENT_DISABLED"],
        ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        ["DECISION_VISIBILITY_OTHER"],
    ]
    assert [bool(row["decision_visibility_other"]) for row in found] == [False, False, True]
    assert len({row["puid"] for row in found}) == 3


def test_what_was_taken_back_says_when_it_ended(rows):
    undone(decided(Act.REMOVE), after=timedelta(days=3))
    refused = decided(Act.REFUSE_EDIT)
    decided(Act.PUBLISH_EDIT, comment=refused.comment, at=DAY + timedelta(days=5))

    assert [row["end_date_visibility_restriction"] for row in rows()] == ["2026-10-18", "2026-10-20"]


@pytest.mark.parametrize(
    ("concerns", "category"),
    [
        (Concern.SPEECH, "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"),
        (Concern.VIOLENCE, "STATEMENT_CATEGORY_VIOLENCE"),
        (Concern.PRIVACY, "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS"),
        (Concern.COPYING, "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"),
        (Concern.ADVERTISING, "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"),
    ],
)
def test_what_a_rule_is_about_gives_the_category(rows, concerns, category):
    about(3, concerns)
    decided(Act.REMOVE)

    [row] = rows()
    assert (row["category"], row["decision_ground"]) == (category, "DECISION_GROUND_INCOMPATIBLE_CONTENT")


def test_the_first_rules_of_a_house_say_what_they_are_about():
    HouseRule.objects.all().delete()

    setup()

    assert dict(HouseRule.objects.exclude(concerns="").values_list("number", "concerns")) == {
        4: Concern.SPEECH,
        5: Concern.PRIVACY,
        6: Concern.ADVERTISING,
    }


def test_an_editor_says_what_a_rule_is_about(client_of):
    rule = make_rule()
    newsroom = client_of(make_member(role=Role.EDITOR))
    address = f"/newsroom/snippets/comments/houserule/edit/{rule.pk}/"
    given = {"number": rule.number, "text": rule.text, "short": rule.short, "concerns": Concern.VIOLENCE}

    assert newsroom.post(address, given).status_code == 302

    rule.refresh_from_db()
    assert rule.concerns == Concern.VIOLENCE


def test_what_the_law_forbids_stands_on_the_law(rows):
    about(3, Concern.ILLEGAL)
    made = decided(Act.REMOVE)

    [row] = rows()
    assert row["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert row["illegal_content_legal_ground"] == made.rule_text
    assert row["illegal_content_explanation"]
    assert row["incompatible_content_ground"] == ""


@pytest.mark.parametrize(("concerns", "category"), [("", "ILLEGAL_OR_HARMFUL_SPEECH"), (Concern.VIOLENCE, "VIOLENCE")])
def test_a_law_that_was_named_is_the_ground(rows, concerns, category):
    about(3, concerns)
    made = decided(Act.REMOVE)
    Decision.objects.filter(pk=made.pk).update(law="Criminal Code, section 185")

    [row] = rows()
    assert row["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert row["illegal_content_legal_ground"] == "Criminal Code, section 185"
    assert row["illegal_content_explanation"] == "The text is taken to be against this law."
    assert row["category"] == f"STATEMENT_CATEGORY_{category}"
    assert row["incompatible_content_ground"] == ""


def test_a_rule_that_is_gone_keeps_its_words(rows):
    made = decided(Act.REMOVE, rule=77)
    HouseRule.objects.get(number=77).delete()

    assert rows()[0]["incompatible_content_ground"] == made.rule_text


def test_who_found_it_and_who_decided(rows):
    seen = make_comment(state=State.IN_REVIEW)
    Screening.objects.create(comment=seen, outcome="hold", rule="links", made_at=DAY - timedelta(hours=1))
    decided(Act.REFUSE, comment=seen, was=State.IN_REVIEW)
    reported = make_comment()
    decided(Act.HOLD, comment=reported, automatic=True, at=DAY - timedelta(hours=1))
    decided(Act.REMOVE, comment=reported, was=State.IN_REVIEW)
    noticed = make_comment()
    Report.objects.create(comment=noticed, kind="illegal", matter="other", who="contact", made_at=DAY)
    decided(Act.REMOVE, comment=noticed)
    decided(Act.REMOVE, automatic=True)

    found = [(row["source_type"], row["automated_detection"], row["automated_decision"]) for row in rows()]

    assert found == [
        ("SOURCE_VOLUNTARY", "Yes", "AUTOMATED_DECISION_NOT_AUTOMATED"),
        ("SOURCE_TYPE_OTHER_NOTIFICATION", "No", "AUTOMATED_DECISION_NOT_AUTOMATED"),
        ("SOURCE_ARTICLE_16", "No", "AUTOMATED_DECISION_NOT_AUTOMATED"),
        ("SOURCE_VOLUNTARY", "No", "AUTOMATED_DECISION_FULLY"),
    ]


def test_spam_in_bulk_and_addresses_that_nobody_proved_are_marked_as_exempt(rows, moderator):
    about(6, Concern.ADVERTISING)
    batch = Batch.objects.create(by=moderator)
    for known in (batch, None):
        made = decided(Act.REMOVE, rule=6)
        Decision.objects.filter(pk=made.pk).update(batch=known)
    Decision.objects.filter(pk=decided(Act.REMOVE).pk).update(batch=batch)
    decided(Act.REMOVE, comment=make_comment(guest=make_guest(confirmed=False)))
    decided(Act.REMOVE, comment=make_comment(guest=make_guest()))
    nameless = make_guest(name="", confirmed=False)
    type(nameless).objects.filter(pk=nameless.pk).update(email="")
    decided(Act.REMOVE, comment=make_comment(guest=nameless))
    decided(Act.REMOVE)

    assert [row["exempt"] for row in rows()] == [SPAM, "", "", NO_ADDRESS, "", "", ""]


def test_no_person_is_in_it(client_of, moderator):
    guest = make_guest(name="Gesa Guest", email="gesa@example.org")
    made = decided(Act.REMOVE, comment=make_comment(guest=guest, body="Dreadful words."), by=moderator)
    Decision.objects.filter(pk=made.pk).update(note="Dear Gesa, of Mill Lane")

    text = client_of(moderator).get("/moderation/statements.csv?month=2026-10").getvalue().decode()

    hidden = ("Gesa", "gesa@", "Dreadful", "Mill Lane", moderator.display_name, moderator.email, "12:00")
    assert [word for word in hidden if word in text] == []
    assert made.comment.thread.title not in text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(rows, start):
    text = f'{start}HYPERLINK("https://a.example")'
    HouseRule.objects.filter(pk=make_rule().pk).update(text=text)
    made = decided(Act.REMOVE)
    Decision.objects.filter(pk=made.pk).update(rule_text=text)

    [row] = rows()

    assert row["incompatible_content_ground"] == f"'{text}"
    assert harmless("It = that") == "It = that"


def test_it_is_sent_as_a_file_by_default_of_this_month(client_of, moderator):
    decided(Act.REMOVE)
    with time_machine.travel(DAY, tick=False):
        answer = client_of(moderator).get("/moderation/statements.csv")

    assert answer["Content-Disposition"] == 'attachment; filename="statements-2026-10.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.streaming
    lines = answer.getvalue().decode().splitlines()
    assert (lines[0], len(lines)) == (",".join(FIELDS), 2)
    assert client_of(moderator).get("/moderation/statements.csv?month=x").status_code == 404


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR])
def test_it_is_for_moderators(client_of, visitor_client, role):
    assert client_of(make_member(role=role)).get("/moderation/statements.csv").status_code == 403
    assert visitor_client.get("/moderation/statements.csv")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_moderators_and_admins_get_it(client_of, role):
    assert client_of(make_member(role=role)).get("/moderation/statements.csv").status_code == 200


def test_one_line_or_thirty_cost_the_same_queries(client_of, moderator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client_of(moderator).get("/moderation/statements.csv?month=2026-10").getvalue()
        return len(seen)

    decided(Act.REMOVE)
    queries()
    one = queries()
    for number in range(29):
        writer = {"guest": make_guest()} if number % 2 else {"member": make_member()}
        decided(Act.REMOVE, comment=make_comment(**writer))
    assert queries() == one
