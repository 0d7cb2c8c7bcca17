"""A proof of work, or none: it holds at most, and only what somebody wrote who is not trusted."""

import pytest

from screening import Draft, Policy, Trust, screen

NEW, STOOD = Trust(published=0), Trust(published=3)
FIRST_AT_ONCE = Policy(hold_first=False)


@pytest.mark.parametrize(
    ("trust", "proof", "outcome"),
    [
        (NEW, None, "publish"),  # nobody asks
        (NEW, True, "publish"),
        (NEW, False, "hold"),
        (STOOD, False, "publish"),
        (Trust(published=0, is_staff=True), False, "publish"),
        (Trust(published=3, is_premoderated=True), False, "hold"),
    ],
)
def test_what_comes_without_a_proof_is_read_first_unless_its_writer_is_trusted(trust, proof, outcome):
    assert screen(Draft(text="The log is wet.", trust=trust, policy=FIRST_AT_ONCE, proof=proof)).outcome == outcome


def test_a_proof_makes_nothing_better():
    shouted = "HOW MANY BUCKETS DOES A COUNCIL NEED, AND WHO PAYS FOR THEM?"
    with_it, unasked = (screen(Draft(text=shouted, trust=NEW, proof=proof)) for proof in (True, None))

    assert with_it == unasked


def test_without_a_proof_the_reason_names_none_and_every_other_rule_comes_first():
    alone = screen(Draft(text="The log is wet.", trust=NEW, policy=FIRST_AT_ONCE, proof=False))
    among = screen(Draft(text="The log is wet.", trust=NEW, proof=False))

    assert (alone.rule, alone.reasons) == ("proof", ("a moderator reads it first",))
    assert (among.rule, among.reasons) == ("newcomer", ("first comment", "a moderator reads it first"))


def test_a_space_may_count_it_for_nothing():
    lenient = Policy(hold_first=False, thresholds={"proof": 2})

    assert screen(Draft(text="The log is wet.", trust=NEW, policy=lenient, proof=False)).outcome == "publish"
