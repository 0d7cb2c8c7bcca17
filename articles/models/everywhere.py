"""Names that stand on many pages at once."""

from django.db import models, transaction
from django.db.models import F

from civic.lib.site import SiteSettings


class SeenEverywhere(models.Model):
    """A name in navigation, bylines or lists. A change makes every kept page stale, so the site's version rises."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            site_changed()

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            site_changed()
        return gone


def site_changed() -> None:
    SiteSettings.objects.filter(pk=1).update(version=F("version") + 1)
