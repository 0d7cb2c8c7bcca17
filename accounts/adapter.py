"""How allauth behaves here."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from civic.lib.errors import Refusal, TooFast
from civic.lib.mail import send_letter
from civic.lib.origin import client_address
from civic.lib.site import SiteSettings
from civic.lib.unproven import take_letter

logger = logging.getLogger(__name__)

# Whoever has just signed in or out sees it. Said here, it would wait in the session until some later page shows it.
_UNSAID = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


# Nobody needs them to get in. A code is another thing, where its account is somebody's.
_NEVER_NEEDED = {"account/email/unknown_account", "account/email/account_already_exists"}
_TO_NEW_ADDRESS = "account/email/email_confirmation"
_CODES = {"account/email/login_code", "account/email/email_confirmation_signup", _TO_NEW_ADDRESS}


class EnoughForAddress(TooFast):
    title = "Enough letters for today"
    message = (
        "We have written to this address several times today, and nobody has confirmed it. Please look among the "
        "junk, or try again tomorrow."
    )


class LetterNotSent(Refusal):
    status = 503
    title = "We cannot send letters just now"
    message = "Our mail does not answer, so no code is on its way. It is not you. Please try again in a few minutes."


class Adapter(DefaultAccountAdapter):
    """Letters come from the paper, with both parts. Codes are six digits, as people know them.

    Is that safe? A code dies with the third wrong try and after ten minutes, belongs to one browser's session, and at
    most 20 a day are sent for one address (ACCOUNT_RATE_LIMITS). So a stranger has 60 guesses a day at one in a
    million, that is even odds after 30 years, and the owner gets 20 letters on each of these days. To an address with
    which nobody has ever signed in, `CONFIRM_LETTERS_A_DAY` go out, whatever form it was typed into.
    """

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": "This is not the code in our newest letter. Please look again.",
        "too_many_login_attempts": "The code no longer works: three wrong ones were typed. Ask for another here.",
        "rate_limited": "That was a little fast. Please wait a few seconds and try again.",
        "duplicate_email": "This is your address already.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if _may_be_by_a_stranger(template_prefix, email) and (wait := take_letter(email)):
            if template_prefix == _TO_NEW_ADDRESS:
                raise EnoughForAddress(retry_after=wait)
            logger.info("no letter of %s: its address had enough for today", template_prefix)
            return  # the page says the same as always: whether there is an account, nobody learns
        known = {**context, "email": email, "site": SiteSettings.current()}
        subject = render_to_string(f"{template_prefix}_subject.txt", known)
        try:
            send_letter(f"{template_prefix}_message", to=email, subject=subject.strip(), context=known)
        except (SMTPException, OSError) as error:
            logger.error("a letter of %s could not be sent: %s", template_prefix, type(error).__name__)
            raise LetterNotSent(retry_after=300) from error

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody goes who came from nowhere in particular: moderators to the desk."""
        return reverse("moderation:queue") if request.user.is_moderator else super().get_login_redirect_url(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        error = message_template is None
        resent = request.POST.get("action") == "resend"
        if error or resent or (request.user.is_authenticated and message_template not in _UNSAID):
            super().add_message(request, level, message_template, *args, **kwargs)


def _may_be_by_a_stranger(template_prefix: str, email: str) -> bool:
    """Whether nothing but typing the address sends this letter: nobody has ever signed in with it, nor was it given a
    role here. Such letters count together with those that other forms send to it."""
    if template_prefix not in _CODES:
        return template_prefix in _NEVER_NEEDED
    somebody = Q(last_login__isnull=False) | Q(is_superuser=True) | Q(groups__isnull=False)
    return not User.objects.active().filter(somebody, email__iexact=email).exists()
