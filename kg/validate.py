"""The act of validation: files against SHACL shapes.

The shapes run on a Rust engine; constraints written in SPARQL run once for all their targets on the store, which gives
the same results far faster (docs/decisions/0004). pySHACL is kept as the reference: a test holds both reports equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from kg import build, files
from kg.errors import MinilatError
from kg.names import PREFIXES, curie, graph_name, slug
from kg.records import Finding, Report, Severity
from kg.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Engine = Literal["rust", "pyshacl"]
_SEVERITIES: Final[dict[str, Severity]] = {"Violation": "error", "Warning": "warning", "Info": "info"}
_CODE: Final = re.compile(r"[A-Z]\d{3}")
_WHERE: Final = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
_TARGETS: Final = {
    "targetClass": "$this a/rdfs:subClassOf* <{}>",
    "targetSubjectsOf": "$this <{}> ?any",
    "targetObjectsOf": "?any <{}> $this",
    "targetNode": "VALUES $this {{ <{}> }}",
}
_SPLIT: Final = """
SELECT ?shape ?kind ?target ?severity ?select ?message WHERE {
  VALUES ?kind { sh:targetClass sh:targetSubjectsOf sh:targetObjectsOf sh:targetNode }
  ?shape sh:sparql ?constraint ; ?kind ?target .
  ?constraint sh:select ?select .
  OPTIONAL { ?shape sh:severity ?severity }
  OPTIONAL { ?constraint sh:message ?message }
} ORDER BY ?shape ?kind ?target"""


@dataclass(frozen=True)
class _Raw:
    """A result in N-Triples terms, before it is given words and a place."""

    focus: str
    path: str
    value: str
    shape: str
    component: str
    severity: str
    message: str


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
    found = _run(data, build.load(shapes or files.shapes()), engine, set_based=not shapes)
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


def _run(data: Store, rules: Store, engine: Engine, *, set_based: bool) -> list[_Raw]:
    text = data.ntriples().decode()
    if engine == "pyshacl":
        return _by_pyshacl(text, rules.ntriples().decode())
    import shacl

    # What runs on the store is taken out of what the engine gets. That asks for constraints written as ours are, so
    # shapes of others go to the engine whole.
    constraints = list(rules.rows(_SPLIT)) if set_based else []
    taken = {f"<{row['shape']}> <{PREFIXES['sh']}sparql>" for row in constraints}
    left = "".join(line for line in _lines(rules) if " ".join(line.split(" ", 2)[:2]) not in taken)
    try:
        results = shacl.Shapes.from_text(left, format="ntriples").validate_text(text, format="ntriples").results
    except (ValueError, RuntimeError) as error:
        raise MinilatError("E090", f"the shapes cannot be used: {error}", hint="see the file named above") from None
    found = [
        _Raw(
            x.focus_node,
            x.path or "",
            x.value or "",
            x.source_shape or "",
            x.component or "",
            x.severity or "Violation",
            x.message or "",
        )
        for x in results
    ]
    for row in constraints:
        found.extend(_by_query(data, {k: str(v or "") for k, v in row.items()}))
    return found


def _lines(store: Store) -> Iterator[str]:
    return (line + "\n" for line in store.ntriples().decode().splitlines())


def _by_query(data: Store, constraint: Mapping[str, str]) -> Iterator[_Raw]:
    pattern = _TARGETS[slug(constraint["kind"])].format(constraint["target"])
    target = f"{{ SELECT DISTINCT $this WHERE {{ {pattern} }} }}"
    text = _WHERE.sub(lambda m: f"{m[0]} {target} ", constraint["select"], count=1)
    answer = data.select(text, limit=1_000_000, seconds=600)
    for row in answer.rows:
        terms = {name: value or "" for name, value in zip(answer.variables, row, strict=True)}
        message = constraint["message"]
        for name, value in terms.items():
            message = message.replace(f"{{?{name}}}", _plain(value)).replace(f"{{${name}}}", _plain(value))
        yield _Raw(
            terms["this"],
            terms.get("path", ""),
            terms.get("value") or terms["this"],
            f"<{constraint['shape']}>",
            "SPARQLConstraintComponent",
            slug(constraint["severity"]) or "Violation",
            message,
        )


def _by_pyshacl(data: str, shapes: str) -> list[_Raw]:
    import pyshacl
    import rdflib

    rdflib.NORMALIZE_LITERALS = False
    graphs = [rdflib.Graph().parse(data=text, format="nt") for text in (data, shapes)]
    _, report, _ = pyshacl.validate(graphs[0], shacl_graph=graphs[1], allow_infos=True, allow_warnings=True)
    if not isinstance(report, rdflib.Graph):
        raise MinilatError("E090", f"the shapes cannot be used: {getattr(report, 'message', report)}")
    sh = rdflib.SH
    top = report.value(predicate=rdflib.RDF.type, object=sh.ValidationReport)
    found = []
    for x in report.objects(top, sh.result):

        def term(p: rdflib.URIRef, x: rdflib.term.Node = x) -> str:
            value = report.value(x, p)
            return "" if value is None else value.n3()

        shape = report.value(x, sh.sourceShape)
        path = term(sh.resultPath)
        if path.startswith("_:"):
            path = "^" + str(next(iter(report.objects(report.value(x, sh.resultPath), sh.inversePath)), ""))
        found.append(
            _Raw(
                term(sh.focusNode),
                path,
                term(sh.value),
                shape.n3() if shape is not None else "",
                slug(str(report.value(x, sh.sourceConstraintComponent))),
                slug(str(report.value(x, sh.resultSeverity))),
                str(report.value(x, sh.resultMessage) or ""),
            )
        )
    return found


def _code(shape: str) -> str:
    name = slug(shape.strip("<>"))
    found = _CODE.match(name)
    return found[0] if found else name


def _plain(term: str) -> str:
    if term.startswith("<"):
        return term[1:-1]
    return re.sub(r'^"(.*)"(?:@[\w-]+|\^\^<.*>)?$', r"\1", term, flags=re.DOTALL)


def _short(term: str) -> str:
    inverse = "^" if term.startswith("^") else ""
    term = term.lstrip("^")
    return inverse + (curie(term[1:-1]) if term.startswith("<") else term)


def _places(data: Store, graphs: Mapping[str, str]) -> dict[str, str]:
    """The file of each subject, by term: where a finding about it belongs."""
    found: dict[str, str] = {}
    answer = data.select("SELECT DISTINCT ?s ?g WHERE { GRAPH ?g { ?s ?p ?o } }", limit=10_000_000, seconds=600)
    for row in answer.rows:
        subject, graph = row[0] or "", _plain(row[1] or "")
        if graph in graphs:
            found.setdefault(subject, graphs[graph])
    return found
