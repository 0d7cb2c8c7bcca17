"""docs/map.md against the code: imports, foreign keys written as text, and template tags."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APPS = ("accounts", "notifications", "screening", "comments", "moderation", "articles", "newsletter")
# Tables that carry the label `civic` but live where everybody may import.
IN_LIB = {"civic.SiteSettings", "civic.Allowance"}


def the_map() -> dict[str, set[str]]:
    """Package → what it may import, as docs/map.md says. `everything` stays as that word."""
    rows = re.findall(r"^\| `([\w.]+)` \|[^|]*\| ([^|]*) \|$", (ROOT / "docs" / "map.md").read_text(), re.MULTILINE)
    return {
        name: {"everything"} if allowed == "everything" else set(re.findall(r"`([\w.]+)`", allowed))
        for name, allowed in rows
    }


def package_of(name: str) -> str | None:
    """The package of the map that a module or a dotted name belongs to; None for what is not ours."""
    if name == "civic.lib" or name.startswith("civic.lib."):
        return "civic.lib"
    first = name.partition(".")[0]
    return first if first in the_map() else None


def modules() -> list[Path]:
    """Our Python files of every package that the map restricts. Migrations too: their foreign keys count."""
    folders = [ROOT / "civic" / "lib", *(ROOT / app for app in APPS)]
    return sorted(file for folder in folders for file in folder.rglob("*.py"))


def tables() -> dict[str, str]:
    """`comments.Thread` → the package of its model."""
    from django.apps import apps

    return {
        f"{model._meta.app_label}.{model.__name__}".lower(): package
        for model in apps.get_models()
        if (package := package_of(model.__module__))
    }


def imported(source: str, here: str) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it. `here` is its own name, for relative imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(here.split(".")[: -node.level]) + "." if node.level else ""
            base = f"{above}{node.module or ''}".strip(".")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def pointed_at(source: str) -> Iterator[str]:
    """Models named as text in a foreign key: `"comments.Thread"`, in any letter case."""
    relations = {"ForeignKey", "OneToOneField", "ManyToManyField", "ParentalKey", "ParentalManyToManyField"}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            values = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "to")]
            if name in relations:
                yield from (v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str))


def forbidden(user: str, used: set[str]) -> set[str]:
    allowed = the_map()[user] | {user}
    return set() if "everything" in allowed else used - allowed


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def test_the_map_names_every_package_that_there_is():
    folders = {file.parent.name for file in ROOT.glob("*/__init__.py")}

    assert {"civic.lib", "civic", "templates", *APPS} <= set(the_map())
    assert folders - {"seeds", "tests", "bench"} <= set(the_map())


def test_arrows_point_one_way():
    """Nobody can be reached from what they reach."""
    arrows = {name: allowed for name, allowed in the_map().items() if "everything" not in allowed}

    def reached(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        return {name} | {far for near in arrows[name] - seen for far in reached(near, seen | {near})}

    assert {name for name, allowed in arrows.items() if any(name in reached(near) for near in allowed)} == set()


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_imports_only_what_the_map_allows(file):
    name = name_of(file)
    used = {package for found in imported(file.read_text(), name) if (package := package_of(found))}

    assert forbidden(package_of(name), used) == set()


def test_foreign_keys_written_as_text_are_imports_too():
    known = tables()
    wrong = {
        (name_of(file), target)
        for file in modules()
        for target in pointed_at(file.read_text())
        if forbidden(package_of(name_of(file)), {known[target.lower()]} if target.lower() in known else set())
    }

    assert wrong == set()


def test_the_tables_of_the_site_that_everybody_asks_live_in_lib():
    assert {name for name in IN_LIB if tables()[name.lower()] != "civic.lib"} == set()


def test_templates_load_only_tags_that_the_map_allows():
    from django.template import engines

    libraries = engines["django"].engine.template_libraries
    wrong = set()
    for file in (ROOT / "templates").rglob("*.html"):
        folder = file.relative_to(ROOT / "templates").parts[0]
        user = folder if folder in APPS else "templates"
        loaded = {tag for tags in re.findall(r"{%\s*load ([^%]+)%}", file.read_text()) for tag in tags.split()}
        owners = {package_of(str(getattr(libraries.get(tag), "__name__", libraries.get(tag, "")))) for tag in loaded}
        if {"everything"} != the_map()["templates"] and forbidden(user, owners - {None}):
            wrong.add(str(file.relative_to(ROOT)))
        # Whoever may use everything still cannot load what does not exist.
        assert loaded - {"from"} - set(libraries) - names_in_from(file) == set(), file

    assert wrong == set()


def names_in_from(file: Path) -> set[str]:
    """The tags in `{% load tag from library %}`, which are no libraries."""
    return {tag for tags in re.findall(r"{%\s*load ([^%]+) from \w+\s*%}", file.read_text()) for tag in tags.split()}


# --- the test itself: it must see what it looks for ---


def test_an_import_is_seen_wherever_it_hides():
    source = "import comments.models\ndef f():\n    from articles import models as m\n    from . import posting\n"

    assert {"comments.models", "articles.models", "comments.posting"} <= set(imported(source, "comments.views"))


def test_a_foreign_key_is_seen():
    source = (
        'a = models.ForeignKey("articles.Article", on_delete=1)\nb = ParentalKey(to="comments.thread")\nc = f("no.Key")'
    )

    assert list(pointed_at(source)) == ["articles.Article", "comments.thread"]


def test_an_arrow_that_is_not_drawn_is_forbidden():
    assert forbidden("comments", {"articles", "accounts", "comments"}) == {"articles"}
    assert forbidden("civic.lib", {"civic"}) == {"civic"}
    assert forbidden("seeds", {"civic", "articles"}) == set()
