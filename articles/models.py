from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition


class SectionQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("position", "name")


class Section(models.Model):
    name = models.CharField(max_length=60)
    slug = models.SlugField(unique=True)
    position = models.PositiveSmallIntegerField(default=100)

    objects = SectionQuerySet.as_manager()

    def get_absolute_url(self):
        return f"/{self.slug}/"


class Picture(AbstractImage):
    admin_form_fields = ("title", "file")


class Rendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)
