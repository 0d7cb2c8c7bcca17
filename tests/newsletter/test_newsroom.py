"""Letters in the newsroom: who comes in, and what the pages do."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from civic.lib.site import SiteSettings
from comments.picking import pick
from newsletter import subscribing, visiting
from newsletter.models import Issue, Newsletter
from newsletter.splicing import MARKS
from tests.articles.factories import make_article
from tests.factories import make_comment, make_member
from tests.newsletter.factories import make_issue, make_newsletter, make_subscriber
from tests.newsletter.test_letters import BLOCKS

pytestmark = pytest.mark.django_db
ACTS = ["test-letter", "links", "approval", "time", "draft", "end"]
OUTSIDERS = [Role.WRITER, Role.EDITOR, Role.MODERATOR, ""]


@pytest.fixture(autouse=True)
def _site():
    SiteSettings(zone="Europe/Berlin", postal_address="3 Corn Hall Passage", sender="lamp@paper.example").save()


@pytest.fixture
def lio():
    return make_member(display_name="Lio", email="lio@example.org", role=Role.NEWSLETTER_EDITOR)


@pytest.fixture
def rosa():
    return make_member(display_name="Rosa", role=Role.NEWSLETTER_EDITOR)


@pytest.fixture
def draft(lamp, lio):
    make_article(slug="homes")  # to which a link in it leads
    return make_issue(lamp, sent_at=None, written_by=lio, changed_by=lio, blocks=BLOCKS)


def page(issue: Issue, act: str = "") -> str:
    return f"/newsroom/letters/{issue.pk}/{act + '/' if act else ''}"


def room(name: str, *args) -> str:
    return reverse(Issue.snippet_viewset.get_url_name(name), args=args)


def stream(*parts: tuple[str, dict | str]) -> dict[str, str]:
    """What the editor's page would send of a letter's parts."""
    sent = {"content-count": len(parts)}
    for number, (kind, value) in enumerate(parts):
        sent |= {
            f"content-{number}-deleted": "",
            f"content-{number}-order": number,
            f"content-{number}-type": kind,
            f"content-{number}-id": "",
        }
        if isinstance(value, dict):
            sent |= {f"content-{number}-value-{name}": one for name, one in value.items()}
        else:
            sent[f"content-{number}-value"] = value
    return sent


def rich(text: str) -> str:
    return json.dumps({"blocks": [{"key": "x", "text": text, "type": "unstyled"}], "entityMap": {}})


def form(newsletter: Newsletter, *parts, **changes) -> dict:
    known = {"subject": "By one vote", "preheader": "It was close.", "newsletter": newsletter.pk, "cadence": "each"}
    return {**known, "seen_version": 1, **stream(*(parts or [("text", rich("Good morning."))])), **changes}


def messages_in(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


# --- who comes in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OUTSIDERS)
def test_whoever_is_no_newsletter_editor_sees_and_does_nothing_here(client_of, draft, role):
    browser = client_of(make_member(role=role))
    Issue.objects.filter(pk=draft.pk).update(written_by=None, changed_by=None)

    seen = [browser.get(page(draft)), *(browser.get(page(draft, f"shown/{mode}")) for mode in ("html", "text", "web"))]
    seen += [browser.get(room("list")), browser.get(room("edit", draft.pk)), browser.get(room("add"))]
    done = [browser.post(page(draft, act), {"version": 1, "now": "on"}) for act in ACTS]
    browser.post(room("edit", draft.pk), form(draft.newsletter, subject="Mine"))
    browser.post(room("add"), form(draft.newsletter, subject="Mine"))
    browser.post(room("delete", draft.pk))

    assert {answer.status_code for answer in [*seen, *done]} <= {302, 403}
    assert not any(b"Good morning" in answer.content for answer in seen)
    (issue,) = Issue.objects.all()
    assert (issue.state, issue.subject, issue.version, mail.outbox) == ("draft", draft.subject, 1, [])


def test_a_stranger_is_asked_to_sign_in(visitor_client, draft):
    assert visitor_client.get(page(draft), follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    assert [visitor_client.post(page(draft, act)).status_code for act in ACTS] == [302] * len(ACTS)
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("role", [Role.NEWSLETTER_EDITOR, Role.ADMIN])
def test_newsletter_editors_come_in(client_of, draft, role):
    browser = client_of(make_member(role=role))

    for address in (page(draft), room("list"), room("edit", draft.pk), room("add")):
        assert browser.get(address).status_code == 200


def test_looking_at_what_would_be_done_does_nothing(client_of, draft, rosa):
    assert [client_of(rosa).get(page(draft, act)).status_code for act in ACTS] == [405] * len(ACTS)


# --- writing --------------------------------------------------------------------------------------


def test_a_letter_is_put_together_from_articles_comments_and_free_text(client_of, lio, lamp):
    article = make_article(headline="Homes above the shops", standfirst="By one vote.")
    comment = make_comment(body="Who reads the log of searches?")
    pick(comment)
    parts = [
        ("text", rich("Good morning.")),
        ("article", {"article": article.pk, "lead": "on", "headline": "", "text": "", "call": "See the plan"}),
        ("comment", {"comment": comment.pk, "call": ""}),
        ("button", {"label": "All talk", "url": "https://paper.example/"}),
    ]

    answer = client_of(lio).post(room("add"), form(lamp, *parts))

    (issue,) = Issue.objects.all()
    assert (answer.status_code, answer["Location"]) == (302, page(issue))
    assert [block["type"] for block in issue.blocks] == ["text", "item", "voice", "button"]
    item = issue.blocks[1]
    assert (item["headline"], item["text"], item["call"]) == ("Homes above the shops", "By one vote.", "See the plan")
    assert issue.blocks[2] == {"type": "voice", "comment": comment.pk, "call": ""}
    assert (issue.written_by, issue.changed_by, issue.state) == (lio, lio, "draft")
    assert issue.slot.endswith("-by-one-vote")


def test_only_picked_comments_that_may_be_quoted_can_be_chosen(client_of, lio, lamp):
    comment = make_comment(body="Not picked.")

    answer = client_of(lio).post(room("add"), form(lamp, ("comment", {"comment": comment.pk, "call": ""})))

    assert (answer.status_code, Issue.objects.count()) == (200, 0)


def test_two_letters_of_one_day_and_subject_have_two_addresses(client_of, lio, lamp):
    for _ in range(2):
        client_of(lio).post(room("add"), form(lamp))

    first, second = Issue.objects.order_by("pk").values_list("slot", flat=True)
    assert second == f"{first}-2"


def test_whoever_changes_a_letter_is_named_and_it_is_another_version(client_of, draft, lio, rosa):
    client_of(rosa).post(room("edit", draft.pk), form(draft.newsletter, subject="Changed"))

    draft.refresh_from_db()
    assert (draft.subject, draft.version, draft.written_by, draft.changed_by) == ("Changed", 2, lio, rosa)


def test_a_page_that_lay_open_takes_back_nothing_that_was_saved_meanwhile(client_of, draft, lio, rosa):
    client_of(rosa).post(room("edit", draft.pk), form(draft.newsletter, subject="Rosa’s"))

    answer = client_of(lio).post(room("edit", draft.pk), form(draft.newsletter, subject="Lio’s"))

    draft.refresh_from_db()
    assert (answer.status_code, draft.subject) == (200, "Rosa’s")
    assert "Somebody else has saved this letter" in answer.content.decode()


@pytest.mark.parametrize("state", [state for state in Issue.State if state != "draft"])
def test_what_is_no_draft_any_more_cannot_be_written_in(client_of, draft, lio, state):
    Issue.objects.filter(pk=draft.pk).update(state=state, sent_at=timezone.now(), scheduled_at=timezone.now())
    browser = client_of(lio)

    opened = browser.get(room("edit", draft.pk))
    browser.post(room("edit", draft.pk), form(draft.newsletter, subject="Another"))

    was = draft.subject
    draft.refresh_from_db()
    assert (opened.status_code, opened["Location"], draft.subject) == (302, page(draft), was)


@pytest.mark.parametrize(("state", "is_possible"), [("scheduled", True), ("sending", False), ("done", False)])
def test_only_what_can_be_taken_back_is_said_to_be(client_of, draft, lio, state, is_possible):
    Issue.objects.filter(pk=draft.pk).update(state=state, sent_at=timezone.now(), scheduled_at=timezone.now())

    seen = client_of(lio).get(room("edit", draft.pk), follow=True)

    assert ("take it back first" in messages_in(seen)) == is_possible
    assert ("cannot be changed any more" in messages_in(seen)) != is_possible
    assert ("Goes to" in seen.content.decode()) == is_possible


@pytest.mark.parametrize("state", ["approved", "scheduled", "sending", "paused", "done"])
def test_what_somebody_got_or_is_about_to_get_is_not_deleted(client_of, draft, lio, state):
    Issue.objects.filter(pk=draft.pk).update(state=state, sent_at=timezone.now(), scheduled_at=timezone.now())

    client_of(lio).post(room("delete", draft.pk))
    bulk = reverse("wagtail_bulk_action", args=["newsletter", "issue", "delete"])
    client_of(lio).post(f"{bulk}?id={draft.pk}")

    assert Issue.objects.filter(pk=draft.pk).exists()


def test_a_draft_is_deleted(client_of, draft, lio):
    client_of(lio).post(room("delete", draft.pk))

    assert not Issue.objects.exists()


# --- looking --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["html", "text", "web"])
def test_a_letter_is_looked_at_in_the_newsrooms_frame_only_and_has_no_way_to_leave(client_of, draft, lio, mode):
    answer = client_of(lio).get(page(draft, f"shown/{mode}"))

    body = answer.content.decode()
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "Homes above the shops" in body
    assert [mark for mark in MARKS if mark in body] == []
    assert "/newsletter/leave/" not in body


def test_it_says_who_gets_it_and_who_hears_of_it_later(client_of, draft, lio, lamp):
    for cadence in ("each", "each", "week", "month"):
        make_subscriber(lamp).subscriptions.update(cadence=cadence)

    seen = client_of(lio).get(page(draft)).content.decode()

    assert "2 readers who chose “each letter”; 2 more hear of it in their next letter" in seen


def test_there_are_no_other_ways_to_look_at_it(client_of, draft, lio):
    assert client_of(lio).get(page(draft, "shown/nothing")).status_code == 404


@pytest.mark.parametrize("mode", ["html", "text", "web"])
def test_the_preview_shows_what_is_being_typed_and_saves_nothing(client_of, draft, lio, mode):
    browser = client_of(lio)
    address = room("preview_on_edit", draft.pk)

    browser.post(address, form(draft.newsletter, ("text", rich("Not saved yet.")), subject="Not yet"))
    answer = browser.get(f"{address}?mode={mode}")

    assert "Not saved yet." in answer.content.decode()
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    draft.refresh_from_db()
    assert draft.blocks == BLOCKS


def test_a_new_letter_can_be_previewed_before_it_is_saved(client_of, lio, lamp):
    browser = client_of(lio)
    browser.post(room("preview_on_add"), form(lamp, ("text", rich("Brand new."))))

    assert "Brand new." in browser.get(f"{room('preview_on_add')}?mode=html").content.decode()


def test_a_test_letter_goes_to_oneself_and_says_what_it_is(client_of, draft, lio):
    make_subscriber(draft.newsletter)

    client_of(lio).post(page(draft, "test-letter"))

    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["lio@example.org"], f"[Test] {draft.subject}")
    assert letter.from_email == "Lio at the Lamp <lamp@paper.example>"
    assert "Homes above the shops" in letter.body
    assert "/newsletter/leave/" not in letter.body + letter.alternatives[0][0]


def test_a_mail_server_that_is_down_is_said_and_breaks_nothing(client_of, draft, lio, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = client_of(lio).post(page(draft, "test-letter"), follow=True)

    assert answer.status_code == 200
    assert "did not take the test letter" in messages_in(answer)


def test_dead_links_are_named_on_the_page(client_of, draft, lio, monkeypatch):
    monkeypatch.setattr(visiting, "_ask", lambda url, method: (404, ""))
    Issue.objects.filter(pk=draft.pk).update(blocks=[{"type": "button", "label": "Go", "url": "https://gone.example/"}])

    answer = client_of(lio).post(page(draft, "links"))

    assert answer.status_code == 200
    assert "the server there answers 404" in answer.content.decode()


# --- letting it go --------------------------------------------------------------------------------


def test_somebody_else_approves_and_says_when(client_of, draft, rosa):
    browser = client_of(rosa)

    approved = browser.post(page(draft, "approval"), {"version": 1})
    browser.post(page(draft, "time"), {"at": "2030-01-09T06:30"})

    draft.refresh_from_db()
    assert (approved.status_code, draft.state, draft.approved_by) == (303, "scheduled", rosa)
    assert draft.scheduled_at == datetime(2030, 1, 9, 5, 30, tzinfo=UTC)  # half past six in Berlin


def test_the_writer_is_told_that_somebody_else_must_approve(client_of, draft, lio):
    browser = client_of(lio)
    shown = browser.get(page(draft)).content.decode()

    answer = browser.post(page(draft, "approval"), {"version": 1}, follow=True)

    draft.refresh_from_db()
    assert "Approve this letter" not in shown
    assert (draft.state, draft.approved_by) == ("draft", None)
    assert "Somebody else must read it" in messages_in(answer)


@pytest.mark.parametrize("version", ["", "x", "0", "2", "9" * 30])
def test_a_version_that_nobody_read_is_not_approved(client_of, draft, rosa, version):
    client_of(rosa).post(page(draft, "approval"), {"version": version})

    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-03-29T02:30", "That hour does not exist"),
        ("2020-01-01T06:30", "That moment is past"),
        ("", "Say when"),
        ("soon", "Enter a valid date"),
    ],
)
def test_an_hour_that_cannot_be_is_said_kindly(client_of, draft, rosa, typed, said):
    Issue.objects.filter(pk=draft.pk).update(state="approved")

    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        answer = client_of(rosa).post(page(draft, "time"), {"at": typed})

    draft.refresh_from_db()
    assert (answer.status_code, draft.state) == (422, "approved")
    assert said in answer.content.decode()


def test_of_an_hour_that_comes_twice_the_first_is_taken_and_that_is_said(client_of, draft, rosa):
    Issue.objects.filter(pk=draft.pk).update(state="approved")

    with time_machine.travel(datetime(2026, 10, 1, tzinfo=UTC), tick=False):
        answer = client_of(rosa).post(page(draft, "time"), {"at": "2026-10-25T02:30"}, follow=True)

    draft.refresh_from_db()
    assert draft.scheduled_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "comes twice" in messages_in(answer)


def test_it_can_be_sent_at_once_taken_back_and_cancelled(client_of, draft, rosa):
    browser = client_of(rosa)
    states = []
    Issue.objects.filter(pk=draft.pk).update(state="approved")

    for act, fields in [("time", {"now": "on"}), ("draft", {}), ("end", {})]:
        browser.post(page(draft, act), fields)
        draft.refresh_from_db()
        states.append(draft.state)

    assert states == ["scheduled", "draft", "cancelled"]


def test_a_press_too_many_on_cancel_costs_no_letter(client_of, draft, lio):
    browser = client_of(lio)
    browser.post(page(draft, "end"))
    assert "Make it a draft again" in browser.get(page(draft)).content.decode()

    browser.post(page(draft, "draft"))

    draft.refresh_from_db()
    assert (draft.state, draft.blocks) == ("draft", BLOCKS)


@pytest.mark.parametrize("fields", [{"is_automatic": True}, {"frozen_at": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_what_wrote_itself_or_was_on_its_way_stays_cancelled(client_of, draft, lio, fields):
    Issue.objects.filter(pk=draft.pk).update(state="cancelled", **fields)
    browser = client_of(lio)
    assert "Make it a draft again" not in browser.get(page(draft)).content.decode()

    browser.post(page(draft, "draft"))

    draft.refresh_from_db()
    assert draft.state == "cancelled"


# --- the lists ------------------------------------------------------------------------------------


def test_thirty_letters_cost_as_many_queries_as_one(client_of, lio, lamp):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(room("list")).status_code == 200
        return len(asked)

    browser = client_of(lio)
    make_issue(lamp, written_by=lio)
    cost()
    one = cost()
    for _ in range(29):
        make_issue(make_newsletter(), written_by=make_member())

    assert cost() == one


def test_a_letter_of_thirty_parts_costs_as_many_queries_as_one_of_one(client_of, lio, lamp):
    def cost(issue: Issue) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(page(issue)).status_code == 200
        return len(asked)

    browser = client_of(lio)
    articles = [make_article() for _ in range(30)]
    blocks = [{"type": "item", "article": a.pk, "headline": a.headline, "text": "Said."} for a in articles]
    blocks += [{"type": "voice", "comment": make_comment().pk} for _ in range(3)]
    small = make_issue(lamp, sent_at=None, blocks=[blocks[0], blocks[-1]])
    large = make_issue(lamp, sent_at=None, blocks=blocks)

    cost(small)
    assert cost(small) == cost(large)


# --- newsletters ----------------------------------------------------------------------------------


def settings_of(newsletter: Newsletter, **changes) -> dict:
    names = ("name", "slug", "when", "promise", "what", "sender_name", "cadence", "position", "rhythm_weekday")
    names += ("cadences", "each_label")
    known = {name: getattr(newsletter, name) for name in names}
    return {**known, "rhythm_at": "06:30", "articles_at_most": 7, "comments_at_most": 1, "rhythm": "", **changes}


def settings_page(newsletter: Newsletter) -> str:
    return reverse(Newsletter.snippet_viewset.get_url_name("edit"), args=[newsletter.pk])


def test_a_newsletter_editor_has_a_newsletter_write_itself_from_now_on(client_of, lio, lamp):
    before = timezone.now()

    client_of(lio).post(settings_page(lamp), settings_of(lamp, rhythm="weekday", rhythm_at="07:15"))

    lamp.refresh_from_db()
    assert (lamp.rhythm, f"{lamp.rhythm_at:%H:%M}") == ("weekday", "07:15")
    assert before <= lamp.rhythm_since <= timezone.now() + timedelta(seconds=1)


def test_a_change_of_its_name_does_not_move_its_clock(client_of, lio, lamp):
    Newsletter.objects.filter(pk=lamp.pk).update(rhythm="day", rhythm_since=datetime(2026, 1, 1, tzinfo=UTC))

    client_of(lio).post(settings_page(lamp), settings_of(lamp, rhythm="day", name="The Evening Lamp"))

    lamp.refresh_from_db()
    assert (lamp.name, lamp.rhythm_since) == ("The Evening Lamp", datetime(2026, 1, 1, tzinfo=UTC))


def test_nothing_writes_itself_for_a_paper_without_a_postal_address(client_of, lio, lamp):
    SiteSettings.objects.update(postal_address="")

    answer = client_of(lio).post(settings_page(lamp), settings_of(lamp, rhythm="day"))

    lamp.refresh_from_db()
    assert (lamp.rhythm, "postal address first" in answer.content.decode()) == ("", True)


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_else_changes_a_newsletter(client_of, lamp, role):
    client_of(make_member(role=role)).post(settings_page(lamp), settings_of(lamp, rhythm="day", name="Mine"))

    lamp.refresh_from_db()
    assert (lamp.name, lamp.rhythm) == ("The Morning Lamp", "")


def test_a_newsletter_is_made_with_nothing_but_what_only_people_know(client_of, lio):
    url = reverse(Newsletter.snippet_viewset.get_url_name("add"))
    offered = client_of(lio).get(url).context["form"]

    sent = {field.html_name: field.value() for field in offered if field.value() not in (None, False, "")}
    words = {"name": "Town Hall", "slug": "town-hall-letter", "when": "Mondays", "promise": "Every Monday."}
    client_of(lio).post(url, {**sent, **words})

    made = Newsletter.objects.get(slug="town-hall-letter")
    assert (made.cadence, made.cadences, made.rhythm) == ("each", ["each"], "")


def test_a_newsletter_that_people_write_can_be_changed(client_of, lio, watch):
    client_of(lio).post(settings_page(watch), settings_of(watch, name="Council Notes"))

    watch.refresh_from_db()
    assert (watch.name, watch.rhythm) == ("Council Notes", "")


def test_an_empty_form_of_a_newsletter_says_what_to_write_where(client_of, lio):
    said = client_of(lio).post(reverse(Newsletter.snippet_viewset.get_url_name("add")), {}).content.decode()

    for words in ("Give it a name.", "Say when it comes", "Tick at least one"):
        assert words in said


def test_the_list_of_newsletters_says_how_many_read_each(client_of, lio, lamp, watch):
    make_subscriber(lamp)
    make_subscriber(lamp, watch)
    make_subscriber(lamp, state="pending")

    listed = client_of(lio).get(reverse(Newsletter.snippet_viewset.get_url_name("list"))).context["object_list"]

    assert {row.name: row.readers for row in listed} == {"The Morning Lamp": 2, "Council Watch": 1}


def test_another_newsletter_takes_the_place_in_the_box(client_of, lio, lamp, watch):
    Newsletter.objects.filter(pk=lamp.pk).update(is_default=True)

    client_of(lio).post(settings_page(watch), settings_of(watch, is_default="on"))

    assert list(Newsletter.objects.filter(is_default=True)) == [watch]


def test_a_newsletter_that_all_have_left_is_not_deleted_with_the_proof(client_of, lio, watch):
    subscribing.leave_all(make_subscriber(watch), page="/newsletter/leave/", prefix=b"")
    browser = client_of(lio)
    url = reverse(Newsletter.snippet_viewset.get_url_name("delete"), args=[watch.pk])

    answers = [browser.get(url), browser.post(url, follow=True)]

    assert "what they agreed to is proof" in messages_in(answers[1])
    assert Newsletter.objects.filter(pk=watch.pk).exists()


def test_a_newsletter_that_nobody_asked_for_is_deleted(client_of, lio, watch):
    client_of(lio).post(reverse(Newsletter.snippet_viewset.get_url_name("delete"), args=[watch.pk]))

    assert not Newsletter.objects.exists()


# --- the first page -------------------------------------------------------------------------------


def test_the_first_page_shows_what_waits_and_what_comes_next(client_of, draft, lamp, lio, rosa):
    make_issue(lamp, slot="went-out", subject="It went out")

    own = client_of(lio).get("/newsroom/").content.decode()
    colleagues = client_of(rosa).get("/newsroom/").content.decode()

    assert "Put a letter together" in own
    assert own.index(draft.subject) < own.index("It went out")
    assert ("Somebody else must approve it" in own, "Read it, and approve it" in own) == (True, False)
    assert ("Somebody else must approve it" in colleagues, "Read it, and approve it" in colleagues) == (False, True)


def test_a_letter_on_its_way_leads_to_its_progress_from_there(client_of, draft, lio):
    Issue.objects.filter(pk=draft.pk).update(state="paused", frozen_at=timezone.now(), pause_reason="454 not now")

    first = client_of(lio).get("/newsroom/").content.decode()

    assert f'href="/newsroom/sending/{draft.pk}/"' in first
    assert "454 not now" in first


@pytest.mark.parametrize("role", [Role.WRITER, Role.EDITOR, Role.MODERATOR])
def test_nobody_else_sees_letters_there(client_of, draft, role):
    first = client_of(make_member(role=role)).get("/newsroom/", follow=True).content.decode()

    assert ("Letters at hand" in first, draft.subject in first) == (False, False)


def test_a_first_page_without_letters_says_how_to_begin(client_of, lio, lamp):
    assert "Put the first one together" in client_of(lio).get("/newsroom/").content.decode()


def test_thirty_letters_cost_the_first_page_as_many_queries_as_one(client_of, lio, lamp):
    browser = client_of(lio)
    make_issue(lamp, slot="one", sent_at=None)
    browser.get("/newsroom/")

    with CaptureQueriesContext(connection) as one:
        browser.get("/newsroom/")
    for number in range(30):
        make_issue(lamp, slot=f"n{number}", sent_at=None)
    with CaptureQueriesContext(connection) as many:
        browser.get("/newsroom/")

    assert len(many) == len(one)
