"""Discussions as a whole, at the desk: who may set them, what it does, and who is remembered for it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from civic.lib.site import SiteSettings
from comments.models import Space, Thread
from comments.models.comments import State
from moderation.models import ThreadDecision
from tests.factories import make_comment, make_guest, make_member, make_thread

pytestmark = pytest.mark.django_db

LIST = "/moderation/discussions/"
AS_IT_IS = {"mode": "paper", "pace_seconds": "paper", "note": "", "seen": 0}


def page_of(thread) -> str:
    return f"{LIST}{thread.pk}/"


def again(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def desk(client_of, moderator):
    return client_of(moderator)


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR])
def test_nobody_without_rights_gets_in_or_changes_anything(client_of, visitor_client, role):
    call_command("setup")
    comment = make_comment()
    thread = comment.thread
    somebody = client_of(make_member(role=role))
    pin, pick = f"/moderation/comments/{comment.pk}/pin/", f"/moderation/comments/{comment.pk}/pick/"

    for address in (LIST, page_of(thread), pin, pick):
        assert somebody.get(address).status_code == 403
        assert visitor_client.get(address)["Location"].startswith("/accounts/login/")
    for address, data in (
        (page_of(thread), AS_IT_IS | {"mode": "closed"}),
        (pin, {"on": 1}),
        (pick, {"on": 1}),
        (LIST + "all/", {"closed": 1}),
    ):
        assert somebody.post(address, data).status_code == 403
        assert visitor_client.post(address, data).status_code == 302

    thread, comment = again(thread), again(comment)
    assert (thread.desk_mode, comment.is_pinned, comment.is_picked) == ("", False, False)
    assert not SiteSettings.current().comments_closed
    assert not ThreadDecision.objects.exists()


# --- the list


def test_the_newest_talk_stands_first_and_titles_are_searched(desk):
    now = timezone.now()
    for title, hours in (("The old weir", 5), ("The new weir", 1), ("A silent clock", None)):
        make_thread(title=title, last_comment_at=now - timedelta(hours=hours) if hours else None)

    everything = desk.get(LIST).content.decode()
    found = desk.get(LIST, {"q": "WEIR"}).content.decode()
    nothing = desk.get(LIST, {"q": "bridge"}).content.decode()

    places = [everything.index(title) for title in ("The new weir", "The old weir", "A silent clock")]
    assert places == sorted(places)
    assert "A silent clock" not in found
    assert "The old weir" in found
    assert "No discussion under “bridge”" in nothing


def test_a_line_says_how_many_and_who_may_comment(desk):
    space = Space.objects.create(name="Opinion", mode="members")
    make_thread(title="One", space=space, desk_pace_seconds=120)
    make_thread(title="Two", closes_at=timezone.now() - timedelta(days=1))
    make_comment(thread=make_thread(title="Three"))

    page = desk.get(LIST).content.decode()

    def line(title):
        return page[page.index(f">{title}</a>") :].split("</tr>")[0]

    assert "Members only, slow" in line("One")
    assert "Closed" in line("Two")
    assert "Open" in line("Three")
    assert "<td>1<" in line("Three")


def test_the_list_is_paged_and_costs_the_same_for_one_and_thirty(desk):
    make_thread()
    desk.get(LIST)
    with CaptureQueriesContext(connection) as one:
        desk.get(LIST)
    for _ in range(29):
        make_thread()
    with CaptureQueriesContext(connection) as thirty:
        page = desk.get(LIST).content.decode()
    make_thread(title="The last one in")

    assert len(thirty) == len(one)
    assert page.count('<th scope="row">') == 30
    second = desk.get(LIST, {"page": 2}).content.decode()
    assert second.count('<th scope="row">') == 1
    assert desk.get(LIST, {"page": "nonsense\0"}).status_code == 200


# --- one discussion


def test_a_moderator_closes_a_discussion_and_is_remembered(desk, moderator, client):
    thread = make_thread()
    before = thread.version

    answer = desk.post(page_of(thread), AS_IT_IS | {"mode": "closed", "note": " All \n is said. "})

    thread = again(thread)
    decision = ThreadDecision.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, page_of(thread) + "?saved=1")
    assert (thread.desk_mode, thread.desk_note, thread.version) == ("closed", "All is said.", before + 1)
    assert thread.desk_mode_since is not None
    assert (decision.thread, decision.by, decision.mode, decision.note) == (thread, moderator, "closed", "All is said.")
    assert "The moderators closed this discussion on" in client.get(thread.get_absolute_url()).content.decode()
    assert "Mo Derator</b>" in desk.get(page_of(thread)).content.decode()


def test_a_moderators_word_wins_over_article_and_space_and_can_be_taken_back(desk):
    thread = make_thread(mode="closed")

    desk.post(page_of(thread), AS_IT_IS | {"mode": "members", "pace_seconds": "300"})
    assert (again(thread).effective_mode, again(thread).pace) == ("members", 300)

    seen = ThreadDecision.objects.latest("pk").pk
    desk.post(page_of(thread), AS_IT_IS | {"seen": seen})
    thread = again(thread)
    assert (thread.effective_mode, thread.desk_pace_seconds, thread.desk_mode_since) == ("closed", None, None)
    assert ThreadDecision.objects.count() == 2


def test_setting_what_is_set_already_is_no_decision(desk):
    thread = make_thread()

    desk.post(page_of(thread), AS_IT_IS)

    assert not ThreadDecision.objects.exists()
    assert again(thread).version == thread.version


def test_of_two_moderators_the_second_hears_that_the_first_was_faster(desk):
    thread = make_thread()
    desk.post(page_of(thread), AS_IT_IS | {"mode": "closed"})

    answer = desk.post(page_of(thread), AS_IT_IS | {"mode": "members"})

    assert answer.status_code == 409
    assert "Somebody was faster" in answer.content.decode()
    assert again(thread).desk_mode == "closed"
    assert ThreadDecision.objects.count() == 1


def test_what_the_calendar_closed_is_opened_by_keeping_it_open(desk):
    space = Space.objects.create(name="Short", close_after_days=3)
    thread = make_thread(space=space, made_at=timezone.now() - timedelta(days=9))

    half = desk.post(page_of(thread), AS_IT_IS | {"mode": "open"})
    assert half.status_code == 422
    assert "It has closed by itself." in half.content.decode()
    assert again(thread).desk_mode == ""

    desk.post(page_of(thread), AS_IT_IS | {"mode": "open", "keeps_open": "on"})
    assert again(thread).why_closed(SiteSettings.current()) == ""


@pytest.mark.parametrize(
    "wrong", [{"mode": "shut"}, {"pace_seconds": "-1"}, {"pace_seconds": "7"}, {"note": "x" * 201}, {"seen": ""}]
)
def test_nonsense_changes_nothing(desk, wrong):
    thread = make_thread()

    assert desk.post(page_of(thread), AS_IT_IS | {"mode": "closed"} | wrong).status_code == 422
    assert not ThreadDecision.objects.exists()


def test_a_pace_that_is_not_among_the_usual_ones_stays_when_something_else_is_set(desk):
    thread = make_thread(desk_pace_seconds=77)

    assert '<option value="77" selected>' in desk.get(page_of(thread)).content.decode()
    desk.post(page_of(thread), AS_IT_IS | {"pace_seconds": "77", "mode": "members"})

    assert again(thread).desk_pace_seconds == 77


def test_the_page_of_a_discussion_costs_the_same_for_one_decision_and_ten(desk, moderator):
    thread = make_thread()

    def fill():
        comment = make_comment(thread=thread)
        desk.post(f"/moderation/comments/{comment.pk}/pick/", {"on": 1})

    fill()
    desk.get(page_of(thread))
    with CaptureQueriesContext(connection) as one:
        desk.get(page_of(thread))
    for _ in range(9):
        fill()
    with CaptureQueriesContext(connection) as ten:
        desk.get(page_of(thread))

    assert len(ten) == len(one)


# --- pinned and picked


def test_pinning_asks_first_then_does_it_and_says_who(desk, moderator):
    comment = make_comment(body="Pin me.")
    address = f"/moderation/comments/{comment.pk}/pin/"

    asked = desk.get(address)
    assert "Pin me." in asked.content.decode()
    assert not again(comment).is_pinned

    answer = desk.post(address, {"on": 1})
    assert (answer.status_code, answer["Location"]) == (303, comment.get_absolute_url())
    assert again(comment).is_pinned
    decision = ThreadDecision.objects.get()
    assert (decision.act, decision.comment, decision.by) == ("pin", comment, moderator)

    desk.post(address, {"on": 1})  # a second click
    assert ThreadDecision.objects.count() == 1

    desk.post(address, {"on": 0, "back": page_of(comment.thread)})
    assert not again(comment).is_pinned
    assert ThreadDecision.objects.latest("pk").act == "unpin"


def test_what_cannot_be_pinned_is_said_and_nothing_is_kept(desk):
    thread = make_thread()
    pinned = [make_comment(thread=thread, is_pinned=True, body=f"Pinned {n}") for n in range(3)]
    fourth = make_comment(thread=thread)
    answer = make_comment(parent=pinned[0])
    held = make_comment(thread=make_thread(), state=State.IN_REVIEW)

    def post(comment):
        page = desk.post(f"/moderation/comments/{comment.pk}/pin/", {"on": 1})
        assert page.status_code == 409
        return page.content.decode()

    assert "3 comments are pinned here already" in post(fourth)
    assert "Pinned 2" in post(fourth)
    assert "Only a comment that begins a conversation" in post(answer)
    assert "It is not public any more." in post(held)
    assert not ThreadDecision.objects.exists()


def test_an_unconfirmed_comment_is_not_there(desk):
    comment = make_comment(state=State.UNCONFIRMED, guest=make_guest(confirmed=False))

    assert desk.get(f"/moderation/comments/{comment.pk}/pick/").status_code == 404


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(desk, back):
    comment = make_comment()

    answer = desk.post(f"/moderation/comments/{comment.pk}/pick/", {"on": 1, "back": back})

    assert answer["Location"] == comment.get_absolute_url()


# --- all discussions


def test_an_admin_flips_the_switches_and_it_holds_at_once(client_of, visitor_client):
    call_command("setup")
    admin = client_of(make_member(role=Role.ADMIN))
    thread = make_thread()
    before = SiteSettings.current().version

    admin.post(LIST + "all/", {"closed": 1, "read_first": 1})

    site = SiteSettings.current()
    assert (site.comments_closed, site.premoderate_all) == (True, True)
    assert site.version > before
    assert "All discussions are closed" in visitor_client.get(thread.get_absolute_url()).content.decode()
    history = admin.get(f"/newsroom/snippets/civic/sitesettings/history/{site.pk}/").content.decode()
    assert "Edited" in history

    admin.post(LIST + "all/", {})
    assert not SiteSettings.current().comments_closed


def test_a_moderator_sees_no_switches_but_hears_of_them(desk):
    call_command("setup")
    SiteSettings.objects.update(comments_closed=True)

    page = desk.get(LIST).content.decode()

    assert "Close all of them" not in page
    assert "All discussions are closed for the moment" in page


def test_in_the_newsroom_the_site_is_one_click_away(client_of):
    call_command("setup")
    editor = client_of(make_member(role=Role.EDITOR))

    answer = editor.get("/newsroom/snippets/civic/sitesettings/", follow=True)

    assert 'name="comments_closed"' in answer.content.decode()


def test_threads_the_desk_does_not_know(desk):
    assert desk.get(f"{LIST}{Thread.objects.count() + 4711}/").status_code == 404


def test_moderators_find_the_way_from_the_page_and_nobody_else_sees_it(desk, client_of, reader, visitor_client):
    root = make_comment()
    answer = make_comment(parent=root)
    make_comment(thread=root.thread)
    address = root.thread.get_absolute_url()

    page = desk.get(address).content.decode()

    assert f'href="{page_of(root.thread)}"' in page
    assert f'href="/moderation/comments/{root.pk}/pin/?back={address}%23c-{root.pk}"' in page
    assert f'href="/moderation/comments/{answer.pk}/pick/?back={address}%23c-{answer.pk}"' in page
    assert f"/moderation/comments/{answer.pk}/pin/" not in page
    for somebody in (client_of(reader), visitor_client):
        assert "/moderation/" not in somebody.get(address).content.decode()
