"""Composed groupings as JSON and for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.render.tables import dump, grid

if TYPE_CHECKING:
    from kg.records import Composed, Proposal, Thing


def proposal(p: Proposal) -> dict[str, Any]:
    """One proposal in the stable JSON form."""
    return {
        "members": list(p.members),
        "anchor": p.anchor,
        "covers": {c: list(states) for c, states in p.covers.items()},
        "gaps": list(p.gaps),
        "critical": list(p.critical),
        "substitutes": {m: list(others) for m, others in p.substitutes.items()},
        "single_points": list(p.single),
        "optimal": p.optimal,
        "least_interest": p.interest,
        "ties": p.ties,
        "conditions": list(p.conditions),
        "roles": {k: list(v) for k, v in p.roles.items()},
    }


def as_json(challenge: Thing, as_of: str, found: Composed) -> str:
    """The proposals in the stable JSON form."""
    return (
        dump(
            {
                "challenge": {"id": challenge.id, "notation": challenge.notation, "label": challenge.label},
                "as_of": as_of,
                "candidates": found.candidates,
                "proposals": [proposal(p) for p in found.proposals],
                "gaps": list(found.gaps),
                "size": found.size,
                "bound": round(found.bound, 3),
                "proven": found.proven,
                "complete": found.complete,
                "optima": found.optima,
                "relax": list(found.relax),
                "conventions": list(found.conventions),
                "kept": list(found.kept),
            }
        )
        + "\n"
    )


def in_short(p: Proposal) -> str:
    """One line: the members, the anchor, what stays open and whom nobody can replace."""
    rest = [f"not provided: {', '.join(p.gaps)}"] if p.gaps else []
    rest += [f"nobody can replace {', '.join(p.critical)}"] if p.critical else []
    return f"{' '.join(p.members)}, {p.anchor}" + (f" — {'; '.join(rest)}" if rest else "")


def as_text(challenge: Thing, as_of: str, found: Composed) -> str:
    """The proposals for a terminal: members, anchor, cover, who is critical and who could stand in."""
    what = "Extensions" if found.kept else "New groupings"
    lines = [
        f"{what} for {challenge.label} ({challenge.notation or challenge.id}) on {as_of}",
        "",
        headline(found),
        "",
    ]
    if found.proposals:
        head = ("#", "size", "members", "anchor", "least interest", "ties", "single points")
        rows = [
            [
                str(i),
                str(len(p.members)),
                " ".join(p.members),
                p.anchor,
                str(p.interest),
                str(p.ties),
                " ".join(p.single),
            ]
            for i, p in enumerate(found.proposals, 1)
        ]
        lines.append(grid(head, rows).rstrip())
        first = found.proposals[0]
        lines += ["", "The first in full"]
        lines += [f"  · {c}: {', '.join(states) or 'nobody'}" for c, states in first.covers.items()]
        lines.append(f"  · nobody can replace: {', '.join(first.critical) or 'none'}")
        lines += [
            f"  · {m} could be replaced by {', '.join(o[:6])}{' …' if len(o) > 6 else ''}"
            for m, o in first.substitutes.items()
        ]
        lines += [f"  · condition: {c}" for c in first.conditions]
    for title, rows_of in (
        ("Conflicting conditions; giving up these would do", found.relax),
        ("Conventions", found.conventions),
    ):
        if rows_of:
            lines += ["", title, *(f"  · {r}" for r in rows_of)]
    lines += ["", "Offers come from public roles of states: could plausibly provide, never has available."]
    return "\n".join(lines) + "\n"


def headline(found: Composed) -> str:
    """One sentence on what was found and how sure it is."""
    gaps = f" No candidate provides {', '.join(found.gaps)}." if found.gaps else ""
    if found.relax:
        return f"No grouping meets all conditions.{gaps}"
    if not found.proposals:
        return f"No grouping was found in the time given; at least {found.bound:.0f} members would be needed.{gaps}"
    sure = "proven smallest" if found.proven else f"best found; the proven bound is {found.bound:.1f}"
    if found.kept and found.size is not None:
        more = found.size - len(found.kept)
        joined = sorted(set(found.proposals[0].members) - set(found.kept))
        need = f"{more or 'No'} state{'' if more == 1 else 's'} would have to join the {len(found.kept)} participants"
        first = f"; the first names {', '.join(joined)}" if joined else ""
        sure = "proven" if found.proven else f"best found; the proven bound is {found.bound:.1f}"
        return f"{need} for every must to be covered ({sure}{first}).{gaps}"
    listed = "all listed" if found.complete else f"the first {len(found.proposals)} listed"
    if found.optima is not None and found.optima > 1:
        listed = f"in {found.optima} ways; {listed}"
    return f"{found.size} members suffice ({sure}; {listed}; {found.candidates} candidate states).{gaps}"
