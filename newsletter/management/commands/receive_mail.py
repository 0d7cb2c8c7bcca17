"""`manage.py receive_mail < message`: a mail server hands over what came to the bounce address."""

import logging
import os
import sys

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, ProgrammingError

from newsletter.returning import receive

logger = logging.getLogger(__name__)

_AT_MOST = 10_000_000  # bytes kept of a message; the rest is read, so that the mail server can finish, and forgotten
# What Postfix and its kind understand (sysexits.h): everything is well, or: keep it and try again later.
DONE, LATER = 0, 75


class Command(BaseCommand):
    help = (
        "Reads one message from standard input: a bounce, a complaint, or anything else. Ends with 0 when it is done "
        "with, also where it makes no sense, and with 75 while the database is away or not migrated, so that the mail "
        "server keeps it."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--recipient", default=os.environ.get("ORIGINAL_RECIPIENT", ""), help="the envelope's")

    def handle(self, recipient: str, **options) -> None:
        raw = sys.stdin.buffer.read(_AT_MOST)
        while sys.stdin.buffer.read(_AT_MOST):
            pass
        try:
            received = receive(raw, recipient)
        except (OperationalError, InterfaceError, ProgrammingError) as error:  # the last: not migrated yet
            logger.warning("newsletter: a message waits, for the database cannot be used: %s", type(error).__name__)
            sys.exit(LATER)
        except Exception as error:  # whatever it is, the same message would end like this for days
            logger.error("newsletter: a message was dropped: %s", type(error).__name__, exc_info=True)
            sys.exit(DONE)
        logger.info("newsletter: received %s about delivery %s", received.kind, received.delivery_id)
