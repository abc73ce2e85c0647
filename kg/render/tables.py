"""Lists and reports as CSV, JSON or a table for a terminal."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.records import Card, Table


NARROW: Final = frozenset(
    {"#", "verdict", "id", "gaps", "affected", "threat", "speed", "first", "front", "iso3", "begin", "end"}
)
"""Columns whose cells are short words and are never broken."""


def dump(value: Any) -> str:
    """VALUE as the project's JSON: UTF-8, two spaces, keys in the order they were given."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def as_csv(table: Table) -> str:
    """The table as CSV with a header line (RFC 4180, but lines end as on this system)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return out.getvalue()


def as_json(table: Table) -> str:
    """The table as a JSON list of objects."""
    return dump([dict(zip(table.columns, row, strict=True)) for row in table.rows]) + "\n"


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", width: int | None = None) -> str:
    """Columns and rows drawn for a terminal of WIDTH (its own by default)."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid

    drawn = Grid(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        drawn.add_column(name, overflow="fold", no_wrap=name in NARROW)
    for row in rows:
        drawn.add_row(*(_safe(cell) for cell in row))
    # Off a terminal nothing needs to be squeezed into 80 columns.
    columns_wide = width or (None if sys.stdout.isatty() else 140)
    console = Console(width=columns_wide, file=io.StringIO(), force_terminal=False)
    console.print(drawn)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def _safe(cell: str) -> str:
    from rich.markup import escape

    return escape(cell)


def as_table(table: Table) -> str:
    """The table for a terminal, without the long source column."""
    keep = [i for i, c in enumerate(table.columns) if c not in ("source", "iso2")]
    title = f"{table.title} · {len(table.rows)}"
    return grid([table.columns[i] for i in keep], [[row[i] for i in keep] for row in table.rows], title=title)


def card(found: Card) -> str:
    """Everything about one thing, one property a paragraph."""
    head = f"{found.thing.label}  [{found.thing.id}{', ' + found.thing.notation if found.thing.notation else ''}]"
    lines = [head, "=" * len(head)]
    last = ""
    for name, value in found.facts:
        lines.append(f"{name if name != last else '':<28} {value}")
        last = name
    return "\n".join(lines) + "\n"


def card_json(found: Card) -> str:
    """The same as JSON: a property has a list of values."""
    facts: dict[str, list[str]] = {}
    for name, value in found.facts:
        facts.setdefault(name, []).append(value)
    thing = found.thing
    return (
        dump({"iri": thing.iri, "id": thing.id, "notation": thing.notation, "label": thing.label, "facts": facts})
        + "\n"
    )
