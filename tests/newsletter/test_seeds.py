"""The letters of the demo paper."""

from datetime import timedelta

from django.utils import timezone

from articles.models import Article
from newsletter.models import ConsentEvent, Issue, Newsletter, Reward, Subscriber, Subscription
from seeds.files import read
from seeds.load_newsletter import load_newsletter
from tests.articles.factories import make_article


def articles() -> dict[str, Article]:
    told = read("newsletter")
    blocks = [block for issue in told["issue"] for block in issue["block"]]
    wanted = {block["article"] for block in blocks if "article" in block}
    wanted |= {told["draft"]["lead"], *told["draft"]["articles"]}
    there = {article.slug: article for article in Article.objects.filter(slug__in=wanted)}
    return {slug: there.get(slug) or make_article(slug=slug) for slug in wanted}


def counts() -> list[int]:
    models = (Newsletter, Issue, Reward, Subscriber, Subscription, ConsentEvent)
    return [model.objects.count() for model in models]


def test_loading_twice_doubles_nothing_not_even_on_another_day(db):
    now = timezone.now()
    load_newsletter(now, articles())
    once = counts()

    load_newsletter(now + timedelta(days=3), articles())

    assert (once[:3], counts()) == ([3, 3, 1], once)


def test_the_demo_paper_has_a_default_letter_with_a_report_that_can_be_read(db):
    load_newsletter(timezone.now(), articles())

    lamp = Newsletter.objects.offered_first()
    assert lamp.slug == "morning-lamp"
    assert lamp.reward.file.read().startswith(b"%PDF-")
    assert (lamp.reward.cover_width, lamp.reward.cover.name[-5:]) == (416, ".webp")


def test_every_demo_subscription_has_its_proof(db):
    load_newsletter(timezone.now(), articles())

    for subscription in Subscription.objects.exclude(state="pending"):
        kinds = subscription.subscriber.consents().filter(newsletter=subscription.newsletter)
        expected = {"asked", "confirmed"} | ({"left"} if subscription.state == "left" else set())
        assert {event.kind for event in kinds} == expected


def test_the_issues_of_the_demo_paper_can_be_read(db, visitor_client):
    load_newsletter(timezone.now(), articles())

    for issue in Issue.objects.readable().select_related("newsletter"):
        page = visitor_client.get(issue.get_absolute_url())
        assert (page.status_code, issue.subject in page.content.decode()) == (200, True)


def test_the_demo_paper_has_a_draft_that_waits_for_its_second_reader(db):
    load_newsletter(timezone.now(), articles())

    (draft,) = Issue.objects.filter(state="draft")
    assert [block["type"] for block in draft.blocks] == ["text", "item", "item", "item", "text", "button"]
    assert [part.block_type for part in draft.content] == ["text", "article", "article", "article", "text", "button"]


def test_seeding_again_leaves_the_clock_of_automatic_letters_alone(db):
    load_newsletter(timezone.now(), articles())
    since = Newsletter.objects.get(slug="morning-lamp").rhythm_since

    load_newsletter(timezone.now(), articles())

    assert Newsletter.objects.get(slug="morning-lamp").rhythm_since == since
