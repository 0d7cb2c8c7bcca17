"""Static files as readers get them: hashed names, compressed, all style sheets joined into one, all scripts too.

The parts stay small files for us. Joined, they are two requests of a few KB; `@layer` keeps the order of styles, and
each script has a block of its own, so that its names stay its own.
"""

import re
from pathlib import Path
from typing import Any

import rcssmin
import rjsmin
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

CSS = "css/civic.css"
JS = "js/civic.js"


def joined_css() -> str:
    """All style sheets in the order of their layers: tokens, base, layout, then components by name."""
    folder = ours("css")
    parts = [folder / "tokens.css", folder / "base.css", folder / "layout.css"]
    parts += sorted((folder / "components").glob("*.css"))
    return rcssmin.cssmin("\n".join(part.read_text() for part in parts))


def joined_js() -> str:
    """The modules that `civic.js` imports, in its order and without comments. They import and export nothing."""
    folder = ours("js")
    modules = re.findall(r'^import "\./(.+)"$', (folder / "civic.js").read_text(), re.MULTILINE)
    return rjsmin.jsmin("\n".join(f"{{\n{(folder / name).read_text()}}}" for name in modules))


def ours(kind: str) -> Path:
    return Path(settings.BASE_DIR) / "civic" / "static" / kind


class Storage(CompressedManifestStaticFilesStorage):
    """Joins styles and scripts when static files are collected."""

    def url(self, name: str, force: bool = False) -> str:
        """The hashed address, in debug too, so that a laptop serves what production serves.

        Before anything was collected (tests, management commands) there are plain names only.
        """
        return super().url(name, force=True) if self.hashed_files else StaticFilesStorage.url(self, name)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any):
        if not dry_run:
            for name, joined in ((CSS, joined_css), (JS, joined_js)):
                StaticFilesStorage.delete(self, name)
                StaticFilesStorage.save(self, name, ContentFile(joined().encode()))
                paths = {**paths, name: (self, name)}
        yield from super().post_process(paths, dry_run, **options)
