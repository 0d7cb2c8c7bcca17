"""The people of the demo paper: members with roles and badges, and guests."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from accounts.models import Badge, User
from comments.models import Guest
from seeds.files import read


def load_members(now: datetime) -> dict[str, User]:
    """Members by key. Those who are there already are left as they are."""
    return {person["key"]: _member(person, now) for person in read("people")["person"]}


def load_guests(now: datetime) -> dict[str, Guest]:
    guests = {}
    for known in read("people")["guest"]:
        confirmed_at = now - timedelta(days=40) if known["confirmed"] else None
        guests[known["key"]], _ = Guest.objects.get_or_create(
            email=known["email"],
            name=known["name"],
            defaults={"website": known["website"], "confirmed_at": confirmed_at},
        )
    return guests


def demo_people() -> list[tuple[str, str, str]]:
    """(name, e-mail, roles) of those worth signing in as: one line for each role, and a reader."""
    seen: set[str] = set()
    chosen = []
    for person in read("people")["person"]:
        role = ", ".join(person["roles"]) or "Reader"
        if role not in seen and len(person["roles"]) < 2:
            seen.add(role)
            chosen.append((person["name"], person["email"], role))
    return chosen


def _member(person: dict, now: datetime) -> User:
    user = User.objects.filter(email__iexact=person["email"]).first()
    if user:
        return user
    joined = now - timedelta(days=person.get("joined_days_ago", 100))
    user = User.objects.create_user(person["email"], person["name"], bio=person.get("bio", ""), joined_at=joined)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    user.groups.set(Group.objects.filter(name__in=person["roles"]))
    if badge := person.get("badge"):
        Badge.objects.create(member=user, kind=badge["kind"], label=badge["label"], note="From the seeds.")
    return user
