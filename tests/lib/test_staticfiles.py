"""Scripts and styles as one file each."""

import re

from civic.lib.staticfiles import joined_css, joined_js, ours


def test_every_script_and_every_style_sheet_is_in():
    for path in ours("js").glob("*.js"):
        names = re.findall(r"customElements.define\(\"([a-z-]+)", path.read_text())
        assert all(name in joined_js() for name in names), path.name
    for path in ours("css").rglob("*.css"):
        classes = re.findall(r"^  \.([a-z_-]+) \{", path.read_text(), re.MULTILINE)
        assert all(name in joined_css() for name in classes), path.name


def test_every_script_is_named_in_the_list():
    listed = set(re.findall(r'"\./(.+)"', (ours("js") / "civic.js").read_text()))

    assert listed == {path.name for path in ours("js").glob("*.js")} - {"civic.js"}


def test_scripts_that_are_joined_import_and_export_nothing():
    assert not re.search(r"^(import|export)\b", joined_js(), re.MULTILINE)
