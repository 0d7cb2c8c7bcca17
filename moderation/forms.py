"""What moderators decide about comments, and note beside them, made clean."""

import re

from django import forms
from django.conf import settings

from comments.models import HouseRule
from moderation.batches import Chosen, Wish
from moderation.models import NEED_A_RULE, Act, ReadyLine

CHOSEN = re.compile(r"(\d{1,18})-([0-9a-f]{16})")
WARN = "warn"  # an act of two: the comment goes, and its writer has to read a warning
LAW_IS_LONG = "The law has room for 300 characters: its name and the section will do."
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
    law = forms.CharField(required=False, max_length=300, strip=True, error_messages={"max_length": LAW_IS_LONG})
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
