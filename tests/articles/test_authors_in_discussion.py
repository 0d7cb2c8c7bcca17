"""Who wrote the article is marked as its author in the discussion, and nobody else."""

import pytest

from tests.articles.factories import make_article, make_author
from tests.factories import make_comment, make_member

pytestmark = pytest.mark.django_db

MARK = '<span class="badge" data-kind="author">Author</span>'


def test_a_writer_of_the_article_is_marked_and_others_are_not(client):
    writer = make_member(display_name="Maren Writer")
    article = make_article(author=make_author(name="Maren Writer", member=writer))
    make_comment(thread=article.thread, member=make_member())
    assert MARK not in client.get(article.get_absolute_url()).content.decode()

    make_comment(thread=article.thread, member=writer)

    assert client.get(article.get_absolute_url()).content.decode().count(MARK) == 1
