"""The act of validation: files against SHACL shapes.

What is read and what stands behind it, which findings belong to the files, and where each of them lies.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kg import files
from kg.documents import ntriples
from kg.errors import LINE_END, MinilatError
from kg.names import curie, graph_name, slug
from kg.records import Finding, Report, Severity
from kg.store import Store
from kg.validate import hygiene, lint, outline, reading, tables
from kg.validate.engines import Engine, run
from kg.validate.positions import Place, Wanted, locate
from kg.validate.shapes import Shapes
from kg.validate.triples import Triples

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
    E090–E099 for shapes that cannot be used.
    """
    rules = Triples.read(shapes or files.shapes(), lint.TAG)
    flaws = lint.refuse(Shapes(rules), shapes, engine) if shapes else []
    own = reading.sources(paths, input_format) if paths else reading.shipped()
    parts: list[Triples] = []
    told = [x for n, source in enumerate(own) for x in _read(parts, f"f{n}", source, limit)]
    if broken := [x for x in told if x.code.startswith("E")]:
        return _report(broken, own, sum(map(len, parts)))
    hints: dict[Raw, str] = {}
    if shapes:
        # Shapes of others may break a native engine, so it runs apart.
        data = parts[0] if len(parts) == 1 else Triples("".join(part.text for part in parts))
        found = run(data, rules, engine, apart=True)
    else:
        data = _with_what_stands_behind(own, parts, context)
        found = run(data, rules, engine)
        hints = _beyond(data.store, own, found)
    places = _places(found, parts, own, limit, alone=bool(shapes))
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
            name,
            place.line,
            place.column,
            hints.get(raw, ""),
        )
        for raw, (name, place) in zip(found, places, strict=True)
        # What stands behind the documents is not theirs to mend.
        if name or shapes or not paths
    ]
    findings += [
        Finding(x.code, "warning", x.message, "", "", "", "", "", str(path), spot.line, spot.column, x.hint)
        for x, path, spot in flaws
    ]
    return _report(findings + told, own, len(data))


def _with_what_stands_behind(own: Sequence[Source], parts: list[Triples], context: Sequence[Path] | None) -> Triples:
    """The documents and the shipped graph (or the files CONTEXT), with a store of a named graph for each."""
    given = {s.path.resolve() for s in own if s.path}
    behind = (*files.ontology(), *files.data()) if context is None else context
    paths = [p for p in behind if p.resolve() not in given]
    others = [Triples.read([p], f"d{n}-") for n, p in enumerate(paths)]
    store = Store.memory()
    for part, graph in (
        *zip(parts, (source.graph for source in own), strict=True),
        *zip(others, (graph_name(files.relative(p)) for p in paths), strict=True),
    ):
        store.insert(part.text, graph)
    return Triples("".join(part.text for part in (*parts, *others)), store)


def _beyond(data: Store, own: Sequence[Source], found: list[Raw]) -> dict[Raw, str]:
    """Add to FOUND what lies beyond shapes, and give back the hints to results. A statement is reported once."""
    hints = {}
    names = hygiene.Names(data)
    told = defaultdict(list)
    for raw in found:
        told[raw.focus, raw.path, raw.value].append(raw)
    for raw, term in hygiene.run(data, [source.graph for source in own]):
        same = told.get((raw.focus, raw.path, raw.value), [])
        if not same:
            found.append(raw)
        if term:
            hint = names.hint(term)
            hints.update(dict.fromkeys(same or [raw], hint))
    return hints


def _report(findings: list[Finding], own: Sequence[Source], triples: int) -> Report:
    findings.sort(key=lambda f: (f.file, f.line, f.column, f.code, f.focus, f.path, f.value, f.shape))
    return Report(tuple(findings), len(own), triples, names=tuple(source.name for source in own))


def _opened(source: Source, limit: int) -> tuple[bytes, str]:
    """The bytes of a document and its syntax; see reading.content for the errors."""
    body = reading.content(source, limit)
    return body, reading.syntax(source, body)


def _read(parts: list[Triples], tag: str, source: Source, limit: int) -> list[Finding]:
    """Read a document into one more of PARTS, its blank nodes named by TAG; what is wrong with it comes back."""
    try:
        body, suffix = _opened(source, limit)
    except MinilatError as error:
        return [_broken(source, error.code, error.message, error.hint)]
    if suffix == ".rdf" and (place := outline.xml_mishap(body, reading.DEPTH)):
        return [_broken(source, "E031", place[2], "", place[0], place[1])]
    if suffix in reading.TABLES:
        return _read_table(parts, tag, source, body)
    if suffix != ".rdf" and (deep := reading.too_deep(body, suffix)):
        return [_broken(source, "E031", f"nested deeper than {reading.DEPTH} brackets", "", *deep)]
    text, mishaps = ntriples(body, suffix, tag)
    parts.append(Triples(text))
    if mishaps and (bad := reading.bad_bytes(body)):
        return [_broken(source, "E048", bad[2], "save it as UTF-8", bad[0], bad[1])]
    return [_broken(source, *reading.explain(m), m.line, m.column) for m in mishaps]


def _read_table(parts: list[Triples], tag: str, source: Source, body: bytes) -> list[Finding]:
    if bad := reading.bad_bytes(body):
        return [_broken(source, "E048", bad[2], "save it as UTF-8", bad[0], bad[1])]
    path = reading.located(source.name)
    try:
        found, mishaps = tables.triples(path, body.decode())
    except MinilatError as error:
        return [_broken(source, error.code, f"{error.message} ({error.where})", error.hint)]
    parts.append(Triples(ntriples(found, ".nt", tag)[0]))
    rows = LINE_END.split(body.decode()) if mishaps else []
    separator = tables.separator(path)
    return [
        Finding(
            m.code,
            "error",
            m.message,
            _short(m.subject),
            _short(m.predicate),
            m.text,
            "",
            "",
            source.name,
            m.line,
            tables.column(rows[m.line - 1], m.cell, separator) if m.line <= len(rows) else 1,
            m.hint,
        )
        for m in mishaps
    ]


def _broken(source: Source, code: str, message: str, hint: str, line: int = 0, column: int = 0) -> Finding:
    return Finding(code, "error", message, "", "", "", "", "", source.name, line, column, hint)


def _places(
    found: Sequence[Raw], parts: Sequence[Triples], own: Sequence[Source], limit: int, *, alone: bool
) -> list[tuple[str, Place]]:
    """The document and the place of each result; no name when none of several documents speaks of its focus."""
    asked: dict[int, list[int]] = defaultdict(list)
    foci = {raw.focus for raw in found if not raw.focus.startswith('"')}
    named = [part.naming(foci) if foci else (foci, foci) for part in parts]
    for i, raw in enumerate(found):
        if raw.focus.startswith('"'):  # a literal is found by its value, whatever its form
            for n in range(len(parts)):
                asked[n].append(i)
            continue
        about = [n for n, (subjects, _) in enumerate(named) if raw.focus in subjects]
        for n in about or [n for n, (_, objects) in enumerate(named) if raw.focus in objects]:
            asked[n].append(i)
    # A focus that no document speaks of (a target named by the shapes) belongs to the only one there is.
    nowhere = own[0].name if len(own) == 1 and alone else ""
    best = [(nowhere, Place())] * len(found)
    for n in sorted(asked):
        body, suffix = _opened(own[n], limit)
        wanted = [Wanted(r.focus, r.path, r.value, r.component) for r in (found[i] for i in asked[n])]
        path = own[n].path
        if path and suffix in reading.TABLES:
            asking = [(w.focus.replace(f"_:f{n}x", "_:row"), w.path, w.value) for w in wanted]
            spots = [Place(fit, row, at) for fit, row, at in tables.locate(path, body.decode(), asking)]
        else:
            spots = locate(body, suffix, parts[n].text, wanted)
        for i, place in zip(asked[n], spots, strict=True):
            if place.fit > best[i][1].fit or not (best[i][0] or found[i].focus.startswith('"')):
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
