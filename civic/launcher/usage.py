"""What `--help` prints."""

RUN = """\
bin/run                       install what is needed, start the site, stop it with Ctrl-C
bin/run manage.py COMMAND …   one management command, in the same environment
bin/run --help

The first run makes .venv, a PostgreSQL of our own in var/ and a small seeded paper. Settings come from the
environment:

  PORT           8000
  HOST           127.0.0.1; 0.0.0.0 answers the whole network, by the names in ALLOWED_HOSTS
  DEBUG          1. With DEBUG=0 nothing is seeded and SECRET_KEY, HASH_KEY, SITE_URL … must be given
  DATABASE_URL   a PostgreSQL 15 or newer to be used instead of our own: postgresql://user:password@host/name
  PG_BIN         a folder with `postgres` and `initdb`, to be used instead of the packaged ones

Two runs of one clone share its PostgreSQL, so `bin/run manage.py shell` works while the site runs. To begin
anew stop the site and remove var/."""

TEST = """\
bin/test                      ruff, then all tests
bin/test PATH … [-k WORDS]    only these tests, without ruff; whatever pytest understands
bin/test --help

Tests use a PostgreSQL of their own, in /dev/shm or in var/pgtest; TEST_DATABASE_URL names another, whose user must
be allowed to create databases. CIVIC_CHROMIUM names a Chromium for the browser tests; without it one is looked for,
then installed. With CI=true a skipped test is a failure."""

USAGE = {"run": RUN, "test": TEST}
