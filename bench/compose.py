"""How long composing takes on generated problems: `python bench/compose.py`.

Two sizes, a fixed seed: 60 states with 15 capabilities (first optimum, all optima) and 200 states with 60 capabilities
(a first feasible grouping, then the proven optimum or the gap to the proven bound). Times are of this machine.
"""

from __future__ import annotations

import random
import time
from itertools import combinations

from kg.compose.problem import Anchor, Need, Problem
from kg.compose.solve import solve

SEED = 7


def problem(states: int, capabilities: int) -> Problem:
    """A generated problem: each capability has between 4 and an eighth of the states as providers."""
    rng = random.Random(SEED)
    names = tuple(f"S{i:03d}" for i in range(states))
    needs = tuple(Need(f"C{k:02d}", 2, rng.choice((1, 2, 2, 3)), True, "summation") for k in range(capabilities))
    offers = {n.capability: frozenset(rng.sample(names, max(4, states // 8))) for n in needs}
    conflicts = frozenset(frozenset(rng.sample(names, 2)) for _ in range(states // 4))
    small = [pair for pair in combinations(names, 2) if rng.random() < 0.1]
    return Problem(
        names,
        needs,
        offers,
        frozenset(),
        conflicts,
        frozenset(rng.sample(names, states // 5)),
        frozenset(rng.sample(names, states // 3)),
        frozenset(rng.sample(names, states // 4)),
        {s: rng.randint(0, 3) for s in names},
        {frozenset(p): rng.randint(1, 9) for p in small} if states <= 60 else {},
        (Anchor("open", "Open", 0, "", "a paper", False, frozenset(names), frozenset(names)),),
    )


def main() -> None:
    """Print a line for each question."""
    for states, capabilities, limit, seconds in (
        (60, 15, 1, 10.0),
        (60, 15, 1000, 10.0),
        (200, 60, 1, 2.0),
        (200, 60, 1, 60.0),
    ):
        start = time.perf_counter()
        answer = solve(problem(states, capabilities), limit=limit, seconds=seconds)
        took = time.perf_counter() - start
        optimal = sum(1 for f in answer.found if answer.size == len(f.members))
        print(
            f"{states:>3} states {capabilities:>2} capabilities limit {limit:>4}: {took:6.2f} s, size {answer.size}, "
            f"bound {answer.bound:.1f}, proven {answer.proven}, complete {answer.complete}, "
            f"{optimal} optimal of {len(answer.found)} found, {answer.optima or 'unknown how many'} in all"
        )


if __name__ == "__main__":
    main()
