"""What a guest chooses who leaves for good."""

from django import forms

from comments.models import Guest


class LeaveForm(forms.Form):
    """A guest leaves for good. Nothing is chosen beforehand, for it cannot be undone."""

    HERE, EVERYWHERE = "here", "everywhere"

    words = forms.ChoiceField(
        label="Your comments",
        choices=[
            (Guest.Leaving.WORDS_STAY, "They stay, without my name: “Somebody who has left”"),
            (Guest.Leaving.WORDS_GO, "They go too, and my words are erased"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose one: what becomes of your comments?"},
    )
    reach = forms.ChoiceField(
        label="Which comments",
        choices=[
            (HERE, "Those written in this browser. It happens at once"),
            (EVERYWHERE, "All that I have confirmed with this address. We send a letter first"),
        ],
        initial=HERE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, guest: Guest, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not guest.is_confirmed or not guest.email:
            del self.fields["reach"]

    @property
    def words_go(self) -> bool:
        return self.cleaned_data["words"] == Guest.Leaving.WORDS_GO

    @property
    def asks_for_letter(self) -> bool:
        return self.cleaned_data.get("reach") == self.EVERYWHERE
