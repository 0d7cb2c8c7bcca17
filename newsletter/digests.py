"""Letters that write themselves: of what was published since the last one, and of what people wrote.

Each newsletter gets an issue for each cadence that somebody wants, once for each slot: whoever makes it first has made
it, for the database has room for one. Where nothing is new there is no letter, and a slot that was missed is made up
for until the next one comes. A newsletter without a rhythm is written by people; for those of its readers who chose
weekly or monthly, what was written is put together here (`newsletter.roundups`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from articles.models import Article
from civic.lib.jobs import every, one_by_one
from civic.lib.site import SiteSettings
from comments import quoting
from comments.models import Thread
from newsletter import roundups, slots
from newsletter.approving import let_start
from newsletter.composing import article_block
from newsletter.issues import Block
from newsletter.models import Cadence, Issue, Newsletter, Subscription
from newsletter.roundups import shortened
from newsletter.slots import Plan, Rhythm, Slot

# A cadence may have rested: nobody wanted it, or no worker ran. Its next letter does not tell the whole year.
LOOKS_BACK_AT_MOST = {
    Cadence.EACH: timedelta(days=14),
    Cadence.THREE: timedelta(days=14),
    Cadence.WEEK: timedelta(days=21),
    Cadence.MONTH: timedelta(days=62),
}
# An article that was being published while the last letter was made is in the next one.
OVERLAP = timedelta(minutes=10)
SUBJECT_LENGTH, PREHEADER_LENGTH = 120, 200  # characters


@dataclass(frozen=True)
class Digest:
    """What a letter of one slot tells of: all that appeared, or was sent, after `since` and until `until`."""

    newsletter: Newsletter
    cadence: str
    slot: Slot
    since: datetime
    zone: str

    @property
    def until(self) -> datetime:
        return self.slot.at


@every("* * * * *")
def make_digests() -> None:
    """Whatever is due. One query for each newsletter when nothing is."""
    one_by_one(make_digests_of, Newsletter.objects.order_by("pk").values_list("pk", flat=True))


def make_digests_of(newsletter_id: int, now: datetime | None = None) -> list[Issue]:
    """The issues of one newsletter that are due and are not there yet; those that this call made."""
    newsletter = Newsletter.objects.filter(pk=newsletter_id).first()
    if newsletter is None:
        return []
    now = now or timezone.now()
    zone = SiteSettings.current().zone
    due = [(cadence, slot) for cadence, slot in _due(newsletter, zone, now) if _is_wanted(newsletter, cadence)]
    made = [make_digest(_digest(newsletter, cadence, slot, zone)) for cadence, slot in due]
    return [issue for issue in made if issue]


def plan_of(newsletter: Newsletter, zone: str) -> Plan:
    return Plan(rhythm=Rhythm(newsletter.rhythm), at=newsletter.rhythm_at, weekday=newsletter.rhythm_weekday, zone=zone)


def _due(newsletter: Newsletter, zone: str, now: datetime) -> list[tuple[str, Slot]]:
    """The latest slot of every cadence, where it has no issue and lies after the rhythm was set. One query."""
    plan = plan_of(newsletter, zone)
    latest = {cadence: slots.latest(plan, cadence, now) for cadence in slots.cadences_of(plan)}
    names = {slot.name for slot in latest.values()}
    taken = set(newsletter.issues.filter(slot__in=names).values_list("cadence", "slot"))
    since = newsletter.rhythm_since
    return [
        (cadence, slot)
        for cadence, slot in latest.items()
        if (cadence, slot.name) not in taken and (since is None or slot.at > since)
    ]


def _is_wanted(newsletter: Newsletter, cadence: str) -> bool:
    return Subscription.objects.active().filter(newsletter=newsletter, cadence=cadence).exists()


def _digest(newsletter: Newsletter, cadence: str, slot: Slot, zone: str) -> Digest:
    """From where the last letter of this cadence ended; the first one tells of one period. Two queries, one more where
    people write: a letter of theirs for just these readers counts as one that told of all."""
    told = newsletter.issues.filter(cadence=cadence, is_automatic=True, covers_until__lt=slot.at)
    went = told.exclude(state=Issue.State.CANCELLED).aggregate(until=Max("covers_until"))["until"]
    # What was cancelled has been told to nobody or to few, who rather read it twice than all others never.
    lost = told.filter(state=Issue.State.CANCELLED).aggregate(since=Min("covers_since"))["since"]
    if not newsletter.rhythm and (wrote := roundups.last_by_hand(newsletter, cadence, slot.at)):
        went = max(went or wrote, wrote)
    since = went or lost or slots.before(plan_of(newsletter, zone), cadence, slot).at
    return Digest(newsletter, cadence, slot, max(since, slot.at - LOOKS_BACK_AT_MOST[Cadence(cadence)]), zone)


def make_digest(digest: Digest) -> Issue | None:
    """The issue of a slot, ready to go; None where nothing is new, or where somebody else has made it.

    The row and the job that sends it are one transaction: a worker that dies in between has made nothing. Nobody
    approves what nobody wrote; whoever set the rhythm did, and what is told of letters was approved with them.
    """
    with timezone.override(digest.zone):
        words = words_of(digest)
    if words is None:
        return None
    issue = Issue(
        newsletter=digest.newsletter,
        cadence=digest.cadence,
        slot=digest.slot.name,
        subject=words.subject,
        preheader=words.preheader,
        blocks=words.blocks,
        state=Issue.State.SCHEDULED,
        scheduled_at=digest.slot.at,
        is_automatic=True,
        covers_since=digest.since,
        covers_until=digest.until,
    )
    try:
        with transaction.atomic():
            issue.save(force_insert=True)  # waits for whoever is making the same at this moment
            let_start(issue)
    except IntegrityError:
        if not digest.newsletter.issues.filter(cadence=digest.cadence, slot=digest.slot.name).exists():
            raise  # it was not the slot
        return None
    return issue


@dataclass(frozen=True)
class Words:
    """What a letter says."""

    subject: str
    preheader: str
    blocks: list[Block]


def words_of(digest: Digest) -> Words | None:
    """None where nothing is new."""
    if not digest.newsletter.rhythm:
        return words_of_letters(digest)
    articles, letters = articles_for(digest), letters_for(digest)
    if articles:
        return Words(subject_for(digest, articles), preheader_for(articles), blocks_for(digest, articles, letters))
    return _roundup(digest, letters) if letters else None


# --- of what people wrote -----------------------------------------------------------------------------


def words_of_letters(digest: Digest) -> Words | None:
    """Of a newsletter that people write. What somebody wrote for just these readers since the last slot was the letter
    of this one: there is no second."""
    wrote = roundups.last_by_hand(digest.newsletter, digest.cadence, digest.until)
    last = slots.before(plan_of(digest.newsletter, digest.zone), digest.cadence, digest.slot)
    if wrote and wrote > last.at:
        return None
    letters = letters_for(digest)
    return _roundup(digest, letters) if letters else None


def letters_for(digest: Digest) -> list[Issue]:
    """What people wrote in the time and readers of this cadence have not got, the newest first. Two queries."""
    if digest.cadence == Cadence.EACH:
        return []
    told = _told_before(digest, "letter")
    found = roundups.letters_between(digest.newsletter, digest.cadence, digest.since - OVERLAP, digest.until)
    return [letter for letter in found if letter.pk not in told]


def _roundup(digest: Digest, letters: list[Issue]) -> Words:
    newest = letters[0]
    if len(letters) == 1:
        opening = f"{_hello(digest)}. One letter went out {_ago(digest)}, on {roundups.day_of(newest)}. Here it is."
        return Words(
            newest.subject, newest.preheader, [{"type": "text", "paragraphs": [opening]}, *roundups.whole(newest)]
        )
    opening = f"{_hello(digest)}. {_number(len(letters))} letters went out {_ago(digest)}, the newest first."
    blocks = [{"type": "text", "paragraphs": [opening]}, *_entries(digest, letters)]
    subject = shortened(_PREFIXES.get(digest.cadence, "") + newest.subject, SUBJECT_LENGTH)
    return Words(subject, shortened(" · ".join(one.subject for one in letters[1:3]), PREHEADER_LENGTH), blocks)


def _entries(digest: Digest, letters: list[Issue], kicker: str = "") -> list[Block]:
    at_most = digest.newsletter.articles_at_most
    entries = roundups.blocks_for(letters[:at_most], kicker)
    if len(letters) > at_most:
        url = settings.SITE_URL + digest.newsletter.get_absolute_url()
        entries.append({"type": "button", "label": f"All {len(letters)} letters", "url": url})
    return entries


# --- of what was published ------------------------------------------------------------------------------


def articles_for(digest: Digest) -> list[Article]:
    """What appeared in the time and may be read, the weightiest first. Two queries, one more for what was told."""
    found = (
        Article.objects.readable()
        .filter(published_at__gt=digest.since - OVERLAP, published_at__lte=digest.until)
        .for_lists()
        .prefetch_related(None)
        .newest_first()
    )
    if sections := list(digest.newsletter.sections.values_list("pk", flat=True)):
        found = found.filter(section__in=sections)
    told = _told_before(digest, "article")
    return sorted((article for article in found if article.pk not in told), key=weight, reverse=True)


def _told_before(digest: Digest, what: str) -> set[int]:
    """Articles or letters of the overlap that were in the last letter already."""
    last = digest.newsletter.issues.filter(
        cadence=digest.cadence, is_automatic=True, covers_until__lte=digest.since
    ).exclude(state=Issue.State.CANCELLED)
    blocks = last.order_by("-covers_until").values_list("blocks", flat=True).first() or []
    return {block[what] for block in blocks if block.get(what)}


def weight(article: Article) -> tuple:
    """What the front page leads with, leads; then where most people talk; then the newest."""
    places = {Article.Place.LEAD: 2, Article.Place.SECOND: 1}
    talk = article.thread.comment_count if article.has_discussion else 0
    return places.get(article.place, 0), talk, article.published_at, article.pk


def blocks_for(digest: Digest, found: list[Article], letters: list[Issue]) -> list[Block]:
    """Articles, the letters that people wrote besides, and the best comments."""
    shown = found[: digest.newsletter.articles_at_most]
    opening = {"type": "text", "paragraphs": [opening_words(digest, len(found))]}
    items = [article_block(article, lead=place == 0) for place, article in enumerate(shown)]
    voices = [{"type": "voice", "comment": pk} for pk in best_comments(digest)]
    closing = []
    if len(found) > len(shown):
        closing = [{"type": "button", "label": f"All {len(found)} stories", "url": f"{settings.SITE_URL}/archive/"}]
    return [opening, *items, *_entries(digest, letters, "Our letter of "), *voices, *closing]


def best_comments(digest: Digest) -> list[int]:
    """On any article of its sections, for talk goes on for days after an article appeared."""
    threads: QuerySet[Thread] | None = None
    if sections := list(digest.newsletter.sections.values_list("pk", flat=True)):
        threads = Thread.objects.filter(pk__in=Article.objects.filter(section__in=sections).values("thread"))
    return quoting.best_between(digest.since, digest.until, threads=threads, at_most=digest.newsletter.comments_at_most)


_NUMBERS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"]


def opening_words(digest: Digest, count: int) -> str:
    """“Good morning. Five stories since Friday.” by the clock of the paper."""
    return f"{_hello(digest)}. {_number(count)} {'story' if count == 1 else 'stories'} {_ago(digest)}."


def _hello(digest: Digest) -> str:
    hour = digest.slot.at.astimezone(ZoneInfo(digest.zone)).hour
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _ago(digest: Digest) -> str:
    at, since = (moment.astimezone(ZoneInfo(digest.zone)) for moment in (digest.slot.at, digest.since))
    days = (at.date() - since.date()).days
    if days < 2:
        return "since yesterday" if days else "today"
    return f"since {since:%A}" if days < 7 else f"since {since.day} {since:%B}"


_PREFIXES = {Cadence.WEEK: "The week: ", Cadence.MONTH: "The month: "}


def subject_for(digest: Digest, found: list[Article]) -> str:
    """The weightiest headline; of a week and a month it says so."""
    return shortened(_PREFIXES.get(digest.cadence, "") + found[0].headline, SUBJECT_LENGTH)


def preheader_for(found: list[Article]) -> str:
    """What comes second and third; where there is one story only, what it says."""
    others = [article.headline for article in found[1:3]]
    return shortened(" · ".join(others) or found[0].deck, PREHEADER_LENGTH)
