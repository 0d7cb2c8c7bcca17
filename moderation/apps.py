from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        from civic.lib.registry import erasers, exports, holds
        from moderation.holding import why_held
        from moderation.leavers import everything_about, forget_member

        erasers.answer(forget_member)
        exports.answer(everything_about)
        holds.answer(why_held)
