"""The act of validation: files against SHACL shapes.

What is read and what stands behind it, which findings belong to the files, and where each of them lies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg import build, files
from kg.names import curie, graph_name, slug
from kg.records import Finding, Report, Severity
from kg.store import Store
from kg.validate import lint
from kg.validate.engines import Engine, plain, run
from kg.validate.shapes import Shapes
from kg.validate.triples import Triples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SEVERITIES: Final[dict[str, Severity]] = {"Violation": "error", "Warning": "warning", "Info": "info"}
_CODE: Final = re.compile(r"[A-Z]\d{3}")


def severities() -> dict[str, Severity]:
    """The severity of each code, from rules/severity.tsv: policy, kept beside the shapes."""
    table = (files.ROOT / "rules" / "severity.tsv").read_text(encoding="utf-8").splitlines()[1:]
    known: dict[str, Severity] = {"error": "error", "warning": "warning", "info": "info"}
    return {row[0]: known[row[1]] for row in (line.split("\t") for line in table if line.strip())}


def check(
    paths: Sequence[Path] = (),
    *,
    shapes: Sequence[Path] = (),
    engine: Engine = "rust",
    context: Sequence[Path] | None = None,
) -> Report:
    """The findings in the files at PATHS, or in all shipped data when none are given.

    With the shipped shapes the shipped graph (or the files CONTEXT) stands behind the files, so that references
    resolve; with SHAPES of one's own only the files themselves are read. Raises MinilatError E030–E032 for files that
    cannot be read or parsed and E090 for shapes that cannot be used.
    """
    data = Store.memory()
    if not shapes:
        given = {p.resolve() for p in paths}
        behind = (*files.ontology(), *files.data()) if context is None else context
        build.load((p for p in behind if p.resolve() not in given), into=data)
    own = {graph_name(str(p)): str(p) for p in paths}
    for path in paths:
        data.load(path, graph_name(str(path)), where=str(path))
    rules = Triples.read(shapes or files.shapes())
    if shapes:
        lint.refuse(Shapes(rules), shapes)
    found = run(data, rules, engine, apart=bool(shapes))
    places = _places(data, own or {graph_name(files.relative(p)): files.relative(p) for p in files.data()})
    levels = severities()
    findings = [
        Finding(
            _code(raw.shape),
            _weaker(levels.get(_code(raw.shape), "error"), _SEVERITIES.get(raw.severity, "error")),
            raw.message,
            _short(raw.focus),
            _short(raw.path),
            _short(raw.value),
            _short(raw.shape),
            raw.component,
            places.get(raw.focus, ""),
        )
        for raw in found
        # What stands behind the files is not theirs to mend; a blank node cannot stand behind.
        if shapes or not own or raw.focus in places or raw.focus.startswith("_:")
    ]
    findings.sort(key=lambda f: (f.file, f.code, f.focus, f.path, f.value, f.shape))
    return Report(tuple(findings), len(paths) or len(files.data()), len(data))


def _weaker(table: Severity, shape: Severity) -> Severity:
    """The severity of a finding: what the table says for its code, unless the shape itself only warns."""
    order: list[Severity] = ["info", "warning", "error"]
    return order[min(order.index(table), order.index(shape))]


def _code(shape: str) -> str:
    name = slug(shape.strip("<>"))
    found = _CODE.match(name)
    return found[0] if found else name


def _short(term: str) -> str:
    inverse = "^" if term.startswith("^") else ""
    term = term.lstrip("^")
    return inverse + (curie(term[1:-1]) if term.startswith("<") else term)


def _places(data: Store, graphs: Mapping[str, str]) -> dict[str, str]:
    """The file of each subject, by term: where a finding about it belongs."""
    found: dict[str, str] = {}
    answer = data.select("SELECT DISTINCT ?s ?g WHERE { GRAPH ?g { ?s ?p ?o } }", limit=10_000_000, seconds=600)
    for row in answer.rows:
        subject, graph = row[0] or "", plain(row[1] or "")
        if graph in graphs:
            found.setdefault(subject, graphs[graph])
    return found
