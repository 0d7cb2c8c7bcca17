"""Pages of the house: static pages, errors, the outbox."""

import json
import re

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client, override_settings
from django.utils.safestring import mark_safe

from civic.lib.errors import Refusal, TooFast
from civic.lib.policies import PUBLIC_POLICY
from civic.middleware import RefusalPages
from civic.models import StaticPage
from civic.views import server_error, wanted_words
from seeds.load_site import load_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def about():
    return StaticPage.objects.create(
        slug="about", title="About us & you", standfirst="Who we are.", body_html=mark_safe("<p>A paper.</p>")
    )


def test_a_static_page_sets_no_cookie_and_varies_on_none(about, client):
    answer = client.get("/pages/about/")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<h1>About us &amp; you</h1>" in page
    assert "<p>A paper.</p>" in page
    assert not answer.cookies
    assert "Vary" not in answer or "Cookie" not in answer["Vary"]
    assert answer["Content-Security-Policy"] == PUBLIC_POLICY


@pytest.mark.parametrize("debug", [False, True])
def test_an_address_that_is_not_there_is_answered_kindly(client, settings, debug):
    settings.DEBUG = debug

    answer = client.get("/2019/05/the-last-tramway/")

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "This page has moved, or never was" in page
    assert "<code>/2019/05/the-last-tramway/</code>" in page
    assert 'value="the last tramway"' in page
    assert not answer.cookies
    assert "Vary" not in answer or "Cookie" not in answer["Vary"]


@override_settings(DEBUG=False)
@pytest.mark.parametrize(
    "path", ["/%3Cscript%3Ealert(1)%3C/script%3E/", "/%22%3E%3Cimg%20src=x%3E/", "/" + "a" * 3000 + "/"]
)
def test_an_address_is_shown_safely(client, path):
    answer = client.get(path)

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "a" * 200 not in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/2019/05/tramway", "tramway"),
        ("/2019/05/the-last-tramway.html", "the last tramway"),
        ("/tag/caf%C3%A9".replace("%C3%A9", "é") + "_culture/", "tag café culture"),
        ("/", ""),
        ("/12345/", ""),
        ("/wp-content/uploads/x.php", "wp content uploads x"),
        ("/2020/03/covid19-week-2b/", "covid week b"),
        ("/newsletter/confirm/38a0e0bf0e2806c2.1xW39x.Lpte9UUkmr94OU6FRnZULg/now", "newsletter confirm now"),
    ],
)
def test_the_search_starts_with_the_words_of_the_address(path, words):
    assert wanted_words(path) == words


def test_500_needs_nothing_at_all(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = server_error(rf.get("/"))

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "It is our fault, not yours" in page
    assert "{%" not in page
    assert "{{" not in page


@pytest.mark.parametrize(
    ("refusal", "status", "retry"),
    [(Refusal("Because of this.", title="No"), 403, None), (TooFast(retry_after=40), 429, "40")],
)
def test_a_refusal_becomes_a_page_with_its_status(rf, refusal, status, retry):
    answer = RefusalPages(lambda request: None).process_exception(rf.get("/"), refusal)

    assert answer.status_code == status
    assert refusal.title in answer.content.decode()
    assert refusal.message in answer.content.decode()
    assert answer.get("Retry-After") == retry


# --- the outbox ---


@pytest.fixture
def outbox(settings, tmp_path):
    """Letters go to the outbox, whose addresses exist only in debug."""
    settings.EMAIL_BACKEND = "civic.lib.outbox.EmailBackend"
    settings.OUTBOX_DIR = tmp_path
    if not settings.DEBUG:
        settings.ROOT_URLCONF = "tests.civic.debug_urls"
    return tmp_path


def send(subject: str, text: str = "Words.", html: str = "") -> None:
    letter = EmailMultiAlternatives(subject, text, "paper@paper.example", ["ana@example.org"])
    if html:
        letter.attach_alternative(html, "text/html")
    letter.send()


def test_the_newest_letter_is_on_top(outbox, client):
    for number in range(3):
        send(f"Letter {number}")

    page = client.get("/outbox/").content.decode()

    assert page.index("Letter 2") < page.index("Letter 1") < page.index("Letter 0")
    assert "ana@example.org" in page


def test_an_empty_outbox_says_so(outbox, client):
    assert "No letter yet" in client.get("/outbox/").content.decode()


def test_a_letter_shows_both_its_parts_and_its_own_frame_is_allowed(outbox, client):
    send(
        "Hello <b>you</b>",
        "Go to https://paper.example/x\n<script>1</script>",
        "<html><head></head><body><h1>Hi</h1></body></html>",
    )
    [file] = outbox.glob("*.eml")

    answer = client.get(f"/outbox/{file.stem}/")
    framed = client.get(f"/outbox/{file.stem}/html/")

    page = answer.content.decode()
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in page
    assert '<a href="https://paper.example/x"' in page
    assert "<script>1" not in page
    assert f'src="/outbox/{file.stem}/html/"' in page
    assert answer["Content-Security-Policy"] == f"{PUBLIC_POLICY}; frame-src 'self'"
    assert "<h1>Hi</h1>" in framed.content.decode()
    assert '<base target="_top">' in framed.content.decode()
    assert "sandbox" in framed["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Fsettings", "../conftest"])
def test_only_letters_are_shown(outbox, client, name):
    assert client.get(f"/outbox/{name}/").status_code == 404


def test_robots_keep_out_of_private_rooms(client):
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /me/" in text
    assert json.dumps("/accounts/") not in text


def test_a_health_check_needs_no_site(client):
    assert Client().get("/health/live").content == b"ok\n"


def test_the_privacy_page_of_the_demo_names_the_days_of_the_settings(settings):
    settings.COMMENT_CONFIRM_DAYS, settings.COMMENT_ORIGIN_DAYS, settings.COMMENT_WITHDRAWN_DAYS = 5, 21, 45

    load_site()

    privacy = StaticPage.objects.get(slug="privacy").body_html
    assert "then 45 days more, for moderators only" in privacy
    assert "After 21 days both are erased" in privacy
    assert re.findall(r"<td>(\d+ days)</td>", privacy) == ["5 days", "21 days"]
