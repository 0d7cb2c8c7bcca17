"""The settings of the site that editors change: its name, zone, sender, switches. One row.

The table belongs to the app `civic`; the model lives here because everybody asks it and `civic.lib` is what
everybody may import.
"""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F

from civic.lib import sql


def check_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("Choose a zone such as Europe/Berlin or America/New_York.")


class SiteSettings(models.Model):
    """`version` counts changes, so that whatever was kept with an older one is known to be stale."""

    name = models.CharField(max_length=80, default="Civic")
    tagline = models.CharField(max_length=160, blank=True, help_text="One line beside the date on the front page.")
    description = models.CharField(max_length=300, blank=True, help_text="For search engines and shared links.")
    zone = models.CharField(max_length=64, default="UTC", validators=[check_zone])
    language = models.CharField(max_length=12, default="en")
    sender = models.EmailField(blank=True, help_text="The address that letters come from.")
    postal_address = models.CharField(max_length=300, blank=True, help_text="Stands at the foot of every letter.")
    comments_closed = models.BooleanField(default=False, help_text="Close all discussions.")
    premoderate_all = models.BooleanField(default=False, help_text="A person reads every comment first.")
    decides_blind = models.BooleanField(
        "moderators decide before they see what the model says",
        default=False,
        help_text="It still orders what waits. What they decide then says whether it is right.",
    )
    version = models.PositiveBigIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "civic"
        verbose_name = verbose_name_plural = "site settings"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_site_settings")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "SiteSettings":
        """The one row; with its defaults where nobody has saved any. One query by primary key."""
        return sql.get(cls, "WHERE id = 1") or cls(pk=1)

    def save(self, *args, **kwargs) -> None:
        self.pk = 1
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.touch()

    @classmethod
    def touch(cls) -> None:
        """Something that stands on many pages has changed: what was kept of any page is stale.

        Call it last in a transaction: until that ends, everybody else who has such a change waits for this row.
        """
        cls.objects.filter(pk=1).update(version=F("version") + 1)


class SeenEverywhere(models.Model):
    """A name in navigation, bylines, lists. A change makes every kept page stale, so the site's version rises."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            SiteSettings.touch()

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            SiteSettings.touch()
        return gone
