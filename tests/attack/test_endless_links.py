"""Bare links without a scheme cost their number squared as well: the bound on "://" does not see them."""

import time

import pytest

from civic.lib import markdown


@pytest.mark.parametrize("piece", ["x.com/(", "www.x.com/["])
def test_drawing_a_text_full_of_bare_links_without_a_scheme_takes_less_than_half_a_second(piece):
    text = (piece * 20_000)[:20_000]
    begun = time.process_time()

    markdown.render(text)

    assert time.process_time() - begun < 0.5
