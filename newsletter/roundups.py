"""What people wrote, for readers who want it more seldom: a week, a month, or two days of it in one letter.

Readers of each letter got them as they were written. For all others there is one letter a slot, as `newsletter.digests`
makes it, with

* the only letter of that time whole, for a list of one thing is a letter that says "press here";
* of several, the newest first, each with its day, its subject, its first words and the way to it in the archive.

A letter that was stopped while it went out is not told of: whoever stopped it had a reason. Nor is one that was written
for these very readers, for they have it; where the newsletter does not write itself, it takes the place of the roundup
of its slot, so that a week has one letter.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from civic.lib.html import plain_text
from newsletter.issues import Block, drawn_each
from newsletter.models import Cadence, Issue, Newsletter

WORDS_AT_MOST = 240  # characters of what stands below a subject
HEADLINES_AT_MOST = 3


def letters_between(newsletter: Newsletter, cadence: str, since: datetime, until: datetime) -> list[Issue]:
    """What people wrote in a time for those who want letters more often than this cadence, the newest first. Of most
    letters all are for readers of each. One query."""
    more_often = Cadence.values[: Cadence.values.index(cadence)]
    written = _by_hand(newsletter).filter(cadence__in=more_often, sent_at__gt=since, sent_at__lte=until)
    found = list(written.newest_first().defer("content"))
    for letter in found:
        letter.newsletter = newsletter
    return found


def last_by_hand(newsletter: Newsletter, cadence: str, until: datetime) -> datetime | None:
    """When the last letter was to go out that somebody wrote for readers of this cadence alone, be it that it is only
    just beginning to. One query."""
    never = (Issue.State.DRAFT, Issue.State.APPROVED, Issue.State.CANCELLED)
    written = newsletter.issues.filter(is_automatic=False, cadence=cadence).exclude(state__in=never)
    return written.aggregate(at=Max(Coalesce("scheduled_at", "sent_at"), filter=_by(until)))["at"]


def _by(until: datetime) -> Q:
    return Q(scheduled_at__lte=until) | Q(scheduled_at__isnull=True, sent_at__lte=until)


def blocks_for(letters: list[Issue], kicker: str = "") -> list[Block]:
    """An entry for each of these letters, the newest large and with its picture; `kicker` goes before the days. Two
    queries at most, whatever is in them."""
    now = drawn_each(letters)
    entries = [_entry(letter, shown.blocks, kicker) for letter, shown in zip(letters, now, strict=True)]
    if entries and not kicker:
        entries[0] |= {"lead": True, **_first_picture(now[0].blocks)}
    return entries


def _first_picture(blocks: list[Block]) -> Block:
    shown = [block for block in blocks if block.get("picture") and (block.get("lead") or block["type"] == "picture")]
    return {name: value for name, value in shown[0].items() if name.startswith("picture")} if shown else {}


def whole(letter: Issue) -> list[Block]:
    """All that stands in a letter, to be told once more. What it quotes and links to is asked for anew here, too."""
    return [block | {"letter": letter.pk} for block in letter.blocks]


def day_of(letter: Issue) -> str:
    """ "Tuesday, 24 November", by the clock of the paper, which the caller has set."""
    sent = timezone.localtime(letter.sent_at)
    return f"{sent:%A}, {sent.day} {sent:%B}"


def _by_hand(newsletter: Newsletter) -> QuerySet[Issue]:
    return Issue.objects.listed().filter(newsletter=newsletter, is_automatic=False)


def _entry(letter: Issue, blocks: list[Block], kicker: str) -> Block:
    return {
        "type": "item",
        "letter": letter.pk,
        "is_entry": True,
        "kicker": kicker + day_of(letter),
        "headline": letter.subject,
        "text": letter.preheader or _first_words(blocks),
        "url": settings.SITE_URL + letter.get_absolute_url(),
        "call": "Read this letter",
    }


def _first_words(blocks: list[Block]) -> str:
    """What the letter begins with; where it begins with articles, their headlines."""
    for block in blocks:
        words = " ".join([*block.get("paragraphs", []), plain_text(str(block.get("markup", "")))]).split()
        if block["type"] == "text" and words:
            return shortened(" ".join(words), WORDS_AT_MOST)
    headlines = [block["headline"] for block in blocks if block.get("headline")]
    return shortened(" · ".join(headlines[:HEADLINES_AT_MOST]), WORDS_AT_MOST)


def shortened(words: str, length: int) -> str:
    """One line of at most so many characters, cut between words."""
    words = " ".join(words.split())
    return words if len(words) <= length else words[: length - 1].rsplit(" ", 1)[0] + "…"


def told_in(issue: Issue) -> list[int]:
    """The letters in which all that an automatic letter tells of went out before, one by one; nothing where something
    in it is new. One query, none for readers of each."""
    if not issue.is_automatic or issue.cadence == Cadence.EACH or issue.covers_since is None:
        return []
    letters = {block["letter"] for block in issue.blocks if block.get("letter")}
    articles = {block["article"] for block in issue.blocks if block.get("article") and not block.get("letter")}
    digests = _digests_of_each(issue) if articles else {}
    told = {pk for pk, others in digests.items() if articles & others}
    if articles - set().union(*digests.values()):
        return []
    return sorted(letters | told)


def _digests_of_each(issue: Issue) -> dict[int, set[int]]:
    """The articles in letters of the same time that wrote themselves for readers of each."""
    found = issue.newsletter.issues.listed().filter(
        is_automatic=True,
        cadence=Cadence.EACH,
        covers_until__gt=issue.covers_since,
        covers_until__lte=issue.covers_until,
    )
    return {
        pk: {block["article"] for block in blocks if block.get("article")}
        for pk, blocks in found.values_list("pk", "blocks")
    }
