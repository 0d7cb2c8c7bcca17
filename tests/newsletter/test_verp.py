"""An envelope sender of its own for every letter, and reading it again."""

import pytest

from newsletter import verp


@pytest.fixture(autouse=True)
def domain(settings):
    settings.BOUNCE_ADDRESS = "bounces@news.paper.example"


def test_an_address_names_its_delivery():
    for delivery_id in (1, 2, 77_000_001, 2**63 - 1):
        assert verp.read(verp.address_for(delivery_id)) == delivery_id


def test_all_addresses_have_one_length_and_fit_a_local_part():
    addresses = [verp.address_for(delivery_id) for delivery_id in (1, 10**6, 2**63 - 1)]

    assert {len(address) for address in addresses} == {34 + len("@news.paper.example")}
    assert len(set(addresses)) == 3


def test_mail_systems_may_fold_the_case_and_add_brackets():
    address = verp.address_for(5)

    assert verp.read(address.upper()) == 5
    assert verp.read(f" <{address.title()}> ") == 5


def test_a_forged_address_names_nothing():
    address = verp.address_for(5)
    other = verp.address_for(6)
    # the number of one, the proof of the other; and every single character changed
    assert verp.read(address[:15] + other[15:]) is None
    for place in range(2, 34):
        letter = "a" if address[place] != "a" else "b"
        assert verp.read(address[:place] + letter + address[place + 1 :]) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "b+@news.paper.example",
        "editor@news.paper.example",
        "b+" + "a" * 32,
        "b+" + "ä" * 32 + "@news.paper.example",
    ],
)
def test_a_foreign_address_names_nothing(address):
    assert verp.read(address) is None


def test_our_token_at_a_foreign_domain_names_nothing():
    assert verp.read(verp.address_for(5).replace("news.paper.example", "elsewhere.example")) is None


def test_addresses_under_an_earlier_key_are_still_read(settings):
    address = verp.address_for(5)

    settings.HASH_KEY, settings.HASH_KEY_FALLBACKS = "a new one", [settings.HASH_KEY]
    assert verp.read(address) == 5

    settings.HASH_KEY_FALLBACKS = []
    assert verp.read(address) is None
