"""What newsletter editors fill in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db import transaction
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm

from civic.lib.site import SiteSettings
from newsletter import slots
from newsletter.composing import blocks_of, free_slot
from newsletter.models import Cadence, Issue, Newsletter

LONGEST_AHEAD = timedelta(days=3653)
PAST = "That moment is past. To send it at once, press “Send it now”."


class IssueForm(WagtailAdminModelForm):
    """Saves nothing over what somebody else has saved since the page was opened, and nothing that was approved."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version
        if not self.instance.pk and (first := Newsletter.objects.in_order().first()):
            self.initial.setdefault("newsletter", first.pk)
            self.initial["cadence"] = first.cadence

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk:
            now = Issue.objects.only("state", "version").get(pk=self.instance.pk)
            if not now.is_draft:
                self.add_error(None, "This letter is no draft any more. Take it back first, then you can change it.")
            elif cleaned.get("seen_version") != now.version:
                self.add_error(
                    None,
                    "Somebody else has saved this letter since you opened it. Open it in another window, put what you "
                    "changed in there, and save that.",
                )
        return cleaned

    def save(self, commit: bool = True) -> Issue:
        """Everything that follows from what was typed. Called under the row's lock by the newsroom's views."""
        issue = self.instance
        issue.blocks = blocks_of(self.cleaned_data["content"])
        issue.changed_by = self.for_user
        if issue.pk:
            issue.version += 1
        else:
            issue.written_by = self.for_user
        if not issue.slot or {"cadence", "newsletter"} & set(self.changed_data):
            issue.slot = free_slot(issue, timezone.localdate(timezone=ZoneInfo(SiteSettings.current().zone)))
        return super().save(commit)


_MISSING = {
    "name": "Give it a name.",
    "slug": "Say what its address ends with: “morning-lamp”.",
    "when": "Say when it comes: “Every weekday, 6:30”.",
    "promise": "Say in a sentence what is in it and when it comes.",
    "cadences": "Tick at least one: readers must be able to choose something.",
    "each_label": "Say what “each” means here: “Each weekday”.",
    "rhythm_at": "Say at what hour, as 6:30.",
    "position": "A number: the lowest stands first. 100 will do.",
}


class NewsletterForm(WagtailAdminModelForm):
    cadences = forms.MultipleChoiceField(
        label="Readers may choose",
        choices=Cadence.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="All but each letter are made by themselves, of what was published or of the letters that you wrote.",
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("cadences", self.instance.cadences)
        self.fields["rhythm"].required = False  # “no, people write it” is stored as nothing
        for name, words in _MISSING.items():
            if name in self.fields:
                self.fields[name].error_messages["required"] = words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("rhythm") and not SiteSettings.current().postal_address.strip():
            self.add_error(
                "rhythm",
                "Letters that write themselves go out unread, so the paper must have a postal address first: it stands "
                "at the foot of each. An editor can fill it in under “The site”.",
            )
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """That only one stands in the box is no fault of whoever ticks another one: it takes the place (`save`)."""
        return {*super()._get_validation_exclusions(), "is_default"}

    def save(self, commit: bool = True) -> Newsletter:
        with transaction.atomic():
            if self.instance.is_default:
                for other in Newsletter.objects.filter(is_default=True).exclude(pk=self.instance.pk):
                    other.is_default = False
                    other.save(update_fields=["is_default"])
            return super().save(commit)


class ScheduleForm(forms.Form):
    """When a letter goes out, by the clock of the paper."""

    now = forms.BooleanField(required=False)
    at = forms.DateTimeField(
        label="When",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args, zone: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        # What is typed is the paper's hour. Django would call an hour that does not exist, or comes twice, nonsense.
        self.fields["at"].to_python = self._read

    def _read(self, typed: Any) -> datetime | None:
        field = self.fields["at"]
        with timezone.override(UTC):
            read = forms.DateTimeField.to_python(field, typed)
        if read is None:
            return None
        day, at = read.date(), read.time().replace(tzinfo=None)
        if abs(day - timezone.localdate()) > LONGEST_AHEAD:  # near the ends of the calendar no zone can be reckoned
            is_past = day < timezone.localdate()
            raise forms.ValidationError(PAST if is_past else "That is many years away. Is the year right?")
        if not slots.exists(day, at, self.zone):
            raise forms.ValidationError(
                "That hour does not exist: the clocks are set forward in that night. Choose one a little later."
            )
        return slots.moment(day, at, self.zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("now"):
            cleaned["at"] = timezone.now()
        elif "at" in cleaned and cleaned["at"] is None:
            self.add_error("at", "Say when the letter shall go out.")
        elif cleaned.get("at") and cleaned["at"] < timezone.now():
            self.add_error("at", PAST)
        return cleaned
