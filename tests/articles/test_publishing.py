"""What publication stores, and what no revision can take back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.roles import Role
from articles import publishing
from articles.jobs import publish_what_is_due
from articles.models import Article, Correction, Redirect
from civic.lib.site import SiteSettings
from comments.models import Thread
from tests.articles.factories import edit, make_article, make_author, make_draft, make_source, make_topic
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(_job_queue):
    return _job_queue


def again(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


@time_machine.travel("2026-11-17 12:00 +0000", tick=False)
def test_publishing_stores_what_readers_get():
    article = make_article(
        headline="Bread", body=[("paragraph", "<p>Fresh <b>bread</b>.</p>"), ("heading", "Rolls & buns")]
    )

    assert article.live
    assert article.body_html == '<p class="opening">Fresh <b>bread</b>.</p>\n<h2>Rolls &amp; buns</h2>'
    assert article.body_text == "Fresh bread.\n\nRolls & buns"
    assert article.version == 2
    assert article.published_at == timezone.now()
    assert article.render_version == publishing.RENDER_VERSION


def test_publishing_opens_a_discussion_that_knows_address_and_title():
    article = make_article(headline="Bread", comments_mode="members", invitation="Rye or wheat?")

    thread = Thread.objects.get()
    assert article.thread == thread
    assert (thread.address, thread.title, thread.mode) == (article.get_absolute_url(), "Bread", "members")
    assert (thread.invitation, thread.indexable) == ("Rye or wheat?", True)


def test_the_discussion_of_a_syndicated_article_is_kept_out_of_search_engines():
    article = make_article(source=make_source(), source_url="https://record.example/1")

    assert article.thread.indexable is False


def test_no_discussion_where_none_is_wanted():
    article = make_article(comments_mode="none")

    assert article.thread is None
    assert not article.has_discussion


def test_turning_a_discussion_off_hides_it_and_turning_it_on_brings_it_back():
    article = make_article()

    edit(article, comments_mode="none").publish()
    hidden = Thread.objects.visible().exists()
    edit(article, comments_mode="open").publish()

    assert hidden is False
    assert Thread.objects.visible().get() == again(article).thread


def test_a_draft_over_a_live_article_changes_nothing_for_readers():
    article = make_article(headline="Old")

    edit(article, headline="New", body=[("paragraph", "<p>New.</p>")])

    now = again(article)
    assert (now.headline, now.body_html, now.version) == ("Old", article.body_html, article.version)


def test_publishing_an_older_revision_keeps_thread_address_version_and_corrections():
    article = make_article(headline="First", slug="first")
    first = article.latest_revision
    edit(article, headline="Second", slug="second", body=[("paragraph", "<p>Second.</p>")]).publish()
    Correction.objects.create(article=article, text="It was five, not four.")
    before = again(article)

    first.refresh_from_db()
    first.publish()

    after = again(article)
    assert (after.headline, after.body_text) == ("First", article.body_text)
    assert (after.thread_id, after.slug, after.published_at) == (before.thread_id, "second", before.published_at)
    assert after.get_absolute_url() == before.get_absolute_url() == Thread.objects.get().address
    assert after.version > before.version
    assert [c.text for c in after.corrections.all()] == ["It was five, not four."]


def test_reverting_through_a_new_revision_keeps_the_address_too():
    article = make_article(slug="first")
    first = article.latest_revision
    edit(article, slug="second").publish()

    edit(article, slug="first").publish(previous_revision=first)

    assert again(article).slug == "second"


def test_a_new_slug_leaves_a_signpost():
    article = make_article(slug="first")

    edit(article, slug="second").publish()

    moved = again(article)
    assert moved.get_absolute_url().endswith("/second/")
    assert [(r.slug, r.article) for r in Redirect.objects.all()] == [("first", moved)]
    assert moved.thread.address == moved.get_absolute_url()


def test_going_back_to_an_old_slug_takes_the_signpost_down():
    article = make_article(slug="first")

    edit(article, slug="second").publish()
    edit(article, slug="first").publish()

    assert [r.slug for r in Redirect.objects.all()] == ["second"]


def test_saving_an_object_that_was_read_earlier_does_not_turn_the_version_back():
    article = make_article()
    stale = again(article)
    Article.changed(article.pk)

    stale.save()

    assert again(article).version == article.version + 1


def test_a_revision_carries_nothing_that_only_publication_writes():
    article = make_article()

    content = article.latest_revision.content

    assert set(content) & {"thread", "published_at", "body_html", "body_text", "render_version", "version"} == set()


def test_bylines_and_topics_travel_into_the_published_article():
    author, topic = make_author(), make_topic()
    article = make_draft(author=author, topics=[topic])

    article.latest_revision.publish()

    assert [b.author for b in again(article).bylines.all()] == [author]
    assert list(again(article).topics.all()) == [topic]


def test_the_month_in_an_address_is_that_of_the_papers_own_clock():
    SiteSettings(zone="America/New_York").save()

    with time_machine.travel(datetime(2026, 12, 1, 2, tzinfo=UTC), tick=False):
        article = make_article(slug="late")

    assert article.get_absolute_url() == "/2026/11/late/"


def test_taking_an_article_down_hides_its_discussion_and_makes_its_page_stale():
    article = make_article()

    article.unpublish()

    assert not Thread.objects.visible().exists()
    assert again(article).version > article.version
    assert not Article.objects.readable().exists()


def test_publishing_again_brings_the_same_discussion_back():
    article = make_article()
    article.unpublish()

    again(article).latest_revision.publish()

    assert Thread.objects.visible().get() == again(article).thread
    assert again(article).published_at == article.published_at


def test_deleting_an_article_hides_its_discussion():
    article = make_article()

    article.delete()

    assert not Thread.objects.visible().exists()


def test_deleting_many_at_once_hides_their_discussions_and_makes_lists_stale(client_of):
    articles = [make_article(), make_article(), make_draft()]
    addresses = [article.thread.address for article in articles[:2]]
    before = SiteSettings.current().version
    chosen = "&".join(f"id={article.pk}" for article in articles)

    client_of(make_member(role=Role.EDITOR)).post(f"/newsroom/bulk/articles/article/delete/?{chosen}")

    assert not Article.objects.exists()
    assert not Thread.objects.visible().exists()
    assert not Thread.objects.filter(address__in=addresses).exists()
    assert SiteSettings.current().version > before


def test_the_address_of_a_deleted_article_may_be_used_again():
    make_article(slug="bread").delete()

    article = make_article(slug="bread")

    assert article.thread.address == article.get_absolute_url()
    assert Thread.objects.count() == 2


def test_expiry_holds_to_the_second_without_any_job():
    end = timezone.now() + timedelta(hours=1)
    article = make_article(expire_at=end)

    assert list(Article.objects.readable(at=end - timedelta(seconds=1))) == [article]
    assert list(Article.objects.readable(at=end)) == []
    assert article.thread.visible_until == end


def test_an_article_that_expires_is_taken_down_at_its_second(queue):
    soon = timezone.now() + timedelta(hours=1)

    make_article(expire_at=soon)

    waiting = [job for job in queue.connector.jobs.values() if "publish_on_time" in job["task_name"]]
    assert [job["scheduled_at"] for job in waiting] == [soon]


def test_a_scheduled_article_waits_for_its_second_and_a_job_is_ready(queue):
    soon = timezone.now() + timedelta(hours=2)
    article = make_draft()
    article.go_live_at = soon

    article.save_revision().publish()

    waiting = [job for job in queue.connector.jobs.values() if "publish_on_time" in job["task_name"]]
    assert [job["scheduled_at"] for job in waiting] == [soon]
    assert not Article.objects.readable().exists()
    assert again(article).thread is None


def test_what_is_due_is_published_and_what_is_over_is_taken_down():
    soon = timezone.now() + timedelta(hours=2)
    article = make_draft()
    article.go_live_at = soon
    article.save_revision().publish()
    over = make_article(expire_at=soon - timedelta(hours=1))

    with time_machine.travel(soon + timedelta(seconds=1), tick=False):
        publish_what_is_due()

        assert list(Article.objects.readable()) == [again(article)]
        assert again(article).published_at == soon + timedelta(seconds=1)
        assert again(article).thread is not None
        assert again(over).live is False


def test_a_correction_makes_the_page_stale_and_leaves_the_text_alone():
    article = make_article()

    Correction.objects.create(article=article, text="Five.")

    assert again(article).version == article.version + 1
    assert again(article).body_html == article.body_html


def test_rerender_draws_published_articles_of_other_rules_again_and_no_drafts():
    article, draft = make_article(), make_draft()
    Article.objects.filter(pk=article.pk).update(body_html="", render_version=0)

    assert publishing.rerender_all() == 1
    assert again(article).body_html == article.body_html
    assert again(draft).body_html == ""


def test_setup_does_nothing_twice(django_assert_max_num_queries):
    call_command("setup", verbosity=0)

    with django_assert_max_num_queries(45):
        call_command("setup", verbosity=0)
