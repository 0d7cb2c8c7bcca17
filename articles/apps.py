from django.apps import AppConfig
from django.db.models.signals import post_delete


class ArticlesConfig(AppConfig):
    name = "articles"

    def ready(self) -> None:
        from articles.models import Article
        from articles.publishing import after_deleting

        # The one place that all ways of deleting pass: the newsroom deletes many at once without asking the model.
        post_delete.connect(after_deleting, sender=Article)
