"""Every grouping of a given size that meets a problem: depth-first search over sets of states held as bits.

An integer programme proves the smallest size; listing every set of that size by cutting off one solution after the
other would solve it anew for each. The search branches on the capability with the fewest providers to spare, tries its
providers in order and leaves each aside once tried, so no set is met twice (the exact-cover idea of Knuth 2000,
"Dancing Links", for covers that may overlap). A branch ends when the places left cannot make up what is missing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.compose.problem import Anchor, Problem

LOOK: Final = 2048
"""Steps between two looks at the clock."""


class OutOfTimeError(Exception):
    """The end of time came before the search was through."""


@dataclass(frozen=True)
class _Bits:
    """The conditions of a problem under one anchor: at least ``least[j]`` members among ``among[j]``."""

    among: tuple[int, ...]
    least: tuple[int, ...]
    helps: tuple[tuple[int, ...], ...]
    """For each state the conditions it counts for."""
    apart: tuple[int, ...]
    """For each state those it cannot sit with."""
    joiners: int
    required: int


def _bits(problem: Problem, gaps: frozenset[str], anchor: Anchor) -> _Bits:
    place = {s: i for i, s in enumerate(problem.candidates)}

    def mask(states: frozenset[str]) -> int:
        return sum(1 << place[s] for s in states if s in place)

    conditions = [(mask(problem.offers[n.capability]), n.providers) for n in problem.needs if n.capability not in gaps]
    conditions.append((mask(problem.leads & anchor.leaders), 1))
    if problem.geography:
        conditions.append((mask(problem.near), 1))
    if problem.want_partner:
        conditions.append((mask(problem.partners), 1))
    apart = [0] * len(place)
    for a, b in (sorted(c) for c in problem.conflicts if all(s in place for s in c)):
        apart[place[a]] |= 1 << place[b]
        apart[place[b]] |= 1 << place[a]
    return _Bits(
        tuple(m for m, _ in conditions),
        tuple(n for _, n in conditions),
        tuple(tuple(j for j, (m, _) in enumerate(conditions) if m >> i & 1) for i in range(len(place))),
        tuple(apart),
        mask(anchor.joiners),
        mask(problem.required),
    )


class _Search:
    """One depth-first search for sets in which no member can be spared."""

    def __init__(self, bits: _Bits, end: float) -> None:
        self.b = bits
        self.end = end
        self.steps = 0

    def run(self, size: int) -> Iterator[int]:
        """Every set of SIZE, as bits."""
        b = self.b
        if b.required & ~b.joiners or b.required.bit_count() > size:
            return
        missing, free, left = list(b.least), b.joiners & ~b.required, b.required
        while left:
            low = left & -left
            left ^= low
            state = low.bit_length() - 1
            if b.apart[state] & b.required:
                return
            free &= ~b.apart[state]
            for j in b.helps[state]:
                missing[j] -= 1
        yield from self._walk(b.required, free, missing, size - b.required.bit_count())

    def _walk(self, chosen: int, free: int, missing: list[int], left: int) -> Iterator[int]:
        self.steps += 1
        if self.steps % LOOK == 0 and time.monotonic() > self.end:
            raise OutOfTimeError
        b = self.b
        tightest, spare, total = -1, 1 << 30, 0
        for j, n in enumerate(missing):
            if n > 0:
                there = (b.among[j] & free).bit_count() - n
                if there < 0 or n > left:
                    return
                total += n
                if there < spare:
                    tightest, spare = j, there
        if tightest < 0:
            if left == 0 and not self._wasteful(chosen, missing):
                yield chosen
            return  # with places left: whoever else came in could be spared again
        if total > left and self._most(free, missing, left) < total:
            return
        providers = b.among[tightest] & free
        while providers:
            low = providers & -providers
            providers ^= low
            free ^= low
            state = low.bit_length() - 1
            after = missing[:]
            for j in b.helps[state]:
                after[j] -= 1
            yield from self._walk(chosen | low, free & ~b.apart[state], after, left - 1)

    def _most(self, free: int, missing: list[int], left: int) -> int:
        """The most that LEFT of the FREE states can add to what is missing."""
        gains = []
        while free:
            low = free & -free
            free ^= low
            gains.append(sum(1 for j in self.b.helps[low.bit_length() - 1] if missing[j] > 0))
        gains.sort(reverse=True)
        return sum(gains[:left])

    def _wasteful(self, chosen: int, missing: list[int]) -> bool:
        """Whether a member that need not be in could leave: every condition it counts for has one to spare."""
        could = chosen & ~self.b.required
        while could:
            low = could & -could
            could ^= low
            if all(missing[j] < 0 for j in self.b.helps[low.bit_length() - 1]):
                return True
        return False


def every(
    problem: Problem, gaps: frozenset[str], size: int, *, end: float, most: int, say: Callable[[int], None]
) -> tuple[set[frozenset[str]], bool]:
    """The sets of SIZE states that meet PROBLEM but for GAPS and spare nobody, and whether these are all.

    The search ends early at the time END (of the monotonic clock), with MOST sets, or when interrupted; SAY is told
    how many there are. Under several anchors a set may be found more than once and is given once; one that could spare
    a member only by changing the anchor is for the caller to leave out.
    """
    found: set[frozenset[str]] = set()
    try:
        for anchor in problem.anchors:
            for bits in _Search(_bits(problem, gaps, anchor), end).run(size):
                found.add(frozenset(s for i, s in enumerate(problem.candidates) if bits >> i & 1))
                if len(found) % LOOK == 0:
                    say(len(found))
                if len(found) >= most:
                    return found, False
    except (OutOfTimeError, KeyboardInterrupt):
        return found, False
    return found, True
