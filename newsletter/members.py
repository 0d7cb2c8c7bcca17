"""Letters of somebody who is a member, too. The two know of each other by the address only."""

from dataclasses import asdict
from typing import Any

from accounts.models import Leaving, User
from newsletter import outcomes, subscribing
from newsletter.models import Bounce, SignupRequest, Subscriber, Suppression


def forget_member(leaving: Leaving) -> None:
    """Letters are another promise than the account: they end with it for those only who said so."""
    if leaving.letters_go and (subscriber := Subscriber.objects.at(leaving.address).first()):
        subscribing.erase(subscriber)


def everything_about(member: User) -> dict[str, Any]:
    """Which letters go to the member's address, and in which words they were asked for."""
    subscriber = Subscriber.objects.at(member.email).first()
    return everything_of(subscriber) if subscriber else {"newsletters": []}


def everything_of(subscriber: Subscriber) -> dict[str, Any]:
    """All that is kept about an address, as plain values. Six queries."""
    rows = subscriber.subscriptions.in_order()
    fields = ("newsletter__name", "state", "cadence", "asked_at", "confirmed_at", "left_at", "paused_until")
    suppressed = Suppression.objects.filter(key=subscriber.key).values("reason", "at").first()
    came_back = Bounce.objects.filter(subscriber=subscriber).order_by("day").values("kind", "status", "said", "day")
    requests = SignupRequest.objects.filter(key=subscriber.key).order_by("at")
    return {
        "newsletters": list(rows.values(*fields)),
        "consents": [
            {
                "newsletter__name": event.newsletter.name,
                "kind": event.kind,
                "wording": event.wording,
                "page": event.page,
                "at": event.at,
                "network_mark": event.network_mark,
            }
            for event in subscriber.consents()
        ],
        "address": {
            "email": subscriber.email,
            "known_since": subscriber.made_at,
            "is_throw_away": subscriber.is_disposable,
            "left_alone_until": subscriber.left_alone_until,
            "gets_nothing_because": suppressed,
        },
        "confirmation_letters": list(requests.values("at", "letter_at", "proven_at")),
        "letters": [asdict(letter) for letter in outcomes.letters_to(subscriber)],
        "letters_that_came_back": list(came_back),
    }
