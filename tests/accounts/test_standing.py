"""Roles and suspensions: who may do what, and until when."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Badge, Suspension, User
from accounts.roles import Role
from civic.lib.tokens import fingerprint
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "desk", "newsroom", "staff"),
    [
        ("", False, False, False),
        (Role.WRITER, False, True, True),
        (Role.EDITOR, False, True, True),
        (Role.MODERATOR, True, False, True),
        (Role.NEWSLETTER_EDITOR, False, True, True),
        (Role.ADMIN, True, True, True),
    ],
)
def test_each_role_opens_its_own_doors(role, desk, newsroom, staff):
    member = make_member(role=role)

    assert (member.is_moderator, member.may_enter_newsroom, member.is_staff_member) == (desk, newsroom, staff)


def test_nobody_has_a_role_while_shut_out():
    member = make_member(role=Role.ADMIN)
    member.is_active = False

    assert (member.is_moderator, member.may_enter_newsroom, member.is_staff_member) == (False, False, False)


def test_a_visitor_has_no_role():
    from accounts import roles

    assert not roles.is_moderator(AnonymousUser())


def test_moderators_are_those_who_stand_at_the_desk():
    moderator, admin = make_member(role=Role.MODERATOR), make_member(role=Role.ADMIN)
    make_member(role=Role.WRITER)
    User.objects.filter(pk=make_member(role=Role.MODERATOR).pk).update(is_active=False)

    assert set(User.objects.moderators()) == {moderator, admin}


def test_working_here_counts_everybody_once():
    both = make_member(role=Role.WRITER)
    Badge.objects.create(member=both, kind=Badge.Kind.STAFF, label="Editor")
    official = make_member()
    Badge.objects.create(member=official, kind=Badge.Kind.OFFICIAL, label="Larkford Police")

    assert list(User.objects.working_here()) == [both]


def test_an_address_belongs_to_one_member_whatever_its_case():
    make_member(email="ana@example.org")

    with pytest.raises(IntegrityError):
        make_member(email="ANA@Example.org")


def test_namesakes_get_addresses_of_their_own():
    slugs = [make_member(display_name="Ana Kim").slug for _ in range(3)]

    assert slugs[0] == "ana-kim"
    assert len(set(slugs)) == 3
    assert all(slug.startswith("ana-kim-") for slug in slugs[1:])
    assert make_member(display_name="李小龍").slug == "member"


def test_appointing_makes_the_account_if_there_is_none_and_is_harmless_twice(capsys):
    for _ in range(2):
        call_command("appoint", "boss@paper.example", "Admins", name="Odile Marsh")

    boss = User.objects.get(email="boss@paper.example")
    assert [group.name for group in boss.groups.all()] == ["Admins"]
    assert not boss.has_usable_password()
    with pytest.raises(CommandError):
        call_command("appoint", "not an address", "Admins")


# --- suspensions ---


def suspend(member, **fields) -> Suspension:
    return Suspension.objects.create(**{"member": member, "kind": "suspend", "rule": "Rule 4", **fields})


def test_a_suspension_holds_until_its_last_second():
    now = timezone.now()
    member = make_member()
    suspension = suspend(member, until=now + timedelta(days=1))

    assert list(Suspension.objects.in_force(now)) == [suspension]
    assert list(Suspension.objects.in_force(now + timedelta(days=1, seconds=-1))) == [suspension]
    assert list(Suspension.objects.in_force(now + timedelta(days=1))) == []


def test_one_without_an_end_holds_until_it_is_lifted():
    member = make_member()
    suspension = suspend(member, until=None, kind="ban")

    assert list(Suspension.objects.in_force(timezone.now() + timedelta(days=9999))) == [suspension]
    suspension.lifted_at = timezone.now()
    suspension.save()

    assert list(Suspension.objects.in_force()) == []


def test_it_is_on_one_member_or_on_one_address_and_found_by_either():
    address = fingerprint("address", "guest@example.org")
    member = make_member()
    on_member = suspend(member)
    on_address = Suspension.objects.create(address_hash=address, kind="premoderate", rule="Rule 1")

    assert list(Suspension.objects.on(member=member)) == [on_member]
    assert list(Suspension.objects.on(address_hashes=[address])) == [on_address]
    assert list(Suspension.objects.on(member=make_member())) == []
    assert list(Suspension.objects.on()) == []


@pytest.mark.parametrize("both", [True, False])
def test_the_database_takes_neither_both_nor_none(both):
    with pytest.raises(IntegrityError):
        Suspension.objects.create(
            member=make_member() if both else None, address_hash=b"x" * 16 if both else None, kind="ban", rule="Rule 1"
        )
