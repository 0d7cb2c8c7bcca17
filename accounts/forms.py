"""Names, cleaned: at sign-up, on the profile, and for guests (comments use `clean_name` too)."""

from django import forms

from accounts.models import User
from accounts.names import is_taken

NAME_IS_TAKEN = "This is the name of somebody who works here, or of the paper. Please take another."


def clean_name(name: str, *, by: User | None = None) -> str:
    """A name as it may be shown: one line, no control characters, nobody else's. Raises `ValidationError`."""
    shown = " ".join("".join(sign for sign in name if sign.isprintable()).split())
    if not any(sign.isalnum() for sign in shown):
        raise forms.ValidationError("A name needs at least one letter.")
    if is_taken(shown, by=by):
        raise forms.ValidationError(NAME_IS_TAKEN)
    return shown


class SignupForm(forms.Form):
    """What allauth asks besides the address."""

    display_name = forms.CharField(
        label="Name",
        max_length=60,
        help_text="Shown with your comments. Your own, or one that you keep.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["email", "display_name"]

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"])

    def signup(self, request, user: User) -> None:
        user.display_name = self.cleaned_data["display_name"]
        user.slug = ""  # made of the name when it is saved
        user.save()


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["display_name", "bio"]

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"], by=self.instance)
