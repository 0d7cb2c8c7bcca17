"""A policy that somebody tries or saves, made clean."""

from types import new_class
from typing import Any, NamedTuple

from django import forms

from comments.drafts import mark_of
from comments.forms_spaces import FIELDS, field_of
from comments.thresholds import RULES

LONGEST = 200_000  # characters: five thousand phrases of forty
# In which order a moderator finds the rules, and under which heading.
GROUPS = {
    "What it says": ("phrase", "disguise", "spam", "incivility", "shouting", "language"),
    "Links and copies": ("links", "shortener", "decoy", "duplicate", "repetition"),
    "Who writes it": ("newcomer", "history", "address", "cluster"),
    "What we could not find out": ("unknown", "proof"),
}
_Thresholds = new_class("_Thresholds", (forms.Form,), exec_body=lambda space: space.update(FIELDS))


class Group(NamedTuple):
    name: str
    fields: list[forms.BoundField]


class PolicyForm(_Thresholds):
    """`seen` is the mark of the policy that stood when the page was opened."""

    phrases = forms.CharField(
        label="Words to look at",
        required=False,
        max_length=LONGEST,
        help_text="One word or phrase a line, or none. * stands for any letters: casino* finds casinos, too.",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"max_length": "That is more than a list can hold. Please keep it under 200,000 characters."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    field_order = [*FIELDS, "phrases", "seen"]

    @property
    def numbers(self) -> list[Group]:
        return [Group(name, [self[field_of(rule)] for rule in rules]) for name, rules in GROUPS.items()]

    @property
    def thresholds(self) -> dict[str, float]:
        """By rule, where a number was given."""
        given = {rule: self.cleaned_data.get(field_of(rule)) for rule in RULES}
        return {rule: score for rule, score in given.items() if score is not None}

    @classmethod
    def showing(cls, thresholds: dict[str, float], phrases: str, seen: str) -> "PolicyForm":
        numbers = {field_of(rule): thresholds.get(rule) for rule in RULES}
        return cls(initial={**numbers, "phrases": phrases, "seen": seen})


class SaveForm(forms.Form):
    """`base` is the version that the policy was made from."""

    name = forms.CharField(
        label="A name for this version",
        max_length=80,
        help_text="Such as: Fewer links held. It stands in the list of versions, with yours.",
        error_messages={
            "required": "Please give it a name, so that others know what it is for.",
            "max_length": "Please keep the name under 80 characters.",
        },
    )
    note = forms.CharField(
        label="Why you change it",
        required=False,
        max_length=300,
        error_messages={"max_length": "Please keep it under 300 characters."},
    )
    base = forms.IntegerField(widget=forms.HiddenInput, required=False)


def mark_of_policy(thresholds: dict[str, Any], phrases: str) -> str:
    return mark_of(repr(sorted(thresholds.items())), phrases)
