"""The act of composing: store and challenge in, proposals out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.compose.problem import Problem, extending, read
from kg.compose.solve import Found, Solved, anchors, fits, solve, uncoverable
from kg.errors import MinilatError, did_you_mean
from kg.names import curie
from kg.records import Composed, Proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from kg.store import Store


def compose(
    store: Store,
    challenge: str,
    *,
    include: Collection[str] = (),
    exclude: Collection[str] = (),
    anchor: str | None = None,
    largest: int | None = None,
    extend: str | None = None,
    partner: bool = False,
    prefer: str = "none",
    limit: int = 10,
    seconds: float = 10.0,
    progress: Callable[[str], None] | None = None,
) -> Composed:
    """The smallest new groupings for the challenge with the IRI CHALLENGE.

    With EXTEND, the IRI of an arrangement, its smallest extension that would meet the challenge: its participants stay,
    and it is the anchor. INCLUDE and EXCLUDE are ISO three-letter codes. Raises MinilatError E100 (a state both in and
    out, or unknown), E101 (no such anchor) or E080 (the challenge has no must).
    """
    whole = read(store, challenge)
    if extend is not None:
        whole = extending(store, whole, extend)
    problem = _narrow(whole, include, exclude, anchor, largest, partner)
    if not problem.needs:
        raise MinilatError("E080", f"{curie(challenge)} has no requirement marked code:must", hint="say what is needed")
    solved = solve(problem, limit=limit, seconds=seconds, prefer=prefer, progress=progress)
    gaps = frozenset(solved.gaps)
    found = tuple(_proposal(problem, f, solved, gaps) for f in solved.found)
    return Composed(
        found,
        solved.gaps,
        solved.size,
        solved.bound,
        solved.proven,
        solved.complete,
        solved.optima,
        solved.relax,
        len(problem.candidates),
        _conventions(problem),
        tuple(sorted(problem.kept)),
    )


def _narrow(
    problem: Problem,
    include: Collection[str],
    exclude: Collection[str],
    anchor: str | None,
    largest: int | None,
    partner: bool,
) -> Problem:
    wanted, barred = {s.upper() for s in include}, {s.upper() for s in exclude}
    for code in sorted(wanted | barred):
        if code not in problem.names:
            raise MinilatError(
                "E100", f"no state {code!r}", hint=did_you_mean(code, problem.names), where="--include/--exclude"
            )
    if both := sorted(wanted & barred):
        raise MinilatError("E100", f"{both[0]} is to be in and out at once", hint="name it in one of the two lists")
    anchors = tuple(a for a in problem.anchors if anchor is None or a.id == anchor)
    if not anchors:
        hint = did_you_mean(
            str(anchor),
            [a.id for a in problem.anchors],
            otherwise="known are " + ", ".join(a.id for a in problem.anchors),
        )
        raise MinilatError("E101", f"no anchor {anchor!r}", hint=hint, where="--anchor")
    candidates = tuple(sorted((set(problem.candidates) | wanted) - barred))
    inside = set(candidates)
    needs = tuple(
        n
        if n.given or n.aggregation == "best-shot"
        else replace(n, providers=min(2, max(1, len(problem.offers[n.capability] & inside))))
        for n in problem.needs
    )
    return replace(
        problem,
        candidates=candidates,
        needs=needs,
        offers={c: frozenset(s & inside) for c, s in problem.offers.items()},
        required=frozenset((problem.required | wanted) - barred),
        conflicts=frozenset(c for c in problem.conflicts if c <= inside),
        ties={pair: n for pair, n in problem.ties.items() if pair <= inside},
        anchors=anchors,
        largest=largest,
        want_partner=partner,
    )


def _proposal(problem: Problem, found: Found, solved: Solved, gaps: frozenset[str]) -> Proposal:
    members = found.members
    covers = {n.capability: tuple(sorted(problem.offers[n.capability] & members)) for n in problem.needs}
    substitutes: dict[str, tuple[str, ...]] = {}
    critical = []
    for m in sorted(members - problem.kept):
        if fits(problem, members - {m}, gaps):
            continue  # only the wish for more interest or ties keeps it in
        others = tuple(s for s in problem.candidates if s not in members and fits(problem, (members - {m}) | {s}, gaps))
        if others:
            substitutes[m] = others
        else:
            critical.append(m)
    anchor = next((a for a in anchors(problem, members) if a.id == found.anchor), None)
    conditions = [f"{anchor.name}: {anchor.enabler}"] if anchor else []
    if anchor and anchor.consensus:
        conditions.append(f"all members of {anchor.body.upper()} must agree")
    if anchor and anchor.body == "nato":
        guests = [problem.names[m] for m in sorted(members & problem.partners)]
        conditions += [f"{', '.join(guests)}: as partner of NATO"] if guests else []
    conditions += [
        f"{problem.names[m]}: {law}" for m in sorted(members - problem.kept) for law in problem.bound.get(m, ())
    ]
    return Proposal(
        tuple(sorted(members)),
        tuple(problem.names.get(m, m) for m in sorted(members)),
        found.anchor,
        anchor.name if anchor else "",
        anchor.enabler if anchor else "",
        covers,
        tuple(sorted(uncoverable(problem))),
        tuple(critical),
        substitutes,
        tuple(c for c, states in covers.items() if len(states) == 1),
        len(members) == solved.size,
        found.interest,
        found.ties,
        tuple(conditions),
        {f"{m} {c}": tuple(curie(r) for r in problem.roles.get((m, c), ())) for c, s in covers.items() for m in s},
    )


def _conventions(problem: Problem) -> tuple[str, ...]:
    """What was assumed because the challenge does not say it."""
    said = ["every affected state is to take part; a state whose conduct is the suspected challenge is not asked"]
    if problem.kept:
        said = ["no affected state is made to join"]
        if left := sorted(problem.outside - problem.required):
            said[0] += f"; left outside unless included: {', '.join(left)}"
    for n in problem.needs:
        if not n.given and n.aggregation != "best-shot":
            said.append(
                f"{n.capability}: {n.providers} providers, so that it does not hang on one"
                if n.providers > 1
                else f"{n.capability}: no more than {n.providers} provider is known"
            )
    return tuple(said)
