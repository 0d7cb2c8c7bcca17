"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings

from civic.lib.site import SiteSettings


class Adapter(DefaultAccountAdapter):
    """Letters come from the paper, with both parts; nothing goes through sessions of guests."""

    def get_from_email(self) -> str:
        return SiteSettings.current().sender or settings.DEFAULT_FROM_EMAIL

    def format_email_subject(self, subject: str) -> str:
        return " ".join(subject.split())

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        site = SiteSettings.current()
        super().send_mail(template_prefix, email, {**context, "site": site, "site_url": settings.SITE_URL})
