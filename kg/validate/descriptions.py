"""The description of a table in CSVW, read by the csvw package. Nothing is fetched: a description has to be whole."""

from __future__ import annotations

import json
import re
import warnings
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urljoin

from kg.errors import MinilatError
from kg.names import PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

BASE: Final = PREFIXES["graph"]
"""What relative addresses in a description are resolved against, as in a Turtle file."""

_LIMIT: Final = 8 * 2**20
_CONTEXT: Final = "http://www.w3.org/ns/csvw"


def beside_of(path: Path) -> Path | None:
    """The description beside the table at PATH, under one of the two names of the standard, or None."""
    candidates = (path.with_name(path.name + "-metadata.json"), path.with_name("csv-metadata.json"))
    return next((c for c in candidates if c.is_file()), None)


def dialect(table: Any, path: Path) -> Any:
    """How the file at PATH is written: as its description says, or else with commas, or tabs for .tsv."""
    from csvw import Dialect

    return table._get_dialect() if table.dialect or path.suffix != ".tsv" else Dialect(delimiter="\t")


def base(table: Any) -> str:
    """The address that relative ones in the description of TABLE are resolved against."""
    return urljoin(BASE, quote(table.url.string, safe="/:#?&=%"))


def table(path: Path) -> Any:
    """The description of the table at PATH, as the csvw package reads it.

    Raises MinilatError E135 without a description, E136 for one that cannot be used and E137 without the csvw package.
    """
    beside = beside_of(path)
    if beside is None:
        hint = f"write {path.name}-metadata.json beside it; docs/validate-in-ci.md has one"
        raise MinilatError("E135", "a table needs a description in CSVW", where=str(path), hint=hint)
    try:
        from csvw.metadata import Table, TableGroup
    except ImportError:
        hint = "pip install 'minilat[csv]'"
        raise MinilatError("E137", "tables are read by the csvw package", where=str(path), hint=hint) from None
    content = _read(beside)
    tables = content.get("tables", [content])
    _refuse_links(beside, content, tables)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            group = (TableGroup if "tables" in content else Table).from_file(beside, data=content)
            known = group.tables if "tables" in content else [group]
            found = next((t for t in known if t.url and t.url.string.rsplit("/", 1)[-1] == path.name), None)
            for column in found.tableSchema.columns if found else ():
                # Formats are looked at when a cell is read, which would be too late.
                _ = column.datatype and column.datatype.derived_description
        except (ValueError, TypeError, AttributeError, KeyError, AssertionError, re.error) as error:
            raise _useless(beside, f"the description cannot be used: {error}") from None
    if told:
        raise _useless(beside, f"the description cannot be used: {told[0].message}")
    if found is None:
        raise _useless(beside, f"no table in it has the url {path.name!r}")
    if not found.tableSchema.columns:
        raise _useless(beside, "it describes no columns (tableSchema, columns)")
    return found


def _read(beside: Path) -> dict[str, Any]:
    try:
        raw = beside.read_bytes()
        if len(raw) > _LIMIT:
            raise _useless(beside, "the description is larger than 8 MiB")
        content = json.loads(raw.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise _useless(beside, f"the description is no JSON: {error}") from None
    context = content.get("@context") if isinstance(content, dict) else None
    if _CONTEXT not in (context if isinstance(context, list) else [context]):
        raise _useless(beside, "not a description in CSVW", f'it begins with "@context": "{_CONTEXT}"')
    return dict(content)


def _refuse_links(beside: Path, content: dict[str, Any], tables: Any) -> None:
    """Refuse a description that is not whole: parts that lie elsewhere would have to be fetched."""
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise _useless(beside, "tables is not a list of descriptions")
    for part in (content, *tables):
        for name in ("tableSchema", "dialect"):
            if name in part and not isinstance(part[name], dict):
                hint = "write it into the description: nothing is fetched"
                raise _useless(beside, f"{name} is not written here", hint)


def _useless(beside: Path, reason: str, hint: str = "") -> MinilatError:
    return MinilatError("E136", reason, where=str(beside), hint=hint or "https://www.w3.org/TR/tabular-data-primer/")
