"""The stock-take as text for a terminal, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from textwrap import fill
from typing import TYPE_CHECKING

from kg.render.tables import dump, grid

if TYPE_CHECKING:
    from kg.records import Table
    from kg.stocktake import Change, Stocktake


def _records(table: Table) -> list[dict[str, str]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def as_json(found: Stocktake) -> str:
    """The whole stock-take: every index with what was counted, every change with its causes, every table as objects."""
    tables = ("matrix", "dormancy", "duplication", "gaps", "lists", "tiers", "doubts", "depth")
    return (
        dump(
            {
                "as_of": found.as_of,
                "known_as_of": found.known_as_of,
                "owner": found.owner,
                "days": list(found.days),
                "share_complete_lists": round(found.share_complete, 4),
                "share_tier_1_or_2": round(found.share_official, 4),
                **{name: _records(getattr(found, name)) for name in tables},
                "indices": [asdict(i) for i in found.indices],
                "changes": [asdict(c) for c in found.changes],
            }
        )
        + "\n"
    )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _short(table: Table, *columns: str, most: int = 0) -> str:
    keep = [table.columns.index(c) for c in columns]
    rows = table.rows[:most] if most else table.rows
    left = f"\n  … {len(table.rows) - most} more; --format json shows all\n" if most and len(table.rows) > most else ""
    return grid(columns, [[r[i] for i in keep] for r in rows], title=f"{table.title} · {len(table.rows)}") + left


def _matrix(table: Table) -> str:
    """Partners by frameworks; a framework is a number, since eighteen names side by side would be broken."""
    partner, *frameworks, other = table.columns
    legend = " · ".join(f"{i}\N{NO-BREAK SPACE}{name}" for i, name in enumerate(frameworks, 1))
    columns = (partner, *(str(i) for i, _ in enumerate(frameworks, 1)), other)
    lines = fill(legend, 118, initial_indent="  ", subsequent_indent="  ")
    return grid(columns, table.rows, title=table.title) + lines.replace("\N{NO-BREAK SPACE}", " ") + "\n"


def _change(change: Change) -> list[str]:
    lines = [
        f"  {change.name}, {change.since} to {change.until}: {_number(change.before)} to {_number(change.after)}"
        + ("" if change.comparable else "  (not comparable: too many begins are only assumed)")
    ]
    for cause, what in change.causes.items():
        if what:
            shown = "; ".join(what[:6]) + (f"; and {len(what) - 6} more" if len(what) > 6 else "")
            lines.append(f"    {cause} {change.effects[cause]:+.2f}: {shown}")
    return lines


def text(found: Stocktake) -> str:
    """The stock-take for people: the matrix, what sleeps, the indices and why they changed, overlap, gaps, sources."""
    lacking, vain = (found.depth.columns.index(name) for name in ("missing", "vain"))
    whole = sum(row[lacking] == "0" and not row[vain] for row in found.depth.rows)
    sought = sum(row[lacking] == "0" and bool(row[vain]) for row in found.depth.rows)
    parts = [
        f"Stock-take of the partners of {found.owner}, as of {found.as_of}, recorded up to {found.known_as_of}\n",
        _matrix(found.matrix),
        *(f"  {note}\n" for note in found.matrix.notes),
        "\n",
        _short(found.dormancy, "framework", "life", "months_since", "last", "what"),
        _indices(found),
        "What changed B1, and why (effects add up; frameworks and all)\n",
        "\n".join(line for c in found.changes if c.scope in ("all", "framework") for line in _change(c)) + "\n\n",
        _short(found.duplication, "a", "b", "members_share", "tasks_share", "relation", most=15),
        _short(found.gaps, "region", "served", "without_means", "unknown", "none"),
        _short(found.lists, "confidence", "arrangements", "complete"),
        f"  {100 * found.share_complete:.1f} % of what is rated high or medium has a complete core list\n\n",
        _short(found.tiers, "kind", "statements", "tier_1_or_2", "source_read"),
        f"  {100 * found.share_official:.1f} % of all statements rest on a source of tier 1 or 2\n\n",
        _short(found.doubts, "record", "hangs", "confidence", "doubt", most=10),
        _short(found.depth, "arrangement", "what", "vain", "offers", "last", most=10),
        f"  {whole} of {len(found.depth.rows)} arrangements in force lack nothing that is asked for; "
        f"of {sought} more the rest was sought in vain\n\n",
    ]
    return "".join(parts)


def _indices(found: Stocktake) -> str:
    wanted = [i for i in found.indices if i.scope in ("all", "framework", "region") and i.index != "B2"]
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for i in wanted:
        shown = f"{_number(i.value)} ({len(i.numerator)}/{len(i.denominator)})" if i.index != "B4" else _number(i.value)
        rows.setdefault((i.scope, i.name), {})[f"{i.index} {i.day}"] = shown
    columns = [*(f"{b} {d}" for b in ("B1", "B3") for d in found.days), f"B4 {found.as_of}"]
    body = [(scope, name, *(cells.get(c, "") for c in columns)) for (scope, name), cells in rows.items()]
    legend = (
        "  B1 share of instruments alone with the organisation; B3 share of pairs of partners that meet in no format\n"
        "  of it outside its frameworks; B4 months since the last recorded meeting. B2 is not computable: activities\n"
        "  are not recorded by partner. What was counted, and every partner: --format json\n\n"
    )
    return grid(("scope", "of", *columns), body, title="Over-bilateralisation") + legend
