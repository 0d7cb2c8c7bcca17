"""Tokens of fixed length, for links in letters to many."""

import pytest

from civic.lib import tokens
from newsletter import links
from newsletter.links import BadToken
from newsletter.splicing import LENGTHS, MARKS, MARKS_OF_NOBODY, filled, marks_of
from tests.newsletter.factories import make_subscriber


def test_every_token_is_as_long_as_its_mark_and_of_letters_and_digits(lamp):
    subscriber = make_subscriber(lamp)
    row = subscriber.subscriptions.get()

    marks = marks_of(bytes(subscriber.key), lamp.pk, row.confirmed_at)

    assert tuple(map(len, marks)) == tuple(map(len, MARKS)) == tuple(map(len, MARKS_OF_NOBODY)) == LENGTHS
    assert all(mark.isascii() and mark.isalnum() for mark in (*MARKS, marks.leave_token, marks.preferences_token))


def test_a_leave_token_names_its_reader_and_the_letter(lamp):
    subscriber = make_subscriber(lamp)

    leaving = links.read_leave(links.leave_token(bytes(subscriber.key), lamp.pk).upper())

    assert (leaving.subscriber, leaving.newsletters) == (subscriber, [lamp])


def test_old_tokens_are_read_as_before(lamp):
    subscriber = make_subscriber(lamp)
    key = bytes(subscriber.key).hex()

    assert links.read_leave(tokens.make(links.LEAVE, f"{key}.{lamp.pk}")).subscriber == subscriber
    assert links.read_preferences(tokens.make(links.PREFERENCES, key)) == subscriber


def test_a_token_outlives_a_change_of_the_key(lamp, settings):
    subscriber = make_subscriber(lamp)
    token = links.preferences_token(bytes(subscriber.key))

    settings.HASH_KEY_FALLBACKS, settings.HASH_KEY = [settings.HASH_KEY], "another" * 10

    assert links.read_preferences(token) == subscriber


@pytest.mark.parametrize("at", [0, 20, 30, 47])
def test_a_changed_character_makes_it_worthless(lamp, at):
    token = links.preferences_token(bytes(make_subscriber(lamp).key))
    forged = token[:at] + ("a" if token[at] != "a" else "b") + token[at + 1 :]

    with pytest.raises(BadToken):
        links.read_preferences(forged)


@pytest.mark.parametrize("token", ["", "abc", "ä" * 48, "x" * 56, "1" * 48])
def test_nonsense_is_refused(db, token):
    for read in (links.read_leave, links.read_preferences):
        with pytest.raises(BadToken):
            read(token)


def test_a_token_for_one_purpose_opens_no_other(lamp):
    subscriber = make_subscriber(lamp)

    with pytest.raises(BadToken):
        links.read_leave(links.preferences_token(bytes(subscriber.key)))


def test_marks_are_filled_wherever_they_stand():
    text = f"a {MARKS.since} {MARKS.leave_token}, {MARKS.leave_token}"

    assert filled(text, MARKS_OF_NOBODY) == f"a 01 Jan 2000 {'x' * 56}, {'x' * 56}"
