"""Following: who gets which letter, once, and about nothing that they should not hear of."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from threading import Thread as Worker

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Suspension
from civic.lib import markdown, tokens
from civic.lib.site import SiteSettings
from comments import following, letters, notices
from comments.models import Comment, Follow, Guest, Rhythm, Thread
from comments.models.comments import State
from comments.muting import mute
from comments.readers import COOKIE_NAME, Reader
from comments.visibility import hold, make_public, move, remove
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


def make_follow(person=None, *, thread=None, branch=None, rhythm=Rhythm.AT_ONCE) -> Follow:
    person = person or make_member()
    who = {"guest": person} if isinstance(person, Guest) else {"member": person}
    return Follow.objects.create(**who, thread=thread or branch.thread, branch=branch, rhythm=rhythm)


def quoted(letter) -> list[str]:
    """What a letter quotes, a line each."""
    return re.findall(r"^    (.+)$", letter.body, re.MULTILINE)


def quoted_lines(letter) -> list[str]:
    """The same as it is set, with the lines between paragraphs."""
    return re.findall(r"^    .*$", letter.body, re.MULTILINE)


def receivers() -> list[str]:
    return sorted(letter.to[0] for letter in mail.outbox)


def guest_client(guest: Guest) -> Client:
    client = Client(HTTP_SEC_FETCH_SITE="same-origin")
    client.cookies[COOKIE_NAME] = guest.cookie()
    return client


def leave_path(letter) -> str:
    return re.search(r"/discuss/unfollow/[^>]+", letter.extra_headers["List-Unsubscribe"]).group()


# --- who hears, and what ---


def test_followers_of_a_thread_and_of_a_branch_hear_of_a_comment_once(run_jobs):
    root = make_comment()
    of_thread, of_branch, of_both, of_another = (make_member() for _ in range(4))
    make_follow(of_thread, thread=root.thread)
    make_follow(of_branch, branch=root)
    make_follow(of_both, thread=root.thread)
    make_follow(of_both, branch=root)
    make_follow(of_another, branch=make_comment(thread=root.thread))
    make_follow(make_member(), thread=make_thread())

    make_comment(parent=root, body="An answer for all.")
    run_jobs()

    assert receivers() == sorted(member.email for member in (of_thread, of_branch, of_both))
    assert all("An answer for all." in letter.body for letter in mail.outbox)


def test_a_letter_names_quotes_and_leads_to_the_comment(run_jobs, reader):
    root = make_comment(member=reader, thread=make_thread(title="The bridge"))
    make_follow(reader, branch=root)

    answer = make_comment(parent=root, member=make_member(display_name="Ben"), body="Not *so* fast & <b>bold</b>.")
    run_jobs()

    [letter] = mail.outbox
    assert letter.subject == "Ben answered you: The bridge"
    assert "Ben answers you:" in letter.body
    assert "Not so fast &" in letter.body
    assert f"{settings.SITE_URL}/discuss/c/{answer.pk}/" in letter.body
    html = letter.alternatives[0].content
    assert "Not so fast &amp;" in html
    assert "<b>bold" not in html
    assert letter.extra_headers["List-Unsubscribe-Post"] == ONE_CLICK
    assert letter.extra_headers["List-Unsubscribe"].startswith(f"<{settings.SITE_URL}/discuss/unfollow/")
    assert letter.extra_headers["List-Unsubscribe"].strip("<>") in letter.body


def test_a_quotation_keeps_its_paragraphs_and_ends_after_enough_words(run_jobs, reader):
    thread = make_thread()
    make_follow(reader, thread=thread)

    make_comment(thread=thread, body="One.\n\nTwo.\n\n" + "word " * letters.WORDS_QUOTED)
    run_jobs()

    [letter] = mail.outbox
    first, _, second, _, last = quoted_lines(letter)
    assert (first, second) == ("    One.", "    Two.")
    assert last.count("word") == letters.WORDS_QUOTED - 2
    assert last.endswith("word …")
    assert "\n\n\n" not in letter.body


def test_the_writer_hears_nothing_of_the_own_words_as_member_or_as_guest(run_jobs, reader):
    thread = make_thread()
    gina = make_guest(email="gina@example.org")
    make_follow(reader, thread=thread)
    make_follow(gina, thread=thread)
    other_name = make_guest(name="Gee", email="Gina@example.org")

    make_comment(thread=thread, member=reader, body="By the member.")
    make_comment(thread=thread, guest=other_name, body="By the guest.")
    run_jobs()

    assert {letter.to[0].lower(): quoted(letter) for letter in mail.outbox} == {
        "gina@example.org": ["By the member."],
        reader.email: ["By the guest."],
    }


def test_one_person_who_follows_as_member_and_as_guest_gets_one_letter(run_jobs):
    thread = make_thread()
    member = make_member(email="Ana@example.org")
    make_follow(member, thread=thread)
    make_follow(make_guest(email="ana@example.org"), thread=thread)

    make_comment(thread=thread)
    run_jobs()

    assert receivers() == ["Ana@example.org"]
    Client().post(leave_path(mail.outbox[0]), ONE_CLICK, content_type=FORM)
    assert not Follow.objects.exists()


def test_nobody_hears_of_people_whom_they_have_muted_but_of_answers_to_them(run_jobs, reader):
    loud = make_member()
    loud_guest = make_guest()
    thread = make_thread()
    first = make_comment(thread=thread, member=loud)
    mute(reader, first)
    mute(reader, make_comment(thread=thread, guest=loud_guest))
    make_follow(reader, thread=thread)

    make_comment(thread=thread, member=loud, body="Noise.")
    make_comment(thread=thread, guest=loud_guest, body="More noise.")
    make_comment(parent=first, body="Calm words.")
    run_jobs()

    [letter] = mail.outbox
    assert "Calm words." in letter.body
    assert "oise." not in letter.body


@pytest.mark.parametrize("kind", ["unconfirmed", "without address", "inactive", "banned", "guest banned"])
def test_whoever_may_not_be_written_to_is_not(run_jobs, kind):
    person = {
        "unconfirmed": lambda: make_guest(confirmed=False),
        "without address": make_guest,
        "inactive": make_member,
        "banned": make_member,
        "guest banned": lambda: make_guest(email="gone@example.org"),
    }[kind]()
    follow = make_follow(person, thread=make_thread())
    if kind == "inactive":
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    elif kind == "without address":
        Guest.objects.filter(pk=person.pk).update(email="")
    elif kind == "banned":
        Suspension.objects.create(member=person, kind=Suspension.Kind.BAN, rule="No threats.")
    elif kind == "guest banned":
        known = tokens.fingerprint("address", person.email)
        Suspension.objects.create(address_hash=known, kind=Suspension.Kind.SUSPEND, rule="No threats.")

    make_comment(thread=follow.thread)
    run_jobs()
    notices.begin_daily_letters()
    notices.write_later_letters()
    run_jobs()

    assert mail.outbox == []


def test_what_was_said_during_a_suspension_is_not_told_afterwards(run_jobs, reader):
    follow = make_follow(reader, thread=make_thread())
    ban = Suspension.objects.create(member=reader, kind=Suspension.Kind.SUSPEND, rule="No threats.")
    make_comment(thread=follow.thread, body="Meanwhile.")
    run_jobs()
    ban.delete()

    make_comment(thread=follow.thread, body="Afterwards.")
    run_jobs()

    [letter] = mail.outbox
    assert "Afterwards." in letter.body
    assert "Meanwhile." not in letter.body


@pytest.mark.parametrize("state", [s for s in State if s != State.PUBLIC])
def test_what_is_not_public_is_in_no_letter(run_jobs, state):
    follow = make_follow(thread=make_thread())
    daily = make_follow(thread=follow.thread, rhythm=Rhythm.DAILY)

    make_comment(thread=follow.thread, state=state, body="Hidden words.")
    run_jobs()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        notices.begin_daily_letters()
        run_jobs()

    assert daily.pk
    assert mail.outbox == []


def test_a_comment_removed_between_publication_and_letter_is_not_told(run_jobs):
    follow = make_follow(thread=make_thread())
    comment = make_comment(thread=follow.thread)
    remove(comment, rule=make_rule())

    run_jobs()

    assert mail.outbox == []


def test_a_comment_is_told_on_first_publication_only(run_jobs):
    follow = make_follow(thread=make_thread())
    comment = make_comment(thread=follow.thread, state=State.IN_REVIEW)
    run_jobs()
    assert mail.outbox == []

    make_public(comment)
    run_jobs()
    hold(comment)
    make_public(comment)
    remove(comment, rule=make_rule())
    make_public(comment)
    run_jobs()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        notices.write_later_letters()
        run_jobs()

    assert len(mail.outbox) == 1


def test_of_a_held_edit_the_text_that_stands_is_quoted(run_jobs):
    follow = make_follow(thread=make_thread())
    comment = make_comment(thread=follow.thread, body="What everybody reads.")
    waiting = "What nobody may read."
    comment.revisions.create(body=waiting, body_html=markdown.render(waiting), state="waiting")
    Comment.objects.filter(pk=comment.pk).update(edit_waits=True)

    run_jobs()

    [letter] = mail.outbox
    assert "What everybody reads." in letter.body
    assert "nobody" not in letter.body + letter.alternatives[0].content


def test_nobody_hears_of_a_discussion_that_has_expired(run_jobs):
    follow = make_follow(thread=make_thread())
    make_follow(thread=follow.thread, rhythm=Rhythm.DAILY)
    make_comment(thread=follow.thread)
    Thread.objects.filter(pk=follow.thread_id).update(visible_until=timezone.now())

    run_jobs()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        notices.begin_daily_letters()
        run_jobs()

    assert mail.outbox == []


def test_nothing_said_before_is_told(run_jobs):
    thread = make_thread()
    make_comment(thread=thread, body="Long ago.")
    make_follow(thread=thread)

    make_comment(thread=thread, body="Now.")
    run_jobs()

    assert "Long ago." not in mail.outbox[0].body


def test_at_the_deepest_level_answers_to_the_followed_comment_are_told(run_jobs, settings):
    settings.COMMENT_MAX_DEPTH = 2
    root = make_comment()
    deepest = make_comment(parent=root)
    make_follow(branch=deepest)

    make_comment(parent=root, body="Beside it.")
    make_comment(parent=deepest, body="An answer to it.")
    run_jobs()

    [letter] = mail.outbox
    assert "An answer to it." in letter.body
    assert "Beside it." not in letter.body


# --- how many letters ---


def test_a_rush_of_comments_makes_two_letters(run_jobs):
    """The first comes at once, all others in one when the pause is over."""
    follow = make_follow(thread=make_thread(title="A rush"))
    for number in range(30):
        make_comment(thread=follow.thread, body=f"Word {number}.")
        run_jobs()
        notices.write_later_letters()
        run_jobs()
    assert len(mail.outbox) == 1

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        notices.write_later_letters()
        run_jobs()
        notices.write_later_letters()
        run_jobs()

    assert mail.outbox[1].subject == "29 new comments: A rush"
    assert "Word 1." in mail.outbox[1].body
    assert "And 19 more" in mail.outbox[1].body
    assert len(mail.outbox) == 2


def test_running_every_job_twice_writes_no_letter_twice(run_jobs):
    follow = make_follow(thread=make_thread())
    comment = make_comment(thread=follow.thread)
    run_jobs()

    for _ in range(2):
        notices.tell_followers(comment_id=comment.pk)
        notices.write_letters()
        run_jobs()

    assert len(mail.outbox) == 1


def test_a_comment_that_comes_while_the_letter_is_on_its_way_is_not_forgotten(run_jobs, monkeypatch):
    follow = make_follow(thread=make_thread())
    make_comment(thread=follow.thread, body="First.")
    send = letters.send_letter

    def slowly(*args, **kwargs):
        send(*args, **kwargs)
        if len(mail.outbox) == 1:
            notices.tell_followers(comment_id=make_comment(thread=follow.thread, body="Second.").pk)

    monkeypatch.setattr(letters, "send_letter", slowly)
    run_jobs()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        notices.write_later_letters()
        run_jobs()

    assert len(mail.outbox) == 2
    assert "Second." in mail.outbox[1].body
    assert "First." not in mail.outbox[1].body


def test_one_address_in_trouble_does_not_stop_the_others(run_jobs, monkeypatch):
    thread = make_thread()
    people = [make_member() for _ in range(3)]
    for member in people:
        make_follow(member, thread=thread)
    send = letters.send_letter

    def moody(*args, to, **kwargs):
        if to == people[0].email:
            raise ConnectionResetError
        send(*args, to=to, **kwargs)

    monkeypatch.setattr(letters, "send_letter", moody)
    make_comment(thread=thread)
    run_jobs()
    assert receivers() == sorted(member.email for member in people[1:])

    monkeypatch.setattr(letters, "send_letter", send)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        notices.write_later_letters()
        run_jobs()
    assert receivers() == sorted(member.email for member in people)


def test_an_address_that_never_takes_a_letter_is_left_alone_until_its_owner_asks_again(
    run_jobs, monkeypatch, settings, client_of, reader
):
    settings.FOLLOW_LETTER_TRIES = 3
    thread = make_thread(title="Long silence")
    follow = make_follow(reader, thread=thread)
    tried = []

    def full(*args, to, **kwargs):
        tried.append(to)
        raise SMTPRecipientsRefused({to: (452, b"mailbox full")})

    send = letters.send_letter
    monkeypatch.setattr(letters, "send_letter", full)
    start = timezone.now()
    make_comment(thread=thread, body="Untold.")
    run_jobs()
    for hours in (1, 2, 3, 10, 100):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            make_comment(thread=thread)
            notices.write_later_letters()
            run_jobs()
    follow.refresh_from_db()

    assert len(tried) == 3
    assert (follow.due_at, follow.has_failed) == (None, True)
    monkeypatch.setattr(letters, "send_letter", send)
    client = client_of(reader)
    for path in ("/me/follows/", f"/discuss/{thread.pk}/follow/"):
        assert "Our letters did not arrive" in client.get(path).content.decode()
    client.post(f"/discuss/{thread.pk}/follow/", {"rhythm": "at_once"})
    with time_machine.travel(start + timedelta(hours=101), tick=False):
        make_comment(thread=thread)
        run_jobs()
    assert receivers() == [reader.email]
    assert "Our letters did not arrive" not in client.get("/me/follows/").content.decode()


def test_a_letter_that_arrives_forgets_earlier_tries(run_jobs):
    thread = make_thread()
    follow = make_follow(thread=thread)
    Follow.objects.update(tries=2)

    make_comment(thread=thread)
    run_jobs()

    follow.refresh_from_db()
    assert (len(mail.outbox), follow.tries) == (1, 0)


def test_a_thread_that_nobody_follows_has_no_job(run_jobs):
    make_comment()

    assert run_jobs() == 0


# --- the daily letter ---


def morning(days: int = 1):
    """Ten past seven by the clock of the site, some days from now."""
    return timezone.localtime(timezone.now() + timedelta(days=days)).replace(hour=7, minute=10)


def test_one_letter_a_day_tells_of_everything_that_is_followed_so(run_jobs, reader):
    threads = [make_thread(title=title) for title in ("The bridge", "The roof", "Silence")]
    for thread in threads:
        make_follow(reader, thread=thread, rhythm=Rhythm.DAILY)
    with time_machine.travel(morning(0)):
        Follow.objects.update(told_until=timezone.now())
        make_comment(thread=threads[0], body="About the bridge.")
        make_comment(thread=threads[1], body="About the roof.")
        make_comment(thread=threads[1], body="The roof again.")
    run_jobs()
    assert mail.outbox == []

    with time_machine.travel(morning()):
        for _ in range(3):
            notices.begin_daily_letters()
            run_jobs()

    [letter] = mail.outbox
    assert letter.subject == "3 new comments in 2 discussions"
    assert [words in letter.body for words in ("About the bridge.", "The roof again.", "Silence")] == [
        True,
        True,
        False,
    ]
    with time_machine.travel(morning(2)):
        notices.begin_daily_letters()
        run_jobs()
    assert len(mail.outbox) == 1


def test_the_daily_letter_comes_in_the_morning_of_the_site(run_jobs):
    SiteSettings(zone="Asia/Tokyo").save()  # nine hours ahead
    follow = make_follow(thread=make_thread(), rhythm=Rhythm.DAILY)
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        Follow.objects.update(told_until=timezone.now() - timedelta(days=2))
        make_comment(thread=follow.thread)
    hours = []
    for hour in range(13, 24):
        with time_machine.travel(f"2026-03-01 {hour}:10Z", tick=False):
            notices.begin_daily_letters()
            run_jobs()
        hours += [hour] * (len(mail.outbox) - len(hours))

    assert hours == [22]


def test_with_another_rhythm_nothing_is_lost_and_nothing_comes_twice(run_jobs, reader):
    follow = make_follow(reader, thread=make_thread(), rhythm=Rhythm.DAILY)
    make_comment(thread=follow.thread, body="For the daily letter.")
    following.change(follow, Rhythm.AT_ONCE)
    make_comment(thread=follow.thread, body="For a letter at once.")
    run_jobs()
    assert "For the daily letter." in mail.outbox[0].body

    following.change(follow, Rhythm.DAILY)
    with time_machine.travel(morning()):
        notices.begin_daily_letters()
        run_jobs()

    assert len(mail.outbox) == 1


# --- leaving by the link ---


def test_one_click_stops_exactly_what_the_letter_was_about(run_jobs, reader):
    root = make_comment()
    make_follow(reader, branch=root)
    kept = make_follow(reader, thread=make_thread())
    others = make_follow(branch=root)
    make_comment(parent=root)
    run_jobs()
    letter = next(letter for letter in mail.outbox if letter.to == [reader.email])
    provider = Client(enforce_csrf_checks=True)  # no cookie, no Origin, no Sec-Fetch-Site

    answer = provider.post(leave_path(letter), ONE_CLICK, content_type=FORM)

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain")
    assert set(Follow.objects.all()) == {kept, others}
    assert provider.post(leave_path(letter), ONE_CLICK, content_type=FORM).status_code == 200


def test_the_link_of_an_old_letter_ends_what_was_begun_anew(run_jobs, reader):
    follow = make_follow(reader, thread=make_thread())
    make_comment(thread=follow.thread)
    run_jobs()
    Follow.objects.all().delete()
    make_follow(reader, thread=follow.thread)

    with time_machine.travel(timezone.now() + timedelta(days=3000)):
        Client().post(leave_path(mail.outbox[0]), ONE_CLICK, content_type=FORM)

    assert not Follow.objects.exists()


def test_opening_the_link_shows_a_button_and_changes_nothing(run_jobs, reader):
    follow = make_follow(reader, thread=make_thread(title="The bridge"))
    make_comment(thread=follow.thread)
    run_jobs()
    path = leave_path(mail.outbox[0])

    for method in (Client().get, Client().head):
        assert method(path).status_code == 200
    page = Client().get(path)

    assert "Stop these letters?" in page.content.decode()
    assert "The bridge" in page.content.decode()
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("no-referrer", "private, no-store")
    assert Follow.objects.count() == 1
    answer = Client(HTTP_ORIGIN="null").post(path)  # with no referrer browsers call the origin of a post so
    assert (answer.status_code, answer["Location"]) == (303, path)
    assert "No more of these letters" in Client().get(path).content.decode()
    assert not Follow.objects.exists()


def test_the_link_of_a_daily_letter_ends_all_that_comes_daily(run_jobs, reader):
    daily = [make_follow(reader, thread=make_thread(), rhythm=Rhythm.DAILY) for _ in range(3)]
    at_once = make_follow(reader, thread=make_thread())
    make_comment(thread=daily[0].thread)
    with time_machine.travel(morning()):
        notices.begin_daily_letters()
        run_jobs()

    page = Client().get(leave_path(mail.outbox[0])).content.decode()
    Client().post(leave_path(mail.outbox[0]), ONE_CLICK, content_type=FORM)

    assert "Stop the daily letter?" in page
    assert list(Follow.objects.all()) == [at_once]


def test_forged_tokens_and_those_for_other_purposes_open_nothing(reader):
    follow = make_follow(reader, thread=make_thread())
    good = tokens.make(following.LEAVE, f"m{reader.pk}-t{follow.thread_id}")
    guest = make_guest()
    for token in (
        "x",
        good[:-1],
        "m" + good,
        good.replace(f"m{reader.pk}", f"m{reader.pk + 1}"),
        tokens.make("guest-letter", f"m{reader.pk}-t{follow.thread_id}"),
        guest.letter_token(),
    ):
        for method in (Client().get, Client().post):
            assert method(f"/discuss/unfollow/{token}/").status_code == 404
    for nonsense in ("", "-", "m-t", "mx-tx", f"m{reader.pk}-", f"m{'9' * 30}-t1", f"-t{follow.thread_id}"):
        Client().post(f"/discuss/unfollow/{tokens.make(following.LEAVE, nonsense)}/")

    assert Follow.objects.count() == 1


# --- pages ---


def test_a_member_follows_changes_and_stops_without_javascript(client_of, reader):
    thread = make_thread()
    client = client_of(reader)
    path = f"/discuss/{thread.pk}/follow/"
    assert "How often shall we write?" in client.get(path).content.decode()
    assert not Follow.objects.exists()

    seen = []
    for sent in ({"rhythm": "daily"}, {"rhythm": "at_once"}, {"rhythm": "hourly"}, {"stop": "1"}, {"stop": "1"}):
        answer = client.post(path, sent)
        assert (answer.status_code, client.get(answer["Location"]).status_code) == (303, 200)
        seen.append(list(Follow.objects.values_list("member", "thread", "branch", "rhythm")))

    row = (reader.pk, thread.pk, None)
    assert seen == [[(*row, "daily")], [(*row, "at_once")], [(*row, "at_once")], [], []]


def test_a_confirmed_guest_follows_answers_and_finds_the_list(run_jobs):
    guest = make_guest(email="gina@example.org")
    own = make_comment(guest=guest)
    client = guest_client(guest)

    client.post(f"/discuss/c/{own.pk}/follow/", {"rhythm": "at_once"})
    make_comment(parent=own)
    run_jobs()

    [letter] = mail.outbox
    assert letter.to == ["gina@example.org"]
    link = re.search(r"(/discuss/by-letter/\S+/follows/)", letter.body).group(1)
    elsewhere = Client()
    page = elsewhere.get(link, follow=True)
    assert page.redirect_chain == [("/discuss/mine/follows/", 302)]
    assert f"/discuss/c/{own.pk}/" in page.content.decode()


def test_an_unconfirmed_guest_and_anybody_are_told_what_to_do_first():
    thread = make_thread()
    path = f"/discuss/{thread.pk}/follow/"
    guest = guest_client(make_guest(confirmed=False))

    assert "One thing first" in guest.get(path).content.decode()
    assert guest.post(path, {"rhythm": "at_once"}).status_code == 403
    anybody = Client(HTTP_SEC_FETCH_SITE="same-origin")
    assert "Sign in" in anybody.get(path).content.decode()
    assert anybody.post(path, {"rhythm": "at_once"})["Location"].startswith("/accounts/login/?next=/discuss/")
    assert not Follow.objects.exists()


@pytest.mark.parametrize("state", [s for s in State if s != State.PUBLIC])
def test_what_is_not_public_cannot_be_followed_by_others(client_of, other_reader, reader, state):
    comment = make_comment(member=reader, state=state, body="Hidden words.")
    path = f"/discuss/c/{comment.pk}/follow/"

    assert client_of(other_reader).get(path).status_code == 404
    assert client_of(other_reader).post(path, {"rhythm": "at_once"}).status_code == 404
    waits = state in (State.IN_REVIEW, State.UNCONFIRMED)
    assert client_of(reader).get(path).status_code == (200 if waits else 404)


def test_whoever_posts_may_ask_to_hear_of_answers(client_of, reader, run_jobs):
    thread = make_thread()
    client = client_of(reader)
    client.post(thread.post_url, {"body": "No letters, please."})
    assert not Follow.objects.exists()

    client.post(thread.post_url, {"body": "What do you think of it?", "answers": "daily"})

    [follow] = Follow.objects.all()
    assert (follow.member, follow.branch.body, follow.rhythm) == (reader, "What do you think of it?", "daily")


def test_an_unconfirmed_guests_wish_begins_to_work_with_the_confirmation(visitor_client, run_jobs):
    thread = make_thread()
    sent = {"body": "A question of mine.", "name": "Wilma", "email": "wilma@example.org", "answers": "at_once"}
    visitor_client.post(thread.post_url, sent)
    [follow] = Follow.objects.select_related("branch", "guest")
    run_jobs()
    assert ["confirm" in letter.subject.lower() or "address" in letter.subject for letter in mail.outbox] == [True]
    Guest.objects.filter(pk=follow.guest_id).update(confirmed_at=timezone.now())
    move(follow.branch, State.PUBLIC)

    make_comment(parent=Comment.objects.get(pk=follow.branch_id), body="An answer.")
    run_jobs()

    assert [letter.to for letter in mail.outbox[1:]] == [["wilma@example.org"]]


def test_only_the_own_follows_are_listed_and_changed(client_of, reader, other_reader):
    mine = make_follow(reader, thread=make_thread(title="Of mine"))
    make_follow(other_reader, thread=make_thread(title="Of another"))

    page = client_of(reader).get("/me/follows/").content.decode()
    assert ("Of mine" in page, "Of another" in page) == (True, False)
    path = f"/discuss/mine/follows/{mine.pk}/"
    assert client_of(other_reader).post(path, {"stop": "1"}).status_code == 404
    assert guest_client(make_guest()).post(path, {"stop": "1"}).status_code == 404
    assert Client().get("/me/follows/").status_code == 302
    assert client_of(reader).post(path, {"rhythm": "daily"})["Location"] == "/me/follows/?saved"
    assert Follow.objects.get(pk=mine.pk).rhythm == "daily"
    assert client_of(reader).post(path, {"stop": "1"})["Location"] == "/me/follows/?stopped"
    assert not Follow.objects.filter(pk=mine.pk).exists()


def test_a_list_names_nothing_that_is_gone_and_still_lets_it_end(client_of, reader):
    expired = make_follow(reader, thread=make_thread(title="Not to be named"))
    Thread.objects.filter(pk=expired.thread_id).update(visible_until=timezone.now())
    branch = make_comment(member=make_member(display_name="Nobody now"))
    make_follow(reader, branch=branch)
    remove(branch, rule=make_rule())

    page = client_of(reader).get("/me/follows/").content.decode()

    assert "Not to be named" not in page
    assert "Nobody now" not in page
    assert client_of(reader).post(f"/discuss/mine/follows/{expired.pk}/", {"stop": "1"}).status_code == 303


def test_thirty_follows_cost_the_queries_of_one(client_of, reader, django_assert_num_queries):
    client = client_of(reader)
    make_follow(reader, branch=make_comment())
    client.get("/me/follows/")
    with CaptureQueriesContext(connection) as one:
        client.get("/me/follows/")
    for _ in range(29):
        make_follow(reader, branch=make_comment(guest=make_guest()))

    with django_assert_num_queries(len(one)):
        client.get("/me/follows/")


def test_each_button_of_the_list_says_what_it_is_about(client_of, reader):
    follow = make_follow(reader, thread=make_thread())

    page = client_of(reader).get("/me/follows/").content.decode()

    buttons = re.findall(r'<button class="quiet"[^>]*>', page)
    assert [f'aria-describedby="follow-{follow.pk}"' in button for button in buttons] == [True, True, True]
    assert 'role="group"' not in page


def test_a_guest_finds_the_list_beside_the_own_comments():
    assert 'href="/discuss/mine/follows/"' in guest_client(make_guest()).get("/discuss/mine/").content.decode()


def test_a_guest_sees_what_was_followed_on_another_device_with_the_same_proven_address():
    phone, laptop = make_guest(email="gina@example.org"), make_guest(name="G.", email="Gina@example.org")
    stranger = make_guest(email="gina@example.org", confirmed=False)
    make_follow(phone, thread=make_thread(title="Followed on the phone"))

    assert "Followed on the phone" in guest_client(laptop).get("/discuss/mine/follows/").content.decode()
    assert "Followed on the phone" not in guest_client(stranger).get("/discuss/mine/follows/").content.decode()
    assert following.follows_of(Reader(guest_key=stranger.key)).count() == 0


# --- two workers ---


@pytest.mark.django_db(transaction=True)
def test_many_workers_write_each_letter_once():
    thread = make_thread()
    people = [make_member() for _ in range(30)]
    for member in people:
        make_follow(member, thread=thread)
    letters.mark_due(make_comment(thread=thread))
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(3):
                letters.write_due()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [Worker(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert receivers() == sorted(member.email for member in people)
    assert not Follow.objects.exclude(due_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_with_the_letter_in_hand_leaves_it_to_the_next(monkeypatch):
    follow = make_follow(thread=make_thread())
    letters.mark_due(make_comment(thread=follow.thread))

    def die(*args, **kwargs):
        raise SystemExit

    monkeypatch.setattr(letters, "send_letter", die)
    with pytest.raises(SystemExit):
        letters.write_due()
    monkeypatch.undo()
    letters.write_due()

    assert len(mail.outbox) == 1
