import pytest

from accounts.models import Badge, Suspension, User
from civic.lib.site import SiteSettings
from tests.accounts.doors import browser, token
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_member(display_name="Ana Kim", email="ana@example.org")


@pytest.fixture
def anas(ana):
    client = browser()
    client.force_login(ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_visitor_is_sent_to_sign_in_and_comes_back():
    answer = browser().get("/me/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/me/")


def test_name_and_line_are_changed_and_pages_with_the_old_name_are_stale(ana, anas):
    before = SiteSettings.current().version

    answer = anas.post(
        "/me/",
        {"display_name": " Ana\tKim-Oduya ", "bio": "Crosses\r\nthe bridge\x07.", "csrfmiddlewaretoken": token(anas)},
    )

    ana.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, "/me/?saved=1")
    assert (ana.display_name, ana.bio, ana.slug) == ("Ana Kim-Oduya", "Crosses\nthe bridge.", "ana-kim")
    assert SiteSettings.current().version == before + 1
    assert "Saved" in anas.get("/me/?saved=1").content.decode()


def test_a_new_line_alone_makes_nothing_stale(ana, anas):
    before = SiteSettings.current().version

    anas.post("/me/", {"display_name": "Ana Kim", "bio": "New.", "csrfmiddlewaretoken": token(anas)})

    assert User.objects.get(pk=ana.pk).bio == "New."
    assert SiteSettings.current().version == before


@pytest.mark.parametrize("name", ["Rosalind Pike", "rosаlind pike", "", "a" * 61, "\u200b"])
def test_a_name_that_cannot_be_is_refused_and_the_line_is_kept(ana, anas, name):
    pike = make_member(display_name="Rosalind Pike")
    Badge.objects.create(member=pike, kind=Badge.Kind.STAFF, label="Editor")

    answer = anas.post("/me/", {"display_name": name, "bio": "My line.", "csrfmiddlewaretoken": token(anas)})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert User.objects.get(pk=ana.pk).display_name == "Ana Kim"
    assert "<h1>Ana Kim</h1>" in page
    assert "My line." in page
    assert 'aria-invalid="true"' in page
    assert 'href="#id_display_name"' in page


def test_nothing_else_of_a_member_can_be_posted(ana, anas):
    anas.post(
        "/me/",
        {
            "display_name": "Ana Kim",
            "bio": "",
            "is_superuser": "1",
            "email": "evil@example.org",
            "groups": "1",
            "csrfmiddlewaretoken": token(anas),
        },
    )

    ana.refresh_from_db()
    assert (ana.is_superuser, ana.email, ana.groups.count()) == (False, "ana@example.org", 0)


def test_a_member_sees_why_they_may_not_write(ana, anas):
    Suspension.objects.create(member=ana, kind=Suspension.Kind.SUSPEND, rule="Rule 4: no insults.")

    page = anas.get("/me/").content.decode()

    assert "You cannot comment at the moment" in page
    assert "Rule 4: no insults." in page


def test_a_name_is_shown_as_it_was_typed_and_not_as_markup(ana, anas):
    anas.post("/me/", {"display_name": "<b>Ana</b> & Co", "bio": "", "csrfmiddlewaretoken": token(anas)})

    page = anas.get("/me/").content.decode()

    assert "<h1>&lt;b&gt;Ana&lt;/b&gt; &amp; Co</h1>" in page
    assert "<b>Ana" not in page


def test_the_page_is_nobody_elses(anas):
    assert anas.get("/me/")["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
