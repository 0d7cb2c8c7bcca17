"""What people type and tick, made clean."""

from django import forms

from civic.lib.forms import AddressField
from newsletter import consent
from newsletter.models import Newsletter


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
    The last four never make an error that a person would have to read: a person cannot mend them.
    """

    email = AddressField()
    letter = LettersField()
    terms = forms.Field(required=False)
    words = forms.Field(required=False)
    page = forms.Field(required=False)
    homepage = forms.Field(required=False)

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


class LettersForm(forms.Form):
    """The switches of "Your letters": none ticked is an answer too."""

    letter = LettersField(required=False)
