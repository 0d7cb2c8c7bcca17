"""What was said under the articles. Every comment comes in through the door, so counts are right by themselves."""

import random
from datetime import datetime, timedelta

import screening
from accounts.models import User
from civic.lib.site import SiteSettings
from comments import visibility
from comments.drafts import draft_of
from comments.models import Comment, Guest, HouseRule, Screening, Tally, Thread, Vote
from comments.models.comments import State
from comments.readers import Reader
from comments.voting import BUTTONS
from comments.writers import writer_of
from moderation.models import Act, Decision, ReadyLine, Report, ThreadDecision
from moderation.outcomes import rank
from moderation.reporters import contact, known_reporter
from seeds.files import read, read_folder

BEGINS_AS = {State.REMOVED: State.PUBLIC, State.WITHDRAWN: State.PUBLIC, State.REFUSED: State.IN_REVIEW}


def load_rules() -> None:
    for rule in read("rules")["rule"]:
        HouseRule.objects.update_or_create(
            number=rule["number"], defaults={"text": rule["text"], "short": rule["short"]}
        )
    rules = {rule.number: rule for rule in HouseRule.objects.all()}
    for line in read("rules")["line"]:
        ReadyLine.objects.get_or_create(text=line["text"], defaults={"rule": rules.get(line.get("rule"))})


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
            _report(made[line["id"]], line, people, guests, rules, now)
        _vote(thread, list(people.values()))
        if told := content.get("desk"):
            _set(thread, told, people, now)


def _set(thread: Thread, told: dict, people: dict[str, User], now: datetime) -> None:
    """How a moderator set the discussion, some hours ago."""
    policy = {name: told[name] for name in ("mode", "pace_seconds", "note") if name in told}
    at = now - timedelta(hours=told["hours_ago"])
    since = at if "mode" in policy else None
    Thread.objects.filter(pk=thread.pk).update(
        **{f"desk_{name}": value for name, value in policy.items()}, desk_mode_since=since
    )
    ThreadDecision.objects.create(
        thread=thread, act=ThreadDecision.Act.SET, by=people[told["by"]], made_at=at, **policy
    )


def _vote(thread: Thread, members: list[User]) -> None:
    """What members think of it, drawn by lot but the same at every seeding; picked comments have more friends."""
    dice = random.Random(thread.address)
    votes = []
    for comment in thread.comments.public().order_by("pk"):
        liked = dice.uniform(0.5, 1) if comment.is_picked else dice.random() ** 2
        for member in members:
            if member.pk == comment.member_id or dice.random() > liked * 0.8:
                continue
            opinion = dice.choices(("agree", "disagree", "unsure", ""), (6, 2, 1, 2))[0]
            respect = not opinion or dice.random() < liked
            votes.append(Vote(comment=comment, member=member, opinion=opinion, respect=respect))
    Vote.objects.bulk_create(votes)
    tallies = {tally.pk: tally for tally in Tally.objects.filter(comment__thread=thread)}
    for vote in votes:
        for button in (vote.opinion, "respect" if vote.respect else ""):
            if button:
                setattr(tallies[vote.comment_id], button, getattr(tallies[vote.comment_id], button) + 1)
    Tally.objects.bulk_update(tallies.values(), BUTTONS)


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


def _report(comment: Comment, line, people, guests, rules, now) -> None:
    """What readers said of it, at most an hour ago; nobody has answered yet."""
    for ago, told in enumerate(line.get("reports", ()), start=1):
        by = told.get("by", "")
        if by in people:
            reporter = known_reporter(Reader(member=people[by]))
        else:
            reporter = known_reporter(Reader(guest_key=guests[by].key)) if by else contact(told["name"], told["email"])
        rule = rules.get(told.get("rule"))
        Report.objects.create(
            comment=comment,
            kind=Report.Kind.RULE if rule else Report.Kind.ILLEGAL,
            rule=rule,
            rule_text=rule.text if rule else "",
            matter=told.get("matter", ""),
            text=told["text"],
            place=told.get("place", ""),
            in_good_faith=not rule,
            who=reporter.who,
            member=reporter.member,
            guest=reporter.guest,
            name=reporter.name,
            email=reporter.email,
            person=reporter.marks[0],
            made_at=now - timedelta(minutes=60 / (ago + 1)),
        )
    if "reports" in line:
        rank(comment)


def _screen(comment: Comment) -> None:
    """What screening really says today; where it says nothing, a moderator asked for the second look."""
    draft = draft_of(comment.thread, writer_of(comment), comment.body, SiteSettings.current())
    verdict = screening.screen(draft)
    if verdict.outcome == "publish":
        by_hand = screening.Signal("moderator", 1.0, "held by a moderator for a second look")
        verdict = screening.Verdict("hold", (*verdict.signals, by_hand), (by_hand.evidence,), "moderator", 10)
    Screening.of(comment, verdict).save()
    Comment.objects.filter(pk=comment.pk).update(priority=verdict.priority)
