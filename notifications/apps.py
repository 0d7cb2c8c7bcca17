from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from civic.lib.registry import erasers, exports
        from notifications.forgetting import everything_told, forget_member

        erasers.answer(forget_member)
        exports.answer(everything_told)
