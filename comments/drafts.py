"""What a reader typed, as it is stored; and a text, its writer and its thread as screening wants to know them."""

from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.db import connection

import screening
from civic.lib.site import SiteSettings
from civic.lib.tokens import fingerprint
from comments import scoring
from comments.models import Comment, Thread
from comments.models.spaces import Mode, Space
from comments.surroundings import around
from comments.thresholds import thresholds_in
from comments.writers import Writer, trust_in

CONTROL_SHARE = 0.1


def tidy(text: str) -> str:
    """A text as it is stored, screened and drawn: one kind of line end, nothing around it, and without the sign that
    PostgreSQL cannot keep. Tidying twice changes nothing."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def mark_of(*texts: str) -> str:
    """A short mark by which texts are known again: whether they are still those that somebody saw."""
    return sha256("\0".join(texts).encode()).hexdigest()[:16]


def draft_of(
    thread: Thread,
    writer: Writer,
    body: str,
    site: SiteSettings,
    *,
    prefix: bytes | None = None,
    comment: Comment | None = None,
    proof: bool | None = None,
) -> screening.Draft:
    """What screening needs to know, gathered from the tables.

    `prefix` is the hash of the network that a new text is sent from, `comment` the one whose text is judged again.
    With neither, nobody knows whether others wrote from there, and screening is told so. `proof` is whether a proof of
    work came with it, None where nobody asks for one.
    """
    space = thread.space
    policy = screening.Policy(
        max_length=settings.COMMENT_MAX_LENGTH,
        max_links=space.max_links,
        hold_first=space.hold_first,
        premoderated=site.premoderate_all or thread.effective_mode == Mode.PREMODERATED,
        phrases=_phrases_in(space),
        languages=tuple((space.languages or site.language).split()),
        thresholds=thresholds_in(space),
    )
    return screening.Draft(
        text=body,
        model=scoring.current(),
        is_control=is_control(body),
        trust=trust_in(writer),
        policy=policy,
        email_domain=writer.email.rpartition("@")[2],
        proof=proof,
        **vars(around(thread, writer, body, prefix=prefix, comment=comment)),
    )


def is_control(text: str) -> bool:
    """Whether a text is one of the tenth that the model does not look at: what people make of those says whether they
    follow the model or the text. Nobody can tell from a text whether it is one."""
    return fingerprint("control", text)[0] < 256 * CONTROL_SHARE


# Asked at each post: by hand, as in `civic.lib.sql`.
_PHRASES = "SELECT phrases FROM comments_phraselist WHERE space_id IS NULL OR space_id = %s ORDER BY id"


def _phrases_in(space: Space) -> tuple[str, ...]:
    """What moderators listed for everywhere and for this space."""
    with connection.cursor() as cursor:
        cursor.execute(_PHRASES, [space.pk])
        return lines_of(tuple(phrases for (phrases,) in cursor.fetchall()))


@lru_cache(maxsize=16)
def lines_of(lists: tuple[str, ...]) -> tuple[str, ...]:
    """The phrases of some lists, one a line. Kept, as it is asked at each post: thousands take a millisecond."""
    return tuple(line.strip() for phrases in lists for line in phrases.splitlines() if line.strip())
