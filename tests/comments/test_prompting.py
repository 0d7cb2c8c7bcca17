"""Before a comment is posted: the house rules are read once, and one kind question is asked where it may help."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from comments import prompting
from comments.errors import LookAgain
from comments.models import Comment, PhraseList, PromptCount, Space
from comments.models.comments import State
from comments.prompting import Outcomes
from comments.writers import Member
from screening import Draft, Signal, Trust, Verdict
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db

SHOUTED = "WHO ON EARTH THOUGHT THAT THIS BRIDGE WAS A GOOD IDEA?"
CALM = "Who thought that this bridge was a good idea?"
GUEST = {"name": "Ana", "email": "ana@example.org", "website": ""}
QUESTION = "Would you like to look at it once more?"


@pytest.fixture
def known(reader):
    """A member who has a public comment already."""
    make_comment(member=reader)
    return reader


def post(client, thread, **typed):
    """What a form of our pages sends."""
    return client.post(thread.post_url, {"asks": "yes", **typed})


def mark_in(answer) -> str:
    return re.search(r'name="asked" value="([^"]*)"', answer.content.decode())[1]


def today() -> dict[str, Outcomes]:
    return prompting.counts(timezone.localdate())


def test_a_text_in_capitals_is_asked_about_once_and_kept(client_of, known):
    thread = make_thread()

    answer = post(client_of(known), thread, body=SHOUTED)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(QUESTION) == 1
    assert "Post it as it is" in page
    assert SHOUTED in page
    assert not Comment.objects.filter(thread=thread).exists()
    assert today() == {"shouting": Outcomes(asked=1)}


def test_posted_as_it_was(client_of, known):
    thread, client = make_thread(), client_of(known)
    mark = mark_in(post(client, thread, body=SHOUTED))

    answer = post(client, thread, body=f"  {SHOUTED}\r\n", asked=mark)

    assert answer.status_code == 303
    assert Comment.objects.get(thread=thread).body == SHOUTED
    assert today() == {"shouting": Outcomes(asked=1, as_it_was=1)}


def test_changed_before_it_was_posted(client_of, known):
    thread, client = make_thread(), client_of(known)
    mark = mark_in(post(client, thread, body=SHOUTED))

    post(client, thread, body=CALM, asked=mark)

    assert Comment.objects.get(thread=thread).body == CALM
    assert today() == {"shouting": Outcomes(asked=1, changed=1)}


def test_given_up(client_of, known):
    post(client_of(known), make_thread(), body=SHOUTED)

    assert today()["shouting"].given_up == 1


def test_whoever_was_asked_is_not_asked_again_whatever_the_text_says_then(client_of, known):
    PhraseList.objects.create(name="Quarrels", phrases="nitwit*")
    thread, client = make_thread(), client_of(known)
    mark = mark_in(post(client, thread, body=SHOUTED))

    answer = post(client, thread, body="You nitwits, I SAY IT AGAIN: A BRIDGE FOR NITWITS.", asked=mark)

    assert answer.status_code == 303
    assert today() == {"shouting": Outcomes(asked=1, changed=1)}


def test_another_comment_is_asked_about_anew(client_of, known):
    thread, client = make_thread(), client_of(known)
    post(client, thread, body=SHOUTED, asked=mark_in(post(client, thread, body=SHOUTED)))

    assert post(client, thread, body=SHOUTED + " AGAIN").status_code == 422


@pytest.mark.parametrize("mark", ["nonsense", "1 m1 2026-11-24 shouting abc", "é", "x" * 10_000])
def test_a_mark_that_is_not_ours_is_no_mark(client_of, known, mark):
    assert QUESTION in post(client_of(known), make_thread(), body=SHOUTED, asked=mark).content.decode()


def test_a_mark_holds_for_its_writer_and_its_discussion_only(client_of, known, other_reader, visitor_client):
    make_comment(member=other_reader)
    thread, elsewhere = make_thread(), make_thread()
    mark = mark_in(post(client_of(known), thread, body=SHOUTED))

    for client, where in ((client_of(other_reader), thread), (client_of(known), elsewhere)):
        assert post(client, where, body=SHOUTED, asked=mark).status_code == 422
    assert post(visitor_client, thread, body=SHOUTED, asked=mark, **GUEST).status_code == 422
    assert post(client_of(known), thread, body=SHOUTED, asked=mark).status_code == 303


def test_a_mark_is_as_good_as_a_draft_is_kept(client_of, known):
    thread, client = make_thread(), client_of(known)
    mark = mark_in(post(client, thread, body=SHOUTED))

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert post(client, thread, body=SHOUTED, asked=mark).status_code == 422
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert post(client, thread, body=SHOUTED, asked=mark).status_code == 303


def test_a_guest_who_mends_the_address_after_the_question_is_not_asked_again(visitor_client):
    thread = make_thread()
    mark = mark_in(post(visitor_client, thread, body=SHOUTED, **GUEST | {"email": "anna@example.org"}))

    answer = post(visitor_client, thread, body=SHOUTED, asked=mark, **GUEST)

    assert answer.status_code == 303
    assert Comment.objects.get(thread=thread).state == State.UNCONFIRMED


def test_the_mark_survives_a_mistake_a_preview_and_somebody_who_is_too_fast(client_of, known, settings):
    settings.COMMENT_PACE_SECONDS = 60
    thread, client = make_thread(), client_of(known)
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False) as clock:
        mark = mark_in(post(client, thread, body=SHOUTED))
        previewed = post(client, thread, body=SHOUTED, asked=mark, preview="1")
        empty = post(client, thread, body=" ", asked=mark)
        make_comment(member=known)
        fast = post(client, thread, body=SHOUTED, asked=mark)
        clock.shift(61)

        assert [mark_in(answer) for answer in (previewed, empty, fast)] == [mark] * 3
        assert (previewed.status_code, empty.status_code, fast.status_code) == (200, 422, 429)
        assert post(client, thread, body=SHOUTED, asked=mark).status_code == 303
    assert sum(prompting.counts(timezone.localdate()).values(), Outcomes()) == Outcomes(asked=1, as_it_was=1)


def test_a_double_click_on_post_it_as_it_is_counts_once(client_of, known):
    thread, client = make_thread(), client_of(known)
    mark = mark_in(post(client, thread, body=SHOUTED))

    for _ in range(2):
        assert post(client, thread, body=SHOUTED, asked=mark).status_code == 303

    assert Comment.objects.filter(thread=thread).count() == 1
    assert today() == {"shouting": Outcomes(asked=1, as_it_was=1)}


def test_a_text_that_was_posted_already_is_found_and_not_asked_about(client_of, known):
    thread, client = make_thread(), client_of(known)
    first = post(client, thread, body=SHOUTED, asked=mark_in(post(client, thread, body=SHOUTED)))

    again = post(client, thread, body=SHOUTED)

    assert (again.status_code, again["Location"]) == (303, first["Location"])
    assert today() == {"shouting": Outcomes(asked=1, as_it_was=1)}


@pytest.mark.parametrize(
    ("signals", "published", "asks"),
    [
        ({"shouting": 0.7}, 1, ["shouting"]),
        ({"shouting": 0.49}, 1, []),
        ({"links": 0.6}, 1, []),
        ({"links": 0.6}, 0, ["links"]),
        ({"links": 0.5}, 0, []),
        ({"duplicate": 0.5, "repetition": 0.5}, 1, ["duplicate", "repetition"]),
        (
            {"links": 0.9, "shouting": 0.9, "disguise": 0.9, "phrase": 0.8},
            0,
            ["phrase", "disguise", "shouting", "links"],
        ),
        ({"disguise": 0.4}, 1, []),
        ({"newcomer": 1.0, "standing": 1.0, "space": 1.0, "nobody knows": 1.0}, 0, []),
    ],
)
def test_what_is_asked_about(signals, published, asks):
    draft = Draft("words", trust=Trust(published=published))
    verdict = Verdict("hold", tuple(Signal(rule, score, "") for rule, score in signals.items()))

    assert prompting.rules_to_ask_about(make_thread(), draft, verdict) == asks


def test_a_repetition_is_asked_about_in_one_sentence(reader):
    with pytest.raises(LookAgain) as question:
        prompting.ask(make_thread(), Member(reader), "words", ["duplicate", "repetition"])

    assert question.value.reasons == [prompting.SAID_BEFORE]


def test_no_reason_names_a_number_a_list_or_a_judgement():
    for reason in prompting.REASONS.values():
        assert not re.search(r"\d|\blist|phrase|score|toxic|spam|signal|limit|percent", reason.words, re.IGNORECASE)


def test_a_mark_sent_with_ten_comments_counts_no_more_answers_than_questions(client_of, known):
    thread, client = make_thread(), client_of(known)
    mark = mark_in(post(client, thread, body=SHOUTED))

    for number in range(10):
        post(client, thread, body=f"{SHOUTED} {number}", asked=mark)

    assert today() == {"shouting": Outcomes(asked=1, changed=1)}


def test_an_answer_is_counted_on_the_day_of_its_question(client_of, known):
    thread, client = make_thread(), client_of(known)
    with time_machine.travel("2026-11-20 12:00Z"):
        mark = mark_in(post(client, thread, body=SHOUTED))
    with time_machine.travel("2026-11-22 12:00Z"):
        post(client, thread, body=SHOUTED, asked=mark)
        post(client, thread, body="AND WHY DOES NOBODY EVER MEND THE LAMPS ON WEIR LANE?")

    days = [(str(count.day), count.asked, count.as_it_was) for count in PromptCount.objects.order_by("day")]
    assert days == [("2026-11-20", 1, 1), ("2026-11-22", 1, 0)]
    assert prompting.counts(PromptCount.objects.latest("day").day) == {"shouting": Outcomes(asked=1)}


def test_counts_take_a_moment_or_a_day_and_know_an_empty_table():
    assert prompting.counts(timezone.now()) == prompting.counts(timezone.localdate()) == {}
    assert sum(prompting.counts(timezone.now()).values(), Outcomes()) == Outcomes()


def test_counts_are_one_query_the_gravest_first(django_assert_num_queries):
    for days in range(30):
        for rule in ("shouting", "older", "phrase"):
            day = timezone.localdate() - timedelta(days=days)
            PromptCount.objects.create(day=day, rule=rule, asked=3, changed=1, as_it_was=1)

    with django_assert_num_queries(1):
        found = prompting.counts(timezone.now() - timedelta(days=6))

    assert list(found) == ["phrase", "shouting", "older"]
    assert found["phrase"] == Outcomes(asked=21, changed=7, as_it_was=7)
    assert found["phrase"].given_up == 7


def test_a_listed_word_is_asked_about_without_being_named(client_of, known):
    PhraseList.objects.create(name="Quarrels", phrases="zanzibar*\nnitwit*")

    answer = post(client_of(known), make_thread(), body="The zanzibarians and other nitwits.")

    page = answer.content.decode().replace("The zanzibarians and other nitwits.", "")
    assert prompting.REASONS["phrase"].words in page
    for secret in ("zanzibar", "nitwit", "list ", "phrase", "0.5", "0.8", "score"):
        assert secret not in page.split("</section>")[0].split("look-again")[1]
    assert "nitwit" not in page


def test_several_reasons_are_said_together_and_counted_as_one_question(client_of, known):
    PhraseList.objects.create(name="Quarrels", phrases="nitwit*")

    page = post(client_of(known), make_thread(), body=SHOUTED + " NITWITS").content.decode()

    assert prompting.REASONS["phrase"].words in page
    assert prompting.REASONS["shouting"].words in page
    assert today() == {"phrase": Outcomes(asked=1)}


def test_links_are_asked_about_in_first_comments_only(client_of, known, visitor_client):
    body = "See https://a.example/1 https://b.example/2 https://c.example/3"

    assert post(client_of(known), make_thread(), body=body).status_code == 303
    assert QUESTION in post(visitor_client, make_thread(), body=body, **GUEST).content.decode()


@pytest.mark.parametrize("hold_first", [True, False])
def test_a_newcomer_is_not_asked_about_one_link_to_a_source(visitor_client, hold_first):
    thread = make_thread(space=Space.objects.create(name="Town", hold_first=hold_first))

    answer = post(visitor_client, thread, body="It is in the minutes: https://larkford.example/minutes", **GUEST)

    assert answer.status_code == 303
    assert today() == {}


def test_a_harmless_text_is_not_asked_about(client_of, known):
    assert post(client_of(known), make_thread(), body="See https://a.example/1, and USA.").status_code == 303
    assert today() == {}


def test_people_who_work_here_are_not_asked(client_of):
    staff = make_member(role=Role.WRITER)
    make_comment(member=staff)

    assert post(client_of(staff), make_thread(), body=SHOUTED).status_code == 303


def test_a_space_may_leave_the_question_out(client_of, known):
    quiet = make_thread(space=Space.objects.create(name="Quiet", asks_first=False))

    assert post(client_of(known), quiet, body=SHOUTED).status_code == 303
    assert post(client_of(known), make_thread(), body=SHOUTED).status_code == 422


def test_a_discussion_that_is_closed_asks_nothing(client_of, known):
    answer = post(client_of(known), make_thread(mode="closed"), body=SHOUTED)

    assert answer.status_code == 403
    assert QUESTION not in answer.content.decode()
    assert today() == {}


def test_an_edit_is_not_asked_about(client_of, reader):
    mine = make_comment(member=reader)

    answer = client_of(reader).post(f"/discuss/c/{mine.pk}/edit/", {"body": SHOUTED, "asks": "yes"})

    assert answer.status_code == 303
    assert today() == {}


def test_programs_and_forms_of_before_are_asked_nothing(known, client_of, visitor_client):
    program = Client(HTTP_ORIGIN="http://testserver", HTTP_ACCEPT="application/json")

    for client in (program, visitor_client, client_of(known)):
        assert client.post(make_thread().post_url, {"body": SHOUTED, **GUEST}).status_code == 303

    assert today() == {}


def test_a_program_that_can_be_asked_gets_the_question_in_json():
    program = Client(HTTP_ORIGIN="http://testserver", HTTP_ACCEPT="application/json")
    thread = make_thread()

    asked = post(program, thread, body=SHOUTED, **GUEST)
    answer = post(program, thread, body=SHOUTED, asked=asked.json()["asked"], **GUEST)

    assert asked.status_code == 422
    assert asked.json()["reasons"] == [prompting.REASONS["shouting"].words]
    assert asked.json()["body"] == SHOUTED
    assert list(asked.json()["errors"]) == ["form"]
    assert answer.status_code == 303


def test_a_question_about_an_answer_keeps_what_is_answered(client_of, known):
    parent = make_comment()
    thread, client = parent.thread, client_of(known)

    asked = post(client, thread, body=SHOUTED, parent=parent.pk)
    post(client, thread, body=SHOUTED, parent=parent.pk, asked=mark_in(asked))

    assert f'href="#r{parent.pk}-body"' in asked.content.decode()
    assert Comment.objects.get(parent=parent).body == SHOUTED


def test_the_question_costs_those_who_are_not_asked_no_query(client_of, known):
    thread, client = make_thread(), client_of(known)
    client.post(thread.post_url, {"body": "Warm up."})

    with CaptureQueriesContext(connection) as without:
        client.post(thread.post_url, {"body": "One thought."})
    with CaptureQueriesContext(connection) as asked:
        post(client, thread, body="Another thought.")

    assert len(asked) == len(without)


# The house rules


def test_the_rules_stand_above_each_form_and_open_in_full(visitor_client):
    rule = make_rule()
    thread = make_thread(space=Space.objects.create(name="Quiet", extra_rules="Speak softly."))
    comment = make_comment(thread=thread)

    for address in (thread.get_absolute_url(), f"/discuss/c/{comment.pk}/reply/"):
        page = visitor_client.get(address).content.decode()
        above = page.split('class="composer"')[1].split("<textarea")[0]
        for words in (f"<b>{rule.number}</b> {rule.short}", rule.text, "Speak softly."):
            assert words in above


def test_the_form_of_everybody_asks_for_the_tick_and_carries_no_mark():
    page = Client().get(make_thread().get_absolute_url()).content.decode()

    assert 'name="rules"' in page
    assert 'name="asks" value="rules"' in page
    assert re.search(r'name="asked" id="id_asked">', page)


def test_a_guests_first_comment_wants_the_tick_and_keeps_the_text(visitor_client):
    thread = make_thread()

    without = post(visitor_client, thread, body=CALM, asks="rules", **GUEST)
    ticked = post(visitor_client, thread, body=CALM, asks="rules", rules="on", **GUEST)

    assert without.status_code == 422
    assert "Please read the rules above the form once" in without.content.decode()
    assert CALM in without.content.decode()
    assert 'name="rules"' in without.content.decode()
    assert ticked.status_code == 303


def test_a_guest_with_a_key_is_not_asked_for_the_tick_also_by_the_form_of_everybody():
    guest = make_guest()
    browser = Client(HTTP_SEC_FETCH_SITE="same-origin")
    browser.cookies["civic_guest"] = guest.cookie()
    thread = make_thread()

    assert 'name="rules"' not in browser.get(thread.get_absolute_url()).content.decode()
    mistake = post(browser, thread, body="", asks="rules", **GUEST)
    assert 'name="rules"' not in mistake.content.decode()
    assert post(browser, thread, body=CALM, asks="rules", **GUEST).status_code == 303


def test_a_member_is_asked_for_the_tick_with_the_first_comment_only(client_of, reader):
    thread, client = make_thread(), client_of(reader)
    assert 'name="rules"' in client.get(thread.get_absolute_url()).content.decode()

    assert post(client, thread, body=CALM, asks="rules").status_code == 422
    assert post(client, thread, body=CALM, asks="rules", rules="on").status_code == 303

    assert 'name="rules"' not in client.get(thread.get_absolute_url()).content.decode()
    # a form that was opened before, in another tab
    assert post(client, thread, body="Another thought.", asks="rules").status_code == 303


def test_a_preview_does_without_the_tick(visitor_client):
    answer = post(visitor_client, make_thread(), body="so *good*", asks="rules", preview="1")

    assert answer.status_code == 200
    assert 'name="rules"' in answer.content.decode()


def test_the_tick_comes_before_the_question_and_both_are_asked_once(visitor_client):
    thread = make_thread()

    first = post(visitor_client, thread, body=SHOUTED, asks="rules", **GUEST)
    second = post(visitor_client, thread, body=SHOUTED, asks="rules", rules="on", **GUEST)
    third = post(visitor_client, thread, body=SHOUTED, asks="rules", rules="on", asked=mark_in(second), **GUEST)

    assert QUESTION not in first.content.decode()
    assert QUESTION in second.content.decode()
    assert re.search(r'name="rules"[^>]* checked', second.content.decode())
    assert third.status_code == 303


# The trap


def test_a_person_who_fell_into_the_trap_gets_out_by_posting_once_more(visitor_client):
    thread = make_thread()
    page = post(visitor_client, thread, body=CALM, subject="filled in by the browser", **GUEST).content.decode()
    again = re.search(r'<input type="text" name="subject"[^>]*>', page)[0]

    assert "This looks like a program" in page
    assert "value=" not in again
    assert 'tabindex="-1"' in again
    assert post(visitor_client, thread, body=CALM, subject="", **GUEST).status_code == 303


def test_who_tries_out_what_is_noticed_is_asked_so_often_and_then_has_to_say_it(client_of, known, settings):
    settings.QUESTIONS_AN_HOUR, settings.COMMENT_PACE_SECONDS = 2, 3600
    thread, client = make_thread(), client_of(known)
    Comment.objects.update(created_at=timezone.now() - timedelta(days=2))

    tried = [post(client, thread, body=f"{SHOUTED} {word}").status_code for word in ("ONE", "TWO", "THREE", "FOUR")]

    assert tried == [422, 422, 303, 429]  # the limits of posting hold from there on
    assert today() == {"shouting": Outcomes(asked=2)}
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert post(client, thread, body=f"{SHOUTED} LATER").status_code == 422


def test_guests_of_one_network_are_asked_so_often_together(settings):
    settings.QUESTIONS_PER_PREFIX_HOUR = 1
    thread = make_thread()

    def asked(address, email):
        browser = Client(HTTP_SEC_FETCH_SITE="same-origin", REMOTE_ADDR=address)
        return post(browser, thread, **GUEST | {"email": email}, body=f"{SHOUTED} {email.upper()}").status_code

    assert asked("10.0.0.1", "a@example.org") == 422
    assert asked("10.0.0.2", "b@example.org") == 303
    assert asked("10.9.0.1", "c@example.org") == 422
