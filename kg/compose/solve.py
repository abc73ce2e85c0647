"""The exact solver: a set multi-cover with conflicts, a lead, geography and an anchor, as integer programmes (HiGHS).

Objective, in this order: fewest uncovered musts, fewest members (Naím 2009: the smallest number with the largest
impact), highest interest of the least interested member, most ties between members (Axelrod 1970: connected
coalitions), anchor as preferred. Solutions of the smallest size, and irredundant ones with one member more, are listed
by a search of their own (kg.compose.enumeration). All variables are ordered by ISO code and the solver runs on one
thread, so the answer repeats unless time runs out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from kg.compose.enumeration import every

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.compose.problem import Anchor, Problem


MOST: Final = 20_000
"""How many sets of one size are looked at; with more of them the list is said not to be complete."""


@dataclass(frozen=True)
class Found:
    """A set of members with an anchor, and what the solver knows of it."""

    members: frozenset[str]
    anchor: str
    interest: int
    ties: int


@dataclass(frozen=True)
class Solved:
    """The best sets found, best first.

    ``bound`` is a proven lower bound of the size and ``proven`` whether it was reached; ``optima`` counts the sets of
    the smallest size, where all were seen; ``complete`` says that every optimum and near-optimum is in ``found``.
    """

    found: tuple[Found, ...]
    gaps: tuple[str, ...]
    size: int | None
    bound: float
    proven: bool
    complete: bool
    optima: int | None
    relax: tuple[str, ...]


class _Model:
    """The programme over one problem; rows can be added between solves."""

    def __init__(self, problem: Problem, end: float) -> None:
        import highspy

        self.p = problem
        self.h: Any = highspy.Highs()
        self.h.HandleUserInterrupt = True
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0)):
            self.h.setOptionValue(option, value)
        self.end = end
        self.stopped = False
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
        """'optimal', 'infeasible' or 'time' (a solution may still be there; also when interrupted)."""
        import highspy

        self.h.setOptionValue("time_limit", max(0.05, self.h.getRunTime() + self.end - time.monotonic()))
        sense = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        self.h.setObjective(objective, sense)
        self.h.startSolve()
        # The solver works in a thread of its own, so that an interrupt reaches us and the best so far is kept.
        while True:
            try:
                if self.h.wait(0.1)[0]:
                    break
            except KeyboardInterrupt:
                self.stopped = True
                self.h.cancelSolve()
        status = self.h.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return "optimal"
        return "infeasible" if status == highspy.HighsModelStatus.kInfeasible else "time"

    def members(self) -> frozenset[str]:
        """The members of the solution just found."""
        values = self.h.getSolution().col_value
        return frozenset(s for s, v in self.x.items() if values and values[v.index] > 0.5)


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
    end = time.monotonic() + seconds
    gaps = uncoverable(problem)
    open_ = tuple(sorted(gaps))
    if not problem.candidates:
        return Solved((), open_, None, 0.0, True, True, 0, ("no state offers any of the capabilities",))
    model = _Model(problem, end)
    model.build(gaps)
    everyone = model.total(problem.candidates)
    say("looking for the smallest size")
    outcome = model.solve(everyone)
    if outcome == "infeasible":
        return Solved((), open_, None, 0.0, True, True, 0, relaxation(problem, gaps, seconds))
    info = model.h.getInfo()
    first = model.members()
    if not first:
        return Solved((), open_, None, max(0.0, info.mip_dual_bound), False, False, None, ())
    size = len(first)
    if outcome == "time":
        only = (describe(problem, first, prefer),)
        return Solved(only, open_, size, info.mip_dual_bound, False, False, None, ())
    model.h.addConstr(everyone <= size)
    say(f"{size} members suffice; looking for interest and ties")
    model.end = time.monotonic() + (end - time.monotonic()) / 3  # the rest is for listing the others
    best = _refine(model, problem)
    if model.stopped or (limit == 1 and best):
        best = best or first
        return Solved((describe(problem, best, prefer),), open_, size, size, True, False, None, ())
    optima, complete = every(
        problem, gaps, size, end=end, most=MOST, say=lambda n: say(f"{n} groupings of {size} members")
    )
    found = _ranked(problem, optima | {best or first}, prefer)
    seen = len(found) if complete else None
    if complete and len(found) <= limit and problem.largest != size:
        larger, complete = every(
            problem, gaps, size + 1, end=end, most=MOST, say=lambda n: say(f"{n} groupings of {size + 1} members")
        )
        found += _ranked(problem, {m for m in larger if irredundant(problem, m, gaps)}, prefer)
    return Solved(tuple(found[:limit]), open_, size, size, True, complete and len(found) <= limit, seen, ())


def _refine(model: _Model, problem: Problem) -> frozenset[str]:
    """Among the smallest sets, one with the highest least interest and, among those, the most ties (empty: no time)."""
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
    done = model.solve(sum(both, start=0 * least), maximise=True)
    return model.members() if done == "optimal" else frozenset()


def _ranked(problem: Problem, sets: Iterable[frozenset[str]], prefer: str) -> list[Found]:
    return sorted((describe(problem, s, prefer) for s in sets), key=lambda f: _order(problem, f, prefer))


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
    ties = sum(problem.ties.get(frozenset(pair), 0) for pair in combinations(sorted(members), 2))
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
    model = _Model(problem, time.monotonic() + seconds)
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
