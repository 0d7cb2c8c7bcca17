"""Giving a badge: to whom, saying what, and checked by whom."""

from django import forms
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm

from accounts.models import Badge, User
from accounts.names import sounds_like_the_house

PRETENDS = "These words say that somebody works here. If it is so, choose “works here”; if not, take other words."
WHO = "The name as it stands beside the comments, or the e-mail address of the account."


class BadgeForm(WagtailAdminModelForm):
    """Asks for the member by name or address: a list to choose from would name every reader of the paper."""

    who = forms.CharField(label="Member", max_length=254, help_text=WHO)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # The author of an article is marked by the byline, article by article, and not by hand.
        given = [kind for kind in Badge.Kind if kind != Badge.Kind.AUTHOR or kind == self.instance.kind]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in given]
        if self.instance.pk:
            self.initial["who"] = self.instance.member.display_name
            self.fields["who"].disabled = True

    def clean_who(self) -> str:
        typed = self.cleaned_data["who"].strip()
        if not self.instance.pk:
            self.instance.member = _member(typed)
        return typed

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("kind") != Badge.Kind.STAFF and sounds_like_the_house(cleaned.get("label", "")):
            self.add_error("label", PRETENDS)
        return cleaned

    def save(self, commit: bool = True) -> Badge:
        self.instance.verified_by = self.for_user
        self.instance.given_at = timezone.now()
        return super().save(commit)


def _member(typed: str) -> User:
    """The one member of this name or address, without a badge yet. Raises `ValidationError`."""
    members = User.objects.active()
    found = members.filter(email__iexact=typed) if "@" in typed else members.filter(display_name__iexact=typed)
    match list(found.select_related("badge")[:2]):
        case []:
            raise forms.ValidationError("Nobody here has this name or address.")
        case [member] if hasattr(member, "badge"):
            raise forms.ValidationError(
                f"{member.display_name} has the badge “{member.badge}” already. Change that one."
            )
        case [member]:
            return member
        case _:
            raise forms.ValidationError("Several members have this name. Take the e-mail address of the account.")
