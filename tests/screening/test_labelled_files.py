"""Files of labelled comments: what is wrong with them is said in words, and nothing is learned from a wrong label."""

import random

import pytest
from django.core.management import CommandError, call_command

WORDS = ["the council", "bridge", "school", "tram", "budget", "mayor", "cyclist", "library", "market", "water", "right"]


def table(columns: str, *rows: str) -> str:
    return "\n".join([columns, *rows]) + "\n"


def evaluated(folder, content: bytes | str, capsys) -> str:
    file = folder / "some.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    call_command("evaluate_screening", file)
    return capsys.readouterr().out


@pytest.fixture
def folder(tmp_path):
    """Enough to train on: sixty comments below videos, sixty on news."""
    dice = random.Random(1)

    def said(number: int, bad: str) -> str:
        return " ".join(dice.choices(WORDS, k=8)) + (bad if number % 2 else "")

    spam = [f"v{n // 2 % 2},{said(n, f' check out my channel {n}')},{n % 2}" for n in range(60)]
    rude = [f"{('civil', 'surge')[n // 2 % 2]},{said(n, ' you idiot')},{n % 2}" for n in range(60)]
    (tmp_path / "spam_train.csv").write_text(table("video,text,spam", *spam))
    (tmp_path / "toxicity_train.csv").write_text(table("source,text,toxic", *rude))
    (tmp_path / "identity_sentences_train.csv").write_text(table("text,toxic", "we are kind,0", "we are awful,1"))
    return tmp_path


def test_a_file_that_a_table_program_wrote_is_read(tmp_path, capsys):
    said = evaluated(tmp_path, b"\xef\xbb\xbf" + table("text,spam", "hello there,0", "buy pills,1").encode(), capsys)

    assert "some.csv" in said


def test_a_line_without_its_source_is_counted(tmp_path, capsys):
    said = evaluated(tmp_path, table("text,spam,video", "hello there,0,a", "buy pills,1"), capsys)

    assert [line.split()[0] for line in said.splitlines()[2:]] == ["-", "a", "all"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "needs a column text"),
        (b"text,spam\n", "holds no comments"),
        (b"text,spam\nhello,yes\n", "neither 0 nor 1"),
        (b"text,spam\nhello\n", "neither 0 nor 1"),
        (b"text,spam\nh\xe9llo,0\n", "cannot be read"),
        (b"text,spam\n" + b"a" * 10_000_001 + b",0\n", "cannot be read"),
    ],
)
def test_what_cannot_be_measured_is_said(tmp_path, capsys, content, why):
    with pytest.raises(CommandError, match=why):
        evaluated(tmp_path, content, capsys)


def test_a_prior_is_made_from_a_folder(folder, tmp_path, capsys):
    to = tmp_path / "to"
    to.mkdir()

    call_command("train_prior", folder, to=to)

    assert sorted(file.name for file in to.iterdir()) == ["incivility.head", "spam.head"]


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("spam_train.csv", b"", "both kinds"),
        ("spam_train.csv", b"video,text,spam\nv1,hello,0\nv1,fine,0\n", "both kinds"),
        ("spam_train.csv", b"video,text,spam\nv1,hello,0\nv1,fine,yes\n", "neither 0 nor 1"),
        ("spam_train.csv", b"video,text,spam\nv1\n", "no text"),
        ("spam_train.csv", b"text,spam\nhello,0\nfine,1\n", "no column 'video'"),
        ("spam_train.csv", b"video,text,spam\nv1,h\xe9llo,0\n", "cannot be learned from"),
        ("toxicity_train.csv", b"source,text,toxic\ncivil,hello,0.5\n", "neither 0 nor 1"),
    ],
)
def test_what_cannot_be_learned_from_is_said_and_nothing_is_written(folder, tmp_path, file, content, why):
    to = tmp_path / "to"
    to.mkdir()
    (folder / file).write_bytes(content)

    with pytest.raises(CommandError, match=why):
        call_command("train_prior", folder, to=to)

    assert not list(to.iterdir())


def test_where_nothing_can_be_written_is_said_before_anything_is_learned(folder, tmp_path):
    with pytest.raises(CommandError, match="no folder"):
        call_command("train_prior", folder, to=tmp_path / "nowhere")
