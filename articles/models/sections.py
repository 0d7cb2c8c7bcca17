"""Where an article stands: its section, and the topics it belongs to."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from wagtail.search import index

from civic.lib.site import SeenEverywhere
from comments.models import Space

# First parts of addresses that belong to the program. A section of that name would hide one of them or be hidden by
# it. Some are not taken yet (`series`, `feed`): an address that is promised to readers can hardly be taken back.
_RESERVED = """
accounts api archive atom authors corrections discuss feed feeds health login logout me media members metrics
moderation news-sitemap newsletter newsroom outbox pages robots rules search sections series sitemap static tags
topics transparency
"""
RESERVED_SLUGS = frozenset(_RESERVED.split())


def check_not_reserved(slug: str) -> None:
    if slug.lower() in RESERVED_SLUGS:
        raise ValidationError(f"/{slug}/ is a page of the program itself. Please choose another address.")


class SectionQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("position", "name")


class Section(index.Indexed, SeenEverywhere):
    name = models.CharField(max_length=60)
    slug = models.SlugField(
        "address",
        unique=True,
        validators=[check_not_reserved],
        help_text="The section stands at /<address>/. Changing it breaks links that others have made.",
    )
    position = models.PositiveSmallIntegerField(default=100, help_text="Smaller numbers stand further to the front.")
    description = models.CharField(max_length=200, blank=True, help_text="One line under the section's name.")
    space = models.ForeignKey(
        Space,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="space of its discussions",
        help_text="Who may comment, at what pace, by which rules. Empty: the default one. Discussions move along.",
    )

    objects = SectionQuerySet.as_manager()
    search_fields = [index.AutocompleteField("name")]

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            # Said again by the database, for imports and shells that validate nothing.
            models.CheckConstraint(
                condition=~models.Q(slug__in=sorted(RESERVED_SLUGS)), name="section_slug_is_not_reserved"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("section", args=[self.slug])

    def save(self, *args, **kwargs) -> None:
        """Its discussions go along into the space that it has now.

        Section, discussions, site: locked in the order in which publishing an article locks them.
        """
        from articles import publishing  # a workflow stands above models; Wagtail saves the model

        with transaction.atomic():
            if Section.objects.select_for_update(no_key=True).filter(pk=self.pk).exists():
                publishing.move_discussions(self)
            super().save(*args, **kwargs)


class Topic(index.Indexed, SeenEverywhere):
    """A thread that runs through the paper for weeks or years: the school bond, the weir."""

    name = models.CharField(max_length=60)
    slug = models.SlugField("address", unique=True, help_text="The topic stands at /topics/<address>/.")
    description = models.CharField(max_length=200, blank=True)

    search_fields = [index.AutocompleteField("name")]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])
