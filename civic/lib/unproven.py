"""Addresses that somebody has typed and nobody has proven: they may be another person's, who must not be flooded."""

from datetime import timedelta

from django.conf import settings

from civic.lib import limits


def one_mailbox(email: str) -> str:
    """An address without what people add to it at will: `Ana+news@example.org` is read where `ana@example.org` is."""
    name, _, host = email.strip().lower().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"


def take_letter(email: str) -> int:
    """Count one more letter to such an address. 0 where it may go out today, else the seconds until one may.

    `CONFIRM_LETTERS_A_DAY` in all, whatever form the address was typed into. To be asked before each letter that a
    stranger's typing alone can cause.
    """
    times, day = settings.CONFIRM_LETTERS_A_DAY, timedelta(days=1)
    return limits.take("letters-a-day", one_mailbox(email), times=times, within=day)
