"""The public pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Correction
from comments.models import Thread
from tests.articles.factories import (
    edit,
    make_article,
    make_author,
    make_draft,
    make_picture,
    make_section,
    make_source,
    make_topic,
)

pytestmark = pytest.mark.django_db

NOVEMBER = datetime(2026, 11, 17, 12, tzinfo=UTC)


@pytest.fixture
def paper():
    """One of everything a public page can show."""
    section, topic, author = make_section(slug="town"), make_topic(slug="weir"), make_author(slug="ada")
    article = make_article(section=section, topics=[topic], author=author, lead_picture=make_picture(), slug="one")
    Correction.objects.create(article=article, text="Five, not four.")
    return article


PAGES = ["/", "/town/", "/authors/", "/authors/ada/", "/topics/weir/", "/corrections/", "/archive/", "/search/?q=text"]


@pytest.mark.parametrize("address", [*PAGES, "article", "/search/", "/nowhere/"])
def test_public_pages_set_no_cookie_and_are_the_same_for_everybody(client, paper, address):
    address = paper.get_absolute_url() if address == "article" else address

    response = client.get(address)

    assert response.status_code == (404 if address == "/nowhere/" else 200)
    assert not response.cookies
    assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"  # small or not: the same words
    assert "'unsafe" not in response["Content-Security-Policy"]


def test_one_story_or_thirty_cost_the_same_queries(client, paper):
    with_one = queries_of(client)

    for _ in range(29):
        article = make_article(
            section=paper.section,
            topics=list(paper.topics.all()),
            author=paper.bylines.first().author,
            lead_picture=paper.lead_picture,
            source=make_source(),
        )
        Correction.objects.create(article=article, text="Again.")

    assert queries_of(client) == with_one


def queries_of(client) -> dict[str, int]:
    """How many queries each page with a list takes, once everything that is remembered is remembered."""
    Thread.objects.update(comment_count=3, last_comment_at=timezone.now())
    counted = {}
    for address in PAGES:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        counted[address] = len(found)
    return counted


def test_an_article_is_at_its_address_and_elsewhere_sends_there(client):
    make_article(slug="bread", published_at=NOVEMBER)
    Article.objects.update(address="/2026/11/bread/")

    assert client.get("/2026/11/bread/").status_code == 200
    wrong = client.get("/2025/03/bread/?ref=old")
    assert (wrong.status_code, wrong["Location"]) == (301, "/2026/11/bread/?ref=old")
    assert client.get("/2026/11/cake/").status_code == 404


def test_an_old_name_leads_to_the_new_one(client):
    article = make_article(slug="bread")
    old = article.get_absolute_url()
    edit(article, slug="cake").publish()

    response = client.get(old)

    assert (response.status_code, response["Location"]) == (301, old.replace("bread", "cake"))


def test_drafts_are_seen_by_nobody_in_public(client_of, client, moderator):
    from accounts.roles import Role
    from tests.factories import make_member

    draft = make_draft(slug="secret", headline="A secret")
    draft.section.slug = "town"
    draft.section.save()

    for browser in (client, client_of(moderator), client_of(make_member(role=Role.EDITOR))):
        assert browser.get(draft.get_absolute_url()).status_code == 404
        for address in ("/", "/town/", "/archive/", "/search/?q=secret"):
            assert "A secret" not in browser.get(address).content.decode()


def test_expired_articles_are_gone_everywhere_before_any_job_ran(client):
    article = make_article(headline="Gone tomorrow", topics=[make_topic(slug="weir")], author=make_author(slug="ada"))
    Correction.objects.create(article=article, text="A correction of it.")
    edit(article, slug="other").publish()
    Article.objects.update(expire_at=timezone.now() - timedelta(seconds=1))

    assert client.get(Article.objects.get().get_absolute_url()).status_code == 404
    assert client.get(article.get_absolute_url()).status_code == 404
    for address in ("/", f"/{article.section.slug}/", "/topics/weir/", "/authors/ada/", "/archive/", "/search/?q=gone"):
        assert "Gone tomorrow" not in client.get(address).content.decode()
    assert "A correction of it." not in client.get("/corrections/").content.decode()


@pytest.mark.parametrize(
    ("count", "mode", "says"),
    [
        (0, "open", "Be the first to comment"),
        (1, "open", "1 comment"),
        (47, "open", "47 comments"),
        (1200, "members", "1,200 comments"),
        (0, "closed", "Comments are closed"),
        (1, "closed", "1 comment"),
    ],
)
def test_a_teaser_says_how_many_talk(client, count, mode, says):
    article = make_article(comments_mode=mode)
    Thread.objects.update(comment_count=count)

    page = client.get("/archive/").content.decode()

    assert f'<a href="{article.talk_url}">{says}<' in page


@pytest.mark.parametrize(
    "closed",
    [
        {"desk_mode": "closed"},
        {"closes_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_a_teaser_invites_nobody_to_a_closed_discussion(client, closed):
    article = make_article(comments_mode="open")
    Thread.objects.update(**closed)

    pages = [client.get(address).content.decode() for address in ("/archive/", article.get_absolute_url())]

    assert ["Comments are closed" in page for page in pages] == [True, True]
    assert not any("Be the first to comment" in page for page in pages)


def test_an_article_without_discussion_speaks_of_none(client):
    article = make_article(comments_mode="none")

    page = client.get(article.get_absolute_url()).content.decode()

    assert "#discussion" not in page
    assert "comment" not in page.split("<footer")[0].lower().replace("civic", "")


def test_a_syndicated_article_names_its_source_and_hides_from_search_engines(client):
    source = make_source(name="Sill Valley Record", licence="CC BY-ND 4.0", licence_url="https://l.example/by-nd/")
    article = make_article(source=source, source_url="https://record.example/plates", source_date=NOVEMBER.date())

    page = client.get(article.get_absolute_url()).content.decode()

    assert (
        'First published by the <a href="https://record.example/plates" rel="external">Sill Valley Record</a> on '
        '<time datetime="2026-11-17">17 November 2026</time>, under '
        '<a href="https://l.example/by-nd/" rel="license">CC BY-ND 4.0</a>'
    ) in page
    assert '<meta name="robots" content="noindex">' in page


def test_data_for_search_engines_cannot_leave_its_block(client):
    article = make_article(headline="</script><script>alert(1)</script>")

    page = client.get(article.get_absolute_url()).content.decode()

    assert "<script>alert" not in page
    block = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    import json

    assert json.loads(block)["headline"] == "</script><script>alert(1)</script>"


def test_a_video_is_a_card_that_loads_nothing_from_elsewhere(client):
    article = make_draft()
    article.related_items.create(kind="video", title="A film", url="https://films.example/w/1", duration="3 min 12 s")
    article.save()
    article.save_revision().publish()

    page = client.get(article.get_absolute_url()).content.decode()

    assert '<a class="film__play" href="https://films.example/w/1" rel="external">' in page
    assert "3 min 12 s, from films.example." in page
    assert "<iframe" not in page
    assert page.count("films.example/w/1") == 1


def test_read_on_shows_what_was_chosen_and_leaves_out_what_is_gone(client):
    shown, gone = make_article(headline="Shown"), make_article(headline="Taken down")
    article = make_draft()
    for other in (shown, gone):
        article.related_items.create(kind="article", to_article=other)
    article.save()
    article.save_revision().publish()
    gone.unpublish()

    page = client.get(article.get_absolute_url()).content.decode()

    assert "Shown" in page
    assert "Taken down" not in page


def test_the_editors_choice_leads_the_front_page_and_nothing_stands_twice(client):
    make_article(headline="Newest")
    old = make_article(headline="Chosen", place="lead", published_at=NOVEMBER - timedelta(days=9))
    make_article(headline="Beside", place="second")
    make_article(headline="Unseen", place="none")

    front = client.get("/").context["front"]

    assert front.lead == old
    assert [a.headline for a in front.seconds] == ["Beside"]
    assert [a.headline for a in front.river] == ["Newest"]


def test_the_front_page_of_a_new_paper_is_kind(client):
    page = client.get("/").content.decode()

    assert "The first edition is being written" in page


def test_lists_have_pages_and_no_others(client, monkeypatch):
    monkeypatch.setattr("articles.views.PER_PAGE", 2)
    for _ in range(3):
        make_article()

    assert "Page 1 of 2" in client.get("/archive/").content.decode()
    assert client.get("/archive/?page=2").status_code == 200
    for wrong in ("3", "0", "-1", "x", "9" * 30, "²"):
        assert client.get("/archive/", {"page": wrong}).status_code == 404


def test_search_finds_words_in_headline_standfirst_and_body_best_first(client):
    in_body = make_article(body=[("paragraph", "<p>The bakeries were closed.</p>")])
    in_headline = make_article(headline="A bakery opens")
    make_article(headline="Nothing of the kind")

    page = client.get("/search/", {"q": "bakery"})

    assert list(page.context["page"].object_list) == [in_headline, in_body]
    assert "2 stories with “bakery”" in page.content.decode()


@pytest.mark.parametrize("words", ["tramway", "'; DROP", '"', "-", "<b>", "a" * 200])
def test_search_survives_what_people_type(client, words):
    page = client.get("/search/", {"q": words})

    assert page.status_code == 200
    assert "Nothing found for" in page.content.decode()


def test_a_search_of_endless_words_is_declined(client):
    assert client.get("/search/", {"q": "a" * 201}).status_code == 422


def test_a_hidden_correction_is_shown_nowhere(client):
    article = make_article()
    Correction.objects.create(article=article, text="Not for all.", public=False)

    for address in (article.get_absolute_url(), "/corrections/", "/"):
        assert "Not for all." not in client.get(address).content.decode()


def test_public_pages_take_no_posts(visitor_client, paper):
    for address in [*PAGES, paper.get_absolute_url()]:
        assert visitor_client.post(address).status_code == 405
