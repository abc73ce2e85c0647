"""Answers and tables for notebooks: as a data frame of polars or pandas, and as small HTML.

Neither library is needed by the package; the first one found is used, polars before pandas.
"""

from __future__ import annotations

from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from kg.errors import MinilatError
from kg.records import FitAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.records import Option, Table

LIBRARIES: Final = ("polars", "pandas")
SHOWN: Final = 10
_HEAD: Final = ("#", "verdict", "option", "id", "gaps", "first", "why")
_LEFT: Final = ' style="text-align:left"'

Column = tuple[str, type, list[Any]]
"""A name, the type of its values, and the values; None where there is none."""


def to_frame(answer_or_table: FitAnswer | Table, library: str | None = None) -> Any:
    """A data frame: one row per option, with one column per criterion, or the columns and rows of a table.

    LIBRARY is 'polars' or 'pandas'; by default the first that is installed. What is not known is null.
    Raises MinilatError E086 when the library is not installed, or is another one.
    """
    name, module = _library(library)
    columns = _options(answer_or_table) if isinstance(answer_or_table, FitAnswer) else _cells(answer_or_table)
    return _polars(module, columns) if name == "polars" else _pandas(module, columns)


def _library(wanted: str | None) -> tuple[str, Any]:
    if wanted is not None and wanted not in LIBRARIES:
        raise MinilatError("E086", f"no data frames of {wanted!r}", hint="give " + " or ".join(LIBRARIES))
    for name in LIBRARIES if wanted is None else (wanted,):
        try:
            return name, import_module(name)
        except ImportError:
            continue
    missing = wanted or " nor ".join(LIBRARIES)
    raise MinilatError(
        "E086", f"{'neither ' if wanted is None else ''}{missing} is installed",
        hint="pip install 'minilat[frames]'" if wanted != "pandas" else "pip install pandas",
    )  # fmt: skip


def _cells(table: Table) -> list[Column]:
    return [(name, str, [row[i] for row in table.rows]) for i, name in enumerate(table.columns)]


def _options(answer: FitAnswer) -> list[Column]:
    options = answer.options
    columns: list[Column] = [
        ("id", str, [o.thing.id for o in options]),
        ("notation", str, [o.thing.notation for o in options]),
        ("label", str, [o.thing.label for o in options]),
        ("kind", str, [o.kind for o in options]),
        ("verdict", str, [o.verdict for o in options]),
        ("rank", int, [o.rank for o in options]),
        ("front", bool, [o.front for o in options]),
        ("gaps", str, [" ".join(o.gaps) for o in options]),
        ("conditions", str, ["; ".join(o.conditions) for o in options]),
        ("first_share", float, [o.first_share for o in options]),
        ("best_rank", int, [o.rank_range[0] if o.rank_range else None for o in options]),
        ("worst_rank", int, [o.rank_range[1] if o.rank_range else None for o in options]),
    ]
    for code in sorted({c for o in options for c in o.criteria}):
        values = [o.criteria[code].value if code in o.criteria else None for o in options]
        words = any(isinstance(v, str) for v in values)
        columns.append(
            (code, str, values) if words else (code, float, [None if v is None else float(v) for v in values])
        )
    return columns


def _polars(polars: Any, columns: Iterable[Column]) -> Any:
    types = {str: polars.String, int: polars.Int64, float: polars.Float64, bool: polars.Boolean}
    return polars.DataFrame([polars.Series(name, values, dtype=types[kind]) for name, kind, values in columns])


def _pandas(pandas: Any, columns: Iterable[Column]) -> Any:
    types = {str: "object", int: "Int64", float: "float64", bool: "bool"}
    return pandas.DataFrame({name: pandas.Series(values, dtype=types[kind]) for name, kind, values in columns})


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th{_LEFT}>{escape(h)}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td{_LEFT}>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _list(title: str, rows: Sequence[str]) -> str:
    return f"<p><b>{escape(title)}</b></p><ul>{''.join(f'<li>{escape(r)}</li>' for r in rows)}</ul>" if rows else ""


def _row(o: Option) -> tuple[str, ...]:
    share = "" if o.first_share is None else f"{o.first_share:.0%}"
    why = f"{o.reasons[0].code}: {o.reasons[0].text}" if o.reasons else ""
    return (str(o.rank or ""), o.verdict, o.label, o.id, " ".join(o.gaps), share, why)


def answer_html(answer: FitAnswer) -> str:
    """An answer for a notebook: the explanation and the leading options. Escaped, without scripts."""
    ranked = [o for o in answer.options if o.rank is not None]
    shown = ranked[:SHOWN] or [o for o in answer.options if o.verdict == "unknown"][:SHOWN]
    rest = answer.considered - len(shown)
    c = answer.challenge
    return (
        f"<p><b>{escape(c.label)}</b> ({escape(c.notation or c.id)}) on {escape(answer.as_of)}</p>"
        f"<p>{escape(answer.explanation)}</p>{_grid(_HEAD, map(_row, shown))}"
        + (f"<p>… and {rest} more options</p>" if rest else "")
    )


def option_html(option: Option) -> str:
    """One option for a notebook: its verdict, its reasons with their statements, and what would change it."""
    place = f", number {option.rank}" if option.rank is not None else ""
    reasons = [
        f"{r.code}: {r.text}" + (f" [{', '.join(e.statement for e in r.evidence)}]" if r.evidence else "")
        for r in option.reasons
    ]
    return (
        f"<p><b>{escape(option.label)}</b> ({escape(option.id)}): {escape(option.verdict)}{place}</p>"
        + _list("Reasons", reasons)
        + _list("Conditions", option.conditions)
        + _list("Gaps", option.gaps)
        + _list("What would change it", option.would_change)
    )


def table_html(table: Table) -> str:
    """A table for a notebook, with its notes. Escaped, without scripts."""
    return f"<p><b>{escape(table.title)}</b> · {len(table.rows)}</p>{_grid(table.columns, table.rows)}" + "".join(
        f"<p>{escape(note)}</p>" for note in table.notes
    )
