"""How moderators set a discussion, made clean."""

from django import forms
from django.utils import timezone

from comments.models import Thread
from comments.models.spaces import Mode
from comments.pace import how_often

PAPER, AS_THE_PAPER = "paper", "As the paper says"  # whatever article and space say
PACES = (30, 60, 120, 300, 600, 1800, 3600, 10_800, 86_400)  # seconds


class PolicyForm(forms.Form):
    """How a moderator sets a discussion. Everything may be left to the paper: the article, its space."""

    mode = forms.TypedChoiceField(
        label="Who may comment", coerce=lambda mode: "" if mode == PAPER else mode, widget=forms.RadioSelect
    )
    pace_seconds = forms.TypedChoiceField(
        label="Slow mode",
        coerce=lambda pace: None if pace == PAPER else int(pace),
    )
    keeps_open = forms.BooleanField(label="Keep it open: it does not close by itself", required=False)
    note = forms.CharField(
        label="A line to readers",
        required=False,
        max_length=200,
        help_text="Stands where they would write. Say why, and for how long, if you know.",
        widget=forms.Textarea(attrs={"rows": 2, "class": "input--short"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, thread: Thread, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.thread = thread
        self.fields["mode"].choices = [
            (PAPER, f"{AS_THE_PAPER}: {Mode(thread.paper_mode).label}"),
            *((mode.value, mode.label.capitalize()) for mode in Mode),
        ]
        self.fields["pace_seconds"].help_text = f"For each writer. The paper says: {how_often(thread.space.pace)}."
        paces = sorted({*PACES, thread.desk_pace_seconds} - {None})
        self.fields["pace_seconds"].choices = [
            (PAPER, AS_THE_PAPER),
            *((seconds, how_often(seconds).capitalize()) for seconds in paces),
        ]
        if closing := thread.calendar_closing_time:
            day = timezone.localtime(closing)
            verb = "closed" if closing <= timezone.now() else "would close"
            self.fields["keeps_open"].help_text = f"It {verb} on {day.day} {day:%B %Y, %H:%M}."
        else:
            del self.fields["keeps_open"]

    @classmethod
    def of(cls, shown) -> "PolicyForm":
        """The form as a `Discussion` is set."""
        thread = shown.thread
        initial = {
            "mode": thread.desk_mode or PAPER,
            "pace_seconds": PAPER if thread.desk_pace_seconds is None else thread.desk_pace_seconds,
            "keeps_open": thread.desk_keeps_open,
            "note": thread.desk_note,
            "seen": shown.seen,
        }
        return cls(thread=thread, initial=initial)

    def clean_note(self) -> str:
        return " ".join(self.cleaned_data["note"].split())

    def clean(self) -> dict:
        """Opening what the calendar has closed means keeping it open: else nothing would come of it."""
        values = self.cleaned_data
        values.setdefault("keeps_open", self.thread.desk_keeps_open)
        closing = self.thread.calendar_closing_time
        opens = values.get("mode") not in ("", None, Mode.CLOSED, self.thread.desk_mode)
        if opens and not values["keeps_open"] and closing and closing <= timezone.now():
            self.add_error("keeps_open", "It has closed by itself. To open it again, keep it open as well.")
        return values
