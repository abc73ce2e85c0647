"""What a scenario changes, as text and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.render.tables import dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.whatif.diff import Difference, Judgement, Rejudged, Shift

SHOWN: Final = 25
"""How many lines of one kind text lists before it counts the rest."""


def as_json(found: Difference) -> str:
    """The difference in the stable JSON form."""
    return (
        dump(
            {
                "scenario": found.title,
                "counterfactual": True,
                "as_of": found.as_of,
                "added": list(found.added),
                "retracted": list(found.retracted),
                "roles": [_shift(s) for s in found.roles],
                "members": [_shift(s) for s in found.members],
                "classes": [_shift(s) for s in found.classes],
                "sizes": [_shift(s) for s in found.sizes],
                "own": [_shift(s) for s in found.own],
                "facts": [{"property": p, "gained": up, "lost": down} for p, up, down in found.facts],
                "judged": found.judged,
                "challenges": [_judgement(j) for j in found.challenges],
            }
        )
        + "\n"
    )


def _shift(s: Shift) -> dict[str, Any]:
    return {
        "change": "gained" if s.gained else "lost",
        "subject": s.subject,
        "property": s.what,
        "object": s.object,
        "rule": s.rule,
        "because": list(s.because),
    }


def _judgement(j: Judgement) -> dict[str, Any]:
    return {
        "id": j.id,
        "label": j.label,
        "first": {"before": list(j.first[0]), "after": list(j.first[1])},
        "options": [rejudged(o) for o in j.options],
    }


def rejudged(o: Rejudged) -> dict[str, Any]:
    """An option before and after, in the stable JSON form."""
    return {
        "id": o.id,
        "label": o.label,
        "verdict": {"before": o.verdict[0], "after": o.verdict[1]},
        "rank": {"before": o.rank[0], "after": o.rank[1]},
        "gaps": {"before": list(o.gaps[0]), "after": list(o.gaps[1])},
        "criteria": {c: {"before": a, "after": b, "note": note} for c, a, b, note in o.criteria},
        "reasons": [{"code": c, "text": t} for c, t in o.reasons],
    }


def as_text(found: Difference) -> str:
    """The difference for a terminal."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Difference) -> Iterator[str]:
    yield f"Supposed on {found.as_of}, not recorded: {found.title}"
    yield f"{len(found.added)} statements added, {len(found.retracted)} retracted"
    for name, shifts in (
        ("Roles", found.roles),
        ("Members", found.members),
        ("Classes", found.classes),
        ("Sizes and links", found.sizes),
        ("By your own rules", found.own),
    ):
        yield from _section(name, shifts)
    if found.facts:
        yield ""
        yield "Other inferred facts"
        yield from (f"  {p}: {up} gained, {down} lost" for p, up, down in found.facts)
    if found.judged:
        yield ""
        yield f"Answers: {len(found.challenges)} of {found.judged} challenges change"
    for j in found.challenges:
        yield from _answers(j)


def _section(name: str, shifts: Sequence[Shift]) -> Iterator[str]:
    if not shifts:
        return
    yield ""
    yield f"{name}: {sum(s.gained for s in shifts)} gained, {sum(not s.gained for s in shifts)} lost"
    for s in shifts[:SHOWN]:
        because = f"; rests on {', '.join(s.because[:2])}" if s.because else ""
        yield f"  {'+' if s.gained else '−'} {s.subject} – {s.what} – {s.object}  [{s.rule}{because}]"
    if len(shifts) > SHOWN:
        yield f"  … and {len(shifts) - SHOWN} more"


def _answers(j: Judgement) -> Iterator[str]:
    before, after = (", ".join(ids) or "nobody" for ids in j.first)
    lead = f"first is {after}" if before == after else f"first was {before}, now {after}"
    yield f"  {j.label}: {lead}"
    big = [o for o in j.options if o.verdict[0] != o.verdict[1] or o.rank[0] != o.rank[1] or o.gaps[0] != o.gaps[1]]
    for o in big[:SHOWN]:
        parts = []
        if o.verdict[0] != o.verdict[1]:
            parts.append(f"{o.verdict[0]} → {o.verdict[1]}")
        if o.rank[0] != o.rank[1]:
            parts.append(f"rank {o.rank[0] or '–'} → {o.rank[1] or '–'}")
        if o.gaps[0] != o.gaps[1]:
            parts.append(f"gaps {' '.join(o.gaps[0]) or 'none'} → {' '.join(o.gaps[1]) or 'none'}")
        parts += [f"{c} {a} → {b}" for c, a, b, _ in o.criteria]
        yield f"    {o.label}: {'; '.join(parts)}"
        if o.verdict[0] != o.verdict[1]:
            yield from (f"      {c}: {t}" for c, t in o.reasons[:3])
    rest = len(j.options) - len(big[:SHOWN])
    if rest:
        yield f"    … and {rest} more options with other values of criteria"
