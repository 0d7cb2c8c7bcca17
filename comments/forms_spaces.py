"""What the newsroom fills in about a space: one number for each signal, instead of a text for machines."""

from types import new_class
from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from comments.thresholds import MOST, RULES, set_thresholds, thresholds_in
from screening.policy import HOLD_FROM, NAMES, SCORES

NOT_POSSIBLE = f"Please give a number from 0 to {MOST:g}, or leave it empty for {HOLD_FROM}."


def field_of(rule: str) -> str:
    """The name of the field for a rule."""
    return f"from_{rule}"


def _field(rule: str) -> forms.FloatField:
    return forms.FloatField(
        label=NAMES[rule],
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=SCORES[rule],
        widget=forms.NumberInput(attrs={"step": "0.05", "placeholder": HOLD_FROM}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NOT_POSSIBLE),
    )


FIELDS = {field_of(rule): _field(rule) for rule in RULES}
_Thresholds = new_class("_Thresholds", (WagtailAdminModelForm,), exec_body=lambda space: space.update(FIELDS))


class SpaceForm(_Thresholds):
    """`thresholds_seen` are those that stood when the page was opened: what nobody changed on it stays as it is by now,
    also where a policy was saved meanwhile."""

    thresholds_seen = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        own = thresholds_in(self.instance)
        self.initial |= {field_of(rule): own.get(rule) for rule in RULES} | {"thresholds_seen": own}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        own, seen = thresholds_in(self.instance), cleaned.get("thresholds_seen")
        seen = seen if isinstance(seen, dict) else own
        typed = {rule: cleaned.get(field_of(rule)) for rule in RULES}
        set_thresholds(self.instance, {r: own.get(r) if typed[r] == seen.get(r) else typed[r] for r in RULES})
        return cleaned
