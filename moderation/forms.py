"""A moderator's decision, made clean."""

from django import forms

from comments.models import HouseRule
from moderation.models import Act

NEEDS_RULE = "Which house rule does it break? The author will be told."


class DecisionForm(forms.Form):
    """A refusal names the rule it stands on. Whether an act is still possible is `decide`'s to say."""

    act = forms.ChoiceField(choices=Act.choices)
    seen = forms.CharField()
    rule = forms.ModelChoiceField(HouseRule.objects.all(), required=False, to_field_name="number")
    note = forms.CharField(required=False, max_length=1000, strip=True)

    def clean(self) -> dict:
        values = self.cleaned_data
        if values.get("act") in (Act.REFUSE, Act.REMOVE) and not values.get("rule") and "rule" not in self.errors:
            self.add_error("rule", NEEDS_RULE)
        return values
