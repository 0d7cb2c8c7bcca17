"""What belongs to the site as a whole."""

from django.db import models

from civic.lib.fields import CleanHTMLField
from civic.lib.limits import Allowance
from civic.lib.site import SeenEverywhere, SiteSettings

__all__ = ["Allowance", "SiteSettings", "StaticPage"]


class StaticPage(SeenEverywhere):
    """About, imprint, privacy, terms, contact: pages that change twice a year."""

    slug = models.SlugField(unique=True, help_text="The last part of the address: /pages/<slug>/")
    title = models.CharField(max_length=160)
    standfirst = models.CharField(max_length=300, blank=True)
    body_html = CleanHTMLField(blank=True)
    in_footer = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=100)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/pages/{self.slug}/"
