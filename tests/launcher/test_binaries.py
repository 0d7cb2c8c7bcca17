import pytest

from civic.launcher.binaries import find_binaries, installed
from civic.launcher.talk import Trouble


def fake_postgres(folder, version):
    folder.mkdir(parents=True)
    (folder / "initdb").touch()
    (folder / "postgres").write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    (folder / "postgres").chmod(0o755)
    return folder


def test_pg_bin_comes_first(tmp_path):
    folder = fake_postgres(tmp_path / "bin", "16.2 (Debian 16.2-1)")

    assert find_binaries(str(folder)).major == 16


@pytest.mark.parametrize(("version", "words"), [("14.9", "is PostgreSQL 14"), ("?", "does not hold a working")])
def test_a_pg_bin_that_does_not_do_is_said_and_not_passed_over(tmp_path, version, words):
    folder = fake_postgres(tmp_path / "bin", version)

    with pytest.raises(Trouble, match=words):
        find_binaries(str(folder))


def test_of_installed_ones_the_newest_comes_first(tmp_path):
    for major in (9, 15, 17):
        fake_postgres(tmp_path / f"usr/lib/postgresql/{major}/bin", f"{major}.1")

    assert [folder.parent.name for folder in installed(tmp_path)] == ["17", "15", "9"]


def test_without_the_packaged_one_an_installed_one_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr("civic.launcher.binaries.packaged", lambda: None)
    fake_postgres(tmp_path / "usr/lib/postgresql/15/bin", "15.4")

    assert find_binaries(system=tmp_path).major == 15


def test_with_none_at_all_the_ways_out_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr("civic.launcher.binaries.packaged", lambda: None)
    fake_postgres(tmp_path / "usr/lib/postgresql/13/bin", "13.4")

    with pytest.raises(Trouble, match="install one, or set PG_BIN or DATABASE_URL"):
        find_binaries(system=tmp_path)
