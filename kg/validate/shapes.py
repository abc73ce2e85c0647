"""A shapes graph as it is read here: which node is a shape, where its focus nodes come from, its paths and messages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.validate.results import SH, plain, shacl_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.validate.triples import Triples

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
TYPE: Final = f"<{RDF}type>"
FIRST: Final = f"<{RDF}first>"
REST: Final = f"<{RDF}rest>"
NIL: Final = f"<{RDF}nil>"
IMPORTS: Final = "<http://www.w3.org/2002/07/owl#imports>"
TARGETS: Final = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
NESTED: Final = ("node", "not", "qualifiedValueShape")
LISTS_OF_SHAPES: Final = ("and", "or", "xone")
_POSTFIX: Final = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_DEEPEST: Final = 100


class MalformedError(ValueError):
    """A list or a path that SHACL does not allow; the message says what is wrong with it."""


def sh(name: str) -> str:
    """The N-Triples term of the SHACL term NAME."""
    return f"<{SH}{name}>"


def true(term: str) -> bool:
    """Whether TERM is the boolean true."""
    return plain(term) in ("true", "1") and term.endswith("#boolean>")


class Shapes:
    """The shapes in a graph."""

    def __init__(self, triples: Triples) -> None:
        self.triples = triples
        self._index = triples.index

    def nodes(self) -> Iterator[str]:
        """Every subject of the graph."""
        yield from self._index

    def about(self, node: str) -> dict[str, list[str]]:
        """What the graph says of NODE: objects by predicate, both as terms."""
        return self._index.get(node, {})

    def values(self, node: str, name: str) -> list[str]:
        """The values of the SHACL property NAME at NODE."""
        return self._index.get(node, {}).get(sh(name), [])

    def types(self, node: str) -> list[str]:
        """The classes that NODE is said to be of."""
        return self._index.get(node, {}).get(TYPE, [])

    def deactivated(self, node: str) -> bool:
        """Whether NODE, a shape or a constraint, is switched off."""
        return any(true(v) for v in self.values(node, "deactivated"))

    def items(self, node: str) -> list[str]:
        """The members of the list at NODE. Raises MalformedError for one that does not end, or forks."""
        found: list[str] = []
        seen: set[str] = set()
        while node != NIL:
            first, rest = self._index.get(node, {}).get(FIRST, []), self._index.get(node, {}).get(REST, [])
            if len(first) != 1 or len(rest) != 1:
                raise MalformedError("a list needs one rdf:first and one rdf:rest at each step, and rdf:nil at its end")
            if node in seen:
                raise MalformedError("the list leads back into itself")
            seen.add(node)
            found.append(first[0])
            node = rest[0]
        return found

    def path(self, node: str, depth: int = 0) -> str:
        """The SHACL path at NODE as a SPARQL property path. Raises MalformedError where SHACL does not allow it."""
        if node.startswith("<") and node != NIL:
            return node
        if node.startswith('"'):
            raise MalformedError("a literal is no path")
        if depth > _DEEPEST:
            raise MalformedError("the path leads back into itself, or is deeper than 100 steps")
        here = self._index.get(node, {})
        if FIRST in here or node == NIL:
            steps = self.items(node)
            if len(steps) < 2:
                raise MalformedError("a sequence of paths has at least two members")
            return "(" + "/".join(self.path(step, depth + 1) for step in steps) + ")"
        kinds = [k for k in ("alternativePath", "inversePath", *_POSTFIX) if sh(k) in here]
        if len(kinds) != 1 or len(here[sh(kinds[0])]) != 1:
            raise MalformedError(
                "a path is an IRI, a list of paths, or a blank node with exactly one of sh:inversePath, "
                "sh:alternativePath, sh:zeroOrMorePath, sh:oneOrMorePath and sh:zeroOrOnePath"
            )
        kind, inner = kinds[0], here[sh(kinds[0])][0]
        if kind == "alternativePath":
            branches = self.items(inner)
            if len(branches) < 2:
                raise MalformedError("sh:alternativePath takes a list of at least two paths")
            return "(" + "|".join(self.path(branch, depth + 1) for branch in branches) + ")"
        step = self.path(inner, depth + 1)
        return f"^{step}" if kind == "inversePath" else f"({step}){_POSTFIX[kind]}"

    def result_path(self, shape: str) -> str:
        """The path of the property shape SHAPE, or nothing for a node shape."""
        paths = self.values(shape, "path")
        return self.path(paths[0]) if paths else ""

    def is_property_shape(self, shape: str) -> bool:
        """Whether SHAPE has a path."""
        return bool(self.values(shape, "path"))

    @cached_property
    def referrers(self) -> dict[str, set[tuple[str, str]]]:
        """For each shape that another one uses: the other one, and by which SHACL property."""
        found: dict[str, set[tuple[str, str]]] = {}
        for node in self._index:
            for name in ("property", *NESTED):
                for value in self.values(node, name):
                    found.setdefault(value, set()).add((node, name))
            for name in LISTS_OF_SHAPES:
                for value in self.values(node, name):
                    for item in self._items_or_none(value):
                        found.setdefault(item, set()).add((node, name))
        return found

    def _items_or_none(self, node: str) -> list[str]:
        try:
            return self.items(node)
        except MalformedError:
            return []

    @cached_property
    def all(self) -> list[str]:
        """Every shape, in the order of the graph: typed as one, with a target or a parameter, or used as one."""
        told = {sh("NodeShape"), sh("PropertyShape")}
        marks = {sh(n) for n in (*TARGETS, *NESTED, *LISTS_OF_SHAPES, "property", "sparql")}
        return [
            node
            for node, about in self._index.items()
            if told & set(about.get(TYPE, ())) or marks & about.keys() or node in self.referrers
        ]

    def messages(self, node: str, name: str = "message") -> list[str]:
        """The values of sh:message at NODE, as plain text: untagged before English before other languages."""
        return [plain(m) for m in sorted(self.values(node, name), key=lambda m: (_language(m), m))]

    def preferred_message(self, node: str) -> str:
        """The first of :meth:`messages`, as a term; empty where there is none."""
        return min(self.values(node, "message"), key=lambda m: (_language(m), m), default="")

    def severity(self, shape: str) -> str:
        """The name of the severity of SHAPE's results."""
        given = self.values(shape, "severity")
        return shacl_name(given[0]) if given else "Violation"


def _language(term: str) -> tuple[int, str]:
    tag = term.rpartition('"')[2].removeprefix("@") if '"@' in term else ""
    return (0 if not tag else 1 if tag.split("-")[0] == "en" else 2), tag
