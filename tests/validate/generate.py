"""Data made from a seed: graphs that touch the targets and paths of given shapes, and small random shapes with data."""

from __future__ import annotations

import random

from kg.validate.results import SH
from kg.validate.shapes import MalformedError, Shapes
from kg.validate.triples import Triples

EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LITERALS = (
    '"a"', '"abc"', '"ABC"', '""', '"long enough to break a limit"', '"chat"@fr', '"cat"@en', '"dog"@en', '"gb"@en-gb',
    f'"1"^^<{XSD}integer>', f'"2"^^<{XSD}integer>', f'"01"^^<{XSD}integer>', f'"-7"^^<{XSD}integer>',
    f'"x"^^<{XSD}integer>', f'"1.50"^^<{XSD}decimal>', f'"2.0"^^<{XSD}decimal>', f'"true"^^<{XSD}boolean>',
    f'"2020-01-31"^^<{XSD}date>', f'"2020-02-30"^^<{XSD}date>', f'"2021"^^<{XSD}gYear>',
    f'"2020-01-01T00:00:00Z"^^<{XSD}dateTime>', f'"http://example.org/"^^<{XSD}anyURI>',
)  # fmt: skip

RANGES = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
UNORDERED = ("date>", "gYear>", "dateTime>", "boolean>", f'"x"^^<{XSD}integer>')
"""What pySHACL compares with a number, although the two have no order: see test_deviations.py."""


def text(triples) -> Triples:
    """Triples of terms as a graph, each once."""
    return Triples("".join(f"{s} {p} {o} .\n" for s, p, o in dict.fromkeys(triples)))


def predicates(shapes: Shapes) -> list[str]:
    """The predicates in the paths of SHAPES."""
    found = set()
    for node in shapes.all:
        try:
            path = shapes.result_path(node)
        except MalformedError:
            continue
        found |= {f"<{p.split('>')[0]}>" for p in path.split("<")[1:]}
    return sorted(found)


def data_for(shapes: Shapes, seed: int, size: int) -> Triples:
    """SIZE random triples about nodes of the classes that SHAPES target, with the predicates of their paths."""
    rng = random.Random(seed)
    classes = sorted({c for s in shapes.all for n in ("targetClass", "class") for c in shapes.values(s, n)})
    known = predicates(shapes) + sorted(
        {p for s in shapes.all for n in ("targetSubjectsOf", "targetObjectsOf") for p in shapes.values(s, n)}
    )
    wanted = sorted({v for s in shapes.all for v in shapes.values(s, "hasValue") if not v.startswith("_:")})
    ranges = any(shapes.values(s, n) for s in shapes.all for n in RANGES)
    literals = [v for v in LITERALS if not ranges or not v.endswith(UNORDERED)]
    nodes = [f"<{EX}n{i}>" for i in range(max(4, size // 6))] + [f"_:b{i}" for i in range(max(2, size // 20))]
    triples = [(n, TYPE, rng.choice(classes)) for n in nodes if classes and rng.random() < 0.9]
    for _ in range(size):
        value = rng.choice((rng.choice(nodes), rng.choice(literals), rng.choice(wanted or nodes)))
        triples.append((rng.choice(nodes), rng.choice(known or [f"<{EX}p>"]), value))
    return text(triples)


class Writer:
    """Random shapes of SHACL Core, a few constraints each."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.triples: list[tuple[str, str, str]] = []
        self.number = 0
        self.order = False

    def add(self, subject: str, name: str, value: str) -> None:
        """Say that the SHACL property NAME of SUBJECT is VALUE."""
        self.triples.append((subject, f"<{SH}{name}>", value))

    def blank(self) -> str:
        """A new blank node."""
        self.number += 1
        return f"_:s{self.number}"

    def list(self, items) -> str:
        """The head of a new list of ITEMS."""
        rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        head = f"<{rdf}nil>"
        for item in reversed(items):
            cell = self.blank()
            self.triples += [(cell, f"<{rdf}first>", item), (cell, f"<{rdf}rest>", head)]
            head = cell
        return head

    def predicate(self) -> str:
        """One of four predicates."""
        return f"<{EX}{self.rng.choice('pqrs')}>"

    def path(self, depth: int = 0) -> str:
        """A path, seldom deep."""
        if depth > 1 or self.rng.random() < 0.6:
            return self.predicate()
        kind = self.rng.choice(
            ("list", "alternativePath", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
        )
        if kind == "list":
            return self.list([self.path(depth + 1) for _ in range(2)])
        node = self.blank()
        if kind == "alternativePath":
            inner = self.list([self.path(depth + 1), self.path(depth + 1)])
        else:
            inner = self.path(2 if kind == "inversePath" else depth + 1)
        self.add(node, kind, inner)
        return node

    def number_term(self, low: int, high: int) -> str:
        """An integer between LOW and HIGH."""
        return f'"{self.rng.randint(low, high)}"^^<{XSD}integer>'

    def shape(self, depth: int, *, name: str | None = None, path: bool | None = None) -> str:
        """A shape with constraints, and shapes inside it down to a depth of two."""
        node = name or self.blank()
        path = self.rng.random() < 0.5 if path is None else path
        self.triples.append((node, TYPE, f"<{SH}{'PropertyShape' if path else 'NodeShape'}>"))
        if path:
            self.add(node, "path", self.path())
        if self.rng.random() < 0.3:
            self.add(node, "severity", f"<{SH}{self.rng.choice(('Info', 'Warning'))}>")
        if self.rng.random() < 0.3:
            self.add(node, "message", f'"what {node.strip("<>_:")} wants"')
        if self.rng.random() < 0.05:
            self.add(node, "deactivated", f'"true"^^<{XSD}boolean>')
        for _ in range(self.rng.randint(1, 3)):
            self.constraint(node, depth, path=path)
        return node

    def constraint(self, node: str, depth: int, *, path: bool) -> None:
        """One more constraint of the shape NODE."""
        rng = self.rng
        kinds = [
            "class", "datatype", "nodeKind", "minInclusive", "maxExclusive", "minLength", "maxLength", "pattern",
            "languageIn", "equals", "disjoint", "hasValue", "in", "closed",
        ]  # fmt: skip
        if path:
            kinds += ["minCount", "maxCount", "minCount", "maxCount", "uniqueLang"] + [
                "lessThan",
                "lessThanOrEquals",
            ] * self.order
        if depth < 2:
            kinds += ["not", "and", "or", "xone", "node", "property", "property"] + ["qualifiedValueShape"] * path
        kind = rng.choice(kinds)
        if any((node, f"<{SH}{kind}>") == t[:2] for t in self.triples) and kind not in ("not", "property", "and", "or"):
            return
        if kind in ("not", "node"):
            self.add(node, kind, self.shape(depth + 1, path=False if kind == "node" else None))
        elif kind == "property":
            self.add(node, kind, self.shape(depth + 1, path=True))
        elif kind in ("and", "or", "xone"):
            self.add(node, kind, self.list([self.shape(depth + 1) for _ in range(2)]))
        elif kind == "qualifiedValueShape":
            self.add(node, kind, self.shape(depth + 1))
            self.add(node, rng.choice(("qualifiedMinCount", "qualifiedMaxCount")), self.number_term(0, 2))
        elif kind in ("minCount", "maxCount"):
            self.add(node, kind, self.number_term(0, 2))
        elif kind in ("minLength", "maxLength"):
            self.add(node, kind, self.number_term(1, 5))
        elif kind in ("minInclusive", "maxExclusive"):
            self.add(node, kind, rng.choice((f'"1"^^<{XSD}integer>', f'"1.5"^^<{XSD}decimal>')))
        elif kind in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
            self.add(node, kind, self.predicate())
        elif kind == "class":
            self.add(node, kind, f"<{EX}{rng.choice('TU')}>")
        elif kind == "datatype":
            self.add(node, kind, f"<{XSD}{rng.choice(('integer', 'string', 'decimal', 'date', 'boolean'))}>")
        elif kind == "nodeKind":
            kinds = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
            self.add(node, kind, f"<{SH}{rng.choice(kinds)}>")
        elif kind == "pattern":
            self.add(node, kind, rng.choice(('"^a"', '"[0-9]+"', '"b.?c"', '"^http"')))
            if rng.random() < 0.4:
                self.add(node, "flags", '"i"')
        elif kind == "languageIn":
            self.add(node, kind, self.list(['"en"', '"de"']))
        elif kind == "hasValue":
            self.add(node, kind, rng.choice((*LITERALS[:12], f"<{EX}n0>")))
        elif kind == "in":
            self.add(node, kind, self.list([*rng.sample(LITERALS, 5), f"<{EX}n0>", f"<{EX}n1>"]))
        elif kind == "closed":
            self.add(node, kind, f'"true"^^<{XSD}boolean>')
            self.add(node, "ignoredProperties", self.list([TYPE, self.predicate()]))
        elif kind == "uniqueLang":
            self.add(node, kind, f'"true"^^<{XSD}boolean>')

    def target(self, node: str) -> None:
        """Give NODE a target."""
        kind = self.rng.choice(("targetClass", "targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode"))
        value = {"targetClass": f"<{EX}{self.rng.choice('TU')}>", "targetNode": self.rng.choice((f"<{EX}n0>", '"abc"'))}
        self.add(node, kind, value.get(kind) or self.predicate())


def random_shapes(seed: int) -> Triples:
    """Between one and four shapes with targets, of all the constraints of SHACL Core."""
    writer = Writer(seed)
    for number in range(writer.rng.randint(1, 4)):
        node = writer.shape(0, name=f"<{EX}S{number}>")
        writer.target(node)
    return text(writer.triples)
