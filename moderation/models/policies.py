"""What a space asks a person about, version by version, and what was tried before it was saved."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from comments.models import Space


class PolicyVersion(models.Model):
    """Thresholds and phrases of a space as somebody saved them. Rows are only ever added; the newest is in force.

    `by` is None for what stood before anybody was asked for a name, and for somebody who has left.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    thresholds = models.JSONField(default=dict, blank=True)
    phrases = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["space", "number"], name="policies_are_numbered")]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise TypeError("a version is never changed: save another one")
        super().save(*args, **kwargs)


class PolicyTrial(models.Model):
    """A policy replayed on what was written in the last days. `result` holds ids and numbers, no word and no name.

    `moved_at` is when it last got on: long ago for a trial that runs means that its worker was stopped.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waits for its turn"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "stopped by a mishap"
        STALE = "stale", "stopped by a person"

    UNDER_WAY = (State.WAITING, State.RUNNING)

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    base = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    moved_at = models.DateTimeField(default=timezone.now)
    thresholds = models.JSONField(default=dict, blank=True)
    phrases = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=1)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    after = models.PositiveBigIntegerField(default=0, help_text="The last comment that was looked at.")
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["moved_at"], condition=Q(state__in=("waiting", "running")), name="trials_under_way")
        ]

    def __str__(self) -> str:
        return f"trial {self.pk}, {self.get_state_display()}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY
