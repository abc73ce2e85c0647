"""Tables of others as a graph of their own: checked by row, compared with ours, new statements taken, none overwritten.

The mapping is the CSVW description of the tables, which is all there is to know of how a cell becomes a statement.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kg import build, catalogue, files, validate
from kg.dates import day
from kg.documents import ntriples, pretty
from kg.errors import MinilatError
from kg.names import PREFIXES, curie
from kg.records import Table
from kg.store import iri_term, literal_term
from kg.validate import descriptions, tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from kg.records import Report

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TWIN: Final = "C003"
_COLUMNS: Final = ("statement", "ours", "role", "ours_role", "begin", "ours_begin", "end", "ours_end", "finding")


@dataclass(frozen=True)
class Import:
    """What came of tables: what is wrong with them, what is here already, and the file written (None when nothing)."""

    report: Report
    beside: Table
    statements: int
    path: Path | None


def template(folder: Path) -> list[Path]:
    """The files written into FOLDER: an empty table of participations, one of sources, and their description.

    Raises MinilatError E193 when one of them is there already, or cannot be written.
    """
    written = []
    for source in sorted((files.ROOT / "data" / "templates").iterdir()):
        target = folder / source.name
        if target.exists():
            raise MinilatError("E193", "this file is there already", where=str(target), hint="choose another folder")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        except OSError as error:
            raise MinilatError("E193", f"cannot be written: {error.strerror}", where=str(target)) from None
        written.append(target)
    return written


def read(paths: Sequence[Path], into: Path, name: str, retrieved: str) -> Import:
    """Import the tables at PATHS, copied from elsewhere on the day RETRIEVED, as the file INTO/NAME.ttl.

    A table with findings is not imported at all. Statements that are here already are left out: those that agree, and
    those that differ, which are told. Raises MinilatError E190 for a name or a day that is none or an empty list, E191
    for a description without title, source or licence, E192 for a file that is there already, and the errors of
    reading tables.
    """
    if not _NAME.fullmatch(name):
        raise MinilatError("E190", f"{name!r} is no name", where="--name", hint="small letters, figures and dashes")
    if not paths or any(p.suffix not in (".csv", ".tsv") for p in paths):
        raise MinilatError("E190", "what is imported are tables: .csv or .tsv", hint="minilat import --template DIR")
    on = day(retrieved, option="--retrieved")
    target = into / f"{name}.ttl"
    if target.exists():
        raise MinilatError("E192", "this import is there already", where=str(target), hint="remove it, or say --name")
    about = _about(paths, name, on)
    report = validate.check(paths)
    if report.broken:
        return Import(report, _table([]), 0, None)
    text = "".join(_triples(p) for p in paths)
    found = _beside(text)
    twins = {curie(row["this"]) for row in found}
    left = tuple(f for f in report.findings if not (f.code == _TWIN and f.focus in twins))
    report = replace(report, findings=left)
    if report.count("error"):
        return Import(report, _table(found), 0, None)
    known = {iri_term(row["this"]) for row in found}
    kept = [line for line in text.splitlines() if line.split(" ", 1)[0] not in known]
    subjects = {line.split(" ", 1)[0] for line in kept if f" <{PREFIXES['mlo']}Participation> " in line}
    if not subjects and found:
        return Import(report, _table(found), 0, None)
    _write(target, pretty("\n".join(sorted({*kept, *about.splitlines()}))))
    return Import(report, _table(found), len(subjects), target)


def _triples(path: Path) -> str:
    body, _ = tables.triples(path, path.read_text(encoding="utf-8-sig"))
    return ntriples(body, ".nt", re.sub(r"\W", "", path.stem))[0]


def _beside(text: str) -> list[dict[str, Any]]:
    """The rows of the question that compares: which statements of TEXT are here already, and whether they agree."""
    store = build.load([*files.ontology(), *files.data()])
    graph = PREFIXES["graph"] + "import"
    store.insert(text, graph)
    question = catalogue.question("Q090")
    assert question is not None
    rows = list(store.rows(question.bind({"graph": iri_term(graph)})))
    agreed = {row["this"] for row in rows if row["finding"] == "agrees"}
    return [row for row in rows if row["finding"] == "agrees" or row["this"] not in agreed]


def _table(found: list[dict[str, Any]]) -> Table:
    ordered = sorted(found, key=lambda r: (r["finding"] != "differs", str(r["this"]), str(r["other"])))
    rows = tuple(tuple(curie(str(v)) if v is not None else "" for v in row.values()) for row in ordered)
    return Table("import", _COLUMNS, rows)


def _about(paths: Sequence[Path], name: str, on: date) -> str:
    """Where the tables come from, as N-Triples: title, source, licence, day, and the hashes of tables and mapping."""
    me = f"<{PREFIXES['graph'].removesuffix('graph/')}id/dataset/import/{name}>"
    dct = PREFIXES["dcterms"]
    lines = [
        f"{me} <{PREFIXES['rdf']}type> <{PREFIXES['dcat']}Dataset> .",
        f"{me} <{PREFIXES['mlo']}seenOn> {literal_term(on.isoformat(), 'date')} .",
    ]
    for path in paths:
        beside = descriptions.beside_of(path)
        if beside is None:
            descriptions.table(path)  # says what is missing
            continue
        content = json.loads(beside.read_text(encoding="utf-8-sig"))
        for key in ("title", "source", "license"):
            value = content.get(f"dc:{key}")
            value = value.get("@id") if isinstance(value, dict) else value
            if not isinstance(value, str) or not value.strip() or "…" in value:
                hint = f'add "dc:{key}": "…" beside "@context"'
                raise MinilatError("E191", f"the description does not say its {key}", where=str(beside), hint=hint)
            resource = key != "title" and re.match(r"https?://\S+$", value)
            lines.append(f"{me} <{dct}{key}> {iri_term(value) if resource else literal_term(value)} .")
        for part in (path, beside):
            mark = hashlib.sha256(part.read_bytes()).hexdigest()
            text = f"{part.name}, SHA-256 {mark}"
            lines.append(f"{me} <{dct}{'conformsTo' if part == beside else 'hasPart'}> {literal_term(text)} .")
    return "\n".join(dict.fromkeys(lines))


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)  # noqa: PTH105 (atomic)
    except OSError as error:
        raise MinilatError("E193", f"cannot be written: {error.strerror}", where=str(path)) from None
