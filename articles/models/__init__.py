"""What a paper is made of. One file for each idea; everybody imports from here."""

from articles.models.articles import Article, ArticleQuerySet, Byline, RelatedItem
from articles.models.credits import Author, Source
from articles.models.pictures import Picture, Rendition
from articles.models.record import Correction, Redirect
from articles.models.sections import RESERVED_SLUGS, Section, Topic

__all__ = [
    "RESERVED_SLUGS",
    "Article",
    "ArticleQuerySet",
    "Author",
    "Byline",
    "Correction",
    "Picture",
    "Redirect",
    "RelatedItem",
    "Rendition",
    "Section",
    "Source",
    "Topic",
]
