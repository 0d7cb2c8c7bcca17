"""Whatever happens between two letters, nobody is refused without hearing of it."""

from unittest.mock import Mock

import pytest
from django.core import mail

from comments.models.comments import State
from moderation import standing
from moderation.deciding import words_of
from moderation.notices import write_to_author
from tests.factories import make_comment, make_rule

pytestmark = pytest.mark.django_db


def test_a_warning_taken_back_between_the_two_letters_leaves_the_refusal_told(reader, moderator, run_jobs, monkeypatch):
    comment = make_comment(member=reader, state=State.IN_REVIEW)
    seen = {"seen": State.IN_REVIEW, "words": words_of(comment)}
    with monkeypatch.context() as first:  # a worker takes this job first, and the other a moment later
        first.setattr("moderation.deciding.write_to_author", Mock())
        refused, warned = standing.refuse_and_warn(comment, by=moderator, rule=make_rule(), note="No names.", **seen)
    write_to_author.func(refused.pk)  # says nothing: the letter of the warning will
    assert mail.outbox == []

    standing.undo(warned, by=moderator)
    run_jobs()

    assert [letter.to for letter in mail.outbox] == [[reader.email]]
    assert "was not published" in mail.outbox[0].subject
    assert "No names." in mail.outbox[0].body
    assert f"/discuss/c/{comment.pk}/decision/" in mail.outbox[0].body


def test_a_refusal_and_its_warning_taken_back_together_write_nothing(reader, moderator, run_jobs):
    comment = make_comment(member=reader, state=State.IN_REVIEW)
    refused, _ = standing.refuse_and_warn(comment, by=moderator, rule=make_rule(), seen=State.IN_REVIEW)

    standing.undo_with_warning(refused, by=moderator)
    run_jobs()

    assert mail.outbox == []
