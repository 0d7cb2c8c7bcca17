"""What moderators decide about people, made clean."""

from datetime import datetime, time

from django import forms
from django.utils import timezone

from accounts.models import Suspension
from comments.models import HouseRule

LONGEST_DAYS = 5 * 365 + 2


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
