"""RDF documents as the engine's parser reads them: quads, what is wrong and where, and their text in N-Triples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.errors import MinilatError, excerpt
from kg.names import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SYNTAX: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
_BOM: Final = b"\xef\xbb\xbf"
_REASON: Final = re.compile(r"^Parser error (?:at|between) line .*?: ", re.DOTALL)
MISHAPS: Final = 50
"""How many syntax errors of one document are told; behind that many, the rest is seldom more than echoes."""


@dataclass(frozen=True)
class Mishap:
    """Where a document breaks its syntax: line and column from 1 (0 where the parser does not know), and the reason."""

    line: int
    column: int
    reason: str


def read_quads(path: Path, *, where: str) -> list[ox.Quad]:
    """The quads of a file. Raises MinilatError E030 (cannot be read) or E031 (syntax, with line and excerpt)."""
    syntax = SYNTAX.get(path.suffix.lower())
    if syntax is None:
        raise MinilatError(
            "E032", f"unknown file type {path.suffix!r}", where=where, hint="known are " + " ".join(sorted(SYNTAX))
        )
    try:
        body = path.read_bytes().removeprefix(_BOM)
    except OSError as error:
        raise MinilatError(
            "E030", f"cannot read {path}: {error.strerror}", hint="check the path", where=where
        ) from None
    try:
        return list(ox.parse(body, format=syntax, base_iri=PREFIXES["graph"]))
    except SyntaxError as error:
        line, column = error.lineno or 0, error.offset or 1
        reason = _REASON.sub("", str(error.args[0]))
        text = body.decode("utf-8", "replace")
        raise MinilatError(
            "E031", f"{reason}{excerpt(text, line, column)}", where=f"{where}:{line}:{column}" if line else where
        ) from None


def _parse(body: bytes, suffix: str, tag: str) -> Iterator[ox.Quad | Mishap]:
    """The quads of BODY in order, with its mishaps among them: the parser goes on behind the next full stop.

    Blank nodes are numbered in the order in which they appear, as _:<TAG>x<n>: two documents share none, and reading
    the same document again gives the same names.
    """
    names: dict[str, ox.BlankNode] = {}

    def named(term: Any) -> Any:
        if isinstance(term, ox.BlankNode):
            if term.value not in names:
                names[term.value] = ox.BlankNode(f"{tag}x{len(names)}")
            return names[term.value]
        if isinstance(term, ox.Triple):
            return ox.Triple(named(term.subject), term.predicate, named(term.object))
        return term

    found = ox.parse(body.removeprefix(_BOM), format=SYNTAX[suffix], base_iri=PREFIXES["graph"])
    mishaps = 0
    while mishaps < MISHAPS:
        try:
            for q in found:
                if isinstance(q.subject, ox.BlankNode) or isinstance(q.object, (ox.BlankNode, ox.Triple)):
                    q = ox.Quad(named(q.subject), q.predicate, named(q.object))
                yield q
        except SyntaxError as error:
            mishaps += 1
            yield Mishap(error.lineno or 0, error.offset or 0, _REASON.sub("", str(error.args[0])))
        except MemoryError:  # the term does not fit the engine's buffer
            return (yield Mishap(0, 0, "one term or comment is longer than 16 MiB"))
        else:
            return


def as_ntriples(quads: Iterable[ox.Quad]) -> bytes:
    """The triples of QUADS as N-Triples, one a line, each literal in the form it was written in.

    A store gives numbers, dates and booleans back in canonical form, so what a report quotes must not come from one.
    """
    return ox.serialize((q.triple for q in quads), format=ox.RdfFormat.N_TRIPLES) or b""


def tidied(text: bytes) -> bytes:
    """TEXT, in N-Triples of whatever make, written the way :func:`as_ntriples` writes: escapes, spaces, tags."""
    return as_ntriples(ox.parse(text, format=ox.RdfFormat.N_TRIPLES, lenient=True))


def ntriples(body: bytes, suffix: str, tag: str) -> tuple[str, list[Mishap]]:
    """The document BODY, written in the syntax of SUFFIX, as :func:`as_ntriples` writes, and its mishaps.

    Blank nodes are named _:<TAG>x<n> in the order in which they appear.
    """
    mishaps: list[Mishap] = []

    def good() -> Iterator[ox.Quad]:
        for q in _parse(body, suffix, tag):
            if isinstance(q, Mishap):
                mishaps.append(q)
            else:
                yield q

    return as_ntriples(good()).decode(), mishaps


def pretty(ntriples: str) -> str:
    """The N-Triples as Turtle with our prefixes, in their order: sorted, what is said of one thing stays together."""
    found = ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES)
    return (ox.serialize(found, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode()


def canonical(term: str) -> str:
    """The N-Triples TERM as the store writes it back: numbers, dates and language tags in their canonical form."""
    store = ox.Store()
    try:
        store.extend(ox.parse(f"<urn:x> <urn:x> {term} .".encode(), format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError:
        return term
    return next((str(q.object) for q in store), term)
