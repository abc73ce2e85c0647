"""Layer 5: how far the first place depends on weights nobody has agreed on, on single criteria, on weak statements.

Stochastic multicriteria acceptability analysis (Lahdelma and Salminen 2001, SMAA-2): weights are drawn uniformly from
the simplex, and a value that is not known is drawn uniformly from its scale. The seed is fixed, so the figures repeat.
Where few criteria tell the options apart the shares are not drawn but computed.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from kg.records import Coverage

DRAWS: Final = 10_000
SEED: Final = 20210216
SEPARATED: Final = 0.6
"""Below this share of first places the leading option is said not to be separable from the next."""
EXACT: Final = 4
"""With at most so many criteria that tell the options apart, shares are exact."""
Z: Final = 1.959963984540054
"""The quantile of the normal distribution for an interval of 95 %."""
Corner = tuple[Fraction, ...]


@dataclass(frozen=True)
class Robust:
    """For each option: the share of draws in which it is first, its best and its worst rank."""

    first: tuple[float, ...]
    ranks: tuple[tuple[int, int], ...]


def acceptability(table: Sequence[Sequence[float | None]]) -> Robust:
    """The robustness of a TABLE of options by criteria, each value on a 0..1 scale or None when not known."""
    import numpy as np

    if not table:
        return Robust((), ())
    known = np.array([[np.nan if v is None else v for v in row] for row in table], dtype=float)
    rng = np.random.default_rng(SEED)
    weights = rng.dirichlet(np.ones(known.shape[1]), size=DRAWS)
    filled = np.nan_to_num(known)
    scores = weights @ filled.T
    for option, criterion in zip(*np.nonzero(np.isnan(known)), strict=True):
        scores[:, option] += weights[:, criterion] * rng.random(DRAWS)
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = np.take_along_axis(scores, order, axis=1)
    index = np.arange(scores.shape[1])
    tied = np.zeros(ranked.shape, dtype=bool)
    tied[:, 1:] = ranked[:, :-1] - ranked[:, 1:] < 1e-12
    place = np.empty(scores.shape, dtype=np.int64)
    np.put_along_axis(place, order, np.maximum.accumulate(np.where(tied, 0, index), axis=1) + 1, axis=1)
    winners = place == 1
    first = (winners / winners.sum(axis=1, keepdims=True)).mean(axis=0)
    return Robust(
        tuple(round(float(f), 4) for f in first),
        tuple((int(a), int(b)) for a, b in zip(place.min(axis=0), place.max(axis=0), strict=True)),
    )


def wilson(share: float, draws: int = DRAWS) -> tuple[float, float]:
    """The 95 % score interval of a SHARE found in so many DRAWS (Wilson 1927, JASA 22), to four places."""
    spread = Z * Z / draws
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / draws + spread / (4 * draws))
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)


def exact(table: Sequence[Sequence[float | None]]) -> tuple[Fraction, ...] | None:
    """The exact share of all weights with which each option of TABLE comes first, or None where it must be drawn.

    Exact are tables in which every value is known and at most four criteria tell the options apart. The other criteria
    add the same to every score, and uniform weights on all criteria, cut down to some and rescaled, are uniform on
    those. The simplex of weights is cut along the planes on which two options tie, in rational arithmetic; whenever an
    edge of a piece crosses a plane the piece is parted there, and the two parts have the shares in which the edge is
    parted. Values are read to nine places; options that are equal everywhere share their part evenly.
    """
    if len(table) < 2:
        return (Fraction(1),) * len(table)
    if any(value is None for row in table for value in row):
        return None
    rows = [tuple(Fraction(str(round(v or 0.0, 9))) for v in row) for row in table]
    telling = [j for j in range(len(rows[0])) if len({row[j] for row in rows}) > 1]
    if len(telling) > EXACT:
        return None
    cut = [tuple(row[j] for j in telling) for row in rows]
    equals = Counter(cut)
    share = {row: _part(row, [other for other in equals if other != row]) for row in equals}
    return tuple(share[row] / equals[row] for row in cut)


def _part(best: Corner, others: Sequence[Corner]) -> Fraction:
    """The part of the simplex of weights in which BEST scores at least as much as each of OTHERS."""
    size = len(best)
    whole = tuple(tuple(Fraction(int(i == j)) for j in range(size)) for i in range(size))
    pieces = [(whole, Fraction(1))]
    for other in others:
        plane = [x - y for x, y in zip(best, other, strict=True)]
        pieces = [kept for corners, volume in pieces for kept in _above(corners, volume, plane)]
    return sum((volume for _, volume in pieces), Fraction(0))


def _above(
    corners: tuple[Corner, ...], volume: Fraction, plane: Sequence[Fraction]
) -> list[tuple[tuple[Corner, ...], Fraction]]:
    """The pieces, each with its volume, of a simplex with these CORNERS that lie on the upper side of PLANE."""
    side = [sum((x * n for x, n in zip(c, plane, strict=True)), Fraction(0)) for c in corners]
    up, down = max(range(len(side)), key=side.__getitem__), min(range(len(side)), key=side.__getitem__)
    if side[down] >= 0:
        return [(corners, volume)]
    if side[up] <= 0:
        return []
    part = side[up] / (side[up] - side[down])  # how far along the edge from up to down the plane is met
    met = tuple(a + part * (b - a) for a, b in zip(corners[up], corners[down], strict=True))
    upper = tuple(met if i == down else c for i, c in enumerate(corners))
    lower = tuple(met if i == up else c for i, c in enumerate(corners))
    return _above(upper, volume * part, plane) + _above(lower, volume * (1 - part), plane)


def flips(codes: Iterable[str], first: Callable[[str | None], Hashable]) -> tuple[str, ...]:
    """Those of CODES without which the first place changes; FIRST(code) says who holds it without the criterion."""
    whole = first(None)
    return tuple(c for c in codes if first(c) != whole)


def withdrawn(rows: Sequence[Coverage], statement: str) -> tuple[Coverage, ...]:
    """The coverage ROWS of an option if STATEMENT were withdrawn: what rests on it alone is no longer covered.

    Only the evidence at the level that counts is known. Where that level is above the one required, an offer at a lower
    level may still do; that is not looked up, so such a row is at least in doubt and is counted as a gap.
    """
    return tuple(
        replace(r, level=0, value="fail", note=f"rests on {statement} alone", evidence=())
        if r.value == "pass" and r.evidence == (statement,)
        else r
        for r in rows
    )
