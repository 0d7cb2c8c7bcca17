"""Changing what one wrote: who may, for how long, what stands meanwhile, and that nothing is lost."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Suspension
from civic.lib.errors import Refusal
from civic.lib.site import SiteSettings
from comments import editing, visibility
from comments.drafts import mark_of
from comments.editing import edit_comment
from comments.models import Comment, CommentRevision, Screening, Thread
from comments.models.comments import State
from comments.voting import press
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db

LINKS = "See https://a.example https://b.example https://c.example"  # more than a space allows unseen


def address(comment) -> str:
    return f"/discuss/c/{comment.pk}/edit/"


def texts(comment, state) -> list[str]:
    return [revision.body for revision in comment.revisions.filter(state=state).order_by("pk")]


def now_of(comment) -> Comment:
    return Comment.objects.with_writers().select_related("thread__space").get(pk=comment.pk)


def guest_client(guest) -> Client:
    client = Client(HTTP_SEC_FETCH_SITE="same-origin")
    client.cookies["civic_guest"] = guest.cookie()
    return client


def test_a_public_comment_says_the_new_words_keeps_the_old_ones_and_everything_that_hangs_on_it(
    client_of, reader, other_reader
):
    comment = make_comment(member=reader, body="The first words.")
    answer = make_comment(parent=comment)
    press(comment, other_reader, "agree")
    before = Thread.objects.get(pk=comment.thread_id)

    posted = client_of(reader).post(address(comment), {"body": "Other words."})

    now = now_of(comment)
    after = Thread.objects.get(pk=comment.thread_id)
    assert (posted.status_code, posted["Location"]) == (303, comment.get_absolute_url())
    assert (now.body, now.body_html, now.state) == ("Other words.", "<p>Other words.</p>", State.PUBLIC)
    assert now.is_edited
    assert texts(comment, "replaced") == ["The first words."]
    assert after.version > before.version
    assert (after.comment_count, now.tally.agree, now.tally.answers) == (2, 1, 1)
    assert Comment.objects.get(pk=answer.pk).parent == comment
    page = Client().get(comment.get_absolute_url()).content.decode()
    assert "Other words." in page
    assert "The first words." not in page
    assert '<span class="edited">edited</span>' in page


def test_a_guest_edits_by_the_key_and_by_the_private_link_in_a_letter(visitor_client):
    guest = make_guest()
    comment = make_comment(guest=guest)

    by_key = guest_client(guest).post(address(comment), {"body": "By key."})
    assert (by_key.status_code, now_of(comment).body) == (303, "By key.")
    visitor_client.get(f"/discuss/by-letter/{guest.letter_token()}/{comment.pk}/")
    by_letter = visitor_client.post(address(comment), {"body": "By letter."})
    assert (by_letter.status_code, now_of(comment).body) == (303, "By letter.")


def test_nobody_edits_what_somebody_else_wrote(client_of, visitor_client, reader, other_reader, moderator):
    comment = make_comment(member=reader, body="Mine.")
    by_guest = make_comment(guest=make_guest(), body="Mine.")

    for browser in (client_of(other_reader), client_of(moderator), guest_client(make_guest()), visitor_client):
        for theirs in (comment, by_guest):
            browser.get(address(theirs))
            assert browser.post(address(theirs), {"body": "Not mine."}).status_code in (403, 404)

    assert {now_of(comment).body, now_of(by_guest).body} == {"Mine."}
    assert not CommentRevision.objects.exists()


def test_a_stranger_learns_nothing_of_a_waiting_comment_or_text(visitor_client, client_of, other_reader, reader):
    waiting = make_comment(state=State.IN_REVIEW, body="a secret")
    comment = make_comment(member=reader)
    edit_comment(now_of(comment), body=f"secret {LINKS}")

    for browser in (visitor_client, client_of(other_reader)):
        assert browser.get(address(waiting)).status_code == 404
        assert browser.post(address(waiting), {"body": "x"}).status_code == 404
        for answer in (browser.get(address(comment)), browser.post(address(comment), {"body": "typed by me"})):
            assert "secret" not in answer.content.decode()


def test_who_was_signed_out_while_typing_keeps_the_text_and_is_told_what_to_do(visitor_client, reader):
    comment = make_comment(member=reader)

    opened = visitor_client.get(address(comment))
    answer = visitor_client.post(address(comment), {"body": "A long and good text."})

    assert opened["Location"].startswith("/accounts/login/")
    assert answer.status_code == 403
    assert "A long and good text." in answer.content.decode()
    assert "Sign in" in answer.content.decode()


def test_after_fifteen_minutes_the_text_is_kept_and_may_be_posted_as_an_answer(client_of, reader):
    comment = make_comment(member=reader, body="As it was.")
    client = client_of(reader)

    with time_machine.travel(comment.created_at + timedelta(minutes=15, seconds=1), tick=False):
        opened = client.get(address(comment))
        answer = client.post(address(comment), {"body": "What I wanted to add."})

    page = answer.content.decode()
    assert (opened.status_code, answer.status_code) == (403, 403)
    assert "<textarea" not in opened.content.decode()
    assert "You can change a comment for 15 minutes" in page
    assert "What I wanted to add." in page
    assert f'name="parent" value="{comment.pk}"' in page
    assert f'action="{comment.thread.post_url}"' in page
    assert now_of(comment).body == "As it was."


def test_edit_is_offered_to_the_writer_only_and_only_for_a_while(client_of, visitor_client, reader, other_reader):
    comment = make_comment(member=reader)
    link = f'href="{address(comment)}"'

    def offered(browser) -> bool:
        return link in browser.get(comment.get_absolute_url()).content.decode()

    assert offered(client_of(reader))
    assert not offered(client_of(other_reader))
    assert not offered(visitor_client)
    with time_machine.travel(comment.created_at + timedelta(minutes=16)):
        assert not offered(client_of(reader))


def test_a_held_edit_leaves_the_old_text_standing_for_everybody_and_tells_the_writer_why(client_of, reader):
    comment = make_comment(member=reader, body="The old words.")
    version = Thread.objects.get(pk=comment.thread_id).version
    client = client_of(reader)

    posted = client.post(address(comment), {"body": LINKS})

    own = client.get(posted["Location"])
    now = now_of(comment)
    assert (now.body, now.state, now.edit_waits) == ("The old words.", State.PUBLIC, True)
    assert not now.is_edited
    assert 40 <= now.priority < 45  # two links, and whatever was noticed besides
    assert texts(comment, "waiting") == [LINKS]
    assert Thread.objects.get(pk=comment.thread_id).version == version
    for page in (own.content.decode(), client.get("/discuss/mine/").content.decode()):
        assert "Your newer text waits for a moderator" in page
        assert "3 links" in page
        assert "a.example" in page
    for browser in (Client(), client_of(make_member())):
        page = browser.get(comment.get_absolute_url()).content.decode()
        assert "The old words." in page
        assert "a.example" not in page
        assert "newer text" not in page


def test_another_edit_takes_the_place_of_the_one_that_waits(reader):
    comment = make_comment(member=reader, body="Old.")
    edit_comment(now_of(comment), body=f"First {LINKS}")
    edit_comment(now_of(comment), body=f"Second {LINKS}")
    assert texts(comment, "waiting") == [f"Second {LINKS}"]

    edit_comment(now_of(comment), body="Harmless.")

    now = now_of(comment)
    assert (now.body, now.edit_waits, texts(comment, "waiting")) == ("Harmless.", False, [])
    assert texts(comment, "replaced") == ["Old."]


@pytest.mark.parametrize("way", ["typed again", "button"])
def test_the_writer_may_leave_the_old_text_after_all(client_of, reader, way):
    comment = make_comment(member=reader, body="Old.")
    client = client_of(reader)
    client.post(address(comment), {"body": LINKS})

    if way == "typed again":
        client.post(address(comment), {"body": "Old."})
    else:
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            assert client.post(address(comment) + "forget/").status_code == 303

    now = now_of(comment)
    assert (now.body, now.edit_waits, now.revisions.count()) == ("Old.", False, 0)


def test_nobody_else_lets_go_of_a_waiting_text(client_of, visitor_client, reader, other_reader):
    comment = make_comment(member=reader)
    edit_comment(now_of(comment), body=LINKS)

    for browser in (client_of(other_reader), visitor_client):
        assert browser.post(address(comment) + "forget/").status_code == 404

    assert now_of(comment).edit_waits


@pytest.mark.parametrize("state", [State.UNCONFIRMED, State.IN_REVIEW])
@pytest.mark.parametrize("body", ["Harmless words.", LINKS])
def test_what_waits_takes_the_new_words_at_once_and_goes_on_waiting(state, body):
    guest = make_guest(confirmed=state != State.UNCONFIRMED)
    make_comment(guest=make_guest())
    comment = make_comment(guest=guest, state=state, body="First.")

    edit_comment(now_of(comment), body=body)

    now = now_of(comment)
    assert (now.body, now.state, now.edit_waits, now.is_edited) == (body, state, False, False)
    assert texts(comment, "replaced") == ["First."]
    assert Screening.objects.filter(comment=comment).count() == 1


def test_an_edit_never_makes_a_held_comment_public_nor_less_urgent(reader):
    make_comment(member=reader)
    comment = make_comment(member=reader, state=State.IN_REVIEW, body=LINKS, priority=40)

    edit_comment(now_of(comment), body="Nothing wrong with me.")

    now = now_of(comment)
    assert (now.state, now.priority) == (State.IN_REVIEW, 40)


@pytest.mark.parametrize("state", [State.REFUSED, State.REMOVED, State.WITHDRAWN])
def test_what_is_gone_cannot_be_changed_and_the_text_is_kept(client_of, reader, state):
    comment = make_comment(member=reader, state=state, body="Gone.")
    client = client_of(reader)

    opened, answer = client.get(address(comment)), client.post(address(comment), {"body": "But I typed this."})

    assert (opened.status_code, answer.status_code) == (403, 403)
    assert "cannot be changed any more" in opened.content.decode()
    assert "But I typed this." in answer.content.decode()
    assert now_of(comment).body == "Gone."


def test_the_same_words_change_nothing(client_of, reader):
    comment = make_comment(member=reader, body="The same.\n\nWords.")

    answer = client_of(reader).post(address(comment), {"body": "  The same.\r\n\r\nWords.\r\n"})

    now = now_of(comment)
    assert answer.status_code == 303
    assert (now.edited_at, now.revisions.count(), now.screenings.count()) == (None, 0, 0)


def test_a_double_click_is_one_edit(client_of, reader):
    comment = make_comment(member=reader, body="Old.")
    client, seen = client_of(reader), mark_of("Old.")

    codes = [client.post(address(comment), {"body": "New.", "seen": seen}).status_code for _ in range(2)]

    assert codes == [303, 303]
    assert texts(comment, "replaced") == ["Old."]


def test_a_second_tab_is_told_of_the_first_and_may_save_again(client_of, reader):
    comment = make_comment(member=reader, body="Old.")
    client, seen = client_of(reader), mark_of("Old.")
    client.post(address(comment), {"body": "From the first tab.", "seen": seen})

    answer = client.post(address(comment), {"body": "From the second tab.", "seen": seen})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "You have changed it meanwhile" in page
    assert "From the second tab." in page
    fresh = page.split('name="seen" value="')[1].split('"')[0]
    again = client.post(address(comment), {"body": "From the second tab.", "seen": fresh})

    assert again.status_code == 303
    assert now_of(comment).body == "From the second tab."
    assert texts(comment, "replaced") == ["Old.", "From the first tab."]


@pytest.mark.parametrize("body", ["", " \n ", "\u200b"])
def test_an_edit_without_words_is_not_taken(client_of, reader, body):
    comment = make_comment(member=reader, body="Old.")

    answer = client_of(reader).post(address(comment), {"body": body})

    assert answer.status_code == 422
    assert "There are no words in it yet" in answer.content.decode()
    assert now_of(comment).body == "Old."


def test_the_gate_stands_before_edits_too(client_of, reader):
    comment = make_comment(member=reader, body="Old.")
    client = client_of(reader)

    assert client.post(address(comment), {"body": "x" * 20_001}).status_code == 422
    Suspension.objects.create(member=reader, kind=Suspension.Kind.SUSPEND, rule="No threats.")
    suspended = client.post(address(comment), {"body": "New."})
    Suspension.objects.all().delete()
    SiteSettings(pk=1, comments_closed=True).save()
    closed = client.post(address(comment), {"body": "New."})

    assert (suspended.status_code, closed.status_code) == (403, 403)
    assert "No threats." in suspended.content.decode()
    assert "New." in suspended.content.decode()
    assert "New." in closed.content.decode()
    assert client.get(address(comment)).status_code == 403
    assert now_of(comment).body == "Old."


def test_a_guest_does_not_edit_where_only_members_write_by_now():
    guest = make_guest()
    comment = make_comment(guest=guest, body="Old.")
    Thread.objects.filter(pk=comment.thread_id).update(mode="members")

    assert guest_client(guest).post(address(comment), {"body": "New."}).status_code == 403
    assert now_of(comment).body == "Old."


def test_in_a_premoderated_discussion_an_edit_waits(reader):
    comment = make_comment(member=reader, thread=make_thread(mode="premoderated"), body="Read before.")

    edit_comment(now_of(comment), body="Not read yet.")

    assert (now_of(comment).body, now_of(comment).edit_waits) == ("Read before.", True)


@pytest.mark.parametrize("mark", ["is_picked", "is_pinned"])
def test_what_moderators_recommend_is_not_changed_under_their_mark_unread(reader, mark):
    comment = make_comment(member=reader, body="Picked for this.")
    Comment.objects.filter(pk=comment.pk).update(**{mark: True})

    edit_comment(now_of(comment), body="And now for something else.")

    assert (now_of(comment).body, now_of(comment).edit_waits) == ("Picked for this.", True)


def test_mending_at_once_is_not_too_fast_but_an_endless_stream_is(client_of, reader, settings):
    settings.COMMENT_PACE_SECONDS = 60
    settings.COMMENT_EDITS_PER_HOUR = 3
    comment = make_comment(member=reader)
    client = client_of(reader)

    answers = [client.post(address(comment), {"body": f"Version {n}."}) for n in range(4)]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert "Version 3." in answers[-1].content.decode()
    assert now_of(comment).body == "Version 2."


def test_a_preview_is_what_would_be_stored_and_stores_nothing(client_of, reader):
    comment = make_comment(member=reader, body="Old.")

    answer = client_of(reader).post(address(comment), {"body": "  so *good*\r\n", "preview": "1"})

    assert answer.status_code == 200
    assert "<p>so <em>good</em></p>" in answer.content.decode()
    assert now_of(comment).body == "Old."


def test_the_waiting_edit_goes_with_a_removed_comment_and_comes_back_with_it(reader):
    comment = make_comment(member=reader)
    edit_comment(now_of(comment), body=LINKS)

    visibility.remove(comment, rule=make_rule())
    assert not now_of(comment).edit_waits
    assert list(Comment.objects.with_edit_in_review()) == []
    visibility.make_public(comment)
    assert list(Comment.objects.with_edit_in_review()) == [comment]
    visibility.withdraw(comment)

    assert not now_of(comment).edit_waits
    with pytest.raises(Refusal):
        editing.publish_edit(comment)
    assert now_of(comment).body == "A thought."


def test_an_edit_of_a_reported_comment_is_read_along_with_it(reader):
    comment = make_comment(member=reader, body="Old.")
    edit_comment(now_of(comment), body=LINKS)
    visibility.hold(comment)

    edit_comment(now_of(comment), body="Newest.")

    now = now_of(comment)
    assert (now.state, now.body, now.edit_waits) == (State.IN_REVIEW, "Newest.", False)


def test_what_was_changed_before_anybody_could_read_it_is_not_called_edited(reader):
    comment = make_comment(member=reader, state=State.IN_REVIEW)
    edit_comment(now_of(comment), body="Before.")

    visibility.make_public(comment)
    assert not now_of(comment).is_edited
    edit_comment(now_of(comment), body="After.")

    assert now_of(comment).is_edited


def test_the_feed_says_when_a_comment_was_changed(reader):
    comment = make_comment(member=reader, created_at=timezone.now() - timedelta(minutes=5))
    edit_comment(now_of(comment), body="Changed.")

    feed = Client().get(f"/discuss/{comment.thread_id}/comments.xml").content.decode()

    entry = feed[feed.index("<entry>") :]
    assert entry.split("<updated>")[1][:19] == now_of(comment).edited_at.isoformat()[:19]
    assert entry.split("<published>")[1][:19] == comment.published_at.isoformat()[:19]


def test_a_list_of_thirty_waiting_edits_costs_the_queries_of_one(client_of, reader):
    client = client_of(reader)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            edit_comment(now_of(make_comment(member=reader)), body=LINKS)
        client.get("/discuss/mine/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/discuss/mine/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def at_once(*acts) -> list[Exception | None]:
    """Run these at the same time, each on a connection of its own; what each raised."""
    start = threading.Barrier(len(acts))
    errors: list[Exception | None] = [None] * len(acts)

    def run(number: int) -> None:
        start.wait()
        try:
            acts[number]()
        except Exception as error:
            errors[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.django_db(transaction=True)
def test_two_edits_at_once_lose_nothing():
    comment = make_comment(body="Old.")
    one, other = now_of(comment), now_of(comment)

    errors = at_once(lambda: edit_comment(one, body="One."), lambda: edit_comment(other, body="Other."))

    now = now_of(comment)
    assert errors == [None, None]
    assert {now.body, *texts(comment, "replaced")} == {"Old.", "One.", "Other."}
    assert texts(comment, "replaced")[0] == "Old."


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_a_removal_at_once_end_in_a_removed_comment_and_kind_words():
    for _ in range(5):
        comment = make_comment(body="Old.")
        rule, mine = make_rule(), now_of(comment)

        edited, removed = at_once(
            lambda mine=mine: edit_comment(mine, body="New."),
            lambda comment=comment, rule=rule: visibility.remove(comment, rule=rule),
        )

        now = now_of(comment)
        assert removed is None
        assert now.state == State.REMOVED
        assert edited is None or isinstance(edited, Refusal)
        assert now.body == ("New." if edited is None else "Old.")
        assert Thread.objects.get(pk=comment.thread_id).comment_count == 0
