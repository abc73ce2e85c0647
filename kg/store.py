"""The only importer of the triple store.

Every statement is kept twice: in the named graph of the file it came from (that is its provenance) and once in the
default graph, which is what queries read. The engine's own union of named graphs repeats a triple that stands in two
of them, so counts would be wrong; see docs/decisions/0002.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg import forms
from kg.documents import read_quads
from kg.errors import MinilatError
from kg.limits import within
from kg.names import INFERRED, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Term = Any
"""A term of the store: it can be compared, hashed, and written with str() as N-Triples; nothing else is asked of it."""
Fact = tuple[Term, Term, Term]
Value = str | int | float | bool | None
Row = dict[str, Value]
Columns = dict[str, list[Value]]

_ROWS: Final = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_TRIPLES: Final = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "jsonld": ox.RdfFormat.JSON_LD}
_XSD: Final = PREFIXES["xsd"]
_INTEGERS: Final = {_XSD + t for t in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger")}
_FLOATS: Final = {_XSD + t for t in ("decimal", "double", "float")}
FAST: Final = 2e-5
"""An answer of so many seconds a triple costs more to look at than to find."""
_UNION: Final = ox.DefaultGraph()
_LITERAL: Final = re.compile(r'"(.*)"(?:@([\w-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_PLAIN: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class Rows:
    """The answer to a SELECT: column names and rows of terms in Turtle form (None where unbound)."""

    variables: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    complete: bool


def read_solutions(body: bytes, *, where: str) -> Rows:
    """The answer of a service in SPARQL 1.1 Query Results JSON; that to an ASK is one row of one column, ``answer``.

    Raises MinilatError E182 when BODY is no such answer, or only the begin of one.
    """
    found = None
    rows: list[tuple[str | None, ...]] = []
    try:
        found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        if isinstance(found, ox.QueryBoolean):
            return Rows(("answer",), ((literal_term(str(bool(found)).lower(), "boolean"),),), True)
        for row in found:
            rows.append(tuple(None if t is None else str(t) for t in row))
        return Rows(tuple(v.value for v in found.variables), tuple(rows), True)
    except (SyntaxError, ValueError, OSError) as error:
        raise MinilatError("E182", f"the answer cannot be read: {error}", where=where) from None
    finally:
        del found  # it may be dropped by its own thread only, so no traceback may keep it


def iri_term(iri: str) -> str:
    """IRI as a SPARQL term; raises MinilatError E011 when it is not a legal IRI."""
    try:
        return str(ox.NamedNode(iri))
    except ValueError as error:
        raise MinilatError("E011", f"{iri!r} is not an IRI: {error}") from None


def literal_term(value: str, datatype: str = "string") -> str:
    """VALUE as an escaped SPARQL literal of the XSD type DATATYPE."""
    if datatype == "string":
        return str(ox.Literal(value))
    return str(ox.Literal(value, datatype=ox.NamedNode(_XSD + datatype)))


@cache
def term(text: str) -> Term:
    """The term of the store that TEXT writes in the form of N-Triples. Raises MinilatError E011 for an illegal IRI."""
    if text.startswith("<"):
        try:
            return ox.NamedNode(text[1:-1])
        except ValueError as error:
            raise MinilatError("E011", f"{text} is not an IRI: {error}") from None
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    found = _LITERAL.fullmatch(text)
    if found is None:
        raise MinilatError("E011", f"{text!r} is not a term")
    value = re.sub(r"\\(?:u(....)|U(........)|(.))", _unescape, found[1], flags=re.DOTALL)
    if found[2]:
        return ox.Literal(value, language=found[2])
    return ox.Literal(value, datatype=ox.NamedNode(found[3])) if found[3] else ox.Literal(value)


def _unescape(m: re.Match[str]) -> str:
    return chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _PLAIN.get(m[3], m[3])


def _native(term: Any) -> Value:
    if isinstance(term, ox.Literal):
        kind = term.datatype.value
        if kind in _INTEGERS:
            return int(term.value)
        if kind in _FLOATS:
            return float(term.value)
        if kind == _XSD + "boolean":
            return term.value == "true"
        return term.value
    if isinstance(term, ox.NamedNode):
        return term.value
    return None if term is None else str(term)


def _take(triples: Iterable[Any], limit: int) -> tuple[list[Any], bool]:
    taken = list(itertools.islice(triples, limit + 1))
    return taken[:limit], len(taken) <= limit


def _late(seconds: float) -> MinilatError:
    return MinilatError(
        "E042", f"the query took longer than {seconds:g} s", hint="make it more selective, or raise --timeout"
    )


def _asks_nobody(text: str) -> None:
    if forms.calls_out(text):
        hint = "bring the data in as a file, or say which service may be asked: minilat query --allow"
        raise MinilatError("E046", "SERVICE is refused: a query makes no outbound call", hint=hint)


class Store:
    """A set of named graphs and their union, asked in SPARQL 1.1."""

    def __init__(self, inner: ox.Store) -> None:
        self._inner = inner

    @classmethod
    def memory(cls) -> Store:
        """An empty store in memory."""
        return cls(ox.Store())

    @classmethod
    def from_ntriples(cls, text: bytes) -> Store:
        """A store in memory whose union is TEXT, in N-Triples; blank nodes keep their labels."""
        inner = ox.Store()
        inner.bulk_extend(ox.parse(text, format=ox.RdfFormat.N_TRIPLES, lenient=True))
        return cls(inner)

    @classmethod
    def open(cls, folder: Path) -> Store:
        """The store kept in FOLDER, read only: many processes may open it at once."""
        try:
            return cls(ox.Store.read_only(str(folder)))
        except OSError as error:
            raise MinilatError("E033", f"cannot open the store in {folder}: {error}") from None

    def save(self, folder: Path) -> None:
        """Write a copy to the new FOLDER, laid out for reading."""
        disk = ox.Store(str(folder))
        disk.bulk_extend(self._inner)
        disk.optimize()
        disk.flush()

    def copy(self) -> Store:
        """An independent copy in memory."""
        other = ox.Store()
        other.bulk_extend(self._inner)
        return Store(other)

    def add(self, quads: Iterable[ox.Quad], graph: str) -> None:
        """Add the triples of QUADS to the named GRAPH and to the union."""
        name = ox.NamedNode(graph)
        triples = [q.triple for q in quads]
        self._inner.extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
        self._inner.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)

    def add_iris(self, triples: Iterable[tuple[str, str, str]], graph: str) -> None:
        """Add TRIPLES of IRIs to the named GRAPH and to the union."""
        self.add((ox.Quad(*map(ox.NamedNode, triple)) for triple in triples), graph)

    def put(self, facts: Iterable[Fact], graph: str) -> None:
        """Add FACTS to the named GRAPH and to the union."""
        self.add([ox.Quad(*f) for f in facts], graph)

    def withdraw(self, fact: Fact) -> bool:
        """Take FACT out of every graph; whether it was in any. An inferred fact comes back when rules run again."""
        quads = [] if isinstance(fact[0], ox.Literal) else list(self._inner.quads_for_pattern(*fact, None))
        for quad in quads:
            self._inner.remove(quad)
        return bool(quads)

    def load(self, path: Path, graph: str, *, where: str) -> None:
        """Read the file at PATH into GRAPH; see :func:`read_quads` for the errors."""
        self.add(read_quads(path, where=where), graph)

    def insert(self, text: str, graph: str) -> None:
        """Add TEXT, in N-Triples as :func:`kg.documents.ntriples` gives it, to GRAPH and to the union; labels stay."""
        self.add(ox.parse(text, format=ox.RdfFormat.N_TRIPLES, lenient=True), graph)

    def unknown(self, construct: str, most: int, *, many: int | None = None, beside: str) -> tuple[set[Fact], bool]:
        """The triples of CONSTRUCT that are in neither the union nor the graph BESIDE, and whether those are all.

        Reading stops when more than MOST are found, and where more than MANY came so fast that they may be asked
        again: none of those is looked at.
        """
        found: set[Fact] = set()
        begin, graph, stream = time.thread_time(), ox.NamedNode(beside), iter(self._run(construct))
        first = [] if many is None else list(itertools.islice(stream, many + 1))
        if many is not None and len(first) > many and time.thread_time() - begin < many * FAST:
            return found, False
        for t in itertools.chain(first, stream):
            fact = (t.subject, t.predicate, t.object)
            if ox.Quad(*fact) not in self._inner and ox.Quad(*fact, graph) not in self._inner:
                found.add(fact)
                if len(found) > most:
                    return found, False
        return found, True

    def place(self, facts: Iterable[Fact], graph: str | None) -> None:
        """Add FACTS to the named GRAPH alone, or to the union alone."""
        name = _UNION if graph is None else ox.NamedNode(graph)
        self._inner.extend(ox.Quad(*f, name) for f in facts)

    def change(self, update: str) -> None:
        """Run a SPARQL UPDATE of ours."""
        _asks_nobody(update)
        self._inner.update(update, prefixes=PREFIXES)

    def size(self) -> int:
        """How many quads there are, in the union and in all graphs; all are read."""
        return len(self._inner)

    def name_inferred(self) -> None:
        """Put what stands in the union and in no file's graph into the inferred graph."""
        alone = "WHERE { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }"
        self.change(f"INSERT {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }} {alone}")

    def solutions(self, text: str) -> list[dict[str, Term]]:
        """The solutions of a SELECT as terms of the store, by variable name; what is unbound is left out."""
        found = self._run(text)
        names = [v.value for v in found.variables]
        return [{n: t for n, t in zip(names, row, strict=True) if t is not None} for row in found]

    def construct(self, text: str) -> set[Fact]:
        """The triples of a CONSTRUCT; nothing is added."""
        return {(t.subject, t.predicate, t.object) for t in self._run(text)}

    def match(self, subject: Term, predicate: Term, object_: Term) -> list[Fact]:
        """The triples of the union that fit; None stands for anything."""
        default = ox.DefaultGraph()
        return [
            (q.subject, q.predicate, q.object)
            for q in self._inner.quads_for_pattern(subject, predicate, object_, default)
        ]

    def stated_in(self, fact: Fact) -> list[str]:
        """The names of the graphs that state FACT, sorted; the inferred graph is not among them."""
        if isinstance(fact[0], ox.Literal):
            return []
        names = (q.graph_name for q in self._inner.quads_for_pattern(*fact, None))
        return sorted({n.value for n in names if isinstance(n, ox.NamedNode)} - {INFERRED})

    def stated(self, predicates: Iterable[Term]) -> set[Term]:
        """Those of PREDICATES with which a source, not a rule, states something."""
        wanted = " ".join(map(str, predicates))
        source = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{INFERRED}>)"
        found = self._run(f"SELECT DISTINCT ?p WHERE {{ VALUES ?p {{ {wanted} }} {source} }}")
        return {row[0] for row in found}

    def holds(self, fact: Fact) -> bool:
        """Whether FACT is in the union of all graphs."""
        return not isinstance(fact[0], ox.Literal) and ox.Quad(*fact) in self._inner

    def _run(self, text: str) -> Any:
        _asks_nobody(text)
        try:
            return self._inner.query(text, prefixes=PREFIXES)
        except SyntaxError as error:
            raise forms.query_error(text, str(error)) from None
        except (ValueError, OSError, RuntimeError) as error:
            raise MinilatError("E041", f"the query cannot be run: {error}") from None

    def rows(self, text: str) -> Iterator[Row]:
        """The solutions of a SELECT as dictionaries of Python values (IRIs and dates as str)."""
        found = self._run(text)
        names = [v.value for v in found.variables]
        for solution in found:
            yield {name: _native(value) for name, value in zip(names, solution, strict=True)}

    def table(self, text: str) -> tuple[tuple[str, ...], list[tuple[Value, ...]]]:
        """The column names of a SELECT, also when there are no rows, and its rows as Python values."""
        found = self._run(text)
        return tuple(v.value for v in found.variables), [tuple(_native(v) for v in row) for row in found]

    def columns(self, texts: Sequence[str]) -> list[Columns]:
        """The values of several SELECTs by variable, asked at once on as many cores as there are.

        The store answers in parallel. A variable that no row binds is a column of None.
        """

        def ask(text: str) -> Columns:
            names, rows = self.table(text)
            return {name: [row[i] for row in rows] for i, name in enumerate(names)}

        with ThreadPoolExecutor(max_workers=min(len(texts), os.cpu_count() or 1)) as pool:
            return list(pool.map(ask, texts))

    def ask(self, text: str) -> bool:
        """The answer to an ASK."""
        return bool(self._run(text))

    def select(self, text: str, *, limit: int, seconds: float) -> Rows:
        """At most LIMIT solutions of a stranger's SELECT, as terms, within SECONDS."""

        def work() -> Rows:
            found = self._run(text)
            taken, complete = _take(found, limit)
            rows = tuple(tuple(None if v is None else str(v) for v in solution) for solution in taken)
            return Rows(tuple(v.value for v in found.variables), rows, complete)

        return within(seconds, work, _late(seconds))

    def serialise(self, text: str, syntax: str, *, limit: int, seconds: float) -> tuple[bytes, bool]:
        """The answer to a stranger's query in SYNTAX (csv tsv json xml, or ttl nt jsonld for graphs).

        Returns the bytes and whether they hold the whole answer. Raises MinilatError E043 when the syntax does not
        suit the kind of query and E042 when SECONDS ran out.
        """

        def work() -> tuple[bytes, bool]:
            found = self._run(text)
            if isinstance(found, ox.QueryTriples):
                if syntax not in _TRIPLES:
                    raise MinilatError(
                        "E043", f"a graph cannot be written as {syntax}", hint="use --format " + "|".join(_TRIPLES)
                    )
                triples, complete = _take(found, limit)
                return ox.serialize(triples, format=_TRIPLES[syntax], prefixes=PREFIXES) or b"", complete
            if syntax not in _ROWS:
                raise MinilatError(
                    "E043", f"rows cannot be written as {syntax}", hint="use --format table|" + "|".join(_ROWS)
                )
            if isinstance(found, ox.QueryBoolean):
                if syntax in ("csv", "tsv"):
                    return (b"true\n" if found else b"false\n"), True
                return found.serialize(format=_ROWS[syntax]) or b"", True
            if sum(1 for _ in itertools.islice(found, limit + 1)) > limit:
                raise MinilatError(
                    "E044", f"the answer has more than {limit} rows", hint="add a LIMIT, or raise --max-rows"
                )
            return self._run(text).serialize(format=_ROWS[syntax]) or b"", True

        return within(seconds, work, _late(seconds))

    def rdflib(self) -> Any:
        """An rdflib Graph over this very store: the union of all graphs."""
        import oxrdflib
        import rdflib

        graph = rdflib.Graph(
            store=oxrdflib.OxigraphStore(store=self._inner), identifier=rdflib.graph.DATASET_DEFAULT_GRAPH_ID
        )
        for prefix, base in PREFIXES.items():
            graph.bind(prefix, base)
        return graph

    def ntriples(self) -> bytes:
        """The union of all graphs as N-Triples."""
        return self._inner.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""

    def graphs(self) -> list[str]:
        """The names of all named graphs, sorted."""
        return sorted(g.value for g in self._inner.named_graphs() if isinstance(g, ox.NamedNode))

    def __len__(self) -> int:
        return sum(1 for _ in self._inner.quads_for_pattern(None, None, None, ox.DefaultGraph()))
