"""Form fields that more than one app needs."""

from django import forms
from django.core.validators import EmailValidator
from django.utils.http import url_has_allowed_host_and_scheme

from civic.lib.addresses import one_spelling

RIGHT = "It should look like ana@example.org."
_is_address = EmailValidator()


class AddressField(forms.CharField):
    """An e-mail address in its `one_spelling`. Its errors name the fault and show a right example."""

    default_error_messages = {
        "required": f"We need an address to write to. {RIGHT}",
        "max_length": "No address is that long. Is there something else in the field?",
    }

    def __init__(self, **kwargs) -> None:
        super().__init__(max_length=254, **kwargs)

    def clean(self, value):
        address = super().clean(value)
        if not address:
            return address  # and it need not be given: else that was refused above
        name, at, host = address.rpartition("@")
        if not at:
            raise forms.ValidationError(f"This address has no @. {RIGHT}")
        if not name:
            raise forms.ValidationError(f"Something is missing before the @. {RIGHT}")
        if '"' in name:  # the same mailbox could be written in endless ways, each with an allowance of its own
            raise forms.ValidationError(f"Quotation marks do not belong here. {RIGHT}")
        if not host:
            raise forms.ValidationError(f"Something is missing after the @. {RIGHT}")
        try:
            _is_address(address)
        except forms.ValidationError:
            raise forms.ValidationError(f"This address cannot be right. {RIGHT}") from None
        if not name.isascii():  # Django takes a few letters that look like others, such as the sign for kelvin
            raise forms.ValidationError(f"This address cannot be right. {RIGHT}")
        return one_spelling(address)


def as_id(text: str) -> int | None:
    """The id that a text from outside names, or None: also for digits without end, at which `int()` would fail."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def as_path(text: str, otherwise: str) -> str:
    """The path of ours that a text from outside names, to go back to; or another one. A line end in it would break the
    header."""
    is_ours = text.startswith("/") and text.isprintable() and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if is_ours else otherwise
