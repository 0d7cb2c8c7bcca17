"""Statements by hand give the same rows as the ORM would."""

import pytest
from django.db import IntegrityError, transaction
from django.utils.safestring import SafeString

from civic.lib import sql
from comments.models import Comment, CommentOrigin, Screening, Tally
from tests.factories import make_comment, make_guest, make_thread

pytestmark = pytest.mark.django_db


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def new_comment(thread, **fields) -> Comment:
    comment = Comment.write(thread=thread, parent=None, body="*x*", guest=make_guest(), **fields)
    comment.state = Comment.State.IN_REVIEW
    return comment


def test_a_row_is_read_as_the_orm_reads_it():
    saved = make_comment(body="*x*")

    read = sql.get(Comment, "WHERE id = %s", [saved.pk])

    assert values(read) == values(Comment.objects.get(pk=saved.pk))
    assert isinstance(read.body_html, SafeString)
    assert not read._state.adding


def test_fields_that_are_kept_as_something_else_come_back_as_what_they_were():
    saved = Screening.objects.create(comment=make_comment(), outcome="hold", reasons=["two links"], signals=[])

    assert sql.get(Screening, "WHERE id = %s", [saved.pk]).reasons == ["two links"]


def test_no_row_is_none_and_no_rows_are_an_empty_list():
    assert sql.get(Comment, "WHERE id = %s", [0]) is None
    assert sql.select(Comment, "WHERE false") == []


def test_rows_of_several_tables_go_in_by_one_statement(django_assert_num_queries):
    thread = make_thread()
    comment = new_comment(thread)
    seen = Screening(comment=comment, outcome="hold", reasons=["it’s new"], signals=[{"span": None}])
    rows = [comment, Tally(comment=comment, thread=thread), seen, CommentOrigin(comment=comment, prefix_hash=b"1" * 16)]

    with django_assert_num_queries(1):
        sql.insert(*rows)

    assert values(Comment.objects.get(pk=comment.pk)) == values(comment)
    assert comment.screenings.get().reasons == ["it’s new"]
    assert bytes(comment.origin.prefix_hash) == b"1" * 16
    comment.body = "y"
    comment.save()  # it is known to be there
    assert Comment.objects.get(pk=comment.pk).body == "y"


def test_all_of_them_go_in_or_none():
    thread = make_thread()
    comment, other = new_comment(thread), make_comment(thread=thread)

    with pytest.raises(IntegrityError), transaction.atomic():
        sql.insert(comment, Tally(comment=other, thread=thread))  # it has one

    assert not Comment.objects.filter(pk=comment.pk).exists()
