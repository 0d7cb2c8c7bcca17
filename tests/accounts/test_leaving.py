"""A member leaves for good."""

import json
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import leaving
from accounts.leaving import Choice, LastAdmin
from accounts.models import Badge, Leaving, Suspension, User
from accounts.roles import Role
from civic.lib.site import SiteSettings
from civic.lib.tokens import OldToken
from comments.counting import find_drift
from comments.models import Comment, Follow, Guest, Mute, Vote
from comments.models.comments import State
from comments.writers import Member
from moderation.deciding import decide
from moderation.models import Act, Decision
from newsletter.models import Subscriber
from notifications.models import Notification
from tests.accounts.doors import browser, sign_in, token
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread
from tests.newsletter.factories import make_newsletter, make_subscriber
from tests.traces import traces_of

pytestmark = pytest.mark.django_db

STAY = Choice(words_go=False, letters_go=False)
GO = Choice(words_go=True, letters_go=True)


@pytest.fixture
def ana():
    member = make_member(display_name="Anabel Quillfeather", email="anabel@quill.example")
    member.bio = "Quillfeather of the bridge."
    member.save()
    return member


@pytest.fixture
def anas(ana):
    client = browser()
    client.force_login(ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def link_in(letter) -> str:
    return re.search(r"http\S+(/me/leave/\S+)", letter.body)[1]


def has_left(member: User) -> bool:
    return not User.objects.filter(pk=member.pk).exists() and not Leaving.objects.exists()


# --- the way out ----------------------------------------------------------------------------------


def test_from_the_page_by_letter_to_the_way_out(ana, anas, run_jobs):
    page = anas.get("/me/leave/").content.decode()
    answer = anas.post("/me/leave/", {"words": "stay", "csrfmiddlewaretoken": token(anas)})
    run_jobs()
    link = link_in(mail.outbox[-1])
    elsewhere = browser()
    shown = elsewhere.get(link).content.decode()
    before = User.objects.filter(pk=ana.pk, is_active=True).exists()
    done = elsewhere.post(link)
    run_jobs()

    assert "What you choose" in page
    assert (answer.status_code, answer["Location"]) == (302, "/me/leave/?sent=1")
    assert mail.outbox[-1].to == ["anabel@quill.example"]
    assert "stay, without your name" in shown
    assert before  # the letter was opened, and nothing had happened
    assert (done.status_code, done["Location"]) == (302, "/me/left/")
    assert elsewhere.get("/me/left/").status_code == 200
    assert has_left(ana)
    old = elsewhere.get(link)
    assert (old.status_code, 'href="/me/leave/">Ask again' in old.content.decode()) == (410, True)


def test_choosing_nothing_sends_nothing(anas, run_jobs):
    answer = anas.post("/me/leave/", {"csrfmiddlewaretoken": token(anas)})
    run_jobs()

    assert answer.status_code == 422
    assert "what becomes of your comments?" in answer.content.decode()
    assert mail.outbox == []


def test_a_visitor_signs_in_first_and_nonsense_is_nothing():
    assert browser().get("/me/leave/")["Location"] == "/accounts/login/?next=/me/leave/"
    assert browser().get("/me/leave/nonsense/").status_code == 404
    assert browser().get("/me/data/").status_code == 302


def test_three_letters_a_day_are_enough(ana):
    for _ in range(3):
        leaving.ask(ana, STAY)

    with pytest.raises(leaving.EnoughLetters):
        leaving.ask(ana, STAY)


def test_a_link_is_over_after_an_hour(ana, monkeypatch):
    made = leaving.make_token(ana, STAY)
    monkeypatch.setattr(leaving, "LINK_SECONDS", -1)

    with pytest.raises(OldToken):
        leaving.read_token(made)


def test_a_link_is_void_when_the_member_has_moved_to_another_address(ana):
    made = leaving.make_token(ana, STAY)
    User.objects.filter(pk=ana.pk).update(email="new@quill.example")

    with pytest.raises(OldToken):
        leaving.read_token(made)


def test_the_last_admin_is_told_kindly_and_stays(client_of):
    User.objects.filter(groups__name=Role.ADMIN).update(is_active=False)
    admin = make_member(role=Role.ADMIN)
    client = client_of(admin)

    page = client.get("/me/leave/").content.decode()

    assert "You are the only one with the keys" in page
    assert "Send me the letter" not in page
    with pytest.raises(LastAdmin):
        leaving.leave(admin, STAY)
    make_member(role=Role.ADMIN)
    leaving.leave(admin, STAY)
    assert Leaving.objects.get().member == admin


# --- at once --------------------------------------------------------------------------------------


def test_before_any_job_ran_the_name_is_nowhere_and_every_kept_page_is_stale(ana, anas):
    Badge.objects.create(member=ana, kind=Badge.Kind.OFFICIAL, label="Quillfeather Council")
    comment = make_comment(member=ana)
    before = SiteSettings.current().version

    leaving.leave(ana, STAY)

    page = Client().get(f"/discuss/{comment.thread_id}/").content.decode()
    assert "Quillfeather" not in page
    assert "Somebody who has left" in page
    assert SiteSettings.current().version > before
    assert anas.get("/me/").status_code == 302  # signed out
    assert not Badge.objects.filter(member=ana).exists()


def test_leaving_twice_is_as_good_as_once_and_the_first_choice_stands(ana, run_jobs):
    comment = make_comment(member=ana, body="Stays.")

    leaving.leave(ana, STAY)
    leaving.leave(ana, GO)
    run_jobs()

    comment.refresh_from_db()
    assert (comment.state, comment.body, comment.writer_name) == (State.PUBLIC, "Stays.", "Somebody who has left")
    assert has_left(ana)


def test_a_post_at_the_same_moment_is_refused(ana, client_of):
    thread = make_thread()
    client = client_of(ana)
    stale = User.objects.get(pk=ana.pk)  # as a request has it that began a moment ago
    leaving.leave(ana, STAY)

    from comments.errors import HasLeft
    from comments.posting import Origin, post_comment

    with pytest.raises(HasLeft):
        post_comment(thread=thread, writer=Member(stale), body="Late.", parent=None, origin=Origin(b"x" * 16))
    assert client.post(thread.post_url, {"body": "Later."}).status_code in (403, 422)
    assert not Comment.objects.exists()


# --- what becomes of it ---------------------------------------------------------------------------


def a_life(ana: User) -> dict[str, Comment]:
    """Comments in every state, answers of others below, votes both ways, and all else that is kept."""
    thread, other = make_thread(), make_member(display_name="Ben Other")
    root = make_comment(thread=thread, member=ana, body="Wordsofroot zanzibar")
    answer = make_comment(parent=root, member=other, body="A living answer.")
    deep = make_comment(parent=answer, member=ana, body="Deep zanzibar")
    below = make_comment(parent=deep, member=other, body="Another living answer.")
    alone = make_comment(member=ana, body="Alone zanzibar")
    held = make_comment(thread=thread, member=ana, body="Held zanzibar", state=State.IN_REVIEW)
    removed = make_comment(thread=thread, member=ana, body="Removed zanzibar", state=State.REMOVED)
    refused = make_comment(thread=thread, member=ana, body="Refused zanzibar", state=State.REFUSED)
    withdrawn = make_comment(thread=thread, member=ana, body="Withdrawn zanzibar", state=State.WITHDRAWN)
    from comments import voting
    from comments.models import CommentOrigin, CommentRevision, Screening, Visit

    voting.press(answer, ana, "agree")
    voting.press(answer, ana, "respect")
    voting.press(below, ana, "disagree")
    voting.press(root, other, "agree")
    CommentRevision.objects.create(comment=root, body="Earlier zanzibar", body_html="", state="replaced")
    for comment in (root, deep, alone, held, removed, refused, withdrawn):
        CommentOrigin.objects.create(comment=comment, prefix_hash=b"p" * 16)
        Screening.objects.create(
            comment=comment,
            outcome="publish",
            reasons=["says zanzibar"],
            signals=[{"rule": "terms", "score": 1, "evidence": "zanzibar", "span": None}],
        )
    Follow.objects.create(member=ana, thread=thread)
    Mute.objects.create(by=ana, member=other)
    Mute.objects.create(by=other, member=ana)
    Visit.objects.create(member=ana, thread=thread, read_until=timezone.now())
    Notification.objects.create(member=ana, address_hash=b"n" * 16, kind="answer", subject="comment:1")
    EmailAddress.objects.create(user=ana, email=ana.email, primary=True, verified=True)
    return locals()


def test_nothing_of_name_address_and_words_is_left_in_any_table(ana, anas, run_jobs):
    life = a_life(ana)
    make_subscriber(make_newsletter(), email=ana.email)
    guest = make_guest(name="Anabel Quillfeather", email="Anabel@quill.example")
    make_comment(guest=guest, body="As a guest, zanzibar")
    leaving.ask(ana, GO)
    sign_in(browser(), ana.email)  # a session that knows the address
    assert len(traces_of("quillfeather", "anabel", "zanzibar")) >= 8  # there is something to find

    leaving.leave(ana, GO)
    run_jobs()

    assert traces_of("quillfeather", "anabel", "zanzibar") == []
    assert has_left(ana)
    assert find_drift() == []
    assert not Subscriber.objects.exists()
    # The living answers stand where they stood, under placeholders.
    page = Client().get(f"/discuss/{life['thread'].pk}/").content.decode()
    assert page.count("<p>A living answer.</p>") == page.count("<p>Another living answer.</p>") == 1
    assert [c.parent_id for c in (life["answer"], life["below"])] == [life["root"].pk, life["deep"].pk]
    assert {Comment.objects.get(pk=life[name].pk).state for name in ("root", "deep", "alone")} == {State.WITHDRAWN}
    assert not Comment.objects.filter(pk=life["held"].pk).exists()
    # Votes went with their numbers; what others thought of the words is theirs.
    answer = Comment.objects.get(pk=life["answer"].pk)
    assert (answer.tally.agree, answer.tally.respect, answer.tally.is_stale) == (0, 0, True)
    assert Vote.objects.count() == 1


def test_words_that_stay_stand_without_a_name_and_what_was_never_public_goes(ana, anas, run_jobs):
    life = a_life(ana)
    thread = life["thread"]
    thread.refresh_from_db()
    people, comments = thread.people_count, thread.comment_count

    leaving.leave(ana, STAY)
    run_jobs()

    assert traces_of("quillfeather", "anabel") == []
    assert has_left(ana)
    assert find_drift() == []
    thread.refresh_from_db()
    assert (thread.people_count, thread.comment_count) == (people, comments)
    said = {comment.pk: comment.body for comment in Comment.objects.exclude(body="")}
    assert {said.get(life[name].pk) for name in ("root", "deep", "alone", "removed")} == {
        "Wordsofroot zanzibar",
        "Deep zanzibar",
        "Alone zanzibar",
        "Removed zanzibar",
    }
    assert {life[name].pk for name in ("held", "refused", "withdrawn")} & set(said) == set()
    page = Client().get(f"/discuss/{thread.pk}/").content.decode()
    page = page.replace("Reply to Somebody who has left", "")
    assert page.count("Somebody who has left") == page.count("Deep zanzibar") + page.count("Wordsofroot zanzibar")
    # Votes stand and belong to nobody.
    answer = Comment.objects.get(pk=life["answer"].pk)
    assert (answer.tally.agree, answer.tally.respect) == (1, 1)
    assert list(Vote.objects.filter(comment=answer).values_list("member", flat=True)) == [None]
    assert not Follow.objects.exists()
    assert not Mute.objects.exists()
    assert not Notification.objects.exists()


def test_nobody_can_put_together_what_one_person_said_in_two_discussions(ana, run_jobs):
    one, two, same = make_comment(member=ana), make_comment(member=ana), None
    same = make_comment(thread=one.thread, member=ana)

    leaving.leave(ana, STAY)
    run_jobs()

    writers = {c.pk: c.guest_id for c in Comment.objects.all()}
    assert writers[one.pk] == writers[same.pk] != writers[two.pk]
    assert len({guest.key for guest in Guest.objects.all()}) == 2


def test_letters_go_only_when_asked(ana, run_jobs):
    make_subscriber(make_newsletter(), email=ana.email)

    leaving.leave(ana, Choice(words_go=True, letters_go=False))
    run_jobs()

    assert Subscriber.objects.get().email == "anabel@quill.example"


def test_decisions_stay_and_name_nobody(ana, moderator, run_jobs):
    comment = make_comment(member=ana, state=State.IN_REVIEW)
    decide(comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=make_rule(), note="Please keep to the idea.")

    leaving.leave(ana, STAY)
    leaving.leave(moderator, STAY)
    run_jobs()

    decision = Decision.objects.get()
    assert (decision.rule_text, decision.by, decision.comment_id) == (make_rule().text, None, comment.pk)
    assert decision.note == ""  # it may say anything about a person
    assert Comment.objects.get(pk=comment.pk).body == ""
    assert mail.outbox == []  # nobody was left to be told


def test_killed_in_the_middle_it_goes_on(ana, run_jobs, monkeypatch):
    comments = [make_comment(member=ana, body=f"Number {number} zanzibar") for number in range(6)]
    from comments import erasing

    taken, real = [], erasing._take_name_off

    def dies_at_the_third(thread_id, own):
        if len(taken) == 2:
            taken.append(thread_id)
            raise KeyboardInterrupt
        taken.append(thread_id)
        real(thread_id, own)

    monkeypatch.setattr(erasing, "_take_name_off", dies_at_the_third)
    made = leaving.leave(ana, GO)
    with pytest.raises(KeyboardInterrupt):
        leaving.finish(leaving_id=made.pk)
    assert find_drift() == []
    assert Comment.objects.filter(member=ana).exists()
    Leaving.objects.update(begun_at=timezone.now() - timedelta(hours=3))
    leaving.take_up_again()

    assert has_left(ana)
    assert find_drift() == []
    assert traces_of("zanzibar") == []
    assert Comment.objects.filter(pk__in=[c.pk for c in comments], state=State.WITHDRAWN).count() == 6
    leaving.finish(leaving_id=made.pk)  # once more, for nobody


def test_one_member_who_cannot_be_finished_holds_up_no_other(ana, monkeypatch, caplog):
    stuck, other = leaving.leave(ana, STAY), leaving.leave(make_member(), STAY)
    Leaving.objects.update(begun_at=timezone.now() - timedelta(hours=3))
    ask = leaving.erasers.ask

    def fail(left):
        if left == stuck:
            raise RuntimeError("anabel is stuck")
        ask(left)

    monkeypatch.setattr(leaving.erasers, "ask", fail)
    leaving.take_up_again()

    assert list(Leaving.objects.values_list("pk", flat=True)) == [stuck.pk]
    assert not User.objects.filter(pk=other.member_id).exists()
    assert f"accounts.leaving.finish failed for {stuck.pk}: RuntimeError" in caplog.text
    assert "anabel" not in caplog.text


# --- coming back ----------------------------------------------------------------------------------


def test_who_comes_back_begins_anew_and_nothing_of_the_old_is_theirs(ana, run_jobs, client_of):
    make_comment(member=ana, body="Of the former life.")
    leaving.leave(ana, STAY)
    again = make_member(
        display_name="Anabel Quillfeather", email="anabel@quill.example"
    )  # at once: the address is free
    run_jobs()

    page = client_of(again).get("/discuss/mine/").content.decode()

    assert "Of the former life." not in page
    assert User.objects.filter(pk=again.pk).exists()
    assert again.votes.count() == again.comments.count() == 0


def test_a_banned_member_who_comes_back_is_banned(ana, moderator, run_jobs, client_of):
    ban = Suspension.objects.create(member=ana, kind="ban", rule="No threats.", by=moderator, note="Anabel again!")
    Suspension.objects.create(member=ana, kind="warn", rule="Be kind.", by=moderator)
    leaving.leave(ana, STAY)
    run_jobs()
    again = make_member(email="Anabel@Quill.example")

    answer = client_of(again).post(make_thread().post_url, {"body": "I am new here."})

    assert answer.status_code == 403
    assert "No threats." in answer.content.decode()
    assert [(s.pk, s.note, s.member_id) for s in Suspension.objects.all()] == [(ban.pk, "", None)]
    assert "No threats." in client_of(again).get("/me/").content.decode()


def test_a_suspension_of_a_guest_holds_for_the_account_they_open():
    guest = make_guest(email="gina@example.org")
    from comments.writers import writer_of

    suspension = Suspension.objects.create(
        address_hash=leaving.tokens.fingerprint("address", "gina@example.org"), kind="suspend", rule="No threats."
    )

    assert list(writer_of(make_comment(guest=guest)).in_force) == [suspension]
    assert list(Member(make_member(email="Gina@example.org")).in_force) == [suspension]
    assert list(Member(make_member()).in_force) == []


def test_one_that_is_over_or_was_lifted_leaves_no_mark(ana, run_jobs):
    Suspension.objects.create(member=ana, kind="suspend", rule="R", until=timezone.now() - timedelta(days=1))
    Suspension.objects.create(member=ana, kind="ban", rule="R", lifted_at=timezone.now())

    leaving.leave(ana, STAY)
    run_jobs()

    assert not Suspension.objects.exists()


# --- renaming -------------------------------------------------------------------------------------


def test_whoever_changes_a_name_anywhere_makes_kept_pages_stale(ana):
    member = User.objects.get(pk=ana.pk)
    before = SiteSettings.current().version

    member.bio = "Another line."
    member.save()
    unchanged = SiteSettings.current().version
    member.display_name = "Anabel Q."
    member.save(update_fields=["display_name"])

    assert (unchanged, SiteSettings.current().version) == (before, before + 1)


# --- taking it along ------------------------------------------------------------------------------


def test_all_that_is_known_can_be_taken_along_and_nothing_of_others(ana, anas):
    a_life(ana)
    ana.groups.add(Group.objects.get_or_create(name=Role.WRITER)[0])
    make_subscriber(make_newsletter(), email=ana.email)
    Suspension.objects.create(member=ana, kind="warn", rule="Be kind.", note="Inner note")

    answer = anas.get("/me/data/")

    assert answer["Content-Disposition"].startswith("attachment; filename=")
    known = json.loads(answer.content)
    assert known["account"]["email"] == "anabel@quill.example"
    assert len(known["comments"]) == 7
    assert known["comments"][0]["other_texts"][0]["text"] == "Earlier zanzibar"
    assert {len(known[part]) for part in ("votes", "follows", "muted", "visits", "notifications")} == {1, 2}
    assert known["standing"][0]["rule"] == "Be kind."
    assert len(known["newsletters"]) == 1
    said = answer.content.decode()
    assert "living answer" not in said
    assert "Inner note" not in said
