"""`manage.py test_letter ana@example.org`: does a letter arrive, and what does the other side think of it?"""

from smtplib import SMTPException

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from newsletter.dkim import BadKey
from newsletter.trying import send_test_letter


class Command(BaseCommand):
    help = (
        "Sends one letter, with the headers and the signature that newsletters have. Its headers say how it was liked."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("address")

    def handle(self, address: str, **options) -> None:
        try:
            validate_email(address)
            send_test_letter(address)
        except ValidationError as error:
            raise CommandError(f"{address} is no e-mail address.") from error
        except (SMTPException, OSError, BadKey) as error:
            raise CommandError(f"It could not be sent: {error}") from error
        self.stdout.write("Sent. In the letter that arrives, look for spf=pass, dkim=pass and dmarc=pass.")
