"""What happens when an article is published, taken down or drawn again. `Article.publish()` comes here.

Readers get only what is stored here: the body as HTML and as words, the thread, the address. All of it is written in
one UPDATE under a lock of the article's row. A `published_at` that was given when the article was made (an import, the
seeds) stays, and stands in the address.
"""

from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import F, Value
from django.utils import timezone
from wagtail.models import ReferenceIndex, Revision

from articles.models import Article, Picture, Redirect, Section
from articles.rendering import RENDER_VERSION, render_body
from articles.search import language_of_search
from civic.lib.html import plain_text
from civic.lib.site import SiteSettings
from comments import discussions
from comments.models import Space, Thread


def locked(article_id: int) -> Article:
    """The article as it is now, its row locked until the end of the transaction."""
    return Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article_id)


def at_home(revision: Revision, *, before: Article, reverting: bool) -> Revision:
    """The revision as it may be published: an older text does not bring back an older address.

    Whoever changes the slug in the newest draft means it, and the old one becomes a signpost. Whoever publishes last
    week's text means the text.
    """
    older = reverting or not revision.is_latest_revision()
    if before.published_at and older and revision.content.get("slug") != before.slug:
        revision.content["slug"] = before.slug
        Revision.objects.filter(pk=revision.pk).update(content=revision.content)
    revision.content_object = before  # what Wagtail read before the lock may be stale
    return revision


def after_publishing(revision: Revision, *, before: Article) -> None:
    """Store what readers get. For a revision that waits for its time: only a job at that second."""
    from articles.jobs import publish_at  # jobs import this module

    article = Article.objects.select_related("source", "section", "thread").get(pk=revision.object_id)
    if article.live and article.live_revision_id == revision.pk:
        _keep_old_address(article, before)
        article.published_at = before.published_at or timezone.now()
        article.address = article.address_at(article.published_at.astimezone(ZoneInfo(SiteSettings.current().zone)))
        article.thread = keep_thread(article)
        store(article)
        if article.expire_at:  # its own page knows; those that name it grow stale when it is taken down
            publish_at(article.expire_at, article.pk)
    else:
        goes_live = Revision.objects.values_list("approved_go_live_at", flat=True).get(pk=revision.pk)
        if goes_live:
            publish_at(goes_live, article.pk)


def _keep_old_address(article: Article, before: Article) -> None:
    if before.published_at and before.slug != article.slug:
        Redirect.objects.filter(slug=article.slug, article=article).delete()
        Redirect.objects.get_or_create(slug=before.slug, defaults={"article": article})


def keep_thread(article: Article) -> Thread | None:
    """The discussion of a published article: made the first time, told of changes later. None where none is wanted."""
    if article.comments_mode == Article.Comments.NONE:
        hide_discussion(article)
        return article.thread
    return discussions.keep_discussion(
        article.thread,
        address=article.get_absolute_url(),
        title=article.headline,
        space=space_of(article),
        mode="" if article.comments_mode == Article.Comments.SECTION else article.comments_mode,
        closes_at=article.comments_close_at,
        visible_until=article.expire_at,
        indexable=article.may_be_indexed,
        invitation=article.invitation,
    )


def space_of(article: Article) -> Space | None:
    """That of its section. The section's row is locked until the end of the transaction: a change of its space waits,
    and then finds this discussion among those that move. Two queries: a join would answer from before the wait."""
    section = Section.objects.select_for_update(no_key=True).filter(pk=article.section_id).first()
    return section.space if section else None


def move_discussions(section: Section) -> None:
    """All discussions of a section into its space."""
    articles = Article.objects.filter(section=section).exclude(thread=None)
    discussions.bring_into(Thread.objects.filter(pk__in=articles.values("thread")), section.space)


def hide_discussion(article: Article) -> None:
    """What was said about an article goes out of sight with it. Nothing is lost: publishing again brings it back."""
    if article.thread_id:
        hidden = {"visible_until": timezone.now(), "version": F("version") + 1}
        Thread.objects.filter(pk=article.thread_id).update(**hidden)


def after_deleting(instance: Article, **told) -> None:
    """The article has gone for good, alone or among many. What was said stays, unseen, at its own address, so that
    another may have this one."""
    if thread := Thread.objects.filter(pk=instance.thread_id).first():
        hidden = {"visible_until": timezone.now(), "address": thread.get_absolute_url(), "version": F("version") + 1}
        Thread.objects.filter(pk=thread.pk).update(**hidden)
    SiteSettings.touch()


def store(article: Article) -> None:
    """Draw the body and write everything that only publication writes. One UPDATE; the version goes up by one."""
    body_html = render_body(article.body)
    body_text = plain_text(body_html)
    config = language_of_search()
    words = sum(
        (
            SearchVector(Value(text), weight=weight, config=config)
            for text, weight in ((article.standfirst, "B"), (body_text, "C"))
        ),
        start=SearchVector(Value(article.headline), weight="A", config=config),
    )
    Article.objects.filter(pk=article.pk).update(
        thread=article.thread,
        published_at=article.published_at,
        address=article.address,
        body_html=body_html,
        body_text=body_text,
        render_version=RENDER_VERSION,
        version=F("version") + 1,
        words=words,
    )
    SiteSettings.touch()  # it stands on lists, and beside other stories


def after_unpublishing(article_id: int) -> None:
    hide_discussion(Article.objects.get(pk=article_id))
    Article.changed(article_id)


def rerender(article_id: int) -> None:
    """Draw a published article again from its live text, after the rules or its pictures have changed."""
    with transaction.atomic():
        article = locked(article_id)
        if article.live:
            store(article)


def rerender_all(*, older_than: int = RENDER_VERSION) -> int:
    """Draw all published articles again that were drawn by other rules; how many. Each in its own transaction."""
    stale = list(Article.objects.filter(live=True, render_version__lt=older_than).values_list("pk", flat=True))
    for article_id in stale:
        rerender(article_id)
    return len(stale)


def redraw_pages_with(picture: Picture) -> None:
    """A picture has new cuts or another caption: articles with it in their text are drawn again, others grow stale."""
    ids = {
        int(reference.object_id)
        for reference in ReferenceIndex.get_references_to(picture)
        if reference.content_type.model_class() is Article
    }
    in_text = Article.objects.filter(pk__in=ids, live=True).exclude(body=[])
    for article_id in in_text.values_list("pk", flat=True):
        rerender(article_id)
    Article.changed(*ids)
