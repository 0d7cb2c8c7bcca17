"""What screening is told of a writer and of what was said around a text."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civic.lib.origin import own_prefix_hashes
from civic.lib.site import SiteSettings
from comments.drafts import draft_of
from comments.erasing import erase_words
from comments.housekeeping import forget_origins
from comments.models import Comment, CommentOrigin, Fingerprint, Screening, Space
from comments.models.comments import State
from comments.posting import Origin, post_comment
from comments.surroundings import around
from comments.writers import Member, Visitor, trust_in
from screening import Neighbour
from tests.factories import make_comment, make_guest, make_member, make_thread

pytestmark = pytest.mark.django_db

TEXT = "I earn 4,000 a week from my sofa, and you can do it as well: look at my page and ask me how, friends."
ALMOST = TEXT.replace("friends", "my friends!")
HERE, THERE = b"h" * 16, b"t" * 16


def said(text=TEXT, **fields) -> Comment:
    comment = make_comment(body=text, **fields)
    Fingerprint.keep(comment, text)
    return comment


def neighbours(text=ALMOST, writer=None, thread=None, **known) -> list[tuple[bool, bool]]:
    found = around(thread or make_thread(), writer or Member(make_member()), text, **known).neighbours
    return [(near.is_own, near.is_gone) for near in found]


def wrote_from(prefix: bytes, thread, *, minutes_ago: int = 1, **fields) -> Comment:
    comment = make_comment(thread=thread, **fields)
    CommentOrigin.objects.create(
        comment=comment, prefix_hash=prefix, made_at=timezone.now() - timedelta(minutes=minutes_ago)
    )
    return comment


# --- copies ---


def test_a_copy_is_found_in_any_discussion_and_said_to_be_of_somebody_else():
    said()

    assert neighbours() == [(False, False)]
    assert neighbours("The council met on Tuesday to discuss the budget of the bridge.") == []
    assert neighbours("friends") == []


def test_a_copy_of_ones_own_is_known_as_such(reader):
    said(member=reader)
    guest = make_guest()
    said(guest=guest)

    assert sorted(neighbours(writer=Member(reader))) == [(False, False), (True, False)]
    assert sorted(neighbours(writer=Visitor("x", "x@example.org", key=guest.key))) == [(False, False), (True, False)]
    assert neighbours(writer=Visitor("x", guest.email)) == [(False, False)] * 2  # an address proves nothing


def test_what_was_refused_or_removed_is_told_as_gone():
    said(state=State.REFUSED)
    said(state=State.REMOVED)

    assert neighbours() == [(False, True)] * 2


def test_what_nobody_has_proven_or_what_was_taken_back_counts_for_nobody():
    said(state=State.UNCONFIRMED, guest=make_guest(confirmed=False))
    said(state=State.WITHDRAWN)

    assert neighbours() == []


def test_a_comment_is_no_copy_of_itself():
    comment = said()

    assert neighbours(comment=comment, writer=Member(comment.member)) == []


def test_of_a_flood_twenty_are_told(reader):
    thread = make_thread()
    for _ in range(22):
        said(thread=thread, member=reader)

    assert neighbours() == [(False, False)] * 20


def test_the_same_short_words_of_one_writer_are_told_for_a_day(reader):
    make_comment(body="Buy here!", member=reader)
    make_comment(body="Buy here!", member=reader, created_at=timezone.now() - timedelta(hours=25))
    make_comment(body="Buy there!", member=reader)
    make_comment(body="Buy here!")

    assert neighbours("Buy here!", writer=Member(reader)) == [(True, False)]
    assert neighbours("Buy here!") == []


def test_the_distance_is_that_of_the_fingerprints():
    said()

    assert around(make_thread(), Member(make_member()), TEXT).neighbours == (Neighbour(distance=0),)
    assert 0 < around(make_thread(), Member(make_member()), ALMOST).neighbours[0].distance <= 6


# --- crowds ---


def crowd(thread, prefix=HERE, writer=None, **known) -> int | None:
    return around(thread, writer or Member(make_member()), "hello", prefix=prefix, **known).same_origin


def test_people_who_wrote_here_from_the_same_network_just_now_are_counted(reader):
    thread = make_thread()
    wrote_from(HERE, thread)
    wrote_from(HERE, thread, member=reader)
    wrote_from(HERE, thread, member=reader)
    wrote_from(HERE, thread, guest=make_guest(email="ANA@example.org"))
    wrote_from(HERE, thread, guest=make_guest(email="ana@example.org"))
    wrote_from(HERE, thread, minutes_ago=31)
    wrote_from(THERE, thread)
    wrote_from(HERE, make_thread())
    wrote_from(HERE, thread, guest=make_guest(confirmed=False), state=State.UNCONFIRMED)

    assert crowd(thread) == 3
    assert crowd(thread, writer=Member(reader)) == 2
    assert crowd(thread, writer=Visitor("Ana", "Ana@Example.org")) == 2
    assert crowd(thread, prefix=b"n" * 16) == 0


def test_from_where_a_comment_came_is_looked_up_and_else_unknown():
    thread = make_thread()
    wrote_from(HERE, thread)
    known, unknown = wrote_from(HERE, thread), make_comment(thread=thread)

    assert crowd(thread, prefix=None, comment=known, writer=Member(known.member)) == 1
    assert crowd(thread, prefix=None, comment=unknown) is None
    assert crowd(thread, prefix=None) is None


# --- the writer ---


def test_what_stood_and_what_did_not_is_counted_for_members(reader):
    make_comment(member=reader)
    make_comment(member=reader, state=State.REFUSED)
    make_comment(member=reader, state=State.REMOVED)
    make_comment(member=reader, state=State.IN_REVIEW)
    make_comment(member=reader, state=State.WITHDRAWN)

    trust = trust_in(Member(reader))

    assert (trust.published, trust.gone) == (1, 2)


def test_somebody_who_types_the_address_of_a_bad_writer_is_not_taken_for_them():
    guest = make_guest(email="ana@example.org")
    for _ in range(5):
        make_comment(guest=guest, state=State.REFUSED)

    stranger = trust_in(Visitor("Ana", "ana@example.org"))
    known = trust_in(Visitor("Ana", "ana@example.org", key=guest.key))

    assert (stranger.published, stranger.gone) == (0, 0)
    assert (known.published, known.gone) == (0, 5)


def test_address_and_languages_are_told(reader):
    site = SiteSettings(language="de")
    space = Space.objects.create(name="Border", languages="en de")

    here = draft_of(make_thread(), Member(make_member(email="x@yopmail.com")), "words", site)
    there = draft_of(make_thread(space=space), Visitor("Ana", "Ana@Mail.Example"), "words", site)

    assert (here.email_domain, here.policy.languages) == ("yopmail.com", ("de",))
    assert (there.email_domain, there.policy.languages) == ("Mail.Example", ("en", "de"))


# --- through the whole way ---


def post(member, text=TEXT, thread=None, prefix=HERE) -> Comment:
    return post_comment(
        thread=thread or make_thread(), writer=Member(member), body=text, parent=None, origin=Origin(prefix)
    )


def known_member():
    return make_comment().member


def test_the_second_to_say_the_same_waits_and_is_told_why():
    first, second = post(known_member()), post(known_member(), ALMOST)

    assert (first.state, second.state) == (State.PUBLIC, State.IN_REVIEW)
    assert second.screenings.get().reasons == ["nearly the same text as a comment of somebody else"]


def test_the_fourth_person_of_one_network_waits():
    thread = make_thread()

    states = [post(known_member(), f"My own words, number {n}.", thread).state for n in range(4)]

    assert states == [State.PUBLIC] * 3 + [State.IN_REVIEW]


def test_an_edit_is_known_again_by_its_newer_text(client_of, reader):
    make_comment(member=reader)
    comment = post(reader, "A short and honest remark about the old mill and the bridge.")
    client_of(reader).post(f"/discuss/c/{comment.pk}/edit/", {"body": TEXT})

    assert neighbours(TEXT) == [(False, False)]
    client_of(reader).post(f"/discuss/c/{comment.pk}/edit/", {"body": "Short."})
    assert not Fingerprint.objects.exists()


def test_what_is_unknown_is_kept_for_the_desk(reader):
    comment = make_comment(member=reader)
    client = Client(HTTP_SEC_FETCH_SITE="same-origin")
    client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post(f"/discuss/c/{comment.pk}/edit/", {"body": "Other words."})

    signals = Screening.objects.get(comment=comment).signals
    assert [signal for signal in signals if signal.get("unknown")] == [
        {"rule": "cluster", "score": 0, "evidence": "could not be looked at", "span": None, "unknown": True}
    ]
    assert Comment.objects.get(pk=comment.pk).body == "Other words."


def test_fingerprints_go_with_the_words_and_after_thirty_days():
    old, erased, kept = said(), said(), said()
    Fingerprint.objects.filter(comment=old).update(made_at=timezone.now() - timedelta(days=31))

    erase_words([erased.pk])
    forget_origins()

    assert [found.comment_id for found in Fingerprint.objects.all()] == [kept.pk]


def test_looking_around_is_one_query_whatever_there_is():
    thread = make_thread()
    for _ in range(5):
        said(thread=thread)
        wrote_from(HERE, thread)

    with CaptureQueriesContext(connection) as found:
        around(thread, Member(make_member()), TEXT, prefix=HERE)

    assert [query["sql"].lstrip()[:4] for query in found if "comments_fingerprint" in query["sql"]] == ["WITH"]


def test_this_machine_itself_is_no_network_that_people_share():
    thread = make_thread()
    own = own_prefix_hashes()[0]
    for _ in range(4):
        wrote_from(own, thread)

    assert crowd(thread, prefix=own) == 0
