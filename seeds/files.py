"""Reading the seed files."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def read(name: str) -> dict[str, Any]:
    """The content of `seeds/<name>.toml`."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())


def read_folder(name: str) -> dict[str, dict[str, Any]]:
    """Every file of a folder, by its stem."""
    return {file.stem: tomllib.loads(file.read_text()) for file in sorted((FOLDER / name).glob("*.toml"))}
