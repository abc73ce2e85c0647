"""Tables of others as records: EU authority tables, the result of a query to Wikidata, SKOS, or a CSV of one's own."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING, Final

from kg.documents import SYNTAX, read_quads
from kg.errors import MinilatError, did_you_mean
from kg.match.records import HIDDEN, LABEL, OTHER, Name, Record
from kg.names import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST: Final = 256 * 1024 * 1024
LANGUAGES: Final = {
    "bul": "bg", "ces": "cs", "dan": "da", "deu": "de", "ell": "el", "eng": "en", "spa": "es", "est": "et",
    "fin": "fi", "fra": "fr", "gle": "ga", "hrv": "hr", "hun": "hu", "ita": "it", "lit": "lt", "lav": "lv",
    "mlt": "mt", "nld": "nl", "pol": "pl", "por": "pt", "ron": "ro", "slk": "sk", "slv": "sl", "swe": "sv",
}  # fmt: skip
"""The languages of the columns of an EU table in genericode."""
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "item", "code", "url"),
    "label": ("label", "itemlabel", "label_en", "name"),
    "names": ("names", "altlabels", "itemaltlabel", "altlabel"),
    "codes": ("codes", "iso3", "iso_3"),
    "begin": ("begin", "inception", "valid_from"),
    "end": ("end", "dissolved", "valid_until"),
}
"""The columns of a CSV that are read, and what each may be called (in any case); id and label must be there."""
_ROW: Final = re.compile(r"<Row>(.*?)</Row>", re.DOTALL)
_VALUE: Final = re.compile(r'ColumnRef="(\w+)">\s*<SimpleValue>([^<]*)<')
_AT: Final = "http://publications.europa.eu/ontology/authority/"
_KIND: Final = {"prefLabel": LABEL, "altLabel": OTHER, "hiddenLabel": HIDDEN}


def read(path: Path, prefix: str) -> list[Record]:
    """The records of the table at PATH; a bare id gets PREFIX.

    Read are genericode (.gc), SKOS in any RDF syntax, and CSV or TSV (see COLUMNS; several names stand between |).
    Raises MinilatError E200 (cannot be read), E201 (columns or a row) and E031, E032 (RDF), each with file and line.
    """
    where = path.name
    try:
        if path.stat().st_size > LARGEST:
            raise MinilatError("E200", f"is larger than {LARGEST} bytes", where=where, hint="take a part of it")
        if path.suffix.lower() in SYNTAX:
            return _skos(path, where)
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MinilatError("E200", f"cannot be read as UTF-8: {error}", where=where, hint="check the path") from None
    found = _genericode(text, prefix) if path.suffix.lower() == ".gc" else _csv(text, prefix, where)
    if not found:
        raise MinilatError("E200", "holds nothing to match", where=where, hint="is this the table?")
    return found


def _genericode(text: str, prefix: str) -> list[Record]:
    """The layout is fixed, and a parser of XML would follow entities: so it is read as text."""
    found = []
    for row in _ROW.findall(text):
        cells = {k: unescape(v) for k, v in _VALUE.findall(row)}
        names = tuple(
            Name(cells[f"{long}_label"], LABEL, short)
            for long, short in LANGUAGES.items()
            if cells.get(f"{long}_label")
        )
        if "code" in cells and names:
            label = cells.get("eng_label") or names[0].text
            found.append(Record(f"{prefix}:{cells['code']}", label, names, frozenset({cells["code"]})))
    return found


def _skos(path: Path, where: str) -> list[Record]:
    labels: dict[str, list[Name]] = {}
    years: dict[str, list[int]] = {}
    codes: dict[str, set[str]] = {}
    for quad in read_quads(path, where=where):
        subject, predicate, text = str(quad.subject)[1:-1], quad.predicate.value, getattr(quad.object, "value", "")
        if predicate.startswith(PREFIXES["skos"]) and (kind := _KIND.get(predicate.rsplit("#", 1)[1])):
            labels.setdefault(subject, []).append(Name(text, kind, getattr(quad.object, "language", None) or ""))
        elif predicate in (_AT + "start.use", _AT + "end.use"):
            years.setdefault(subject, [0, 0])[predicate.endswith("end.use")] = _year(text)
        elif predicate == _AT + "authority-code":
            codes.setdefault(subject, set()).add(text)
    return [
        Record(
            curie(subject), _shown(names), tuple(names), frozenset(codes.get(subject, ())), *years.get(subject, [0, 0])
        )
        for subject, names in sorted(labels.items())
        if not subject.startswith(":") and ":" in subject
    ]


def _shown(names: list[Name]) -> str:
    english = [n.text for n in names if n.kind == LABEL and n.language == "en"]
    return english[0] if english else min(names, key=lambda n: (n.kind != LABEL, n.language)).text


def _csv(text: str, prefix: str, where: str) -> list[Record]:
    first = text.split("\n", 1)[0]
    stop = next((c for c in "\t;" if c in first), ",")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=stop, strict=True)
    try:
        header = [c.strip().lower() for c in next(rows, [])]
        at = {k: next((header.index(n) for n in names if n in header), -1) for k, names in COLUMNS.items()}
        if missing := [k for k in ("id", "label") if at[k] < 0]:
            hint = did_you_mean(missing[0], header, otherwise="it may be called " + ", ".join(COLUMNS[missing[0]]))
            raise MinilatError("E201", f"missing column {missing[0]}", where=f"{where}:1", hint=hint)
        found: dict[str, Record] = {}
        for cells in rows:
            if any(cells):
                _add(found, cells, header, at, prefix, f"{where}:{rows.line_num}")
    except csv.Error as error:
        raise MinilatError("E201", f"cannot be read from here on: {error}", where=f"{where}:{rows.line_num}") from None
    return list(found.values())


def _add(
    found: dict[str, Record], cells: list[str], header: list[str], at: dict[str, int], prefix: str, where: str
) -> None:
    """A row as a record; a second row of one id (as a query to Wikidata gives for each alias) adds names and codes."""
    if len(cells) != len(header):
        raise MinilatError("E201", f"{len(cells)} cells where the header has {len(header)}", where=where)

    def several(key: str) -> list[str]:
        return [v.strip() for v in cells[at[key]].split("|") if v.strip()] if at[key] >= 0 else []

    identity, label = cells[at["id"]].strip(), cells[at["label"]].strip()
    if not identity or not label:
        raise MinilatError("E201", "a row without id or name", where=where)
    short = curie(identity) if "//" in identity else identity if ":" in identity else f"{prefix}:{identity}"
    if short.partition(":")[0] not in PREFIXES or "//" in short:
        hint = "write prefix:name with a prefix of the project, a full IRI under one, or give --prefix"
        raise MinilatError("E201", f"id {identity!r} has no known prefix", where=where, hint=hint)
    before = found.get(short, Record(short, label, (Name(label),)))
    names = dict.fromkeys((*before.names, *(Name(n, OTHER) for n in several("names"))))
    begin, end = (_year("".join(several(k)[:1])) for k in ("begin", "end"))
    found[short] = Record(
        short,
        before.label,
        tuple(names),
        before.codes | set(several("codes")),
        before.begin or begin,
        before.end or end,
    )


def _year(text: str) -> int:
    found = re.match(r"(\d{4})(?:-|$)", text)
    return int(found[1]) if found else 0
