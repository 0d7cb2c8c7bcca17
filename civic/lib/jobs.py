"""Background work. Jobs live in PostgreSQL and are deferred in the transaction of the row they are about.

    @task
    def write_to_author(decision_id: int) -> None: ...

    write_to_author.defer(decision_id=decision.pk)

A task takes ids, fetches, and calls a workflow; it must be harmless to run twice, for a worker can die at any line.
"""

import functools
import logging
from collections.abc import Callable, Iterable

from django.conf import settings
from django.urls import get_urlconf, set_urlconf
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)

# `max_attempts` counts retries. About 1, 10, 60, 360 … seconds apart: a mail server's short absence is ridden out.
RETRY = RetryStrategy(max_attempts=6, exponential_wait=6)


def task(function: Callable | None = None, *, priority: int = 0):
    """Marks a function as a job. Higher `priority` goes first (0 is usual; bulk work takes less)."""

    def mark(function: Callable):
        name = f"{function.__module__}.{function.__qualname__}"
        return app.task(name=name, retry=RETRY, priority=priority)(_knowing_few_addresses(function))

    return mark(function) if function else mark


def every(cron: str):
    """Marks a function as clock work: `cron` says when, each tick runs once however many workers there are.

    The function takes no arguments, finds what is due, and must be safe to run again at once.
    """

    def mark(function: Callable[[], object]):
        name = f"{function.__module__}.{function.__qualname__}"

        @_knowing_few_addresses
        def tick(timestamp: int) -> None:
            function()

        # The lock skips a tick while the one before still waits or works.
        job = app.task(name=name, queueing_lock=name, lock=name, pass_context=False)(tick)
        app.periodic(cron=cron)(job)
        return function

    return mark


def _knowing_few_addresses(function: Callable) -> Callable:
    """Within, `reverse` finds the addresses that readers know, of `settings.JOBS_URLCONF`, and no other.

    One look-up among all of them would load the whole newsroom: 25 MB in a process that never shows a page.
    """

    @functools.wraps(function)
    def work(*args, **kwargs):
        before = get_urlconf()
        set_urlconf(settings.JOBS_URLCONF)
        try:
            return function(*args, **kwargs)
        finally:
            set_urlconf(before)

    return work


def one_by_one(function: Callable[[int], object], ids: Iterable[int]) -> None:
    """For clock work: one that fails is logged, by its id and the kind of error alone, and keeps none of the others
    waiting. The next tick finds it again."""
    for pk in ids:
        try:
            function(pk)
        except Exception as error:
            name = f"{function.__module__}.{function.__qualname__}"
            logger.error("%s failed for %s: %s", name, pk, type(error).__name__)
