"""The paper's public pages. They set no cookie, and show the same to everybody."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from articles import pages
from articles.forms import SearchForm
from articles.models import Article, Author, Redirect, Section, Topic
from articles.search import find
from civic.lib.forms import as_id
from civic.lib.pages import kept, made_of

PER_PAGE = 20


@require_safe
@kept()
def front(request: HttpRequest) -> HttpResponse:
    front = pages.front_page()
    made_of(request, *front.threads, until=front.ends)
    return render(request, "articles/front.html", {"front": front})


@require_safe
@kept()
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """An article at its one address. From the wrong month, or a name it had before, readers are sent there for good."""
    found = Article.objects.readable().with_discussion().filter(slug=slug).first()
    if found is None:
        return _send_on(request, slug)
    if found.get_absolute_url() != request.path:
        return _moved(request, found)
    # The story is drawn once a minute and version (`{% cache %}` in the template), its discussion each time.
    story = SimpleLazyObject(lambda: pages.story_of(found.pk))
    authors = pages.writer_ids(found) if found.has_discussion else []
    context = {"article": found, "story": story, "authors": authors, "here": Section(pk=found.section_id)}
    made_of(request, found, until=[found.expire_at])
    return render(request, "articles/article.html", context)


def _send_on(request: HttpRequest, slug: str) -> HttpResponse:
    """Where no article of this name is to be read: to the one that had it before, if that can be read."""
    sign = get_object_or_404(Redirect, slug=slug, article__in=Article.objects.readable())
    return _moved(request, sign.article)


def _moved(request: HttpRequest, article: Article) -> HttpResponse:
    query = request.META.get("QUERY_STRING")
    return redirect(article.get_absolute_url() + (f"?{query}" if query else ""), permanent=True)


@require_safe
@kept("page")
def section(request: HttpRequest, slug: str) -> HttpResponse:
    here = get_object_or_404(Section, slug=slug)
    context = {"here": here, "page": _stories(request, pages.stories(section=here))}
    return render(request, "articles/section.html", context)


@require_safe
@kept("page")
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug)
    page = _stories(request, pages.stories(topics=topic))
    return render(request, "articles/topic.html", {"topic": topic, "page": page})


@require_safe
@kept()
def authors(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/authors.html", {"authors": pages.authors()})


@require_safe
@kept("page")
def author(request: HttpRequest, slug: str) -> HttpResponse:
    author = get_object_or_404(Author, slug=slug)
    page = _stories(request, pages.stories_by(author))
    return render(request, "articles/author.html", {"author": author, "page": page})


@require_safe
@kept("page")
def corrections(request: HttpRequest) -> HttpResponse:
    page = _page(request, pages.corrections())
    made_of(request, until=[correction.article.expire_at for correction in page])
    return render(request, "articles/corrections.html", {"page": page})


@require_safe
@kept("page")
def archive(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/archive.html", {"page": _stories(request, pages.stories())})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Articles with the words of `q`; without any, only the form."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = _page(request, find(words).for_lists()) if words else None
    status = 200 if form.is_valid() else 422
    return render(request, "articles/search.html", {"form": form, "words": words, "page": page}, status=status)


def _stories(request: HttpRequest, found: QuerySet[Article]) -> Page:
    """One page of stories, true until the first of them expires."""
    page = _page(request, found)
    made_of(request, until=[story.expire_at for story in page])
    return page


def _page(request: HttpRequest, found: QuerySet) -> Page:
    """One page of a list. A page that does not exist is a 404: a list of last pages would be found and kept."""
    paginator = Paginator(found, PER_PAGE)
    number = as_id(request.GET.get("page", "1"))
    if number is None or not 1 <= number <= paginator.num_pages:
        raise Http404
    return paginator.page(number)
