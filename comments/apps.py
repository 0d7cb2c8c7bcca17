from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "comments"

    def ready(self) -> None:
        from civic.lib.registry import erasers, exports
        from comments.exporting import everything_about
        from comments.leaving import forget_member

        erasers.answer(forget_member)
        exports.answer(everything_about)
