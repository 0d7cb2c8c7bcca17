"""Posting through the form: what is kept, what is refused, and in which words."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Suspension
from accounts.roles import Role
from civic.lib.site import SiteSettings
from comments import scoring
from comments.models import Comment, CommentOrigin, Guest
from comments.models.comments import State
from tests.factories import make_comment, make_guest, make_member, make_thread

pytestmark = pytest.mark.django_db

TYPED = {"body": "I agree with Hanna about the log.", "name": "Ana", "email": "ana@example.org", "website": ""}


def post(client, thread, **typed):
    return client.post(thread.post_url, {**TYPED, **typed})


def known_guest_client(guest):
    client = Client(HTTP_SEC_FETCH_SITE="same-origin")
    client.cookies["civic_guest"] = guest.cookie()
    return client


def test_a_guests_comment_waits_for_the_address_and_the_letter_quotes_nothing(visitor_client, run_jobs):
    thread = make_thread()

    answer = post(visitor_client, thread, body="Quote me if you can.", name="Zoe Nobody")
    run_jobs()

    comment = Comment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, comment.get_absolute_url())
    assert comment.state == State.UNCONFIRMED
    letter = mail.outbox[0]
    assert letter.to == ["ana@example.org"]
    everything = letter.body + letter.alternatives[0].content
    assert "Quote me" not in everything
    assert "Zoe" not in everything


def test_the_writer_sees_the_own_comment_waiting_and_nobody_else_does(visitor_client):
    thread = make_thread()
    answer = post(visitor_client, thread)

    own = visitor_client.get(answer["Location"])
    others = Client().get(answer["Location"])

    assert own.status_code == 200
    assert "Check your mail" in own.content.decode()
    assert "I agree with Hanna" in own.content.decode()
    assert "I agree with Hanna" in visitor_client.get(thread.get_absolute_url()).content.decode()
    assert others.status_code == 404
    assert "I agree with Hanna" not in Client().get(thread.get_absolute_url()).content.decode()


def test_a_members_first_comment_waits_for_a_moderator_and_the_next_one_does_not(client_of, reader):
    thread = make_thread()
    client = client_of(reader)
    post(client, thread, body="My first words.")
    first = Comment.objects.get()
    assert first.state == State.IN_REVIEW

    make_comment(member=reader)
    post(client, thread, body="My next words.")

    assert Comment.objects.get(body="My next words.").state == State.PUBLIC


def test_somebody_who_works_here_is_published_at_once(client_of):
    thread = make_thread()

    post(client_of(make_member(role=Role.WRITER)), thread)

    assert Comment.objects.get().state == State.PUBLIC


def test_a_confirmed_guest_with_the_key_is_trusted_after_a_public_comment():
    guest = make_guest(name="Ana", email="ana@example.org")
    make_comment(guest=guest)
    thread = make_thread()

    post(known_guest_client(guest), thread)

    comment = Comment.objects.get(thread=thread)
    assert (comment.state, comment.guest) == (State.PUBLIC, guest)


def test_a_stranger_who_types_a_trusted_address_gets_no_trust(visitor_client):
    guest = make_guest(name="Ana", email="ana@example.org")
    make_comment(guest=guest)
    thread = make_thread()

    post(visitor_client, thread, email="ANA@example.org")

    comment = Comment.objects.get(thread=thread)
    assert comment.state == State.UNCONFIRMED
    assert comment.guest != guest
    assert comment.guest.key != guest.key
    assert not comment.guest.is_confirmed


def test_a_guest_who_takes_another_name_does_not_rename_what_was_said():
    guest = make_guest(name="Ana", email="ana@example.org")
    before = make_comment(guest=guest)
    thread = make_thread()

    post(known_guest_client(guest), thread, name="Ana B.")

    now = Comment.objects.get(thread=thread)
    assert (before.writer_name, now.writer_name) == ("Ana", "Ana B.")
    assert now.guest.key == guest.key
    assert now.state == State.PUBLIC


@pytest.mark.parametrize("body", ["", "   \n\t ", "\u200b\u200b"])
def test_a_text_without_words_is_not_posted(visitor_client, body):
    thread = make_thread()

    answer = post(visitor_client, thread, body=body)

    assert answer.status_code == 422
    assert "There are no words in it yet" in answer.content.decode()
    assert not Comment.objects.exists()


def test_twenty_thousand_characters_are_taken_and_one_more_is_not(client_of, reader):
    thread = make_thread()
    client = client_of(reader)

    assert post(client, thread, body="x" * 20_000).status_code == 303
    answer = post(client, thread, body="y" * 20_001)

    assert answer.status_code == 422
    assert "That is 1 characters more than the 20,000 we can take." in answer.content.decode()
    assert "y" * 20_001 in answer.content.decode()
    assert Comment.objects.count() == 1


def test_a_script_is_shown_as_it_was_typed(client_of):
    thread = make_thread()
    body = "<script>alert(1)</script> [click](javascript:alert(1)) <img src=x onerror=alert(1)>"

    post(client_of(make_member(role=Role.WRITER)), thread, body=body)

    html = Comment.objects.get().body_html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_two_hundred_links_are_held_with_the_number_as_reason(client_of, reader):
    make_comment(member=reader)
    thread = make_thread()

    answer = post(client_of(reader), thread, body=" ".join(f"https://a{n}.example/" for n in range(200)))

    comment = Comment.objects.get(thread=thread)
    assert answer.status_code == 303
    assert comment.state == State.IN_REVIEW
    assert comment.screenings.get().reasons == ["200 links"]


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "We need an address to confirm"),
        ("ana.example.org", "This address has no @. It should look like ana@example.org."),
        ("ana@", "Something is missing after the @."),
        ("ana@example", "This address cannot be right."),
    ],
)
def test_a_malformed_address_is_named_and_everything_typed_is_kept(visitor_client, email, words):
    thread = make_thread()

    answer = post(visitor_client, thread, email=email, website="https://ana.example/")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    for kept in ("I agree with Hanna about the log.", 'value="Ana"', 'value="https://ana.example/"'):
        assert kept in page


@pytest.mark.parametrize("name", ["Rosalind Pike", "rosalind  pike", "Rosаlind Pike", "R​osalind Pike"])
def test_a_guest_may_not_write_under_the_name_of_somebody_who_works_here(visitor_client, name):
    make_member(display_name="Rosalind Pike", role=Role.MODERATOR)

    answer = post(visitor_client, make_thread(), name=name)

    assert answer.status_code == 422
    assert "somebody who works here" in answer.content.decode()


def test_a_double_click_makes_one_comment_with_or_without_a_cookie(visitor_client, client_of, reader):
    thread = make_thread()
    strangers_second_click = Client(HTTP_SEC_FETCH_SITE="same-origin")

    first = post(visitor_client, thread)
    second = post(strangers_second_click, thread)
    third = post(visitor_client, thread)
    by_member = [post(client_of(reader), thread, body="Twice.")["Location"] for _ in range(2)]

    assert first["Location"] == second["Location"] == third["Location"]
    assert by_member[0] == by_member[1]
    assert Comment.objects.count() == 2
    assert Guest.objects.count() == 1


def test_the_same_words_as_an_answer_to_somebody_else_are_another_comment(client_of, reader):
    thread = make_thread()
    parent = make_comment(thread=thread)
    client = client_of(reader)

    post(client, thread, body="Yes!")
    post(client, thread, body="Yes!", parent=parent.pk)

    assert Comment.objects.filter(body="Yes!").count() == 2


def test_a_form_on_another_site_posts_nothing():
    thread = make_thread()
    for headers in ({"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "https://evil.example"}, {}):
        answer = Client(**headers).post(thread.post_url, TYPED)
        assert answer.status_code == 403
    assert not Comment.objects.exists()


def test_a_page_that_was_opened_yesterday_still_posts(visitor_client):
    thread = make_thread()
    page = visitor_client.get(thread.get_absolute_url()).content.decode()

    # Nothing in the form of a guest grows old: neither a token nor a time stands in it.
    assert "csrfmiddlewaretoken" not in page
    assert post(visitor_client, thread).status_code == 303


def test_a_closed_discussion_says_why_and_keeps_the_text(visitor_client):
    for thread in (make_thread(mode="closed"), make_thread(closes_at=timezone.now() - timedelta(days=1))):
        answer = post(visitor_client, thread)
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "closed" in page
        assert "I agree with Hanna about the log." in page
    assert not Comment.objects.exists()


def test_one_switch_closes_all_discussions(visitor_client):
    thread = make_thread()
    SiteSettings(pk=1, comments_closed=True).save()

    answer = post(visitor_client, thread)

    assert answer.status_code == 403
    assert "All discussions are closed for the moment." in answer.content.decode()


def test_guests_do_not_write_where_only_members_do(visitor_client, client_of, reader):
    thread = make_thread(mode="members")

    assert post(visitor_client, thread).status_code == 403
    assert post(client_of(reader), thread).status_code == 303


@pytest.mark.parametrize("state", [State.REMOVED, State.WITHDRAWN, State.IN_REVIEW])
def test_answering_a_comment_that_is_gone_keeps_the_text_and_offers_to_post_it_alone(visitor_client, state):
    parent = make_comment(state=state)

    answer = post(visitor_client, parent.thread, parent=parent.pk)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "The comment you are answering is not there any more" in page
    assert "I agree with Hanna about the log." in page
    assert f'value="{parent.pk}"' not in page  # sent again from here it is a comment of its own
    assert Comment.objects.count() == 1


def test_answering_a_comment_of_another_thread_is_not_possible(visitor_client):
    elsewhere = make_comment()

    assert post(visitor_client, make_thread(), parent=elsewhere.pk).status_code == 422


def test_too_fast_says_how_long_to_wait(client_of, reader, settings):
    settings.COMMENT_PACE_SECONDS = 30
    thread = make_thread()
    client = client_of(reader)
    post(client, thread, body="One.")

    answer = post(client, thread, body="Two.")

    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 30
    assert "Your text is safe." in answer.content.decode()
    assert "Two." in answer.content.decode()


def test_a_flood_of_guests_from_one_network_is_stopped(visitor_client, settings):
    settings.COMMENTS_PER_PREFIX_HOUR = 3
    thread = make_thread()

    answers = [
        post(Client(HTTP_SEC_FETCH_SITE="same-origin"), thread, body=f"No. {n}", email=f"a{n}@example.org")
        for n in range(4)
    ]

    assert [a.status_code for a in answers] == [303, 303, 303, 429]
    assert Comment.objects.count() == 3


def test_somebody_suspended_is_told_the_rule_and_until_when(client_of, reader):
    until = timezone.now() + timedelta(days=3)
    Suspension.objects.create(member=reader, kind=Suspension.Kind.SUSPEND, until=until, rule="No threats.")

    answer = post(client_of(reader), make_thread())

    assert answer.status_code == 403
    assert "No threats." in answer.content.decode()
    assert not Comment.objects.exists()


def test_the_trap_catches_programs_and_keeps_the_text(visitor_client):
    answer = post(visitor_client, make_thread(), subject="cheap pills")

    assert answer.status_code == 422
    assert "This looks like a program" in answer.content.decode()
    assert "I agree with Hanna about the log." in answer.content.decode()


def test_a_preview_is_what_would_be_stored_and_stores_nothing(visitor_client):
    answer = post(visitor_client, make_thread(), body="so *good*", preview="1")

    assert answer.status_code == 200
    assert "<p>so <em>good</em></p>" in answer.content.decode()
    assert not Comment.objects.exists()


def test_programs_get_json_with_the_same_codes():
    thread = make_thread()
    program = Client(HTTP_ORIGIN="http://testserver", HTTP_ACCEPT="application/json")

    good, bad = post(program, thread), post(program, thread, email="nonsense")

    comment = Comment.objects.get()
    assert (good.status_code, good["Location"]) == (303, comment.get_absolute_url())
    assert good.json() == {"id": comment.pk, "state": "unconfirmed", "url": comment.get_absolute_url()}
    assert bad.status_code == 422
    assert list(bad.json()["errors"]) == ["email"]


def test_a_signed_in_members_post_needs_the_token():
    member = make_member()
    browser = Client(enforce_csrf_checks=True, HTTP_SEC_FETCH_SITE="same-origin")
    browser.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    thread = make_thread()

    without = post(browser, thread)
    page = browser.get(thread.get_absolute_url()).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    with_token = post(browser, thread, csrfmiddlewaretoken=token)

    assert without.status_code == 403
    assert "I agree with Hanna about the log." in without.content.decode()
    assert with_token.status_code == 303


def test_only_a_hash_of_the_network_is_kept(visitor_client):
    visitor_client.post(make_thread().post_url, TYPED, REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Firefox/140.0")

    origin = CommentOrigin.objects.get()
    assert len(origin.prefix_hash) == 16
    assert b"203" not in bytes(origin.prefix_hash)
    assert origin.agent == "Firefox"


def test_a_thread_whose_article_has_expired_takes_nothing(visitor_client):
    thread = make_thread(visible_until=timezone.now() - timedelta(minutes=1))

    assert post(visitor_client, thread).status_code == 404
    assert visitor_client.get(thread.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("who", ["member", "guest", "stranger"])
def test_posting_costs_twenty_queries_at_most_whoever_writes(who, client_of, reader, visitor_client):
    guest = make_guest(name="Ana", email="ana@example.org")
    client = {"member": client_of(reader), "guest": known_guest_client(guest), "stranger": visitor_client}[who]
    thread = make_thread()
    client.get(thread.get_absolute_url())
    scoring.current()  # asked once a minute in each process

    with CaptureQueriesContext(connection) as queries:
        answer = post(client, thread)

    assert answer.status_code == 303
    assert len(queries) <= 20 + 2  # the transaction's two ends are savepoints in a test
