"""The letters of the demo paper, their report and what went out. Loading them twice makes nothing twice."""

import io
import json
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from articles.models import Article
from comments import quoting
from newsletter import consent
from newsletter.composing import blocks_of, free_slot
from newsletter.issues import write_issue
from newsletter.models import ConsentEvent, Issue, Newsletter, Reward, Subscriber
from seeds.files import FOLDER, read

COVER_WIDTH = 416  # pixels; twice the 13 rem at which it is shown at most
PAGES = {"Larkford by letter": "/newsletter/", "The front page": "/"}
PICTURE = "width-1072|format-jpeg"  # twice the width of a letter; JPEG, for Outlook knows nothing newer


def load_newsletter(now: datetime, articles: dict[str, Article]) -> None:
    """Make what `newsletter.toml` describes. `articles` by slug; issues count their days back from `now`."""
    told = read("newsletter")
    reward = _reward(told["reward"])
    Newsletter.objects.exclude(slug=told["default"]).update(is_default=False)  # there is one at most
    for position, words in enumerate(told["newsletter"], start=1):
        Newsletter.objects.update_or_create(
            slug=words["slug"],
            defaults={
                "name": words["name"],
                "when": words["when"],
                "promise": words["promise"],
                "what": words["what"],
                "cadence": words["cadence"],
                "cadences": words["cadences"],
                "each_label": words.get("each_label", "Each letter"),
                "sender_name": words["sender_name"],
                "rhythm": words.get("rhythm", ""),
                "rhythm_at": words.get("rhythm_at", time(6, 30)),
                "reward": reward if words.get("reward") else None,
                "position": position,
                "is_default": words["slug"] == told["default"],
            },
        )
    for words in told["issue"]:
        _issue(words, now, articles)
    _draft(told["draft"], now, articles)
    for words in told["subscriber"]:
        _subscriber(words, now)


def _reward(words: dict) -> Reward:
    reward = Reward.objects.filter(title=words["title"]).first() or Reward(title=words["title"])
    reward.what, reward.cover_alt = words["description"], words.get("cover_alt", "Cover of the report")
    if not reward.file:
        report = FOLDER / words["file"]
        reward.file.save(report.name, ContentFile(report.read_bytes()), save=False)
    if not reward.cover:
        cover = Image.open(FOLDER / "pictures" / f"{words['cover']}.png").convert("RGB")
        cover.thumbnail((COVER_WIDTH, COVER_WIDTH * 2))
        small = io.BytesIO()
        cover.save(small, "WEBP", quality=82)
        reward.cover.save("cover.webp", ContentFile(small.getvalue()), save=False)
    reward.save()
    return reward


def _issue(words: dict, now: datetime, articles: dict[str, Article]) -> None:
    newsletter = Newsletter.objects.get(slug=words["newsletter"])
    # Known by its subject: on another day the same letter has another slot.
    if Issue.objects.filter(newsletter=newsletter, subject=words["subject"]).exists():
        return
    day = timezone.localdate(now) - timedelta(days=words["days_ago"])
    sent_at = timezone.make_aware(datetime.combine(day, time.fromisoformat(words["time"])))
    write_issue(
        newsletter,
        slot=day.isoformat(),
        subject=words["subject"],
        preheader=words["preheader"],
        blocks=[_block(block, articles) for block in words["block"]],
        sent_at=min(sent_at, now),  # seeded before breakfast, today's letter has just gone out
        written_by=(writer := _account(words["written_by"])),
        changed_by=writer,
        approved_by=_account(words["approved_by"]),
        approved_at=sent_at - timedelta(hours=1),
    )


def _draft(words: dict, now: datetime, articles: dict[str, Article]) -> None:
    """A letter that waits for its second reader, with the newest comment that moderators picked."""
    if Issue.objects.filter(subject=words["subject"]).exists():
        return
    picked = quoting.newest_picks(1)
    content = [
        ("text", f"<p>{words['text']}</p>"),
        ("article", {"article": articles[words["lead"]].pk, "lead": True}),
        *(("article", {"article": articles[slug].pk, "lead": False}) for slug in words["articles"]),
        *(("comment", {"comment": str(pick.comment_id)}) for pick in picked),
        ("text", f"<p>{words['closing']}</p>"),
        ("button", {"label": "See all discussions", "url": f"{settings.SITE_URL}/"}),
    ]
    issue = Issue(
        newsletter=Newsletter.objects.get(slug=words["newsletter"]),
        cadence=words["cadence"],
        subject=words["subject"],
        preheader=words["preheader"],
        content=json.dumps([{"type": kind, "value": value} for kind, value in content]),
        written_by=_account(words["written_by"]),
    )
    issue.changed_by = issue.written_by
    issue.blocks = blocks_of(issue.content)
    issue.slot = free_slot(issue, timezone.localdate(now))
    issue.save()


def _account(key: str) -> User | None:
    """Whoever of the people has this key, where they are loaded."""
    people = {person["key"]: person for person in read("people")["person"]}
    return User.objects.filter(email=people[key]["email"]).first() if key in people else None


def _subscriber(words: dict, now: datetime) -> None:
    """Somebody of the demo paper, with the proof that they asked, confirmed and perhaps left."""
    if Subscriber.objects.at(words["email"]).exists():
        return
    asked_at = now - timedelta(days=words["asked_days_ago"])
    subscriber = Subscriber.objects.create(email=words["email"], made_at=asked_at)
    for row in words["subscriptions"]:
        newsletter = Newsletter.objects.in_order().get(slug=row["newsletter"])
        times = {"asked": asked_at}
        if row["state"] != "pending":
            times["confirmed"] = asked_at + timedelta(minutes=4)
        if row["state"] == "left":
            times["left"] = asked_at + timedelta(days=words["asked_days_ago"] // 2)
        subscriber.subscriptions.create(
            newsletter=newsletter,
            state=row["state"],
            cadence=row["cadence"],
            asked_at=asked_at,
            confirmed_at=times.get("confirmed"),
            left_at=times.get("left"),
        )
        said = {
            "asked": (consent.page_offer(newsletter).wording, PAGES.get(words["from_page"], "")),
            "confirmed": (consent.confirm_offer(newsletter).wording, "/newsletter/confirm/"),
            "left": ("[Leave]", "/newsletter/leave/"),
        }
        for kind, at in times.items():
            wording, page = said[kind]
            ConsentEvent.objects.create(
                key=subscriber.key, newsletter=newsletter, kind=kind, wording=wording, page=page, at=at
            )
    subscriber.settle()


def _block(words: dict, articles: dict[str, Article]) -> dict:
    """A block with the headline and the addresses of its article written into it."""
    article = articles[words["article"]] if "article" in words else None
    url = settings.SITE_URL + article.get_absolute_url() if article else ""
    if words["type"] in ("greeting", "closing"):
        paragraphs = words.get("paragraphs") or [words["text"]]
        return {
            "type": "text",
            "paragraphs": paragraphs,
            "call": words.get("call", ""),
            "url": f"{settings.SITE_URL}/",
        }
    block = {key: words[key] for key in ("type", "text", "by", "on", "call", "lead") if key in words} | {"url": url}
    if words["type"] == "item" and article:
        block |= {"kicker": article.kicker_text, "headline": article.headline}
        if words.get("lead") and article.lead_picture:
            picture = article.lead_picture.get_rendition(PICTURE)
            block |= {
                "picture": settings.SITE_URL + picture.url,
                "picture_alt": article.lead_picture.description,
                "picture_width": picture.width,
                "picture_height": picture.height,
            }
    return block
