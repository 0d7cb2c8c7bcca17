"""A request may claim any charset. Addresses are UTF-8 all the same, and a body in another is refused."""

from io import BytesIO

import pytest
from django.core.signals import request_started
from django.db import close_old_connections

from civic.wsgi import application
from comments.models import Comment
from tests.factories import make_thread

pytestmark = pytest.mark.django_db

STRANGE = [
    "base64",
    "hex",
    "idna",
    "undefined",
    "utf-16",
    "unicode_escape",
    "nonsense",
    "latin-1",
    '"UTF-16"',
    "utf-8-x",
]
BODY = b"name=Gwen&email=gwen%40example.org&body=I+was+there+and+it+rained."
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def in_the_connection_of_the_test():
    """As Django's own test client has it: a request begins without ending connections."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


def ask(method: str, address: str, kind: str, body: bytes = b"") -> tuple[int, str]:
    """Status and text of an answer, by the door that a server uses."""
    said = []
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    answer = b"".join(application(environ, lambda status, headers: said.append(int(status.split()[0]))))
    return said[0], answer.decode()


@pytest.mark.parametrize("claim", [*(f"charset={name}" for name in STRANGE), "charset*=base64''%41"])
def test_a_page_is_read_whatever_charset_the_request_claims(claim):
    status, page = ask("GET", "/search/?q=caf%C3%A9", f"text/html; {claim}")

    assert status == 200
    assert "café" in page


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("claim", [*(f"charset={name}" for name in STRANGE), "boundary*=base64''%41", "x*0*=hex''%41"])
def test_a_form_in_another_charset_is_refused(claim, kind):
    thread = make_thread()

    status, _ = ask("POST", f"{thread.post_url}?q=1", f"{kind}; {claim}", BODY)

    assert (status, Comment.objects.count()) == (400, 0)


@pytest.mark.parametrize("claim", ["", "; charset=UTF-8", '; charset="utf-8"', "; Charset = utf-8; x=y"])
def test_a_form_in_utf8_is_taken(claim):
    thread = make_thread()

    status, _ = ask("POST", thread.post_url, f"{FORM}{claim}", BODY)

    assert (status, Comment.objects.count()) == (303, 1)
