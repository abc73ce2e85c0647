"""Tables of others as a graph of their own: checked by row, compared with ours, new statements taken, none overwritten.

The mapping is the CSVW description of the tables, which is all there is to know of how a cell becomes a statement.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kg import build, files, validate
from kg.documents import ntriples, pretty
from kg.errors import MinilatError
from kg.imports import outcome
from kg.names import PREFIXES, curie
from kg.store import iri_term
from kg.validate import descriptions, tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from kg.records import Report, Table

_TWIN: Final = "C003"


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
    target, on = outcome.target(into, name, retrieved)
    if not paths or any(p.suffix not in (".csv", ".tsv") for p in paths):
        hint = "minilat import --template DIR, or --as MAPPING for a table of another form"
        raise MinilatError("E190", "what is imported are tables: .csv or .tsv", hint=hint)
    about = list(_about(paths, name, on))
    report = validate.check(paths)
    if report.broken:
        return Import(report, outcome.table([]), 0, None)
    text = "".join(_triples(p) for p in paths)
    found = outcome.beside(text, build.load([*files.ontology(), *files.data()]))
    twins = {curie(row["this"]) for row in found}
    left = tuple(f for f in report.findings if not (f.code == _TWIN and f.focus in twins))
    report = replace(report, findings=left)
    if report.count("error"):
        return Import(report, outcome.table(found), 0, None)
    known = {iri_term(row["this"]) for row in found}
    kept = [line for line in text.splitlines() if line.split(" ", 1)[0] not in known]
    subjects = {line.split(" ", 1)[0] for line in kept if f" <{PREFIXES['mlo']}Participation> " in line}
    if not subjects and found:
        return Import(report, outcome.table(found), 0, None)
    outcome.write(target, pretty("\n".join(sorted({*kept, *about}))))
    return Import(report, outcome.table(found), len(subjects), target)


def _triples(path: Path) -> str:
    body, _ = tables.triples(path, path.read_text(encoding="utf-8-sig"))
    return ntriples(body, ".nt", re.sub(r"\W", "", path.stem))[0]


def _about(paths: Sequence[Path], name: str, on: date) -> Iterator[str]:
    for path in paths:
        beside = descriptions.beside_of(path)
        if beside is None:
            descriptions.table(path)  # says what is missing
            continue
        words = outcome.said(json.loads(beside.read_text(encoding="utf-8-sig")), str(beside))
        parts = (("hasPart", path.name, path.read_bytes()), ("conformsTo", beside.name, beside.read_bytes()))
        yield from outcome.about(name, on, words.items(), parts)
