"""Names, cleaned: at sign-up, on the profile, and for guests (comments use `clean_name` too)."""

import re
import unicodedata

from django import forms

from accounts.models import User
from accounts.names import is_taken

NAME_MAX_LENGTH = User._meta.get_field("display_name").max_length
NAME_IS_TAKEN = "This is the name of somebody who works here, or of the paper. Please take another."

# Letters to Unicode, yet blank to the eye: the fillers of Hangul, and an empty Braille cell.
_BLANK = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0"), " ")
_ADDRESS = re.compile(r"\S@\S+\.\S|://|\bwww\.", re.IGNORECASE)
_MARKS_ON_A_LETTER = 2  # Thai, Hebrew and Arabic pile up two; what piles up more wants to be seen


def clean_name(name: str, *, by: User | None = None) -> str:
    """A name as it may be shown: one line, no control characters, nobody else's. Raises `ValidationError`."""
    shown = one_line(name)
    if not any(sign.isalpha() for sign in shown):
        raise forms.ValidationError("A name needs at least one letter.")
    if len(shown) > NAME_MAX_LENGTH:
        raise forms.ValidationError(f"This name is too long. {NAME_MAX_LENGTH} characters are the most we can show.")
    if _ADDRESS.search(shown):
        raise forms.ValidationError("This is an address. Everybody would see it: please give a name.")
    if is_taken(shown, by=by):
        raise forms.ValidationError(NAME_IS_TAKEN)
    return shown


def one_line(name: str) -> str:
    """Every kind of space made one plain space; invisible signs and heaps of marks taken out."""
    words = " ".join(unicodedata.normalize("NFC", name).translate(_BLANK).split())
    kept, marks = [], 0
    for sign in words:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if sign.isprintable() and marks <= _MARKS_ON_A_LETTER:
            kept.append(sign)
    return " ".join("".join(kept).split())


class SignupForm(forms.Form):
    """What allauth asks besides the address."""

    display_name = forms.CharField(
        label="Name",
        max_length=NAME_MAX_LENGTH,
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
        fields = ["display_name", "bio", "may_be_quoted"]
        labels = {"bio": "About you"}
        help_texts = {"bio": "A line or two for those who wonder who is speaking. Everybody can read it."}
        widgets = {
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "bio": forms.Textarea(attrs={"class": "input--short", "rows": 3, "maxlength": 300}),
        }

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"], by=self.instance)

    def clean_bio(self) -> str:
        return "\n".join(one_line(line) for line in self.cleaned_data["bio"].splitlines()).strip()


WORDS_STAY, WORDS_GO = "stay", "go"


class LeaveForm(forms.Form):
    """Leaving for good. Nothing is chosen beforehand, for it cannot be undone."""

    words = forms.ChoiceField(
        label="Your comments and votes",
        choices=[
            (WORDS_STAY, "They stay, without my name: “Somebody who has left”"),
            (WORDS_GO, "They go too: my words are erased, my votes taken back"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose one: what becomes of your comments?"},
    )
    letters = forms.BooleanField(label="End my newsletters to this address, too", required=False)

    @property
    def words_go(self) -> bool:
        return self.cleaned_data["words"] == WORDS_GO
