"""A Timeline as a table with the changes under it, as JSON or as Markdown.

*cited* marks an event that just one of the two answers rests on; *also* one that merely falls between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.render.tables import dump, grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.records import Thing
    from kg.timeline import Change, Event, Moved, NewVerdict, Slice, Timeline

HEAD: Final = ("as of", "leads", "verdict", "full · partial · unknown · ineligible", "front")
SHOWN: Final = 8


def _thing(t: Thing) -> dict[str, str]:
    return {"id": t.id, "notation": t.notation, "label": t.label}


def _event(e: Event) -> dict[str, Any]:
    return {
        "date": e.date, "what": e.what, "name": e.name, "place": e.place, "options": list(e.options),
        "statement": e.statement, "confidence": e.confidence, "source": e.source, "cited": e.cited,
    }  # fmt: skip


def _change(c: Change) -> dict[str, Any]:
    return {
        "from": c.since,
        "to": c.until,
        "arrived": [_thing(t) for t in c.arrived],
        "departed": [_thing(t) for t in c.departed],
        "verdicts": [{**_thing(v.thing), "before": v.before, "after": v.after} for v in c.verdicts],
        "moved": [
            {"option": m.option, "criterion": m.code, "before": _round(m.before), "after": _round(m.after)}
            for m in c.moved
        ],
        "events": [_event(e) for e in c.events],
    }


def _round(value: float | str | None) -> float | str | None:
    return round(value, 4) if isinstance(value, float) else value


def as_json(timeline: Timeline) -> str:
    """The timeline in a stable JSON form: one object a day, one a change."""
    return (
        dump(
            {
                "challenge": _thing(timeline.challenge),
                "prefer": timeline.prefer,
                "slices": [
                    {
                        "as_of": s.as_of,
                        "verdict": s.verdict,
                        "leaders": [_thing(t) for t in s.leaders],
                        "front": [_thing(t) for t in s.front],
                        "counts": dict(s.counts),
                    }
                    for s in timeline.slices
                ],
                "changes": [_change(c) for c in timeline.changes],
            }
        )
        + "\n"
    )


def _labels(things: Sequence[Thing]) -> str:
    return ", ".join(t.label for t in things)


def _row(s: Slice) -> list[str]:
    counts = " · ".join(str(s.counts.get(v, 0)) for v in ("full", "partial", "unknown", "ineligible"))
    return [s.as_of, _labels(s.leaders) or "none", s.verdict, counts, ", ".join(t.id for t in s.front)]


def _verdict(v: NewVerdict) -> str:
    return f"{v.thing.label}: {v.before or 'not there'} → {v.after or 'not there'}"


def _value(value: float | str | None) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return "?" if value is None else str(value)


def _because(found: Sequence[Event]) -> str:
    """Events of one kind, day, place and source in one sentence."""
    e = found[0]
    names = ", ".join(x.name for x in found)
    where = "" if e.place == names else f", {e.place}"
    source = f"; {e.source}" if e.source else ""
    statements = ", ".join(x.statement for x in found)
    return f"{'cited' if e.cited else 'also'}: {e.date} {e.what}: {names}{where} [{statements}{source}]"


def _alike(events: Sequence[Event]) -> list[list[Event]]:
    groups: dict[tuple[object, ...], list[Event]] = {}
    for e in events:
        groups.setdefault((e.cited, e.date, e.what, e.place, e.source), []).append(e)
    return list(groups.values())


def _lines(c: Change, *, every: bool) -> list[str]:
    """A change in sentences; EVERY shows each event, and what moved, in full."""
    lines = []
    if c.arrived:
        lines.append(f"now leads: {_labels(c.arrived)}")
    if c.departed:
        lines.append(f"leads no more: {_labels(c.departed)}")
    lines += [f"verdict of {_verdict(v)}" for v in c.verdicts]
    events = _alike(c.events)
    shown = events if every else events[:SHOWN]
    lines += [_because(e) for e in shown]
    if len(events) > len(shown):
        lines.append(f"… and {len(events) - len(shown)} more; --all shows them")
    if c and not c.events:
        lines.append("no dated statement bears on it")
    lines += [_move(o, [m for m in c.moved if m.option == o]) for o in dict.fromkeys(m.option for m in c.moved)]
    return lines


def _move(option: str, moved: Sequence[Moved]) -> str:
    return f"moved for {option}: " + ", ".join(f"{m.code} {_value(m.before)} → {_value(m.after)}" for m in moved)


def as_text(timeline: Timeline, *, every: bool = False, width: int | None = None) -> str:
    """The timeline for a terminal; EVERY lists each event instead of the first few of a change."""
    c = timeline.challenge
    lines = [f"{c.label} ({c.notation or c.id}) from {timeline.slices[0].as_of} to {timeline.slices[-1].as_of}", ""]
    lines.append(grid(HEAD, [_row(s) for s in timeline.slices], width=width).rstrip())
    for change in timeline.changes:
        if change:
            lines += ["", f"{change.since} → {change.until}"]
            lines += [f"  · {line}" for line in _lines(change, every=every)]
    if len(timeline.changes) and not any(timeline.changes):
        lines += ["", "Nothing changed."]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def as_markdown(timeline: Timeline) -> str:
    """The timeline as Markdown: a table of the days and a section for each change."""
    c = timeline.challenge
    lines = [f"# {c.label}: {timeline.slices[0].as_of} to {timeline.slices[-1].as_of}", ""]
    lines += ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(_cell(x) for x in _row(s)) + " |" for s in timeline.slices]
    for change in timeline.changes:
        if change:
            lines += ["", f"## {change.since} → {change.until}", ""]
            lines += [f"- {line}" for line in _lines(change, every=True)]
    return "\n".join(lines) + "\n"
