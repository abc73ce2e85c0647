"""Layer 5: how far the first place depends on weights nobody has agreed on.

Stochastic multicriteria acceptability analysis (Lahdelma and Salminen 2001, SMAA-2): weights are drawn uniformly from
the simplex, and a value that is not known is drawn uniformly from its scale. The seed is fixed, so the figures repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAWS: Final = 10_000
SEED: Final = 20210216
SEPARATED: Final = 0.6
"""Below this share of first places the leading option is said not to be separable from the next."""


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
