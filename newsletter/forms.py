"""What people type and tick, made clean."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django import forms
from django.utils import timezone

from civic.lib.forms import AddressField
from newsletter import consent, slips
from newsletter.models import Newsletter, Subscription
from newsletter.subscribing import Wish


class LettersField(forms.ModelMultipleChoiceField):
    """Letters chosen by their slug. Unknown ones make it an error, for then the page was another one."""

    default_error_messages = {
        "required": "Choose at least one letter.",
        "invalid_choice": "One of these letters does not exist any more. Please choose again.",
        "invalid_pk_value": "One of these letters does not exist any more. Please choose again.",
    }

    def __init__(self, queryset=None, **kwargs) -> None:
        queryset = Newsletter.objects.in_order() if queryset is None else queryset
        super().__init__(queryset, to_field_name="slug", **kwargs)


class SignupForm(forms.Form):
    """The box and the page of all letters. `terms` says which, `words` marks the words that stood there.

    `homepage` is a trap: people do not see it, programs fill it in. Whoever does gets the usual answer and no letter.
    An address that looks like a slip is asked about once; `sure` is then the address that was asked about.
    The last five never make an error that a person would have to read: a person cannot mend them.
    """

    email = AddressField()
    letter = LettersField()
    terms = forms.Field(required=False)
    words = forms.Field(required=False)
    page = forms.Field(required=False)
    homepage = forms.Field(required=False)
    sure = forms.Field(required=False)
    slip = ""

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        self.slip = slips.meant(email)
        if self.slip and self.data.get("sure", "").strip() != self.typed_address.strip():
            raise forms.ValidationError(f"Did you mean {self.slip}? If yours is right as it is, send it once more.")
        return email

    def clean_terms(self) -> str:
        return consent.BOX if self.cleaned_data["terms"] == consent.BOX else consent.PAGE

    def clean_page(self) -> str:
        """The path on which the form stood; a page of ours, or nothing."""
        page = str(self.cleaned_data["page"] or "").split("?")[0]
        return page[:300] if page.startswith("/") and page.isprintable() else ""

    def clean(self) -> dict:
        cleaned = super().clean()
        if "letter" in cleaned:
            letters = list(cleaned["letter"])
            if cleaned["terms"] == consent.BOX:
                shown = cleaned["offers"] = [consent.box_offer(letter) for letter in letters]
            else:
                shown = [consent.page_offer(letter) for letter in Newsletter.objects.in_order()]
                cleaned["offers"] = [offer for offer in shown if offer.newsletter in letters]
            if cleaned.get("words") and cleaned["words"] != consent.digest(shown):
                self.add_error(
                    None,
                    "We have changed the words of this offer since you opened the page. "
                    "Here is what it says now; please send it once more.",
                )
        return cleaned

    @property
    def is_trapped(self) -> bool:
        return bool(self.cleaned_data.get("homepage"))

    @property
    def came_from_box(self) -> bool:
        return self.data.get("terms") == consent.BOX

    @property
    def typed_address(self) -> str:
        return self.data.get("email", "")

    @property
    def ticked(self) -> list[str]:
        return self.data.getlist("letter")


class ConfirmForm(forms.Form):
    """Which of the waiting letters shall begin. A single one need not be named."""

    def __init__(self, *args, waiting: list[Newsletter], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        ids = [newsletter.pk for newsletter in waiting]
        self.fields["letter"] = LettersField(
            Newsletter.objects.in_order().filter(pk__in=ids), required=len(waiting) > 1
        )

    def clean_letter(self) -> list[Newsletter]:
        return list(self.cleaned_data["letter"]) or self.waiting


class AgainForm(forms.Form):
    """ "Send the letter once more": an address, and the trap."""

    email = AddressField()
    homepage = forms.Field(required=False)

    @property
    def is_trapped(self) -> bool:
        return bool(self.cleaned_data.get("homepage"))

    @property
    def typed_address(self) -> str:
        return self.data.get("email", "")


NEVER = "never"
GO_ON = "on"
PAUSES = [("1", "One week"), ("2", "Two weeks"), ("4", "Four weeks")]
LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True)
class Switch:
    """One letter on "Your letters": its stops, what is chosen, its pause. For the template to draw."""

    letter: Newsletter
    row: Subscription | None
    stops: list[tuple[str, str]]
    chosen: str
    pauses: list[tuple[str, str]]
    pause: str
    until: str
    errors: list[str]
    until_errors: list[str]

    @property
    def pause_name(self) -> str:
        return f"pause-{self.letter.slug}"

    @property
    def until_name(self) -> str:
        return f"until-{self.letter.slug}"


class ChoiceForm(forms.Form):
    """The switches of "Your letters". A letter that is not named stays as it is, and so does a pause.

    `letters` are pairs of a newsletter and the subscription to it or None. A day that was typed counts more than a week
    that was chosen; what is said about all letters counts more than what is said about one.
    """

    def __init__(self, *args, letters: list[tuple[Newsletter, Subscription | None]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.letters = letters
        self.fields["pause"] = _choice([*PAUSES, (GO_ON, "")])
        self.fields["until"] = PauseField()
        for letter, row in letters:
            self.fields[f"cadence-{letter.slug}"] = _choice(self._stops(letter, row))
            self.fields[f"pause-{letter.slug}"] = _choice([*PAUSES, (GO_ON, "")])
            self.fields[f"until-{letter.slug}"] = PauseField()

    def wishes(self) -> list[Wish]:
        """Those that were named."""
        return [wish for letter, row in self.letters if (wish := self._wish(letter, row))]

    @property
    def pauses_of_all(self) -> list[tuple[str, str]]:
        paused = any(row is not None and row.is_active and row.is_paused for _, row in self.letters)
        return _pauses(paused)

    def switches(self) -> list[Switch]:
        return [self._switch(letter, row) for letter, row in self.letters]

    def _wish(self, letter: Newsletter, row: Subscription | None) -> Wish | None:
        cadence = self.cleaned_data[f"cadence-{letter.slug}"]
        if not cadence:
            return None
        if cadence == NEVER:
            return Wish(letter, "")
        own = self._pause(f"pause-{letter.slug}", f"until-{letter.slug}")
        return Wish(letter, cadence, self._pause("pause", "until") or own)

    def _pause(self, weeks: str, until: str) -> datetime | None:
        if day := self.cleaned_data[until]:
            return _begin_of(day)
        if self.cleaned_data[weeks] == GO_ON:
            return timezone.now()
        if chosen := self.cleaned_data[weeks]:
            return _begin_of(timezone.localdate() + timedelta(weeks=int(chosen)))
        return None

    def _switch(self, letter: Newsletter, row: Subscription | None) -> Switch:
        is_paused = row is not None and row.is_active and row.is_paused
        known = row.cadence if row is not None and row.is_active else NEVER
        fields = [f"{kind}-{letter.slug}" for kind in ("cadence", "pause", "until")]
        return Switch(
            letter=letter,
            row=row,
            stops=self._stops(letter, row),
            chosen=self.data.get(fields[0], known),
            pauses=_pauses(is_paused),
            pause=self.data.get(fields[1], ""),
            until=self.data.get(fields[2], ""),
            errors=[error for name in fields[:2] for error in self.errors.get(name, [])],
            until_errors=self.errors.get(fields[2], []),
        )

    def _stops(self, letter: Newsletter, row: Subscription | None) -> list[tuple[str, str]]:
        besides = [row.cadence] if row is not None and row.is_active else []
        return [*letter.rhythms(*besides), (NEVER, consent.NEVER)]


class PauseField(forms.DateField):
    """A day on which letters begin again."""

    default_error_messages = {"invalid": "This is no day of the calendar. It should look like 2027-01-31."}

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value):
        day = super().clean(value)
        if day and day <= timezone.localdate():
            raise forms.ValidationError("Choose a day that is still to come.")
        if day and day > timezone.localdate() + LONGEST_PAUSE:
            raise forms.ValidationError("A pause lasts a year at most. You can leave, and come back with one click.")
        return day


def _pauses(is_paused: bool) -> list[tuple[str, str]]:
    return [("", "As it is"), *PAUSES, (GO_ON, "Begin again now")] if is_paused else [("", "None"), *PAUSES]


def _choice(choices: list[tuple[str, str]]) -> forms.ChoiceField:
    words = "This cannot be chosen any more. Please choose again."
    return forms.ChoiceField(choices=choices, required=False, error_messages={"invalid_choice": words})


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
