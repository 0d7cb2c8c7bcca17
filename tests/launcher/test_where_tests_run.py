"""The cluster of the tests lies in memory where there is room, and else in the clone."""

import os

import pytest

from civic.launcher import test as launcher


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "clone"
    folder.mkdir()
    return folder


@pytest.fixture
def memory(tmp_path, monkeypatch):
    monkeypatch.setattr(launcher, "ROOM", 1)
    folder = tmp_path / "memory"
    folder.mkdir()
    return folder


def test_each_clone_has_a_place_of_its_own_in_memory(clone, memory, tmp_path):
    first, again = launcher.cluster_folder(clone, memory), launcher.cluster_folder(clone, memory)
    other = launcher.cluster_folder(tmp_path / "other", memory)

    assert first == again
    assert first.parent.parent == memory
    assert first.parent.is_dir()
    assert other != first


def test_without_room_it_lies_in_the_clone(clone, memory, monkeypatch, tmp_path):
    assert launcher.cluster_folder(clone, tmp_path / "nowhere") == clone / "var" / "pgtest"

    monkeypatch.setattr(launcher, "ROOM", 10**18)
    assert launcher.cluster_folder(clone, memory) == clone / "var" / "pgtest"
    assert list(memory.iterdir()) == []


def test_what_somebody_else_put_there_is_not_used(clone, memory, tmp_path):
    ours = launcher.cluster_folder(clone, memory).parent
    ours.rmdir()
    (tmp_path / "trap").mkdir()
    os.symlink(tmp_path / "trap", ours)

    assert launcher.cluster_folder(clone, memory) == clone / "var" / "pgtest"
