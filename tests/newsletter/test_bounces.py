"""What comes back: is the address dead, is it ill, or is it our own fault? We wrote all messages here ourselves."""

import base64
import json
import random
import time

import pytest

from newsletter.bounces import BounceEvent, Kind, classify, judge_reply

HARD, SOFT, OURS, COMPLAINT, IGNORE = Kind


def dsn(
    said: str, *, status: str = "5.0.0", action: str = "failed", words: str = "It could not be delivered."
) -> bytes:
    """A report as RFC 3464 wants it."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.reader.example (Mail Delivery System)
To: b+token@news.paper.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_1"

--=_1
Content-Type: text/plain; charset=utf-8

{words}

--=_1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.reader.example

Final-Recipient: rfc822; nora@reader.example
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--=_1
Content-Type: message/rfc822

From: The Paper <paper@paper.example>
Subject: Why the mailbox of the town hall is full and its user unknown

An article about spam.

--=_1--
""".encode()


def letter(
    words: str, *, sender: str = "nora@reader.example", subject: str = "Re: The Morning Lamp", headers: str = ""
) -> bytes:
    return f"From: {sender}\nTo: b+token@news.paper.example\nSubject: {subject}\n{headers}\n{words}\n".encode()


def daemon(words: str, subject: str = "Mail delivery failed: returning message to sender") -> bytes:
    return letter(words, sender="Mail Delivery System <Mailer-Daemon@mx.reader.example>", subject=subject)


def kinds(raw: bytes) -> set[str]:
    return {str(event.kind) for event in classify(raw)}


# --- reports with a form ----------------------------------------------------------------------------------------------


def test_a_report_names_the_address_the_status_and_the_words():
    said = "smtp; 550 5.1.1 <nora@reader.example>: Recipient address rejected: User unknown in virtual mailbox table"

    assert classify(dsn(said, status="5.1.1")) == [
        BounceEvent(HARD, "nora@reader.example", "5.1.1", said.removeprefix("smtp; "))
    ]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.0.0", "smtp; 550 No such user here"),
        ("5.7.1", "smtp; 550 5.7.1 <nora@reader.example>... User unknown"),
        ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied. [AM4PEPF1.eop-eur01]"),
        ("5.5.0", "smtp; 550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)"),
        ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        ("5.2.1", "smtp; 550 5.2.1 The email account that you tried to reach is disabled."),
        ("5.0.0", "smtp; 554 delivery error: dd This user doesn't have an account here [-5]"),
        ("5.0.0", "smtp; 554 30 Sorry, your message cannot be delivered. This mailbox is disabled (554.30)."),
        ("5.4.4", "X-Postfix; Host or domain name not found. Name service error for name=reader.example type=A: Host not found"),  # noqa: E501
        ("5.1.2", "smtp; 550 Host unknown"),
        ("5.0.0", "smtp; 550 Empfänger unbekannt"),
        ("5.0.0", "smtp; 550 L'adresse du destinataire n'existe pas"),
        ("5.0.0", "smtp; 550 El usuario no existe"),
        ("5.0.0", "smtp; 550 Utente sconosciuto"),
        ("5.0.0", "smtp; 550 ユーザーは存在しません"),
        ("5.1.6", "smtp; 551 5.1.6 User has moved"),
        ("5.1.1", "smtp;"),
    ],
)  # fmt: skip
def test_nobody_is_there(status, said):
    assert kinds(dsn(said, status=status)) == {"hard"}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.2.2", "smtp; 552 5.2.2 Mailbox full"),
        ("5.1.1", "smtp; 550 5.1.1 User is over quota"),
        ("5.0.0", "smtp; 550 Das Postfach des Empfängers ist voll"),
        ("5.0.0", "smtp; 552 La boîte aux lettres est pleine"),
        ("4.4.1", "X-Postfix; connect to mx.reader.example[192.0.2.1]:25: Connection timed out"),
        ("4.4.7", "smtp; 450 4.1.1 <nora@reader.example>: Recipient address rejected: unverified address"),
        ("5.4.6", "smtp; 554 5.4.6 Hop count exceeded - possible mail loop"),
        ("4.4.3", "X-Postfix; Host or domain name not found. type=MX: Host not found, try again"),
        ("5.2.1", "smtp; 550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents more"),
        ("4.7.1", "smtp; 451 4.7.1 Greylisting in action, please come back later"),
    ],
)
def test_it_is_full_or_away_for_now(status, said):
    assert kinds(dsn(said, status=status)) <= {"soft", "sender_fault"}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.7.1", "smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.blocklist.example"),
        (
            "5.7.26",
            "smtp; 550 5.7.26 This mail has been blocked because the sender is unauthenticated. SPF did not pass",
        ),
        ("5.7.515", "smtp; 550 5.7.515 Access denied, sending domain does not meet the required authentication level"),
        ("5.1.1", "smtp; 550 5.1.1 Message rejected as spam by content filtering"),
        ("5.7.1", "smtp; 554 5.7.1 <nora@reader.example>: Relay access denied"),
        ("5.1.8", "smtp; 553 5.1.8 Domain of sender address b+token@news.paper.example does not exist"),
        ("5.0.0", "smtp; 550 Sender verify failed: unknown user"),
        ("5.2.3", "smtp; 550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient"),
        ("5.7.133", "smtp; 550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"),
    ],
)
def test_it_is_our_own_fault(status, said):
    assert kinds(dsn(said, status=status)) == {"sender_fault"}


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_that_nothing_failed_is_no_bounce(action):
    assert kinds(dsn("smtp; 450 4.2.2 mailbox full", status="4.2.2", action=action)) == {"ignore"}


def test_what_the_letter_itself_says_does_not_count():
    assert kinds(dsn("smtp; 451 4.3.0 later, please", status="4.3.0")) == {"soft"}


def test_each_recipient_is_judged_apart():
    second = b"Final-Recipient: rfc822; otto@reader.example\nAction: failed\nStatus: 5.2.2\n\n--=_1\nContent-Type: message/rfc822"  # noqa: E501
    raw = dsn("smtp; 550 unknown user", status="5.1.1").replace(b"--=_1\nContent-Type: message/rfc822", second)

    assert [(e.kind, e.address) for e in classify(raw)] == [
        (HARD, "nora@reader.example"),
        (SOFT, "otto@reader.example"),
    ]


def test_line_ends_of_any_kind_are_read():
    raw = dsn("smtp; 550 5.1.1 no such user", status="5.1.1")

    assert classify(raw.replace(b"\n", b"\r\n")) == classify(raw.replace(b"\n", b"\r")) == classify(raw)


def test_a_packed_report_is_unpacked():
    report = b"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; nora@reader.example\nAction: failed\nStatus: 5.1.1\n"
    raw = (
        b'From: postmaster@mx.example\nSubject: Failure\nContent-Type: multipart/report; boundary="x"\n\n--x\n'
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(report)
        + b"\n--x--\n"
    )

    assert [(e.kind, e.address) for e in classify(raw)] == [(HARD, "nora@reader.example")]


# --- bounces without a form -------------------------------------------------------------------------------------------

EXIM = "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered "  # noqa: E501
EXIM += "to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
QMAIL = (
    "Hi. This is the qmail-send program at mx.reader.example.\nI'm afraid I wasn't able to deliver your message to the "
)
QMAIL += "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<nora@reader.example>:\n"  # noqa: E501
COPY = "\n\n------ This is a copy of the message, including all the headers. ------\n\nSubject: user unknown, mailbox full\n"  # noqa: E501


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (EXIM + "  nora@reader.example\n    Unrouteable address" + COPY, "hard"),
        (EXIM + "  nora@reader.example\n    retry timeout exceeded" + COPY, "soft"),
        (EXIM + "  nora@reader.example\n    host mx: 550 rejected: message looks like spam" + COPY, "sender_fault"),
        (EXIM + "  nora@reader.example" + COPY, "soft"),
        (QMAIL + "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n", "hard"),  # noqa: E501
        (QMAIL + "user is over quota\n\n--- Below this line is a copy of the message.\n", "soft"),
        (QMAIL + "Connected to 192.0.2.1 but sender was rejected.\nRemote host said: 553 denied by policy\n", "sender_fault"),  # noqa: E501
    ],
)  # fmt: skip
def test_exim_and_qmail_write_as_they_like(words, kind):
    assert [(str(e.kind), e.address) for e in classify(daemon(words))] == [(kind, "nora@reader.example")]


def test_a_warning_that_they_go_on_trying_is_no_bounce():
    words = "A message that you sent has not yet been delivered to nora@reader.example after 24 hours. No action is required "  # noqa: E501
    words += "on your part. Delivery attempts will continue for some time. Eventually the software will give up."

    assert kinds(daemon(words, "Warning: message 1abc delayed 24 hours")) == {"ignore"}


# --- complaints -------------------------------------------------------------------------------------------------------


def feedback(kind: str) -> bytes:
    return f"""From: feedback@provider.example
Subject: Abuse report
Content-Type: multipart/report; report-type=feedback-report; boundary="=_f"

--=_f
Content-Type: text/plain

This is an email abuse report.

--=_f
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Provider/1.0
Version: 1
Original-Mail-From: <b+token@news.paper.example>
Original-Rcpt-To: <nora@reader.example>

--=_f
Content-Type: message/rfc822

From: paper@paper.example
To: nora@reader.example
Subject: The Morning Lamp

Hello
--=_f--
""".encode()


@pytest.mark.parametrize("kind", ["abuse", "fraud", "opt-out"])
def test_a_complaint_names_who_complained(kind):
    assert [(e.kind, e.address) for e in classify(feedback(kind))] == [(COMPLAINT, "nora@reader.example")]


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "dmarc"])
def test_other_feedback_is_no_complaint(kind):
    assert kinds(feedback(kind)) == {"ignore"}


def test_notices_of_amazon_are_read():
    bounce = {"bounceType": "Permanent", "bounceSubType": "NoEmail"}
    person = {
        "emailAddress": "nora@reader.example",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    }
    bounced = {"notificationType": "Bounce", "bounce": {**bounce, "bouncedRecipients": [person]}}
    complained = {"notificationType": "Complaint", "complaint": {"complainedRecipients": [person]}}

    assert kinds(letter(json.dumps(bounced))) == {"hard"}
    assert kinds(letter(json.dumps(complained))) == {"complaint"}


@pytest.mark.parametrize(
    ("kind_of_bounce", "said", "kind"),
    [
        (("Permanent", "General"), None, "hard"),  # Amazon asks to write no more
        (("Permanent", "General"), "smtp; it did not work", "soft"),
        (("Permanent", "General"), "smtp; 554 5.7.1 message identified as spam", "sender_fault"),
        (("Permanent", "NoEmail"), None, "hard"),
        (("Transient", "MailboxFull"), None, "soft"),
    ],
)
def test_amazon_publishes_events_as_well(kind_of_bounce, said, kind):
    person = {"emailAddress": "nora@reader.example"} | ({"diagnosticCode": said} if said else {})
    bounce = dict(zip(("bounceType", "bounceSubType"), kind_of_bounce, strict=True)) | {"bouncedRecipients": [person]}

    assert kinds(letter(json.dumps({"eventType": "Bounce", "bounce": bounce}))) == {kind}
    assert kinds(letter(json.dumps({"eventType": "Complaint", "complaint": {"complainedRecipients": [person]}}))) == {
        "complaint"
    }
    assert kinds(letter(json.dumps({"eventType": "Delivery", "delivery": {}}))) == {"ignore"}


# --- what says nothing about the address ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        letter("Thank you, I read it every day. My old mailbox was full and the user unknown there."),
        letter("Why did I get this? 550 5.1.1 user unknown", subject="Fwd: Undelivered Mail Returned to Sender"),
        letter("user unknown, haha", subject="Re: your article on spam and mailbox full", headers="Return-Path: <>\n"),
        letter("Ich bin bis 3. Dezember nicht im Büro.", subject="Automatische Antwort: The Morning Lamp"),
        letter("Je suis absent.", subject="Réponse automatique : The Morning Lamp"),
        letter("I am away.", headers="Auto-Submitted: auto-replied (vacation)\n"),
        letter("I have left the company; this mailbox is no longer used.", headers="X-Autoreply: yes\n"),
        letter("不在です", subject="自動応答: The Morning Lamp"),
        letter("Report attached", sender="noreply@p.example", subject="Report Domain: paper.example Submitter: p.example Report-ID: 1"),  # noqa: E501
        letter("--x\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/x; displayed\n--x--",
               headers='Content-Type: multipart/report; report-type=disposition-notification; boundary="x"\n'),
        letter("--x\nContent-Type: application/tlsrpt+gzip\n\nabc\n--x--",
               headers='Content-Type: multipart/report; report-type=tlsrpt; boundary="x"\n'),
        b"From: colleague@paper.example\nSubject: Fwd: why did I get this?\nContent-Type: multipart/mixed; boundary=y\n\n--y\n"  # noqa: E501
        b"Content-Type: text/plain\n\nSee below\n--y\nContent-Type: message/rfc822\n\n" + dsn("smtp; 550 user unknown") + b"\n--y--\n",  # noqa: E501
    ],
)  # fmt: skip
def test_letters_and_automatic_answers_are_left_alone(raw):
    assert classify(raw) == [BounceEvent(IGNORE)]


@pytest.mark.parametrize(
    "raw", [b"", b"\0", b"\n\n\n", b"\xff\xfe" * 500, b"Content-Type: multipart/report", b":" * 9999]
)
def test_nonsense_is_ignored(raw):
    assert classify(raw) == [BounceEvent(IGNORE)]


def test_nothing_that_arrives_raises_or_takes_long():
    dice = random.Random(7)
    whole = [
        dsn("smtp; 550 5.1.1 user unknown"),
        feedback("abuse"),
        daemon(QMAIL),
        letter("Grüße", subject="=?utf-9?Q?=ZZ?="),
    ]
    for _ in range(600):
        raw = bytearray(dice.choice(whole))
        for _ in range(dice.randrange(1, 30)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        start = dice.randrange(len(raw))
        assert classify(bytes(raw[: dice.randrange(len(raw))]))
        assert classify(bytes(raw[start:]))
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    for huge in (
        nested,
        b"a" * 5_000_000,
        b"From: postmaster@x.example\nSubject: failed\n\n" + b"<a@b> user " * 400_000,
    ):
        assert classify(huge)


FAILED = b"From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n"
REPORT = FAILED + b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"


@pytest.mark.parametrize(
    "raw",
    [
        FAILED + b"\n" + b"\n" * 1_000_000,
        FAILED + b"\n" + b"Final-Recipient: rfc822; a@b.example\nStatus: 5\n" * 9_000,
        REPORT + b"Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n" * 9_000,
        FAILED + b"Content-Type: text/html\n\n" + b"<style>" * 40_000,
        FAILED + b"Content-Type: multipart/report; " + b"a=b; " * 200_000 + b"\n\nuser unknown",
        FAILED + b"Content-Type: multipart/report;\n" + b" a=b;\n" * 150_000 + b"\n\nuser unknown",
        FAILED + b"X: " + b"=?utf-8?q?a?= " * 70_000 + b"\nSubject: " + b"=?utf-8?q?a?= " * 70_000 + b"\n\nx",
        FAILED + b"\n" + b"\t \n" * 300_000,
        FAILED + b"\n(in" + b" " * 900_000 + b"reply to mail from",
        FAILED + b"\n" + b">>> MAIL FROM\n<<< 250-\n" * 40_000,
    ],
    ids=range(10),
)
def test_what_is_made_to_keep_us_busy_does_not(raw):
    started = time.process_time()

    classify(raw)

    assert time.process_time() - started < 5  # the slowest of these took between six seconds and ten minutes


@pytest.mark.parametrize(
    "raw",
    [
        FAILED + b"Content-Type: text/plain; charset=undefined\n\n\xff",
        FAILED + b"Content-Type: multipart/x; charset=undefined\n\n\xff",
        letter('{"notificationType": "Bounce", "bounce": ' + '{"a":' * 50_000 + "}"),
        letter('{"notificationType": "Bounce", "bounce": {"bouncedRecipients": [1, null]}}'),
        letter('{"notificationType": "Complaint", "complaint": {"complainedRecipients": []}}'),
    ],
)
def test_what_the_libraries_stumble_over_is_read_all_the_same(raw):
    assert kinds(raw) <= {"ignore", "soft"}


# --- answers while sending --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "text", "at", "kind"),
    [
        (550, "5.1.1 <nora@reader.example>: Recipient address rejected: User unknown", "rcpt", HARD),
        (550, "5.7.1 No such user", "rcpt", HARD),
        (550, "", "rcpt", HARD),
        (450, "4.2.2 over quota", "rcpt", SOFT),
        (552, "5.2.2 Mailbox full", "dot", SOFT),
        (451, "4.7.1 Greylisted, try again later", "rcpt", SOFT),
        (450, "4.1.1 User unknown", "rcpt", SOFT),
        (554, "5.7.1 Message rejected as spam", "dot", OURS),
        (554, "something odd", "dot", OURS),
        (550, "5.1.1 user unknown", "mail", OURS),
        (535, "5.7.8 Authentication credentials invalid", "auth", OURS),
        (421, "4.7.0 too many connections", "connect", OURS),
        (554, "no service for you", "connect", OURS),
    ],
)
def test_a_refusal_while_sending_means_the_same(code, text, at, kind):
    assert judge_reply(code, text, at) == kind


def test_what_the_other_side_said_outweighs_what_sendmail_makes_of_it():
    words = (
        "   ----- The following addresses had permanent fatal errors -----\nnora@reader.example\n"
        "    (reason: 553 Sender Policy Framework (SPF) fail)\n\n   ----- Transcript of session follows -----\n"
        ">>> DATA\n<<< 553 Sender Policy Framework (SPF) fail\n550 5.1.1 nora@reader.example... User unknown\n"
    )

    assert kinds(daemon(words, "Returned mail: see transcript for details")) == {"sender_fault"}


def test_headers_that_are_quoted_before_the_reason_do_not_hide_it():
    words = (
        "This report relates to a message you sent with the following header fields:\n\n  Message-id: <1@p.example>\n"
        "  Subject: The Morning Lamp\n\nYour message cannot be delivered to the following recipients:\n\n"
        "  Recipient address: nora@reader.example\n  Reason: Illegal host/domain name found\n"
    )

    assert kinds(dsn("", status="5.4.4", words=words)) == {"hard"}


def test_a_domain_that_is_gone_is_gone_even_where_the_status_says_later():
    said = "smtp; DNS Error: DNS type 'mx' lookup of reader.example responded with code NXDOMAIN"

    assert kinds(dsn(said, status="4.0.0")) == {"hard"}


def test_the_subject_tells_where_the_message_gives_no_reason():
    words = "----- The following addresses had permanent delivery errors -----\n\n"

    assert kinds(daemon(words, "Returned mail: User unknown")) == {"hard"}
    assert kinds(daemon(words, "Returned mail")) == {"soft"}


# --- what once was read wrong -----------------------------------------------------------------------------------------

GMAIL = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
NOT_FOUND = "** Address not found **\n\nYour message wasn't delivered to nora@reader.example because the address couldn't be found.\n\n"  # noqa: E501
GROUP = "グループ（lamp）が存在しないか、グループにメッセージを投稿する権限がない可能性があります。"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("550 Email blocked by our provider", "sender_fault"),
        ("550 The IP address 192.0.2.9 has been blocked", "sender_fault"),
        ("554 5.7.1 blocked because the return email domain is invalid, bad domain", "sender_fault"),
        ("550 5.7.1 DMARC check failed for this message; user unknown at our side", "sender_fault"),
        ("554 Message identified as spam, or user unknown", "sender_fault"),
        ("510 5.1.1 Your email address is not subscribed to that group", "sender_fault"),
        (
            "550 Requested action not taken: mailbox unavailable, invalid DNS MX or A/AAAA resource record",
            "sender_fault",
        ),
        ("550 5.1.1 Ungueltige Empfaengeradresse", "hard"),
        ("550 Usuario invalido ou inexistente", "hard"),
        ("550 L'adresse du destinataire n'a pas ete trouvee", "hard"),
        ("550 Esta casilla ha expirado por falta de uso", "hard"),
        ("550 This mail ID does not exist in this server", "hard"),
        ("550 5.4.1 All recipient addresses rejected : Access denied", "hard"),
        ("550 Archived recipient", "hard"),
        ("553 sorry, your envelope recipient has been denied (#5.7.1)", "hard"),
        ("552 La boite aux lettres est saturee", "soft"),
        (
            "550-5.7.1 This message is likely suspicious due to the very low reputation of the sending domain. To "
            "protect our users from spam, the message has been blocked.",
            "sender_fault",
        ),
        ("550 To protect our users from abuse, this message was blocked", "sender_fault"),
        ("550 Your e-mail has been blocked", "sender_fault"),
        ("550 The account of the sender has been suspended", "sender_fault"),
        ("550 Mailbox unavailable due to suspected spam", "sender_fault"),
        ("550 The mailbox has been blocked", "hard"),
        ("550 E-mail account has been blocked", "hard"),
        ("550 not user of this server", "hard"),
        ("550 local server don't exists that user", "hard"),
    ],
)
def test_words_mean_the_same_without_accents_and_beside_a_plain_refusal(said, kind):
    assert kinds(dsn(f"smtp; {said}", status="5.0.0")) == {kind}


@pytest.mark.parametrize(
    "words",
    [
        EXIM + "  nora@reader.example\n    SMTP error from remote mail server after MAIL FROM:<b@p.example>:\n    host mx: 550 No such user b",  # noqa: E501
        EXIM + "  nora@reader.example\n    SMTP error from remote mail server after initial connection:\n    550 no such user",  # noqa: E501
        "<nora@reader.example>: host mx.reader.example said: 553 mx.paper.example does not exist (in reply to MAIL FROM\n    command)",  # noqa: E501
        "----- The following addresses had permanent fatal errors -----\n<nora@reader.example>\n\n>>> MAIL From:<b@p.example>\n<<< 553 unknown user",  # noqa: E501
    ],
)  # fmt: skip
def test_who_was_not_named_yet_is_not_unknown(words):
    assert kinds(daemon(words)) == {"sender_fault"}
    assert kinds(dsn("smtp; 550 no such user", status="5.1.1", words=words)) == {"sender_fault"}


def test_refused_at_the_recipient_after_the_sender_was_taken_is_about_the_reader():
    words = "----- The following addresses had permanent fatal errors -----\n<nora@reader.example>\n\n>>> MAIL From:<b@p.example>\n"  # noqa: E501
    words += "<<< 250 OK\n>>> RCPT To:<nora@reader.example>\n<<< 550 unknown user"

    assert kinds(daemon(words)) == {"hard"}


def test_what_the_other_server_answered_outweighs_what_gmail_makes_of_it():
    refusal = "The response from the remote server was:\n510 5.1.1 Your email address is not subscribed to that group."
    unknown = "The response from the remote server was:\n550 5.1.1 no such user"

    assert kinds(letter(NOT_FOUND + refusal, sender=GMAIL, subject="Delivery Status Notification (Failure)")) == {
        "sender_fault"
    }
    assert kinds(letter(NOT_FOUND + unknown, sender=GMAIL, subject="Delivery Status Notification (Failure)")) == {
        "hard"
    }
    assert kinds(letter(GROUP, sender=GMAIL, subject="Delivery Status Notification (Failure)")) == {"sender_fault"}


@pytest.mark.parametrize(
    "raw",
    [
        letter("The paper delivery failed on Tuesday: nothing arrived, address unknown?", subject="delivery problem"),
        letter("Look:\n\n> 550 5.1.1 User unknown\n> <nora@reader.example>", subject="Fwd: Undelivered Mail Returned to Sender", headers="Return-Path: <>\n"),  # noqa: E501
        daemon("Your message was successfully delivered to nora@reader.example", "Successful Mail Delivery Report"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_bounce_is_left_alone(raw):
    assert kinds(raw) == {"ignore"}


@pytest.mark.parametrize(
    ("subject", "words", "kind"),
    [
        ("配信不能: 朝のあかり", "配信に失敗しました: nora@reader.example\nアドレスが見つかりませんでした。", "hard"),
        ("Não é possível entregar: A Lâmpada", "Falha na entrega para nora@reader.example. O endereço não foi encontrado.", "hard"),  # noqa: E501
        ("Ihre Nachricht wurde abgelehnt", "Wegen Spamverdachts abgelehnt: nora@reader.example", "sender_fault"),
        ("Échec de la remise", "La boîte aux lettres de nora@reader.example est pleine.", "soft"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_headers_of_eight_bits_are_read_as_they_came(subject, words, kind, charset):
    charset = charset if subject.isprintable() and max(subject) < "\u0100" else "utf-8"
    raw = f"From: postmaster@mx.reader.example\nSubject: {subject}\nContent-Type: text/plain; charset={charset}\n\n"

    assert kinds(f"{raw}{words}\n".encode(charset)) == {kind}


@pytest.mark.parametrize(
    ("subject", "failed", "why"),
    [
        ("Non recapitabile", "Impossibile recapitare il messaggio a", "Impossibile trovare l'indirizzo immesso."),
        ("Não é possível entregar", "Falha na entrega para", "O endereço digitado não pôde ser encontrado."),
        ("Går inte att leverera", "Det gick inte att leverera till", "Det gick inte att hitta e-postadressen."),
        ("Kan ikke leveres", "Levering mislyktes for", "Finner ikke e-postadressen du skrev inn."),
        ("Ei voi toimittaa", "Toimitus vastaanottajalle epäonnistui:", "Sähköpostiosoitetta ei löytynyt."),
        ("Niedostarczalne", "Dostarczenie nie powiodło się:", "Nie można odnaleźć wprowadzonego adresu."),
        ("Nelze doručit", "Doručení se nezdařilo:", "Zadanou adresu nelze najít."),
        ("Не удается доставить", "Сбой доставки:", "Указанный адрес электронной почты не найден."),
        ("未送达", "未能传递到以下收件人:", "找不到您输入的电子邮件地址。"),
        ("배달되지 않음", "배달하지 못했습니다.", "입력한 전자 메일 주소를 찾을 수 없습니다."),
    ],
)
def test_a_failure_is_told_in_many_languages(subject, failed, why):
    words = f"{failed}\n\nnora@reader.example\n{why}\n"
    raw = f"From: postmaster@mx.reader.example\nSubject: {subject}: The Lamp\nAuto-Submitted: auto-replied\n"

    assert kinds(f"{raw}Content-Type: text/plain; charset=utf-8\n\n{words}".encode()) == {"hard"}
    assert kinds(letter(words, subject=f"Re: {subject}")) == {"ignore"}
