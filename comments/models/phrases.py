"""Words that call for a look."""

from django.db import models

from comments.models.spaces import Space


class PhraseList(models.Model):
    """Phrases, one a line; `*` stands for any letters of a word. A comment with one is read before it appears."""

    name = models.CharField(max_length=60, unique=True, help_text="For the newsroom; readers do not see it.")
    space = models.ForeignKey(
        Space, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="Empty: everywhere."
    )
    phrases = models.TextField(
        blank=True, help_text="One a line, found as whole words. * stands for any letters: casino* finds casinos, too."
    )

    def __str__(self) -> str:
        return self.name
