"""Rows by COPY are the rows that saving would have made."""

import pytest
from django.forms import model_to_dict

from civic.lib.copying import copy_in
from comments.models import Comment, Guest
from tests.factories import make_comment, make_guest, make_thread

pytestmark = pytest.mark.django_db


def test_every_column_arrives_as_it_was():
    saved = make_comment(body="a\tb\\n \n“c” \\. 🦔", guest=make_guest())
    copy = Comment.write(thread=saved.thread, parent=saved, body=saved.body, guest=saved.guest)
    copy.state, copy.shown, copy.published_at = saved.state, True, saved.published_at

    copy_in([copy])

    found = Comment.objects.get(pk=copy.pk)
    assert model_to_dict(found) == model_to_dict(copy)
    assert (found.body_html, bytes(found.path)) == (saved.body_html, bytes(copy.path))


def test_ids_come_from_the_sequence_where_there_are_none():
    copy_in([Guest(name="Ada"), Guest(name="Ben")])

    assert list(Guest.objects.order_by("pk").values_list("name", flat=True)) == ["Ada", "Ben"]


def test_nothing_to_copy_is_nothing_done(django_assert_num_queries):
    with django_assert_num_queries(0):
        copy_in([])


def test_markup_of_unknown_origin_is_refused_as_in_saving():
    comment = Comment.write(thread=make_thread(), parent=None, body="x", body_html="<b>x</b>", guest=make_guest())

    with pytest.raises(TypeError):
        copy_in([comment])
