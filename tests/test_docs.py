"""What the documents say about settings, packages and files, against what there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PICTURES = "docs/screenshots/"  # taken from a running site, at the end


def words_of(file: str) -> str:
    return (ROOT / file).read_text()


def test_every_setting_from_the_environment_is_described():
    sources = [ROOT / "civic" / "settings.py", *(ROOT / "civic" / "launcher").glob("*.py")]
    read = {
        name
        for source in sources
        for name in re.findall(
            r"env\.(?:text|required|flag|numbers?|words|pairs)\(\s*\"([A-Z_]+)\"", source.read_text()
        )
    }
    described = set(re.findall(r"^\| `([A-Z_]+)`", words_of("docs/configuration.md"), re.MULTILINE))

    assert {"DEBUG", "DATABASE_URL", "EMAIL_URL", "SECRET_KEY"} <= read
    assert read - described == set()


def test_the_example_sets_only_what_exists():
    example = set(re.findall(r"^([A-Z_]+)=", words_of(".env.example"), re.MULTILINE))
    described = set(re.findall(r"^\| `([A-Z_]+)`", words_of("docs/configuration.md"), re.MULTILINE))

    assert example - described == set()


@pytest.mark.parametrize("file", ["requirements.in", "requirements-dev.in"])
def test_every_package_has_its_line(file):
    wanted = re.findall(r"^([A-Za-z][\w-]*)", words_of(file), re.MULTILINE)
    explained = {
        name.lower() for name in re.findall(r"^\| ([\w-]+) \|", words_of("docs/dependencies.md"), re.MULTILINE)
    }

    assert [name for name in wanted if name.lower() not in explained] == []


def test_links_between_documents_lead_somewhere():
    documents = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    broken = {
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text())
        if not target.startswith(("http", "mailto:", PICTURES)) and not (document.parent / target).exists()
    }

    assert broken == set()
