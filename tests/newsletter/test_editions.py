"""The letter as it leaves, and as it may be read afterwards: what is gone is gone from both."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civic.lib.site import SiteSettings
from comments.visibility import hold, withdraw
from newsletter import issues
from newsletter.editions import CLIPPED_FROM, edition_of, for_nobody
from newsletter.models import Issue
from newsletter.sending import letter_of
from newsletter.splicing import MARKS, MARKS_OF_NOBODY, filled
from tests.articles.factories import make_article
from tests.factories import make_comment, make_guest, make_member
from tests.newsletter.factories import make_issue, make_newsletter
from tests.newsletter.test_letters import BLOCKS, Tags

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 11, 17, 5, 30, tzinfo=UTC)
WORDS = "Who reads the log of searches?"


@pytest.fixture(autouse=True)
def _site():
    SiteSettings(name="The Lamplighter", zone="Europe/Berlin", postal_address="3 Corn Hall Passage, Larkford").save()


@pytest.fixture
def comment():
    return make_comment(member=make_member(display_name="Hanna Vesterby"), body=WORDS)


def quoting_issue(lamp, *comments, **fields) -> Issue:
    blocks = [{"type": "text", "paragraphs": ["Good morning."]}]
    blocks += [{"type": "voice", "comment": comment.pk} for comment in comments]
    return make_issue(lamp, blocks=blocks, **fields)


# --- the two parts --------------------------------------------------------------------------------


def test_the_plain_part_says_all_that_the_other_says(lamp):
    text = edition_of(make_issue(lamp, blocks=BLOCKS, slot="2026-11-17", sent_at=SENT)).text

    assert filled(text, MARKS_OF_NOBODY) == (
        "The Lamplighter\n\nTHE MORNING LAMP\nTuesday, 17 November 2026\n\n"
        "Good morning & <welcome>.\n\n* * *\n\n"
        "RIVER & LAND\nHomes above the shops\n\nBy one vote.\n\n"
        "Read on:\nhttps://paper.example/2026/11/homes/\n\n* * *\n\n"
        "No address\n\nJust words.\n\n* * *\n\n"
        "A READER HAS THE FLOOR\n\n“Who reads the log?”\nHanna, on plates\n\n* * *\n\n"
        "Bye.\n\nSee all:\nhttps://paper.example/\n\n"
        "-- \n"
        "You get this letter each time it comes out, because you asked for it on \n01 Jan 2000.\n\n"
        f"Leave with one click:\nhttps://paper.example/newsletter/leave/{MARKS_OF_NOBODY.leave_token}/\n\n"
        "Change how often, or see what we know about you:\n"
        f"https://paper.example/newsletter/preferences/{MARKS_OF_NOBODY.preferences_token}/\n\n"
        "Read this letter on the web:\nhttps://paper.example/newsletter/the-morning-lamp/2026-11-17/\n\n"
        "3 Corn Hall Passage, Larkford. We do not record who opens our letters.\n"
        "https://paper.example/\n"
    )


def test_the_markup_is_whole_its_links_are_full_and_what_was_typed_is_escaped(lamp):
    html = edition_of(make_issue(lamp, blocks=BLOCKS)).html

    tags = Tags(html)
    assert (tags.wrong, tags.open, tags.relative) == ([], [], [])
    assert "Good morning &amp; &lt;welcome&gt;." in html
    assert "<title>Subject" in html


def test_both_parts_carry_every_mark_and_filling_them_leaves_none(lamp):
    edition = edition_of(make_issue(lamp, blocks=BLOCKS))

    for part in (edition.html, edition.text):
        assert [mark for mark in MARKS if mark not in part] == []
        assert [mark for mark in MARKS if mark in filled(part, MARKS_OF_NOBODY)] == []
        assert len(filled(part, MARKS_OF_NOBODY)) == len(part)


@pytest.mark.parametrize(
    ("cadence", "words"),
    [
        ("each", "each time it comes out"),
        ("three", "on Monday, Wednesday and Friday"),
        ("week", "once a week"),
        ("month", "once a month"),
    ],
)
def test_the_foot_says_how_often_the_letter_comes_and_why(lamp, cadence, words):
    edition = edition_of(make_issue(lamp, cadence=cadence))

    for part in (edition.html, edition.text):
        assert f"You get this letter {words}, because you asked for it on {MARKS.since}." in " ".join(part.split())


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [("weekday", "every weekday"), ("day", "every day"), ("week", "once a week"), ("", "each time it comes out")],
)
def test_a_letter_that_wrote_itself_says_how_often_it_does(rhythm, words):
    newsletter = make_newsletter(rhythm=rhythm)

    assert f"You get this letter {words}, because" in edition_of(make_issue(newsletter, is_automatic=True)).text
    assert "each time it comes out" in edition_of(make_issue(newsletter)).text


def test_the_plain_part_has_short_lines_that_flow_together_again_and_whole_addresses(lamp):
    words = "By one vote, with sixty-one speakers. " * 20
    url = f"https://paper.example/{'long-' * 30}/"
    blocks = [{"type": "text", "paragraphs": [words, "> Quoted.", f"See {url} there"]}]

    lines = edition_of(make_issue(lamp, blocks=blocks)).text.split("\n")

    assert [line for line in lines if len(line) > 72 and "https://" not in line] == []
    assert url in " ".join(lines).split()
    assert lines.count("-- ") == 1
    together = re.sub(r"(?<!^--) \n", " ", "\n".join(lines), flags=re.MULTILINE).split("\n")
    assert words.strip() in together
    assert " > Quoted." in together  # else it would seem to be somebody's earlier mail


def test_a_picture_that_leads_somewhere_does_so_in_the_plain_part(lamp):
    picture = {"type": "picture", "picture": "https://paper.example/a.jpg", "picture_alt": "A bridge"}

    text = edition_of(make_issue(lamp, blocks=[picture | {"url": "https://paper.example/b/"}])).text

    assert "[Picture: A bridge]\nhttps://paper.example/b/\n" in text


def test_quotation_marks_within_a_quotation_are_single_ones(lamp):
    comment = make_comment(body="I am the “cook who is learning”. Well.")

    assert "“I am the ‘cook who is learning’. Well.”" in edition_of(quoting_issue(lamp, comment)).text


@pytest.mark.parametrize(("language", "way"), [("en", "ltr"), ("de-at", "ltr"), ("ar", "rtl"), ("he", "rtl")])
def test_the_letter_says_its_language_and_its_direction_within_what_mail_programs_keep(lamp, language, way):
    site = SiteSettings.current()
    site.language = language
    site.save()

    html = edition_of(make_issue(lamp)).html

    assert f'<html lang="{language}" dir="{way}">' in html
    assert f'<div role="article" lang="{language}" dir="{way}"' in html


def test_colour_and_room_stand_in_cells_for_outlook_gives_them_to_nothing_else(lamp):
    html = edition_of(make_issue(lamp, blocks=BLOCKS)).html

    assert [re.search(rf'<(\w+) class="{name}"', html)[1] for name in CELLS] == ["td"] * 3
    assert len(re.findall(r"<table ", html)) == len(re.findall(r'<table [^>]*role="presentation"', html))
    assert re.findall(r"<(?:script|link|iframe|form|video|object)\b|@import|url\(", html) == []


CELLS = ("sheet", "voice", "buttonbox")


def test_the_day_is_that_of_the_papers_clock(lamp):
    late = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)

    assert "Wednesday, 18 November 2026" in edition_of(make_issue(lamp, sent_at=late)).text


def test_a_line_break_in_a_subject_does_not_become_a_header(lamp):
    assert edition_of(make_issue(lamp, subject="Hello\r\nBcc: all@example.org")).subject == "Hello Bcc: all@example.org"


def test_free_text_is_dressed_for_mail_and_spelled_out_for_the_plain_part(lamp):
    markup = '<p>See <a href="https://a.example/?x=1&amp;y=2">the plan</a>.</p><ul><li>One</li><li>Two</li></ul>'

    edition = edition_of(make_issue(lamp, blocks=[{"type": "text", "html": markup + "<script>x()</script>"}]))

    assert '<p style="margin: 14px 0 0;">See <a class="go" style="color: #00664d;" href="https://a.ex' in edition.html
    assert "x()" not in edition.html
    assert "See the plan (https://a.example/?x=1&y=2).\n\n- One\n- Two\n" in edition.text


def test_a_letter_of_thirty_articles_is_not_clipped_and_costs_no_more_queries(lamp):
    def cost(issue: Issue) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert edition_of(issue).html_bytes < CLIPPED_FROM
        return len(asked)

    articles = [make_article() for _ in range(30)]
    comments = [make_comment() for _ in range(30)]
    blocks = [
        {"type": "item", "article": a.pk, "headline": a.headline, "text": a.standfirst, "call": "Read on"}
        for a in articles
    ]
    voices = [{"type": "voice", "comment": comment.pk} for comment in comments]

    one, thirty = make_issue(lamp, blocks=[blocks[0], voices[0]]), make_issue(lamp, blocks=blocks + voices)

    assert cost(Issue.objects.select_related("newsletter").get(pk=one.pk)) == cost(
        Issue.objects.select_related("newsletter").get(pk=thirty.pk)
    )


def test_whoever_is_no_reader_gets_no_link_that_leaves_for_anybody(lamp):
    issue = make_issue(lamp)
    edition = for_nobody(issue, edition_of(issue))

    for part in (edition.html, edition.text):
        assert [mark for mark in MARKS if mark in part] == []
        assert "/newsletter/leave/" not in part
        assert "/newsletter/preferences/" not in part


# --- what is gone ---------------------------------------------------------------------------------


def test_a_comment_is_quoted_as_it_stands_now(lamp, comment):
    issue = quoting_issue(lamp, comment)

    edition = edition_of(issue)

    assert f"“{WORDS}”\nHanna Vesterby, on “{comment.thread.title}”" in edition.text
    assert f"https://paper.example{comment.get_absolute_url()}" in edition.html
    assert edition.left_out == ()


def test_of_a_comment_a_letter_keeps_the_number_and_no_word(lamp, comment):
    issue = quoting_issue(lamp, comment)

    row = Issue.objects.filter(pk=issue.pk).values().get()
    assert WORDS not in str(row)
    assert "Hanna" not in str(row)


def opts_out(comment) -> None:
    comment.member.may_be_quoted = False
    comment.member.save()


@pytest.mark.parametrize("goes", [hold, withdraw, opts_out])
def test_what_is_gone_is_in_no_edition_drawn_afterwards_nor_in_archive_and_feeds(lamp, comment, goes, visitor_client):
    issue = quoting_issue(lamp, comment)
    pages = [issue.get_absolute_url(), *(f"{lamp.get_absolute_url()}{name}" for name in FEEDS)]
    before = [WORDS in visitor_client.get(page).content.decode() for page in pages]
    mark = issues.stands(issue)

    goes(comment)

    edition = edition_of(issue)
    assert before == [True] * 4
    assert (WORDS in edition.html, WORDS in edition.text, "Hanna" in edition.html) == (False, False, False)
    assert edition.left_out == (f"Comment {comment.pk} is gone, or its writer does not want to be quoted.",)
    assert [WORDS in visitor_client.get(page).content.decode() for page in pages] == [False] * 4
    assert issues.stands(issue) != mark


def test_the_mark_of_a_letter_stays_while_nothing_in_it_changes_and_costs_two_queries(
    lamp, comment, django_assert_num_queries
):
    article = make_article()
    blocks = [
        {"type": "item", "article": article.pk, "headline": "A", "text": "B"},
        {"type": "voice", "comment": comment.pk},
    ]
    issue, plain = make_issue(lamp, blocks=blocks), make_issue(lamp)
    with django_assert_num_queries(2):
        mark = issues.stands(issue)
    with django_assert_num_queries(0):
        issues.stands(plain)

    make_comment(thread=comment.thread)
    same = issues.stands(issue)
    comment.member.display_name = "Hanna V."
    comment.member.save()
    renamed = issues.stands(issue)
    article.unpublish()

    assert same == mark
    assert len({mark, renamed, issues.stands(issue)}) == 3


def test_other_voices_stay_where_one_is_gone(lamp, comment):
    other = make_comment(guest=make_guest(name="Olga"), body="And I disagree.")
    issue = quoting_issue(lamp, comment, other)
    both = edition_of(issue).text

    withdraw(comment)

    assert "READERS HAVE THE FLOOR" in both
    assert "A READER HAS THE FLOOR\n\n“And I disagree.”\nOlga" in edition_of(issue).text


def test_an_article_that_was_taken_down_is_in_no_letter_drawn_afterwards(lamp, visitor_client):
    article = make_article(headline="Withdrawn story")
    block = {"type": "item", "article": article.pk, "headline": "Withdrawn story", "text": "Said.", "call": "Read on"}
    issue = make_issue(lamp, blocks=[block])
    assert f"https://paper.example{article.get_absolute_url()}" in edition_of(issue).text

    article.unpublish()

    assert "Withdrawn story" not in edition_of(issue).html
    assert "Withdrawn story" not in visitor_client.get(issue.get_absolute_url()).content.decode()
    assert edition_of(issue).left_out == ("The article “Withdrawn story” is not on the site.",)


# --- archive and feeds ----------------------------------------------------------------------------

FEEDS = ("feed.xml", "atom.xml", "feed.json")


def test_the_archive_has_nothing_personal(lamp, visitor_client):
    page = visitor_client.get(make_issue(lamp, blocks=BLOCKS).get_absolute_url()).content.decode()

    assert [mark for mark in MARKS if mark in page] == []
    assert "/newsletter/leave/" not in page
    assert "/newsletter/preferences/" not in page


@pytest.mark.parametrize("state", [state for state in Issue.State if state not in ("done", "sending", "paused")])
def test_what_has_not_gone_out_can_be_read_nowhere(lamp, visitor_client, state):
    make_issue(lamp, subject="Went out")
    issue = make_issue(lamp, subject="Not yet", slot="2026-11-30")
    sent_at = issue.sent_at if state == "cancelled" else None
    Issue.objects.filter(pk=issue.pk).update(state=state, sent_at=sent_at, scheduled_at=SENT)

    assert visitor_client.get(issue.get_absolute_url()).status_code == 404
    for name in ("", *FEEDS):
        page = visitor_client.get(f"{lamp.get_absolute_url()}{name}").content.decode()
        assert ("Went out" in page, "Not yet" in page) == (True, False)


@pytest.mark.parametrize("state", ["sending", "paused", "done"])
def test_a_letter_can_be_read_from_its_first_reader_on(lamp, visitor_client, state):
    issue = make_issue(lamp)
    Issue.objects.filter(pk=issue.pk).update(state=state)

    assert visitor_client.get(issue.get_absolute_url()).status_code == 200


def test_letters_that_say_the_same_again_are_not_listed_but_stand_at_their_addresses(lamp, visitor_client):
    automatic = {"is_automatic": True}
    each = make_issue(lamp, slot="2026-11-25", subject="Each", **automatic)
    three = make_issue(lamp, slot="2026-11-25", subject="Three", cadence="three", **automatic)
    week = make_issue(lamp, slot="2026-w48", subject="Weekly", cadence="week", **automatic)
    by_hand = make_issue(lamp, slot="2026-11-26-extra", subject="By hand", cadence="week")

    listed = [
        row["title"] for row in json.loads(visitor_client.get(f"{lamp.get_absolute_url()}feed.json").content)["items"]
    ]

    assert sorted(listed) == ["By hand", "Each"]
    for issue in (each, three, week, by_hand):
        assert f"<h1>{issue.subject}</h1>" in visitor_client.get(issue.get_absolute_url()).content.decode()


def test_a_newsletter_that_only_comes_weekly_has_its_weekly_letters_listed(visitor_client):
    lamp = make_newsletter("The Morning Lamp", rhythm="day")
    make_issue(lamp, slot="2026-w48", subject="Weekly", cadence="week", is_automatic=True)

    assert "Weekly" in visitor_client.get(lamp.get_absolute_url()).content.decode()


def test_the_feeds_hold_whole_letters_with_full_addresses(lamp, visitor_client):
    issue = make_issue(lamp, blocks=BLOCKS, subject="By one vote")
    bodies = {name: visitor_client.get(f"{lamp.get_absolute_url()}{name}") for name in FEEDS}

    kinds = [body["Content-Type"].split(";")[0] for body in bodies.values()]
    assert kinds == ["application/rss+xml", "application/atom+xml", "application/feed+json"]
    for body in bodies.values():
        assert "Homes above the shops" in body.content.decode()
        assert f"{issue.get_absolute_url()}" in body.content.decode()
        assert not body.cookies
    (item,) = json.loads(bodies["feed.json"].content)["items"]
    assert (item["title"], item["url"].startswith("http")) == ("By one vote", True)


def test_an_unknown_newsletter_has_no_feed(visitor_client):
    assert [visitor_client.get(f"/newsletter/nothing/{name}").status_code for name in FEEDS] == [404] * 3


@pytest.mark.parametrize("page", ["", *FEEDS])
def test_thirty_letters_cost_as_many_queries_as_one(visitor_client, page, comment):
    def cost(count: int) -> int:
        newsletter = make_newsletter()
        for _ in range(count):
            quoting_issue(newsletter, comment)
        with CaptureQueriesContext(connection) as asked:
            assert visitor_client.get(f"{newsletter.get_absolute_url()}{page}").status_code == 200
        return len(asked)

    cost(1)
    assert cost(1) == cost(20 if page else 30)


def test_what_is_gone_is_in_no_letter_of_a_batch_that_is_claimed_afterwards(lamp, comment):
    """`letter_of` is asked when a batch has been claimed; between two batches nothing is drawn that stayed the same."""
    issue = quoting_issue(lamp, comment)
    before = letter_of(issue)
    same = letter_of(issue)

    withdraw(comment)

    assert same is before
    assert b"searches" in bytes_of(before)
    assert b"searches" not in bytes_of(letter_of(issue))


def bytes_of(letter) -> bytes:
    return letter.for_reader(delivery_id=1, address="a@example.org", key=bytes(16), confirmed_at=SENT, now=1.0)
