"""Letters of somebody who is a member, too. The two know of each other by the address only."""

from dataclasses import asdict
from typing import Any

from accounts.models import Leaving, User
from newsletter import outcomes, subscribing
from newsletter.models import Bounce, Subscriber


def forget_member(leaving: Leaving) -> None:
    """Letters are another promise than the account: they end with it for those only who said so."""
    if leaving.letters_go and (subscriber := Subscriber.objects.at(leaving.address).first()):
        subscribing.erase(subscriber)


def everything_about(member: User) -> dict[str, Any]:
    """Which letters go to the member's address, and in which words they were asked for."""
    subscriber = Subscriber.objects.at(member.email).first()
    if subscriber is None:
        return {"newsletters": []}
    rows = subscriber.subscriptions.in_order()
    fields = ("newsletter__name", "state", "cadence", "asked_at", "confirmed_at", "left_at")
    consents = subscriber.consents().values("newsletter__name", "kind", "wording", "page", "at")
    came_back = Bounce.objects.filter(subscriber=subscriber).order_by("day").values("kind", "status", "said", "day")
    return {
        "newsletters": list(rows.values(*fields)),
        "consents": list(consents),
        "letters_that_came_back": list(came_back),
        "letters": [asdict(letter) for letter in outcomes.letters_to(subscriber)],
    }
