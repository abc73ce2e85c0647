"""Layers 3 and 4: who dominates whom, and one declared order, by the method that is asked for.

Values are cut into steps of fixed width on fixed scales, so that two values in one step tie and adding or removing an
option changes nothing between the others. Dominance and the lexicographic order read the same steps; a dominated option
therefore never precedes the one that dominates it. Nothing known is never a zero: an option of which a criterion is
unknown neither dominates on it nor is dominated, and stands in the middle of the scale in the order.

The outranking methods read the steps too, each as the number at its lower edge. Both keep to dominance on what they
read: whichever method orders, a dominated option never precedes the one that dominates it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.fit.outranking import electre, promethee, pseudo, weigh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.fit.criteria import Criterion

Steps = tuple[int | None, ...]
METHODS: Final = ("lexicographic", "promethee", "electre")
TITLES: Final = {"lexicographic": "the declared order", "promethee": "PROMETHEE II", "electre": "ELECTRE III"}
"""What each method is called in words."""


def step(criterion: Criterion, value: float | None) -> int | None:
    """The step VALUE falls into on the scale of CRITERION, or None where it is not known.

    On graded scales the top belongs to the last step, so that 1 and .99 tie; on ordinal ones each number is a step.
    """
    if value is None:
        return None
    found = math.floor(value / criterion.step + 1e-9)
    return min(found, round(1 / criterion.step) - 1) if criterion.top == 1 else found


def steps(criteria: Sequence[Criterion], values: Mapping[str, float | None]) -> Steps:
    """The step of each value."""
    return tuple(step(c, values.get(c.code)) for c in criteria)


def dominates(a: Steps, b: Steps) -> bool:
    """Whether A is at least as good as B everywhere and better somewhere; the same things must be known of both."""
    better = False
    for x, y in zip(a, b, strict=True):
        if (x is None) != (y is None):
            return False
        if x is None or y is None or x == y:
            continue
        if x < y:
            return False
        better = True
    return better


def key(criteria: Sequence[Criterion], found: Steps, order: Sequence[str]) -> tuple[float, ...]:
    """A sort key, best first: the criteria in ORDER, then all others in the order of their codes."""
    place = {c.code: i for i, c in enumerate(criteria)}

    def worth(code: str) -> float:
        step, criterion = found[place[code]], criteria[place[code]]
        return -(criterion.top / criterion.step / 2 if step is None else step)

    return tuple(worth(code) for code in in_turn(criteria, order))


def in_turn(criteria: Sequence[Criterion], order: Sequence[str]) -> list[str]:
    """The codes of CRITERIA as they decide: those in ORDER, then all others in the order of their codes."""
    codes = [c.code for c in criteria]
    return [c for c in order if c in codes] + [c for c in codes if c not in order]


@dataclass(frozen=True)
class Place:
    """Where an option stands in its group: a key to sort by (equal keys share a rank), in words, and against whom not.

    ``incomparable`` are the positions in the group of the options it cannot be compared with.
    """

    key: tuple[float, ...]
    standing: str = ""
    incomparable: tuple[int, ...] = ()


@dataclass(frozen=True)
class Declared:
    """One declared order: the graded criteria, their sequence, the method, and weights by code where it takes any."""

    criteria: tuple[Criterion, ...]
    sequence: tuple[str, ...]
    method: str = "lexicographic"
    weights: Mapping[str, float] | None = None

    def without(self, code: str) -> Declared:
        """The same order with the criterion CODE left out."""
        rest = tuple(c for c in self.criteria if c.code != code)
        weights = None if self.weights is None else {c: w for c, w in self.weights.items() if c != code}
        return Declared(rest, tuple(c for c in self.sequence if c != code), self.method, weights)

    def places(self, group: Sequence[Mapping[str, int | None]]) -> list[Place]:
        """The place of each option of a GROUP, given as its steps by code of the criterion."""
        if self.method == "lexicographic":
            return [Place(key(self.criteria, self._row(o), self.sequence)) for o in group]
        if len(group) < 2 or (self.weights is not None and not any(self.weights.values())):  # nothing to compare
            return [Place(()) for _ in group]
        share = weigh([c.code for c in self.criteria], self.weights)
        table = [
            {c.code: None if s is None else s * c.step for c, s in zip(self.criteria, self._row(o), strict=True)}
            for o in group
        ]
        rules = [pseudo(c) for c in self.criteria]
        pairs = (len(group) - 1) * len(rules)
        if self.method == "promethee":
            flows = promethee(rules, table, share)
            return [
                Place((-net,), f"net flow {net:+.2f}" + _unknown(missing, pairs))
                for net, missing in zip(flows.net, flows.missing, strict=True)
            ]
        found = electre(rules, table, share)
        return [
            Place(
                (down + up,),
                f"class {down} descending and {up} ascending" + _unknown(missing, pairs),
                tuple(j for j in range(len(group)) if found.incomparable(i, j)),
            )
            for i, (down, up, missing) in enumerate(zip(found.descending, found.ascending, found.missing, strict=True))
        ]

    def sort_keys(self, group: Sequence[Mapping[str, int | None]]) -> list[tuple[tuple[float, ...], ...]]:
        """A sort key per option: its place by the method, and where that ties, the lexicographic order."""
        plain = [key(self.criteria, self._row(o), self.sequence) for o in group]
        return [(p.key, k) for p, k in zip(self.places(group), plain, strict=True)]

    def first(self, group: Sequence[Mapping[str, int | None]]) -> frozenset[int]:
        """The positions in GROUP of those that hold the first place, alone or together."""
        keys = [p.key for p in self.places(group)]
        return frozenset(i for i, k in enumerate(keys) if k == min(keys))

    def _row(self, option: Mapping[str, int | None]) -> Steps:
        return tuple(option[c.code] for c in self.criteria)


def _unknown(missing: int, pairs: int) -> str:
    return f", {missing} of {pairs} comparisons not known" if missing else ""
