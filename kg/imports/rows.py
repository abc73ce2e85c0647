"""Documents of others as rows: each a list of cells and the place it stands in, for a description in CSVW to read."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LARGEST: Final = 64 * 2**20
"""Bytes that a document may have."""


@dataclass(frozen=True)
class Row:
    """The cells of a row, and its place: file and line, or file and row of an answer."""

    cells: tuple[str, ...]
    file: str
    number: int

    @property
    def where(self) -> str:
        """File and number, for messages."""
        return f"{self.file}:{self.number}"


def text_of(path: Path, most: int = LARGEST) -> str:
    """The text of the file at PATH, without a byte order mark. Raises MinilatError E194 when it cannot be read."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise MinilatError(
            "E194", f"cannot be read: {error.strerror}", where=str(path), hint="check the path"
        ) from None
    if len(body) > most:
        raise MinilatError("E194", f"is larger than {most} bytes", where=str(path), hint="take a part of it")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise MinilatError("E194", "is not UTF-8 text", where=f"{path.name}:{line}", hint="save it as UTF-8") from None


def table(path: Path, columns: Sequence[str], required: Iterable[str]) -> list[Row]:
    """The rows of the CSV or TSV at PATH, cut to COLUMNS in their order; others are passed over.

    A column that is not REQUIRED may be missing. Raises MinilatError E194 (cannot be read, or is cut) and E195 (a
    required column is missing, or a column stands twice), each with the line.
    """
    name = path.name
    stop = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.reader(io.StringIO(text_of(path), newline=""), delimiter=stop, strict=True)
    found: list[Row] = []
    try:
        header = [c.strip() for c in next(reader, [])]
        at = _places(header, columns, set(required), name)
        last = reader.line_num
        for cells in reader:
            line, last = last + 1, reader.line_num
            if not any(c.strip() for c in cells):
                continue
            if len(cells) != len(header):
                message = f"the row has {len(cells)} cells and the header {len(header)}"
                hint = "is a separator or a quotation mark missing, or the file cut?"
                raise MinilatError("E194", message, where=f"{name}:{line}", hint=hint)
            found.append(Row(tuple(plain(cells[i]) if i >= 0 else "" for i in at), name, line))
    except csv.Error as error:
        hint = "is a quotation mark missing, or the file cut?"
        where = f"{name}:{reader.line_num}"
        raise MinilatError("E194", f"cannot be read from here on: {error}", where=where, hint=hint) from None
    if not found:
        raise MinilatError("E194", "has no rows", where=name, hint="is the file cut?")
    return found


def _places(header: list[str], columns: Sequence[str], required: set[str], name: str) -> list[int]:
    for column in columns:
        if header.count(column) > 1:
            raise MinilatError("E195", f"the column {column} stands twice", where=f"{name}:1")
        if column in required and column not in header:
            others = [h for h in header if h not in columns]
            hint = did_you_mean(column, others, otherwise="is this the table that the mapping is for?")
            raise MinilatError("E195", f"the column {column} is missing", where=f"{name}:1", hint=hint)
    return [header.index(c) if c in header else -1 for c in columns]


def plain(cell: str) -> str:
    """CELL on one line, so that the lines of a table are its rows."""
    return " ".join(cell.split()) if "\n" in cell or "\r" in cell else cell.strip()


def as_table(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """ROWS as the CSV that a description reads: row N stands in line N + 1."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(r.cells for r in rows)
    return out.getvalue()
