"""Our signatures, read by somebody else's program."""

import base64
import hashlib
import random
from email.header import Header

import dkim as verifier
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.utils import timezone

from civic.checks import letters_can_be_signed
from newsletter import dkim
from newsletter.editions import Edition
from newsletter.printing import Letter
from newsletter.splicing import MARKS
from tests.newsletter.factories import make_issue

ODD_NAMES = [
    "Øystein Ærlig",
    "李小龙",
    'O\'Neil "Bob" (Ed.)',
    "Zoë  von  und zu",
    "a" * 200,
    "Ω, Ψ; <x>",
    "",
    "-- ",
    "Łukasz\u00a0",
]


def pem(key) -> str:
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none).decode()


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(params=["rsa", "ed25519"])
def signer(request, rsa_key, settings):
    key = rsa_key if request.param == "rsa" else ed25519.Ed25519PrivateKey.generate()
    settings.DKIM_KEY, settings.DKIM_SELECTOR = pem(key), "lamp"
    return dkim.signer()


def passes(letter: bytes, signer) -> bool:
    return verifier.verify(letter, dnsfunc=lambda name, timeout=5: signer.record.encode())


def letter(name: str, words: str, number: int = 0) -> bytes:
    shown = Header(name, "utf-8", header_name="To").encode(linesep="\r\n")
    head = [
        "From: The Paper <paper@Paper.Example>", f"To: {shown}\r\n <reader{number}@reader.example>",
        "Subject:  Two  blanks\t",
        f"Message-ID: <{number}@paper.example>", "Date: Tue, 24 Nov 2026 07:00:00 +0000", "MIME-Version: 1.0",
        f"List-Unsubscribe: <https://paper.example/newsletter/leave/{number:056d}/>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit", "X-Not-Signed: yes",
    ]  # fmt: skip
    return ("\r\n".join([*head, "", words.replace("\n", "\r\n")])).encode()


def test_a_thousand_spliced_letters_pass(rsa_key, settings):
    settings.DKIM_KEY = pem(rsa_key)
    signer = dkim.signer()
    common = "\n".join(f"Line {number}  of the letter \t, for all readers alike." for number in range(200))

    for number in range(1000):
        name = ODD_NAMES[number % len(ODD_NAMES)]
        whole = letter(name, f"{common}\n\nDear {name}, leave: {number:056d}\n\nYours\n\n", number)
        assert passes(signer.signed(whole), signer)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "\n",
        "\n\n\n",
        "no line end",
        "one\n",
        " \n",
        "a \t b\t\n\n  \n",
        "\ta\n",
        "x" * 5000 + "\n",
        "a\n" * 5000,
        "é  ü\n" * 900,
    ],
)
def test_odd_bodies_pass(words, signer):
    assert passes(signer.signed(letter("Nora", words)), signer)


def test_bodies_that_begin_alike_are_hashed_right_in_any_order():
    dice = random.Random(3)
    lines = ["", " ", "text  with\tblanks ", "word", "\t", "x" * 900]
    shared = dkim._BodyHash()
    body = ""
    for _ in range(400):
        body = body[: dice.randrange(len(body) + 1)].rstrip("\r")
        body += "\r\n".join(dice.choices(lines, k=dice.randrange(1, 12))) + dice.choice(["end", "\r\n", "\r\n\r\n"])

        expected = verifier.canonicalization.Relaxed.canonicalize_body(body.encode())
        digest = base64.b64encode(hashlib.sha256(expected).digest()).decode()

        assert shared.of(body.encode()) == digest


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"Hello", b"Hullo"),
        (b"Subject:  Two", b"Subject: Three"),
        (b"List-Unsubscribe: <https://paper", b"List-Unsubscribe: <https://taper"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=No"),
        (b"MIME-Version", b"From: Somebody Else <other@elsewhere.example>\r\nMIME-Version"),
        (b"MIME-Version", b"Reply-To: other@elsewhere.example\r\nMIME-Version"),
    ],
)
def test_a_letter_that_was_changed_on_the_way_fails(was, becomes, signer):
    signed = signer.signed(letter("Nora", "Hello\n"))

    assert passes(signed, signer)
    assert not passes(signed.replace(was, becomes), signer)


def test_blanks_and_folds_may_change_on_the_way(signer):
    signed = signer.signed(letter("Nora", "Hello  you\n"))

    assert passes(signed.replace(b"Hello  you", b"Hello you  ").replace(b"The Paper <", b"The Paper\r\n   <"), signer)


def test_the_domain_of_the_sender_signs_and_no_line_is_long(signer):
    header = signer.signed(letter("Nora", "Hello\n")).partition(b"From:")[0]

    assert b" d=paper.example; s=lamp;" in header
    assert max(map(len, header.split(b"\r\n"))) <= 110


def test_without_a_key_nobody_signs(settings):
    settings.DKIM_KEY = ""

    assert dkim.signer() is None


def test_a_key_in_one_line_is_read(settings, rsa_key):
    settings.DKIM_KEY = pem(rsa_key).replace("\n", "\\n")

    assert dkim.signer().algorithm == "rsa-sha256"


@pytest.mark.parametrize("key", ["nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "curve"])
def test_a_key_that_dkim_does_not_know_is_refused(key, settings):
    settings.DKIM_KEY = pem(ec.generate_private_key(ec.SECP256R1())) if key == "curve" else key

    with pytest.raises(dkim.BadKey):
        dkim.signer()


def test_the_check_before_a_deployment_says_that_a_key_is_none(settings):
    settings.DKIM_KEY = "nonsense"

    assert [error.id for error in letters_can_be_signed(None)] == ["civic.E006"]


@pytest.mark.django_db
def test_letters_as_they_are_sent_pass_also_where_a_line_begins_with_a_dot(lamp, signer):
    issue = make_issue(lamp)
    words = "\n".join([".", "..two", " .three", ".well-known", "é" * 90])
    edition = Edition("Größe", f"<p>{words} {MARKS.leave_token}</p>", f"{words} {MARKS.since}", "Zürcher Blatt", ())
    printed = Letter(issue, edition)
    for number, address in enumerate(["ana@example.org", "o'hara+x@example.org", "jörg@example.org"]):
        letter = printed.for_reader(
            delivery_id=number, address=address, key=bytes([number] * 16), confirmed_at=timezone.now(), now=1.8e9
        )
        assert passes(letter, signer)
        assert b"\r\n." not in letter
