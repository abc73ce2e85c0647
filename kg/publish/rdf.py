"""RDF as a release writes it: blank nodes and order after RDFC-1.0, so that the same statements give the same bytes.

Method: RDF Dataset Canonicalization (W3C Recommendation, 2024), by the engine; literals stay as they were written.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.documents import SYNTAX
from kg.names import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Quad = Any
"""A quad of the engine: subject, predicate, object and graph_name are asked of it, and of a term its value."""

_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")


def in_graph(triples: Iterable[Quad], graph: str, tag: str) -> list[Quad]:
    """TRIPLES as quads of the named GRAPH; blank nodes are named by TAG, so that two documents share none."""
    name = ox.NamedNode(graph)
    names: dict[str, ox.BlankNode] = {}

    def apart(term: Any) -> Any:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term.value, ox.BlankNode(f"{tag}x{len(names)}"))
        if isinstance(term, ox.Triple):
            return ox.Triple(apart(term.subject), term.predicate, apart(term.object))
        return term

    return [ox.Quad(apart(t.subject), t.predicate, apart(t.object), name) for t in triples]


def of_iris(triples: Iterable[tuple[str, str, str]], graph: str) -> list[Quad]:
    """TRIPLES of IRIs as quads of the named GRAPH."""
    name = ox.NamedNode(graph)
    return [ox.Quad(ox.NamedNode(s), ox.NamedNode(p), ox.NamedNode(o), name) for s, p, o in triples]


def of_terms(triples: Iterable[tuple[Any, Any, Any]]) -> list[Quad]:
    """TRIPLES of terms of the store as quads of no named graph, in canonical form."""
    return canonical(ox.Quad(s, p, o) for s, p, o in triples)


def of_text(lines: Iterable[str]) -> list[Quad]:
    """The triples that LINES of N-Triples write, in canonical form."""
    return canonical(ox.parse("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES))


def canonical(quads: Iterable[Quad]) -> list[Quad]:
    """QUADS without repetition, blank nodes named and lines ordered by RDFC-1.0 (code point order of the N-Quads)."""
    found = ox.Dataset(quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(found, key=str)


def union(quads: Sequence[Quad]) -> list[Quad]:
    """What QUADS say in whatever graph, as the triples of one, in canonical form."""
    return canonical(ox.Quad(q.subject, q.predicate, q.object) for q in quads)


def n_quads(quads: Sequence[Quad]) -> bytes:
    """QUADS, which are canonical, as N-Quads: the canonical form of the dataset itself."""
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""


def turtle(quads: Sequence[Quad]) -> bytes:
    """QUADS of no named graph, which are canonical, as Turtle: the type of a subject first."""
    return _short(quads, ox.RdfFormat.TURTLE)


def trig(quads: Sequence[Quad]) -> bytes:
    """QUADS, which are canonical, as TriG: graph by graph, the type of a subject first."""
    return _short(quads, ox.RdfFormat.TRIG)


def _short(quads: Sequence[Quad], form: ox.RdfFormat) -> bytes:
    text = (ox.serialize(sorted(quads, key=_reading), format=form, prefixes=PREFIXES) or b"").decode()
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines) if not line.startswith("@prefix ")), len(lines))
    # The engine writes the prefixes in an order that differs from process to process.
    return "\n".join([*sorted(lines[:end]), *lines[end:]]).encode()


def _reading(quad: Quad) -> tuple[str, str, bool, str]:
    return str(quad.graph_name), str(quad.subject), quad.predicate != _TYPE, str(quad)


def read(path: Path) -> list[Quad]:
    """The quads of a file that a release holds, in canonical form."""
    return canonical(ox.parse(path.read_bytes(), format=SYNTAX[path.suffix]))


def digest(quads: Sequence[Quad]) -> str:
    """The SHA-256 (hex) of QUADS, which are canonical: equal exactly when two datasets say the same."""
    return hashlib.sha256(n_quads(quads)).hexdigest()
