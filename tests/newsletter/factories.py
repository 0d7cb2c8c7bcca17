"""Letters, and people who get them."""

from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone

from newsletter import consent
from newsletter.issues import write_issue
from newsletter.models import ConsentEvent, Issue, Newsletter, Reward, Subscriber, Subscription

_numbers = count(1)
PDF = b"%PDF-1.4 who decides what"


def make_reward(title: str = "Who decides what") -> Reward:
    reward = Reward(title=title, what="Twelve pages on councils.")
    reward.file.save("report.pdf", ContentFile(PDF))
    return reward


def make_newsletter(name: str = "", **fields) -> Newsletter:
    number = next(_numbers)
    known = {
        "name": name or f"Letter {number}",
        "slug": (name or f"Letter {number}").lower().replace(" ", "-"),
        "when": "Every weekday, 6:30",
        "promise": "What was decided, every weekday at half past six.",
        "what": "What was decided.",
        "position": number,
    }
    return Newsletter.objects.create(**{**known, **fields})


def make_issue(newsletter: Newsletter, **fields) -> Issue:
    number = next(_numbers)
    known = {
        "slot": f"letter-{number}",
        "subject": f"Subject {number}",
        "preheader": "One vote decided it.",
        "blocks": [{"type": "text", "paragraphs": ["Good morning."]}],
        "sent_at": timezone.now(),
    }
    return write_issue(newsletter, **{**known, **fields})


def make_subscriber(
    *newsletters: Newsletter,
    email: str = "",
    state: Subscription.State = Subscription.State.ACTIVE,
    asked_at=None,
) -> Subscriber:
    """Somebody with these letters, all in one state, and the proof that belongs to it."""
    asked_at = asked_at or timezone.now()
    email = email or f"subscriber{next(_numbers)}@example.org"
    subscriber = Subscriber.objects.create(email=email, made_at=asked_at)
    for newsletter in newsletters:
        subscriber.subscriptions.create(
            newsletter=newsletter,
            state=state,
            asked_at=asked_at,
            confirmed_at=None if state == Subscription.State.PENDING else asked_at,
            left_at=asked_at if state == Subscription.State.LEFT else None,
        )
        kinds = ["asked", "confirmed", "left"]
        for kind in kinds[: ["pending", "active", "left"].index(state) + 1]:
            wording = consent.page_offer(newsletter).wording
            ConsentEvent.objects.create(
                key=subscriber.key, newsletter=newsletter, kind=kind, wording=wording, at=asked_at
            )
    subscriber.settle()
    return subscriber


def proofs(subscriber: Subscriber) -> list[tuple[str, str]]:
    """Kinds of consent and the letters they are about, oldest first."""
    return [(event.kind, event.newsletter.name) for event in reversed(subscriber.consents())]
