"""Static files as readers get them: hashed names, compressed, all style sheets joined into one.

The parts stay small files for us. Joined, they are one request of about 12 KB; `@layer` keeps their order.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

CSS = "css/civic.css"


def joined_css() -> str:
    """All style sheets in the order of their layers: tokens, base, layout, then components by name."""
    folder = Path(settings.BASE_DIR) / "civic" / "static" / "css"
    parts = [folder / "tokens.css", folder / "base.css", folder / "layout.css"]
    parts += sorted((folder / "components").glob("*.css"))
    return "\n".join(part.read_text() for part in parts)


class Storage(CompressedManifestStaticFilesStorage):
    """Joins the style sheets when static files are collected."""

    def url(self, name: str, force: bool = False) -> str:
        """The hashed address, in debug too, so that a laptop serves what production serves.

        Before anything was collected (tests, management commands) there are plain names only.
        """
        return super().url(name, force=True) if self.hashed_files else StaticFilesStorage.url(self, name)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any):
        if not dry_run:
            StaticFilesStorage.delete(self, CSS)
            StaticFilesStorage.save(self, CSS, ContentFile(joined_css().encode()))
            paths = {**paths, CSS: (self, CSS)}
        yield from super().post_process(paths, dry_run, **options)
