"""A text, its writer and its thread as screening wants to know them."""

from django.conf import settings

import screening
from civic.lib.site import SiteSettings
from comments.models import Thread
from comments.models.spaces import Mode
from comments.writers import Writer, trust_in


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
