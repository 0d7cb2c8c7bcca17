"""What a reader reports, made clean."""

from string import ascii_lowercase

from django import forms
from django.conf import settings

from civic.lib.forms import AddressField
from comments.forms import WordsField
from comments.models import HouseRule, Thread
from moderation.models import Report
from moderation.reporters import Reporter, contact, nobody
from moderation.reporting import Said

ILLEGAL = "illegal"
Matter = Report.Matter
ANONYMOUS = (Matter.CHILD,)  # where nobody need say who they are: Digital Services Act, Article 16(2)(c)


class ReportForm(forms.Form):
    """Which rule a comment breaks, or that it is against the law, as the Digital Services Act asks in Article 16(2).

    `reporter` is None for whoever has not proven an address: they report illegal content only, and are asked who they
    are. `only_illegal`: this reader has reported a rule already.
    """

    use_required_attribute = False

    what = forms.ChoiceField(
        label="What is the matter?",
        widget=forms.RadioSelect,
        error_messages={"required": "Which of these is it?", "invalid_choice": "Which of these is it?"},
    )
    matter = forms.ChoiceField(
        label="What kind of illegal content is it?",
        choices=[(kind.value, kind.label.capitalize()) for kind in Matter],
        widget=forms.RadioSelect,
        help_text="A threat to somebody’s life, and abuse of a child, are read first, and moderators hear of them at "
        "once. Where somebody is in danger now, call the police.",
        error_messages={"required": "Which of these three?", "invalid_choice": "Which of these three?"},
    )
    place = forms.CharField(
        label="Which words?",
        required=False,
        max_length=500,
        help_text="If it is not the whole comment: copy them.",
    )
    text = WordsField(
        label="In your words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input--short"}),
        help_text="Only moderators read it. Illegal content needs it: why it is that, and by which law, if you know.",
        error_messages={"required": "Why is it illegal? A sentence or two, please, for the person who judges it."},
    )
    name = forms.CharField(
        label="Your name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="By law we ask who says so. Authors never see name and address, and we forget them later. Both "
        "may stay empty where it is about sexual abuse of a child.",
        error_messages={"required": "By law we have to ask who says so. The author never sees it."},
    )
    email = AddressField(
        label="Your e-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="We write twice: that we have it, and what was decided.",
        error_messages={"required": "To this address we write what was decided."},
    )
    in_good_faith = forms.BooleanField(
        label="As far as I know, what I say here is accurate and complete.",
        error_messages={"required": "Please tick this: the law asks for it."},
    )
    # People do not see it; programs fill in everything.
    subject = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, *args, thread: Thread, reporter: Reporter | None, only_illegal: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.reporter, self.only_illegal = reporter, only_illegal or reporter is None
        self.rules = _rules_in(thread) if not self.only_illegal else {}
        if self.only_illegal:
            del self.fields["what"]
        else:
            rules = [(sign, f"{sign}. {text}") for sign, (_, text) in self.rules.items()]
            self.fields["what"].choices = [*rules, (ILLEGAL, "Illegal content: it is against the law")]
        if reporter:
            del self.fields["name"], self.fields["email"]
        if self.is_bound or self.only_illegal:
            self._ask_for_what_is_needed()

    @property
    def is_illegal(self) -> bool:
        return self.only_illegal or self.data.get("what") == ILLEGAL

    def _ask_for_what_is_needed(self) -> None:
        for name in ("matter", "in_good_faith", "text"):
            self.fields[name].required = self.is_illegal
        for name in {"name", "email"} & self.fields.keys():
            self.fields[name].required = self.is_illegal and self.data.get("matter") not in ANONYMOUS

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        over = len(text) - settings.REPORT_MAX_LENGTH
        if over > 0:
            limit = settings.REPORT_MAX_LENGTH
            raise forms.ValidationError(f"That is {over:,} characters more than the {limit:,} we can take.")
        return text

    def clean(self) -> dict:
        if self.cleaned_data.get("subject"):
            raise forms.ValidationError("This looks like a program. If you are a person, please send it once more.")
        return self.cleaned_data

    def said(self) -> Said:
        typed = self.cleaned_data
        if not self.is_illegal:
            rule, text = self.rules[typed["what"]]
            return Said(rule=rule, rule_text=text, text=typed["text"])
        return Said(
            matter=typed["matter"], text=typed["text"], place=typed["place"], in_good_faith=typed["in_good_faith"]
        )

    def who(self, origin: bytes) -> Reporter:
        """Who reports. A name without an address is nobody's."""
        if self.reporter:
            return self.reporter
        typed = self.cleaned_data
        return contact(typed["name"], typed["email"]) if typed["email"] else nobody(origin)


def _rules_in(thread: Thread) -> dict[str, tuple[HouseRule | None, str]]:
    """The rules that hold in a discussion, by the sign that readers know them by: those of the house, those of its
    space."""
    house = {str(rule.number): (rule, rule.text) for rule in HouseRule.objects.all()}
    return house | {sign: (None, text[:300]) for sign, text in zip(ascii_lowercase, thread.space.rules, strict=False)}
