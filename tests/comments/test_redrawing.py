"""Old comments are drawn again, others are left alone."""

import pytest
from django.core.management import call_command

from civic.lib import markdown
from comments.models import Comment, CommentRevision
from tests.factories import make_comment

pytestmark = pytest.mark.django_db


def test_rerender_draws_old_comments_again_and_no_others(capsys):
    comment = make_comment(body="*new rules*")
    Comment.objects.filter(pk=comment.pk).update(body_html=markdown.render("old rules"), render_version=0)

    call_command("rerender")
    call_command("rerender")

    comment.refresh_from_db()
    assert comment.body_html == "<p><em>new rules</em></p>"
    first, second = capsys.readouterr().out.splitlines()
    assert (first, second) == (
        "1 comments and 0 articles drawn again.",
        "0 comments and 0 articles drawn again.",
    )


def test_texts_that_wait_or_are_over_are_drawn_again_too():
    comment = make_comment()
    old = {"body_html": markdown.render("old rules"), "render_version": 0}
    revision = CommentRevision.objects.create(comment=comment, body="*newer*", state="waiting", **old)

    call_command("rerender")

    revision.refresh_from_db()
    assert revision.body_html == "<p><em>newer</em></p>"
