"""GET, HEAD and OPTIONS change nothing, at whatever address of the desk or of those it decides about."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.utils import timezone

from accounts.roles import Role
from comments.models.comments import State
from moderation import standing
from moderation.appeals import open_appeal
from moderation.deciding import decide
from moderation.measure_appeals import open_measure_appeal
from moderation.models import Act, Batch, EvidenceHold, ReadyLine
from moderation.people import Person
from tests.attack.addresses import every_route
from tests.factories import make_comment, make_guest, make_member, make_rule
from tests.moderation.reports import report

pytestmark = pytest.mark.django_db

OURS = ("/moderation/", "/discuss/", "/me/", "/transparency/")
QUERY = {"done": 1, "act": "refuse", "on": 1, "wish": "publish", "acknowledge": 1, "appeal": 1, "overturn": "yes"}
NOTED = {"accounts.user", "comments.visit", "sessions.session"}  # when somebody was here


def everything() -> dict[str, str]:
    """All rows of our own tables."""
    models = [
        model
        for app in ("accounts", "comments", "moderation", "civic")
        for model in apps.get_app_config(app).get_models()
    ]
    return {
        model._meta.label_lower: serializers.serialize("json", model._base_manager.order_by("pk"))
        for model in models
        if model._meta.label_lower not in NOTED
    }


def test_reading_changes_nothing(client_of, moderator, reader):
    second, rule = make_member(role=Role.MODERATOR), make_rule()
    comment, held = make_comment(member=reader), make_comment(member=reader, state=State.IN_REVIEW)
    make_comment(guest=make_guest())
    report(comment)
    gone = make_comment(member=reader)
    open_appeal(decide(gone, Act.REMOVE, by=second, seen=State.PUBLIC, rule=rule), text="Why?")
    banned = standing.ban(Person.of_member(reader), by=second, rule=rule)
    standing.warn(Person.of_member(reader), by=second, rule=rule)
    open_measure_appeal(banned.measure, person=Person.of_member(reader), text="Why?")
    EvidenceHold.objects.create(comment=held, by=second, why="x", until=timezone.now() + timedelta(days=3))
    Batch.objects.create(by=second)
    ReadyLine.objects.create(text="x")
    ids = sorted({comment.pk, held.pk, gone.pk, reader.pk, banned.pk})
    paths = [f"/{route}" for route in every_route()]
    paths = [path for path in paths if path.startswith(OURS) and "token" not in path and path.count("<") <= 1]
    clients = [client_of(moderator), client_of(reader)]
    before = everything()

    answered = set()
    for path in paths:
        name = path[path.index("<") : path.index(">") + 1] if "<" in path else ""
        for pk in ids if name else [0]:
            for client in clients:
                client.raise_request_exception = False
                address = path.replace(name, str(pk)) if name else path
                for method in ("get", "head", "options"):
                    answer = getattr(client, method)(address, QUERY if method != "options" else None)
                    assert answer.status_code < 500, (method, address)
                    answered.add(answer.status_code)

    after = everything()
    assert [name for name in before if before[name] != after[name]] == []
    assert {200, 403, 404, 405} <= answered
    assert len(paths) > 50
