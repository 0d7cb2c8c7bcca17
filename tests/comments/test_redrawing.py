"""Old comments are drawn again, others are left alone."""

import pytest
from django.core.management import call_command

from civic.lib import markdown
from comments.models import Comment
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
