from django.apps import AppConfig
from django.conf import settings


class NewsletterConfig(AppConfig):
    name = "newsletter"

    def ready(self) -> None:
        from civic.lib.registry import erasers, exports
        from newsletter.composing import letters_by
        from newsletter.members import everything_about, forget_member

        erasers.answer(forget_member)
        exports.answer(everything_about)
        exports.answer(letters_by)
        if settings.NEWSLETTER_TRANSPORT == "anymail":
            from newsletter import provider_events

            provider_events.listen()
