"""A Chromium for the browser tests: found, or else installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from civic.launcher.talk import say

NAMES = "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"


def find_browser() -> str | None:
    """The path of a Chromium that starts: CIVIC_CHROMIUM, an installed one, Playwright's own."""
    candidates = [os.environ.get("CIVIC_CHROMIUM"), *map(shutil.which, NAMES)]
    for path in candidates:
        if path and works(path):
            return path
    own = playwrights_own()
    return own if own and works(own) else None


def install_browser() -> str | None:
    """Install one and return its path; None when that did not work. Takes a minute and the network."""
    for command in ways_to_install():
        say(f"  No Chromium here; trying: {' '.join(map(str, command))}")
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=900)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if found := find_browser():
            return found
    return None


def ways_to_install() -> list[list[str]]:
    playwright = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() or not shutil.which("apt-get"):
        return playwright
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    # Fonts come along: without any, text has no width, and nothing that is asked about a page's width means much.
    wanted = ["chromium", "fonts-liberation", "fonts-dejavu-core"]
    return [[*quiet, "update"], [*quiet, "install", "-y", "--no-install-recommends", *wanted], *playwright]


def works(path: str) -> bool:
    """Whether it starts: Ubuntu's chromium-browser is a mere pointer to a snap, and libraries may be
    missing."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def playwrights_own() -> str | None:
    ask = "from playwright.sync_api import sync_playwright as playwright\n"
    ask += "with playwright() as it: print(it.chromium.executable_path)"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None
