"""The newsroom's rooms for letters."""

from newsletter import wagtail_sending  # noqa: F401
