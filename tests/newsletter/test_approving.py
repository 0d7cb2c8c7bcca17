"""From a draft to the moment at which it begins to go out, and who may take which step."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.exporting import everything_about
from accounts.roles import Role
from civic.lib.site import SiteSettings
from newsletter import approving, linting, visiting
from newsletter.editions import CLIPPED_FROM
from newsletter.errors import NeedsSomebodyElse, NotPossibleNow, NotReady
from newsletter.models import Issue
from tests.articles.factories import edit, make_article, make_draft
from tests.factories import make_comment, make_member
from tests.newsletter.factories import make_issue

pytestmark = pytest.mark.django_db
State = Issue.State


@pytest.fixture(autouse=True)
def _site():
    SiteSettings(zone="Europe/Berlin", postal_address="3 Corn Hall Passage", sender="lamp@paper.example").save()


@pytest.fixture
def lio():
    return make_member(display_name="Lio", role=Role.NEWSLETTER_EDITOR)


@pytest.fixture
def rosa():
    return make_member(display_name="Rosa", role=Role.NEWSLETTER_EDITOR)


@pytest.fixture
def draft(lamp, lio):
    return make_issue(lamp, sent_at=None, written_by=lio, changed_by=lio)


@pytest.fixture
def started(monkeypatch):
    handed = []

    def start(issue: Issue) -> None:
        handed.append(issue.pk)
        Issue.objects.filter(pk=issue.pk).update(state=State.FREEZING)

    monkeypatch.setattr(approving, "start", start)
    return handed


def words(issue: Issue, *, blocking: bool) -> list[str]:
    return [finding.words for finding in linting.lint(issue) if finding.blocks == blocking]


# --- approving ------------------------------------------------------------------------------------


def test_somebody_else_approves(draft, rosa):
    approving.approve(draft.pk, rosa, version=1)

    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == (State.APPROVED, rosa)
    assert draft.approved_at is not None


def test_the_writer_does_not(draft, lio):
    with pytest.raises(NeedsSomebodyElse):
        approving.approve(draft.pk, lio, version=1)

    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == (State.DRAFT, None)


def test_nor_does_whoever_changed_a_word_in_it_last(draft, lio, rosa):
    Issue.objects.filter(pk=draft.pk).update(changed_by=rosa)

    for member in (lio, rosa):
        with pytest.raises(NeedsSomebodyElse):
            approving.approve(draft.pk, member, version=1)


def test_what_was_changed_since_it_was_read_is_not_approved(draft, rosa):
    Issue.objects.filter(pk=draft.pk).update(version=2)

    with pytest.raises(NotPossibleNow):
        approving.approve(draft.pk, rosa, version=1)


def test_what_must_be_mended_is_not_approved(draft, rosa):
    Issue.objects.filter(pk=draft.pk).update(subject=" ")

    with pytest.raises(NotReady):
        approving.approve(draft.pk, rosa, version=1)


@pytest.mark.parametrize("state", [state for state in State if state != State.DRAFT])
def test_only_a_draft_is_approved(draft, rosa, state):
    now = timezone.now()
    Issue.objects.filter(pk=draft.pk).update(state=state, sent_at=now, scheduled_at=now)

    with pytest.raises(NotPossibleNow):
        approving.approve(draft.pk, rosa, version=1)


def test_whoever_worked_on_a_letter_finds_it_among_their_data_and_nobody_else_does(draft, lio, rosa):
    approving.approve(draft.pk, rosa, version=1)

    told = [everything_about(member)["newsletter_letters"] for member in (lio, rosa, make_member())]

    assert [[row["you"] for row in rows] for rows in told] == [[["wrote", "changed"]], [["approved"]], []]


def test_a_letter_outlives_whoever_wrote_it(draft, lio):
    lio.delete()

    draft.refresh_from_db()
    assert (draft.written_by, draft.changed_by) == (None, None)


# --- time -----------------------------------------------------------------------------------------


def test_an_approved_letter_starts_at_its_time_and_once(draft, rosa, started, run_jobs):
    at = timezone.now() + timedelta(hours=2)
    approving.approve(draft.pk, rosa, version=1)
    approving.schedule(draft.pk, at)

    run_jobs()  # too early: the job finds nothing that is due
    approving.start_what_is_due()
    early = list(started)
    with time_machine.travel(at + timedelta(seconds=1)):
        approving.start_on_time(draft.pk)
        approving.start_what_is_due()

    assert (early, started) == ([], [draft.pk])


def test_what_a_stopped_worker_missed_is_started_later(draft, rosa, started):
    approving.approve(draft.pk, rosa, version=1)
    approving.schedule(draft.pk, timezone.now())

    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        approving.start_what_is_due()

    assert started == [draft.pk]


def test_a_draft_is_given_no_time(draft):
    with pytest.raises(NotPossibleNow):
        approving.schedule(draft.pk, timezone.now())


def test_a_letter_whose_article_was_taken_down_since_its_approval_is_given_no_time(draft, rosa):
    article = make_article()
    block = {"type": "item", "article": article.pk, "headline": "Gone", "text": "Said."}
    Issue.objects.filter(pk=draft.pk).update(blocks=[*draft.blocks, block])
    approving.approve(draft.pk, rosa, version=1)
    article.unpublish()

    with pytest.raises(NotReady):
        approving.schedule(draft.pk, timezone.now())


def test_what_is_taken_back_must_be_approved_anew_and_does_not_start(draft, rosa, started):
    approving.approve(draft.pk, rosa, version=1)
    approving.schedule(draft.pk, timezone.now())

    approving.take_back(draft.pk)
    approving.start_what_is_due()

    draft.refresh_from_db()
    assert (draft.state, draft.approved_by, draft.scheduled_at, started) == (State.DRAFT, None, None, [])


@pytest.mark.parametrize("begun", [State.DRAFT, State.APPROVED, State.SCHEDULED])
def test_what_is_cancelled_does_not_start(draft, started, begun):
    Issue.objects.filter(pk=draft.pk).update(state=begun, scheduled_at=timezone.now())

    approving.cancel(draft.pk)
    approving.start_what_is_due()

    draft.refresh_from_db()
    assert (draft.state, started) == (State.CANCELLED, [])


@pytest.mark.parametrize("begun", [State.FREEZING, State.SENDING, State.PAUSED, State.DONE, State.CANCELLED])
def test_what_has_begun_is_neither_cancelled_here_nor_taken_back(draft, begun):
    Issue.objects.filter(pk=draft.pk).update(state=begun, sent_at=timezone.now(), frozen_at=timezone.now())

    for step in (approving.cancel, approving.take_back):
        with pytest.raises(NotPossibleNow):
            step(draft.pk)


def test_one_letter_that_cannot_start_keeps_no_other_waiting(draft, lamp, monkeypatch):
    other = make_issue(lamp, sent_at=None)
    now = timezone.now()
    Issue.objects.update(state=State.SCHEDULED, scheduled_at=now)
    handed = []

    def start(issue: Issue) -> None:
        if issue.pk == draft.pk:
            raise RuntimeError("no room")
        handed.append(issue.pk)

    monkeypatch.setattr(approving, "start", start)
    approving.start_what_is_due()

    assert handed == [other.pk]


# --- what is looked at ----------------------------------------------------------------------------


def test_a_good_letter_has_nothing_to_mend(draft):
    assert linting.lint(draft) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"subject": "  "}, "The subject is empty"),
        ({"blocks": []}, "There is nothing in the letter yet"),
        ({"blocks": [{"type": "picture", "picture": "https://a.example/b.jpg", "picture_alt": " "}]}, "The picture"),
        ({"blocks": [{"type": "button", "label": "Go", "url": "/here/"}]}, "“/here/” is no whole address"),
        ({"blocks": [{"type": "text", "html": '<p>A <a href="x.html">c</a></p>'}]}, "“x.html” is no whole address"),
        ({"blocks": [{"type": "item", "article": 987654, "headline": "Lost", "text": ""}]}, "“Lost” is not on"),
        ({"blocks": [{"type": "text", "paragraphs": ["Words. " * 15_000]}]}, "Gmail cuts off"),
        ({"blocks": [{"type": "picture", "picture": "https://a.example/b.jpg", "picture_alt": ""}]}, "plain text only"),
    ],
)  # fmt: skip
def test_what_would_be_rude_must_be_mended(draft, change, said):
    Issue.objects.filter(pk=draft.pk).update(**change)
    draft.refresh_from_db()

    found = words(draft, blocking=True)

    assert any(said in line for line in found)


def test_without_a_postal_address_no_letter_is_approved(draft, rosa):
    SiteSettings.objects.update(postal_address=" ")

    assert any("no postal address" in line for line in words(draft, blocking=True))
    with pytest.raises(NotReady):
        approving.approve(draft.pk, rosa, version=1)


def test_the_lead_picture_of_an_article_must_say_what_it_shows_the_others_are_not_shown(draft):
    block = {
        "type": "item",
        "headline": "Homes",
        "text": "Said.",
        "picture": "https://a.example/b.jpg",
        "picture_alt": "",
    }
    Issue.objects.filter(pk=draft.pk).update(blocks=[block | {"lead": True}])
    draft.refresh_from_db()
    lead = words(draft, blocking=True)
    Issue.objects.filter(pk=draft.pk).update(blocks=[block | {"lead": False}])
    draft.refresh_from_db()

    assert ["of “Homes”" in line for line in lead] == [True]
    assert words(draft, blocking=True) == []


def test_an_article_that_will_be_published_in_time_is_advice_one_without_a_date_is_not(draft):
    later = timezone.now() + timedelta(hours=3)
    planned, never = make_draft(headline="Planned"), make_draft(headline="Never")
    edit(planned, go_live_at=later).publish()
    blocks = [{"type": "item", "article": a.pk, "headline": a.headline, "text": "Said."} for a in (planned, never)]
    Issue.objects.filter(pk=draft.pk).update(blocks=[*draft.blocks, *blocks])
    draft.refresh_from_db()

    assert [line.split(" ")[0] for line in words(draft, blocking=True)] == ["“Never”"]
    assert [line.split(" will be published")[0] for line in words(draft, blocking=False)] == ["“Planned”"]


def test_a_missing_preheader_a_long_subject_and_a_comment_that_is_gone_are_advice(draft, rosa):
    gone = make_comment(state="removed")
    blocks = [*draft.blocks, {"type": "voice", "comment": gone.pk}]
    Issue.objects.filter(pk=draft.pk).update(preheader="", subject="Long " * 20, blocks=blocks)
    draft.refresh_from_db()

    assert len(words(draft, blocking=False)) == 3
    assert approving.approve(draft.pk, rosa, version=1).state == State.APPROVED


def test_the_size_that_gmail_clips_is_counted_in_bytes(draft):
    assert CLIPPED_FROM == 102 * 1024
    blocks = [{"type": "text", "paragraphs": ["ß" * 60_000]}]  # 60,000 letters, 120,000 bytes
    Issue.objects.filter(pk=draft.pk).update(blocks=blocks)
    draft.refresh_from_db()

    assert any("Gmail" in line for line in words(draft, blocking=True))


# --- links ----------------------------------------------------------------------------------------


@pytest.fixture
def internet(monkeypatch):
    """What answers where: {address: (status, where to)}; every host is public."""
    answers = {}
    asked = []

    def ask(url: str, method: str):
        asked.append((method, url))
        if url not in answers:
            raise OSError("nobody")
        return answers[url]

    monkeypatch.setattr(visiting, "_ask", ask)
    answers["asked"] = asked
    return answers


def test_links_are_tried_and_dead_ones_named(internet):
    internet |= {
        "https://good.example/": (200, ""),
        "https://shy.example/": (403, ""),
        "https://moved.example/": (301, "/new/"),
        "https://moved.example/new/": (200, ""),
        "https://gone.example/": (404, ""),
        "https://round.example/": (302, "https://round.example/"),
    }

    visits = visiting.visit_all(
        [f"https://{name}.example/" for name in ["good", "shy", "moved", "gone", "round", "nobody"]]
    )

    assert [bool(visit.trouble) for visit in visits] == [False, False, False, True, True, True]
    assert visits[3].trouble == "the server there answers 404"


def test_our_own_pages_are_asked_of_nobody(internet, settings):
    visits = visiting.visit_all([f"{settings.SITE_URL}/newsletter/", f"{settings.SITE_URL}/not/a/page/of/ours/"])

    assert [bool(visit.trouble) for visit in visits] == [False, True]
    assert internet["asked"] == []


def test_a_page_of_ours_that_is_not_there_is_no_page_however_its_address_looks(internet, settings, draft):
    article, hidden = make_article(), make_article()
    hidden.unpublish()
    there = [article.get_absolute_url(), "/", f"/{article.section.slug}/", draft.newsletter.get_absolute_url()]
    not_there = ["/2026/11/never-written/", hidden.get_absolute_url(), "/no-such-section/", "/topics/none/"]
    not_there += [draft.get_absolute_url(), "/newsletter/none/", "/authors/nobody/"]

    visits = visiting.visit_all([settings.SITE_URL + path for path in [*there, *not_there]])

    assert [visit.url for visit in visits if visit.trouble] == [settings.SITE_URL + path for path in not_there]


def test_a_typed_link_to_no_page_of_ours_must_be_mended_one_to_a_draft_is_advice(draft, settings):
    draft_article = make_article()
    draft_article.unpublish()
    draft.blocks = [
        *draft.blocks,
        {"type": "text", "html": f'<p><a href="{settings.SITE_URL}/2026/11/never-written/">x</a></p>'},
        {"type": "button", "label": "Read", "url": settings.SITE_URL + draft_article.get_absolute_url()},
        {"type": "button", "label": "All", "url": f"{settings.SITE_URL}/"},
    ]
    draft.save()

    assert [line for line in words(draft, blocking=True) if "leads nowhere" in line] == [
        f"“{settings.SITE_URL}/2026/11/never-written/” leads nowhere: there is no such page here."
    ]
    assert [line for line in words(draft, blocking=False) if "not published yet" in line] != []


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://localhost:5432/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/",
        "http://192.168.1.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
    ],
)
def test_no_link_leads_this_server_into_its_own_network(address, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("it was asked")

    monkeypatch.setattr(visiting.socket, "create_connection", never)

    assert visiting.visit(address).trouble == "it leads into a private network"


def test_nor_does_a_server_that_sends_us_on(monkeypatch):
    steps = []

    def ask(url: str, method: str):
        steps.append(url)
        visiting.public_number("10.0.0.1" if "10.0.0.1" in url else "93.184.215.14", 80)
        return 302, "http://10.0.0.1/"

    monkeypatch.setattr(visiting, "_ask", ask)

    assert visiting.visit("http://93.184.215.14/").trouble == "it leads into a private network"
    assert steps == ["http://93.184.215.14/", "http://10.0.0.1/"]
