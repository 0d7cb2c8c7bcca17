"""The web application, for granian or any other WSGI server."""

import os
import re
import sys
from collections.abc import Iterable

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")

django = get_wsgi_application()

# A charset other than UTF-8, or a parameter that says in which one it is written itself.
FOREIGN = re.compile(r';\s*charset\s*=(?!\s*"?utf-?8"?\s*(?:;|$))|;[^;=]*\*\s*=', re.IGNORECASE)


def application(environ: dict, start_response) -> Iterable[bytes]:
    """Addresses and forms are UTF-8: where a request claims another charset its address is read all the same, and a
    body refused. Django would take any codec that Python knows by name, `base64` too, and break over the first query.
    """
    if FOREIGN.search(environ.get("CONTENT_TYPE", "")):
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"Please send it as UTF-8.\n"]
        del environ["CONTENT_TYPE"]
    return django(environ, start_response)


# A process serves with two threads. While one computes, the other, back from a question to the database, waits for the
# interpreter: five milliseconds by default, longer than most of our answers take.
sys.setswitchinterval(0.0005)
