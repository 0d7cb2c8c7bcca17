"""bin/run and bin/test as somebody calls them: one clear line for what can be mended, and no traceback."""

import os
import socket
import subprocess

import pytest

from tests.launcher.conftest import ROOT

SETTINGS = "DATABASE_URL", "SECRET_KEY", "HASH_KEY", "DEBUG", "PORT", "HOST"


@pytest.fixture
def call(tmp_path):
    """Call one of the two commands from another folder, with nothing set but what is given."""

    def call(command, *arguments, **given):
        kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        environment = {**kept, "VAR_DIR": str(tmp_path / "var"), **given}
        return subprocess.run(
            [ROOT / "bin" / command, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True
        )

    return call


def complaint(answer):
    assert answer.returncode == 1
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, answer.stderr
    return lines[0]


def test_a_taken_port_is_said_with_the_way_out(call):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        answer = call("run", PORT=str(port))

    assert f"port {port} is taken. Another one: PORT=" in complaint(answer)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"PORT": "http"}, "PORT must be a whole number"),
        ({"PORT": "70000"}, "PORT=70000 is no port"),
        ({"HOST": "192.0.2.1"}, "HOST=192.0.2.1 is no address of this machine"),
        ({"DEBUG": "0"}, "SECRET_KEY and HASH_KEY must be set"),
        ({"DEBUG": "perhaps"}, "DEBUG must be 1 or 0"),
        ({"DATABASE_URL": "postgresql:///civic?host=/nowhere"}, "no database answers at DATABASE_URL"),
        ({"DATABASE_URL": "mysql://localhost/civic"}, "no database answers at DATABASE_URL"),
        ({"DATABASE_URL_FILE": "/nowhere"}, "DATABASE_URL_FILE cannot be read"),
        ({"PG_BIN": "/nowhere"}, "PG_BIN=/nowhere does not hold"),
    ],
)
def test_nonsense_in_the_environment_is_said(call, given, words):
    answer = call("run", **{"PORT": str(free_port()), **given})

    assert words in complaint(answer)


def free_port():
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


@pytest.mark.parametrize("command", ["run", "test"])
def test_a_python_of_the_wrong_age_is_said(call, tmp_path, command):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        (tools / name).write_text('#!/bin/sh\n[ "$1" = --version ] || exit 1\necho "Python 3.9.2"\n')
        (tools / name).chmod(0o755)

    answer = call(command, PATH=f"{tools}:/usr/bin:/bin")

    assert complaint(answer) == "Civic needs Python 3.11, 3.12 or 3.13; here is Python 3.9.2."


def test_help_needs_nothing(call, tmp_path):
    for command in ("run", "test"):
        answer = call(command, "--help")
        assert (answer.returncode, answer.stderr) == (0, "")
        assert answer.stdout.startswith(f"bin/{command} ")
    assert not (tmp_path / "var").exists()


def test_an_unknown_argument_shows_the_help(call):
    answer = call("run", "migrate")

    assert answer.returncode == 2
    assert "bin/run manage.py COMMAND" in answer.stderr
