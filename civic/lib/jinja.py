"""The Jinja2 environment in which discussions are drawn."""

from typing import Any

from django.urls import reverse
from jinja2 import Environment


def environment(**options: Any) -> Environment:
    env = Environment(trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701 - autoescape is in options
    env.globals["url"] = reverse
    return env
