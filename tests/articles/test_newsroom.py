"""Who may do what at the editors' desk."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from articles.models import Article, Author, Picture, Redirect
from articles.wagtail_hooks import state_of
from civic.models import SiteSettings, StaticPage
from tests.articles.factories import edit, make_article, make_author, make_draft, make_section
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return make_member(role=Role.WRITER)


@pytest.fixture
def editor():
    return make_member(role=Role.EDITOR)


def form(article: Article, **changes) -> dict:
    """What the editor's page would send."""
    inline = {
        f"{name}-{part}": value
        for name in ("bylines", "related_items")
        for part, value in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0), ("MIN_NUM_FORMS", 0), ("MAX_NUM_FORMS", 1000))
    }
    return {
        "headline": article.headline,
        "slug": article.slug,
        "standfirst": article.standfirst,
        "kicker": "",
        "section": article.section_id,
        "body-count": 1,
        "body-0-deleted": "",
        "body-0-order": 0,
        "body-0-type": "paragraph",
        "body-0-id": "a",
        "body-0-value": json.dumps({"blocks": [{"key": "x", "text": "Edited.", "type": "unstyled"}], "entityMap": {}}),
        "place": "river",
        "comments_mode": "open",
        **inline,
        **changes,
    }


def edit_url(article: Article) -> str:
    return reverse(Article.snippet_viewset.get_url_name("edit"), args=[article.pk])


@pytest.mark.parametrize("role", ["", Role.MODERATOR])
def test_who_does_not_work_at_the_paper_is_turned_away(client_of, role):
    response = client_of(make_member(role=role)).get("/newsroom/", follow=True)

    assert response.status_code == 403


def test_a_stranger_is_asked_to_sign_in(client):
    response = client.get("/newsroom/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


@pytest.mark.parametrize("role", [Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR, Role.ADMIN])
def test_those_who_do_come_in(client_of, role):
    response = client_of(make_member(role=role)).get("/newsroom/")

    assert response.status_code == 200
    page = response.content.decode()
    assert '"explorer"' not in page
    assert "/newsroom/documents/" not in page


def test_the_form_to_write_is_there_for_a_writer_and_offers_no_publishing(client_of, writer, editor):
    address = reverse(Article.snippet_viewset.get_url_name("add"))

    assert "action-publish" not in client_of(writer).get(address).content.decode()
    assert "action-publish" in client_of(editor).get(address).content.decode()


def test_a_writer_cannot_publish_even_by_asking_for_it(client_of, writer):
    draft = make_draft()

    client_of(writer).post(edit_url(draft), form(draft, **{"action-publish": "1"}))

    draft.refresh_from_db()
    assert draft.live is False
    assert draft.thread is None


def test_a_writer_submits_and_an_editor_who_approves_publishes(client_of, writer, editor):
    draft = make_draft()
    client_of(writer).post(edit_url(draft), form(draft, **{"action-submit": "1"}))
    draft.refresh_from_db()
    task = draft.current_workflow_task_state

    name = Article.snippet_viewset.get_url_name("workflow_action")
    client_of(editor).post(reverse(name, args=[draft.pk, "approve", task.pk]), {})

    draft.refresh_from_db()
    assert draft.live is True
    assert draft.body_text == "Edited."
    assert draft.thread is not None


def test_an_editor_publishes_from_the_page(client_of, editor):
    draft = make_draft()

    client_of(editor).post(edit_url(draft), form(draft, **{"action-publish": "1", "headline": "Out now"}))

    draft.refresh_from_db()
    assert (draft.live, draft.headline) == (True, "Out now")


@pytest.mark.parametrize("model", ["section", "author", "source", "topic", "correction"])
def test_the_card_file_is_for_editors(client_of, writer, editor, model):
    from django.apps import apps

    address = reverse(apps.get_model("articles", model).snippet_viewset.get_url_name("add"))

    assert client_of(writer).get(address).status_code in (302, 403)
    assert client_of(editor).get(address).status_code == 200


def test_a_preview_shows_the_draft_in_the_newsrooms_frame_only(client_of, writer):
    article = make_article(headline="Live")
    address = reverse(Article.snippet_viewset.get_url_name("preview_on_edit"), args=[article.pk])
    browser = client_of(writer)

    browser.post(address, form(article, headline="Not yet"))
    response = browser.get(address)

    assert "<h1>Not yet</h1>" in response.content.decode()
    assert "Edited." in response.content.decode()
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    article.refresh_from_db()
    assert article.headline == "Live"


def test_a_preview_is_for_those_in_the_newsroom(client_of, reader, client):
    article = make_article()
    address = reverse(Article.snippet_viewset.get_url_name("preview_on_edit"), args=[article.pk])

    assert client.get(address).status_code == 302
    assert client_of(reader).get(address, follow=True).status_code == 403


def test_an_editors_page_of_the_house_is_cleaned(client_of, editor):
    page = StaticPage.objects.create(slug="about", title="About")
    address = reverse(StaticPage.snippet_viewset.get_url_name("edit"), args=[page.pk])
    text = {"blocks": [{"key": "x", "text": "<script>alert(1)</script>", "type": "unstyled"}], "entityMap": {}}

    client_of(editor).post(
        address, {"title": "About us", "slug": "about", "position": 10, "body_html": json.dumps(text)}
    )

    page.refresh_from_db()
    assert page.title == "About us"
    assert page.body_html == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_a_page_with_a_table_keeps_it(client_of, editor):
    from civic.lib.html import clean_blocks

    table = clean_blocks("<table><tbody><tr><td>One</td></tr></tbody></table>")
    page = StaticPage.objects.create(slug="about", title="About", body_html=table)
    address = reverse(StaticPage.snippet_viewset.get_url_name("edit"), args=[page.pk])
    browser = client_of(editor)

    shown = browser.get(address).context["form"]["body_html"].value()
    browser.post(address, {"title": "A", "slug": "about", "position": 10, "body_html": shown + "<script>1</script>"})

    page.refresh_from_db()
    assert (page.title, page.body_html) == ("A", table)


def test_the_site_has_one_row_of_settings_that_editors_change(client_of, editor, writer):
    SiteSettings(name="Before").save()
    address = reverse(SiteSettings.snippet_viewset.get_url_name("edit"), args=["1"])
    values = {"name": "After", "zone": "Europe/Berlin", "language": "en", "tagline": "", "description": ""}

    client_of(writer).post(address, values)
    refused = SiteSettings.current().name
    client_of(editor).post(address, values)

    assert (refused, SiteSettings.current().name) == ("Before", "After")


@pytest.mark.parametrize(
    ("slug", "headline", "kept"),
    [
        ("ein-café-für-alle", "x", "ein-cafe-fur-alle"),
        ("", "Bread & butter", "bread-butter"),
        ("", "", "draft"),
        ("taken", "x", "taken-2"),
        ("once", "x", "once-2"),
        ("Ünï code/..", "x", "uni-code"),
        ("日本", "日本", "draft"),
    ],
)
def test_a_draft_is_never_refused_for_its_address(client_of, writer, slug, headline, kept):
    other = make_article(slug="taken")
    Redirect.objects.create(slug="once", article=other)
    draft = make_draft(slug="mine")

    client_of(writer).post(edit_url(draft), form(draft, slug=slug, headline=headline))

    draft.refresh_from_db()
    assert draft.latest_revision.content["slug"] == kept


def test_a_published_article_cannot_take_the_address_of_another(client_of, editor):
    make_article(slug="taken")
    article = make_article(slug="mine")

    response = client_of(editor).post(edit_url(article), form(article, slug="taken", **{"action-publish": "1"}))

    assert response.status_code == 200
    assert "slug" in response.context["form"].errors
    article.refresh_from_db()
    assert article.slug == "mine"


def test_a_preview_of_what_was_never_saved(client_of, writer):
    address = reverse(Article.snippet_viewset.get_url_name("preview_on_add"))
    browser = client_of(writer)

    browser.post(address, form(Article(headline="Brand new"), section=make_section().pk))
    response = browser.get(address)

    assert "<h1>Brand new</h1>" in response.content.decode()
    assert not Article.objects.exists()


def test_every_page_about_an_article_opens_for_an_editor(client_of, editor):
    article = make_article()
    first = article.latest_revision
    edit(article, headline="Second").publish()
    browser = client_of(editor)

    for view in ("edit", "history", "inspect", "usage", "delete", "unpublish", "workflow_history"):
        assert browser.get(reverse(Article.snippet_viewset.get_url_name(view), args=[article.pk])).status_code == 200
    for view in ("revisions_view", "revisions_revert"):
        name = Article.snippet_viewset.get_url_name(view)
        assert browser.get(reverse(name, args=[article.pk, first.pk])).status_code == 200


def test_the_list_of_articles_says_where_each_stands(client_of, editor, writer):
    live, both, draft = make_article(headline="A"), make_article(headline="B"), make_draft(headline="C")
    edit(both, headline="B, again")
    over = make_article(headline="D", expire_at=timezone.now() + timedelta(hours=1))
    later = make_draft(headline="E")
    later.go_live_at = timezone.now() + timedelta(hours=1)
    later.save_revision().publish()
    sent = make_draft(headline="F")
    client_of(writer).post(edit_url(sent), form(sent, **{"action-submit": "1"}))
    browser = client_of(editor)

    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        found = browser.get(reverse(Article.snippet_viewset.get_url_name("list"))).context["object_list"]
        states = {article.pk: state_of(article) for article in found}

    assert states == {
        live.pk: "live",
        both.pk: "live, newer draft",
        draft.pk: "draft",
        over.pk: "expired",
        later.pk: "scheduled",
        sent.pk: "waits for an editor",
    }


@pytest.mark.parametrize("filters", ["", "?live=true", "?q=bread", "?place=lead&live=false", "?ordering=-published_at"])
def test_the_list_of_articles_filters_and_searches(client_of, editor, filters):
    make_article(headline="Bread")
    make_draft(headline="A draft")

    response = client_of(editor).get(reverse(Article.snippet_viewset.get_url_name("list")) + filters)

    assert response.status_code == 200


def test_the_list_of_articles_asks_no_more_for_thirty(client_of, editor):
    browser = client_of(editor)
    address = reverse(Article.snippet_viewset.get_url_name("list"))

    def queries() -> int:
        browser.get(address)
        with CaptureQueriesContext(connection) as found:
            browser.get(address)
        return len(found)

    make_draft()
    with_one = queries()
    for _ in range(9):
        make_draft()

    assert queries() == with_one


def test_a_byline_is_tied_to_an_account_by_its_address(client_of, editor, reader):
    author = make_author()
    address = reverse(Author.snippet_viewset.get_url_name("edit"), args=[author.pk])
    values = {"name": author.name, "slug": author.slug, "title": "", "bio": ""}
    browser = client_of(editor)

    wrong = browser.post(address, {**values, "account": "nobody@example.org"})
    browser.post(address, {**values, "account": reader.email.upper()})
    author.refresh_from_db()
    tied = author.member
    browser.post(address, {**values, "account": ""})
    author.refresh_from_db()

    assert "account" in wrong.context["form"].errors
    assert (tied, author.member) == (reader, None)


def test_pictures_are_uploaded_with_their_words(client_of, writer, tmp_path):
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (20, 20)).save(file, "png")
    upload = SimpleUploadedFile("a.png", file.getvalue(), "image/png")

    client_of(writer).post("/newsroom/images/add/", {"title": "A", "file": upload, "alt": "Black", "credit": "Ada"})

    picture = Picture.objects.get()
    assert (picture.alt, picture.credit, picture.uploaded_by_user) == ("Black", "Ada", writer)
