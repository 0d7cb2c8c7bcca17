"""The paper's public pages. They set no cookie, and show the same to everybody."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from articles import pages
from articles.forms import SearchForm
from articles.models import Article, Author, Redirect, Section, Topic
from articles.search import find
from civic.lib.forms import as_id

PER_PAGE = 20


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/front.html", {"front": pages.front_page()})


@require_safe
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """An article at its one address. From the wrong month, or a name it had before, readers are sent there for good."""
    found = Article.objects.readable().for_page().filter(slug=slug).first()
    if found is None:
        return _send_on(request, slug)
    if found.get_absolute_url() != request.path:
        return _moved(request, found)
    return render(request, "articles/article.html", pages.article_page(found))


def _send_on(request: HttpRequest, slug: str) -> HttpResponse:
    """Where no article of this name is to be read: to the one that had it before, if that can be read."""
    sign = get_object_or_404(Redirect, slug=slug, article__in=Article.objects.readable())
    return _moved(request, sign.article)


def _moved(request: HttpRequest, article: Article) -> HttpResponse:
    query = request.META.get("QUERY_STRING")
    return redirect(article.get_absolute_url() + (f"?{query}" if query else ""), permanent=True)


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    here = get_object_or_404(Section, slug=slug)
    context = {"here": here, "page": _page(request, pages.stories(section=here))}
    return render(request, "articles/section.html", context)


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug)
    return render(request, "articles/topic.html", {"topic": topic, "page": _page(request, pages.stories(topics=topic))})


@require_safe
def authors(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/authors.html", {"authors": pages.authors()})


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    author = get_object_or_404(Author, slug=slug)
    page = _page(request, pages.stories_by(author))
    return render(request, "articles/author.html", {"author": author, "page": page})


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/corrections.html", {"page": _page(request, pages.corrections())})


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/archive.html", {"page": _page(request, pages.stories())})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Articles with the words of `q`; without any, only the form."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = _page(request, find(words).for_lists()) if words else None
    status = 200 if form.is_valid() else 422
    return render(request, "articles/search.html", {"form": form, "words": words, "page": page}, status=status)


def _page(request: HttpRequest, found: QuerySet) -> Page:
    """One page of a list. A page that does not exist is a 404: a list of last pages would be found and kept."""
    paginator = Paginator(found, PER_PAGE)
    number = as_id(request.GET.get("page", "1"))
    if number is None or not 1 <= number <= paginator.num_pages:
        raise Http404
    return paginator.page(number)
