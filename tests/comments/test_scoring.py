"""The model in use: one query in a minute, and nothing that is wrong with the table keeps anybody from posting."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from comments import scoring
from comments.models import ScoringModel
from screening.model import prior

pytestmark = pytest.mark.django_db

State = ScoringModel.State


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def learned(head="spam", number=1, state=State.IN_USE, **fields) -> ScoringModel:
    """A version that is like the shipped one but for its bias."""
    weights = replace(prior().heads[head], bias=float(number)).to_bytes()
    return ScoringModel.objects.create(**{"head": head, "number": number, "state": state, "weights": weights, **fields})


def test_where_nothing_was_learned_the_shipped_model_is_used():
    assert scoring.current() is not None
    assert dict(scoring.current().heads) == dict(prior().heads)
    assert scoring.current().version == "prior"


def test_what_is_in_use_takes_the_place_of_the_shipped_head():
    learned(number=1, state=State.KEPT)
    learned(number=2)

    model = scoring.current()

    assert model.heads["spam"].bias == 2.0
    assert model.heads["incivility"] == prior().heads["incivility"]
    assert model.version == "spam 2, incivility prior"


def test_a_head_that_is_switched_off_is_left_out():
    learned(state=State.SWITCHED_OFF)

    assert list(scoring.current().heads) == ["incivility"]
    assert set(scoring.current().read("Visit my channel, free money!")) == {"incivility"}


def test_the_shipped_head_is_switched_off_by_a_row_without_weights():
    row = ScoringModel.objects.create(head="incivility", number=0, state=State.SWITCHED_OFF)
    assert list(scoring.current().heads) == ["spam"]

    ScoringModel.objects.filter(pk=row.pk).update(state=State.IN_USE)
    scoring.forget()

    assert scoring.current().heads["incivility"] == prior().heads["incivility"]


def test_the_table_is_asked_once_in_a_minute_and_weights_once_in_each_version():
    clock = Clock()
    learned()
    with CaptureQueriesContext(connection) as first:
        scoring.current(clock)
    with CaptureQueriesContext(connection) as soon:
        clock.now = 59.0
        scoring.current(clock)
    with CaptureQueriesContext(connection) as later:
        clock.now = 61.0
        scoring.current(clock)

    asked = [[q["sql"] for q in queries if "SELECT" in q["sql"]] for queries in (first, soon, later)]

    assert [len(sql) for sql in asked] == [2, 0, 1]


def test_a_new_version_is_found_within_a_minute():
    clock = Clock()
    row = learned()
    assert scoring.current(clock).heads["spam"].bias == 1.0
    ScoringModel.objects.filter(pk=row.pk).update(state=State.KEPT)
    learned(number=2)

    clock.now = 30.0
    assert scoring.current(clock).heads["spam"].bias == 1.0
    clock.now = 60.0
    assert scoring.current(clock).heads["spam"].bias == 2.0


@pytest.mark.parametrize("weights", [b"", b"no head", b"\x80\x04."])
def test_bytes_that_are_no_head_make_it_the_shipped_one_and_are_logged(weights, caplog):
    row = learned(weights=weights)

    assert scoring.current().heads["spam"] == prior().heads["spam"]
    assert f"scoring model {row.pk} cannot be read" in caplog.text


def test_bytes_of_another_head_are_not_used():
    learned(weights=prior().heads["incivility"].to_bytes())

    assert scoring.current().heads["spam"] == prior().heads["spam"]


def test_a_table_that_cannot_be_read_keeps_nobody_from_posting(caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE comments_scoringmodel RENAME COLUMN state TO gone")

    assert scoring.current().version == "prior"
    assert "cannot be read" in caplog.text
    with connection.cursor() as cursor:  # and whoever asked inside a transaction goes on
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("state", [State.IN_USE, State.SWITCHED_OFF])
def test_one_version_of_a_head_is_in_use(state):
    learned()

    with pytest.raises(IntegrityError, match="one_version_in_use"):
        learned(number=2, state=state)


def test_a_number_is_given_once():
    learned(state=State.KEPT)

    with pytest.raises(IntegrityError, match="one_version_of_a_number"):
        learned(state=State.KEPT)
