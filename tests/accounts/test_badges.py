"""Badges: who may give them, to whom, and which words pretend."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Badge
from accounts.names import sounds_like_the_house
from accounts.roles import Role
from civic.lib.site import SiteSettings
from tests.factories import make_comment, make_member

pytestmark = pytest.mark.django_db

OFFICIAL = {"who": "Pat Council", "kind": "official", "label": "Council", "note": "Rang the town hall."}


def newsroom(name: str, *args) -> str:
    return reverse(Badge.snippet_viewset.get_url_name(name), args=args)


@pytest.fixture(autouse=True)
def rights():
    call_command("setup")


@pytest.fixture
def editor():
    return make_member(role=Role.EDITOR)


@pytest.fixture
def pat():
    return make_member(display_name="Pat Council", email="pat@larkford.example")


@pytest.mark.parametrize("who", ["pat council", "PAT@larkford.example"])
def test_an_editor_gives_a_badge_by_name_or_address_and_is_named_for_it(client_of, editor, pat, who, client):
    comment = make_comment(member=pat)
    before = SiteSettings.current().version

    answer = client_of(editor).post(newsroom("add"), OFFICIAL | {"who": who})

    badge = Badge.objects.get()
    assert answer.status_code == 302
    assert (badge.member, badge.kind, badge.label, badge.verified_by) == (pat, "official", "Council", editor)
    assert SiteSettings.current().version > before
    page = client.get(comment.get_absolute_url()).content.decode()
    assert '<span class="badge" data-kind="official">Council</span>' in page
    assert "Rang the town hall." not in page


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.MODERATOR, Role.NEWSLETTER_EDITOR])
def test_nobody_else_gives_changes_or_takes_one(client_of, pat, role):
    badge = Badge.objects.create(member=make_member(), kind="expert", label="Plumber")
    client = client_of(make_member(role=role))

    client.post(newsroom("add"), OFFICIAL)
    client.post(newsroom("edit", badge.pk), OFFICIAL)
    client.post(newsroom("delete", badge.pk))

    assert [(b.member, b.label) for b in Badge.objects.all()] == [(badge.member, "Plumber")]


def test_a_badge_is_taken_away(client_of, editor, pat):
    badge = Badge.objects.create(member=pat, kind="official", label="Council")

    client_of(editor).post(newsroom("delete", badge.pk))

    assert not Badge.objects.exists()


def test_badges_taken_away_by_the_dozen_make_kept_pages_stale_too(client_of, editor, pat):
    badge = Badge.objects.create(member=pat, kind="official", label="Council")
    before = SiteSettings.current().version

    client_of(editor).post(f"/newsroom/bulk/accounts/badge/delete/?id={badge.pk}")

    assert not Badge.objects.exists()
    assert SiteSettings.current().version > before


def test_a_badge_stays_with_its_member(client_of, editor, pat):
    badge = Badge.objects.create(member=pat, kind="official", label="Council")
    make_member(display_name="Sam Other")

    client_of(editor).post(newsroom("edit", badge.pk), OFFICIAL | {"who": "Sam Other", "label": "Mayor’s office"})

    badge.refresh_from_db()
    assert (badge.member, badge.label, badge.verified_by) == (pat, "Mayor’s office", editor)


def test_who_cannot_be_found_or_is_not_the_only_one_or_has_one_is_said(client_of, editor, pat):
    make_member(display_name="Kim Twice")
    make_member(display_name="Kim Twice")
    holder = make_member(display_name="Hal Holder")
    Badge.objects.create(member=holder, kind="expert", label="Plumber")
    client = client_of(editor)

    def page(who):
        return client.post(newsroom("add"), OFFICIAL | {"who": who}).content.decode()

    assert "Nobody here has this name or address." in page("Nobody Known")
    assert "Several members have this name." in page("Kim Twice")
    assert "has the badge “Plumber” already" in page("Hal Holder")
    assert Badge.objects.count() == 1


@pytest.mark.parametrize("label", ["Moderator", "MODERAT0R", "Мoderator", "Senior moderator", "The editors", "Staff"])
def test_words_of_the_house_are_for_those_who_work_there(client_of, editor, pat, label):
    client = client_of(editor)

    refused = client.post(newsroom("add"), OFFICIAL | {"label": label})
    assert "These words say that somebody works here." in refused.content.decode()
    assert not Badge.objects.exists()

    client.post(newsroom("add"), OFFICIAL | {"label": label, "kind": "staff"})
    assert Badge.objects.get().kind == "staff"


@pytest.mark.parametrize("label", ["Larkford Police", "Library", "Editor, Sill Valley Record", "Master plumber"])
def test_other_offices_are_free(label):
    assert not sounds_like_the_house(label)


def test_the_name_of_the_paper_is_not():
    SiteSettings(pk=1, name="The Larkford Lamplighter").save()

    assert sounds_like_the_house("Larkford Lamplighter, front desk")


def test_the_author_of_an_article_is_marked_by_the_byline_alone(client_of, editor, pat):
    client_of(editor).post(newsroom("add"), OFFICIAL | {"kind": "author"})

    assert not Badge.objects.exists()


def test_the_list_costs_the_same_for_one_and_thirty(client_of, editor):
    client = client_of(editor)

    def give():
        Badge.objects.create(member=make_member(), kind="expert", label="Plumber", verified_by=editor)

    give()
    client.get(newsroom("list"))
    with CaptureQueriesContext(connection) as one:
        client.get(newsroom("list"))
    for _ in range(29):
        give()
    with CaptureQueriesContext(connection) as thirty:
        client.get(newsroom("list"))

    assert len(thirty) == len(one)
