from django.apps import AppConfig


class CivicConfig(AppConfig):
    name = "civic"
    verbose_name = "The site"

    def ready(self) -> None:
        from civic import checks  # noqa: F401
        from civic.lib.registry import reserved_names
        from civic.lib.site import SiteSettings

        reserved_names.answer(lambda: [SiteSettings.current().name])
