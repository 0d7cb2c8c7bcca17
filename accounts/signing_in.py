"""The forms of the doors (allauth's, in our words), and how a letter with a code is asked for.

Apart from `accounts.forms`, which allauth itself imports to build its sign-up form.
"""

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    LoginForm,
    SignupForm,
)
from allauth.account.models import EmailAddress
from django import forms

from accounts.models import User
from civic.lib.errors import TooFast

NO_ADDRESS = "This does not look like an e-mail address. It should look like ana@example.org."


class TooManyLetters(TooFast):
    title = "Enough letters for now"
    message = "We have just written to this address several times. Please look among the junk, or try again in a while."


def _address(field: forms.EmailField, *, label: str = "E-mail", hint: str = "", autocomplete: str = "email") -> None:
    field.label, field.help_text = label, hint
    field.widget = forms.EmailInput(attrs={"autocomplete": autocomplete, "maxlength": 254})
    field.error_messages["invalid"] = NO_ADDRESS
    for validator in field.validators:  # Django's own speaks first
        if hasattr(validator, "code") and validator.code == "invalid":
            validator.message = NO_ADDRESS


class SignInForm(LoginForm):
    """The address. Known or not, the answer is the same: a code, or a letter that says there is no account."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _address(self.fields["login"], hint="We write to it once, with the code.", autocomplete="username")

    def _clean_without_password(self, email: str | None, phone: str | None):
        """allauth says that an address had its letters in a form error; we answer 429, as everywhere."""
        cleaned = super()._clean_without_password(email, phone)
        if get_adapter().error_messages["too_many_login_attempts"] in self.errors.get("login", []):
            raise TooManyLetters(retry_after=60)
        if self.user:
            _note_address(self.user)
        return cleaned


def _note_address(user: User) -> None:
    """allauth keeps a book of addresses. Who was appointed or seeded is not in it yet, and would be asked for a second
    code after the first."""
    if not EmailAddress.objects.filter(user=user).exists():
        EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True)


class OpenAccountForm(SignupForm):
    """An address and a name."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _address(self.fields["email"], hint="Never shown. We write to it once now, with a code.")


class ChangeAddressForm(AddEmailForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _address(
            self.fields["email"],
            label="New address",
            hint="We send a code to it. Until you type that in, nothing changes.",
        )


def _six_digits(field: forms.CharField) -> None:
    field.label = "Six digits"
    # No maxlength of six: it would cut a code that was copied with a blank in it. The focus is where the page is about,
    # and a wrong code is read out with its field.
    attrs = {"class": "input--code", "inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 20}
    field.widget = forms.TextInput(attrs={**attrs, "autofocus": True})


class SignInCodeForm(ConfirmLoginCodeForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _six_digits(self.fields["code"])


class AddressCodeForm(ConfirmEmailVerificationCodeForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _six_digits(self.fields["code"])
