"""A CSV file with a CSVW description as RDF, each statement with the row and the cell it comes from.

The description is read and cells are parsed by the csvw package; what becomes of a cell follows "Generating RDF from
Tabular Data on the Web" in its minimal mode. Nothing is fetched: a description has to be whole.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, urljoin

from kg.errors import LINE_END, did_you_mean
from kg.names import PREFIXES
from kg.store import iri_term, literal_term
from kg.validate import descriptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_TYPES: Final = {"any": "anyAtomicType", "number": "double", "binary": "base64Binary", "datetime": "dateTime"}
_OTHER_TYPES: Final = {
    "xml": PREFIXES["rdf"] + "XMLLiteral",
    "html": PREFIXES["rdf"] + "HTML",
    "json": "http://www.w3.org/ns/csvw#JSON",
}
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ZONE: Final = r"(Z|[+-]\d\d:\d\d)?"
_LEXICAL: Final = {
    "gYear": re.compile(r"-?\d{4,}" + _ZONE),
    "gYearMonth": re.compile(r"-?\d{4,}-(0[1-9]|1[0-2])" + _ZONE),
    "gMonth": re.compile(r"--(0[1-9]|1[0-2])" + _ZONE),
    "gDay": re.compile(r"---(0[1-9]|[12]\d|3[01])" + _ZONE),
    "gMonthDay": re.compile(r"--(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])" + _ZONE),
}
"""Forms that the csvw package does not look at."""
_EXAMPLES: Final = {
    "date": "2014-09-30",
    "dateTime": "2014-09-30T12:00:00",
    "datetime": "2014-09-30T12:00:00",
    "time": "12:00:00",
    "gYear": "2014",
    "gYearMonth": "2014-09",
    "boolean": "true or false",
    "integer": "12",
    "decimal": "1.5",
}
_STYLES: Final = (
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), "d.M.yyyy"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), "d/M/yyyy or M/d/yyyy"),
    (re.compile(r"\d{8}"), "yyyyMMdd"),
)


_FORMULA: Final = re.compile(r"\s*(=|[@+-]\s*[A-Za-z]+\()")
"""What a spreadsheet would work out, on the machine of whoever opens the table."""

VALUE, CELL, ROW, OBJECT = 9, 8, 4, 1
"""How well a place fits, on the scale of kg.validate.positions."""


class Statement(NamedTuple):
    """A triple in N-Triples terms with its line and its cell (from 0, -1 for none); VALUE is '' for an empty cell."""

    subject: str
    predicate: str
    value: str
    line: int
    cell: int


@dataclass(frozen=True)
class Mishap:
    """What is wrong with a table: the code of the finding, words, and the line and cell (-1 for none)."""

    code: str
    message: str
    line: int
    cell: int = -1
    subject: str = ""
    predicate: str = ""
    text: str = ""
    hint: str = ""


def triples(path: Path, text: str) -> tuple[bytes, list[Mishap]]:
    """The table TEXT of the file at PATH as N-Triples, and what is wrong with it.

    Raises MinilatError E135 without a description, E136 for one that cannot be used and E137 without the csvw package.
    """
    lines: list[str] = []
    mishaps: list[Mishap] = []
    for item in _items(path, text):
        if isinstance(item, Mishap):
            mishaps.append(item)
        elif item.value:
            lines.append(f"{item.subject} {item.predicate} {item.value} .\n")
    return "".join(lines).encode(), mishaps


def locate(path: Path, text: str, wanted: Sequence[tuple[str, str, str]]) -> list[tuple[int, int, int]]:
    """How well something fits (0 where nothing does), and its line and column, for each focus, path and value WANTED.

    That is the cell of the value, or else the cell of the path in the row of the focus, also when it is empty, or else
    the row of the focus, or that of the value.
    """
    best: list[tuple[int, int, int]] = [(0, 0, -1)] * len(wanted)
    by_term: dict[str, list[int]] = {}
    for i, (focus, _, value) in enumerate(wanted):
        for term in {focus, value} - {""}:
            by_term.setdefault(term, []).append(i)
    for item in _items(path, text):
        if isinstance(item, Mishap):
            continue
        for term in {item.subject, item.value} - {""}:
            for i in by_term.get(term, ()):
                fit = _fit(item, *wanted[i])
                if fit > best[i][0]:
                    best[i] = (fit, item.line, -1 if fit == ROW else item.cell)
    rows = LINE_END.split(text)
    between = separator(path)
    return [(fit, line, column(rows[line - 1], cell, between) if line else 0) for fit, line, cell in best]


def _fit(item: Statement, focus: str, predicate: str, value: str) -> int:
    if item.subject != focus:
        return OBJECT
    if item.predicate != predicate:
        return ROW
    return VALUE if item.value == value else CELL


def separator(path: Path) -> str:
    """What stands between the cells of the table at PATH."""
    return str(descriptions.dialect(descriptions.table(path), path).delimiter)


def column(row: str, cell: int, separator: str = ",") -> int:
    """Where CELL (from 0) begins in the line ROW, from 1; 1 when the line does not reach so far."""
    seen, quoted = 0, False
    if cell <= 0:
        return 1
    for at, char in enumerate(row):
        if char == '"':
            quoted = not quoted
        elif char == separator and not quoted:
            seen += 1
            if seen == cell:
                return at + 2
    return 1


def _items(path: Path, text: str) -> Iterator[Statement | Mishap]:
    from csvw.dsv import UnicodeReaderWithLineNumber

    table = descriptions.table(path)
    columns = [c for c in table.tableSchema.columns if not c.virtual]
    keyed = table.tableSchema.primaryKey or []
    seen: dict[tuple[str, ...], int] = {}
    blank = 0
    with UnicodeReaderWithLineNumber(
        io.StringIO(text, newline=""), dialect=descriptions.dialect(table, path)
    ) as reader:
        rows = _lines(reader)
        order: list[Any] = columns
        if descriptions.dialect(table, path).header:
            first = next(rows, (1, []))
            if isinstance(first, Mishap):
                yield first
                return
            line, names = first
            order, wrong = _header(names, line, columns)
            yield from wrong
        virtual = [_Column(table, c, -1) for c in table.tableSchema.columns if c.virtual]
        worked = [*(_Column(table, c, i) for i, c in enumerate(order) if c is not None), *virtual]
        for number, found_row in enumerate(rows, 1):
            if isinstance(found_row, Mishap):
                yield found_row
                return
            line, cells = found_row
            if not any(cells):
                continue
            if len(cells) != len(order):
                message = f"The row has {len(cells)} cells and the table {len(order)} columns."
                yield Mishap("H081", message, line, hint="is a separator or a quotation mark missing, or one too many?")
                continue
            found = _row(worked, line, number, cells, f"_:row{blank}")
            blank += any(isinstance(x, Statement) and x.value and x.subject == f"_:row{blank}" for x in found)
            yield from found
            key = tuple(cell for c, cell in zip(order, cells, strict=True) if c is not None and c.name in keyed)
            if key and key in seen:
                at = next(i for i, c in enumerate(order) if c is not None and c.name in keyed)
                message = f"The key {', '.join(key)} stands in line {seen[key]} already."
                yield Mishap("H082", message, line, at, text=", ".join(key), hint="a key names one row")
            seen.setdefault(key, line)


def _lines(reader: Any) -> Iterator[tuple[int, list[str]] | Mishap]:
    """The rows with the line each begins on; a mishap ends them. The reader counts to the line a row ends on."""
    last = 0
    while True:
        try:
            last, cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = "is a quotation mark missing? inside a cell it is written twice"
            yield Mishap("H081", f"The table cannot be read from here on: {error}.", last + 1, hint=hint)
            return
        yield last - sum(cell.count("\n") for cell in cells), cells


def _header(names: list[str], line: int, columns: list[Any]) -> tuple[list[Any], list[Mishap]]:
    """The description of each column by the order in the file, None for one that is not described."""
    left, order, wrong = list(columns), [], []
    for at, name in enumerate(names):
        found = next((c for c in left if c.has_title(name.strip()) or str(c) == name.strip()), None)
        if found is None:
            known = [str(c) for c in columns]
            hint = did_you_mean(name, known, otherwise="described are " + ", ".join(known))
            wrong.append(Mishap("H081", f"The description has no column {name!r}.", line, at, text=name, hint=hint))
        else:
            left.remove(found)
        order.append(found)
    for missing in left:
        hint = "add the column, or remove it from the description"
        wrong.append(Mishap("H081", f"The column {str(missing)!r} is missing.", line, text=str(missing), hint=hint))
    return order, wrong


class _Column:
    """A column, with what does not change from row to row worked out once."""

    def __init__(self, table: Any, described: Any, at: int) -> None:
        self.at = at
        self.described = described
        self.name = str(described)
        self.base = descriptions.base(table)
        self.about, self.prop, self.link = (
            self._template(described.inherit(name)) for name in ("aboutUrl", "propertyUrl", "valueUrl")
        )
        self.unnamed = iri_term(f"{self.base}#{quote(self.name)}")
        self.separator, self.null = described.inherit("separator"), described.inherit_null()
        self.default, self.required = described.inherit("default") or "", bool(described.inherit("required"))

    def _template(self, template: Any) -> Any:
        return template if template is None or "{" in template.uri else iri_term(self.absolute(template.uri))

    def absolute(self, text: str) -> str:
        """The address that TEXT, an expanded template, stands for."""
        from csvw.metadata_utils import NAMESPACES

        prefix, colon, local = text.partition(":")
        if colon and prefix in NAMESPACES:
            return f"{NAMESPACES[prefix]}{local}"
        return text if _ABSOLUTE.match(text) else urljoin(self.base, text)

    def term(self, template: Any, values: dict[str, Any]) -> str:
        """The term for TEMPLATE, which is one already where it holds no variables."""
        return (
            template if isinstance(template, str) else iri_term(self.absolute(template.expand(values, _name=self.name)))
        )

    def texts(self, cell: str) -> list[str]:
        """The values of CELL as they are written: none for an empty one, several where there is a separator."""
        if _FORMULA.match(cell):
            raise _Unfit("H084", f"Column {self.name!r} holds a formula.", cell, "paste its value instead")
        cell = cell or self.default
        if not cell or cell in self.null:
            if self.required:
                raise _Unfit("H083", f"Column {self.name!r} must have a value.", hint="fill in the cell")
            return []
        if not self.separator:
            return [cell]
        return [part for part in cell.split(self.separator) if part and part not in self.null]


def _row(columns: list[_Column], line: int, number: int, cells: list[str], blank: str) -> list[Statement | Mishap]:
    found: list[Statement | Mishap] = []
    values: dict[str, Any] = {"_row": number, "_sourceRow": line}
    values |= {c.name: cells[c.at] for c in columns if c.at >= 0}
    for c in columns:
        subject = c.term(c.about, values) if c.about else blank
        predicate = c.term(c.prop, values) if c.prop else c.unnamed
        try:
            texts = c.texts(cells[c.at]) if c.at >= 0 else [""]
            if c.link and texts:
                terms = [c.term(c.link, values)]
            else:
                terms = [_literal(c.described, text) for text in texts if c.at >= 0]
        except _Unfit as unfit:
            found.append(Mishap(unfit.code, unfit.message, line, c.at, subject, predicate, unfit.text, unfit.hint))
            continue
        if not c.described.suppressOutput:
            found += [Statement(subject, predicate, term, line, c.at) for term in terms or [""]]
    return found


class _Unfit(Exception):  # noqa: N818 (becomes a finding, never shown as an error)
    """A cell that is not what its column says."""

    def __init__(self, code: str, message: str, text: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.text, self.hint = code, message, text, hint


def _literal(col: Any, text: str) -> str:
    datatype = col.inherit("datatype")
    if datatype is None:
        language = col.inherit("lang") if col.lang == "und" else col.lang
        return literal_term(text) + (f"@{language}" if language and language != "und" else "")
    base = datatype.base or "string"
    try:
        value = datatype.read(text)
        if base in _LEXICAL and not _LEXICAL[base].fullmatch(text.strip()):
            raise ValueError(base)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise _unfit(col, text, base, datatype.format, str(error)) from None
    kind = datatype.at_props.get("id") or _OTHER_TYPES.get(base) or PREFIXES["xsd"] + _TYPES.get(base, base)
    written = _canonical(value, base) if datatype.format else text if base == "string" else text.strip()
    return literal_term(written) if base == "string" else f"{literal_term(written)}^^{iri_term(kind)}"


def _canonical(value: Any, base: str) -> str:
    """VALUE, read from a cell in a format of its own, as XML Schema writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if base == "date":
        return str(value.date().isoformat())
    if base == "time":
        return str(value.isoformat().split("T")[-1])
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return format(value, "f") if base in ("decimal", "integer") else str(value)


def _unfit(col: Any, text: str, base: str, form: str | None, reason: str) -> _Unfit:
    shown = text if len(text) <= 60 else text[:60] + "…"
    if form:
        message = f"Column {str(col)!r}: {shown!r} is not {_a(base)} in the form {form}."
        return _Unfit("H080", message, text, "write it in that form, or change the format in the description")
    message = f"Column {str(col)!r}: {shown!r} is not {_a(base)}."
    style = next((form for pattern, form in _STYLES if base == "date" and pattern.fullmatch(text.strip())), "")
    if style:
        hint = f"write it like 2014-09-30, or describe the column with the format {style}"
        return _Unfit("H080", message, text, hint)
    example = f"write it like {_EXAMPLES[base]}" if base in _EXAMPLES else reason
    return _Unfit("H080", message, text, example)


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
