"""Addresses that somebody has typed and nobody has proven: they may be another person's, who must not be flooded."""

from datetime import timedelta

from django.conf import settings

from civic.lib import limits
from civic.lib.addresses import one_spelling


def one_mailbox(email: str) -> str:
    """An address without what people add to it at will: `Ana+news@example.org` is read where `ana@example.org` is."""
    name, _, host = one_spelling(email).lower().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"


def allowance_of(email: str) -> str:
    """Whose allowance a letter is taken off, in whatever spelling an address was typed: also without the dots in the
    name, which Google and others do not read. Two people whose addresses differ by dots alone share one; they are few,
    and lose a wait. Never use it for who somebody is."""
    name, _, host = one_mailbox(email).rpartition("@")
    return f"{name.replace('.', '')}@{'gmail.com' if host == 'googlemail.com' else host}"


def take_letter(email: str) -> int:
    """Count one more letter to such an address. 0 where it may go out today, else the seconds until one may.

    `CONFIRM_LETTERS_A_DAY` in all, whatever form the address was typed into. To be asked before each letter that a
    stranger's typing alone can cause.
    """
    times, day = settings.CONFIRM_LETTERS_A_DAY, timedelta(days=1)
    return limits.take("letters-a-day", allowance_of(email), times=times, within=day)
