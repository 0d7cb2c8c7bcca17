"""What axe has to say about a page.

It is the dearest of all that a journey does: a discussion took 1.7 seconds of processor time. Two of three went into
reading the same few colours twenty thousand times, and into telling what nobody asks for.
"""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# axe's rules for WCAG 2.2 AA, and its own good habits. Of what passes it need not tell: it would be megabytes. No
# rule among them reads style sheets, which axe would fetch once more; one asks how long a sound plays by itself.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},
    "selectors": False,
}
COLOURS_READ_ONCE = """
(() => {
    const Color = axe.commons.color.Color, read = Color.prototype.parseString, known = new Map();
    Color.prototype.parseString = function (text) {
        if (!known.has(text)) {
            read.call(this, text);
            known.set(text, {r: this.r, g: this.g, b: this.b, alpha: this.alpha});
        }
        return Object.assign(this, known.get(text));
    };
})();
"""
SCRIPT = f"{AXE_SCRIPT}\n{COLOURS_READ_ONCE}"


def findings(page: Page) -> list[str]:
    """One line each: the rule, and the first element against it."""
    page.evaluate(SCRIPT)
    violations = page.evaluate("rules => axe.run(rules).then(found => found.violations)", RULES)
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in violations]
