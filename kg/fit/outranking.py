"""Outranking: PROMETHEE II and ELECTRE III over a table of options by criteria, as pure functions.

Both compare options pair by pair with an indifference threshold q and a preference threshold p, so that a small
difference counts for nothing and a large one for everything; ELECTRE III also lets a criterion object (veto v) and may
leave two options incomparable. Sources: Brans and Vincke 1985, "A preference ranking organisation method", Management
Science 31(6); Roy 1978, "ELECTRE III: un algorithme de classements fondé sur une représentation floue des préférences
en présence de critères multiples", Cahiers du CERO 20(1), with the usual discrimination threshold s(x) = .30 - .15 x.

A value that is not known is never a zero: a comparison in which one value is missing speaks for neither side, which
both methods express as indifference, and is counted as missing so that an answer can say how much was not compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kg.fit.criteria import Criterion

DIGITS: Final = 10
"""Indices are rounded to so many places, so that the noise of floating point decides nothing."""
LARGEST: Final = 1e6
"""No weight is larger."""


@dataclass(frozen=True)
class Pseudo:
    """A pseudo-criterion: more is better; differences up to q are none, from p on full, from v on a veto."""

    code: str
    indifference: float
    preference: float
    veto: float | None = None


@dataclass(frozen=True)
class Flows:
    """PROMETHEE II: per option the leaving, the entering and the net flow, and the comparisons that were missing."""

    leaving: tuple[float, ...]
    entering: tuple[float, ...]
    net: tuple[float, ...]
    missing: tuple[int, ...]


@dataclass(frozen=True)
class Outranking:
    """ELECTRE III: credibility of "a is at least as good as b", the classes of both distillations (1 is best)."""

    credibility: tuple[tuple[float, ...], ...]
    descending: tuple[int, ...]
    ascending: tuple[int, ...]
    missing: tuple[int, ...]

    def better(self, a: int, b: int) -> bool:
        """Whether A stands before B in the final preorder: in no distillation behind, in one before."""
        x, y = (self.descending[a], self.ascending[a]), (self.descending[b], self.ascending[b])
        return x[0] <= y[0] and x[1] <= y[1] and x != y

    def incomparable(self, a: int, b: int) -> bool:
        """Whether the two distillations contradict each other on A and B."""
        return (self.descending[a] - self.descending[b]) * (self.ascending[a] - self.ascending[b]) < 0


def pseudo(criterion: Criterion) -> Pseudo:
    """The thresholds of CRITERION: q = .05 and p = .20 on graded scales, q = 0 and p = 1 on ordinal ones.

    The floor that the header of a criterion calls a veto becomes the veto threshold v = top - floor: what stands on the
    floor is never as good as what stands at the top.
    """
    graded = criterion.top == 1
    veto = None if criterion.veto is None else criterion.top - criterion.veto
    return Pseudo(criterion.code, 0.05 if graded else 0.0, 0.2 if graded else 1.0, veto)


def weigh(codes: Sequence[str], given: Mapping[str, float] | None = None) -> dict[str, float]:
    """Weights of the criteria CODES that sum to 1: equal ones, or as GIVEN, where a criterion not named keeps 1.

    Raises MinilatError E084 for a name that is not in CODES, a weight below 0 or without bound, or nothing but zeros.
    """
    raw = dict.fromkeys(codes, 1.0)
    for name, weight in (given or {}).items():
        if name not in raw:
            hint = did_you_mean(name, codes, otherwise="graded criteria here are " + ", ".join(codes))
            raise MinilatError("E084", f"no graded criterion {name!r} to weigh here", hint=hint)
        if not 0 <= weight <= LARGEST:
            raise MinilatError("E084", f"the weight of {name} is {weight}", hint=f"give 0 to {LARGEST:g}")
        raw[name] = float(weight)
    total = math.fsum(raw.values())
    if codes and total == 0:
        raise MinilatError("E084", "every weight is 0", hint="give one criterion a weight above 0")
    return {code: weight / total for code, weight in raw.items()}


def unweighted(given: Mapping[str, float] | None) -> None:
    """Nothing, where no weights are GIVEN; raises MinilatError E084 where some are, for an order that takes none."""
    if given:
        raise MinilatError("E084", "a lexicographic order takes no weights", hint="use promethee or electre")


def _gap(criterion: Pseudo, a: Mapping[str, float | None], b: Mapping[str, float | None]) -> float | None:
    """How far A is above B on one criterion, or None where one of the two is not known."""
    x, y = a.get(criterion.code), b.get(criterion.code)
    return None if x is None or y is None else round(x - y, DIGITS)


def _rise(value: float, low: float, high: float) -> float:
    """0 up to LOW, 1 from HIGH on, straight between."""
    return 0.0 if value <= low else 1.0 if value >= high else (value - low) / (high - low)


def _missing(criteria: Sequence[Pseudo], table: Sequence[Mapping[str, float | None]]) -> tuple[int, ...]:
    """For each option the comparisons, one per other option and criterion, in which a value is not known."""
    return tuple(
        sum(1 for j, b in enumerate(table) if i != j for c in criteria if _gap(c, a, b) is None)
        for i, a in enumerate(table)
    )


def promethee(
    criteria: Sequence[Pseudo], table: Sequence[Mapping[str, float | None]], weights: Mapping[str, float] | None = None
) -> Flows:
    """The flows of each option of TABLE (values by code); WEIGHTS sum to 1, equal by default.

    The preference of a over b on a criterion rises linearly from 0 at q to 1 at p (type V); the flows are means over
    the other options, and the net flow is leaving less entering. One option alone has flows of 0.
    """
    share = weigh([c.code for c in criteria]) if weights is None else weights
    size = len(table)

    def prefers(a: int, b: int) -> float:
        gaps = ((c, _gap(c, table[a], table[b])) for c in criteria)
        return math.fsum(share[c.code] * _rise(g, c.indifference, c.preference) for c, g in gaps if g is not None)

    index = [[prefers(a, b) if a != b else 0.0 for b in range(size)] for a in range(size)]
    others = max(size - 1, 1)
    leaving = [math.fsum(index[a]) / others for a in range(size)]
    entering = [math.fsum(index[b][a] for b in range(size)) / others for a in range(size)]
    net = [round(out - into, DIGITS) + 0.0 for out, into in zip(leaving, entering, strict=True)]
    return Flows(tuple(leaving), tuple(entering), tuple(net), _missing(criteria, table))


def electre(
    criteria: Sequence[Pseudo], table: Sequence[Mapping[str, float | None]], weights: Mapping[str, float] | None = None
) -> Outranking:
    """The credibilities, both distillations and so the final preorder of TABLE; WEIGHTS sum to 1, equal by default."""
    share = weigh([c.code for c in criteria]) if weights is None else weights
    size = range(len(table))
    sigma = tuple(
        tuple(1.0 if a == b else credibility(criteria, table[a], table[b], share) for b in size) for a in size
    )
    return Outranking(sigma, _distil(sigma, max), _distil(sigma, min), _missing(criteria, table))


def credibility(
    criteria: Sequence[Pseudo],
    a: Mapping[str, float | None],
    b: Mapping[str, float | None],
    weights: Mapping[str, float],
) -> float:
    """How credible it is that A is at least as good as B: the concordance, weakened by what objects more strongly."""
    short = [(c, 0.0 if (gap := _gap(c, b, a)) is None else gap) for c in criteria]
    agree = math.fsum(weights[c.code] * (1 - _rise(gap, c.indifference, c.preference)) for c, gap in short)
    found = agree
    for c, gap in short:
        against = 0.0 if c.veto is None else _rise(gap, c.preference, c.veto)
        if against > agree:
            found *= (1 - against) / (1 - agree)
    return round(found, DIGITS)


def _threshold(level: float) -> float:
    """By how much one credibility must exceed another to count as greater."""
    return 0.3 - 0.15 * level


def _distil(sigma: Sequence[Sequence[float]], pick: Callable[[Sequence[int]], int]) -> tuple[int, ...]:
    """The class of each option, 1 the best: PICK is max to take the best out first (descending), min for the worst."""
    left = set(range(len(sigma)))
    classes: list[set[int]] = []
    while left:
        kept = set(left)
        level = max((sigma[a][b] for a in kept for b in kept if a != b), default=0.0)
        while len(kept) > 1:
            below = level - _threshold(level)
            level = max((sigma[a][b] for a in kept for b in kept if a != b and sigma[a][b] < below), default=0.0)
            marks = _qualify(sigma, kept, level)
            chosen = pick(list(marks.values()))
            kept = {a for a, mark in marks.items() if mark == chosen}
            if level == 0.0:
                break
        classes.append(kept)
        left -= kept
    if pick is min:
        classes.reverse()
    return tuple(next(i for i, c in enumerate(classes, start=1) if a in c) for a in range(len(sigma)))


def _qualify(sigma: Sequence[Sequence[float]], kept: set[int], level: float) -> dict[int, int]:
    """For each option of KEPT: how many others it outranks at the LEVEL, less how many outrank it."""

    def outranks(a: int, b: int) -> bool:
        return sigma[a][b] > level and sigma[a][b] > sigma[b][a] + _threshold(sigma[a][b])

    return {a: sum(outranks(a, b) for b in kept if b != a) - sum(outranks(b, a) for b in kept if b != a) for a in kept}
