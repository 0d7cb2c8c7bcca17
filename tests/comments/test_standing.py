"""What standing means where people write: held, stopped, warned; and told why."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Suspension
from civic.lib.tokens import fingerprint
from comments import confirming, editing, letters
from comments.models import Comment
from comments.models.comments import State
from comments.posting import Origin, post_comment
from comments.writers import Member
from tests.conftest import SAME_ORIGIN
from tests.factories import make_comment, make_guest, make_member, make_thread

pytestmark = pytest.mark.django_db

WORDS = "Please leave his family out of it."


@pytest.fixture
def regular(reader):
    """A member whose comments appear at once."""
    make_comment(member=reader)
    return reader


def limit(member=None, **fields) -> Suspension:
    return Suspension.objects.create(**{"member": member, "kind": "warn", "rule": "No insults.", **fields})


def post(client, thread, **fields):
    return client.post(thread.post_url, {"body": "What I have to say.", **fields})


def browser_of(guest) -> Client:
    client = Client(**SAME_ORIGIN)
    client.cookies["civic_guest"] = guest.cookie()
    return client


def test_whoever_was_warned_reads_it_first_and_then_posts_in_one_go(client_of, regular):
    warning = limit(regular, words=WORDS)
    browser, thread = client_of(regular), make_thread()

    asked = post(browser, thread)
    page = asked.content.decode()
    assert asked.status_code == 422
    for words in ("No insults.", WORDS, "I have read this", "What I have to say."):
        assert words in page
    assert f'name="acknowledge" id="t{thread.pk}-acknowledge" value="{warning.pk}"' in page
    assert not Comment.objects.on(thread).exists()

    assert post(browser, thread, acknowledge=warning.pk).status_code == 303
    assert Comment.objects.on(thread).get().state == State.PUBLIC
    warning.refresh_from_db()
    assert warning.acknowledged_at is not None
    assert post(browser, make_thread()).status_code == 303


def test_a_program_is_told_the_same_and_what_to_send(client_of, regular):
    warning = limit(regular, words=WORDS)
    browser, thread = client_of(regular), make_thread()

    answer = browser.post(thread.post_url, {"body": "By program."}, HTTP_ACCEPT="application/json")

    told = answer.json()
    assert (answer.status_code, told["acknowledge"], told["body"]) == (422, warning.pk, "By program.")
    assert WORDS in told["errors"]["form"][0]
    again = browser.post(
        thread.post_url, {"body": told["body"], "acknowledge": told["acknowledge"]}, HTTP_ACCEPT="application/json"
    )
    assert again.status_code == 303


def test_a_tick_is_for_the_warnings_that_were_shown_and_not_for_one_that_came_since(client_of, regular):
    first = limit(regular)
    second = limit(regular, words="And this is the second.")
    browser, thread = client_of(regular), make_thread()

    answer = post(browser, thread, acknowledge=first.pk)

    assert answer.status_code == 422
    assert "And this is the second." in answer.content.decode()
    assert Suspension.objects.filter(acknowledged_at=None).count() == 2
    assert post(browser, thread, acknowledge=second.pk).status_code == 303
    assert not Suspension.objects.filter(acknowledged_at=None).exists()


@pytest.mark.parametrize("sent", ["", "yes", "-1", "0", "9" * 40, "\0"])
def test_nonsense_acknowledges_nothing(client_of, regular, sent):
    warning = limit(regular)

    assert post(client_of(regular), make_thread(), acknowledge=sent).status_code == 422
    warning.refresh_from_db()
    assert warning.acknowledged_at is None


def test_nobody_acknowledges_the_warning_of_another(client_of, regular, other_reader):
    warning = limit(other_reader)

    assert post(client_of(regular), make_thread(), acknowledge=warning.pk).status_code == 303
    warning.refresh_from_db()
    assert warning.acknowledged_at is None


def test_a_guest_who_was_warned_reads_it_too_and_a_stranger_with_the_address_learns_nothing(visitor_client):
    guest = make_guest(email="vera@example.org")
    make_comment(guest=guest)
    warning = limit(address_hash=fingerprint("address", "vera@example.org"), words=WORDS)
    typed = {"name": guest.name, "email": "Vera@example.org"}
    thread = make_thread()

    stranger = post(visitor_client, thread, **typed)
    assert stranger.status_code == 303
    told = post(browser_of(guest), thread, **typed)
    assert told.status_code == 422
    assert WORDS in told.content.decode()
    assert post(browser_of(guest), thread, acknowledge=warning.pk, **typed).status_code == 303


def test_a_stranger_acknowledges_nothing_for_the_owner_of_an_address(visitor_client):
    warning = limit(address_hash=fingerprint("address", "vera@example.org"))

    post(visitor_client, make_thread(), name="Vera", email="vera@example.org", acknowledge=warning.pk)

    warning.refresh_from_db()
    assert warning.acknowledged_at is None


def test_a_warning_is_read_before_a_comment_is_changed_and_does_not_keep_from_voting(client_of, regular):
    comment = make_comment(member=regular)
    other = make_comment()
    warning = limit(regular, words=WORDS)
    browser = client_of(regular)
    address = f"/discuss/c/{comment.pk}/edit/"

    assert browser.post(f"/discuss/c/{other.pk}/vote/", {"button": "agree"}).status_code == 303
    answer = browser.post(address, {"body": "Changed."})
    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert f'id="e{comment.pk}-acknowledge"' in answer.content.decode()
    assert browser.post(address, {"body": "Changed.", "acknowledge": warning.pk}).status_code == 303
    comment.refresh_from_db()
    assert editing.newest_text(comment) == "Changed."


def test_a_ban_without_its_second_moderator_holds_and_one_with_stops(client_of, regular):
    ban = limit(regular, kind="ban", is_unconfirmed=True)
    browser, thread = client_of(regular), make_thread()

    assert post(browser, thread).status_code == 303
    assert Comment.objects.on(thread).get().state == State.IN_REVIEW

    Suspension.objects.filter(pk=ban.pk).update(is_unconfirmed=False)
    answer = post(browser, thread, body="Once more.")
    assert answer.status_code == 403
    assert "No insults." in answer.content.decode()


def test_a_suspension_is_over_to_the_second(regular):
    until = timezone.now().replace(microsecond=0) + timedelta(days=2)
    limit(regular, kind="suspend", until=until)
    thread = make_thread()

    def write():
        return post_comment(
            thread=thread, writer=Member(regular), body=f"{timezone.now()}", parent=None, origin=Origin(b"x" * 16)
        )

    with time_machine.travel(until - timedelta(seconds=1), tick=False), pytest.raises(Exception, match="No insults"):
        write()
    with time_machine.travel(until, tick=False):
        assert write().state == State.PUBLIC


def test_whoever_is_banned_as_a_member_does_not_write_on_as_a_guest_of_the_same_address():
    member = make_member(email="Vera@example.org")
    guest = make_guest(email="vera@example.org")
    make_comment(guest=guest)
    limit(member, kind="ban")

    answer = post(browser_of(guest), make_thread(), name=guest.name, email=guest.email)

    assert answer.status_code == 403


@pytest.mark.parametrize("case", ["another name", "another key"])
def test_a_banned_address_stays_banned_under_another_name_and_key(case):
    first = make_guest(email="vera@example.org")
    limit(address_hash=fingerprint("address", "vera@example.org"), kind="ban")
    guest = first if case == "another name" else make_guest(name="Somebody New", email="VERA@example.org")

    answer = post(browser_of(guest), make_thread(), name="Somebody New", email="vera@example.org")

    assert answer.status_code == 403


def test_posting_asks_no_more_of_the_database_for_a_warning_that_is_read(client_of, regular):
    browser = client_of(regular)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert post(browser, thread).status_code == 303
        return len(seen)

    thread = make_thread()
    post(browser, thread, body="The first fills what is remembered.")
    plain = queries()
    limit(regular, acknowledged_at=timezone.now())
    thread = make_thread()

    assert queries() == plain


def test_what_is_decided_about_somebody_silences_letters_only_while_it_stops_them():
    person = make_member()
    ban = limit(person, kind="ban", is_unconfirmed=True)

    assert letters.Person(person.email).may_hear
    Suspension.objects.filter(pk=ban.pk).update(is_unconfirmed=False)
    assert not letters.Person(person.email).may_hear


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "suspend", "is_unconfirmed": True},
        {"kind": "ban", "acknowledged_at": timezone.now()},
    ],
)
def test_the_database_takes_no_nonsense(reader, wrong):
    with pytest.raises(IntegrityError):
        limit(reader, **wrong)


def test_the_database_takes_no_ban_that_its_maker_confirms(reader, moderator):
    with pytest.raises(IntegrityError):
        limit(reader, kind="ban", by=moderator, confirmed_by=moderator)


def test_whoever_confirms_an_address_while_it_is_banned_is_told_why_the_comment_waits(visitor_client):
    limit(address_hash=fingerprint("address", "vera@example.org"), kind="ban")
    thread = make_thread()
    post(visitor_client, thread, name="Vera", email="vera@example.org")
    comment = Comment.objects.on(thread).get()
    assert "/standing/" not in visitor_client.get(comment.get_absolute_url()).content.decode()

    confirming.confirm(comment.guest, device_key=comment.guest.key)

    page = visitor_client.get(comment.get_absolute_url()).content.decode()
    assert "Waiting for a moderator" in page
    assert "/discuss/mine/standing/" in page
    assert "No insults." in visitor_client.get("/discuss/mine/standing/").content.decode()
    assert post(visitor_client, thread, name="Vera", email="vera@example.org", body="More.").status_code == 403


def test_whoever_is_stopped_is_led_to_their_standing(client_of, regular):
    limit(regular, kind="suspend", until=timezone.now() + timedelta(days=1), words=WORDS)

    page = post(client_of(regular), make_thread()).content.decode()

    assert WORDS in page
    assert 'href="/discuss/mine/standing/"' in page
