"""What moderators decide about a comment or a discussion, made clean."""

import re
from datetime import datetime, time

from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.models import Suspension
from comments.models import HouseRule, Thread
from comments.models.spaces import Mode
from comments.pace import how_often
from moderation.batches import Chosen, Wish
from moderation.models import NEED_A_RULE, Act, ReadyLine

CHOSEN = re.compile(r"(\d{1,18})-([0-9a-f]{16})")
WARN = "warn"  # an act of two: the comment goes, and its writer has to read a warning
NEEDS_RULE = "Which house rule does it break? The author will be told."


class DecisionForm(forms.Form):
    """A refusal names the rule it stands on. Whether an act is still possible is `decide`'s to say."""

    act = forms.ChoiceField(
        choices=[*Act.choices, (WARN, "refuse or remove, and warn")],
        error_messages={"required": "Press one of the buttons that decide."},
    )
    seen = forms.CharField()
    words = forms.CharField()
    rule = forms.ModelChoiceField(HouseRule.objects.all(), required=False, to_field_name="number")
    note = forms.CharField(required=False, max_length=1000, strip=True)
    ready = forms.ModelChoiceField(ReadyLine.objects.all(), required=False)

    def clean(self) -> dict:
        values = self.cleaned_data
        if line := values.get("ready"):
            values["note"] = " ".join(filter(None, [line.text, values.get("note")]))
        if values.get("act") in (*NEED_A_RULE, WARN) and not values.get("rule") and "rule" not in self.errors:
            self.add_error("rule", NEEDS_RULE)
        return values


class NoteForm(forms.Form):
    """What one moderator tells the others."""

    text = forms.CharField(
        label="A note to the other moderators",
        max_length=1000,
        help_text="Only moderators ever read it.",
        error_messages={"required": "There is nothing in it yet."},
        widget=forms.Textarea(attrs={"rows": 2, "class": "input--short"}),
    )


class ReadyLineForm(forms.ModelForm):
    """A line to authors that is offered beside a decision."""

    class Meta:
        model = ReadyLine
        fields = ["text", "rule"]
        labels = {"text": "The line", "rule": "For one house rule only"}
        help_texts = {"text": "As the author will read it. You can change it each time."}
        widgets = {"text": forms.Textarea(attrs={"rows": 2, "class": "input--short"})}
        error_messages = {"text": {"required": "What shall the author read?"}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].empty_label = "For any"


class ChosenField(forms.Field):
    """Comments chosen from a list, each as its id and a mark of its words: `12-9f86d081884c7d65`."""

    widget = forms.SelectMultiple
    default_error_messages = {
        "required": "Choose some comments first.",
        "invalid": "Something of this page is broken. Load it again.",
        "too_many": "At most %(most)s at once, so that somebody can look through them.",
    }

    def to_python(self, value: list[str]) -> list[Chosen]:
        found = [CHOSEN.fullmatch(text) for text in value or []]
        if not all(found):
            raise forms.ValidationError(self.error_messages["invalid"])
        if len(found) > settings.BATCH_AT_MOST:
            raise forms.ValidationError(self.error_messages["too_many"] % {"most": settings.BATCH_AT_MOST})
        return [Chosen(int(match[1]), match[2]) for match in found]


class ManyForm(forms.Form):
    """What shall become of many comments at once."""

    chosen = ChosenField()
    wish = forms.TypedChoiceField(
        choices=Wish.choices, coerce=Wish, error_messages={"required": "What shall become of them?"}
    )
    rule = forms.ModelChoiceField(HouseRule.objects.all(), required=False, to_field_name="number")
    note = forms.CharField(required=False, max_length=1000, strip=True)

    def clean(self) -> dict:
        values = self.cleaned_data
        if values.get("wish") == Wish.TAKE_DOWN and not values.get("rule") and "rule" not in self.errors:
            self.add_error("rule", "Which house rule do they break? The authors will be told.")
        return values


class AppealForm(forms.Form):
    """What the author says to whoever looks again."""

    text = forms.CharField(
        label="What should we see differently?",
        max_length=2000,
        help_text="Up to 2,000 characters. Only moderators read it.",
        error_messages={"required": "A sentence or two, please: it is what the second look begins with."},
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class SecondLookForm(forms.Form):
    """What a second moderator makes of a decision."""

    overturn = forms.TypedChoiceField(
        label="What do you find?",
        choices=[("yes", "Take it back: what was refused or removed becomes public"), ("no", "It stands")],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Which of the two?"},
    )
    note = forms.CharField(
        label="A line to the author",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input--short"}),
    )


class MeasureForm(forms.Form):
    """What a moderator wants to decide about somebody's standing. Whether it may be is the workflow's to say."""

    kind = forms.ChoiceField(
        label="What shall hold from now on?",
        choices=[
            (Suspension.Kind.WARN, "Warn: they have to say that they have read it before they write on"),
            (Suspension.Kind.PREMODERATE, "Read first: a moderator reads their comments before they appear"),
            (Suspension.Kind.SUSPEND, "Suspend: they cannot write until the day you choose below"),
            (Suspension.Kind.BAN, "Ban: they cannot write any more"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "What shall it be?"},
    )
    rule = forms.ModelChoiceField(
        HouseRule.objects.all(),
        label="House rule",
        to_field_name="number",
        empty_label="Choose one",
        error_messages={"required": "Which house rule did they break? They will be told."},
    )
    until = forms.DateField(
        label="Until",
        required=False,
        help_text="They can write again when this day begins. A suspension needs one, reading first may have one.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    words = forms.CharField(
        label="Words to the person",
        required=False,
        max_length=1000,
        help_text="In their letter and on their page. Say what they could do differently.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "input--short"}),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_until(self) -> datetime | None:
        day = self.cleaned_data["until"]
        if day is None:
            return None
        ahead = (day - timezone.localdate()).days
        if ahead < 1:
            raise forms.ValidationError("This day has begun already. Choose a later one.")
        if ahead > LONGEST_DAYS:
            raise forms.ValidationError("That is longer than five years. A ban has no end.")
        return timezone.make_aware(datetime.combine(day, time.min))

    def clean(self) -> dict:
        values = self.cleaned_data
        if values.get("kind") == Suspension.Kind.SUSPEND and not values.get("until") and "until" not in self.errors:
            self.add_error("until", "Until which day?")
        return values


class LiftForm(forms.Form):
    """A line to whoever is free again."""

    words = forms.CharField(
        label="Words to the person",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input--short"}),
    )


class SecondLookAtMeasureForm(SecondLookForm):
    """What a second moderator makes of a measure on somebody."""

    overturn = forms.TypedChoiceField(
        label="What do you find?",
        choices=[("yes", "Lift it: it does not hold any more"), ("no", "It stands")],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Which of the two?"},
    )
    field_order = ("overturn", "note")


class EvidenceForm(forms.Form):
    """Why words have to stay, and for how long."""

    why = forms.CharField(
        label="Why it is kept",
        max_length=300,
        strip=True,
        help_text="For moderators alone: a file number, who asked for it.",
        error_messages={"required": "Why must it stay? Whoever looks after you will want to know."},
    )
    days = forms.TypedChoiceField(
        label="For how long",
        choices=[(90, "Three months"), (365, "A year"), (1095, "Three years")],
        coerce=int,
        initial=365,
    )


LONGEST_DAYS = 5 * 365 + 2
PAPER, AS_THE_PAPER = "paper", "As the paper says"  # whatever article and space say
PACES = (30, 60, 120, 300, 600, 1800, 3600, 10_800, 86_400)  # seconds


class PolicyForm(forms.Form):
    """How a moderator sets a discussion. Everything may be left to the paper: the article, its space."""

    mode = forms.TypedChoiceField(
        label="Who may comment", coerce=lambda mode: "" if mode == PAPER else mode, widget=forms.RadioSelect
    )
    pace_seconds = forms.TypedChoiceField(
        label="Slow mode",
        coerce=lambda pace: None if pace == PAPER else int(pace),
    )
    keeps_open = forms.BooleanField(label="Keep it open: it does not close by itself", required=False)
    note = forms.CharField(
        label="A line to readers",
        required=False,
        max_length=200,
        help_text="Stands where they would write. Say why, and for how long, if you know.",
        widget=forms.Textarea(attrs={"rows": 2, "class": "input--short"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, thread: Thread, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.thread = thread
        self.fields["mode"].choices = [
            (PAPER, f"{AS_THE_PAPER}: {Mode(thread.paper_mode).label}"),
            *((mode.value, mode.label.capitalize()) for mode in Mode),
        ]
        self.fields["pace_seconds"].help_text = f"For each writer. The paper says: {how_often(thread.space.pace)}."
        paces = sorted({*PACES, thread.desk_pace_seconds} - {None})
        self.fields["pace_seconds"].choices = [
            (PAPER, AS_THE_PAPER),
            *((seconds, how_often(seconds).capitalize()) for seconds in paces),
        ]
        if closing := thread.calendar_closing_time:
            day = timezone.localtime(closing)
            verb = "closed" if closing <= timezone.now() else "would close"
            self.fields["keeps_open"].help_text = f"It {verb} on {day.day} {day:%B %Y, %H:%M}."
        else:
            del self.fields["keeps_open"]

    @classmethod
    def of(cls, shown) -> "PolicyForm":
        """The form as a `Discussion` is set."""
        thread = shown.thread
        initial = {
            "mode": thread.desk_mode or PAPER,
            "pace_seconds": PAPER if thread.desk_pace_seconds is None else thread.desk_pace_seconds,
            "keeps_open": thread.desk_keeps_open,
            "note": thread.desk_note,
            "seen": shown.seen,
        }
        return cls(thread=thread, initial=initial)

    def clean_note(self) -> str:
        return " ".join(self.cleaned_data["note"].split())

    def clean(self) -> dict:
        """Opening what the calendar has closed means keeping it open: else nothing would come of it."""
        values = self.cleaned_data
        values.setdefault("keeps_open", self.thread.desk_keeps_open)
        closing = self.thread.calendar_closing_time
        opens = values.get("mode") not in ("", None, Mode.CLOSED, self.thread.desk_mode)
        if opens and not values["keeps_open"] and closing and closing <= timezone.now():
            self.add_error("keeps_open", "It has closed by itself. To open it again, keep it open as well.")
        return values
