"""The site's own settings with what only the bench needs: an empty view, and what its environment asks for.

`BENCH_COUNT=1` says on each answer how many queries it took; that costs time, so it is a pass of its own.
`BENCH_KEEPS` says what is kept of pages: all as usual, only `parts` of them, or of parts `all but stories`.
"""

from civic.lib import env
from civic.settings import *  # noqa: F403
from civic.settings import CACHES, MIDDLEWARE

ROOT_URLCONF = "bench.urls"
COMMENT_PACE_SECONDS = 0

if env.flag("BENCH_COUNT"):
    MIDDLEWARE = ["bench.counting.CountQueries", *MIDDLEWARE]

if env.text("BENCH_KEEPS"):
    PAGES_BYTES = 0
if env.text("BENCH_KEEPS") == "all but stories":
    CACHES["parts"]["BACKEND"] = "bench.keeping.PartsOfTheSite"
