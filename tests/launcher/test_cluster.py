import os
import socket

import pytest

from civic.launcher import databases, postmaster
from civic.launcher.talk import Trouble
from tests.launcher.conftest import kill, soon

HOLD_A_CLUSTER = """
import sys, time
from pathlib import Path
from civic.launcher.binaries import find_binaries
from civic.launcher.cluster import FLEETING, Cluster

with Cluster(Path(sys.argv[1]), find_binaries(), FLEETING):
    print("running", flush=True)
    time.sleep(60)
"""


def hold(another_process, folder):
    process = another_process(HOLD_A_CLUSTER, folder)
    assert process.stdout.readline() == "running\n"
    return process


@pytest.mark.parametrize(
    "name", ["with a space, and ä", "deep/" + "/".join(["forty-characters-of-a-folders-name-here"] * 6)]
)
def test_a_cluster_runs_in_any_folder(make_cluster, tmp_path, name):
    cluster = make_cluster(tmp_path / name / "postgres")

    with cluster:
        url = databases.prepare(cluster, database="civic")

        with cluster.connect("civic", "app") as connection:
            assert connection.execute("SELECT lower('ÄÉ')").fetchone() == ("äé",)
        assert url.startswith("postgresql:///civic?host=/")
        assert " " not in url


def test_it_listens_on_no_port_and_only_its_owner_may_enter_the_folder_of_its_socket(cluster):
    with cluster, cluster.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700


def test_the_role_of_the_site_is_no_superuser_and_may_create_nothing_but_tables(cluster):
    with cluster:
        databases.prepare(cluster, database="civic")

        with cluster.connect("civic", "app") as connection:
            asked = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
            assert connection.execute(asked).fetchone() == (False, False, False)
            connection.execute("CREATE TABLE allowed ()")
            known = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    assert known >= {"unaccent", "pg_trgm", "citext"}


def test_the_mode_of_no_folder_around_it_changes(make_cluster, tmp_path):
    closed = tmp_path / "closed"
    (closed / "var").mkdir(parents=True)
    (closed / "var").chmod(0o750)
    closed.chmod(0o700)

    with make_cluster(closed / "var" / "postgres"):
        pass

    assert [folder.stat().st_mode & 0o777 for folder in (closed, closed / "var")] == [0o700, 0o750]


def test_leaving_stops_it_and_the_data_is_there_next_time(cluster):
    with cluster:
        with cluster.connect() as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        pid = postmaster.running_in(cluster.folder)
    assert not postmaster.is_alive(pid)

    with cluster, cluster.connect() as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_the_last_to_leave_stops_it(cluster, make_cluster):
    guest = make_cluster(cluster.folder)

    with guest:
        with cluster:
            assert postmaster.running_in(cluster.folder)
        assert guest.connect().execute("SELECT 1").fetchone() == (1,)

    assert postmaster.running_in(cluster.folder) is None


def test_one_that_outlived_its_launcher_is_adopted_and_then_stopped(cluster, another_process):
    launcher = hold(another_process, cluster.folder)
    server = postmaster.running_in(cluster.folder)
    launcher.kill()
    launcher.wait()

    with cluster:
        assert postmaster.running_in(cluster.folder) == server
        assert cluster.child is None

    assert soon(lambda: not postmaster.is_alive(server))


def test_it_starts_after_everything_was_killed(cluster, another_process):
    launcher = hold(another_process, cluster.folder)
    server = postmaster.running_in(cluster.folder)
    kill(server)
    launcher.kill()
    launcher.wait()

    with cluster:
        assert postmaster.running_in(cluster.folder) not in (None, server)


def test_it_starts_over_a_process_number_that_somebody_else_got(cluster):
    with cluster:
        lines = (cluster.folder / "postmaster.pid").read_text().splitlines()
    (cluster.folder / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    cluster.sockets.mkdir(mode=0o700, exist_ok=True)
    (cluster.sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")

    with cluster:
        assert postmaster.running_in(cluster.folder) != os.getpid()


def test_it_is_revived_when_it_dies_under_us(cluster):
    with cluster:
        kill(postmaster.running_in(cluster.folder))
        assert soon(lambda: not cluster.is_running())

        cluster.revive()

        assert cluster.connect().execute("SELECT 1").fetchone() == (1,)


def test_two_clusters_know_nothing_of_each_other(make_cluster, tmp_path):
    one, other = make_cluster(tmp_path / "one" / "postgres"), make_cluster(tmp_path / "other" / "postgres")

    with one, other:
        databases.prepare(one, database="civic")
        names = {name for (name,) in other.connect().execute("SELECT datname FROM pg_database")}

    assert "civic" not in names


def test_the_data_of_another_version_is_refused_in_one_clear_line_and_left_alone(cluster, binaries):
    cluster.folder.mkdir(parents=True)
    (cluster.folder / "PG_VERSION").write_text("14\n")

    with pytest.raises(Trouble) as trouble, cluster:
        pass

    assert f"was made by PostgreSQL 14, but this is {binaries.major}" in str(trouble.value)
    assert "\n" not in str(trouble.value)
    assert [file.name for file in cluster.folder.iterdir()] == ["PG_VERSION"]


def test_half_a_cluster_is_made_anew(cluster):
    left_behind = cluster.folder.with_name("postgres.new")
    for folder in (left_behind, cluster.folder):
        folder.mkdir(parents=True)
        (folder / "base").mkdir()

    with cluster:
        assert cluster.connect().execute("SELECT 1").fetchone() == (1,)

    assert not left_behind.exists()


def test_a_folder_for_the_socket_that_is_a_link_is_refused(cluster, tmp_path):
    cluster.sockets.symlink_to(tmp_path)

    with pytest.raises(Trouble, match="belongs to"), cluster:
        pass


def test_why_it_did_not_start_is_said_in_one_line(cluster):
    cluster.options = {"shared_buffers": "nonsense"}

    with pytest.raises(Trouble, match=r"PostgreSQL did not start: .*shared_buffers") as trouble, cluster:
        pass

    assert "\n" not in str(trouble.value)


def test_a_socket_has_a_short_name_even_in_a_long_path(make_cluster, tmp_path):
    deep = make_cluster(tmp_path / ("d" * 200) / "postgres")

    with deep, socket.socket(socket.AF_UNIX) as plug:
        plug.connect(str(deep.sockets / ".s.PGSQL.5432"))

    assert not deep.sockets.exists()
