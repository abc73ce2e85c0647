"""Layers 3 and 4: who dominates whom, and one declared order.

Values are cut into steps of fixed width on fixed scales, so that two values in one step tie and adding or removing an
option changes nothing between the others. Dominance and the lexicographic order read the same steps; a dominated option
therefore never precedes the one that dominates it. Nothing known is never a zero: an option of which a criterion is
unknown neither dominates on it nor is dominated, and stands in the middle of the scale in the order.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.fit.criteria import Criterion

Steps = tuple[int | None, ...]


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
    listed = [c for c in order if c in place] + [c for c in place if c not in order]

    def worth(code: str) -> float:
        step, criterion = found[place[code]], criteria[place[code]]
        return -(criterion.top / criterion.step / 2 if step is None else step)

    return tuple(worth(code) for code in listed)
