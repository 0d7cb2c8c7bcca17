"""What moderators decided about people, for ever; and second looks at that."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Suspension, User
from comments.models import Guest, HouseRule
from moderation.models.appeals import AskedFor, decided_by_somebody_else
from moderation.models.decisions import Decision


class AboutSomebody(models.Model):
    """By whom somebody is reached: a member, or a guest. The measure itself may know a keyed hash only; both are empty
    once they have left."""

    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.ForeignKey(Guest, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        abstract = True


class StandingQuerySet(models.QuerySet):
    def that_count(self):
        """The measures that were set, as they are answered for in public: each once, without a slip that was undone
        before its person could hear of it. What ends one is what became of it."""
        told_at = OuterRef("made_at") + timedelta(seconds=settings.DECISION_LETTER_SECONDS)
        slip = self.model.objects.filter(undoes=OuterRef("pk"), made_at__lte=told_at)
        return self.filter(act__in=Suspension.Kind.values).exclude(Exists(slip))

    def with_outcome(self):
        """Each with `counts_as`: the measure that it comes to, which for a ban without a second moderator is "read
        before publication"; and `outcome`: what a second look said, or "lifted", or ""."""
        appeal = MeasureAppeal.objects.filter(measure=OuterRef("measure"), decided_at__isnull=False).values("state")[:1]
        lifted = Case(When(measure__lifted_at__isnull=False, then=Value("lifted")), default=Value(""))
        unconfirmed = When(act="ban", measure__is_unconfirmed=True, then=Value("premoderate"))
        return self.annotate(
            counts_as=Case(unconfirmed, default=F("act"), output_field=models.CharField()),
            outcome=Coalesce(Subquery(appeal), lifted, output_field=models.CharField()),
        )


class StandingDecision(AboutSomebody):
    """One decision about somebody's standing. Rows are only ever added: what is undone is a decision of its own.

    A table of its own beside `Decision`: that one is about a comment in every column and every query, this one about a
    measure, whose person is a member or the keyed hash of an address. What holds now says the measure.
    """

    class Act(models.TextChoices):
        WARN = "warn", "warned"
        PREMODERATE = "premoderate", "read before publication"
        SUSPEND = "suspend", "suspended"
        BAN = "ban", "banned"  # or asked for it: see the measure
        CONFIRM = "confirm", "ban confirmed"
        LIFT = "lift", "lifted"
        UNDO = "undo", "undone"

    measure = models.ForeignKey(Suspension, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=12, choices=Act.choices)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rule = models.ForeignKey(HouseRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rule_text = models.CharField(max_length=300, help_text="The rule as it was then.")
    words = models.TextField("words to the person", max_length=1000, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    beside = models.ForeignKey(
        Decision,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="What was decided about a comment in the same breath: one letter tells both.",
    )
    undoes = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="undone_by")
    made_at = models.DateTimeField(default=timezone.now)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(rule_text=""), name="standing_needs_a_rule"),
            models.CheckConstraint(
                condition=Q(act="undo", undoes__isnull=False) | (~Q(act="undo") & Q(undoes=None)),
                name="only_undoing_undoes",
            ),
            models.UniqueConstraint(fields=["undoes"], name="standing_undone_once"),
        ]
        indexes = [models.Index(fields=["-made_at"], name="standing_by_time")]

    def __str__(self) -> str:
        return f"measure {self.measure_id} {self.get_act_display()}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise TypeError("a decision is never changed: add one that undoes it")
        super().save(*args, **kwargs)


class MeasureAppeal(AboutSomebody, AskedFor):
    """Somebody wants another moderator to look again at a measure on them. Once, within 14 days."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        UPHELD = "upheld", "the measure stands"
        OVERTURNED = "overturned", "the measure was lifted"

    measure = models.OneToOneField(Suspension, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)

    class Meta:
        constraints = [decided_by_somebody_else("measure_appeal_is_decided_by_somebody_else")]
        indexes = [models.Index(fields=["made_at"], condition=Q(state="open"), name="open_measure_appeals")]

    def __str__(self) -> str:
        return f"appeal against measure {self.measure_id}"
