"""Refused and removed words are erased in time, never too early, and what was decided stays."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import leaving
from accounts.exporting import everything_about
from accounts.roles import Role
from comments import housekeeping, visibility
from comments.counting import find_drift
from comments.editing import edit_comment
from comments.models import Comment, CommentOrigin, CommentRevision, Screening, Space
from comments.models.comments import State
from moderation import retention
from moderation.appeals import open_appeal
from moderation.deciding import acts_for, can_be_undone, decide
from moderation.errors import AlreadyDecided, NothingToKeep
from moderation.keeping import keep_evidence, let_go
from moderation.models import Act, Appeal, Decision, EvidenceHold
from moderation.retention import erase_refused
from tests.factories import make_comment, make_guest, make_member, make_rule

pytestmark = pytest.mark.django_db

LINKS = "Newer words: https://a.example https://b.example https://c.example"  # more than may go unseen
KEPT = timedelta(days=settings.REFUSED_TEXT_DAYS)


def after(days: float):
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=False)


def fresh(comment) -> Comment:
    return Comment.objects.select_related("thread__space", "member", "guest").get(pk=comment.pk)


def refused(moderator, **fields) -> Comment:
    comment = make_comment(state=State.IN_REVIEW, **fields)
    decide(comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=make_rule())
    return fresh(comment)


def removed(moderator, **fields) -> Comment:
    comment = make_comment(**fields)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    return fresh(comment)


def words() -> list[str]:
    return list(Comment.objects.order_by("pk").values_list("body", flat=True))


# --- what goes, and when ---


@pytest.mark.parametrize("how", [refused, removed])
def test_the_words_go_after_their_time_and_not_before(moderator, how):
    comment = how(moderator, body="Dreadful words.")
    Screening.objects.create(comment=comment, outcome="hold", rule="phrase", reasons=["“dreadful”"], signals=[{"a": 1}])
    CommentRevision.objects.create(comment=comment, body="Before.", body_html="", state=CommentRevision.State.REPLACED)
    before = list(Decision.objects.values())
    with after(settings.REFUSED_TEXT_DAYS - 0.01):
        erase_refused()
    assert words() == ["Dreadful words."]

    with after(settings.REFUSED_TEXT_DAYS + 0.01):
        erase_refused()
        erase_refused()

    comment = fresh(comment)
    assert (comment.body, comment.body_html, comment.is_erased) == ("", "", True)
    assert comment.gone_rule == make_rule()
    assert not CommentRevision.objects.exists()
    seen = Screening.objects.get()
    assert (seen.outcome, seen.rule, seen.reasons, seen.signals) == ("hold", "phrase", [], [])
    assert list(Decision.objects.values()) == before
    assert find_drift() == []


def test_what_is_public_or_waits_stays(moderator):
    removed(moderator, body="Back again.")
    comment = Comment.objects.get()
    decide(comment, Act.RESTORE, by=moderator, seen=State.REMOVED)
    make_comment(body="Public.")
    make_comment(body="Waits.", state=State.IN_REVIEW)

    with after(1000):
        erase_refused()

    assert words() == ["Back again.", "Public.", "Waits."]


def test_the_time_runs_from_the_last_decision(moderator):
    comment = removed(moderator, body="Words.")
    with after(100):
        decide(comment, Act.RESTORE, by=moderator, seen=State.REMOVED)
        decide(fresh(comment), Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    with after(settings.REFUSED_TEXT_DAYS + 50):
        erase_refused()
        assert words() == ["Words."]
    with after(settings.REFUSED_TEXT_DAYS + 101):
        erase_refused()
        assert words() == [""]


def test_what_came_gone_from_another_system_is_counted_from_its_writing():
    make_comment(state=State.REMOVED, body="Imported.")

    with after(settings.REFUSED_TEXT_DAYS + 1):
        erase_refused()

    assert words() == [""]


def test_an_open_appeal_waits_and_a_decided_one_goes_with_the_words(moderator):
    comment = removed(moderator, body="Words.")
    appeal = open_appeal(Decision.objects.get(), text="I quote: Words.")
    with after(1000):
        erase_refused()
    assert words() == ["Words."]

    Appeal.objects.filter(pk=appeal.pk).update(state=Appeal.State.UPHELD, note="“Words” is enough.")
    with after(1000):
        erase_refused()

    appeal.refresh_from_db()
    assert fresh(comment).is_erased
    assert (appeal.text, appeal.note, appeal.state) == ("", "", Appeal.State.UPHELD)


def test_a_refused_edit_goes_and_the_public_text_stays(moderator, reader):
    comment = make_comment(member=reader, body="What stands.")
    edit_comment(fresh(comment), body=LINKS)
    made = decide(fresh(comment), Act.REFUSE_EDIT, by=moderator, seen=State.PUBLIC, rule=make_rule())
    assert "a.example" in str(Screening.objects.latest().signals) or Screening.objects.latest().reasons
    with after(settings.REFUSED_TEXT_DAYS - 0.01):
        erase_refused()
    assert CommentRevision.objects.refused().exists()

    with after(settings.REFUSED_TEXT_DAYS + 0.01):
        appeal = Appeal.objects.create(decision=made, text="Wait.")
        erase_refused()
        assert CommentRevision.objects.refused().exists()
        appeal.delete()
        erase_refused()

    assert not CommentRevision.objects.exists()
    assert words() == ["What stands."]
    assert Screening.objects.latest().reasons == []


# --- safe ---


def test_killed_half_way_it_goes_on_where_it_was(moderator, monkeypatch):
    for _ in range(4):
        removed(moderator, body="Words.")
    calls = []

    def dies(ids):
        calls.append(ids)
        if len(calls) == 3:
            raise SystemExit
        erase_words(ids)

    erase_words = retention.erase_words
    monkeypatch.setattr(retention, "erase_words", dies)
    with after(1000):
        with pytest.raises(SystemExit):
            erase_refused()
        assert sorted(words()) == ["", "", "Words.", "Words."]
        erase_refused()

    assert words() == [""] * 4
    assert Decision.objects.count() == 4
    assert find_drift() == []


def test_many_in_one_thread_are_erased_in_batches(moderator, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    thread = make_comment().thread
    for _ in range(5):
        removed(moderator, body="Words.", thread=thread)

    with after(1000):
        erase_refused()

    assert words() == ["A thought."] + [""] * 5


def test_what_was_put_back_meanwhile_is_not_erased(moderator, monkeypatch):
    comment = removed(moderator, body="Words.")
    found = retention._threads

    def slowly(ids):
        threads = found(ids)
        if threads:
            decide(fresh(comment), Act.RESTORE, by=moderator, seen=State.REMOVED)
        return threads

    monkeypatch.setattr(retention, "_threads", slowly)
    with after(1000):
        erase_refused()

    assert words() == ["Words."]


def test_what_was_erased_cannot_come_back_empty(moderator):
    comment = removed(moderator)
    with after(1000):
        erase_refused()

    assert acts_for(fresh(comment)) == []
    assert not can_be_undone(Decision.objects.get(), fresh(comment))
    with pytest.raises(AlreadyDecided):
        decide(fresh(comment), Act.RESTORE, by=moderator, seen=State.REMOVED)


def test_its_author_is_told_that_the_words_are_erased(client_of, moderator, reader):
    comment = removed(moderator, member=reader, body="Dreadful words.")
    with after(1000):
        erase_refused()
    author = client_of(reader)

    for address in (comment.get_absolute_url(), f"/discuss/c/{comment.pk}/decision/", "/discuss/mine/"):
        page = author.get(address).content.decode()
        assert "words have been erased" in page
        assert "Dreadful" not in page
    assert make_rule().text in author.get(f"/discuss/c/{comment.pk}/decision/").content.decode()
    desk = client_of(moderator).get(f"/moderation/{comment.pk}/").content.decode()
    assert "The words have been erased." in desk


def test_origins_are_forgotten_after_thirty_days(moderator):
    assert settings.COMMENT_ORIGIN_DAYS == 30
    for days in (29, 31):
        comment = make_comment()
        CommentOrigin.objects.create(
            comment=comment, prefix_hash=b"x" * 16, made_at=timezone.now() - timedelta(days=days)
        )
    kept = CommentOrigin.objects.earliest("pk").pk

    housekeeping.forget_origins()
    housekeeping.forget_origins()

    assert [origin.pk for origin in CommentOrigin.objects.all()] == [kept]


# --- evidence ---


def test_what_is_kept_as_evidence_is_not_erased_until_it_is_let_go(moderator):
    comment = removed(moderator, body="A threat.")
    hold = keep_evidence(comment, by=moderator, why="File 12", days=1095)
    with after(1000):
        erase_refused()
        assert words() == ["A threat."]

        let_go(hold, by=moderator)
        let_go(hold, by=moderator)
        erase_refused()

    hold.refresh_from_db()
    assert (hold.lifted_by, fresh(comment).kept_until) == (moderator, None)
    assert words() == [""]


def test_evidence_ends_by_itself(moderator):
    comment = removed(moderator, body="A threat.")
    keep_evidence(comment, by=moderator, why="File 12", days=365)
    with after(364):
        erase_refused()
        assert words() == ["A threat."]
    with after(366):
        erase_refused()
        assert words() == [""]


def test_neither_withdrawing_nor_leaving_erases_evidence(moderator, reader, run_jobs):
    threat = make_comment(member=reader, body="A threat.")
    other = make_comment(member=reader, body="Harmless.")
    held = make_comment(member=reader, body="Another threat.", state=State.IN_REVIEW)
    edit_comment(fresh(threat), body="A threat, in other words.")
    for comment in (threat, held):
        keep_evidence(comment, by=moderator, why="File 12", days=1095)
    visibility.withdraw(threat)
    with after(60):
        housekeeping.erase_withdrawn()
    assert fresh(threat).body == "A threat, in other words."

    leaving.leave(reader, leaving.Choice(words_go=True, letters_go=True))
    run_jobs()

    assert [fresh(comment).body for comment in (threat, other, held)] == [
        "A threat, in other words.",
        "",
        "Another threat.",
    ]
    assert [text.body for text in threat.revisions.all()] == ["A threat."]
    assert {fresh(comment).writer_name for comment in (threat, held)} == {"Somebody who has left"}
    with after(1200):
        housekeeping.erase_withdrawn()
        assert not Comment.objects.exclude(body="").exists()
        assert not CommentRevision.objects.exists()


def test_a_refused_edit_that_is_evidence_stays(moderator, reader):
    comment = make_comment(member=reader)
    edit_comment(fresh(comment), body=LINKS)
    decide(fresh(comment), Act.REFUSE_EDIT, by=moderator, seen=State.PUBLIC, rule=make_rule())
    keep_evidence(fresh(comment), by=moderator, why="File 12", days=1095)

    with after(1000):
        erase_refused()

    assert CommentRevision.objects.refused().exists()


def test_keeping_again_takes_the_place_of_the_first(moderator):
    comment = removed(moderator)
    keep_evidence(comment, by=moderator, why="File 12", days=90)
    second = keep_evidence(comment, by=moderator, why="File 12, the court asks", days=1095)

    assert list(EvidenceHold.objects.standing()) == [second]
    assert fresh(comment).kept_until == second.until


def test_what_is_erased_cannot_be_kept(client_of, moderator):
    comment = removed(moderator)
    with after(1000):
        erase_refused()

    with pytest.raises(NothingToKeep):
        keep_evidence(comment, by=moderator, why="File 12", days=90)
    answer = client_of(moderator).post(f"/moderation/{comment.pk}/evidence/", {"why": "File 12", "days": "90"})
    assert answer.status_code == 409
    assert "File 12" in answer.content.decode()


def test_evidence_is_kept_listed_and_let_go_from_the_desk(client_of, moderator):
    comment = removed(moderator, body="A threat.")
    desk = client_of(moderator)
    case = desk.get(f"/moderation/{comment.pk}/").content.decode()
    assert f'action="/moderation/{comment.pk}/evidence/"' in case

    assert desk.post(f"/moderation/{comment.pk}/evidence/", {"why": " ", "days": "90"}).status_code == 422
    assert desk.post(f"/moderation/{comment.pk}/evidence/", {"why": "File 12", "days": "7"}).status_code == 422
    answer = desk.post(f"/moderation/{comment.pk}/evidence/", {"why": "File 12", "days": "90"})

    assert (answer.status_code, answer["Location"]) == (303, "/moderation/evidence/?saved=1")
    page = desk.get("/moderation/evidence/").content.decode()
    assert "File 12" in page
    assert "A threat." in page
    assert "Kept as evidence until" in desk.get(f"/moderation/{comment.pk}/").content.decode()
    hold = EvidenceHold.objects.get()
    assert desk.post(f"/moderation/evidence/{hold.pk}/end/").status_code == 303
    assert desk.post(f"/moderation/evidence/{hold.pk}/end/").status_code == 404
    assert "Nothing is kept" in desk.get("/moderation/evidence/").content.decode()


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR])
def test_evidence_is_for_moderators(client_of, visitor_client, moderator, role):
    comment = removed(moderator)
    hold = keep_evidence(comment, by=moderator, why="File 12", days=90)
    somebody = client_of(make_member(role=role))
    for address in ("/moderation/evidence/", f"/moderation/{comment.pk}/evidence/"):
        assert somebody.get(address).status_code == 403
        assert visitor_client.get(address)["Location"].startswith("/accounts/login/")
    for address in (f"/moderation/{comment.pk}/evidence/", f"/moderation/evidence/{hold.pk}/end/"):
        assert somebody.post(address, {"why": "Mine", "days": "90"}).status_code == 403
    assert list(EvidenceHold.objects.standing()) == [hold]


def test_whoever_looks_after_some_spaces_sees_the_evidence_of_these(client_of, moderator):
    elsewhere = Space.objects.create(name="Elsewhere")
    elsewhere.moderators.add(moderator)
    comment = removed(moderator, body="A threat.")
    hold = keep_evidence(comment, by=make_member(role=Role.ADMIN), why="File 12", days=90)
    desk = client_of(moderator)

    assert "A threat." not in desk.get("/moderation/evidence/").content.decode()
    assert desk.post(f"/moderation/{comment.pk}/evidence/", {"why": "Mine", "days": "90"}).status_code == 404
    assert desk.post(f"/moderation/evidence/{hold.pk}/end/").status_code == 404
    assert len(desk.get("/moderation/statements.csv").getvalue().decode().splitlines()) == 1

    elsewhere.threads.add(comment.thread)
    assert "A threat." in desk.get("/moderation/evidence/").content.decode()
    assert len(desk.get("/moderation/statements.csv").getvalue().decode().splitlines()) == 2


def test_why_it_is_kept_reaches_no_author(client_of, moderator, reader, run_jobs):
    comment = removed(moderator, member=reader, body="A threat.")
    keep_evidence(comment, by=moderator, why="Suspicious-looking", days=90)
    author = client_of(reader)

    for address in (comment.get_absolute_url(), f"/discuss/c/{comment.pk}/decision/", "/discuss/mine/", "/me/data/"):
        assert "Suspicious" not in author.get(address).content.decode()
    assert "Suspicious" not in str(everything_about(reader))


def test_one_hold_or_thirty_cost_the_same_queries(client_of, moderator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client_of(moderator).get("/moderation/evidence/").status_code == 200
        return len(seen)

    def keep_one():
        writer = {"guest": make_guest()} if EvidenceHold.objects.count() % 2 else {"member": make_member()}
        keep_evidence(make_comment(**writer), by=moderator, why="File 12", days=90)

    keep_one()
    queries()
    one = queries()
    for _ in range(29):
        keep_one()
    assert queries() == one


def test_what_a_moderator_wrote_with_a_decision_goes_when_its_author_leaves_and_the_rule_stays(
    reader, other_reader, moderator, run_jobs
):
    gone, other = make_comment(member=reader), make_comment(member=other_reader)
    for comment in (gone, other):
        decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(), note="You named your neighbour.")
    run_jobs()

    leaving.leave(reader, leaving.Choice(words_go=False, letters_go=True))
    run_jobs()

    kept = Decision.objects.get(comment=gone)
    assert (kept.note, kept.rule_text) == ("", make_rule().text)
    assert Decision.objects.get(comment=other).note == "You named your neighbour."


def test_what_a_moderator_wrote_with_a_decision_goes_with_the_words(reader, moderator):
    comment = make_comment(member=reader)
    with after(-settings.REFUSED_TEXT_DAYS - 1):
        decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(), note="You named your neighbour.")

    erase_refused()

    comment.refresh_from_db()
    assert comment.body == ""
    assert Decision.objects.get(comment=comment).note == ""
