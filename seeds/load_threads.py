"""What was said under the articles. Every comment comes in through the door, so counts are right by themselves."""

from datetime import datetime, timedelta

import screening
from accounts.models import User
from civic.lib.site import SiteSettings
from comments import visibility
from comments.drafts import draft_of
from comments.models import Comment, Guest, HouseRule, Screening, Thread
from comments.models.comments import State
from comments.writers import writer_of
from moderation.models import Act, Decision
from seeds.files import read, read_folder

BEGINS_AS = {State.REMOVED: State.PUBLIC, State.WITHDRAWN: State.PUBLIC, State.REFUSED: State.IN_REVIEW}


def load_rules() -> None:
    for rule in read("rules")["rule"]:
        HouseRule.objects.update_or_create(
            number=rule["number"], defaults={"text": rule["text"], "short": rule["short"]}
        )


def load_threads(now: datetime, threads: dict[str, Thread], people: dict[str, User], guests: dict[str, Guest]) -> None:
    """Fill each thread (by the slug of its article) that has no comments yet."""
    rules = {rule.number: rule for rule in HouseRule.objects.all()}
    for slug, content in read_folder("threads").items():
        thread = threads.get(slug)
        if thread is None or thread.comments.exists():
            continue
        made: dict[int, Comment] = {}
        for line in content["comment"]:
            made[line["id"]] = _begin(line, thread, made, people, guests, now)
        # What was removed or withdrawn was there while others answered it.
        for line in content["comment"]:
            _end(made[line["id"]], line, people, rules, now)


def _begin(line, thread, made, people, guests, now) -> Comment:
    writer = line["writer"]
    comment = Comment.write(
        thread=thread,
        parent=made.get(line["parent"]),
        body=line["text"],
        member=people.get(writer),
        guest=guests.get(writer) if writer not in people else None,
        created_at=now - timedelta(hours=line["hours_ago"]),
        is_pinned=line.get("pinned", False),
        is_picked=line.get("picked", False),
    )
    state = State(line["state"])
    with visibility.locked(thread.pk):
        visibility.enter(comment, BEGINS_AS.get(state, state))
    if state in (State.IN_REVIEW, State.REFUSED):
        _screen(comment)
    return comment


def _end(comment: Comment, line, people, rules, now) -> None:
    state = State(line["state"])
    if state in (State.REMOVED, State.REFUSED):
        rule = rules[line["rule"]]
        visibility.move(comment, state, rule=rule)
        Decision.objects.create(
            comment=comment,
            act=Act.REMOVE if state == State.REMOVED else Act.REFUSE,
            by=people.get(line.get("decided_by", "rosalind-pike")),
            rule=rule,
            rule_text=rule.text,
            note=line.get("note", ""),
            made_at=min(now, comment.created_at + timedelta(minutes=50)),
        )
    elif state == State.WITHDRAWN:
        visibility.withdraw(comment)


def _screen(comment: Comment) -> None:
    """What screening really says today; where it says nothing, a moderator asked for the second look."""
    draft = draft_of(comment.thread, writer_of(comment), comment.body, SiteSettings.current())
    verdict = screening.screen(draft)
    if verdict.outcome == "publish":
        by_hand = screening.Signal("moderator", 1.0, "held by a moderator for a second look")
        verdict = screening.Verdict("hold", (*verdict.signals, by_hand), (by_hand.evidence,), "moderator", 10)
    Screening.keep(comment, verdict)
    Comment.objects.filter(pk=comment.pk).update(priority=verdict.priority)
