"""Declared mappings: a description in CSVW that reads the rows, and two queries that say what becomes of them.

A mapping is a folder with ``csv-metadata.json`` (columns, datatypes, keys, where the table comes from), ``refuse.rq``
(a SELECT of the rows that cannot be mapped, and why) and ``map.rq`` (a CONSTRUCT of the statements).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg import catalogue, files
from kg.errors import MinilatError, did_you_mean
from kg.imports import outcome

if TYPE_CHECKING:
    from kg.catalogue import Entry

DESCRIPTION: Final = "csv-metadata.json"
READS: Final = ("csv", "yaml", "json")
PARTS: Final = (DESCRIPTION, "map.rq", "refuse.rq")


@dataclass(frozen=True)
class Mapping:
    """A mapping: its name, its folder, the columns it reads, which of them are required, and what it says of itself.

    ``unit`` is the column whose value ties rows together: they are taken together or not at all ('' for row by row).
    ``prefixes`` are those of links that may stand for a crosswalk, ``table`` is the name the description knows.
    """

    name: str
    folder: Path
    columns: tuple[str, ...]
    required: frozenset[str]
    said: dict[str, str]
    reads: tuple[str, ...]
    unit: str
    prefixes: tuple[str, ...]
    table: str
    map: Entry
    refuse: Entry

    @property
    def described(self) -> Path:
        """Where the table would lie that the description is beside of."""
        return self.folder / self.table

    @property
    def parts(self) -> list[tuple[str, bytes]]:
        """The files of the mapping with their names, for a record of what was used."""
        return [(f"{self.name}/{part}", (self.folder / part).read_bytes()) for part in PARTS]


def shipped() -> dict[str, Path]:
    """The mappings that come with the product, by name."""
    return {p.parent.name: p.parent for p in sorted((files.ROOT / "data" / "mappings").glob("*/map.rq"))}


def find(name: str) -> Mapping:
    """The mapping called NAME, or in the folder NAME.

    Raises MinilatError E198 when there is none, or when one of its parts cannot be used, and E191 when it does not say
    where the table comes from.
    """
    known = shipped()
    folder = known.get(name) or Path(name)
    if name not in known and not (folder / "map.rq").is_file():
        hint = did_you_mean(name, known, otherwise="known are " + ", ".join(known) + ", or a folder of your own")
        raise MinilatError("E198", f"no mapping is called {name!r}", where="--as", hint=hint)
    where = folder / DESCRIPTION
    try:
        content: dict[str, Any] = json.loads(where.read_text(encoding="utf-8"))
        schema = content["tableSchema"]
        columns = [c for c in schema["columns"] if not c.get("virtual")]
        entries = [catalogue.read(folder / part) for part in PARTS[1:]]
        names = tuple(str(c["name"]) for c in columns)
        required = frozenset(str(c["name"]) for c in columns if c.get("required"))
        table = str(content["url"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = "csv-metadata.json describes one table with its columns; map.rq and refuse.rq lie beside it"
        raise MinilatError("E198", f"the mapping cannot be used: {error}", where=str(where), hint=hint) from None
    if "/" in table or "\\" in table:
        raise MinilatError("E198", f"{table!r} is no name of a table", where=str(where))
    header = entries[0].header
    words = outcome.said(content, str(where))
    words |= {k: content[f"dc:{k}"] for k in ("publisher", "rights") if isinstance(content.get(f"dc:{k}"), str)}
    reads = tuple(header.get("reads", "csv").split())
    unit = header.get("unit", "")
    if set(reads) - set(READS) or (unit and unit not in names):
        raise MinilatError("E198", "'# reads:' or '# unit:' names what there is not", where=str(entries[0].path))
    return Mapping(
        folder.resolve().name, folder, names, required, words, reads, unit,
        tuple(header.get("links", "").split()), table, entries[0], entries[1],
    )  # fmt: skip
