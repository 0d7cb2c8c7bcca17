"""A draft as its readers will see it, for those in the newsroom."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Article
from articles.pages import Story
from articles.rendering import render_body
from civic.lib.policies import PREVIEW_POLICY


def preview(request: HttpRequest, article: Article) -> HttpResponse:
    """The page of an unsaved article. It may stand in the newsroom's frame, and nowhere else."""
    article.body_html = render_body(article.body)
    response = render(
        request,
        "articles/article.html",
        {"article": article, "story": Story(article), "here": article.section, "is_preview": True},
    )
    response["Content-Security-Policy"] = PREVIEW_POLICY
    return response
