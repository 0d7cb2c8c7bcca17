"""Votes: by members, on others' comments, changeable, counted exactly."""

from datetime import timedelta
from threading import Thread as Worker

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Suspension
from comments.counting import find_drift
from comments.errors import NotYours
from comments.models import Tally, Vote
from comments.models.comments import State
from comments.readers import COOKIE_NAME
from comments.voting import press
from tests.factories import make_comment, make_guest, make_member

pytestmark = pytest.mark.django_db


def counts(comment) -> tuple[int, int, int, int]:
    tally = Tally.objects.get(comment=comment)
    return tally.agree, tally.disagree, tally.unsure, tally.respect


def url(comment) -> str:
    return f"/discuss/c/{comment.pk}/vote/"


def test_a_button_says_it_another_replaces_it_and_the_same_takes_it_back(reader):
    comment = make_comment()
    seen = []
    for button in ("agree", "disagree", "respect", "disagree", "respect"):
        press(comment, reader, button)
        seen.append(counts(comment))

    assert seen == [(1, 0, 0, 0), (0, 1, 0, 0), (0, 1, 0, 1), (0, 0, 0, 1), (0, 0, 0, 0)]
    assert not Vote.objects.exists()


def test_nobody_votes_on_the_own_comment(reader, client_of):
    comment = make_comment(member=reader)

    with pytest.raises(NotYours):
        press(comment, reader, "respect")
    assert client_of(reader).post(url(comment), {"button": "agree"}).status_code == 403
    assert counts(comment) == (0, 0, 0, 0)


def test_nobody_votes_on_what_they_wrote_as_a_guest(reader, client_of):
    by_address = make_comment(guest=make_guest(email=reader.email.upper()))
    by_key = make_comment(guest=make_guest())
    typed_only = make_comment(guest=make_guest(email=reader.email, confirmed=False))
    client = client_of(reader)
    client.cookies[COOKIE_NAME] = by_key.guest.cookie()

    answers = [client.post(url(comment), {"button": "agree"}) for comment in (by_address, by_key, typed_only)]

    assert [answer.status_code for answer in answers] == [403, 403, 303]
    assert "Your own comment" in answers[0].content.decode()
    assert [counts(comment)[0] for comment in (by_address, by_key, typed_only)] == [0, 0, 1]


def test_a_form_brings_the_reader_back_to_the_comment(client_of, reader):
    comment = make_comment()

    answer = client_of(reader).post(url(comment), {"button": "agree", "back": comment.thread.address})

    assert (answer.status_code, answer["Location"]) == (303, f"{comment.thread.address}#c-{comment.pk}")
    assert counts(comment) == (1, 0, 0, 0)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(client_of, reader, back):
    comment = make_comment()

    answer = client_of(reader).post(url(comment), {"button": "agree", "back": back})

    assert answer["Location"] == comment.get_absolute_url()


def test_a_script_gets_the_buttons_alone(client_of, reader):
    comment = make_comment()

    answer = client_of(reader).post(url(comment), {"button": "respect"}, HTTP_X_REQUESTED_WITH="fetch")
    page = answer.content.decode()

    assert answer["Cache-Control"] == "private, no-store"
    assert 'value="respect" aria-pressed="true">Respect <span class="count">1</span>' in page
    assert 'value="agree" aria-pressed="false"' in page


def test_guests_are_asked_to_sign_in_and_nonsense_changes_nothing(visitor_client, client_of, reader):
    comment = make_comment()

    assert visitor_client.post(url(comment), {"button": "agree"})["Location"].startswith("/accounts/login/")
    assert client_of(reader).post(url(comment), {"button": "hate"}).status_code == 303
    assert client_of(reader).get(url(comment)).status_code == 405
    assert counts(comment) == (0, 0, 0, 0)


@pytest.mark.parametrize("state", [s for s in State if s != State.PUBLIC])
def test_only_public_comments_are_voted_on(client_of, reader, state):
    comment = make_comment(state=state)

    assert client_of(reader).post(url(comment), {"button": "agree"}).status_code == 404


def test_somebody_suspended_does_not_vote(client_of, reader):
    comment = make_comment()
    Suspension.objects.create(member=reader, kind=Suspension.Kind.BAN, rule="No threats.")

    assert client_of(reader).post(url(comment), {"button": "agree"}).status_code == 403
    assert counts(comment) == (0, 0, 0, 0)


def test_numbers_are_shown_to_who_has_voted_and_to_all_from_five_votes_on(client_of, reader, other_reader):
    comment = make_comment()
    page = comment.thread.get_absolute_url()
    press(comment, reader, "agree")

    assert '<span class="count">1</span>' in client_of(reader).get(page).content.decode()
    assert '<span class="count">' not in client_of(other_reader).get(page).content.decode()
    assert "Agree" not in Client().get(page).content.decode()
    for _ in range(4):
        press(comment, make_member(), "agree")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):  # on kept pages votes may be a minute old
        assert 'Agree <span class="count">5</span>' in Client().get(page).content.decode()
    assert '<span class="count">5</span>' in client_of(other_reader).get(page).content.decode()


def test_thirty_comments_cost_a_voter_the_queries_of_one(client_of, reader):
    client = client_of(reader)
    numbers = []
    first = make_comment()
    client.get(first.thread.get_absolute_url())
    for more in (0, 29):
        for _ in range(more):
            press(make_comment(thread=first.thread), reader, "agree")
        with CaptureQueriesContext(connection) as queries:
            client.get(first.thread.get_absolute_url())
        numbers.append(len(queries))

    assert numbers[0] == numbers[1]


def test_a_recount_finds_a_wrong_number():
    comment = make_comment()
    press(comment, make_member(), "agree")
    assert find_drift() == []

    Tally.objects.filter(comment=comment).update(agree=7)

    assert [drift.what for drift in find_drift()] == [f"votes on comment {comment.pk}"]


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_are_all_counted():
    comment = make_comment()
    members = [make_member() for _ in range(6)]
    failures: list[Exception] = []

    def work(member) -> None:
        try:
            for button in ("agree", "respect", "disagree", "unsure", "agree"):
                press(comment, member, button)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [Worker(target=work, args=(member,)) for member in members]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert counts(comment) == (6, 0, 0, 6)
    assert find_drift() == []
