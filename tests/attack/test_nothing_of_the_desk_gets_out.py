"""What moderators and reporters say among themselves, who they are, every weight: in no page, letter, feed or file."""

import json
import logging

import pytest
from django.core import mail
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.utils import timezone

from accounts.exporting import everything_about
from accounts.models import Suspension
from accounts.roles import Role
from comments.models import Comment, CommentOrigin, Follow, Rhythm, Screening
from comments.models.comments import State
from comments.readers import COOKIE_NAME
from moderation import standing
from moderation.appeals import decide_appeal, open_appeal
from moderation.batches import Chosen, Wish, decide_many, plan, undo_many
from moderation.deciding import decide, words_of
from moderation.keeping import keep_evidence
from moderation.measure_appeals import decide_measure_appeal, open_measure_appeal
from moderation.models import Act, Note
from moderation.people import Person
from screening.signals.likeness import SAID
from tests.attack.addresses import every_route
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread
from tests.moderation.reports import notice, report

pytestmark = pytest.mark.django_db

SECRETS = (
    "Quibbleworth", "desk-one@hidden", "Zanzibarova", "desk-two@hidden",  # moderators
    "Snitchington", "tell-tale@hidden", "Nora Nobody", "by-contact@hidden", "It hurts me so.", "these very words",
    "Among ourselves:", "File 4711", "An inner remark", "0.8713", "8713", "known-by-this", "Fire-fox-family",
    "0.7354", "7354", "heavy-word", "Like spam", "incivility", "control sample",
)  # fmt: skip


def caught(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.lower() in text.lower()]


@pytest.fixture
def told(reader, other_reader, run_jobs):
    """A long story about two authors, with all that the desk knows; who may learn none of it reads what follows."""
    one = make_member(display_name="Quibbleworth", email="desk-one@hidden.example", role=Role.MODERATOR)
    two = make_member(display_name="Zanzibarova", email="desk-two@hidden.example", role=Role.MODERATOR)
    snitch = make_member(display_name="Snitchington", email="tell-tale@hidden.example")
    rule, thread = make_rule(), make_thread()
    guest = make_guest(name="Gina", email="gina@example.org")
    Follow.objects.create(thread=thread, member=other_reader, rhythm=Rhythm.AT_ONCE)
    comments = [make_comment(thread=thread, **by) for by in ({"member": reader}, {"guest": guest}) for _ in range(6)]
    for comment in comments:
        make_comment(parent=comment)
        Note.objects.create(comment=comment, by=one, text="Among ourselves: a nuisance.")
        signals = [{"rule": "links", "score": 0.8713, "evidence": "one link", "span": None}]
        model = {"words": ["“heavy-word”"], "likely": 0.7354, "model": "incivility 7", "noticed": True}
        signals.append({"rule": "incivility", "score": 0.7354, "evidence": SAID, "span": None} | model)
        Screening.objects.create(comment=comment, outcome="hold", rule="links", signals=signals, reasons=["one link"])
        CommentOrigin.objects.update_or_create(
            comment=comment, defaults={"prefix_hash": b"known-by-this-16", "agent": "Fire-fox-family"}
        )
        report(comment, snitch, text="It hurts me so.")
        notice(comment, f"by-contact@hidden{comment.pk}.example", origin=comment.pk, place="these very words")
        keep_evidence(comment, by=one, why="File 4711", days=90)
    for first in (comments[:6], comments[6:]):
        removed, upheld, overturned, held, *many = first
        decide(removed, Act.REMOVE, by=one, seen=State.PUBLIC, rule=rule, note="To you.")
        for comment, overturn in ((upheld, False), (overturned, True)):
            made = decide(comment, Act.REMOVE, by=one, seen=State.PUBLIC, rule=rule)
            decide_appeal(open_appeal(made, text="Why?"), by=two, overturn=overturn, note="Because.")
        decide(held, Act.HOLD, by=two, seen=State.PUBLIC)
        chosen = [Chosen(comment.pk, words_of(comment)) for comment in many]
        batch = decide_many(plan(many, Wish.TAKE_DOWN, chosen), by=two, rule=rule)
        run_jobs()
        undo_many(batch, by=one)
        person = Person.of_comment(Comment.objects.with_writers().get(pk=removed.pk))
        standing.warn(person, by=one, rule=rule, words="To you.")
        banned = standing.ban(person, by=one, rule=rule).measure
        decide_measure_appeal(
            open_measure_appeal(banned, person=person, text="Why?"), by=two, overturn=False, note="Because."
        )
    Suspension.objects.update(note="An inner remark")
    run_jobs()
    return comments, guest, snitch


def test_no_letter_tells_it(told, reader):
    _, _, snitch = told
    letters = [letter for letter in mail.outbox if "desk-" not in letter.to[0]]
    found = {}
    for letter in letters:
        whole = letter.subject + letter.body + "".join(str(part[0]) for part in letter.alternatives)
        whole += json.dumps(dict(letter.extra_headers))
        assert "To you." not in whole or letter.to[0] in ("gina@example.org", reader.email), letter.subject
        if secrets := caught(whole):
            found[letter.subject] = secrets
    assert found == {}
    assert {"gina@example.org", snitch.email} <= {letter.to[0] for letter in letters}


def test_no_page_feed_or_file_tells_it(told, client_of, reader):
    comments, guest, _ = told
    as_guest = Client(HTTP_SEC_FETCH_SITE="same-origin")
    as_guest.cookies[COOKIE_NAME] = guest.cookie()
    readers = {"author": client_of(reader), "guest": as_guest, "anybody": Client()}
    ids = [comment.pk for comment in (comments[0], comments[3], comments[6], comments[8])]
    found, seen = [], 0
    for route in every_route():
        names = route.count("<")
        if names > 1 or "token" in route or not route.startswith(("discuss/", "me/", "api/", "transparency/")):
            continue
        name = route[route.index("<") : route.index(">") + 1] if names else ""
        for pk in ids if name else [""]:
            for who, client in readers.items():
                client.raise_request_exception = False
                answer = client.get("/" + route.replace(name, str(pk)) if name else f"/{route}")
                body = answer.getvalue() if answer.streaming else answer.content
                seen += answer.status_code == 200
                if secrets := caught(body.decode("utf-8", "replace") + str(dict(answer.headers))):
                    found.append((who, route, pk, secrets))
    assert found == []
    assert seen > 40
    for path in ("", "?sort=newest", "?sort=discussed"):
        answer = Client().get(f"/api/v1/threads/{comments[0].thread_id}/comments{path}")
        assert answer.status_code == 200
        assert caught(answer.content.decode()) == []
    export = json.dumps(everything_about(reader), cls=DjangoJSONEncoder, default=str)
    assert "To you." in export
    assert caught(export) == []


def test_no_line_of_the_log_tells_it(caplog, reader, other_reader, request):
    caplog.set_level(logging.DEBUG)
    request.getfixturevalue("told")
    lines = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert "To you." not in lines
    assert caught(lines) == []
    assert timezone.now()
