"""Roles, databases and addresses within a cluster of ours."""

from urllib.parse import quote

from psycopg import Connection, sql

from civic.launcher.cluster import Cluster

ROLE = "app"  # whom Django connects as; no superuser, see `unprivileged`
EXTENSIONS = "unaccent", "pg_trgm", "citext"


def prepare(cluster: Cluster, *, database: str = "", may_create: bool = False) -> str:
    """Make the role and, if named, its database with the extensions, as far as they are missing. Returns
    the URL.

    `may_create` lets the role create databases: only the tests need that. Milliseconds when all is there.
    """
    with cluster.users.alone():  # two first starts at once would both find nothing
        with cluster.connect() as server:
            make_role(server, may_create)
            if database:
                make_database(server, database)
        if database:
            with cluster.connect(database) as inside:
                make_extensions(inside)
    return url(cluster, database or "postgres")


def make_role(server: Connection, may_create: bool) -> None:
    if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
        server.execute(f"CREATE ROLE {ROLE} LOGIN")
    if may_create:
        server.execute(f"ALTER ROLE {ROLE} CREATEDB")


def make_database(server: Connection, name: str) -> None:
    """Out of template0, for template1 cannot be copied while somebody looks at it."""
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(*map(sql.Identifier, (name, ROLE)))
        )


def make_extensions(inside: Connection) -> None:
    """All three are trusted ones: the owner of a database may add them, too."""
    for name in EXTENSIONS:
        inside.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")


def url(cluster: Cluster, database: str) -> str:
    return f"postgresql:///{database}?host={quote(str(cluster.sockets))}&user={ROLE}"
