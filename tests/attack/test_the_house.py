"""Health without a database, private pages, letters, jobs of dead workers, the watch over the queue."""

import asyncio
from datetime import timedelta

import pytest
from django.core import mail
from django.db import OperationalError
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from civic.lib.limits import Allowance
from civic.lib.mail import send_letter
from civic.lib.site import SiteSettings
from comments.counting import find_drift
from comments.errors import CommentingClosed
from comments.models import Comment, Thread
from comments.models.comments import State
from comments.posting import Origin, post_comment
from comments.visibility import make_public
from comments.writers import Member
from moderation.desk_letters import watch_queue
from tests.factories import make_comment, make_guest, make_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_database(monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", fail)


def test_the_process_says_that_it_lives_while_the_database_is_away(no_database):
    answer = Client(raise_request_exception=False).get("/health/live")

    assert answer.status_code == 200


def test_readiness_names_the_database_when_it_is_away(no_database):
    answer = Client(raise_request_exception=False).get("/health/ready")

    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/json"


def test_an_article_drawn_for_a_member_is_kept_by_nobody(client_of, reader):
    from tests.articles.factories import make_article

    article = make_article()

    answer = client_of(reader).get(article.get_absolute_url())

    assert answer.status_code == 200
    assert "no-store" in answer.get("Cache-Control", "")


def test_moderators_hear_of_every_comment_that_waits_too_long_though_the_queue_is_never_empty(moderator, run_jobs):
    now = timezone.now()
    first = make_comment(state=State.IN_REVIEW, created_at=now - timedelta(hours=3))
    watch_queue()
    watch_queue()
    run_jobs()
    second = make_comment(state=State.IN_REVIEW)
    make_public(first)
    watch_queue()  # the oldest is fresh now
    run_jobs()
    mail.outbox.clear()

    Comment.objects.filter(pk=second.pk).update(created_at=timezone.now() - timedelta(hours=3))
    watch_queue()
    run_jobs()

    assert [letter.to for letter in mail.outbox] == [[moderator.email]]


def test_a_thread_that_closes_while_a_text_is_screened_takes_it_no_more(reader, monkeypatch):
    import screening

    thread = make_thread()
    real = screening.screen

    def slow(draft):
        Thread.objects.filter(pk=thread.pk).update(mode="closed")
        return real(draft)

    monkeypatch.setattr("screening.screen", slow)

    with pytest.raises(CommentingClosed):
        post_comment(thread=thread, writer=Member(reader), body="A thought.", parent=None, origin=Origin(b"x" * 16))


def test_a_member_whose_words_stand_cannot_be_deleted_as_if_nobody_had_written_them(reader):
    make_comment(member=reader)

    with pytest.raises(ProtectedError):
        reader.delete()

    assert find_drift() == []


def test_letters_go_out_from_a_paper_whose_address_has_letters_beyond_ascii():
    site = SiteSettings(sender="lampe@grüne-stadt.example")
    site.full_clean()
    site.save()

    send_letter("letters/confirm_comment", to="ana@example.org", subject="Hello", context={"url": "/", "days": 7})

    assert len(mail.outbox) == 1


def test_another_letter_that_could_not_be_deferred_takes_nothing_off_what_the_address_may_get(monkeypatch):
    guest = make_guest(confirmed=False)
    comment = make_comment(guest=guest, state=State.UNCONFIRMED)
    browser = Client(HTTP_SEC_FETCH_SITE="same-origin", raise_request_exception=False)
    browser.cookies["civic_guest"] = guest.cookie()

    class Broken:
        def defer(self, **kwargs):
            raise OperationalError("the queue does not answer")

    monkeypatch.setattr("comments.confirming.send_confirmation", Broken())

    browser.post(f"/discuss/c/{comment.pk}/letter/")

    assert Allowance.objects.count() == 0


def test_one_mailbox_written_in_two_ways_gets_one_confirmation_letter_in_ten_minutes(run_jobs):
    thread = make_thread()
    for number, address in enumerate(["ana@example.org", '"ana"@example.org', r'"a\na"@example.org']):
        browser = Client(HTTP_SEC_FETCH_SITE="same-origin")
        browser.post(thread.post_url, {"body": f"Thought number {number}.", "name": "Ana", "email": address})
    run_jobs()

    assert len(mail.outbox) == 1


@pytest.mark.real_jobs
@pytest.mark.django_db(transaction=True)
def test_jobs_of_a_killed_worker_come_back_although_the_next_tick_is_queued_already():
    """Killed in the middle of `settle_confirmed` and of a letter; a minute later the next tick waits for the lock."""
    from django.db import connection
    from procrastinate.contrib.django import app

    import comments.housekeeping  # noqa: F401 - registers the tick
    from civic.lib.housekeeping import revive_jobs
    from comments.notices import send_confirmation

    tick = app.tasks["comments.housekeeping.settle_confirmed"]
    with connection.cursor() as cursor:
        stalled_tick = tick.defer(timestamp=1)
        letter = send_confirmation.defer(guest_id=1)
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 min') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id IN (%s, %s)",
            [worker, stalled_tick, letter],
        )
    tick.defer(timestamp=2)

    asyncio.run(revive_jobs.func(timestamp=3))

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text FROM procrastinate_jobs WHERE id IN (%s, %s)", [stalled_tick, letter])
        states = dict(cursor.fetchall())
    assert states[letter] == "todo"
    assert states[stalled_tick] != "doing"  # else its lock keeps every later tick waiting, for ever
