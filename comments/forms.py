"""What readers type under an article, made clean."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings

from accounts.forms import clean_name
from civic.lib import sql
from civic.lib.forms import AddressField, as_id
from comments.drafts import mark_of, tidy
from comments.models import Comment, Rhythm, Thread
from comments.readers import Reader
from comments.writers import Member, Visitor, Writer

NO_WORDS = "There are no words in it yet. What would you like to say?"
TEXT_HINT = "*emphasis*, **strong**, > quotation, lists and links work. Up to {limit:,} characters."


class WordsField(forms.CharField):
    """A text as it is stored, whatever signs were sent along."""

    widget = forms.Textarea(attrs={"rows": 7})

    def to_python(self, value) -> str:
        return tidy(super().to_python(value))


class WordsForm(forms.Form):
    """A text and nothing else.

    `place` says in few letters what the text is for: `t7` a comment in thread 7, `r7` an answer to comment 7, `e7`
    comment 7 itself. Ids of fields begin with it where a page may have several forms, and the browser keeps what was
    typed under it.
    """

    body = WordsField(
        label="Your comment",
        help_text=TEXT_HINT.format(limit=settings.COMMENT_MAX_LENGTH),
        error_messages={"required": NO_WORDS},
    )
    # The id of the newest warning by moderators that was shown with its tick. What makes no sense acknowledges nothing.
    acknowledge = forms.CharField(required=False, widget=forms.HiddenInput)
    place = ""
    not_yet = "Not posted yet"
    lost_parent = False

    @property
    def anchor(self) -> str:
        """The id of the section on its page. The form at the foot of a discussion keeps the one that links know."""
        return "comment" if self.place.startswith("t") else self.place

    @property
    def has_typed(self) -> bool:
        """The text in it is the reader's own, sent and sent back: nothing that the browser kept is newer."""
        return self.is_bound

    def clean_acknowledge(self) -> int | None:
        return as_id(self.cleaned_data["acknowledge"])

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        if not any(sign.isprintable() and not sign.isspace() for sign in body):
            raise forms.ValidationError(NO_WORDS)
        over = len(body) - settings.COMMENT_MAX_LENGTH
        if over > 0:
            limit = settings.COMMENT_MAX_LENGTH
            raise forms.ValidationError(f"That is {over:,} characters more than the {limit:,} we can take.")
        return body


class EditForm(WordsForm):
    """Other words for a comment that was sent. `newest` is what its writer said last."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    not_yet = "Not changed yet"

    def __init__(self, *args, comment: Comment, newest: str, **kwargs) -> None:
        super().__init__(*args, initial={"body": newest, "seen": mark_of(newest)}, **kwargs)
        self.place = f"e{comment.pk}"
        self.auto_id = f"{self.place}-%s"


class CommentForm(WordsForm):
    """A comment on `thread`. Members are asked for the text only; guests for a name and an address too."""

    parent = forms.CharField(required=False, widget=forms.HiddenInput)
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
    answers = forms.ChoiceField(
        label="Write to me about answers",
        required=False,
        choices=[("", "No"), (Rhythm.AT_ONCE, "At once"), (Rhythm.DAILY, "Once a day")],
        help_text="Each letter ends it with one click.",
    )
    rules = forms.BooleanField(
        label="I have read the house rules",
        required=False,
        help_text="Asked with your first comment only. If this is not your first, leave it empty.",
    )
    # Sent by forms that can ask something back: `rules` where the tick above is among them. Programs go without.
    asks = forms.CharField(required=False, widget=forms.HiddenInput)
    # The mark of a question that was asked before; see `prompting.py`.
    asked = forms.CharField(required=False, widget=forms.HiddenInput)
    # A solved sum, where the space asks for one; see `proving.py`. Whatever was sent, the form is not sent back for it.
    proof = forms.Field(required=False, widget=forms.HiddenInput)
    # People do not see it; programs fill in everything. The name is one that programs like.
    subject = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, *args, thread: Thread, reader: Reader, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.reader, self.thread = reader, thread
        answered = as_id(str(self.data.get("parent", "") if self.is_bound else self.initial.get("parent") or ""))
        self.place = f"r{answered}" if answered else f"t{thread.pk}"
        if answered:  # this form may be opened on a page that has the other already
            self.auto_id = f"{self.place}-%s"
        if reader.member:
            for field in ("name", "email", "website", "remember"):
                del self.fields[field]
            self.fields["rules"].help_text = "Asked with your first comment only."
        is_first = self.data.get("asks") == "rules" if self.is_bound else not reader.has_written()
        self.initial["asks"] = "rules" if is_first else "yes"
        if not is_first or (self.is_bound and reader.guest_key):
            del self.fields["rules"]

    def clean_parent(self) -> Comment | None:
        if not self.cleaned_data["parent"]:
            return None
        answered = as_id(self.cleaned_data["parent"])
        where = "WHERE id = %s AND thread_id = %s AND state = 'public'"
        if parent := answered and sql.get(Comment, where, [answered, self.thread.pk]):
            return parent
        raise forms.ValidationError("gone")

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

    def clean_rules(self) -> bool:
        """The tick, from whoever is asked for it and posts a first comment. In another tab it may not be the first."""
        if not self.cleaned_data["rules"] and not self.reader.has_written():
            raise forms.ValidationError("Please read the rules above the form once, and tick this.")
        return self.cleaned_data["rules"]

    def clean(self) -> dict:
        if self.cleaned_data.get("subject"):
            raise forms.ValidationError("This looks like a program. If you are a person, please post it once more.")
        return self.cleaned_data

    @property
    def has_typed(self) -> bool:
        return self.is_bound or bool(self.initial.get("body"))

    @property
    def lost_parent(self) -> bool:
        """The comment that was answered is gone or never was; the text can still be posted on its own."""
        return "parent" in self.errors

    @property
    def prompted(self) -> str | None:
        """The mark of an earlier question, "" for none; None where nothing can be asked."""
        return self.cleaned_data["asked"] if self.cleaned_data["asks"] else None

    def writer(self) -> Writer:
        if self.reader.member:
            return Member(self.reader.member)
        typed = self.cleaned_data
        return Visitor(typed["name"], typed["email"], typed["website"], self.reader.guest_key)


def new_form(thread: Thread, reader: Reader, parent: Comment | None = None, body: str = "") -> CommentForm:
    """A form with what is known of the writer filled in; the text, too, where it was typed elsewhere."""
    initial: dict = {"parent": parent.pk if parent else None, "body": body}
    if guest := reader.guest():
        initial |= {"name": guest.name, "email": guest.email, "website": guest.website}
    return CommentForm(thread=thread, reader=reader, initial=initial)
