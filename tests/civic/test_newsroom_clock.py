"""The newsroom keeps the paper's time."""

from zoneinfo import ZoneInfo

import pytest

from accounts.roles import Role
from civic.lib.site import SiteSettings
from tests.articles.factories import make_article
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def test_times_in_the_newsroom_are_the_papers_unless_somebody_chose_otherwise(client_of):
    SiteSettings(pk=1, name="The Lamplighter", zone="Asia/Tokyo").save()
    article = make_article()
    stamp = article.latest_revision.created_at
    editor = make_member(role=Role.EDITOR)

    page = client_of(editor).get("/newsroom/").content.decode()

    local = stamp.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"{local.day} {local:%b}, {local.hour}:{local:%M}" in page


def test_the_first_page_of_the_newsroom_shows_writers_what_was_worked_on_last(client_of):
    article = make_article()

    page = client_of(make_member(role=Role.WRITER)).get("/newsroom/").content.decode()

    assert article.headline in page
    assert "Write an article" in page


def test_newsletter_editors_see_no_articles_there(client_of):
    article = make_article()

    page = client_of(make_member(role=Role.NEWSLETTER_EDITOR)).get("/newsroom/").content.decode()

    assert article.headline not in page
    assert "Write an article" not in page
