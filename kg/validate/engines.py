"""SHACL engines behind one function: a Rust engine by default, pySHACL as the reference.

Constraints written in SPARQL run once for all their targets on the store, which gives the same results far faster
(docs/decisions/0004). A test holds the reports of both engines equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from kg.errors import MinilatError
from kg.names import PREFIXES, slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.store import Store

Engine = Literal["rust", "pyshacl"]
_WHERE: Final = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
_BLANK: Final = re.compile(r"^_:\S+|(?<= )_:\S+(?= \.$)", re.MULTILINE)
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
class Raw:
    """A result in N-Triples terms, before it is given words and a place."""

    focus: str
    path: str
    value: str
    shape: str
    component: str
    severity: str
    message: str


def run(data: Store, rules: Store, engine: Engine, *, set_based: bool) -> list[Raw]:
    """The results of the shapes RULES over DATA; SET_BASED runs constraints written in SPARQL on the store."""
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
    # The engine numbers blank nodes in the order in which it meets them, those of the shapes first.
    first = len(set(_BLANK.findall(left)))
    met = any("_:0_b" in x.focus_node + (x.value or "") for x in results)
    labels = dict(enumerate(dict.fromkeys(_BLANK.findall(text)), first)) if met else {}

    def own(term: str | None) -> str:
        return labels[int(term[5:])] if term and term.startswith("_:0_b") else term or ""

    found = [
        Raw(
            own(x.focus_node),
            x.path or "",
            own(x.value),
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


def _by_query(data: Store, constraint: Mapping[str, str]) -> Iterator[Raw]:
    pattern = _TARGETS[slug(constraint["kind"])].format(constraint["target"])
    target = f"{{ SELECT DISTINCT $this WHERE {{ {pattern} }} }}"
    text = _WHERE.sub(lambda m: f"{m[0]} {target} ", constraint["select"], count=1)
    answer = data.select(text, limit=1_000_000, seconds=600)
    for row in answer.rows:
        terms = {name: value or "" for name, value in zip(answer.variables, row, strict=True)}
        message = constraint["message"]
        for name, value in terms.items():
            message = message.replace(f"{{?{name}}}", plain(value)).replace(f"{{${name}}}", plain(value))
        yield Raw(
            terms["this"],
            terms.get("path", ""),
            terms.get("value") or terms["this"],
            f"<{constraint['shape']}>",
            "SPARQLConstraintComponent",
            slug(constraint["severity"]) or "Violation",
            message,
        )


def _by_pyshacl(data: str, shapes: str) -> list[Raw]:
    import pyshacl
    import rdflib

    rdflib.NORMALIZE_LITERALS = False
    names: dict[str, rdflib.BNode] = {}
    graphs = [
        rdflib.Graph().parse(data=data, format="nt", bnode_context=names),
        rdflib.Graph().parse(data=shapes, format="nt"),
    ]
    labels = {node: f"_:{label}" for label, node in names.items()}
    _, report, _ = pyshacl.validate(graphs[0], shacl_graph=graphs[1], allow_infos=True, allow_warnings=True)
    if not isinstance(report, rdflib.Graph):
        raise MinilatError("E090", f"the shapes cannot be used: {getattr(report, 'message', report)}")
    sh = rdflib.SH
    top = report.value(predicate=rdflib.RDF.type, object=sh.ValidationReport)
    found = []
    for x in report.objects(top, sh.result):

        def term(p: rdflib.URIRef, x: rdflib.term.Node = x) -> str:
            value = report.value(x, p)
            return "" if value is None else labels.get(value, value.n3())  # type: ignore[call-overload]

        shape = report.value(x, sh.sourceShape)
        path = term(sh.resultPath)
        if path.startswith("_:"):
            path = "^" + str(next(iter(report.objects(report.value(x, sh.resultPath), sh.inversePath)), ""))
        found.append(
            Raw(
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


def plain(term: str) -> str:
    """The text of an N-Triples TERM: an IRI without brackets, a literal without quotes, tag and type."""
    if term.startswith("<"):
        return term[1:-1]
    return re.sub(r'^"(.*)"(?:@[\w-]+|\^\^<.*>)?$', r"\1", term, flags=re.DOTALL)
