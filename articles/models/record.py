"""What a paper owes its readers for good: its corrections, and that old links go on working."""

from django.db import models, transaction
from django.utils import timezone
from wagtail.search import index

from articles.models.articles import Article


class CorrectionQuerySet(models.QuerySet):
    def public(self):
        return self.filter(public=True)

    def readable(self):
        """Public ones, on articles that can be read."""
        return self.public().filter(article__in=Article.objects.readable())


class Correction(index.Indexed, models.Model):
    """What we got wrong and put right. Not part of a revision: publishing an older text must not take it back."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="corrections")
    at = models.DateTimeField("when", default=timezone.now)
    text = models.TextField(
        max_length=1000, help_text="What the article said before, and what is right. Plain words, no excuses."
    )
    public = models.BooleanField(default=True, help_text="Shown under the article and on /corrections/.")

    objects = CorrectionQuerySet.as_manager()
    search_fields = [index.AutocompleteField("text")]

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["-at"], name="correction_newest", condition=models.Q(public=True))]

    def __str__(self) -> str:
        return f"{self.article}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        return f"{self.article.get_absolute_url()}#correction"

    def save(self, *args, **kwargs) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            Article.changed(self.article_id)

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            Article.changed(self.article_id)
        return gone


class Redirect(models.Model):
    """An address that an article had before. Whoever comes there is sent on for good."""

    slug = models.SlugField(max_length=120, unique=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="redirects")
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.slug} → {self.article.slug}"
