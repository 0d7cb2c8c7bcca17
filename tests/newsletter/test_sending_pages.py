"""What newsletter editors see while a letter goes out, and what everybody else does not."""

import csv
import io
import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from newsletter import figures, sending, sending_pages
from newsletter.models import Delivery, Issue, Outcome, Subscription, counts_of
from tests.factories import make_member
from tests.newsletter.factories import make_issue, make_subscriber

LIST = "/newsroom/sending/"


@pytest.fixture
def editor(client_of, db):
    call_command("setup")
    return client_of(make_member(display_name="Nell Editor", role=Role.NEWSLETTER_EDITOR))


@pytest.fixture
def issue(lamp):
    return make_issue(lamp, sent_at=None, subject="One vote decided it")


def begin(issue: Issue, *, readers: int = 0) -> list[Delivery]:
    """Freezes it with that many new readers; the deliveries in their order."""
    for at in range(readers):
        make_subscriber(issue.newsletter, email=f"rita.reader{issue.pk}x{at}@big.example")
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SCHEDULED)
    sending.start(issue)
    return list(Delivery.objects.filter(issue=issue).order_by("pk"))


def end(delivery: Delivery, state: str, **fields) -> None:
    Outcome.objects.create(delivery=delivery, issue=delivery.issue, state=state, attempts=1, **fields)


def url(issue: Issue, below: str = "") -> str:
    return f"{LIST}{issue.pk}/{below}"


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


# --- who ------------------------------------------------------------------------------------------

PAGES = ["", "now/", "cancel/", "readers/", "readers.csv"]
ACTS = ["pause/", "resume/", "cancel/", "again/", "readers/"]


@pytest.mark.parametrize("role", [Role.WRITER, Role.EDITOR, Role.MODERATOR, ""])
def test_who_does_not_look_after_letters_sees_none_of_it_and_changes_nothing(client_of, issue, role):
    call_command("setup")
    delivery = begin(issue, readers=1)[0]
    client = client_of(make_member(role=role))

    answers = [client.get(LIST), *(client.get(url(issue, page)) for page in PAGES)]
    answers += [client.post(url(issue, act), {"address": delivery.address}) for act in ACTS]

    assert all(answer.status_code in (302, 303, 403) for answer in answers)
    assert all(delivery.address not in answer.content.decode() for answer in answers)
    issue.refresh_from_db()
    assert issue.state == "sending"


def test_a_stranger_is_asked_to_sign_in(visitor_client, issue):
    begin(issue, readers=1)

    answers = [visitor_client.get(LIST), *(visitor_client.get(url(issue, page)) for page in PAGES)]
    answers += [visitor_client.post(url(issue, act)) for act in ACTS]

    assert {(answer.status_code, "/login/" in answer.url) for answer in answers} == {(302, True)}
    issue.refresh_from_db()
    assert issue.state == "sending"


def test_an_admin_sees_them_and_finds_them_in_the_menu(client_of, issue):
    call_command("setup")
    begin(issue, readers=1)
    client = client_of(make_member(role=Role.ADMIN))

    assert "One vote decided it" in text_of(client.get(LIST))
    assert LIST in client.get("/newsroom/").content.decode()


def test_a_draft_has_no_such_page(editor, issue):
    assert editor.get(url(issue)).status_code == 404
    assert "No letter has gone out yet" in text_of(editor.get(LIST))


# --- from page to page ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("sending", "See how far it is"),
        ("paused", "See how far it is"),
        ("done", "Who got it, and who did not"),
        ("cancelled", "Who got it, and who did not"),
    ],
)
def test_the_page_of_a_letter_leads_to_how_far_it_is_and_back(editor, issue, state, words):
    end(begin(issue, readers=1)[0], "sent")
    Issue.objects.filter(pk=issue.pk).update(state=state)

    page, progress = text_of(editor.get(f"/newsroom/letters/{issue.pk}/")), text_of(editor.get(url(issue)))

    assert f'href="{url(issue)}">{words}</a>' in page
    assert f'href="{issue.get_absolute_url()}"' in page
    assert f'<a href="/newsroom/letters/{issue.pk}/">The letter itself</a>' in progress


def test_a_letter_that_has_not_begun_leads_nowhere_and_one_of_which_none_left_not_to_the_web(editor, issue, lamp):
    waiting = make_issue(lamp, sent_at=None)
    begin(issue, readers=1)
    sending.cancel(issue)

    pages = [text_of(editor.get(f"/newsroom/letters/{one.pk}/")) for one in (waiting, issue)]

    assert [url(one) in page for one, page in zip((waiting, issue), pages, strict=True)] == [False, True]
    assert issue.get_absolute_url() not in pages[1]


def test_the_list_of_letters_shows_states_and_leads_to_those_that_have_begun(editor, issue, lamp):
    draft = make_issue(lamp, subject="Not yet", sent_at=None)
    begin(issue, readers=1)

    rows = text_of(editor.get("/newsroom/snippets/newsletter/issue/"))

    assert f'<a href="{url(issue)}">on its way</a>' in rows
    assert f'href="{url(draft)}"' not in rows
    assert "draft" in rows
    assert [f'href="/newsroom/letters/{one.pk}/"' in rows for one in (issue, draft)] == [True, True]


# --- what -----------------------------------------------------------------------------------------


def test_the_page_counts_by_state_and_says_why_in_plain_words(editor, issue, lamp):
    make_subscriber(lamp, state=Subscription.State.PENDING)
    first, second, third, fourth, _fifth = begin(issue, readers=5)[-5:]
    end(first, "sent", code=250, reply="250 ok")
    end(second, "failed", code=550, reply="550 5.1.1 nobody here of that name")
    end(third, "failed", code=552, reply="552 5.2.2 over quota")
    end(fourth, "deferred", code=451, reply="451 later", not_before=timezone.now() + timedelta(hours=1))

    page = text_of(editor.get(url(issue)))

    assert "1 of 5 letters</strong> accepted by the mail server; 60 % done." in page
    assert "{{" not in page
    assert "there is no such address" in page
    assert "the mailbox is full" in page
    assert "the mail server asked to come back later" in page
    assert "not yet confirmed" in page
    assert "letters a second" in page


def test_the_pause_has_its_reason_and_the_buttons_work(editor, issue):
    begin(issue, readers=2)
    assert ">Pause<" in text_of(editor.get(url(issue)))

    editor.post(url(issue, "pause/"))
    issue.refresh_from_db()
    assert (issue.state, issue.pause_reason) == ("paused", "Paused by Nell Editor.")
    page = text_of(editor.get(url(issue)))
    assert "Paused by Nell Editor." in page
    assert ">Go on<" in page
    assert ">Pause<" not in page

    assert editor.post(url(issue, "resume/")).status_code == 303
    issue.refresh_from_db()
    assert issue.state == "sending"


def test_the_mail_servers_words_are_shown_as_words(editor, issue):
    begin(issue, readers=1)
    sending.pause(issue, "The mail server refused: 550 5.7.1 <b>blocked</b>")

    assert "550 5.7.1 &lt;b&gt;blocked&lt;/b&gt;" in text_of(editor.get(url(issue)))


def test_looking_changes_nothing_and_cancelling_asks_first(editor, issue):
    begin(issue, readers=1)

    for act in ("pause/", "resume/", "again/"):
        assert editor.get(url(issue, act)).status_code == 405
    assert "cannot be begun again" in text_of(editor.get(url(issue, "cancel/")))
    issue.refresh_from_db()
    assert issue.state == "sending"

    editor.post(url(issue, "cancel/"))
    issue.refresh_from_db()
    assert issue.state == "cancelled"


def test_a_form_of_another_site_does_nothing(issue, editor):
    begin(issue, readers=1)
    foreign = Client(enforce_csrf_checks=True)
    foreign.cookies = editor.cookies

    answer = foreign.post(url(issue, "pause/"), headers={"origin": "https://evil.example"})

    assert answer.status_code == 403
    issue.refresh_from_db()
    assert issue.state == "sending"


def test_the_part_that_changes_comes_alone(editor, issue):
    begin(issue, readers=1)

    answer = editor.get(url(issue, "now/"))

    assert "<html" not in text_of(answer)
    assert "0 of 1 letters" in text_of(answer)
    assert answer["X-Sending-State"] == "sending"
    assert "no-store" in answer["Cache-Control"]


def test_only_domains_with_many_readers_have_a_name(editor, issue, lamp):
    make_subscriber(lamp, email="ana@smith-family.example")
    begin(issue, readers=20)

    page = text_of(editor.get(url(issue)))

    assert "big.example" in page
    assert "All others" in page
    assert "smith-family" not in page


# --- unknown --------------------------------------------------------------------------------------


def test_sending_again_to_nobody_says_so(editor, issue):
    (one,) = begin(issue, readers=1)
    end(one, "unknown")

    answer = editor.post(f"/newsroom/sending/{issue.pk}/again/", follow=True)

    assert "Nobody was ticked" in answer.content.decode()
    one.refresh_from_db()
    assert one.outcome.state == "unknown"


def test_the_unknown_are_listed_by_name_and_go_again_when_chosen(editor, issue):
    one, other, sent = begin(issue, readers=3)
    end(one, "unknown")
    end(other, "unknown")
    end(sent, "sent")
    page = text_of(editor.get(url(issue, "readers/?state=unknown")))
    assert one.address in page
    assert other.address in page
    assert sent.address not in page
    assert "Send again to these 2 unknown" in page

    editor.post(url(issue, "again/"), {"reader": [one.pk, sent.pk, "9" * 30, "x"]})

    assert counts_of(issue) == {"queued": 1, "unknown": 1, "sent": 1}


def test_the_unknown_of_a_cancelled_letter_stay_as_they_are(editor, issue):
    (one,) = begin(issue, readers=1)
    end(one, "unknown")
    sending.cancel(issue)

    editor.post(url(issue, "again/"), {"reader": [one.pk]})

    assert counts_of(issue) == {"unknown": 1}
    assert "Send again" not in text_of(editor.get(url(issue, "readers/?state=unknown")))


def test_who_never_confirmed_is_not_called_erased(editor, issue):
    make_subscriber(issue.newsletter, email="ana@example.org", state="pending")
    gone = begin(issue, readers=1)[1]
    gone.subscriber.delete()

    page = text_of(editor.get(url(issue, "readers/")))

    assert (page.count('<th scope="row">not confirmed</th>'), page.count('<th scope="row">erased</th>')) == (1, 1)
    assert "ana@example.org" not in page


# --- readers --------------------------------------------------------------------------------------


def half_editor(client_of):
    """Somebody who may change letters and not manage subscribers."""
    call_command("setup")
    member = make_member(role=Role.WRITER)
    member.user_permissions.add(Permission.objects.get(codename="change_issue"))
    return client_of(member)


def test_addresses_are_whole_only_for_who_manages_subscribers(editor, client_of, issue):
    (one,) = begin(issue, readers=1)
    half = half_editor(client_of)

    assert one.address in text_of(editor.get(url(issue, "readers/")))
    page = text_of(half.get(url(issue, "readers/")))
    assert one.address not in page
    assert "r…0@big.example" in page
    found = text_of(half.post(url(issue, "readers/"), {"address": one.address}))
    assert "r…0@big.example" in found
    sheet = b"".join(half.get(url(issue, "readers.csv")).streaming_content).decode()
    assert one.address not in sheet
    assert "r…0@big.example" in sheet


def test_an_address_is_found_in_any_case_and_kept_out_of_our_addresses(editor, issue):
    one, other = begin(issue, readers=2)

    page = text_of(editor.post(url(issue, "readers/"), {"address": f" {one.address.upper()} "}))

    assert f'scope="row">{one.address}<' in page
    assert other.address not in page
    assert "not meant for that address" in text_of(editor.post(url(issue, "readers/"), {"address": "no@one.example"}))
    assert one.address not in text_of(editor.get(url(issue, f"readers/?address={one.address}&after=99999999")))


def test_pages_of_readers_follow_one_another_without_gaps(editor, issue, monkeypatch):
    monkeypatch.setattr("newsletter.readers.PAGE", 3)
    deliveries = begin(issue, readers=7)
    for delivery in deliveries:
        end(delivery, "failed", code=550, reply="550 5.1.1 no")

    for state in ("", "failed"):
        seen, after = [], ""
        while after is not None:
            context = editor.get(url(issue, f"readers/?state={state}&after={after}")).context
            seen += [one.delivery_id for one in context["rows"]]
            after = context["more"]
        assert seen == [delivery.pk for delivery in deliveries]


@pytest.mark.parametrize(
    "query", ["state=nonsense", "after=x", "after=" + "9" * 40, "after=²", "state=failed&after=-1"]
)
def test_nonsense_in_the_address_does_no_harm(editor, issue, query):
    begin(issue, readers=1)

    assert editor.get(url(issue, f"readers/?{query}")).status_code == 200
    assert editor.get(f"{LIST}?before={query}").status_code == 200


@pytest.mark.parametrize("below", ["", "readers/", "readers/?state=failed", "now/"])
def test_a_page_asks_as_often_for_thirty_readers_as_for_one(editor, issue, lamp, below, queries_of):
    few = make_issue(lamp, sent_at=None)
    for delivery in begin(few, readers=1):
        end(delivery, "failed", code=550, reply="550 no")
    for delivery in begin(issue, readers=29):
        end(delivery, "failed", code=550, reply="550 no")
    editor.get(LIST)

    assert queries_of(lambda: editor.get(url(few, below))) == queries_of(lambda: editor.get(url(issue, below)))


def test_the_list_asks_as_often_for_twenty_letters_as_for_one(editor, issue, lamp, queries_of):
    begin(issue, readers=1)
    editor.get(LIST)
    once = queries_of(lambda: editor.get(LIST))
    for _ in range(22):
        begin(make_issue(lamp, sent_at=None))

    assert queries_of(lambda: editor.get(LIST)) == once
    older = editor.get(LIST).context["more"]
    assert len(editor.get(f"{LIST}?before={older}").context["listed"]) == 3


@pytest.fixture
def queries_of(db):
    def count(look) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            assert look().status_code == 200
        return len(caught)

    return count


# --- CSV ------------------------------------------------------------------------------------------


def test_the_csv_has_a_row_for_each_reader_and_no_formula(editor, issue, lamp, monkeypatch):
    monkeypatch.setattr("newsletter.readers.CHUNK", 2)
    make_subscriber(lamp, email="=cmd|calc@big.example")
    deliveries = begin(issue, readers=4)
    end(deliveries[1], "failed", code=550, reply="=HYPERLINK(0)\n+1")

    answer = editor.get(url(issue, "readers.csv"))

    sheet = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(sheet))
    assert head[0] == "address"
    assert len(rows) == 5
    assert rows[0][0] == "'=cmd|calc@big.example"
    assert rows[1][5] == "'=HYPERLINK(0)\n+1"
    assert rows[1][2:5] == ["refused", "", "550"]
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "  ="])
def test_a_cell_that_begins_like_a_formula_is_words(start):
    assert sending_pages.safe_cell(f"{start}1") == f"'{start}1"


def test_no_address_is_logged(editor, issue, caplog):
    (one,) = begin(issue, readers=1)
    with caplog.at_level(logging.DEBUG):
        editor.post(url(issue, "readers/"), {"address": one.address})
        b"".join(editor.get(url(issue, "readers.csv")).streaming_content)
        editor.post(url(issue, "pause/"))

    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert any("paused by member" in line for line in ours)
    assert not any(one.address in line or "Nell" in line for line in ours)


def test_words_for_reasons():
    said = [
        figures.why_in_words(why) for why in ("5.1.1", "4.2.2", "5.7.26", "4.7.1", "550", "", "299", "left", "5.9.9")
    ]

    assert said == [
        "there is no such address",
        "the mailbox is full",
        "a rule of their mail server forbids it",
        "their mail server makes strangers wait",
        "the address was refused",
        "the connection broke",
        "for a reason they did not name",
        "left meanwhile",
        "for a reason they did not name",
    ]
