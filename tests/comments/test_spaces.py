"""Spaces: the policy that threads share, in the newsroom and under the articles."""

import re
import threading
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from civic.lib.site import SiteSettings
from comments import visibility
from comments.discussions import bring_into, keep_discussion
from comments.models import Space, Thread
from comments.thresholds import RULES, thresholds_in
from screening.policy import NAMES
from tests.articles.factories import edit, make_article, make_draft, make_section
from tests.factories import make_comment, make_member, make_thread

pytestmark = pytest.mark.django_db

POLICY = {"name": "Town Hall", "mode": "members", "max_links": 0, "extra_rules": "Say where you live.\n\n No rumours. "}


def newsroom(name: str, *args) -> str:
    return reverse(Space.snippet_viewset.get_url_name(name), args=args)


def make_space(**fields) -> Space:
    return Space.objects.create(**{"name": f"Space {Space.objects.count() + 1}", **fields})


@pytest.fixture
def editor_client(client_of):
    call_command("setup")
    return client_of(make_member(role=Role.EDITOR))


# --- in the newsroom


def test_an_editor_makes_a_space_and_every_kept_page_grows_stale(editor_client):
    before = SiteSettings.current().version

    answer = editor_client.post(newsroom("add"), POLICY)

    space = Space.objects.get(name="Town Hall")
    assert answer.status_code == 302
    assert (space.mode, space.max_links, space.hold_first, space.is_default) == ("members", 0, False, False)
    assert space.rules == ["Say where you live.", "No rumours."]
    assert SiteSettings.current().version > before


@pytest.mark.parametrize(("ticked", "asks"), [({}, False), ({"asks_first": "on"}, True)])
def test_an_editor_decides_whether_writers_are_asked_before_posting(editor_client, ticked, asks):
    assert Space.default().asks_first

    editor_client.post(newsroom("edit", Space.default().pk), POLICY | {"mode": "open"} | ticked)

    assert Space.default().asks_first is asks


@pytest.mark.parametrize(("chosen", "asks"), [("", False), ("guests", True)])
def test_an_editor_decides_whether_a_space_asks_for_a_proof_of_work(editor_client, chosen, asks):
    assert not Space.default().asks_for_work
    address = newsroom("edit", Space.default().pk)

    answer = editor_client.post(address, POLICY | {"proof_of_work": chosen})

    assert (answer.status_code, Space.default().asks_for_work) == (302, asks)
    assert f'<option value="{chosen}" selected>' in editor_client.get(address).content.decode()


def test_an_editor_says_for_each_signal_from_when_on_a_person_is_asked(editor_client):
    space = make_space(thresholds={"links": 0.7, "nobody knows": 0.1, "shouting": "often"})
    page = editor_client.get(newsroom("edit", space.pk)).content.decode()
    for rule in RULES:
        field = re.search(f'<input[^>]*name="from_{rule}"[^>]*>', page)[0]
        assert 'placeholder="0.5"' in field
        assert ('value="0.7"' in field) == (rule == "links")
        assert re.search(f'<label[^>]*for="id_from_{rule}"[^>]*>\\s*{NAMES[rule]}', page)

    given = {"from_language": "0.3", "from_shouting": "2", "from_links": "", "from_nonsense": "0.1", "from_standing": 2}
    answer = editor_client.post(newsroom("edit", space.pk), POLICY | given)

    assert answer.status_code == 302
    space.refresh_from_db()
    assert space.thresholds == thresholds_in(space) == {"language": 0.3, "shouting": 2.0}


def test_a_page_that_lay_open_takes_back_no_policy_that_was_saved_meanwhile(editor_client):
    space = make_space(thresholds={"links": 0.7, "language": 0.3})
    page = editor_client.get(newsroom("edit", space.pk)).content.decode()
    opened = {
        name: re.search(f'name="{name}"[^>]* value="([^"]*)"', page)[1] for name in ("from_links", "from_language")
    }
    seen = unescape(re.search('name="thresholds_seen" value="([^"]*)"', page)[1])
    Space.objects.filter(pk=space.pk).update(thresholds={"links": 0.9, "language": 0.3, "shouting": 1.0})

    typed = opened | {"from_language": "0.4", "thresholds_seen": seen}
    assert editor_client.post(newsroom("edit", space.pk), POLICY | typed).status_code == 302

    space.refresh_from_db()
    assert space.thresholds == {"links": 0.9, "language": 0.4, "shouting": 1.0}


@pytest.mark.parametrize("seen", ["", "[]", "nonsense", '{"links": "x"}'])
def test_whatever_comes_for_what_was_seen_the_page_is_answered(editor_client, seen):
    space = make_space(thresholds={"links": 0.7})

    answer = editor_client.post(newsroom("edit", space.pk), POLICY | {"from_links": "0.8", "thresholds_seen": seen})

    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("number", ["-0.1", "2.1", "often", "nan", "inf"])
def test_no_threshold_that_means_nothing_is_kept(editor_client, number):
    space = make_space(thresholds={"links": 0.7})

    answer = editor_client.post(newsroom("edit", space.pk), POLICY | {"from_links": number})

    assert "Please give a number from 0 to 2, or leave it empty for 0.5." in answer.content.decode()
    space.refresh_from_db()
    assert (space.name != "Town Hall", space.thresholds) == (True, {"links": 0.7})


def test_what_people_decided_is_undone_by_no_threshold():
    assert thresholds_in(make_space(thresholds={"standing": 2, "space": 2, "language": True})) == {}


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.MODERATOR, Role.NEWSLETTER_EDITOR])
def test_nobody_else_makes_changes_or_deletes_one(client_of, role):
    call_command("setup")
    space = make_space()
    client = client_of(make_member(role=role))

    for address in (newsroom("add"), newsroom("edit", space.pk), newsroom("delete", space.pk)):
        client.post(address, POLICY | {"from_links": "2"})

    assert [(s.name, s.thresholds) for s in Space.objects.exclude(is_default=True)] == [(space.name, {})]


@pytest.mark.parametrize(
    "wrong", [{"max_depth": 0}, {"max_depth": 13}, {"pace_seconds": 86_401}, {"close_after_days": 0}]
)
def test_numbers_that_make_no_sense_are_refused_by_form_and_database(editor_client, wrong):
    answer = editor_client.post(newsroom("add"), POLICY | wrong)

    assert answer.status_code == 200
    assert not Space.objects.filter(name="Town Hall").exists()
    with pytest.raises(ValidationError):
        Space(name="Town Hall", **wrong).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_space(**wrong)


def test_a_space_in_use_is_not_deleted_and_the_newsroom_says_why(editor_client):
    with_thread, with_section, default = make_space(), make_space(), Space.default()
    make_thread(space=with_thread)
    make_section(space=with_section)

    for space, why in ((with_thread, "still in use"), (with_section, "still in use"), (default, "not deleted")):
        answer = editor_client.post(newsroom("delete", space.pk), follow=True)
        assert why in answer.content.decode()
    assert Space.objects.count() == 3


def test_neither_is_one_that_was_ticked_in_the_list_among_others(editor_client):
    used, unused = make_space(), make_space()
    make_section(space=used)

    answer = editor_client.post(f"/newsroom/bulk/comments/space/delete/?id={unused.pk}&id={used.pk}", follow=True)

    assert "still in use" in answer.content.decode()
    assert Space.objects.filter(pk__in=[used.pk, unused.pk]).count() == 2


def test_a_space_that_nothing_belongs_to_is_deleted(editor_client):
    space = make_space()

    assert "Are you sure" in editor_client.get(newsroom("delete", space.pk)).content.decode()
    editor_client.post(newsroom("delete", space.pk))

    assert not Space.objects.filter(pk=space.pk).exists()


def test_the_list_costs_the_same_for_one_and_thirty(editor_client):
    editor_client.get(newsroom("list"))
    with CaptureQueriesContext(connection) as one:
        editor_client.get(newsroom("list"))
    for _ in range(15):
        make_thread(space=make_space())
    with CaptureQueriesContext(connection) as many:
        editor_client.get(newsroom("list"))

    assert len(many) == len(one)


# --- sections and their space


def test_an_article_talks_in_the_space_of_its_section():
    space = make_space(mode="premoderated")

    article = make_article(section=make_section(space=space))
    other = make_article()

    assert (article.thread.space, article.thread.effective_mode) == (space, "premoderated")
    assert other.thread.space == Space.default()


def test_an_article_may_say_otherwise_than_its_section():
    space = make_space(mode="closed")

    article = make_article(section=make_section(space=space), comments_mode="open")

    assert article.thread.effective_mode == "open"


def test_a_section_that_changes_its_space_takes_its_discussions_along():
    section, space = make_section(), make_space()
    here, elsewhere = make_article(section=section).thread, make_article().thread

    section.space = space
    section.save()

    moved, stayed = Thread.objects.get(pk=here.pk), Thread.objects.get(pk=elsewhere.pk)
    assert (moved.space, moved.version) == (space, here.version + 1)
    assert (stayed.space, stayed.version) == (Space.default(), elsewhere.version)

    section.space = None
    section.save()
    assert Thread.objects.get(pk=here.pk).space == Space.default()


def test_an_article_that_changes_its_section_takes_its_discussion_along():
    article, section = make_article(), make_section(space=make_space())

    edit(article, section=section).publish()

    assert Thread.objects.get(pk=article.thread_id).space == section.space


@pytest.mark.django_db(transaction=True)
def test_a_discussion_opened_while_its_section_moves_moves_too():
    section, space = make_section(), make_space()
    draft = make_draft(section=section)
    published = threading.Event()

    def publish():
        draft.latest_revision.publish()
        published.set()
        connection.close()

    editor = threading.Thread(target=publish)
    with transaction.atomic():
        section.space = space
        section.save()
        editor.start()
        assert not published.wait(0.3)  # it waits for the section
    editor.join()

    assert Thread.objects.get().space == space


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_for_a_discussion_that_moves_finds_it_in_its_new_space():
    thread, space = make_thread(), make_space(mode="closed")
    found = []

    def wait():
        with visibility.locked(thread.pk) as now:
            found.append(now.space)
        connection.close()

    reader = threading.Thread(target=wait)
    with transaction.atomic():
        bring_into(Thread.objects.filter(pk=thread.pk), space)
        reader.start()
        reader.join(0.3)
    reader.join()

    assert found == [space]


def test_publishing_again_makes_kept_pages_of_the_discussion_stale():
    thread = make_thread()
    before = thread.version

    kept = keep_discussion(thread, address=thread.address, title="Another title", mode="closed")

    assert kept.version == before + 1
    assert (kept.mode, kept.mode_since is not None) == ("closed", True)


# --- what readers see of it


def test_the_rules_of_a_space_stand_below_those_of_the_house_in_its_discussions_only(client):
    call_command("setup")
    thread = make_thread(space=make_space(extra_rules="Say <where> you live.\nNo rumours."))

    page = client.get(thread.get_absolute_url()).content.decode()
    other = client.get(make_thread().get_absolute_url()).content.decode()

    assert '<ol type="a"><li>Say &lt;where&gt; you live.</li>' in page
    assert page.index("No advertising") < page.index("No rumours.")
    assert "No rumours." not in other


def test_answers_are_drawn_no_deeper_than_the_space_says():
    thread = make_thread(space=make_space(max_depth=2))
    root = make_comment(thread=thread)
    answer = make_comment(parent=root)

    assert make_comment(parent=answer).depth == 1


NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("UTC"))
OLD = NOON - timedelta(days=20)


def closed_by_the_desk(**fields) -> Thread:
    return make_thread(desk_mode="closed", desk_mode_since=OLD, **fields)


@pytest.mark.parametrize(
    ("thread", "why"),
    [
        (closed_by_the_desk, "The moderators closed this discussion on 4 November 2026."),
        (lambda: closed_by_the_desk(desk_note="All is said."), "They write: “All is said.”"),
        (lambda: make_thread(mode="closed", mode_since=OLD), "The newsroom closed this discussion on 4 November 2026."),
        (lambda: make_thread(space=make_space(mode="closed")), "Comments are closed in this part of the paper."),
        (
            lambda: make_thread(closes_at=OLD),
            "This discussion closed on 4 November 2026, the day that the newsroom had set for it.",
        ),
        (
            lambda: make_thread(space=make_space(close_after_days=14), made_at=OLD),
            "This discussion closed on 18 November 2026, 14 days after it began.",
        ),
    ],
)
def test_a_closed_discussion_says_why_and_since_when_wherever_one_might_write(thread, why, reader, client_of):
    with time_machine.travel(NOON, tick=False):
        thread = thread()
        comment = make_comment(thread=thread, body="Standing words.")
        client = client_of(reader)

        alone = client.get(thread.get_absolute_url()).content.decode()
        reply = client.get(f"/discuss/c/{comment.pk}/reply/").content.decode()
        posted = client.post(thread.post_url, {"body": "Too late."})

    assert why in alone
    assert why in reply
    assert "Standing words." in alone
    assert "Leave a comment" not in alone
    assert posted.status_code == 403
    assert why in posted.content.decode()
    assert "Too late." in posted.content.decode()


def test_the_article_says_it_too(client):
    article = make_article()
    Thread.objects.filter(pk=article.thread_id).update(desk_mode="closed", desk_mode_since=timezone.now())

    page = client.get(article.get_absolute_url()).content.decode()

    assert "The moderators closed this discussion on" in page


def test_moderators_may_keep_a_discussion_open_beyond_its_days():
    space = make_space(close_after_days=14)
    made = timezone.now() - timedelta(days=20)

    kept = make_thread(space=space, made_at=made, desk_keeps_open=True)
    slowed = make_thread(space=space, made_at=made, desk_mode="premoderated")

    assert (kept.closing_time, kept.why_closed(SiteSettings.current())) == (None, "")
    assert "14 days after it began" in slowed.why_closed(SiteSettings.current())


def test_the_site_wide_switch_says_so_before_anything_else(client):
    thread = closed_by_the_desk()
    SiteSettings(pk=1, comments_closed=True).save()

    page = client.get(thread.get_absolute_url()).content.decode()

    assert "All discussions are closed for the moment." in page
    assert "The moderators closed" not in page


def test_before_one_writes_one_knows_pace_and_policy(client, reader, client_of):
    slow = make_thread(desk_pace_seconds=120, desk_note="Breathe.")
    read_first = make_thread(mode="premoderated")
    members = make_thread(mode="members")
    plain = make_thread()

    def page(thread, browser=client):
        return browser.get(thread.get_absolute_url()).content.decode()

    assert "In this discussion one comment every 2 minutes" in page(slow)
    assert "The moderators write: “Breathe.”" in page(slow)
    assert "A person reads each comment here before it appears." in page(read_first)
    assert "In this discussion only members write." in page(members)
    assert 'name="body"' not in page(members)
    assert "In this discussion only members write." in page(members, client_of(reader))
    assert "composer__policy" not in page(plain)


def test_the_switch_to_read_everything_first_is_told_to_writers(client):
    thread = make_thread()
    SiteSettings(pk=1, premoderate_all=True).save()

    assert "A person reads each comment here" in client.get(thread.get_absolute_url()).content.decode()


# --- slow mode


def test_slow_mode_says_how_long_to_wait_and_keeps_the_text(client_of, reader):
    thread = make_thread(desk_pace_seconds=600)
    client = client_of(reader)
    with time_machine.travel(NOON, tick=False) as clock:
        make_comment(thread=thread, member=reader)
        clock.shift(timedelta(seconds=510))
        answer = client.post(thread.post_url, {"body": "In a hurry."})

    assert (answer.status_code, answer["Retry-After"]) == (429, "90")
    assert "You can post it in 2 minutes." in answer.content.decode()
    assert "In a hurry." in answer.content.decode()


def test_slow_mode_counts_what_was_said_in_this_discussion_only(client_of, reader):
    slow, other = make_thread(desk_pace_seconds=3600), make_thread()
    make_comment(thread=other, member=reader)

    assert client_of(reader).post(slow.post_url, {"body": "My first here."}).status_code == 303
    assert client_of(reader).post(other.post_url, {"body": "Another there."}).status_code == 303
    assert client_of(reader).post(slow.post_url, {"body": "My second here."}).status_code == 429


def test_the_common_pace_holds_across_discussions(client_of, reader, settings):
    settings.COMMENT_PACE_SECONDS = 30
    make_comment(member=reader)

    assert client_of(reader).post(make_thread().post_url, {"body": "At once."}).status_code == 429


def test_a_member_only_discussion_turns_a_guest_away_with_the_text(visitor_client):
    thread = make_thread(space=make_space(mode="members"))

    answer = visitor_client.post(thread.post_url, {"body": "Mine.", "name": "Ana", "email": "ana@example.org"})

    assert answer.status_code == 403
    assert "Mine." in answer.content.decode()
    assert not thread.comments.exists()
    assert Client().get(thread.get_absolute_url()).status_code == 200
