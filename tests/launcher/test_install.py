"""Without pip and network: what decides whether there is anything to install, and what is said when it fails."""

import sys

import pytest

from civic.launcher import install


@pytest.fixture
def venv(tmp_path):
    """Looks like one made by this Python."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    (venv / "lib" / f"python3.{sys.version_info[1]}").mkdir(parents=True)
    return venv


@pytest.fixture
def pip(monkeypatch, tmp_path):
    """Which requirements were installed, and which venvs made."""
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    done = []
    monkeypatch.setattr(install, "make_venv", lambda root, venv: done.append("venv"))
    monkeypatch.setattr(install, "fill", lambda root, venv, requirements: done.append(requirements))
    return done


def test_packages_are_installed_once_and_again_when_their_list_changed(tmp_path, venv, pip):
    for _ in range(2):
        install.install(tmp_path, venv, "requirements.txt")
    assert pip == ["venv", "requirements.txt"]

    (tmp_path / "requirements.txt").write_text("django==5.3\n")
    install.install(tmp_path, venv, "requirements.txt")

    assert pip == ["venv", "requirements.txt"] * 2


def test_a_venv_is_made_anew_when_the_last_installation_was_cut_short(venv):
    assert install.is_sound(venv)

    (venv / "unfinished").touch()

    assert not install.is_sound(venv)


def test_a_venv_of_a_python_that_is_gone_or_was_upgraded_is_not_sound(venv):
    (venv / "lib" / f"python3.{sys.version_info[1]}").rename(venv / "lib" / "python3.9")
    assert not install.is_sound(venv)

    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("/nowhere/python3")
    assert not install.is_sound(venv)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("OSError: [Errno 28] No space left on device", "no space is left on the disk"),
        ("... NewConnectionError('Failed to establish a new connection')", "the network does not answer"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\nbye", "could not be installed: ERROR: THESE PACKAGES"),
        ("", "could not be installed"),
    ],
)
def test_why_pip_failed_is_said_in_one_line(tmp_path, words, said):
    (tmp_path / "install.log").write_text(words)

    trouble = str(install.why_pip_failed(tmp_path / "install.log"))

    assert said in trouble
    assert "\n" not in trouble
