"""How the tests are handed out to several workers: each third of the journeys to one of them, a pytest plugin.

By names, for the groups of `--dist=loadgroup` are lost with pytest 9.2: xdist 3.8 writes them where nobody looks.
"""

import pytest

# What takes about as long together; all others are the last third.
THIRDS = {
    "journeys-looks": ("test_pages_are_sound", "test_seeds"),
    "journeys-waits": ("test_comments_come", "test_fresh_everywhere", "test_a_reader_follows", "test_the_desk_by_keys"),
}


def unit_of(nodeid: str) -> str:
    """What is handed out in one piece. The thirds of the journeys each have a site of their own; any other test goes
    alone. The largest come first, and the rest fills up beside them."""
    folder, _, module = nodeid.partition("::")[0].removesuffix(".py").rpartition("/")
    if not folder.endswith("journeys"):
        return nodeid
    return next((third for third, modules in THIRDS.items() if module in modules), "journeys-acts")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Sharing(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    return Sharing(config, log)
