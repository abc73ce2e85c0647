"""The exact solver: a set multi-cover with conflicts, a lead, geography and an anchor, as integer programmes (HiGHS).

Objective, in this order: fewest uncovered musts, fewest members (Naím 2009: the smallest number with the largest
impact), highest interest of the least interested member, most ties between members (Axelrod 1970: connected
coalitions), anchor as preferred. Solutions of the smallest size, and irredundant ones with one member more, are
enumerated by cutting off each solution found. All variables are ordered by ISO code and the solver runs on one thread,
so the answer repeats.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.compose.problem import Anchor, Problem


@dataclass(frozen=True)
class Found:
    """A set of members with an anchor, and what the solver knows of it."""

    members: frozenset[str]
    anchor: str
    interest: int
    ties: int


@dataclass(frozen=True)
class Solved:
    """All sets found, best first; ``bound`` is a proven lower bound of the size, ``proven`` whether it was reached."""

    found: tuple[Found, ...]
    gaps: tuple[str, ...]
    size: int | None
    bound: float
    proven: bool
    complete: bool
    relax: tuple[str, ...]


class _Model:
    """The programme over one problem; rows can be added between solves."""

    def __init__(self, problem: Problem, seconds: float) -> None:
        import highspy

        self.p = problem
        self.h: Any = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0)):
            self.h.setOptionValue(option, value)
        self.end = time.monotonic() + seconds
        self.x = {s: self.h.addBinary() for s in problem.candidates}
        self.y = {a.id: self.h.addBinary() for a in problem.anchors}
        self.uncovered: dict[str, Any] = {}

    def total(self, names: Iterable[str]) -> Any:
        """The number of members among NAMES."""
        return sum((self.x[s] for s in sorted(names) if s in self.x), start=0 * self._zero())

    def _zero(self) -> Any:
        return next(iter(self.x.values()))

    def build(self, gaps: frozenset[str]) -> None:
        """All conditions but coverage of the capabilities GAPS."""
        p, h = self.p, self.h
        for need in p.needs:
            if need.capability not in gaps:
                h.addConstr(self.total(p.offers[need.capability]) >= need.providers)
        for s in sorted(p.required):
            h.addConstr(self.x[s] >= 1)
        for pair in sorted(sorted(c) for c in p.conflicts):
            h.addConstr(self.x[pair[0]] + self.x[pair[1]] <= 1)
        if p.geography:
            h.addConstr(self.total(p.near) >= 1)
        if p.want_partner:
            h.addConstr(self.total(p.partners) >= 1)
        if p.largest is not None:
            h.addConstr(self.total(p.candidates) <= p.largest)
        h.addConstr(sum(self.y.values(), start=0 * self._zero()) >= 1)
        for a in p.anchors:
            h.addConstr(self.total(p.leads & a.leaders) >= self.y[a.id])
            for s in p.candidates:
                if s not in a.joiners:
                    h.addConstr(self.x[s] + self.y[a.id] <= 1)

    def solve(self, objective: Any, *, maximise: bool = False) -> str:
        """'optimal', 'infeasible' or 'time' (a solution may still be there)."""
        import highspy

        self.h.setOptionValue("time_limit", max(0.05, self.h.getRunTime() + self.end - time.monotonic()))
        (self.h.maximize if maximise else self.h.minimize)(objective)
        status = self.h.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return "optimal"
        return "infeasible" if status == highspy.HighsModelStatus.kInfeasible else "time"

    def members(self) -> frozenset[str]:
        """The members of the solution just found."""
        values = self.h.getSolution().col_value
        return frozenset(s for s, v in self.x.items() if values and values[v.index] > 0.5)

    def cut(self, members: frozenset[str]) -> None:
        """Leave out MEMBERS and every larger set from now on: with a feasible set inside, it could spare somebody."""
        self.h.addConstr(self.total(members) <= len(members) - 1)


def uncoverable(problem: Problem) -> frozenset[str]:
    """The needs that no set of candidates can cover: too few providers."""
    return frozenset(n.capability for n in problem.needs if len(problem.offers[n.capability]) < n.providers)


def solve(
    problem: Problem,
    *,
    limit: int,
    seconds: float,
    prefer: str = "none",
    progress: Callable[[str], None] | None = None,
) -> Solved:
    """The smallest groupings for PROBLEM, at most LIMIT, within SECONDS.

    When the conditions contradict each other, ``relax`` names a smallest set of them to give up. When time runs out,
    the best set found is given with the proven bound, and ``proven`` is false.
    """
    say = progress or (lambda _: None)
    gaps = uncoverable(problem)
    if not problem.candidates:
        return Solved((), tuple(sorted(gaps)), None, 0.0, True, True, ("no state offers any of the capabilities",))
    model = _Model(problem, seconds)
    model.build(gaps)
    everyone = model.total(problem.candidates)
    say("looking for the smallest size")
    outcome = model.solve(everyone)
    if outcome == "infeasible":
        return Solved((), tuple(sorted(gaps)), None, 0.0, True, True, relaxation(problem, gaps, seconds))
    info = model.h.getInfo()
    first = model.members()
    if not first:
        return Solved((), tuple(sorted(gaps)), None, max(0.0, info.mip_dual_bound), False, False, ())
    size = len(first)
    if outcome == "time":
        only = (describe(problem, first, prefer),)
        return Solved(only, tuple(sorted(gaps)), size, info.mip_dual_bound, False, False, ())
    model.h.addConstr(everyone <= size)
    best = _refine(model, problem, say)
    found, complete = _enumerate(problem, gaps, best or first, limit, prefer, say, model.end)
    ordered = tuple(sorted(found, key=lambda f: _order(problem, f, prefer)))
    return Solved(ordered, tuple(sorted(gaps)), size, size, True, complete, ())


def _refine(model: _Model, problem: Problem, say: Callable[[str], None]) -> frozenset[str]:
    """Among the smallest sets, one with the highest least interest and, among those, the most ties (empty: no time)."""
    say("looking for interest and ties")
    h, everyone = model.h, problem.candidates
    top = max(problem.interest.values(), default=0)
    least = h.addIntegral(lb=0, ub=top)
    for s in everyone:
        h.addConstr(least + (top - problem.interest.get(s, 0)) * model.x[s] <= top)
    if model.solve(least, maximise=True) != "optimal":
        return frozenset()
    h.addConstr(least >= round(h.getInfo().objective_function_value))
    if not problem.ties:
        return model.members()
    both = []
    for pair, n in sorted(problem.ties.items(), key=lambda kv: sorted(kv[0])):
        together = h.addVariable(lb=0, ub=1)
        for s in sorted(pair):
            h.addConstr(together - model.x[s] <= 0)
        both.append(n * together)
    model.solve(sum(both, start=0 * least), maximise=True)
    return model.members()


def _enumerate(
    problem: Problem,
    gaps: frozenset[str],
    first: frozenset[str],
    limit: int,
    prefer: str,
    say: Callable[[str], None],
    end: float,
) -> tuple[list[Found], bool]:
    """FIRST, all other sets of its size, then irredundant ones with one member more, until LIMIT or the end of time."""
    found = [describe(problem, first, prefer)]
    model = _Model(problem, end - time.monotonic())
    model.build(gaps)
    everyone = model.total(problem.candidates)
    model.h.addConstr(everyone <= len(first) + 1)
    model.cut(first)
    # Size first, then interest, so that better sets come before the limit is reached.
    weight = {s: 1000 - 10 * problem.interest.get(s, 0) for s in problem.candidates}
    objective = sum((weight[s] * model.x[s] for s in problem.candidates), start=0 * everyone)
    while len(found) < limit and time.monotonic() < end:
        outcome = model.solve(objective)
        if outcome != "optimal":
            return found, outcome == "infeasible"
        members = model.members()
        while spare := next((m for m in sorted(members) if fits(problem, members - {m}, gaps)), None):
            members -= {spare}
        model.cut(members)
        found.append(describe(problem, members, prefer))
        say(f"{len(found)} groupings found")
    return found, False


def fits(problem: Problem, members: frozenset[str], gaps: frozenset[str] = frozenset()) -> bool:
    """Whether MEMBERS meet every condition of PROBLEM, leaving the capabilities GAPS aside."""
    return (
        problem.required <= members
        and not any(c <= members for c in problem.conflicts)
        and all(
            len(problem.offers[n.capability] & members) >= n.providers
            for n in problem.needs
            if n.capability not in gaps
        )
        and (not problem.geography or bool(problem.near & members))
        and (not problem.want_partner or bool(problem.partners & members))
        and (problem.largest is None or len(members) <= problem.largest)
        and bool(anchors(problem, members))
    )


def irredundant(problem: Problem, members: frozenset[str], gaps: frozenset[str] = frozenset()) -> bool:
    """Whether no member can leave without breaking a condition."""
    return not any(fits(problem, members - {m}, gaps) for m in members)


def anchors(problem: Problem, members: frozenset[str]) -> list[Anchor]:
    """The anchors that admit all MEMBERS and let one of them lead."""
    return [a for a in problem.anchors if members <= a.joiners and members & a.leaders & problem.leads]


def describe(problem: Problem, members: frozenset[str], prefer: str) -> Found:
    """MEMBERS with the anchor preferred (nato, eu, none: the lightest), their least interest and their ties."""
    able = anchors(problem, members)
    best = min(able, key=lambda a: _anchor_order(a, prefer)) if able else None
    ties = sum(n for pair, n in problem.ties.items() if pair <= members)
    least = min((problem.interest.get(m, 0) for m in members), default=0)
    return Found(members, best.id if best else "", least, ties)


def _anchor_order(anchor: Anchor, prefer: str) -> tuple[int, int, str]:
    own = 0 if anchor.body == prefer else 1
    return (own, anchor.level if prefer in ("none", "low-profile") else -anchor.level, anchor.id)


def _order(problem: Problem, found: Found, prefer: str) -> tuple[object, ...]:
    anchor = next((a for a in problem.anchors if a.id == found.anchor), None)
    rank = _anchor_order(anchor, prefer) if anchor else (9, 9, "")
    return (len(found.members), -found.interest, -found.ties, rank, sorted(found.members))


def relaxation(problem: Problem, gaps: frozenset[str], seconds: float) -> tuple[str, ...]:
    """A smallest set of conditions whose giving up makes the rest possible, in words."""
    model = _Model(problem, seconds)
    p, h = problem, model.h
    give: dict[str, Any] = {}

    def slack(words: str) -> Any:
        return give.setdefault(words, h.addBinary())

    big = len(p.candidates)
    for n in p.needs:
        if n.capability not in gaps:
            free = slack(f"{n.providers} providers of {n.capability} at level {n.level}")
            h.addConstr(model.total(p.offers[n.capability]) + n.providers * free >= n.providers)
    for s in sorted(p.required):
        h.addConstr(model.x[s] + slack(f"{p.names.get(s, s)} takes part") >= 1)
    for a, b in sorted(sorted(c) for c in p.conflicts):
        free = slack(f"{p.names.get(a, a)} and {p.names.get(b, b)} are kept apart")
        h.addConstr(model.x[a] + model.x[b] - free <= 1)
    if p.geography:
        h.addConstr(model.total(p.near) + slack("a member lies in or near the area") >= 1)
    if p.want_partner:
        h.addConstr(model.total(p.partners) + slack("a partner of NATO takes part") >= 1)
    if p.largest is not None:
        h.addConstr(model.total(p.candidates) - big * slack(f"at most {p.largest} members") <= p.largest)
    anchored = slack("one anchor admits all members")
    lead = slack("a state that has led before, and may lead under the anchor, takes part")
    h.addConstr(sum(model.y.values(), start=0 * anchored) + anchored >= 1)
    for anchor in p.anchors:
        h.addConstr(model.total(p.leads & anchor.leaders) + lead >= model.y[anchor.id])
        for s in p.candidates:
            if s not in anchor.joiners:
                h.addConstr(model.x[s] + model.y[anchor.id] <= 1)
    if model.solve(sum(give.values(), start=0 * lead)) == "infeasible":
        return ()
    values = h.getSolution().col_value
    return tuple(words for words, v in give.items() if values and values[v.index] > 0.5)
