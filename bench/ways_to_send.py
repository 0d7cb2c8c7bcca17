"""The same letter in several ways, in turns: `python -m bench.ways_to_send` in the surroundings of a bench.

Prints JSON: for each way the letters a second of the best and the middle turn, and the processor time that our process
took for a letter, in millionths of a second.
"""

import json
import time
from contextlib import contextmanager
from threading import Thread

LETTERS, TURNS, DJANGO_LETTERS = 1_500, 12, 400  # letters of each way in a turn: short, to find quiet moments
BARE, DJANGO = "(a) smtplib, finished bytes", "(b) EmailMultiAlternatives"
LEDGER, SIGNED = "with the ledger, two connections", "with the ledger, two connections, signed (DKIM, {})"
RSA, ED25519 = "RSA 2048", "Ed25519"


def speeds() -> dict[str, dict[str, float]]:
    from bench import fill_newsletter
    from newsletter import freezing

    issue = fill_newsletter.issue_for(LETTERS * TURNS * 6)
    freezing.freeze(issue.pk)
    issue.refresh_from_db()
    keys = {RSA: rsa_key(), ED25519: ed25519_key()}
    ways = {
        "with the ledger, one connection": lambda: with_ledger(issue, 1),
        LEDGER: lambda: with_ledger(issue, 2),
        "with the ledger, four connections": lambda: with_ledger(issue, 4),
        SIGNED.format(RSA): lambda: with_ledger(issue, 2, keys[RSA]),
        SIGNED.format(ED25519): lambda: with_ledger(issue, 2, keys[ED25519]),
        BARE: lambda: bare(issue),
        DJANGO: lambda: django_way(issue),
    }
    turns: dict[str, list] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, send in ways.items():
            began, processor = time.monotonic(), time.process_time()
            number = send()
            turns[name].append((number / (time.monotonic() - began), (time.process_time() - processor) / number))
    return {name: _summed_up(found) for name, found in turns.items()}


def _summed_up(turns: list[tuple[float, float]]) -> dict[str, float]:
    rates = sorted(rate for rate, _ in turns)
    cpu = min(cpu for _, cpu in turns) * 1e6
    return {"best": rates[-1], "middle": rates[len(rates) // 2], "cpu": cpu}


def with_ledger(issue, connections: int, key: str = "") -> int:
    """Claimed, looked at again, put in flight, sent and recorded; signed with a key in PEM form. How many went."""
    from newsletter import sending
    from newsletter.models import Outcome

    before = Outcome.objects.filter(state="sent").count()
    with signed_with(key), so_many(LETTERS):
        threads = [Thread(target=lambda: _closing(sending.Sender(issue).work)(600)) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return Outcome.objects.filter(state="sent").count() - before


@contextmanager
def signed_with(key: str):
    from django.conf import settings

    from newsletter import sending

    settings.DKIM_KEY = key
    sending._letters.clear()
    try:
        yield
    finally:
        settings.DKIM_KEY = ""
        sending._letters.clear()


@contextmanager
def so_many(letters: int):
    """Claims as usual, but none after so many letters."""
    from newsletter.ledger import Claim, Ledger

    left, usual = [letters], Ledger.claim

    def claim(ledger, most, *rest):
        if left[0] <= 0:
            if rest and rest[0]:
                ledger.end(rest[0], rest[1])
            return Claim()
        found = usual(ledger, min(most, left[0]), *rest)
        left[0] -= len(found.letters)
        return found

    Ledger.claim = claim
    try:
        yield
    finally:
        Ledger.claim = usual


def _closing(work):
    from django.db import connection

    def and_close(seconds: float) -> None:
        try:
            work(seconds)
        finally:
            connection.close()

    return and_close


def rsa_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return _pem(rsa.generate_private_key(65537, 2048))


def ed25519_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return _pem(ed25519.Ed25519PrivateKey.generate())


def _pem(key) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _ready_letters(issue, number: int):
    from django.utils import timezone

    from newsletter.models import Delivery
    from newsletter.sending import letter_of

    letter = letter_of(issue)
    for row in Delivery.objects.filter(issue=issue).select_related("subscriber").order_by("pk")[:number]:
        known = {"key": bytes(row.subscriber.key), "confirmed_at": timezone.now(), "now": time.time()}
        yield row.address, letter.for_reader(delivery_id=row.pk, address=row.address, **known)


def bare(issue) -> int:
    import smtplib

    from django.conf import settings

    if not _finished:
        _finished.extend(_ready_letters(issue, 500))
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as line:
        line.ehlo()
        for at in range(LETTERS):
            address, letter = _finished[at % len(_finished)]
            line.sendmail("b@paper.example", [address], letter)
    return LETTERS


_finished: list[tuple[str, bytes]] = []


def django_way(issue) -> int:
    from django.core.mail import EmailMultiAlternatives, get_connection

    from newsletter.editions import edition_of

    edition = edition_of(issue)
    with get_connection() as line:
        for at in range(DJANGO_LETTERS):
            headers = {"List-Unsubscribe": f"<https://paper.example/leave/{at}/>", "Auto-Submitted": "auto-generated"}
            message = EmailMultiAlternatives(
                edition.subject,
                edition.text,
                "paper@paper.example",
                [f"r{at}@d.example"],
                headers=headers,
                connection=line,
            )
            message.attach_alternative(edition.html, "text/html")
            message.send()
    return DJANGO_LETTERS


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(speeds()))
