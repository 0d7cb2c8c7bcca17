"""Leaving, seen from the newsroom and from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.log_actions import log

from accounts.models import Leaving, User
from accounts.roles import Role
from civic.lib.site import SiteSettings
from comments.counting import find_drift
from comments.models import Comment, Guest
from comments.models.comments import State
from newsletter.models import Subscriber
from tests.factories import make_comment, make_guest, make_member
from tests.newsletter.factories import make_newsletter, make_subscriber
from tests.traces import traces_of

pytestmark = pytest.mark.django_db

ADDRESS = "anabel@quill.example"


def erase(*arguments: str) -> str:
    said = StringIO()
    call_command("erase_person", *arguments, stdout=said)
    return said.getvalue()


def somebody() -> User:
    """A member, a proven guest and one who only typed, a subscriber: all with one address."""
    member = make_member(display_name="Anabel Quillfeather", email=ADDRESS)
    make_comment(member=member, body="Member zanzibar")
    make_comment(guest=make_guest(name="Anabel Quillfeather", email="Anabel@quill.example"), body="Guest zanzibar")
    typed = make_guest(name="Quillfeather", email=ADDRESS, confirmed=False)
    make_comment(guest=typed, body="Typed zanzibar", state=State.UNCONFIRMED)
    make_subscriber(make_newsletter(), email=ADDRESS)
    return member


def test_without_yes_the_command_says_what_there_is_and_changes_nothing():
    somebody()

    said = erase(ADDRESS)

    assert "member accounts: 1" in said
    assert "comments as a guest: 2" in said
    assert "Nothing was changed" in said
    assert User.objects.filter(email=ADDRESS, is_active=True).exists()
    assert Guest.objects.exclude(email="").count() == 2


@pytest.mark.parametrize("words", [True, False])
def test_with_yes_nothing_of_the_person_is_left(words):
    somebody()

    said = erase("ANABEL@quill.example", "--yes", *(["--words"] if words else []))

    assert "Erased" in said
    assert traces_of("quillfeather", "anabel") == []
    assert bool(traces_of("zanzibar")) is not words
    assert not traces_of("Typed zanzibar")
    assert not Leaving.objects.exists()
    assert not Subscriber.objects.exists()
    assert find_drift() == []


def test_an_unknown_address_is_no_error():
    assert "member accounts: 0" in erase("nobody@example.org", "--yes")


def test_the_last_admin_is_not_erased():
    User.objects.filter(groups__name=Role.ADMIN).update(is_active=False)
    admin = make_member(role=Role.ADMIN)

    with pytest.raises(CommandError):
        erase(admin.email, "--yes")

    assert User.objects.filter(pk=admin.pk, is_active=True).exists()


def test_deleting_somebody_in_the_newsroom_is_leaving(client_of, run_jobs):
    boss = User.objects.create_superuser("boss@paper.example", "Odile Marsh")
    member = make_member(display_name="Anabel Quillfeather", email=ADDRESS)
    comment = make_comment(member=member, body="Stays.")
    log(member, "wagtail.edit", user=boss)
    client = client_of(boss)

    shown = client.get(f"/newsroom/users/delete/{member.pk}/")
    answer = client.post(f"/newsroom/users/delete/{member.pk}/")
    run_jobs()
    client.get("/newsroom/users/")  # the message is read

    assert (shown.status_code, answer.status_code) == (200, 302)
    assert not User.objects.filter(pk=member.pk).exists()
    assert Comment.objects.get(pk=comment.pk).writer_name == "Somebody who has left"
    assert traces_of("quillfeather", "anabel") == []


def test_a_new_name_and_an_erased_one_change_the_page_that_a_visitor_gets_next():
    member = make_member(display_name="Anabel Quillfeather")
    thread = make_comment(member=member).thread
    page = f"/discuss/{thread.pk}/"
    shown = [Client().get(page).content.decode()]

    member = User.objects.get(pk=member.pk)
    member.display_name = "Bel Quill"
    member.save()
    shown.append(Client().get(page).content.decode())
    version = SiteSettings.current().version
    erase(member.email, "--yes")
    shown.append(Client().get(page).content.decode())

    assert ["Anabel Quillfeather" in html for html in shown] == [True, False, False]
    assert ["Bel Quill" in html for html in shown] == [False, True, False]
    assert "Somebody who has left" in shown[2]
    assert SiteSettings.current().version > version
