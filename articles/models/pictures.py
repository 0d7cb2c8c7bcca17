"""Pictures, with what must be said about them."""

from django.db import models, transaction
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from civic.lib.site import SiteSettings

# What a change of makes other cuts necessary.
_CUT_BY = ("file", "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")
# What stands beside a picture on pages that were drawn earlier.
_SAID = ("alt", "caption", "credit", "credit_url")


class Picture(AbstractImage):
    """One picture. `cuts` remembers what `articles.pictures` has made of it, so that a page asks nothing more."""

    alt = models.CharField(
        "what it shows",
        max_length=300,
        blank=True,
        help_text="Read aloud to those who cannot see it. Leave empty only where the picture is mere decoration.",
    )
    caption = models.CharField(max_length=400, blank=True)
    credit = models.CharField(max_length=160, blank=True, help_text="Who made it: Joost Ferrante / Sill Valley Record")
    credit_url = models.URLField("address of the credit", blank=True)
    licence = models.CharField(max_length=60, blank=True)
    cuts = models.JSONField(default=dict, blank=True, editable=False)

    # `collection` only where there are several: Wagtail's own forms leave it out otherwise.
    admin_form_fields = (
        *("title", "file", "alt", "caption", "credit", "credit_url", "licence"),
        *(name for name in Image.admin_form_fields if name.startswith("focal") or name == "collection"),
    )

    class Meta(AbstractImage.Meta):
        verbose_name = "picture"

    @classmethod
    def from_db(cls, db, field_names, values):
        picture = super().from_db(db, field_names, values)
        picture._before = {name: picture.__dict__.get(name) for name in (*_CUT_BY[1:], *_SAID)}
        picture._before["file"] = str(picture.__dict__.get("file") or "")
        return picture

    @property
    def default_alt_text(self) -> str:
        return self.alt

    def changed(self, *names: str) -> bool:
        before = getattr(self, "_before", None)
        now = {name: str(self.file) if name == "file" else getattr(self, name) for name in names}
        return before is None or any(before.get(name) != now[name] for name in names)

    def save(self, *args, **kwargs) -> None:
        from articles.jobs import cut_picture  # jobs stand above models; only the deferring is called from here

        recut = self.changed(*_CUT_BY) and kwargs.get("update_fields") is None
        said = not recut and self.changed(*_SAID)
        if recut:
            self.cuts = {}
        with transaction.atomic():
            super().save(*args, **kwargs)
            if recut or said:
                cut_picture.defer(picture_id=self.pk)
                SiteSettings.touch()

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            SiteSettings.touch()
        return gone


class Rendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_of_a_kind")
        ]
