"""What authors are told of a decision, and what becomes of an appeal when the decision does not hold any more."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from civic.lib.site import SiteSettings
from comments import visibility
from comments.editing import edit_comment
from comments.models import Comment, CommentRevision, HouseRule, Screening
from comments.models.comments import State
from comments.models.spaces import Concern
from moderation.appeals import decide_appeal, open_appeal, settle_all
from moderation.deciding import can_be_undone, decide, keep, undo, words_of
from moderation.desk_letters import watch_appeals
from moderation.errors import AlreadyDecided, AppealTooLate
from moderation.finding import Found, how_found
from moderation.in_force import decision_against, decision_on
from moderation.models import Act, Appeal
from moderation.scope import Scope
from moderation.second_looks import waiting_appeals, waiting_for
from moderation.standing import refuse_and_warn
from tests.conftest import SAME_ORIGIN
from tests.factories import make_comment, make_guest, make_member, make_rule
from tests.moderation.reports import notice, report

pytestmark = pytest.mark.django_db

WHY = "I named no person."
LINKS = "Newer words: https://a.example https://b.example https://c.example"  # more than may go unseen


@pytest.fixture
def second():
    return make_member(display_name="Second Moderator", role=Role.MODERATOR)


def page_of(comment) -> str:
    return f"/discuss/c/{comment.pk}/decision/"


def fresh(comment) -> Comment:
    return Comment.objects.select_related("thread__space", "member", "guest").get(pk=comment.pk)


def refused_edit(moderator, **writer):
    """A public comment whose newer text a moderator has refused, and the decision."""
    comment = make_comment(body="The older words.", **writer)
    edit_comment(fresh(comment), body=LINKS)
    made = decide(fresh(comment), Act.REFUSE_EDIT, by=moderator, seen=State.PUBLIC, rule=make_rule(6))
    return fresh(comment), made


def path_in(letter, after: str) -> str:
    return letter.body.split(after)[1].split()[0].removeprefix("http://testserver")


# --- letter and page ---


def test_a_guests_letter_leads_to_the_page_of_the_decision_and_gives_the_key(moderator, run_jobs):
    comment = make_comment(guest=make_guest(), body="Forty names\nwere lost.")
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(), note="Which names?")
    run_jobs()
    [letter] = mail.outbox
    browser = Client(**SAME_ORIGIN)

    answer = browser.get(path_in(letter, "at no cost:\n"))

    assert answer["Location"] == page_of(comment)
    assert answer["X-Robots-Tag"] == "noindex"
    page = browser.get(answer["Location"]).content.decode()
    assert "Ask for a second look" in page
    for told in (letter.body, letter.alternatives[0].content, page):
        assert "Forty names" in told
        assert "Which names?" in told
        assert "Courts, and bodies that settle such disputes" in told
        assert "a moderator came upon it while reading" in told.lower()
        assert moderator.display_name not in told
    assert "> Forty names\n> were lost." in letter.body
    assert browser.post(page_of(comment), {"text": WHY}).status_code == 303


def test_the_letter_tells_times_by_the_clock_of_the_site(moderator, reader, run_jobs):
    SiteSettings.objects.update_or_create(pk=1, defaults={"zone": "Pacific/Auckland"})
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        comment = make_comment(member=reader)
        decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
        run_jobs()

    for text in (mail.outbox[0].body, mail.outbox[0].alternatives[0].content):
        assert "25 November 2026, 1:00" in text
        assert "Until 9 December 2026, 1:00" in text


def test_a_members_letter_leads_there_by_signing_in(client_of, moderator, reader, run_jobs):
    comment = make_comment(member=reader)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    run_jobs()
    link = path_in(mail.outbox[0], "at no cost:\n")

    assert link == f"/accounts/login/?next={page_of(comment)}"
    assert Client(**SAME_ORIGIN).get(link).status_code == 200
    assert client_of(reader).get(link)["Location"] == page_of(comment)


def test_the_private_link_of_somebody_else_or_a_made_up_one_opens_nothing(moderator):
    comment = make_comment(guest=make_guest())
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    other = make_guest()
    browser = Client(**SAME_ORIGIN)

    assert browser.get(f"/discuss/by-letter/nonsense/{comment.pk}/decision/").status_code == 404
    answer = browser.get(f"/discuss/by-letter/{other.letter_token()}/{comment.pk}/decision/", follow=True)
    assert answer.status_code == 404


@pytest.mark.parametrize(("automatic", "words"), [(True, "A program"), (False, "A person")])
def test_letter_and_page_say_whether_a_person_decided(client_of, moderator, reader, run_jobs, automatic, words):
    comment = make_comment(member=reader)
    rule = make_rule()
    with visibility.locked(comment.thread_id):
        visibility.remove(comment, rule=rule)
        by = None if automatic else moderator
        keep(comment, Act.REMOVE, was=State.PUBLIC, by=by, rule=rule, rule_text=rule.text)
    run_jobs()
    page = client_of(reader).get(page_of(comment)).content.decode()

    [letter] = mail.outbox
    other = {"A program": "A person has read", "A person": "A program has decided"}[words]
    for text in (letter.body, letter.alternatives[0].content):
        assert words in text
        assert other not in text
    assert ("by a program, without a person" in page) is automatic
    assert ("by a person, not by a program" in page) is not automatic


def test_somebody_who_has_left_since_was_a_person_all_the_same(client_of, moderator, reader, run_jobs):
    comment = make_comment(member=reader)
    made = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    type(made).objects.filter(pk=made.pk).update(by=None)

    run_jobs()

    assert "A person decided about it" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("concerns", "words"), [(Concern.ILLEGAL, "against the law that this rule names"), ("", "We do not say")]
)
def test_the_ground_is_the_house_or_the_law(client_of, moderator, reader, run_jobs, concerns, words):
    rule = make_rule()
    HouseRule.objects.filter(pk=rule.pk).update(concerns=concerns)
    comment = make_comment(member=reader)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=rule)
    run_jobs()

    assert words in mail.outbox[0].body
    assert words in client_of(reader).get(page_of(comment)).content.decode()


LAW = "Criminal Code, section 185"


def test_a_removal_on_a_notice_of_illegal_content_names_the_law(client_of, moderator, reader, run_jobs):
    comment = make_comment(member=reader)
    notice(comment)
    desk, rule = client_of(moderator), make_rule()
    page = desk.get(f"/moderation/{comment.pk}/").content.decode()
    assert 'name="law"' in page

    given = {"act": "remove", "seen": State.PUBLIC, "words": words_of(comment), "rule": rule.number, "law": f" {LAW} "}
    assert desk.post(f"/moderation/{comment.pk}/decision/", given).status_code == 303
    run_jobs()

    made = decision_on(fresh(comment))
    assert (made.law, made.rule_text) == (LAW, rule.text)
    [letter] = [letter for letter in mail.outbox if letter.to == [reader.email]]
    for told in (letter.body, letter.alternatives[0].content, client_of(reader).get(page_of(comment)).content.decode()):
        assert LAW in told
        assert rule.text in told
        assert "We take it to be against this law" in told
        assert "Nora" not in told
    assert LAW not in Client().get(comment.thread.get_absolute_url()).content.decode()


def test_whoever_looks_again_reads_which_law_was_named(client_of, moderator, second):
    comment = make_comment()
    made = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(), law=LAW)
    appeal = open_appeal(made, text=WHY)

    assert LAW in client_of(second).get(f"/moderation/appeals/{appeal.pk}/").content.decode()


def test_without_a_notice_the_desk_asks_for_no_law(client_of, moderator):
    comment = make_comment()
    report(comment)

    assert 'name="law"' not in client_of(moderator).get(f"/moderation/{comment.pk}/").content.decode()


def test_what_is_published_is_against_no_law(moderator):
    comment = make_comment(state=State.IN_REVIEW)

    assert decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW, law=LAW).law == ""


def test_a_law_without_end_is_refused_and_kept_in_the_form(client_of, moderator):
    comment = make_comment()
    given = {"act": "remove", "seen": State.PUBLIC, "words": "x", "rule": make_rule().number, "law": "§" * 301}

    answer = client_of(moderator).post(f"/moderation/{comment.pk}/decision/", given)

    assert answer.status_code == 422
    assert "The law has room for 300 characters" in answer.content.decode()
    assert "§" * 301 in answer.content.decode()
    assert fresh(comment).state == State.PUBLIC


def test_undoing_the_return_of_a_comment_brings_its_law_back(moderator):
    comment = make_comment()
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(), law=LAW)
    back = decide(fresh(comment), Act.RESTORE, by=moderator, seen=State.REMOVED)

    assert undo(back, by=moderator).law == LAW


def test_with_a_warning_the_law_is_told_in_the_same_letter(moderator, reader, run_jobs):
    comment = make_comment(member=reader)
    refuse_and_warn(comment, by=moderator, rule=make_rule(), law=LAW, seen=State.PUBLIC)
    run_jobs()

    [letter] = mail.outbox
    assert LAW in letter.body
    assert LAW in letter.alternatives[0].content


@pytest.mark.parametrize(
    ("rule", "found"), [("links", Found.PROGRAM), ("newcomer", Found.READ_FIRST), ("space", Found.READ_FIRST)]
)
def test_what_screening_held_was_found_by_a_program_if_it_was_for_its_words(moderator, rule, found):
    comment = make_comment(state=State.IN_REVIEW)
    Screening.objects.create(comment=comment, outcome="hold", rule=rule)
    made = decide(comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=make_rule())

    assert how_found(made) == found


@pytest.mark.parametrize(("by_program", "found"), [(True, Found.READERS), (False, Found.PERSON)])
def test_what_was_taken_into_review_was_found_by_whoever_did_that(moderator, by_program, found):
    comment = make_comment()
    with visibility.locked(comment.thread_id):
        visibility.hold(comment)
        keep(comment, Act.HOLD, was=State.PUBLIC, by=None if by_program else moderator)
    made = decide(fresh(comment), Act.REMOVE, by=moderator, seen=State.IN_REVIEW, rule=make_rule())

    assert how_found(made) == found


def test_what_readers_had_reported_was_found_by_them(moderator):
    comment = make_comment()
    report(comment)
    first = decide(fresh(comment), Act.KEEP, by=moderator, seen=State.PUBLIC)
    again = decide(fresh(comment), Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    other = make_comment()
    notice(other)
    removed = decide(fresh(other), Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    undo(decide(fresh(other), Act.RESTORE, by=moderator, seen=State.REMOVED), by=moderator)

    assert how_found(first) == Found.READERS
    assert how_found(again) == Found.PERSON  # that report had been answered
    assert how_found(removed) == Found.READERS


def test_of_a_newer_text_readers_know_nothing(moderator, reader):
    comment = make_comment(member=reader)
    report(comment)
    edit_comment(fresh(comment), body=LINKS)
    made = decide(fresh(comment), Act.REFUSE_EDIT, by=moderator, seen=State.PUBLIC, rule=make_rule(6))

    assert how_found(made) == Found.PROGRAM


def test_the_author_hears_that_the_appeal_has_arrived(moderator, reader, run_jobs):
    comment = make_comment(member=reader)
    made = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    run_jobs()
    mail.outbox.clear()

    open_appeal(made, text=WHY)
    run_jobs()

    [letter] = mail.outbox
    assert letter.to == [reader.email]
    assert "We have your request for a second look" in letter.subject
    assert page_of(comment) in letter.body


# --- edits ---


def test_a_refused_edit_is_explained_and_can_be_appealed_against(client_of, moderator, reader, run_jobs):
    comment, made = refused_edit(moderator, member=reader)
    run_jobs()
    author = client_of(reader)
    assert page_of(comment) in author.get(comment.get_absolute_url()).content.decode()
    page = author.get(page_of(comment)).content.decode()
    assert "Newer words" in page
    assert "The older words." not in page
    assert "Newer words" in mail.outbox[-1].body

    assert author.post(page_of(comment), {"text": WHY}).status_code == 303
    assert author.post(page_of(comment), {"text": WHY}).status_code == 409
    assert Appeal.objects.get().decision == made


def test_the_refused_edit_takes_its_place_when_somebody_else_finds_so(client_of, moderator, second, reader, run_jobs):
    comment, made = refused_edit(moderator, member=reader)
    appeal = open_appeal(made, text=WHY)
    desk = client_of(second)
    assert "Newer words" in desk.get(f"/moderation/appeals/{appeal.pk}/").content.decode()
    run_jobs()
    mail.outbox.clear()

    assert desk.post(f"/moderation/appeals/{appeal.pk}/", {"overturn": "yes", "note": "Fine."}).status_code == 303
    run_jobs()

    assert fresh(comment).body == LINKS
    assert comment.revisions.get().state == CommentRevision.State.REPLACED
    assert Appeal.objects.get().state == Appeal.State.OVERTURNED
    [letter] = mail.outbox
    assert "Your newer text is public" in letter.subject
    latest = type(made).objects.about(comment).first()
    assert (latest.act, latest.by) == (Act.PUBLISH_EDIT, second)
    assert not can_be_undone(latest, fresh(comment))


def test_the_older_text_stands_when_somebody_else_finds_so(moderator, second, reader):
    comment, made = refused_edit(moderator, member=reader)

    decide_appeal(open_appeal(made, text=WHY), by=second, overturn=False)

    assert fresh(comment).body == "The older words."
    assert Appeal.objects.get().state == Appeal.State.UPHELD


@pytest.mark.parametrize("how", ["another edit", "another waiting edit", "removed", "withdrawn"])
def test_an_appeal_about_an_edit_is_overtaken_when_the_comment_changes(moderator, second, reader, how):
    comment, made = refused_edit(moderator, member=reader)
    appeal = open_appeal(made, text=WHY)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        if how == "another edit":
            edit_comment(fresh(comment), body="Harmless words.")
        elif how == "another waiting edit":
            edit_comment(fresh(comment), body=LINKS + " again")
        elif how == "removed":
            decide(fresh(comment), Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
        else:
            visibility.withdraw(comment)
        settle_all()

    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OVERTAKEN
    assert list(waiting_appeals()) == []
    with pytest.raises(AlreadyDecided):
        decide_appeal(appeal, by=second, overturn=True)


# --- overtaken, and back in force ---


def test_an_appeal_is_overtaken_by_the_undoing_at_once(moderator):
    comment = make_comment(state=State.IN_REVIEW)
    made = decide(comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=make_rule())
    appeal = open_appeal(made, text=WHY)

    undo(made, by=moderator)

    appeal.refresh_from_db()
    assert (appeal.state, appeal.decided_by) == (Appeal.State.OVERTAKEN, None)
    assert appeal.decided_at is not None


def test_an_appeal_waits_again_when_what_overtook_it_was_a_slip(moderator, second):
    comment = make_comment()
    made = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    appeal = open_appeal(made, text=WHY)
    slip = decide(fresh(comment), Act.RESTORE, by=moderator, seen=State.REMOVED)
    assert list(waiting_for(Scope.of(second))) == []

    undo(slip, by=moderator)

    assert list(waiting_for(Scope.of(second))) == [appeal]
    assert decision_on(fresh(comment)) == made
    decide_appeal(appeal, by=second, overturn=True)
    assert fresh(comment).state == State.PUBLIC


def test_what_comes_into_force_again_can_be_appealed_against_from_then_on(moderator):
    comment = make_comment()
    made = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        with pytest.raises(AppealTooLate):
            open_appeal(made, text=WHY)
        restored = decide(fresh(comment), Act.RESTORE, by=moderator, seen=State.REMOVED)
        undo(restored, by=moderator)

        assert open_appeal(decision_against(fresh(comment)), text=WHY).decision == made


# --- moderators hear of it ---


def test_moderators_hear_of_an_appeal_but_not_who_decided_or_wrote(moderator, second, run_jobs):
    writer = make_member(display_name="Moderator who writes", role=Role.MODERATOR)
    comment = make_comment(member=writer)
    made = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    open_appeal(made, text=WHY)
    run_jobs()
    mail.outbox.clear()

    for _ in range(2):
        watch_appeals()
        run_jobs()

    [letter] = mail.outbox
    assert letter.to == [second.email]
    assert "/moderation/appeals/" in letter.body
    assert WHY not in letter.body


def test_one_letter_an_hour_tells_of_all_appeals(moderator, second, run_jobs):
    def another():
        comment = make_comment(guest=make_guest(confirmed=False))
        open_appeal(decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule()), text=WHY)

    def letters_at(minutes: int) -> int:
        mail.outbox.clear()
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            watch_appeals()
            run_jobs()
        return len(mail.outbox)

    start = timezone.now()
    another()
    assert letters_at(0) == 1
    another()
    assert letters_at(1) == letters_at(59) == 0
    assert letters_at(61) == 1
    assert "2 appeals wait" in mail.outbox[0].body
    assert letters_at(180) == 0
