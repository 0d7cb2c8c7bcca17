"""A discussion for feed readers: the newest public comments, as Atom."""

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse

from civic.lib import feeds
from civic.lib.pages import made_of
from civic.lib.site import SiteSettings
from comments.models import Comment, Thread

NEWEST = 50


class CommentFeed(Feed):
    """`/discuss/<thread>/comments.xml`. What anybody may read and nothing else: no address, no waiting comment."""

    feed_type = feeds.Atom

    def __call__(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().__call__(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    def get_object(self, request: HttpRequest, thread_id: int) -> Thread:
        thread = Thread.objects.visible().filter(pk=thread_id).first()
        if thread is None:
            raise Http404
        made_of(request, thread, until=[thread.visible_until])
        return thread

    def title(self, thread: Thread) -> str:
        return f"Comments on “{thread.title}”"

    def subtitle(self, thread: Thread) -> str:
        return SiteSettings.current().name

    def link(self, thread: Thread) -> str:
        return f"{thread.address}#discussion"

    def feed_guid(self, thread: Thread) -> str:
        return thread.get_absolute_url()

    def items(self, thread: Thread) -> list[Comment]:
        public = Comment.objects.on(thread).public().with_writers()
        return list(public.order_by("-published_at", "-pk")[:NEWEST])

    def item_title(self, comment: Comment) -> str:
        answered = comment.parent
        if answered and not answered.is_gone:
            return f"{comment.writer_name} answers {answered.writer_name}"
        return comment.writer_name

    def item_description(self, comment: Comment) -> str:
        return comment.body_html

    def item_author_name(self, comment: Comment) -> str:
        return comment.writer_name

    def item_pubdate(self, comment: Comment):
        return comment.published_at

    def item_updateddate(self, comment: Comment):
        return comment.edited_at if comment.is_edited else comment.published_at
