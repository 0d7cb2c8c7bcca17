from django.apps import AppConfig


class CivicConfig(AppConfig):
    name = "civic"
    verbose_name = "The site"

    def ready(self) -> None:
        from civic import checks  # noqa: F401
        from civic.leaving import forget_member
        from civic.lib.registry import erasers, reserved_names
        from civic.lib.site import SiteSettings

        reserved_names.answer(lambda: [SiteSettings.current().name])
        erasers.answer(forget_member)
        keep_the_papers_clock()


def keep_the_papers_clock() -> None:
    """In the newsroom, too, times are the paper's, unless somebody chose a zone of their own.

    Wagtail falls back to `TIME_ZONE`, which is UTC here, and has no setting for it: an article scheduled for seven
    would appear at two in the morning.
    """
    from django.conf import settings
    from django.utils import timezone
    from wagtail.admin import localization

    def chosen_or_the_papers(zone: str):
        return timezone.override(timezone.get_current_timezone() if zone == settings.TIME_ZONE else zone)

    localization.override_tz = chosen_or_the_papers
