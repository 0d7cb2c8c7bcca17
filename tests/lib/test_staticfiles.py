"""Scripts and styles as one file each."""

import re

from civic.lib.staticfiles import _ours, joined_css, joined_js


def test_every_script_and_every_style_sheet_is_in():
    for kind, joined in (("css", joined_css()), ("js", joined_js())):
        for path in _ours(kind).rglob(f"*.{kind}"):
            if path.name not in ("civic.js", "plain.css"):
                assert path.read_text().strip() in joined, path.name


def test_scripts_that_are_joined_import_and_export_nothing():
    assert not re.search(r"^(import|export)\b", joined_js(), re.MULTILINE)
