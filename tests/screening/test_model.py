"""The model of spam and incivility: what it reads, what it is blind to, and that no score ever refuses anybody."""

import random
import subprocess
import sys
from dataclasses import replace

import pytest

import screening
from screening import Draft, Policy, Trust, screen
from screening.model import Head, Unreadable, prior
from screening.model.features import READ_FIRST, features_of
from screening.model.mistyping import mistyped
from screening.model.people import GROUP, is_group

SPAM = [
    "Check out my new channel and subscribe please!",
    "Earn $500 a day from home, click here: http://get-rich.example",
    "Schaut mal auf meinem Kanal vorbei und abonniert mich bitte!",
    "Kostenlos Geld verdienen, klickt hier: www.reich.example",
]
HARMLESS = [
    "Thank you for this careful report about the bridge.",
    "The council voted otherwise last year, as far as I remember.",
    "Die Stadt sollte endlich mehr Radwege bauen.",
    "It stands in the minutes: https://larkford.example/minutes",
]
RUDE = ["You are a complete idiot and should shut up.", "What a stupid, pathetic liar you are."]
DISGUISES = {
    "leetspeak": lambda text: text.translate(str.maketrans("aeios", "43105")),
    "unseen signs": lambda text: "\u200b".join(text),
    "Cyrillic": lambda text: text.translate(str.maketrans("aeopc", "аеорс")),
    "dots": lambda text: " ".join(".".join(word) if len(word) > 3 else word for word in text.split()),
    "full width": lambda text: text.translate({sign: sign + 0xFEE0 for sign in range(33, 127)}),
    "stretched": lambda text: "".join(sign * 3 if sign in "aeiou" else sign for sign in text),
    "pictures within": lambda text: " ".join(f"{w[:2]}🔥{w[2:]}" if len(w) > 3 else w for w in text.split()),
    "brackets": lambda text: " ".join(f"{w[0]}({w[1:-1]}){w[-1]}" if len(w) > 3 else w for w in text.split()),
    "struck through": lambda text: "".join(sign + "\u0336" for sign in text),
}
SAID_OF_PEOPLE = (
    "I am a {} person.",
    "Our neighbours are {} and we get along well.",
    "{} people have lived in this town for ages.",
    "The {} families met the council on Tuesday.",
)


def scores(head: str, texts: list[str]) -> list[float]:
    return [found[head] for found in screening.score(texts)]


def test_both_questions_are_answered_between_nothing_and_one():
    found = screening.score([*SPAM, *RUDE, *HARMLESS, "", "\ud800", "🙂", "x" * 100_000])

    assert all(set(one) == {"spam", "incivility"} for one in found)
    assert all(0 <= value <= 1 for one in found for value in one.values())
    assert screening.score([]) == []


def test_spam_in_english_and_german_stands_above_all_that_is_harmless():
    assert min(scores("spam", SPAM)) > max(scores("spam", [*HARMLESS, *RUDE]))


def test_insults_stand_above_all_that_is_harmless():
    assert min(scores("incivility", RUDE)) > max(scores("incivility", HARMLESS))


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_hides_little(disguise):
    worn = list(map(DISGUISES[disguise], RUDE))

    assert min(scores("incivility", worn)) > max(scores("incivility", HARMLESS))


@pytest.mark.parametrize(
    "text", ["Chekc out my new chnanel and subcribe please!", "Ch*ck out my new channel and subscrbe pleasse!"]
)
def test_an_advertisement_that_is_mistyped_is_still_one(text):
    assert scores("spam", [text])[0] > max(scores("spam", HARMLESS))


def test_every_word_is_mistyped_somewhere_within_and_always_in_the_same_way():
    words = ["four", "bridge", "subscribe", "Fußgängerzone"] * 40
    found = mistyped(" ".join(words), random.Random(1)).split(" ")
    changed = [(was, now) for was, now in zip(words, found, strict=True) if was != now]

    assert len(changed) > 50
    assert all((was[0], was[-1]) == (now[0], now[-1]) and abs(len(was) - len(now)) <= 1 for was, now in changed)
    assert mistyped("a an the of", random.Random(1)) == "a an the of"
    assert mistyped(" ".join(words), random.Random(1)).split(" ") == found


@pytest.mark.parametrize(
    "name", ["gay", "Muslim", "Jewish", "black", "trans", "disabled", "Roma", "immigrant", "lesbian"]
)
def test_naming_a_group_of_people_is_no_offence(name):
    alarmed = [prior().read(said.format(name))["incivility"].score >= 0.3 for said in SAID_OF_PEOPLE]

    assert not any(alarmed)


def test_all_groups_of_people_are_one_to_the_model():
    gay, roman_catholic = (features_of(f"My {name} neighbour is kind.") for name in ("gay", "Catholic"))

    assert gay.buckets == roman_catholic.buckets
    assert is_group("muslims")
    assert is_group("judischen")  # as it is folded
    assert not is_group("bridge")
    assert GROUP in {token.word for token in gay.tokens}


def test_it_says_which_words_weighed_most_and_where_they_stand():
    text = "Well, Bob. You are an IDIOT."
    reading = prior().read(text)["incivility"]

    assert reading.words[0] == "IDIOT"
    assert [text[slice(*span)] for span in reading.spans] == list(reading.words)
    assert reading.likely is None  # nothing was decided here yet


def test_no_harmless_word_is_named_beside_an_insult_and_none_where_the_whole_says_it():
    idiot = prior().read("NOBODY shall pass our bridge by bike because that idiot sold the corn.")["incivility"]
    whole = prior().read("These guys should be strung up, they will get theirs.")["incivility"]

    assert idiot.words == ("idiot",)
    assert set(whole.words) <= {"strung"}


def test_what_an_advertisement_asks_for_is_said_in_words_for_moderators():
    reading = prior().read("Check out my new channel and subscribe please!")["spam"]

    assert "points to its own page" in reading.facts
    assert not {"links", "appeals", "length"} & set(reading.facts)


def test_of_a_very_long_text_the_end_is_read_and_pointed_at_too():
    text = "The bridge is closed. " * 400 + "You idiot."
    reading = prior().read(text)["incivility"]

    assert len(text) > 2 * READ_FIRST
    assert all(text[slice(*span)] == word for word, span in zip(reading.words, reading.spans, strict=True))


def test_a_language_that_is_not_known_is_not_judged_for_incivility():
    text = "Das ist doch alles nicht wahr, was hier geschrieben wird, und ich kann es auch nicht mehr hören."

    assert set(prior().read(text)) == {"spam"}
    assert screen(Draft(text=text)).unknown == ()


# A head that finds all of it as bad as can be.
ALARMED = replace(prior().heads["incivility"], bias=60.0, calibration=(1.0, 0.0, 0.0, 1.0))


def alarmed_model():
    return replace(prior(), heads={"spam": replace(ALARMED, name="spam"), "incivility": ALARMED})


@pytest.mark.parametrize("seed", range(40))
def test_no_score_leads_to_a_refusal(seed):
    """Whatever else is noticed, whoever writes, whatever the space wants: the gate alone refuses."""
    dice = random.Random(seed)
    text = " ".join(dice.choices([*SPAM, *RUDE, *HARMLESS, "casino"], k=dice.randint(1, 5)))
    trust = Trust(published=dice.randint(0, 3), gone=dice.randint(0, 3), is_premoderated=dice.random() < 0.5)
    thresholds = {rule: dice.choice([0.0, 0.3, 0.5, 1.0]) for rule in ("spam", "incivility")}
    policy = Policy(phrases=("casino",), hold_first=dice.random() < 0.5, thresholds=thresholds)
    draft = Draft(text=text, trust=trust, policy=policy)

    with_model = screen(replace(draft, model=alarmed_model()))
    without = screen(replace(draft, is_control=True))

    assert {with_model.outcome, without.outcome} <= {"publish", "hold"}


def test_what_is_shipped_orders_and_what_has_learned_may_hold():
    shipped, learned = screen(Draft(text=RUDE[0])), screen(Draft(text="Hello.", model=alarmed_model()))

    assert shipped.outcome == "publish"
    assert "incivility" in {signal.rule for signal in shipped.signals}
    assert learned.outcome == "hold"
    assert screen(Draft(text="Hello.", model=alarmed_model(), trust=Trust(is_staff=True))).outcome == "publish"


def test_nothing_that_an_author_may_read_says_what_the_model_found():
    verdict = screen(Draft(text=RUDE[0], model=alarmed_model()))

    assert verdict.reasons == ("a moderator reads it first",)
    assert {s.evidence for s in verdict.signals} == {"a moderator reads it first"}


def test_without_a_model_it_is_not_known_and_a_sample_is_left_out_on_purpose():
    assert set(screen(Draft(text=RUDE[0], model=None)).unknown) == {"spam", "incivility"}

    sample = screen(Draft(text=RUDE[0], is_control=True))
    assert (sample.unknown, sample.signals, sample.model) == ((), (), "")


def test_what_it_finds_unremarkable_is_kept_for_counting_and_noticed_by_nobody():
    verdict = screen(Draft(text=HARMLESS[0]))

    assert verdict.signals == ()
    assert {signal.rule for signal in verdict.unremarkable} == {"spam", "incivility"}
    assert verdict.model == "prior"


def test_a_head_is_read_as_it_was_written():
    head = prior().heads["spam"]

    assert Head.from_bytes(head.to_bytes()) == head


@pytest.mark.parametrize("packed", [b"", b"nonsense", prior().heads["spam"].to_bytes()[:-20], b"\x80\x04."])
def test_bytes_that_are_no_head_are_unreadable(packed):
    with pytest.raises(Unreadable):
        Head.from_bytes(packed)


def test_web_processes_never_import_what_trains():
    code = (
        "import screening, sys; screening.score(['x']); print(sorted(set(sys.modules) & {'numpy', 'sklearn', 'scipy'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
