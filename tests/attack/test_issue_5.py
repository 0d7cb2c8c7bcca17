"""Attacks on what learns, on policies and on their pages: what a fresh reviewer found in issue 5."""

import json
import random
import zlib
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Permission

from accounts.roles import Role
from civic.lib.site import SiteSettings
from comments.erasing import forget_writer
from comments.models import PhraseList, ScoringModel, Screening, Space
from moderation.deciding import decide
from moderation.honesty import Said, why_off
from moderation.models import Act, PolicyTrial
from moderation.policies import Meanwhile, in_force, save_version
from moderation.replaying import begin_trial, replay
from moderation.versions import adopt, switch_off, use
from screening.model import Head, Model, Unreadable, prior
from screening.model.features import BUCKETS
from tests.factories import make_comment, make_member, make_rule

pytestmark = pytest.mark.django_db
TYPED = "application/x-www-form-urlencoded"
NUMBERS = {"metrics": {}, "decisions": 100, "taken_down": 20}


@pytest.fixture
def space():
    return Space.default()


@pytest.fixture
def chief():
    member = make_member(display_name="Chris Chief", role=Role.MODERATOR)
    names = ("change_space", "change_phraselist")
    member.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return member


def version() -> ScoringModel:
    return adopt(prior().heads["spam"], **NUMBERS)


def test_what_a_person_switched_off_stays_off_when_that_person_leaves(moderator):
    version()
    switch_off("spam", by=moderator)
    moderator.delete()

    assert not ScoringModel.objects.current().get(head="spam").is_off_by_itself
    assert version().is_off


def test_what_a_person_switched_off_is_not_said_to_have_done_so_itself(moderator):
    version()
    switch_off("spam", by=moderator)

    switch_off("spam", by=None, note="It drifted, said a check that had begun before.")

    assert ScoringModel.objects.current().get(head="spam").set_by == moderator


def test_what_a_person_chose_while_it_was_judged_is_not_switched_off(moderator):
    judged = version()
    use("spam", 0, by=moderator)

    switch_off("spam", by=None, note="It drifted.", judged=judged)

    assert ScoringModel.objects.current().get(head="spam").state == "in_use"


def test_saving_again_after_an_unseen_change_works(space, chief):
    base = in_force(space.pk).pk
    Space.objects.filter(pk=space.pk).update(thresholds={"links": 0.9})  # as by a script
    policy = {"name": "Mine", "by": chief, "thresholds": {}, "phrases": ""}

    with pytest.raises(Meanwhile) as meanwhile:
        save_version(space.pk, base=base, **policy)

    assert save_version(space.pk, base=meanwhile.value.version.pk, **policy).name == "Mine"


def test_phrases_of_a_space_are_saved_whatever_lists_are_called(space, chief):
    PhraseList.objects.create(name=f"{space.name[:40]} ({space.pk})", phrases="lamps")  # once of this space

    save_version(space.pk, name="Mine", by=chief, thresholds={}, phrases="casino", base=in_force(space.pk).pk)

    assert PhraseList.objects.get(space=space).phrases == "casino"


def test_a_trial_holds_nothing_that_the_model_did_not_notice(space, chief):
    comment = make_comment(body="A thought.")
    signal = {"rule": "spam", "score": 0.2, "evidence": "", "span": None, "words": [], "likely": None, "noticed": False}
    Screening.objects.create(comment=comment, outcome="publish", signals=[signal])

    trial = begin_trial(space, by=chief, base=in_force(space.pk), thresholds={"spam": 0.1}, phrases="")
    replay(trial.pk)

    assert PolicyTrial.objects.get(pk=trial.pk).result["newly_held"] == []


def seen_by_the_model(**fields):
    signal = {
        "rule": "spam",
        "score": 0.9,
        "evidence": "a moderator reads it first",
        "span": None,
        "words": ["“lamps”"],
    }
    signal |= {"likely": 0.87, "model": "spam 1", "noticed": True}
    comment = make_comment(body="Buy my lamps.", **fields)
    Screening.objects.create(comment=comment, outcome="hold", rule="spam", reasons=["x"], signals=[signal])
    return comment


@pytest.mark.parametrize("address", ["/moderation/", "/moderation/many/", "/moderation/{pk}/"])
@pytest.mark.parametrize("blind", [True, False])
def test_who_decides_blind_cannot_narrow_a_list_to_what_the_model_noticed(client_of, moderator, blind, address):
    seen = seen_by_the_model(state="in_review")
    make_comment(body="Good evening.", state="in_review")
    SiteSettings.objects.update_or_create(pk=SiteSettings.current().pk, defaults={"decides_blind": blind})

    page = client_of(moderator).get(address.format(pk=seen.pk), {"signal": "spam"})

    words = page.content.decode()
    assert len(page.context["queue"].pks) == (2 if blind else 1)
    assert ("Like spam" in words, "87 of 100" in words) == (not blind and "many" not in address,) * 2
    assert b"Nothing was noticed" not in page.content


def test_who_decides_blind_sees_what_the_model_says_once_it_is_decided(client_of, moderator):
    SiteSettings.objects.update_or_create(pk=SiteSettings.current().pk, defaults={"decides_blind": True})
    held, public = seen_by_the_model(state="in_review"), seen_by_the_model()
    client = client_of(moderator)

    def is_shown(comment) -> bool:
        return "87 of 100" in client.get(f"/moderation/{comment.pk}/").content.decode()

    assert [is_shown(comment) for comment in (held, public)] == [False, False]
    decide(held, Act.PUBLISH, by=moderator, seen="in_review")
    decide(public, Act.REMOVE, by=moderator, seen="public", rule=make_rule())
    assert [is_shown(comment) for comment in (held, public)] == [True, True]


@pytest.mark.parametrize(
    "body", ["%ED%A0%80 text", "a%00b", quote("👍"), quote("👍" * 500), quote("\u200b" * 20) + "x", "z" * 100_000]
)
def test_any_text_is_answered_and_kept_or_refused_in_words(client_of, reader, body):
    thread = make_comment(member=reader).thread

    answer = client_of(reader).post(thread.post_url, f"body={body}", content_type=TYPED)

    assert answer.status_code == (422 if len(body) > 20_000 else 303)


def test_who_is_right_about_what_is_uncertain_is_not_switched_off_by_chance():
    dice = random.Random(5)

    def said() -> Said:
        share = dice.uniform(0.2, 0.6)
        return Said(0.1, share, False, dice.random() < share, None)

    assert not any(why_off([said() for _ in range(200)]) for _ in range(300))


def test_who_lies_twenty_points_off_is_switched_off_all_the_same():
    dice = random.Random(5)

    def said() -> Said:
        share = dice.uniform(0.2, 0.8)
        return Said(0.1, share, False, dice.random() < share - 0.2, None)

    assert sum(bool(why_off([said() for _ in range(200)])) for _ in range(100)) > 90


HARMLESS = [("calibration", None), ("calibration", []), ("calibration", {}), ("about", {}), ("name", "abc")]
HEADER, _, _ = zlib.decompress(prior().heads["spam"].to_bytes()).partition(b"\n")


@pytest.mark.parametrize("wrong", [None, "abc", [], [1], {}, float("nan"), float("inf"), True])
@pytest.mark.parametrize("field", ["name", "scale", "facts", "bias", "medium", "high", "calibration", "about"])
def test_a_head_is_sound_or_unreadable(field, wrong):
    header = json.dumps(json.loads(HEADER) | {field: wrong}).encode()
    try:
        head = Head.from_bytes(zlib.compress(header + b"\n" + bytes(2 * BUCKETS)))
    except Unreadable:
        return
    assert (field, wrong) in HARMLESS
    assert Model({"spam": head}, "any").read("Buy my lamps at https://lamps.example today.")


@pytest.mark.parametrize("header", [b'"abc"', b"1", b"null", b"[" * 100_000, b'{"format": 1}'])
def test_bytes_that_are_no_header_are_unreadable(header):
    with pytest.raises(Unreadable):
        Head.from_bytes(zlib.compress(header + b"\n" + bytes(2 * BUCKETS)))


@pytest.mark.parametrize("share", [0, 1])
def test_nobody_learns_from_what_is_asked_which_texts_the_model_looks_at(client_of, reader, monkeypatch, share):
    monkeypatch.setattr("comments.drafts.CONTROL_SHARE", share)
    thread = make_comment(member=reader).thread

    answer = client_of(reader).post(thread.post_url, {"asks": "yes", "body": "You are an idiot and a stupid liar."})

    assert answer.status_code == 422
    assert "heard as harsher" in answer.content.decode()


def test_comments_of_somebody_who_left_are_not_known_again_by_what_was_known_of_them(reader):
    comment = make_comment(member=reader)
    said = {"rule": "spam", "score": 0.1, "evidence": "", "span": None, "noticed": False}
    link = {"rule": "links", "score": 0.2, "evidence": "a link", "span": None}
    Screening.objects.create(comment=comment, outcome="publish", signals=[said | {"writer": [17, 3]}, link])
    Screening.objects.create(comment=comment, outcome="publish", signals=[])

    forget_writer({"member_id": reader.pk}, words_go=False)

    assert [seen.signals for seen in Screening.objects.order_by("pk")] == [[said, link], []]
