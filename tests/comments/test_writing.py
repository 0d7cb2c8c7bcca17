"""The form and what surrounds it: previews, forms in place, drafts that have arrived, a shared computer left clean."""

import re
from html import unescape

import pytest
from django.test import Client

from civic.lib.markdown import render
from comments.drafts import tidy
from comments.models import Comment
from comments.models.comments import State
from tests.factories import make_comment, make_guest, make_member, make_thread

pytestmark = pytest.mark.django_db

TYPED = {"name": "Ana", "email": "ana@example.org", "website": ""}
NASTY = {
    "line ends of a browser": "one\r\ntwo\r\n\r\nthree",
    "line ends of an old Mac": "one\rtwo\r\rthree",
    "mixed line ends": "one\n\rtwo\r\n\rthree\r",
    "blank lines around": "\r\n\r\n  \t words \n\n\n",
    "code that begins the text": "    code()\n    more()\n\nand words",
    "a list after blanks": "   - one\r\n   - two",
    "nothing in the middle": "ab\0cd",
    "nothing between line ends": "one\r\0\ntwo",
    "markup": "<script>alert(1)</script> <b onclick=x>b</b> &lt;i&gt; &amp;amp;",
    "links": "[x](javascript:alert(1)) [y](https://y.example 'title\"') www.z.example <https://a.example>",
    "emphasis that is never closed": "**bold *and `code\r\n> quote\r\n> > deeper",
    "quotes without end": ">" * 400 + " deep",
    "odd blanks": "\u00a0\u2003words\u2028more\u2029end\u200b\ufeff\x0b\x0c\x1c\x85",
    "writing from right to left": "\u202eabc\u202c שלום",
    "a backslash at the end": "words\\\r\n",
    "entities": "&#0; &#x110000; &nosuch; &copy;",
}


def post(client, thread, **typed):
    return client.post(thread.post_url, {**TYPED, **typed})


def known_guest(guest) -> Client:
    client = Client(HTTP_SEC_FETCH_SITE="same-origin")
    client.cookies["civic_guest"] = guest.cookie()
    return client


def preview_in(answer) -> str:
    page = answer.content.decode()
    return page.split('<div class="prose comment__body">', 1)[1].split("</div>\n</section>", 1)[0]


@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
def test_a_preview_is_exactly_what_is_stored(visitor_client, client_of, reader, body):
    thread = make_thread()

    preview = preview_in(post(visitor_client, thread, body=body, preview="1"))
    post(visitor_client, thread, body=body)

    stored = Comment.objects.get(thread=thread)
    assert preview == stored.body_html
    assert stored.body_html == render(stored.body)
    mine = make_comment(member=reader)
    client = client_of(reader)
    edit = f"/discuss/c/{mine.pk}/edit/"
    assert preview_in(client.post(edit, {"body": body, "preview": "1"})) == preview
    client.post(edit, {"body": body})
    mine.refresh_from_db()
    newest = mine.revisions.waiting().first() or mine
    assert (newest.body, newest.body_html) == (stored.body, stored.body_html)


@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
def test_tidying_twice_changes_nothing(body):
    assert tidy(tidy(body)) == tidy(body)


def test_a_guest_may_look_before_saying_who_it_is(visitor_client):
    thread = make_thread()
    who = {"name": "", "email": "ana.example.org", "website": "no address"}

    looked = post(visitor_client, thread, body="Look at *me*.", preview="1", **who)
    wordless = post(visitor_client, thread, body=" ", preview="1", **who)

    assert looked.status_code == 200
    assert preview_in(looked) == "<p>Look at <em>me</em>.</p>"
    assert "ana.example.org" in looked.content.decode()
    assert wordless.status_code == 422
    assert post(visitor_client, thread, body="Look at *me*.", **who).status_code == 422
    assert not Comment.objects.exists()


def test_one_preview_after_the_other_is_kindly_stopped_and_posting_is_not(visitor_client, settings):
    settings.PREVIEWS_PER_MINUTE = 2
    thread = make_thread()

    answers = [post(visitor_client, thread, body="Look at *me*.", preview="1") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert "Look at *me*." in answers[-1].content.decode()
    assert post(visitor_client, thread, body="Look at *me*.").status_code == 303


def test_a_form_sent_in_place_is_told_where_the_comment_is(client_of, reader):
    make_comment(member=reader)
    thread = make_thread()
    client = client_of(reader)

    good = client.post(thread.post_url, {"body": "In place."}, headers={"X-Requested-With": "fetch"})
    bad = client.post(thread.post_url, {"body": ""}, headers={"X-Requested-With": "fetch"})

    comment = Comment.objects.get(thread=thread)
    url = comment.get_absolute_url()
    assert (good.status_code, good["Location"]) == (201, url)
    assert good.json() == {"id": comment.pk, "state": "public", "url": url, "waits": False}
    assert bad.status_code == 422
    assert bad.content.decode().count('class="composer"') == 1


def test_the_form_to_answer_may_stand_on_a_page_that_has_the_other_form(visitor_client):
    comment = make_comment()
    here = visitor_client.get(comment.thread.get_absolute_url()).content.decode()
    there = visitor_client.get(f"/discuss/c/{comment.pk}/reply/").content.decode()

    ids = [set(re.findall(r' id="([^"]+)"', page.split('<section class="composer"')[1].split("</section>")[0]))
           for page in (here, there)]  # fmt: skip

    assert ids[0].isdisjoint(ids[1])
    assert len(ids[1]) > 5


def test_an_answer_whose_comment_was_gone_keeps_the_text_in_a_form_that_posts_alone(visitor_client):
    gone = make_comment(state=State.REMOVED)

    answer = post(visitor_client, gone.thread, body="Kept.", parent=gone.pk)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'<keep-draft for="r{gone.pk}" typed>' in page
    assert f'value="{gone.pk}"' not in page


def arrived(page: str) -> dict[str, str]:
    """What a page says has arrived: places of drafts, and the words."""
    return {places: unescape(text) for places, text in re.findall(r'<draft-kept for="([^"]+)" text="([^"]*)">', page)}


def test_only_the_writers_own_page_says_which_draft_has_arrived(visitor_client):
    parent = make_comment()
    said = 'Say "so",\n\nand <more> & more.'

    answer = post(visitor_client, parent.thread, body=said, parent=parent.pk)
    own = visitor_client.get(answer["Location"]).content.decode()

    comment = Comment.objects.get(parent=parent)
    assert arrived(own) == {f"r{parent.pk} e{comment.pk}": said}
    Comment.objects.filter(pk=comment.pk).update(state=State.PUBLIC, published_at=comment.created_at, shown=True)
    assert arrived(Client().get(answer["Location"]).content.decode()) == {}


def test_the_page_of_a_waiting_edit_says_that_both_texts_have_arrived(client_of, reader):
    comment = make_comment(member=reader, body="Older.")
    client, newer = client_of(reader), "https://a.example https://b.example https://c.example"

    client.post(f"/discuss/c/{comment.pk}/edit/", {"body": newer})
    page = client.get(comment.get_absolute_url()).content.decode()

    assert arrived(page) == {f"t{comment.thread_id} e{comment.pk}": "Older.", f"e{comment.pk}": newer}


def test_the_device_page_says_what_this_browser_keeps_and_forgets_it():
    guest = make_guest(name="Ana of Weir Lane")
    comment = make_comment(guest=guest, state=State.IN_REVIEW)
    browser = known_guest(guest)

    shown = browser.get("/discuss/device/")
    assert "Ana of Weir Lane" in shown.content.decode()
    assert guest.email not in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    assert browser.get(comment.get_absolute_url()).status_code == 200
    forgotten = browser.post("/discuss/device/")

    assert (forgotten.status_code, forgotten["Clear-Site-Data"]) == (303, '"storage"')
    assert forgotten.cookies["civic_guest"]["max-age"] == 0
    assert forgotten.cookies["civic_guest"]["path"] == "/discuss/"
    assert "Forgotten" in browser.get(forgotten["Location"]).content.decode()
    assert browser.get(comment.get_absolute_url()).status_code == 404


def test_looking_at_the_device_page_forgets_nothing_and_sets_nothing(visitor_client):
    answer = visitor_client.get("/discuss/device/?forgotten=yes")

    assert answer.status_code == 200
    assert answer.cookies == {}


def test_another_site_cannot_have_a_browser_forget(client_of):
    guest = make_guest()
    browser = Client(HTTP_SEC_FETCH_SITE="cross-site")
    browser.cookies["civic_guest"] = guest.cookie()

    assert browser.post("/discuss/device/").status_code == 403
    member = Client(enforce_csrf_checks=True, HTTP_SEC_FETCH_SITE="same-origin")
    member.force_login(make_member(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert member.post("/discuss/device/").status_code == 403
