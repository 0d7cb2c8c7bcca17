"""Lists of words that call for a look, in the newsroom and in what is posted."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.roles import Role
from comments.models import Comment, PhraseList
from comments.models.comments import State
from tests.factories import make_comment, make_member, make_thread

pytestmark = pytest.mark.django_db

LIST = {"name": "Quarrels of last year", "space": "", "phrases": "footbridge*\nthe mayor's dog"}


def newsroom(name: str, *args) -> str:
    return reverse(PhraseList.snippet_viewset.get_url_name(name), args=args)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Nothing about it.", State.PUBLIC),
        ("Two footbridges, then.", State.IN_REVIEW),
        ("The f.o.o.t.b.r.i.d.g.e again.", State.IN_REVIEW),
    ],
)
def test_an_editor_lists_words_and_comments_with_them_wait(client_of, words, state):
    call_command("setup")
    answer = client_of(make_member(role=Role.EDITOR)).post(newsroom("add"), LIST)
    assert answer.status_code == 302
    writer, thread = make_member(), make_thread()
    make_comment(member=writer)

    client_of(writer).post(thread.post_url, {"body": words})

    assert Comment.objects.get(thread=thread).state == state


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.MODERATOR, Role.NEWSLETTER_EDITOR])
def test_nobody_else_makes_changes_or_deletes_one(client_of, role):
    call_command("setup")
    known = PhraseList.objects.create(name="Known", phrases="x")
    client = client_of(make_member(role=role))

    for address in (newsroom("add"), newsroom("edit", known.pk), newsroom("delete", known.pk)):
        client.post(address, LIST)

    assert [(one.name, one.phrases) for one in PhraseList.objects.all()] == [("Known", "x")]
