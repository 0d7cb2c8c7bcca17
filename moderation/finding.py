"""How what was decided about had come before a moderator: what a statement of reasons has to tell."""

from django.db import models

from comments.models import Screening
from comments.models.comments import State
from moderation.models import Act, Decision

# Screening holds by these whatever the words are: nothing in them was found.
WHOEVER_WRITES = ("space", "newcomer", "standing")


class Found(models.TextChoices):
    PROGRAM = "program", "a program noticed something in its words and kept it for a person to read"
    READERS = "readers", "readers had reported it"
    PERSON = "person", "a moderator came upon it while reading"
    READ_FIRST = "read_first", "comments like this one are read by a person before they appear"


def how_found(decision: Decision) -> Found:
    """How the text of a refusal or removal was found. Three queries at most."""
    if was_reported(decision):
        return Found.READERS
    holds = Decision.objects.about(decision.comment).filter(act=Act.HOLD, undoes=None, undone_by=None)
    if hold := holds.filter(pk__lt=decision.pk).first():
        return Found.READERS if hold.is_automatic else Found.PERSON
    if decision.was != State.IN_REVIEW and decision.act != Act.REFUSE_EDIT:
        return Found.PERSON
    seen = Screening.objects.filter(comment=decision.comment_id, made_at__lte=decision.made_at).order_by("-pk").first()
    noticed = seen is not None and seen.outcome == "hold" and seen.rule not in WHOEVER_WRITES
    return Found.PROGRAM if noticed else Found.READ_FIRST


def was_reported(decision: Decision) -> bool:
    """Whether readers had reported the comment before it was decided. Nobody can report anything yet."""
    return False
