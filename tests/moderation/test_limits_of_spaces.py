"""Moderators who look after some spaces: what lies outside is not there, by whatever door they try."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.roles import Role
from comments.models import Space
from comments.models.comments import State
from moderation import standing
from moderation.appeals import open_appeal
from moderation.batches import Chosen, Wish, decide_many, plan
from moderation.deciding import decide, words_of
from moderation.filters import Queue
from moderation.measure_appeals import open_measure_appeal
from moderation.models import Act, EvidenceHold, Note
from moderation.people import Person
from tests.attack.test_reading_changes_nothing import everything
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread
from tests.moderation.reports import notice, report

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


def test_by_guessing_numbers_nothing_outside_is_read_or_changed(client_of, limited, schools, reader, moderator):
    second, rule = make_member(role=Role.MODERATOR), make_rule()
    make_comment(member=make_member(), thread=make_thread(space=schools))
    waits = make_comment(member=reader, state=State.IN_REVIEW, body="Kept from outside.")
    gone = make_comment(guest=make_guest(name="Outer Guest"), body="Kept from outside.")
    removed = decide(gone, Act.REMOVE, by=second, seen=State.PUBLIC, rule=rule, note="Kept from outside.")
    appeal = open_appeal(removed, text="Kept from outside.")
    warned = standing.warn(Person.of_member(reader), by=second, rule=rule, words="Kept from outside.")
    measure_appeal = open_measure_appeal(warned.measure, person=Person.of_member(reader), text="Kept from outside.")
    hold = EvidenceHold.objects.create(
        comment=waits, by=second, why="Kept from outside.", until=timezone.now() + timedelta(days=3)
    )
    batch = decide_many(
        plan([waits], Wish.PUBLISH, [Chosen(waits.pk, words_of(waits))]), by=second, note="Kept from outside."
    )
    Note.objects.create(comment=waits, by=second, text="Kept from outside.")
    report(waits, text="Kept from outside.")
    waits.refresh_from_db()
    client, before = client_of(limited), everything()
    chosen = {"seen": waits.state, "words": words_of(waits), "chosen": f"{waits.pk}-{words_of(waits)}", "rule": "3"}
    typed = chosen | {"act": "remove", "wish": "take_down", "text": "x", "why": "x", "days": "90", "overturn": "yes"}
    typed |= {"kind": "warn", "on": "1", "of": f"m{reader.pk}", "mode": "closed", "pace_seconds": "paper"}

    for path in (
        f"{waits.pk}/", f"{waits.pk}/decision/", f"{waits.pk}/claim/", f"{waits.pk}/notes/", f"{waits.pk}/evidence/",
        f"decisions/{removed.pk}/undo/", f"batches/{batch.pk}/", f"batches/{batch.pk}/undo/", f"appeals/{appeal.pk}/",
        f"people/member/{reader.pk}/", f"people/guest/{gone.guest_id}/", f"people/measures/{warned.measure_id}/lift/",
        f"people/measures/{warned.measure_id}/confirm/", f"people/decisions/{warned.pk}/undo/",
        f"people/appeals/{measure_appeal.pk}/", f"evidence/{hold.pk}/end/", f"discussions/{waits.thread_id}/",
        f"comments/{waits.pk}/pin/", f"comments/{waits.pk}/pick/",
    ):  # fmt: skip
        assert client.get(f"/moderation/{path}").status_code in (404, 405), path
        assert client.post(f"/moderation/{path}", typed | {"seen": "0"}).status_code in (404, 405), path
        assert client.post(f"/moderation/{path}", typed).status_code in (404, 405), path
    client.post("/moderation/many/", typed)
    assert everything() == before

    outside = ("Kept from outside.", reader.display_name, "Outer Guest", second.display_name, waits.thread.title)
    queues = [f"?queue={queue}" for queue in Queue] + [f"?queue=all&writer=member-{reader.pk}", f"?space={1}&queue=all"]
    queues += ["?queue=all&words=Kept", f"?done={removed.pk}", "?queue=all&rule=3", "?queue=all&state=removed"]
    lists = [
        "",
        "many/",
        "batches/",
        "numbers/",
        "appeals/",
        "people/",
        "people/?q=Outer",
        "people/?q=Ada",
        "evidence/",
    ]
    lists += [f"people/?q={reader.email}", "discussions/", "discussions/?q=Story", "statements.csv"]
    for path in lists + queues + [f"many/{query}" for query in queues]:
        answer = client.get(f"/moderation/{path}")
        page = answer.getvalue().decode() if answer.streaming else answer.content.decode()
        assert answer.status_code == 200
        assert [words for words in outside if words in page] == [], path
    assert client.get("/moderation/statements.csv").getvalue().count(b"\n") == 1
