"""Moderators who look after some spaces: what lies outside is not there, by whatever door they try."""

import pytest
from django.core import mail

from accounts.roles import Role
from comments.models import Space
from comments.models.comments import State
from moderation import standing
from moderation.models import Note
from moderation.people import Person
from tests.factories import make_comment, make_member, make_rule, make_thread
from tests.moderation.reports import notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def schools(db) -> Space:
    return Space.objects.create(name="Schools")


@pytest.fixture
def limited(schools):
    member = make_member(display_name="Lia Limited", role=Role.MODERATOR)
    schools.moderators.add(member)
    return member


def test_notes_from_elsewhere_and_numbers_of_elsewhere_stand_on_no_case(client_of, limited, schools, reader, moderator):
    here = make_comment(member=reader, thread=make_thread(space=schools), state=State.IN_REVIEW)
    there = make_comment(member=reader)
    Note.objects.create(comment=here, by=moderator, text="Said about this one.")
    Note.objects.create(comment=there, by=moderator, text="Said about the other one.")

    page = client_of(limited).get(f"/moderation/{here.pk}/")

    assert [note.text for note in page.context["case"].notes] == ["Said about this one."]
    assert (page.context["case"].card.published, page.context["case"].card.waiting) == (0, 1)
    assert f"/moderation/{there.pk}/" not in page.content.decode()
    everywhere = client_of(moderator).get(f"/moderation/{here.pk}/").context["case"]
    assert (len(everywhere.notes), everywhere.card.published) == (2, 1)


def test_a_threat_elsewhere_is_told_to_whoever_can_open_it(limited, schools, moderator, run_jobs):
    notice(make_comment(), matter="threat")
    run_jobs()
    told = {address for letter in mail.outbox for address in letter.to}
    assert moderator.email in told
    assert limited.email not in told

    notice(make_comment(thread=make_thread(space=schools)), matter="threat", origin=2)
    run_jobs()
    assert limited.email in {address for letter in mail.outbox for address in letter.to}


def test_lifting_with_signs_that_no_database_takes_is_no_failure_of_ours(client_of, moderator, reader):
    held = standing.premoderate(Person.of_member(reader), by=moderator, rule=make_rule())
    client = client_of(moderator)
    client.raise_request_exception = False

    answer = client.post(f"/moderation/people/measures/{held.measure_id}/lift/", {"words": "Fine\0 again."})

    assert answer.status_code == 303
    held.measure.refresh_from_db()
    assert held.measure.lifted_at
