"""Public pages in memory: what is kept, for whom, and above all when it is not shown any more."""

import gzip
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Badge
from articles.jobs import publish_what_is_due
from articles.models import Article, Correction
from civic import pages
from civic.lib.pages import kept, made_of
from civic.lib.site import SiteSettings
from civic.models import StaticPage
from civic.pages import KeptPages, memory
from comments import visibility
from comments.models import Comment, Thread
from comments.models.comments import State
from comments.readers import COOKIE_NAME
from newsletter.models import Newsletter
from tests.articles.factories import edit, make_article, make_author, make_picture, make_section
from tests.factories import make_comment, make_guest, make_member, make_rule

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)


@pytest.fixture
def article():
    return make_article(headline="The weir is open", section=make_section(slug="town"), author=make_author(slug="ada"))


@pytest.fixture
def comment(article):
    return make_comment(thread=article.thread, body="Open it further.", member=make_member(display_name="Ruth Weaver"))


@pytest.fixture
def address(article):
    return article.get_absolute_url()


@pytest.fixture
def clock():
    """Stands still at noon; `clock.shift(seconds)` moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def words(address: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(address)
    return answer.content.decode()


def queries(address: str, client: Client | None = None, **headers) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        (client or Client()).get(address, **headers)
    return len(seen)


# --- what is kept ---


@pytest.mark.parametrize(
    "address",
    ["/", "/town/", "/authors/", "/authors/ada/", "/archive/", "/corrections/", "/pages/about/", "article", "thread"],
)
def test_the_second_reader_costs_one_query_and_gets_the_same(article, comment, address):
    StaticPage.objects.create(slug="about", title="About us")
    address = {"article": article.get_absolute_url(), "thread": article.thread.get_absolute_url()}.get(address, address)

    first = Client().get(address)
    with CaptureQueriesContext(connection) as seen:
        second = Client().get(address)

    assert first.status_code == 200
    assert len(seen) == 1
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)
    assert "Cookie" not in second["Vary"]
    assert not second.cookies
    assert second["Cache-Control"] == "max-age=0, s-maxage=0"


def test_an_article_without_a_discussion_is_kept_too():
    article = make_article(comments_mode=Article.Comments.NONE)
    words(article.get_absolute_url())

    assert queries(article.get_absolute_url()) == 1

    edit(article, headline="Quite another").publish()
    assert "Quite another" in words(article.get_absolute_url())


@pytest.mark.parametrize("address", ["/2026/11/never-was/", "/search/?q=weir", "/discuss/999999/", "/accounts/login/"])
def test_errors_searches_and_doors_are_not_kept(article, address):
    words(address)

    assert len(memory) == 0


def test_parameters_that_mean_nothing_split_nothing(address, comment):
    plain = words(address)

    for tag in range(20):
        assert words(f"{address}?utm_source=letter-{tag}&sort=") == plain

    assert len(memory) <= 2  # with and without the parameter that means something elsewhere


def test_parameters_that_mean_something_are_pages_of_their_own(article, comment):
    thread = article.thread.get_absolute_url()
    make_comment(thread=article.thread, body="The second thought.")

    newest, oldest = words(f"{thread}?sort=newest"), words(f"{thread}?sort=oldest&utm=1")

    assert newest.index("second thought") < newest.index("Open it further")
    assert oldest.index("Open it further") < oldest.index("second thought")
    assert words(f"{thread}?utm=2&sort=oldest") == oldest


def test_each_host_has_its_own_pages_and_an_unknown_one_has_none(address, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]

    for host in ("testserver", "other.example"):
        assert Client(HTTP_HOST=host).get(address).status_code == 200
    assert Client(HTTP_HOST="evil.example").get(address).status_code == 400

    assert len(memory) == 2


def test_memory_is_bounded_and_what_was_read_longest_ago_goes_first(settings, article):
    sections = [make_section() for _ in range(4)]
    words("/")
    settings.PAGES_BYTES = memory.bytes * 3

    for section in sections:
        words(section.get_absolute_url())
        words("/")

    assert memory.bytes <= settings.PAGES_BYTES
    assert queries("/") == 1
    assert queries(sections[0].get_absolute_url()) > 1


def test_nothing_is_kept_where_there_is_no_room(settings, address):
    settings.PAGES_BYTES = 0

    assert words(address) == words(address)
    assert len(memory) == 0


# --- for whom ---


def test_a_member_gets_a_page_of_their_own_and_leaves_none(address, comment, reader, client_of):
    anonymous = words(address)
    client = client_of(reader)

    for _ in range(2):
        answer = client.get(address)
        assert answer["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer
        assert reader.display_name in answer.content.decode()
    assert words(address) == anonymous
    assert reader.display_name not in anonymous


def test_a_member_who_comes_first_leaves_nothing(address, reader, client_of):
    client_of(reader).get(address)

    assert len(memory) == 0


@pytest.mark.parametrize("where", ["thread", "article"])
def test_a_guest_with_a_key_gets_a_page_of_their_own_and_leaves_none(article, where):
    guest = make_guest(name="Gina Guest")
    make_comment(thread=article.thread, guest=guest, body="Mine alone, for now.", state=State.IN_REVIEW)
    address = article.get_absolute_url() if where == "article" else article.thread.get_absolute_url()
    words(address)
    client = Client()
    client.cookies[COOKIE_NAME] = guest.cookie()

    own = client.get(address)

    assert "Mine alone, for now." in own.content.decode()
    assert "private" in own["Cache-Control"]
    assert "Mine alone" not in words(address)


def test_a_form_that_is_posted_does_not_touch_what_is_kept(address):
    words(address)

    assert Client().post(address).status_code in (403, 405)
    assert queries(address) == 1


# --- never stale ---


def rename(article, comment):
    comment.member.display_name = "Ruth Renamed"
    comment.member.save()


def give_badge(article, comment):
    Badge.objects.create(member=comment.member, kind="official", label="Mayor")


def remove(article, comment):
    visibility.remove(comment, rule=make_rule())


def withdraw(article, comment):
    visibility.withdraw(comment)


def hold(article, comment):
    visibility.hold(comment)


def publish_another(article, comment):
    make_comment(thread=article.thread, body="And more.")


def change_text(article, comment):
    edit(article, headline="The weir is shut").publish()


def correct(article, comment):
    Correction.objects.create(article=article, text="It was never shut.")


def change_rule(article, comment):
    rule = make_rule(number=1)
    rule.text = "Say who you really are."
    rule.save()


def change_name_of_author(article, comment):
    author = article.bylines.get().author
    author.name = "Ada Newname"
    author.save()


def change_section(article, comment):
    article.section.name = "City"
    article.section.save()


def change_site(article, comment):
    site = SiteSettings.current()
    site.name = "The Other Paper"
    site.save()


def close_all(article, comment):
    site = SiteSettings.current()
    site.comments_closed = True
    site.save()


def close_space(article, comment):
    space = article.thread.space
    space.mode = "closed"
    space.save()


def change_box(article, comment):
    newsletter = Newsletter.objects.get(is_default=True)
    newsletter.promise = "Quite another promise."
    newsletter.save()


def add_static_page(article, comment):
    StaticPage.objects.create(slug="contact", title="Reach us here")


CHANGES = [
    rename,
    give_badge,
    remove,
    withdraw,
    hold,
    publish_another,
    change_text,
    correct,
    change_rule,
    change_name_of_author,
    change_section,
    change_site,
    close_all,
    close_space,
    change_box,
    add_static_page,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_next_reader_of_an_article_sees_what_has_changed(article, comment, change):
    Newsletter.objects.get_or_create(is_default=True, defaults={"name": "Daily", "slug": "daily", "promise": "News."})
    before = words(article.get_absolute_url())
    assert queries(article.get_absolute_url()) == 1

    change(article, comment)

    kept_page = words(article.get_absolute_url())
    memory.clear()
    caches["parts"].clear()
    assert kept_page == words(article.get_absolute_url())
    assert kept_page != before


@pytest.mark.parametrize("change", [rename, remove, withdraw, hold, publish_another, change_text, close_space])
def test_the_next_reader_of_a_discussion_sees_what_has_changed(article, comment, change):
    address = article.thread.get_absolute_url()
    before = words(address)

    change(article, comment)

    after = words(address)
    memory.clear()
    assert after == words(address)
    assert after != before


@pytest.mark.parametrize("change", [rename, remove, withdraw, hold, change_text, correct, change_site])
def test_the_next_reader_of_the_front_page_sees_what_has_changed(article, comment, change):
    Comment.objects.filter(pk=comment.pk).update(is_picked=True)
    before = words("/")
    assert "Open it further." in before

    change(article, comment)

    after = words("/")
    memory.clear()
    assert after == words("/")
    assert after != before


def test_a_placeholder_says_at_once_what_became_of_it(article, comment):
    make_comment(parent=comment, body="An answer that stays.")
    hold(article, comment)
    assert "A moderator is looking at this comment." in words(article.get_absolute_url())

    remove(article, comment)
    assert "Removed by a moderator" in words(article.get_absolute_url())

    withdraw(article, comment)
    assert "Withdrawn by its author." in words(article.get_absolute_url())


def test_words_that_are_removed_vanish_from_the_front_page_at_once(article, comment):
    words("/")

    remove(article, comment)

    assert "Open it further." not in words("/")


@pytest.mark.parametrize("end", [Article.unpublish, Article.delete])
def test_an_article_that_is_taken_down_is_gone_everywhere(article, comment, end):
    thread = article.thread.get_absolute_url()
    places = ["/", "/town/", "/archive/", "/authors/ada/"]
    for place in [*places, article.get_absolute_url(), thread]:
        words(place)

    end(Article.objects.get(pk=article.pk))

    assert [place for place in places if "The weir is open" in words(place)] == []
    assert Client().get(article.get_absolute_url()).status_code == 404
    assert Client().get(thread).status_code == 404


def test_a_new_article_is_on_the_front_page_at_once(article):
    words("/")

    make_article(headline="Fire at the mill", section=article.section)

    assert "Fire at the mill" in words("/")
    assert "Fire at the mill" in words("/town/")


def test_a_picture_with_another_caption_or_none_is_shown_so(article):
    picture = make_picture(caption="The weir in spring")
    edit(article, lead_picture=picture).publish()
    assert "The weir in spring" in words(article.get_absolute_url())

    picture.caption = "The weir in autumn"
    picture.save()
    assert "The weir in autumn" in words(article.get_absolute_url())

    picture.delete()
    assert "The weir in autumn" not in words(article.get_absolute_url())


# --- what ends by itself ---


def test_an_article_and_its_discussion_end_when_they_expire(clock, article, comment):
    edit(article, expire_at=NOON + timedelta(seconds=30)).publish()
    places = [article.get_absolute_url(), article.thread.get_absolute_url()]
    for place in places:
        assert Client().get(place).status_code == 200

    clock.shift(29)
    assert [queries(place) for place in places] == [1, 1]
    clock.shift(1)

    assert [Client().get(place).status_code for place in places] == [404, 404]
    assert [place for place in ("/", "/town/") if "The weir is open" in words(place)] == []


def test_an_expired_article_leaves_the_lists_at_that_second(clock, article, comment):
    edit(article, expire_at=NOON + timedelta(seconds=30)).publish()
    for place in ("/", "/town/", "/archive/"):
        assert "The weir is open" in words(place)

    clock.shift(30)

    assert [place for place in ("/", "/town/", "/archive/") if "The weir is open" in words(place)] == []


def test_an_expired_article_leaves_the_pages_that_name_it_when_it_is_taken_down(clock, article):
    make_article(headline="Only today", section=article.section, expire_at=NOON + timedelta(seconds=30))
    assert "Only today" in words(article.get_absolute_url())
    clock.shift(31)

    publish_what_is_due()

    assert "Only today" not in words(article.get_absolute_url())


@pytest.mark.parametrize("how", ["closes_at", "days of the space"])
def test_a_discussion_closes_in_time(clock, article, comment, how):
    if how == "closes_at":
        Thread.objects.filter(pk=article.thread_id).update(closes_at=NOON + timedelta(seconds=20))
    else:
        Thread.objects.filter(pk=article.thread_id).update(made_at=NOON + timedelta(seconds=20) - timedelta(days=2))
        article.thread.space.close_after_days = 2
        article.thread.space.save()
    places = [article.get_absolute_url(), article.thread.get_absolute_url()]
    assert all("Leave a comment" in words(place) for place in places)

    clock.shift(20)

    assert all("Comments are closed" in words(place) for place in places)


def test_votes_and_counts_may_be_a_minute_old_and_no_older(clock, article, comment):
    before = words(article.get_absolute_url())
    Thread.objects.filter(pk=article.thread_id).update(people_count=77)

    clock.shift(59)
    assert words(article.get_absolute_url()) == before
    clock.shift(1)
    assert "77 people" in words(article.get_absolute_url())


def test_a_page_does_not_outlive_its_day(clock, article):
    SiteSettings.objects.update(zone="Pacific/Auckland")  # thirteen hours ahead: midnight there is eleven here
    clock.move_to(datetime(2026, 11, 17, 10, 59, 30, tzinfo=UTC))
    assert "Tuesday, 17 November 2026" in words("/")

    clock.shift(30)

    assert "Wednesday, 18 November 2026" in words("/")


# --- a change while a page is drawn ---


def test_a_change_while_a_page_is_drawn_is_seen_by_the_next_reader(article, comment, rf):
    """The page was drawn with the old words; it must not be kept under the new version."""

    @kept()
    def slow(request):
        thread = Thread.objects.get(pk=article.thread_id)
        made_of(request, thread)
        shown = [c.body for c in Comment.objects.on(thread).public()]
        visibility.remove(comment, rule=make_rule()) if comment.body in shown else None
        return HttpResponse(" ".join(shown))

    door = door_to(slow)

    assert b"Open it further." in door(rf.get("/slow/")).content
    assert b"Open it further." not in door(rf.get("/slow/")).content


def test_a_row_that_is_read_twice_counts_as_it_was_read_first(article, rf):
    @kept()
    def view(request):
        made_of(request, Thread.objects.get(pk=article.thread_id))
        publish_another(article, None)
        made_of(request, Thread.objects.get(pk=article.thread_id))
        return HttpResponse("drawn of the first")

    door = door_to(view)
    door(rf.get("/view/"))

    assert not next(iter(memory._pages.values())).is_true()


def door_to(view) -> KeptPages:
    """The cache before a view of the test's own, and what it needs of the other middlewares."""

    def inner(request):
        request.site = SiteSettings.current()
        return view(request)

    return KeptPages(inner)


def test_a_page_is_drawn_once_for_many(rf):
    drawn = []

    def view(request):
        drawn.append(1)
        return HttpResponse("page")

    door = door_to(kept()(view))
    door(rf.get("/busy/"))
    answers = [door(rf.get("/busy/")) for _ in range(50)]

    assert len(drawn) == 1
    assert {gzip.decompress(a.content) if "Content-Encoding" in a else a.content for a in answers} == {b"page"}


# --- asking for versions ---


@pytest.fixture
def no_connection_yet():
    """As in a web process when a request comes: the thread has no connection of Django's."""
    connection.close()
    yield
    pages.lines.close()


@pytest.mark.django_db(transaction=True)
def test_versions_come_over_a_line_of_their_own_which_stays(no_connection_yet, monkeypatch):
    opened = []
    new = pages.Lines._new
    monkeypatch.setattr(pages.Lines, "_new", lambda self: opened.append(1) or new(self))

    answers = {pages.versions_now(("civic_sitesettings", "comments_thread"), (1, 999_999)) for _ in range(5)}

    assert connection.connection is None
    assert len(opened) == 1
    assert answers == {(SiteSettings.current().version, None)}


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_is_not_noticed(no_connection_yet):
    before = pages.versions_now(("civic_sitesettings",), (1,))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid != pg_backend_pid() AND datname = current_database() AND usename = current_user"
        )
    connection.close()

    assert pages.versions_now(("civic_sitesettings",), (1,)) == before


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_answered_rightly(no_connection_yet, address):
    words(address)
    answers = []

    def read() -> None:
        for _ in range(5):
            answers.append(words(address))
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(8)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()

    assert len(answers) == 40
    assert len(set(answers)) == 1


# --- what must never be kept ---


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda answer: answer.set_cookie("seen", "1"), "sets a cookie"),
        (lambda answer: answer.__setitem__("Vary", "Accept, Cookie"), "varies on the cookie"),
        (lambda answer: answer.__setitem__("Cache-Control", "private"), "is private"),
        (lambda answer: answer.__setitem__("Cache-Control", "max-age=5, no-store"), "is private"),
    ],
)
def test_what_is_for_one_reader_is_not_kept_and_said_loudly(rf, caplog, spoil, why):
    @kept()
    def view(request):
        answer = HttpResponse("for you alone")
        spoil(answer)
        return answer

    door_to(view)(rf.get("/view/"))

    assert len(memory) == 0
    assert why in caplog.text


def test_public_pages_give_no_reason_not_to_keep_them(article, comment, caplog):
    for place in ["/", "/town/", "/archive/", article.get_absolute_url(), article.thread.get_absolute_url()]:
        words(place)

    assert caplog.records == []
    assert len(memory) == 5


# --- on the wire ---


def test_who_takes_gzip_gets_it_and_others_get_the_same_plain(address, comment):
    plain = Client().get(address)
    packed = Client().get(address, HTTP_ACCEPT_ENCODING="br, gzip;q=0.5")
    refused = Client().get(address, HTTP_ACCEPT_ENCODING="gzip;q=0, br")

    assert "Content-Encoding" not in plain
    assert "Content-Encoding" not in refused
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content == refused.content
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) == int(plain["Content-Length"])
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("form", ["{}", "*", '"other", {}', "W/{}", "{strong}"])
def test_who_has_the_page_is_told_so(address, comment, form):
    tag = Client().get(address)["ETag"]
    asked = form.replace("W/{}", tag).replace("{strong}", tag.removeprefix("W/")).replace("{}", tag)

    answer = Client().get(address, HTTP_IF_NONE_MATCH=asked)

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer["ETag"] == tag
    assert answer["Cache-Control"] == "max-age=0, s-maxage=0"
    assert "Content-Type" not in answer


def test_who_has_an_older_page_gets_the_new_one(article, address, comment):
    tag = Client().get(address)["ETag"]
    publish_another(article, comment)

    answer = Client().get(address, HTTP_IF_NONE_MATCH=tag)

    assert answer.status_code == 200
    assert answer["ETag"] != tag


@pytest.mark.parametrize("first", ["get", "head"])
def test_head_says_what_get_would_send(address, comment, first):
    getattr(Client(), first)(address)

    head, get = Client().head(address), Client().get(address)

    assert head.status_code == 200
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)
    assert len(get.content) == int(head["Content-Length"])


def test_a_network_in_front_may_keep_a_page_for_a_while_yet_not_beyond_its_end(settings, clock, article):
    settings.CDN_SECONDS = 300
    address = article.get_absolute_url()
    assert Client().get(address)["Cache-Control"] == "max-age=0, s-maxage=300"

    edit(article, expire_at=NOON + timedelta(seconds=100)).publish()
    assert Client().get(address)["Cache-Control"] == "max-age=0, s-maxage=100"
    clock.shift(40)

    assert Client().get(address)["Cache-Control"] == "max-age=0, s-maxage=60"


def test_kept_pages_have_the_headers_of_all_other_pages(address):
    words(address)

    answer = Client().get(address)

    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
