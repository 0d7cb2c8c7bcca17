"""The site's own settings with what only the bench needs: an empty view, and what its environment asks for.

`BENCH_COUNT=1` says on each answer how many queries it took; that costs time, so it is a pass of its own.
`BENCH_UNCACHED=1` draws every page anew.
"""

from civic.lib import env
from civic.settings import *  # noqa: F403
from civic.settings import CACHES, MIDDLEWARE

ROOT_URLCONF = "bench.urls"
COMMENT_PACE_SECONDS = 0

if env.flag("BENCH_COUNT"):
    MIDDLEWARE = ["bench.counting.CountQueries", *MIDDLEWARE]

if env.flag("BENCH_UNCACHED") and "pages" in CACHES:
    CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
