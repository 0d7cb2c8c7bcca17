"""Whom an article comes from: its authors, and the publication it was taken from."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from wagtail.search import index

from civic.lib.site import SeenEverywhere


class Author(index.Indexed, SeenEverywhere):
    """A byline. It is not a login: people write for a paper who never sign in, and sign in who never write."""

    name = models.CharField(max_length=100)
    slug = models.SlugField("address", unique=True, max_length=110, help_text="/authors/<address>/")
    title = models.CharField(max_length=80, blank=True, help_text="Stands after the name in a byline: readers’ editor.")
    bio = models.TextField(
        "about", blank=True, max_length=600, help_text="Two or three sentences, on the author's page."
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The account of this person, if there is one.",
    )

    search_fields = [index.AutocompleteField("name")]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("author", args=[self.slug])


class Source(index.Indexed, SeenEverywhere):
    """A publication whose articles we may print, and on what terms."""

    class Index(models.TextChoices):
        NOINDEX = "noindex", "keep our copy out of search engines"
        CANONICAL = "canonical", "name the original as the real one"
        INDEX = "index", "may be found here too"

    name = models.CharField(max_length=100, unique=True, help_text="As after “First published by the …”.")
    url = models.URLField("web address", blank=True)
    licence = models.CharField(max_length=60, blank=True, help_text="CC BY-ND 4.0, or: by agreement")
    licence_url = models.URLField("address of the licence", blank=True)
    index_policy = models.CharField("search engines", max_length=10, choices=Index.choices, default=Index.NOINDEX)

    search_fields = [index.AutocompleteField("name")]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
