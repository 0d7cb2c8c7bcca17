"""Asking for a second look, and what comes of it, made clean."""

from django import forms


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
