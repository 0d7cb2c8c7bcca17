"""What mail programs read: RFC 8058, 2369, 2919, 5064."""

import re
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.test import Client

from newsletter import links, subscribing
from tests.newsletter.factories import make_newsletter, make_subscriber


@pytest.fixture
def ana(lamp, watch):
    return make_subscriber(lamp, watch, email="ana@example.org")


def test_a_letter_says_all_that_a_mail_program_may_want_to_know(ana, lamp, settings):
    settings.BOUNCE_ADDRESS = "bounces@paper.example"
    settings.DEFAULT_FROM_EMAIL = "Paper <paper@paper.example>"

    headers = links.list_headers(
        ana, [lamp], archived_at="https://paper.example/newsletter/the-morning-lamp/2026-11-24/"
    )

    url = links.leave_url(ana, [lamp])
    token = url.split("/")[-2]
    assert headers == {
        "List-Unsubscribe": f"<{url}>, <mailto:bounces@paper.example?subject=leave%20{token}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": '"The Morning Lamp" <the-morning-lamp.paper.example>',
        "List-Help": "<https://paper.example/newsletter/>",
        "List-Owner": "<mailto:paper@paper.example>",
        "List-Subscribe": "<https://paper.example/newsletter/the-morning-lamp/>",
        "List-Post": "NO",
        "List-Archive": "<https://paper.example/newsletter/the-morning-lamp/>",
        "Archived-At": "<https://paper.example/newsletter/the-morning-lamp/2026-11-24/>",
    }


def test_without_an_address_for_what_comes_back_there_is_the_web_alone(ana, lamp, settings):
    settings.BOUNCE_ADDRESS = ""

    assert links.list_headers(ana, [lamp])["List-Unsubscribe"] == f"<{links.leave_url(ana, [lamp])}>"


def test_exactly_one_address_is_of_the_web_and_a_post_to_it_leaves(ana, lamp, watch):
    found = re.findall(r"<(https://[^>]+)>", links.list_headers(ana, [lamp])["List-Unsubscribe"])

    answer = Client(enforce_csrf_checks=True).post(
        found[0].removeprefix("https://paper.example"),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )

    assert (len(found), answer.status_code) == (1, 200)
    assert [row.state for row in ana.subscriptions.in_order()] == ["left", "active"]


def test_a_letter_about_several_names_no_list(ana, lamp, watch):
    headers = links.list_headers(ana, [lamp, watch])

    assert "List-Id" not in headers
    assert headers["List-Archive"] == "<https://paper.example/newsletter/>"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Mölle’s Lamp", 'The "Lamp" \\ Co', "Lamp, the; <b>@", "ランプ", "x" * 80, "é" * 80])
def test_any_name_leaves_the_id_readable(name):
    letter = make_newsletter(name, slug="lamp")

    header = links.list_headers(make_subscriber(letter), [letter])["List-Id"]

    assert header.isascii()
    assert re.findall(r"<[a-z.-]+>$", header) == ["<lamp.paper.example>"]
    message = EmailMessage(policy=SMTP)
    message["List-Id"] = header.replace("\n", "").replace("\r", "")
    assert b"<lamp.paper.example>" in message.as_bytes()


# --- leaving by mail ------------------------------------------------------------------------------


def test_a_mail_with_the_subject_of_the_header_leaves(ana, lamp):
    token = links.leave_url(ana, [lamp]).split("/")[-2]

    done = [subscribing.leave_by_mail(subject) for subject in (f"leave {token}", f" leave {token} ", token)]

    assert done == [True] * 3
    assert [row.state for row in ana.subscriptions.in_order()] == ["left", "active"]
    assert [event.wording for event in ana.consents() if event.kind == "left"] == ["List-Unsubscribe by mail"]


@pytest.mark.parametrize("subject", ["", "leave", "leave nonsense", "Re: By one vote", "\0" * 50, "é" * 3000])
def test_any_other_mail_leaves_nothing(ana, subject):
    assert subscribing.leave_by_mail(subject) is False
    assert {row.state for row in ana.subscriptions.all()} == {"active"}
