"""What a reader typed, as it is stored; and a text, its writer and its thread as screening wants to know them."""

from hashlib import sha256

from django.conf import settings

import screening
from civic.lib.site import SiteSettings
from comments.models import Thread
from comments.models.spaces import Mode
from comments.writers import Writer, trust_in


def tidy(text: str) -> str:
    """A text as it is stored, screened and drawn: one kind of line end, nothing around it, and without the sign that
    PostgreSQL cannot keep. Tidying twice changes nothing."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def mark_of(*texts: str) -> str:
    """A short mark by which texts are known again: whether they are still those that somebody saw."""
    return sha256("\0".join(texts).encode()).hexdigest()[:16]


def draft_of(thread: Thread, writer: Writer, body: str, site: SiteSettings) -> screening.Draft:
    """What screening needs to know, gathered from the tables."""
    space = thread.space
    policy = screening.Policy(
        max_length=settings.COMMENT_MAX_LENGTH,
        max_links=space.max_links,
        hold_first=space.hold_first,
        premoderated=site.premoderate_all or thread.effective_mode == Mode.PREMODERATED,
    )
    return screening.Draft(text=body, trust=trust_in(writer), policy=policy)
