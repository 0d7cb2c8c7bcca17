"""A column for markup that is safe to show."""

from typing import Any

from django.db import models
from django.utils.safestring import SafeString, mark_safe


class CleanHTMLField(models.TextField):
    """Holds only what `civic.lib.markdown` or `civic.lib.html` wrote, and is safe when it comes back.

    Saving an ordinary string raises `TypeError`: the mistake shows in the first test, not as a hole on a page.
    """

    def from_db_value(self, value: str | None, *_: Any) -> SafeString | None:
        return value if value is None else mark_safe(value)  # noqa: S308

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, str) and value and not isinstance(value, SafeString):
            raise TypeError(f"{self.name} takes the output of civic.lib.markdown or civic.lib.html only")
        prepared = super().get_prep_value(value)
        return str(prepared) if prepared is not None else None
