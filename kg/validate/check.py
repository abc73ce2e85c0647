"""The act of validation: files against SHACL shapes.

What is read and what stands behind it, which findings belong to the files, and where each of them lies.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kg import build, files
from kg.errors import MinilatError
from kg.names import curie, slug
from kg.records import Finding, Report, Severity
from kg.store import Store
from kg.validate import hygiene, outline, reading
from kg.validate.engines import Engine, run
from kg.validate.positions import Place, Wanted, locate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kg.validate.engines import Raw
    from kg.validate.reading import Source

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
    input_format: str = "",
    limit: int = reading.LIMIT,
) -> Report:
    """The findings in the documents behind PATHS (see reading.sources), or in all shipped data when none are given.

    With the shipped shapes the shipped graph (or the files CONTEXT) stands behind the documents, so that references
    resolve; with SHAPES of one's own only the documents themselves are read. A document may have LIMIT bytes.
    Documents that cannot be read or parsed make a report of those findings alone (codes E030, E031, E047–E049): what
    the shapes would say without them is not known. Raises MinilatError E030, E032 or E034 for paths that are wrong and
    E090 for shapes that cannot be used.
    """
    own = reading.sources(paths, input_format) if paths else reading.shipped()
    data = Store.memory()
    broken = [x for n, source in enumerate(own) for x in _read(data, f"f{n}", source, limit)]
    if broken:
        return _report(broken, own, data)
    if not shapes:
        given = {s.path.resolve() for s in own if s.path}
        behind = (*files.ontology(), *files.data()) if context is None else context
        build.load((p for p in behind if p.resolve() not in given), into=data)
    found = run(data, build.load(shapes or files.shapes()), engine, set_based=not shapes)
    hints: dict[Raw, str] = {} if shapes else _beyond(data, own, found)
    places = _places(found, data, own, limit)
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
            name or (own[0].name if len(own) == 1 else ""),
            place.line,
            place.column,
            hints.get(raw, ""),
        )
        for raw, (name, place) in zip(found, places, strict=True)
        # What stands behind the documents is not theirs to mend.
        if name or shapes or not paths
    ]
    return _report(findings, own, data)


def _beyond(data: Store, own: Sequence[Source], found: list[Raw]) -> dict[Raw, str]:
    """Add to FOUND what lies beyond shapes, and give back the hints to results. A statement is reported once."""
    hints = {}
    told = defaultdict(list)
    for raw in found:
        told[raw.focus, raw.path, raw.value].append(raw)
    for raw, term in hygiene.run(data, [source.graph for source in own]):
        same = told.get((raw.focus, raw.path, raw.value), [])
        if not same:
            found.append(raw)
        if term:
            hint = hygiene.hint(data, term)
            hints.update(dict.fromkeys(same or [raw], hint))
    return hints


def _report(findings: list[Finding], own: Sequence[Source], data: Store) -> Report:
    findings.sort(key=lambda f: (f.file, f.line, f.column, f.code, f.focus, f.path, f.value, f.shape))
    return Report(tuple(findings), len(own), len(data))


def _opened(source: Source, limit: int) -> tuple[bytes, str]:
    """The bytes of a document and its syntax; see reading.content for the errors."""
    body = reading.content(source, limit)
    return body, reading.syntax(source, body)


def _read(data: Store, tag: str, source: Source, limit: int) -> list[Finding]:
    """Read a document into DATA, its blank nodes named by TAG; what is wrong with it comes back."""
    try:
        body, suffix = _opened(source, limit)
    except MinilatError as error:
        return [_broken(source, error.code, error.message, error.hint)]
    if suffix == ".rdf" and (place := outline.xml_mishap(body)):
        return [_broken(source, "E031", place[2], "", place[0], place[1])]
    mishaps = data.read(body, suffix, source.graph, tag=tag)
    if mishaps and (bad := reading.bad_bytes(body)):
        return [_broken(source, "E048", bad[2], "save it as UTF-8", bad[0], bad[1])]
    return [_broken(source, *reading.explain(m), m.line, m.column) for m in mishaps]


def _broken(source: Source, code: str, message: str, hint: str, line: int = 0, column: int = 0) -> Finding:
    return Finding(code, "error", message, "", "", "", "", "", source.name, line, column, hint)


def _places(found: Sequence[Raw], data: Store, own: Sequence[Source], limit: int) -> list[tuple[str, Place]]:
    """The document and the place of each result; no name when none of several documents speaks of its focus."""
    graphs = {source.graph: n for n, source in enumerate(own)}
    asked: dict[int, list[int]] = defaultdict(list)
    for i, raw in enumerate(found):
        for graph in data.graphs_with(subject=raw.focus) or data.graphs_with(value=raw.focus):
            if graph in graphs:
                asked[graphs[graph]].append(i)
    best = [("", Place())] * len(found)
    for n in sorted(asked):
        body, suffix = _opened(own[n], limit)
        wanted = [Wanted(r.focus, r.path, r.value, r.component) for r in (found[i] for i in asked[n])]
        for i, place in zip(asked[n], locate(body, suffix, f"f{n}", wanted), strict=True):
            if not best[i][0] or place.fit > best[i][1].fit:
                best[i] = (own[n].name, place)
    return best


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
