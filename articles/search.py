"""Finding articles by their words, with PostgreSQL's own full-text search."""

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, QuerySet

from articles.models import Article
from civic.lib.site import SiteSettings

# Dictionaries that every PostgreSQL brings along, by language code. Others find words as they are written.
_CONFIGS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


def language_of_search() -> str:
    """The PostgreSQL dictionary for the site's language."""
    return _CONFIGS.get(SiteSettings.current().language.split("-")[0], "simple")


def find(words: str) -> QuerySet[Article]:
    """Readable articles with these words, best first. Understands “quoted phrases”, `or` and `-without`."""
    query = SearchQuery(words, search_type="websearch", config=language_of_search())
    found = Article.objects.readable().filter(words=query)
    return found.annotate(rank=SearchRank(F("words"), query)).order_by("-rank", "-published_at")
