"""What programs read of the comments on a page: public ones, nested as they answer, the same for everybody."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

from comments.models import Comment, Tally
from comments.models.comments import State
from comments.readers import ANYBODY, Reader
from comments.structured import comment_data, discussion_data
from comments.threads import load_thread
from comments.visibility import remove
from tests.articles.factories import make_article
from tests.factories import make_comment, make_guest, make_member, make_rule

pytestmark = pytest.mark.django_db

WHEN = datetime(2026, 3, 1, 8, tzinfo=UTC)
HERE = "https://paper.example"


def described(thread, reader=ANYBODY) -> list[dict]:
    return comment_data(load_thread(thread, reader, sort="oldest").nodes, site_url=HERE)


def words(found: list[dict]) -> list:
    """Texts, each with those that stand under it."""
    return [(one["text"], words(one["comment"])) if "comment" in one else one["text"] for one in found]


def test_a_comment_is_described():
    comment = make_comment(body="*Well* said.", guest=make_guest(name="Gina"), created_at=WHEN)

    assert discussion_data(comment.thread, load_thread(comment.thread, ANYBODY).nodes, site_url=HERE) == {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "@id": HERE + comment.thread.address,
        "commentCount": comment.thread.comment_count,
        "comment": [
            {
                "@type": "Comment",
                "url": f"{HERE}/discuss/c/{comment.pk}/",
                "author": {"@type": "Person", "name": "Gina"},
                "dateCreated": "2026-03-01T08:00:00+00:00",
                "text": "Well said.",
            }
        ],
    }


def test_answers_are_nested_in_what_they_answer():
    first = make_comment(body="1")
    answer = make_comment(body="1.1", parent=first)
    make_comment(body="1.1.1", parent=answer)
    make_comment(body="1.2", parent=first)
    make_comment(body="2", thread=first.thread)

    assert words(described(first.thread)) == [("1", [("1.1", ["1.1.1"]), "1.2"]), "2"]


def test_an_answer_to_a_gone_comment_stands_under_what_is_above():
    first = make_comment(body="1")
    answer = make_comment(body="1.1", parent=first)
    make_comment(body="1.1.1", parent=answer)
    remove(answer, rule=make_rule())

    assert words(described(first.thread)) == [("1", ["1.1.1"])]
    remove(first, rule=make_rule())
    assert words(described(first.thread)) == ["1.1.1"]


def test_what_waits_is_not_described_even_for_its_writer():
    writer = make_member()
    comment = make_comment(member=writer, state=State.IN_REVIEW)

    page = load_thread(comment.thread, Reader(member=writer))

    assert [node.comment.pk for node in page.nodes] == [comment.pk]
    assert comment_data(page.nodes, site_url=HERE) == []


def test_agreement_is_told_where_everybody_sees_it_and_a_change_after_publication():
    few, enough = make_comment(created_at=WHEN), make_comment(created_at=WHEN)
    Tally.objects.filter(comment=few).update(agree=4)
    Tally.objects.filter(comment=enough).update(agree=4, disagree=1)
    Comment.objects.filter(pk=enough.pk).update(edited_at=WHEN + timedelta(minutes=1))

    ((silent,), (told,)) = described(few.thread), described(enough.thread)

    assert "upvoteCount" not in silent
    assert "dateModified" not in silent
    assert (told["upvoteCount"], told["dateModified"]) == (4, "2026-03-01T08:01:00+00:00")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("word " * 40 + "end", "word " * 39 + "word …"),
        ("x" * 300, "x" * 200 + " …"),
        ("x" * 200, "x" * 200),
    ],
)
def test_of_long_comments_the_beginning_is_told(body, told):
    assert words(described(make_comment(body=body).thread)) == [told]


def test_nothing_in_it_ends_the_block_or_asks_a_query(django_assert_num_queries):
    comment = make_comment(body="</script><script>alert(1)</script> & more", guest=make_guest(name="<!--"))
    nodes = load_thread(comment.thread, ANYBODY).nodes
    drawing = Template("{% load comments %}{% comments_data thread nodes %}")

    with django_assert_num_queries(0):
        block = drawing.render(Context({"thread": comment.thread, "nodes": nodes}))

    assert block.count("<") == 2
    inside = json.loads(block.removeprefix('<script type="application/ld+json">').removesuffix("</script>"))
    assert inside["comment"][0]["text"] == "</script><script>alert(1)</script> & more"


def test_an_article_and_its_discussion_are_one_thing_to_programs(client):
    article = make_article(headline="The tram")
    make_comment(thread=article.thread, body="Shown.")
    make_comment(thread=article.thread, body="Hidden.", state=State.IN_REVIEW)

    page = client.get(article.get_absolute_url()).content.decode()

    blocks = page.split('<script type="application/ld+json">')[1:]
    story, talk = (json.loads(block.partition("</script>")[0]) for block in blocks)
    assert (story["@type"], story["headline"], story["@id"]) == ("NewsArticle", "The tram", talk["@id"])
    assert (story["commentCount"], talk["commentCount"]) == (1, 1)
    assert words(talk["comment"]) == ["Shown."]


def test_an_empty_discussion_is_not_described(client):
    page = client.get(make_article().get_absolute_url()).content.decode()

    assert page.count("application/ld+json") == 1
