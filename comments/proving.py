"""Proof of work, where a space asks for it: a sum that costs a browser a second and a flood of comments an hour.

It slows programs down and tells nobody what is one, so it refuses nothing: what comes without it is read by a person
first (`screening/signals/proof.py`). The sums are ALTCHA's; nobody else is asked. See docs/decisions/0013.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

import altcha
from django.conf import settings

from civic.lib import limits, tokens
from comments.models import Comment, Screening, Thread

LONGEST = 2_000  # characters: a solution of ours has half as many; longer ones are not even looked at


@dataclass(frozen=True)
class Proof:
    """What came with a text. `mark` is that of the sum that was solved, "" for none, or not for here and now."""

    mark: str = ""

    def counts(self) -> bool:
        """Whether it is used for the first time. Asked under the lock of its discussion, when nothing else can keep the
        comment from being saved: whoever is sent back to the form has not used it up."""
        lifetime = timedelta(minutes=settings.PROOF_MINUTES)
        return bool(self.mark) and not limits.take("proof", self.mark, times=1, within=lifetime)


def challenge(thread: Thread) -> dict:
    """A sum to solve for one comment in this discussion, as plain values; signed, so that we keep nothing of it."""
    made = altcha.create_challenge(
        "SHA-256",
        cost=1,
        counter=settings.PROOF_STEPS // 2 + secrets.randbelow(settings.PROOF_STEPS // 2),
        expires_at=int(time.time()) + settings.PROOF_MINUTES * 60,
        data={"thread": thread.pk},
        hmac_secret=_key(),
    )
    return made.to_dict()


def proof_for(thread: Thread, solution: str) -> Proof | None:
    """What `solution` is worth in this discussion; None where nobody is asked for one. No query.

    Anything may have been sent: what is no solution is an empty proof, never an error.
    """
    if not thread.space.asks_for_work:
        return None
    if len(solution) > LONGEST or not altcha.verify_solution(solution, _key()).verified:
        return Proof()
    solved = altcha.Payload.from_base64(solution).challenge.parameters  # signed by us, so of the shape that we gave it
    return Proof(solved.nonce) if solved.data == {"thread": thread.pk} else Proof()


def proof_of(comment: Comment) -> bool | None:
    """Whether a comment that nobody has let stand yet came with the proof that is asked for: neither other words nor
    proving the address make up for it. None where it plays no part (any more). A query where the space asks."""
    if comment.has_been_public or not comment.thread.space.asks_for_work:
        return None
    return not Screening.objects.filter(comment=comment, signals__contains=[{"rule": "proof"}]).exists()


def _key() -> bytes:
    return tokens.fingerprint("proof", "of work")
