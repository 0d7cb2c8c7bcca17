"""Which comments letters may quote, and the switch with which somebody says no."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from comments import quoting
from comments.models import Comment, Guest, Tally, Thread
from comments.models.comments import State
from comments.picking import pick
from comments.readers import COOKIE_NAME, Reader
from comments.visibility import hold, withdraw
from tests.conftest import SAME_ORIGIN
from tests.factories import make_comment, make_guest, make_member, make_thread

pytestmark = pytest.mark.django_db

LONG = "What matters is who reads the log of searches."


def quoted(*comments: Comment) -> list[int]:
    return sorted(quoting.quotations([comment.pk for comment in comments]))


def best(at_most: int = 3, threads=None) -> list[int]:
    now = timezone.now()
    since = now - timedelta(days=1)
    return quoting.best_between(since, now + timedelta(minutes=1), at_most=at_most, threads=threads)


def liked(share: int = 900_000, votes: int = 10, **fields) -> Comment:
    comment = make_comment(**{"body": LONG, **fields})
    Tally.objects.filter(comment=comment).update(best=share, ranked_votes=votes, agree=votes)
    return comment


# --- what may be quoted --------------------------------------------------------------------------


def test_a_public_comment_is_quoted_with_its_words_its_writer_and_what_it_is_about():
    thread = make_thread(title="Plate readers")
    comment = make_comment(thread=thread, member=make_member(display_name="Hanna"), body="Who *reads* it?\n\nAnd when?")

    (quotation,) = quoting.quotations([comment.pk]).values()

    assert (quotation.text, quotation.name, quotation.title) == ("Who reads it? And when?", "Hanna", "Plate readers")
    assert quotation.url == comment.get_absolute_url()


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLIC])
def test_what_is_not_public_is_quoted_nowhere(state):
    assert quoted(make_comment(body=LONG, state=state)) == []


def test_what_goes_after_it_was_chosen_is_quoted_no_more():
    held, withdrawn, stays = (make_comment(body=LONG) for _ in range(3))
    hold(held)
    withdraw(withdrawn)

    assert quoted(held, withdrawn, stays) == [stays.pk]


def test_nothing_is_quoted_of_a_discussion_that_is_out_of_sight():
    comment = make_comment(body=LONG)
    Thread.objects.update(visible_until=timezone.now())

    assert quoted(comment) == []


def test_a_member_who_would_rather_not_is_not_quoted():
    member = make_member()
    comment = make_comment(member=member, body=LONG)
    member.may_be_quoted = False
    member.save()

    assert quoted(comment) == []


def test_a_guest_who_would_rather_not_is_quoted_under_no_name():
    first = make_guest(name="Gina")
    second = Guest.objects.create(key=first.key, name="Gina Guest", confirmed_at=timezone.now())
    comments = [make_comment(guest=guest, body=LONG) for guest in (first, second)]
    other = make_comment(guest=make_guest(), body=LONG)

    quoting.let_quote(Reader(guest_key=first.key), False)
    third = Guest.objects.create(key=first.key, name="Gina again", confirmed_at=timezone.now())
    comments.append(make_comment(guest=third, body=LONG))

    assert quoted(*comments, other) == [other.pk]


def test_somebody_who_has_left_is_not_quoted():
    assert quoted(make_comment(guest=Guest.nameless(), body=LONG)) == []


def test_a_long_comment_is_cut_and_goes_on_where_it_stands():
    comment = make_comment(body="word " * 200)

    (quotation,) = quoting.quotations([comment.pk]).values()

    assert quotation.text == "word " * 59 + "word …"


def test_it_is_cut_at_the_end_of_a_sentence_where_that_leaves_most_of_it():
    late, early = ("word " * number + "end. " + "more " * 100 for number in (44, 10))

    texts = [quoting.quotations([pk])[pk].text for pk in (make_comment(body=body).pk for body in (late, early))]

    assert texts == ["word " * 44 + "end. …", "word " * 10 + "end. " + "more " * 48 + "more …"]


# --- the best -------------------------------------------------------------------------------------


def test_picked_comments_come_before_those_that_readers_liked():
    middling, top, picked = liked(700_000), liked(950_000), make_comment(body="Short.")
    pick(picked)

    assert best() == [picked.pk, top.pk, middling.pk]


def test_few_votes_half_agreement_or_few_words_are_not_enough():
    liked(votes=2)
    liked(550_000)
    liked(body="Well said!")

    assert best() == []


def test_nobody_and_no_discussion_stands_there_twice():
    member, thread = make_member(), make_thread()
    first = liked(950_000, member=member, thread=thread)
    liked(940_000, member=member)
    liked(930_000, thread=thread)
    last = liked(920_000)

    assert best() == [first.pk, last.pk]


def test_only_what_became_public_in_the_time_counts():
    old = liked()
    Comment.objects.filter(pk=old.pk).update(published_at=timezone.now() - timedelta(days=2))

    assert best() == []


def test_best_comments_may_be_of_some_discussions_only():
    here, _ = liked(), liked()

    assert best(threads=Thread.objects.filter(pk=here.thread_id)) == [here.pk]


def test_none_wanted_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert best(at_most=0) == []
        assert quoting.quotations([]) == {}


def test_what_was_picked_is_offered_to_choose_from_and_what_may_not_be_quoted_is_not():
    picked, shy = make_comment(body=LONG), make_comment(member=make_member(), body=LONG)
    pick(picked)
    pick(shy)
    shy.member.may_be_quoted = False
    shy.member.save()

    assert [pick.comment_id for pick in quoting.newest_picks(10)] == [picked.pk]


# --- the switch -----------------------------------------------------------------------------------


def test_a_member_turns_the_switch_among_the_settings(reader, client_of):
    browser = client_of(reader)

    browser.post("/me/", {"display_name": reader.display_name, "bio": ""})
    reader.refresh_from_db()
    off = reader.may_be_quoted
    browser.post("/me/", {"display_name": reader.display_name, "bio": "", "may_be_quoted": "on"})
    reader.refresh_from_db()

    assert (off, reader.may_be_quoted) == (False, True)
    assert "may be quoted in newsletters" in browser.get("/me/").content.decode()


def test_a_guest_turns_it_with_the_key_of_the_browser():
    guest, other = make_guest(), make_guest()
    make_comment(guest=guest)
    browser = Client(**SAME_ORIGIN)
    browser.cookies[COOKIE_NAME] = guest.cookie()

    assert "Do not quote me" in browser.get("/discuss/mine/").content.decode()
    answer = browser.post("/discuss/mine/quoting/", {"quote": "no"})

    guest.refresh_from_db()
    other.refresh_from_db()
    assert (answer.status_code, guest.may_be_quoted, other.may_be_quoted) == (303, False, True)
    assert "You may quote me again" in browser.get("/discuss/mine/").content.decode()


def test_whoever_wrote_nothing_turns_nobodys_switch(visitor_client):
    guest = make_guest()

    visitor_client.post("/discuss/mine/quoting/", {"quote": "no"})

    guest.refresh_from_db()
    assert guest.may_be_quoted is True
    assert "quoting-title" not in visitor_client.get("/discuss/mine/").content.decode()


def test_opening_the_address_of_the_switch_turns_nothing():
    guest = make_guest()
    browser = Client(**SAME_ORIGIN)
    browser.cookies[COOKIE_NAME] = guest.cookie()

    assert browser.get("/discuss/mine/quoting/").status_code == 405
    guest.refresh_from_db()
    assert guest.may_be_quoted is True
