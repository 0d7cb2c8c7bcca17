from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    name = "newsletter"

    def ready(self) -> None:
        from civic.lib.registry import erasers, exports
        from newsletter.composing import letters_by
        from newsletter.members import everything_about, forget_member

        erasers.answer(forget_member)
        exports.answer(everything_about)
        exports.answer(letters_by)
