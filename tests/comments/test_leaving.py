"""A guest leaves for good, with the key of a browser or with a proven address."""

import re
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.core import mail
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from accounts import leaving as members_leaving
from accounts.leaving import Choice
from accounts.models import Leaving, Suspension, User
from civic.lib.errors import Refusal
from civic.lib.tokens import OldToken, fingerprint
from comments import housekeeping, leaving
from comments.counting import find_drift
from comments.models import Comment, CommentOrigin, CommentRevision, Follow, Guest, Screening
from comments.models.comments import State
from comments.posting import Origin, post_comment
from comments.readers import COOKIE_NAME
from comments.visibility import withdraw
from comments.writers import Member, Visitor
from notifications.models import Notification
from tests.factories import make_comment, make_guest, make_member, make_thread
from tests.traces import traces_of

pytestmark = pytest.mark.django_db

SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}


def browser_of(guest: Guest) -> Client:
    client = Client(**SAME)
    client.cookies[COOKIE_NAME] = guest.cookie()
    return client


@pytest.fixture
def gina():
    return make_guest(name="Ginevra Quillfeather", email="ginevra@quill.example")


# --- with the key ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["stay", "go"])
def test_a_guest_leaves_and_nothing_of_name_and_address_is_left(gina, run_jobs, words):
    root = make_comment(guest=gina, body="Root zanzibar")
    answer = make_comment(parent=root, body="A living answer.")
    make_comment(guest=gina, body="Held zanzibar", state=State.IN_REVIEW)
    make_comment(guest=gina, thread=root.thread, body="Second zanzibar")
    CommentOrigin.objects.create(comment=root, prefix_hash=b"p" * 16)
    Follow.objects.create(guest=gina, thread=root.thread)
    Notification.objects.create(
        address_hash=fingerprint("address", "ginevra@quill.example"), kind="answer", subject="comment:1"
    )
    client = browser_of(gina)

    shown = client.get("/discuss/leave/").content.decode()
    answered = client.post("/discuss/leave/", {"words": words, "reach": "here"})
    at_once = Client().get(f"/discuss/{root.thread_id}/").content.decode()
    run_jobs()

    assert "Ginevra Quillfeather" in shown
    assert (answered.status_code, answered["Location"]) == (303, "/discuss/left/")
    assert client.cookies[COOKIE_NAME].value == ""
    assert "Quillfeather" not in at_once
    assert traces_of("quillfeather", "ginevra") == []
    assert bool(traces_of("zanzibar")) is (words == "stay")
    assert not traces_of("Held zanzibar")
    assert find_drift() == []
    assert [model.objects.count() for model in (Follow, Notification, CommentOrigin)] == [0, 0, 0]
    page = Client().get(f"/discuss/{root.thread_id}/").content.decode()
    assert "A living answer." in page
    assert ("Somebody who has left" in page) is (words == "stay")
    assert Comment.objects.get(pk=answer.pk).parent_id == root.pk
    assert client.get("/discuss/left/").status_code == 200


def test_the_key_alone_erases_what_was_written_with_it_and_no_more(gina, run_jobs):
    elsewhere = make_guest(name="Ginevra at work", email="ginevra@quill.example")
    same_key = Guest.objects.create(key=gina.key, name="Gin", email="other@quill.example")
    for guest in (gina, elsewhere, same_key):
        make_comment(guest=guest)
    make_comment(guest=make_guest(name="Hal"))

    browser_of(gina).post("/discuss/leave/", {"words": "stay", "reach": "here"})
    run_jobs()

    assert sorted(guest.name for guest in Guest.objects.all()) == ["", "", "Ginevra at work", "Hal"]


def test_what_others_wrote_is_not_touched_by_a_stranger_without_a_key(gina):
    make_comment(guest=gina)

    answer = Client(**SAME).post("/discuss/leave/", {"words": "go"})

    assert "This browser has written nothing here" in answer.content.decode()
    gina.refresh_from_db()
    assert gina.name == "Ginevra Quillfeather"


def test_asking_changes_nothing_and_choosing_nothing_is_said(gina):
    client = browser_of(gina)

    assert client.get("/discuss/leave/").status_code == 200
    answer = client.post("/discuss/leave/", {"reach": "here"})

    assert answer.status_code == 422
    assert "what becomes of your comments?" in answer.content.decode()
    gina.refresh_from_db()
    assert (gina.leaving, gina.name) == ("", "Ginevra Quillfeather")


def test_a_member_is_led_to_their_own_page(client_of):
    assert client_of(make_member()).get("/discuss/leave/")["Location"] == "/me/leave/"


def test_the_key_is_nobodys_afterwards(gina, run_jobs):
    old = gina.cookie()
    comment = make_comment(guest=gina)
    leaving.let_go(leaving.with_key(gina.key), words_go=False)
    run_jobs()
    client = Client(**SAME)
    client.cookies[COOKIE_NAME] = old

    assert client.get(f"/discuss/c/{comment.pk}/withdraw/").status_code == 404
    assert "A thought." not in client.get("/discuss/mine/").content.decode()


# --- with the address -----------------------------------------------------------------------------


def test_a_letter_proves_the_address_and_all_that_it_has_confirmed_goes(gina, run_jobs):
    elsewhere = make_guest(name="Ginevra at work", email="Ginevra@quill.example")
    typed = make_guest(name="A stranger", email="ginevra@quill.example", confirmed=False)
    for guest in (gina, elsewhere):
        make_comment(guest=guest)
    make_comment(guest=typed, state=State.UNCONFIRMED)
    client = browser_of(gina)

    asked = client.post("/discuss/leave/", {"words": "go", "reach": "everywhere"})
    run_jobs()
    letter = mail.outbox[-1]
    link = re.search(r"http\S+(/discuss/leave/\S+)", letter.body)[1]
    shown = Client(**SAME).get(link)
    before = Guest.objects.exclude(name="").count()
    done = Client(**SAME).post(link)
    run_jobs()

    assert asked["Location"] == "/discuss/leave/?sent=1"
    assert letter.to == ["ginevra@quill.example"]
    assert (shown.status_code, before) == (200, 3)
    assert done["Location"] == "/discuss/left/"
    assert [guest.name for guest in Guest.objects.exclude(name="")] == ["A stranger"]
    old = Client(**SAME).get(link)
    assert (old.status_code, 'href="/discuss/leave/">Ask again' in old.content.decode()) == (410, True)
    assert Client(**SAME).get("/discuss/leave/nonsense/").status_code == 404


def test_who_has_not_proven_an_address_is_sent_no_letter(run_jobs):
    typed = make_guest(email="somebody@else.example", confirmed=False)
    make_comment(guest=typed, state=State.UNCONFIRMED)

    browser_of(typed).post("/discuss/leave/", {"words": "go", "reach": "everywhere"})
    run_jobs()

    assert mail.outbox == []
    assert not Guest.objects.exists()  # but the key erased what it had written


def test_a_link_is_over_after_an_hour_and_letters_after_three(gina, run_jobs, monkeypatch):
    for _ in range(3):
        leaving.ask(gina, words_go=False)
    with pytest.raises(leaving.EnoughLetters):
        leaving.ask(gina, words_go=False)
    run_jobs()
    made = re.search(r"/discuss/leave/(\S+)/", mail.outbox[-1].body)[1]
    monkeypatch.setattr(leaving, "LINK_SECONDS", -1)

    with pytest.raises(OldToken):
        leaving.read_token(made)


def test_a_banned_guest_stays_banned(gina, run_jobs):
    Suspension.objects.create(
        address_hash=fingerprint("address", "ginevra@quill.example"), kind="ban", rule="No threats."
    )
    leaving.let_go(leaving.with_key(gina.key), words_go=True)
    run_jobs()
    again = make_guest(email="ginevra@quill.example")

    with pytest.raises(Refusal):
        post_comment(
            thread=make_thread(),
            writer=Visitor(again.name, again.email, key=again.key),
            body="New here.",
            parent=None,
            origin=Origin(b"x" * 16),
        )


def test_a_job_that_failed_is_taken_up_again(gina):
    comment = make_comment(guest=gina, body="Goes.")
    leaving.let_go(leaving.with_key(gina.key), words_go=True)  # and no worker comes

    leaving.take_up_again()

    assert Comment.objects.get(pk=comment.pk).body == ""
    assert not Guest.objects.exclude(leaving="").exists()


def test_one_guest_who_cannot_be_finished_holds_up_no_other(monkeypatch, caplog):
    stuck, gina = make_guest(name="Zanzibar"), make_guest()
    make_comment(guest=stuck)
    make_comment(guest=gina)
    for guest in (stuck, gina):
        leaving.let_go(leaving.with_key(guest.key), words_go=True)
    forget = leaving.forget_writer

    def fail(writer, **choice):
        if writer == {"guest_id": stuck.pk}:
            raise RuntimeError("Zanzibar is stuck")
        forget(writer, **choice)

    monkeypatch.setattr(leaving, "forget_writer", fail)
    leaving.take_up_again()

    assert list(Guest.objects.exclude(leaving="").values_list("pk", flat=True)) == [stuck.pk]
    assert f"comments.leaving.finish failed for {stuck.pk}: RuntimeError" in caplog.text
    assert "Zanzibar" not in caplog.text


# --- withdrawn words ------------------------------------------------------------------------------


def test_withdrawn_words_are_erased_everywhere_after_a_month_and_not_before(settings):
    comment = make_comment(body="Taken back zanzibar")
    answer = make_comment(parent=comment, body="A living answer.")
    CommentRevision.objects.create(comment=comment, body="Earlier zanzibar", body_html="", state="replaced")
    Screening.objects.create(comment=comment, outcome="publish", reasons=["zanzibar"], signals=[{"e": "zanzibar"}])
    public = make_comment(body="Stays zanzibar")
    withdraw(comment)

    housekeeping.erase_withdrawn()
    still = traces_of("Taken back zanzibar")
    Comment.objects.filter(pk=comment.pk).update(
        withdrawn_at=timezone.now() - timedelta(days=settings.COMMENT_WITHDRAWN_DAYS, minutes=1)
    )
    housekeeping.erase_withdrawn()

    assert still == ["comments_comment.body: Taken back zanzibar", "comments_comment.body_html: Taken back zanzibar"]
    assert traces_of("zanzibar") == ["comments_comment.body: zanzibar", "comments_comment.body_html: zanzibar"]
    assert Comment.objects.get(pk=public.pk).body == "Stays zanzibar"
    assert Screening.objects.get(comment=comment).outcome == "publish"
    page = Client().get(f"/discuss/c/{answer.pk}/").content.decode()
    assert "A living answer." in page
    assert find_drift() == []


# --- at the same moment ---------------------------------------------------------------------------


class AtTheSameTime:
    """Runs a function in a thread with a connection of its own; `done` says how it ended."""

    def __init__(self, function) -> None:
        self.done: object = None
        self._function = function
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.done = self._function()
        except Exception as error:  # handed to the test
            self.done = error
        finally:
            connections.close_all()

    def wait(self) -> object:
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.done


def post(writer, thread) -> Comment:
    return post_comment(thread=thread, writer=writer, body="Late zanzibar", parent=None, origin=Origin(b"x" * 16))


@pytest.mark.django_db(transaction=True)
def test_a_comment_posted_while_its_member_leaves_goes_with_them(run_jobs):
    member, thread = make_member(display_name="Anabel Quillfeather"), make_thread()
    posted, may_end = Event(), Event()

    def posting():
        with transaction.atomic():
            comment = post(Member(member), thread)
            posted.set()
            may_end.wait(10)
        return comment

    first = AtTheSameTime(posting)
    assert posted.wait(10)
    second = AtTheSameTime(lambda: members_leaving.leave(member, Choice(words_go=True, letters_go=False)))
    second._thread.join(0.3)
    assert second._thread.is_alive()  # leaving waits for the post that was first
    may_end.set()
    comment, begun = first.wait(), second.wait()
    run_jobs()

    assert isinstance(begun, Leaving)
    assert traces_of("quillfeather", "zanzibar") == []
    assert not Comment.objects.filter(pk=comment.pk).exclude(state=State.WITHDRAWN).exists()
    assert not User.objects.filter(pk=member.pk).exists()
    assert find_drift() == []


@pytest.mark.django_db(transaction=True)
def test_a_comment_posted_while_its_guest_leaves_is_not_left_with_a_name(run_jobs):
    gina, thread = make_guest(name="Ginevra Quillfeather", email="ginevra@quill.example"), make_thread()
    make_comment(guest=gina)
    # Another name under the same key: the post makes a new row.
    writer = Visitor("Ginevra Quillfeather II", gina.email, key=gina.key)
    posted, may_end = Event(), Event()

    def posting():
        with transaction.atomic():
            comment = post(writer, thread)
            posted.set()
            may_end.wait(10)
        return comment

    first = AtTheSameTime(posting)
    assert posted.wait(10)
    second = AtTheSameTime(lambda: leaving.let_go(leaving.with_key(gina.key), words_go=True))
    second._thread.join(0.3)
    assert second._thread.is_alive()
    may_end.set()
    first.wait()
    gone = second.wait()
    run_jobs()

    assert gone == 2
    assert traces_of("quillfeather", "ginevra", "zanzibar") == []
    assert find_drift() == []


@pytest.mark.django_db(transaction=True)
def test_many_post_vote_and_answer_while_somebody_leaves_and_every_count_is_right(run_jobs):
    from comments import voting

    thread = make_thread()
    leaver, others = make_member(display_name="Anabel Quillfeather"), [make_member() for _ in range(3)]
    roots = [make_comment(thread=thread, member=leaver, body=f"{n} zanzibar") for n in range(15)]
    theirs = [make_comment(parent=root, member=others[n % 3], body="Living.") for n, root in enumerate(roots)]
    for comment in theirs:
        voting.press(comment, leaver, "agree")
    begun = members_leaving.leave(leaver, Choice(words_go=True, letters_go=False))

    def busy(member):
        for number, root in enumerate(roots):
            with suppress(Refusal):  # it was withdrawn a moment before
                post_comment(
                    thread=thread, writer=Member(member), body=f"{number}.", parent=root, origin=Origin(b"x" * 16)
                )
            if theirs[number].member_id != member.pk:
                voting.press(theirs[number], member, "agree")

    running = [AtTheSameTime(lambda member=member: busy(member)) for member in others]
    running.append(AtTheSameTime(lambda: members_leaving.finish(leaving_id=begun.pk)))
    running.append(AtTheSameTime(lambda: members_leaving.finish(leaving_id=begun.pk)))
    ends = [one.wait() for one in running]
    members_leaving.finish(leaving_id=begun.pk)

    assert ends[:3] == [None, None, None]
    assert "deadlock" not in str(ends)
    assert find_drift() == []
    assert traces_of("quillfeather", "zanzibar") == []
    assert not User.objects.filter(pk=leaver.pk).exists()
    assert Comment.objects.filter(pk__in=[c.pk for c in theirs], state=State.PUBLIC).count() == 15
