"""Proof of work: asked for where a space wants it, counted once, and no reason to refuse anything."""

import base64
import json
import time
from datetime import timedelta

import altcha
import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from civic.lib import tokens
from comments import scoring
from comments.models import Comment, Guest, Screening, Space
from comments.models.comments import State
from comments.models.spaces import Work
from comments.visibility import locked, move
from tests.factories import make_comment, make_guest, make_member, make_thread

pytestmark = pytest.mark.django_db

WAITS = "a moderator reads it first"


@pytest.fixture(autouse=True)
def easy(settings):
    """Python needs seconds for what a browser does in one."""
    settings.PROOF_STEPS = 100
    settings.COMMENT_PACE_SECONDS = 0


@pytest.fixture
def thread():
    return make_thread(space=Space.objects.create(name="Busy", hold_first=False, proof_of_work=Work.GUESTS))


def browser_of(name: str) -> Client:
    """Browser of a guest whose address is proven, and of whom nothing is public."""
    client = Client(HTTP_SEC_FETCH_SITE="same-origin")
    client.cookies["civic_guest"] = make_guest(name=name, email=f"{name.lower()}@example.org").cookie()
    return client


@pytest.fixture
def ana():
    return browser_of("Ana")


@pytest.fixture
def ben():
    return browser_of("Ben")


BEN = {"name": "Ben", "email": "ben@example.org"}


def post(client, thread, body="The log is two metres off.", **typed):
    return client.post(thread.post_url, {"body": body, "name": "Ana", "email": "ana@example.org", **typed})


def challenge_for(client, thread) -> dict:
    return client.post(f"/discuss/{thread.pk}/proof/").json()["challenge"]


def solved(challenge: dict) -> str:
    return packed(challenge, altcha.solve_challenge(altcha.Challenge.from_dict(challenge)).to_dict())


def packed(challenge, solution) -> str:
    return base64.b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()


def rules_of(comment: Comment) -> list[str]:
    return [signal["rule"] for signal in comment.screenings.latest().signals]


def newest() -> Comment:
    return Comment.objects.latest("pk")


def test_what_comes_with_a_proof_is_public_and_what_comes_without_waits_kindly(ana, ben, thread):
    with_it = post(ana, thread, "With it.", proof=solved(challenge_for(ana, thread)))
    proven = newest()
    without = post(ben, thread, "Without it.", **BEN)
    unproven = newest()

    assert (with_it.status_code, proven.state) == (303, State.PUBLIC)
    assert "proof" not in rules_of(proven)
    assert (without.status_code, unproven.state) == (303, State.IN_REVIEW)
    assert unproven.screenings.latest().reasons == [WAITS]
    page = ben.get(unproven.get_absolute_url()).content.decode()
    assert WAITS in page
    assert "proof" not in page.partition("Waiting for a moderator")[2].partition("</div>")[0].lower()


def test_programs_are_treated_alike(ana, ben, thread):
    told = {"HTTP_ACCEPT": "application/json"}
    typed = {"name": "Ana", "email": "ana@example.org"}
    proof = solved(challenge_for(ana, thread))

    with_it = ana.post(thread.post_url, {**typed, "body": "With it.", "proof": proof}, **told)
    without = ben.post(thread.post_url, {**BEN, "body": "Without it."}, **told)

    assert [(a.status_code, a.json()["state"]) for a in (with_it, without)] == [(303, "public"), (303, "in_review")]


def test_of_nobody_trusted_any_proof_is_asked(client_of, thread):
    staff, stood, new = make_member(role=Role.MODERATOR), make_member(), make_member()
    make_comment(member=stood)
    asked, states = [], []
    for member in (staff, stood, new):
        client = client_of(member)
        asked.append(client.post(f"/discuss/{thread.pk}/proof/").status_code)
        client.post(thread.post_url, {"body": f"I am {member.pk}."})
        states.append(newest().state)

    assert asked == [204, 204, 200]
    assert states == [State.PUBLIC, State.PUBLIC, State.IN_REVIEW]


def test_a_guest_whose_comments_stood_needs_none(ana, thread):
    make_comment(guest=Guest.objects.get())

    post(ana, thread)

    assert newest().state == State.PUBLIC


def test_where_no_space_asks_nothing_is_drawn_and_nothing_answers(ana, thread):
    elsewhere = make_thread(space=Space.objects.create(name="Quiet", hold_first=False))
    with CaptureQueriesContext(connection) as queries:
        answer = ana.post(f"/discuss/{elsewhere.pk}/proof/")

    post(ana, elsewhere, proof="nonsense")

    assert answer.status_code == 404
    assert not any("civic_allowance" in query["sql"] for query in queries)
    assert newest().state == State.PUBLIC
    assert "prove-work" not in ana.get(elsewhere.get_absolute_url()).content.decode()
    assert "prove-work" in ana.get(thread.get_absolute_url()).content.decode()


def test_a_proof_counts_once_whoever_sends_it(ana, ben, thread):
    proof = solved(challenge_for(ana, thread))

    post(ana, thread, "The first.", proof=proof)
    first = newest().state
    post(ben, thread, "The second.", proof=proof, **BEN)

    assert (first, newest().state) == (State.PUBLIC, State.IN_REVIEW)
    assert "proof" in rules_of(newest())


def test_a_double_click_posts_once_and_is_not_refused(ana, thread):
    proof = solved(challenge_for(ana, thread))

    answers = [post(ana, thread, proof=proof) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Comment.objects.get().state == State.PUBLIC


def test_whoever_is_sent_back_to_the_form_has_not_used_it_up(ana, thread):
    proof = solved(challenge_for(ana, thread))
    shouted = "HOW MANY BUCKETS DOES A COUNCIL NEED THIS YEAR?"

    asked = post(ana, thread, shouted, proof=proof, asks="yes")
    unnamed = post(ana, thread, "Small letters.", proof=proof, name="")
    post(ana, thread, "Small letters.", proof=proof)

    assert (asked.status_code, unnamed.status_code) == (422, 422)
    assert f'value="{proof}"' in asked.content.decode()
    assert Comment.objects.get().state == State.PUBLIC


def test_a_proof_is_for_one_discussion(ana, thread):
    other = make_thread(space=thread.space)

    post(ana, thread, proof=solved(challenge_for(ana, other)))

    assert newest().state == State.IN_REVIEW


def test_a_proof_grows_old(ana, thread, settings):
    proof = solved(challenge_for(ana, thread))

    with time_machine.travel(timezone.now() + timedelta(minutes=settings.PROOF_MINUTES, seconds=5)):
        post(ana, thread, proof=proof)

    assert newest().state == State.IN_REVIEW


def forged(thread) -> dict:
    own = altcha.create_challenge(
        "SHA-256", 1, counter=1, expires_at=int(time.time()) + 99, data={"thread": thread.pk}, hmac_secret=b"theirs"
    )
    return own.to_dict()


def test_a_proof_is_not_made_up(ana, thread):
    real = challenge_for(ana, thread)
    easier = {"parameters": real["parameters"] | {"keyPrefix": "00"}, "signature": real["signature"]}
    longer = {"parameters": real["parameters"] | {"expiresAt": 9_999_999_999}, "signature": real["signature"]}
    unsigned = {"parameters": real["parameters"]}
    guessed = packed(real, {"counter": 1, "derivedKey": "00" * 32})
    tries = [solved(forged(thread)), solved(easier), solved(longer), solved(unsigned), guessed]

    for number, proof in enumerate(tries):
        post(ana, thread, f"Try {number}.", proof=proof)

    assert [comment.state for comment in Comment.objects.order_by("pk")] == [State.IN_REVIEW] * len(tries)
    assert Screening.objects.filter(signals__contains=[{"rule": "proof"}]).count() == len(tries)


def odd_ones() -> list[str]:
    values = [None, True, 7, -1, 1.5, float("nan"), "", "x", [], {}, [[]], "\0", "\ud800", 10**30]
    shapes = [json.dumps(value) for value in values]
    for value in values:
        shapes.append(json.dumps({"challenge": value, "solution": value}))
        signed = {"parameters": value, "signature": value}
        shapes.append(json.dumps({"challenge": signed, "solution": {"counter": value}}))
        parameters = dict.fromkeys(("algorithm", "nonce", "salt", "cost", "keyPrefix", "expiresAt", "data"), value)
        solution = {"counter": value, "derivedKey": value}
        shapes.append(json.dumps({"challenge": {"parameters": parameters, "signature": value}, "solution": solution}))
    shapes.append("[" * 900)
    return [base64.b64encode(shape.encode()).decode() for shape in shapes]


@pytest.mark.parametrize(
    "proofs",
    [["", " ", "x", "=", "é", "\0", "%00", "{}", "\ud7ff", "😀" * 40], ["A" * 30_000, "[" * 20_000], odd_ones()],
    ids=["little", "huge", "odd"],
)
def test_whatever_is_sent_the_comment_is_taken_and_waits(ana, thread, proofs, settings):
    settings.COMMENTS_PER_PREFIX_HOUR = 1_000
    for number, proof in enumerate(proofs):
        answer = post(ana, thread, f"Try number {number}, as long as it is odd.", proof=proof)
        assert answer.status_code == 303, proof[:40]

    states = set(Comment.objects.values_list("state", flat=True))
    assert (states, Comment.objects.count()) == ({State.IN_REVIEW}, len(proofs))


@pytest.mark.parametrize("solves", [True, False])
def test_confirming_the_address_makes_up_for_no_proof(visitor_client, thread, run_jobs, solves):
    proof = solved(challenge_for(visitor_client, thread)) if solves else ""
    post(visitor_client, thread, proof=proof)
    run_jobs()
    link = next(word for word in mail.outbox[0].body.split() if "/confirm/" in word)

    visitor_client.post(link.partition("localhost:8000")[2] or link)

    assert newest().state == (State.PUBLIC if solves else State.IN_REVIEW)


def test_other_words_make_up_for_no_proof_but_a_moderators_yes_does(ana, ben, thread):
    post(ana, thread)
    waiting = newest()
    post(ben, thread, "Read and let through.", **BEN)
    passed = newest()
    with locked(thread.pk):
        move(passed, State.PUBLIC)

    ana.post(f"{waiting.get_absolute_url()}edit/", {"body": "Three metres."})
    ben.post(f"{passed.get_absolute_url()}edit/", {"body": "Read, let through, mended."})

    waiting.refresh_from_db()
    passed.refresh_from_db()
    assert (waiting.body, waiting.state) == ("Three metres.", State.IN_REVIEW)
    assert "proof" in rules_of(waiting)
    assert waiting.screenings.latest().reasons == [WAITS]
    assert (passed.body, passed.state, passed.edit_waits) == ("Read, let through, mended.", State.PUBLIC, False)


def test_the_sum_is_for_one_reader_and_says_how_long_it_lasts(visitor_client, thread, settings):
    answers = [visitor_client.post(f"/discuss/{thread.pk}/proof/") for _ in range(2)]

    told = answers[0].json()
    assert told["seconds"] == settings.PROOF_MINUTES * 60
    assert told["challenge"]["parameters"]["nonce"] != answers[1].json()["challenge"]["parameters"]["nonce"]
    assert {"private", "no-store"} <= set(answers[0]["Cache-Control"].replace(" ", "").split(","))
    assert tokens.fingerprint("proof", "of work").hex() not in answers[0].content.decode()
    assert visitor_client.get(f"/discuss/{thread.pk}/proof/").status_code == 405
    assert visitor_client.post("/discuss/999999/proof/").status_code == 404


def test_sums_are_not_given_away_without_end(visitor_client, client_of, reader, thread, settings):
    settings.PROOFS_PER_PREFIX_HOUR = settings.PROOFS_AN_HOUR = 2

    for client in (visitor_client, client_of(reader)):
        answers = [client.post(f"/discuss/{thread.pk}/proof/") for _ in range(3)]

        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[2]["Retry-After"]) <= 3600


def test_a_proof_costs_posting_one_query(ana, ben, thread):
    quiet = make_thread(space=Space.objects.create(name="Quiet", hold_first=False))
    proof = solved(challenge_for(ben, thread))
    scoring.current()  # asked once a minute in each process
    counts = []
    for client, where, typed in ((ana, quiet, {}), (ben, thread, {**BEN, "proof": proof})):
        client.get(where.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            post(client, where, **typed)
        counts.append(len(queries))

    assert set(Comment.objects.values_list("state", flat=True)) == {State.PUBLIC}
    assert counts[1] == counts[0] + 1 <= 20 + 2  # the transaction's two ends are savepoints in a test
