"""The Jinja2 environment in which discussions are drawn."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from jinja2 import Environment


def environment(**options: Any) -> Environment:
    env = Environment(trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701 - autoescape is in options
    env.filters["moment"] = moment
    return env


def moment(at: datetime) -> str:
    """A time in words that stay true however long a page is kept: 17 November, 14:07. With the year if not this one."""
    local = timezone.localtime(at)
    year = "" if local.year == timezone.localdate().year else f" {local.year}"
    return f"{local.day} {local:%B}{year}, {local.hour}:{local:%M}"
