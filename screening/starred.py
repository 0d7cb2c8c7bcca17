"""Phrases with stars inside: "fr*nt", "make * money". All of a list are looked for in one pass over the text.

A phrase is what stands between its stars, piece by piece. Phrases that begin alike go the same steps, and an automaton
finds the pieces; so thousands of them cost no more than the places where a next piece stands.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from screening.edged import EDGE, Edged, automaton_of, with_edges

MOST_PIECES = 60_000  # looked at in one text: pieces of a letter or two stand everywhere

_FIRST = 0  # the step before all others


class _Listed(NamedTuple):
    """A phrase whose last piece has been read. Of a star at its start and at its end: how many letters it stands for at
    least; None where there is none."""

    phrase: str
    before: int | None
    behind: int | None


class Starred:
    """Add phrases, say that they are `ready`, and find them."""

    def __init__(self) -> None:
        self.listed: list[list[_Listed]] = [[]]  # by step
        self.leads: list[bool] = [False]  # whether a step has others after it
        self.known: dict[tuple[int, str, int], int] = {}
        self.after: dict[str, dict[int, list[tuple[int, int]]]] = {}  # by piece and step: fewest letters, next step

    def add(self, phrase: str, folded: str) -> None:
        """`folded` has no two stars in a row, and a piece before or after one at least."""
        pieces = folded.split("*")
        inner = [number for number, piece in enumerate(pieces) if piece]
        step = _FIRST
        for number in range(inner[0], inner[-1] + 1):
            fewest = _fewest(pieces, number) or 0 if number > inner[0] else 0
            step = self._next(step, _edged_piece(pieces, number), fewest)
        self.listed[step].append(_Listed(phrase, _fewest(pieces, inner[0]), _fewest(pieces, inner[-1] + 1)))

    def _next(self, step: int, piece: str, fewest: int) -> int:
        way = step, piece, fewest
        if way not in self.known:
            self.known[way] = len(self.listed)
            self.listed.append([])
            self.leads.append(False)
            self.leads[step] = True
            self.after.setdefault(piece, {}).setdefault(step, []).append((fewest, self.known[way]))
        return self.known[way]

    def ready(self) -> None:
        self.automaton = automaton_of(self.after)

    def find(self, text: Edged) -> Iterator[tuple[str, int, int]]:
        """Phrase, start and end. Of each phrase the shortest from one place on."""
        reached: dict[int, tuple[int, int]] = {}  # by step: from where to where
        latest = 0
        done: set[tuple[str, int]] = set()
        for start, end, piece, steps in islice(text.hits(self.automaton), MOST_PIECES):
            if _FIRST not in steps and reached.keys().isdisjoint(steps):
                continue
            if reached and latest < start and not text.is_gap(latest, start):
                reached.clear()
            for first, step in _steps(reached, steps, start, text):
                for listed in self.listed[step]:
                    if (listed.phrase, first) not in done and (span := _span(listed, first, end, piece, text)):
                        done.add((listed.phrase, first))
                        yield listed.phrase, *span
                if self.leads[step] and (step not in reached or not text.is_gap(reached[step][1], end)):
                    reached[step] = first, end
                    latest = max(latest, end)


def _steps(
    reached: dict[int, tuple[int, int]], steps: dict[int, list[tuple[int, int]]], start: int, text: Edged
) -> list[tuple[int, int]]:
    """The steps that a piece which stands here makes possible, with the place from which their phrases stand."""
    possible = [(start, following) for _, following in steps[_FIRST]] if _FIRST in steps else []
    if not reached:
        return possible
    for step in reached.keys() & steps.keys():
        first, end = reached[step]
        if end <= start and text.is_gap(end, start):
            possible += [(first, following) for fewest, following in steps[step] if start - end >= fewest]
    return possible


def _span(listed: _Listed, start: int, end: int, piece: str, text: Edged) -> tuple[int, int] | None:
    """Where a phrase stands, stars at its ends included; None where those find no letters."""
    if text.goes_on(end, piece):
        return None
    first = start if listed.before is None else text.before(start)
    last = end if listed.behind is None else text.behind(end)
    if start - first < (listed.before or 0) or last - end < (listed.behind or 0):
        return None
    return first, last


def _fewest(pieces: list[str], number: int) -> int | None:
    """For how many letters the star before a piece stands at least: a word, where it stands alone."""
    if not 0 < number < len(pieces):
        return None
    before, behind = pieces[number - 1], pieces[number]
    return int((not before or before[-1] == " ") and (not behind or behind[0] == " "))


def _edged_piece(pieces: list[str], number: int) -> str:
    """At a star no edge is asked for."""
    piece = with_edges(pieces[number])
    if number > 0:
        piece = piece.removeprefix(EDGE)
    return piece.removesuffix(EDGE) if number + 1 < len(pieces) else piece
