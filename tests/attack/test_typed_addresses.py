"""A stranger types the address of somebody trusted into every form there is."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from comments.models import Comment, Follow, Guest
from comments.models.comments import State
from moderation import standing
from moderation.deciding import decide
from moderation.models import Act, Report
from moderation.people import Person
from tests.factories import make_comment, make_guest, make_rule, make_thread
from tests.moderation.reports import BY_CONTACT, page_of
from tests.newsletter.factories import make_newsletter

pytestmark = pytest.mark.django_db

OWNER = "ana@example.org"
SPELLINGS = (OWNER, "Ana@Example.org", "ana+one@example.org", "ana+two@example.org")


def stranger(number: int) -> Client:
    """Each from a network of their own."""
    return Client(HTTP_SEC_FETCH_SITE="same-origin", REMOTE_ADDR=f"10.{number // 250}.{number % 250}.7")


@pytest.fixture
def owner(db):
    """A guest whose comments have stood for long, and who follows a discussion."""
    guest = make_guest(name="Ana", email=OWNER)
    thread = make_thread()
    for _ in range(3):
        make_comment(guest=guest, thread=thread)
    return guest


def letters() -> int:
    return sum("ana" in address.lower() for letter in mail.outbox for address in letter.to)


def test_by_all_doors_together_its_owner_gets_three_letters_a_day(owner, moderator, run_jobs):
    news = make_newsletter("The Morning Lamp", is_default=True)
    thread, reported = make_thread(), [make_comment() for _ in range(8)]
    run_jobs()
    mail.outbox.clear()
    number = 0
    start = timezone.now()
    for step in range(8):
        with time_machine.travel(start + timedelta(minutes=12 * step), tick=False):
            for spelling in SPELLINGS:
                number += 1
                body = {"name": "Ana", "email": spelling, "body": f"A thought, number {number}."}
                browser = stranger(number)
                browser.post(thread.post_url, body)
                written = Comment.objects.filter(body=body["body"]).first()
                browser.post(f"/discuss/c/{written.pk}/letter/")
                stranger(number).post(page_of(reported[step]), {**BY_CONTACT, "email": spelling, "text": f"{number}"})
                stranger(number).post("/newsletter/subscribe/", {"email": spelling, "letter": [news.slug]})
                stranger(number).post("/accounts/login/", {"login": spelling})
                stranger(number).post("/accounts/signup/", {"email": spelling, "display_name": f"Name {number}"})
            run_jobs()
            decide(reported[step], Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
            run_jobs()

    assert letters() == 3
    with time_machine.travel(start + timedelta(days=2), tick=False):
        stranger(1).post("/accounts/login/", {"login": OWNER})
        assert letters() == 4


def test_typing_it_gives_neither_trust_nor_anything_that_is_its_owners(owner, moderator, run_jobs):
    thread = make_thread()
    warned = standing.warn(Person.of_guest(owner), by=moderator, rule=make_rule(), words="Only for Ana.")
    mine = make_comment()
    client = stranger(1)

    answer = client.post(
        thread.post_url, {"name": "Ana", "email": OWNER, "body": "Not Ana at all.", "answers": "at_once"}
    )

    assert answer.status_code == 303
    written = Comment.objects.get(body="Not Ana at all.")
    assert written.state == State.UNCONFIRMED
    assert (written.guest_id != owner.pk, written.guest.key != owner.key, written.guest.is_confirmed) == (
        True,
        True,
        False,
    )
    for path in ("/discuss/mine/", "/discuss/mine/standing/", "/discuss/mine/follows/", answer["Location"]):
        page = client.get(path).content.decode()
        assert client.get(path).status_code == 200
        assert "Only for Ana." not in page
        assert "A thought." not in page
    assert client.post("/discuss/mine/standing/", {"acknowledge": str(warned.measure_id)}).status_code == 404
    client.post(page_of(mine), {**BY_CONTACT, "email": OWNER})
    assert Report.objects.get().who == Report.Who.CONTACT
    assert Report.objects.get().guest is None
    make_comment(thread=thread, parent=None)
    run_jobs()
    assert not Follow.objects.filter(guest=owner).exists()
    assert not [letter for letter in mail.outbox if "answer" in letter.subject.lower()]
    assert Guest.objects.confirmed().count() == 1
