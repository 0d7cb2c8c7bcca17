"""What readers type under an article, made clean."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings

from accounts.forms import clean_name
from civic.lib.forms import AddressField
from comments.models import Comment, Thread
from comments.models.comments import State
from comments.readers import Reader
from comments.writers import Member, Visitor, Writer

NO_WORDS = "There are no words in it yet. What would you like to say?"
TEXT_HINT = "*emphasis*, **strong**, > quotation, lists and links work. Up to {limit:,} characters."


class CommentForm(forms.Form):
    """A comment on `thread`. Members are asked for the text only; guests for a name and an address too."""

    body = forms.CharField(
        label="Your comment",
        help_text=TEXT_HINT.format(limit=settings.COMMENT_MAX_LENGTH),
        widget=forms.Textarea(attrs={"rows": 7}),
        strip=False,
        error_messages={"required": NO_WORDS},
    )
    parent = forms.ModelChoiceField(Comment.objects.none(), required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Name",
        max_length=60,
        help_text="Shown with your comment. Your own, or one that you keep.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "By what name shall we call you?"},
    )
    email = AddressField(
        label="E-mail",
        help_text="Your email address will not be published. We write once, to confirm that it is yours.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "We need an address to confirm that you are you."},
    )
    website = forms.CharField(
        label="Website",
        required=False,
        max_length=200,
        widget=forms.URLInput(attrs={"autocomplete": "url", "placeholder": "https://"}),
    )
    remember = forms.BooleanField(
        label="Remember my name and e-mail on this device",
        required=False,
        help_text="Kept in this browser only. Untick it and both are forgotten.",
    )
    # People do not see it; programs fill in everything. The name is one that programs like.
    subject = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, *args, thread: Thread, reader: Reader, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.fields["parent"].queryset = Comment.objects.on(thread)
        if reader.member:
            for field in ("name", "email", "website", "remember"):
                del self.fields[field]

    def clean_body(self) -> str:
        body = self.cleaned_data["body"].replace("\0", "")
        if not any(sign.isprintable() and not sign.isspace() for sign in body):
            raise forms.ValidationError(NO_WORDS)
        over = len(body.replace("\r\n", "\n").strip()) - settings.COMMENT_MAX_LENGTH
        if over > 0:
            limit = settings.COMMENT_MAX_LENGTH
            raise forms.ValidationError(f"That is {over:,} characters more than the {limit:,} we can take.")
        return body

    def clean_parent(self) -> Comment | None:
        parent = self.cleaned_data["parent"]
        if parent is not None and parent.state != State.PUBLIC:
            raise forms.ValidationError("gone")
        return parent

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_website(self) -> str:
        """An http address or nothing; "larkford.example" is understood."""
        typed = self.cleaned_data["website"].strip()
        if not typed or typed in ("http://", "https://"):
            return ""
        address = typed if "://" in typed else f"https://{typed}"
        try:
            forms.URLField(assume_scheme="https", max_length=200).clean(address)
            if urlsplit(address).scheme not in ("http", "https"):
                raise forms.ValidationError("")
        except forms.ValidationError:
            raise forms.ValidationError("It should look like https://example.org, or stay empty.") from None
        return address

    def clean(self) -> dict:
        if self.cleaned_data.get("subject"):
            raise forms.ValidationError("This looks like a program. If you are a person, please post it once more.")
        return self.cleaned_data

    @property
    def lost_parent(self) -> bool:
        """The comment that was answered is gone or never was; the text can still be posted on its own."""
        return "parent" in self.errors

    def writer(self) -> Writer:
        if self.reader.member:
            return Member(self.reader.member)
        typed = self.cleaned_data
        return Visitor(typed["name"], typed["email"], typed["website"], self.reader.guest_key)


def new_form(thread: Thread, reader: Reader, parent: Comment | None = None) -> CommentForm:
    """An empty form, with what is known of the writer filled in."""
    initial: dict = {"parent": parent.pk if parent else None}
    if guest := reader.guest():
        initial |= {"name": guest.name, "email": guest.email, "website": guest.website}
    return CommentForm(thread=thread, reader=reader, initial=initial)
