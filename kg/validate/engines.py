"""SHACL engines behind one function: a Rust engine by default, pySHACL as the reference.

Constraints written in SPARQL run once for all their focus nodes on the store, where that gives the same results, which
is far faster (docs/decisions/0004, 0014). Tests hold the reports of both engines equal.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final, Literal

from kg.store import Store, literal_term
from kg.validate import constraints, native, reference, words
from kg.validate.results import Raw, plain
from kg.validate.shapes import Shapes, sh
from kg.validate.triples import Triples

if TYPE_CHECKING:
    from collections.abc import Iterable

Engine = Literal["rust", "pyshacl"]

_PROPERTY: Final = sh("property")
_MESSAGE: Final = sh("message")
_QUERIES: Final = (sh("select"), sh("ask"))

__all__ = ["Engine", "Raw", "plain", "run"]


def run(
    data: Store | Triples, rules: Store | Triples, engine: Engine, *, set_based: bool = True, apart: bool = False
) -> list[Raw]:
    """The results of the shapes RULES over DATA.

    SET_BASED false leaves constraints in SPARQL to the engine, one focus node after the other. APART runs a native
    engine in a process of its own, for shapes that are not known: where it breaks down the caller lives on. Raises
    MinilatError E090 for shapes that the engine does not take, E091 for a constraint that does not come to an end and
    E099 for an engine that broke down.
    """
    facts = Triples.of(data) if isinstance(data, Store) else data
    shapes = Shapes(Triples.of(rules) if isinstance(rules, Store) else rules)
    constraints.refuse_forbidden(shapes)
    found: list[Raw] = []
    if engine == "pyshacl":
        found += reference.run(facts, _prepared(shapes, set()))
    else:
        # The engine first: a process apart is gone again when the store is made.
        ours = constraints.split(shapes) if set_based else []
        own = {c.statement for c in ours}
        gone, more = constraints.closed_inside(shapes, own)
        found += native.run(facts, _prepared(shapes, own | gone, more), apart=apart)
        left = set()
        for constraint in ours:
            results = constraints.run(constraint, facts)
            if results is None:
                left.add(constraint.statement)
            else:
                found += results
        if left:
            again = native.run(facts, _prepared(shapes, own - left | gone, more), apart=apart)
            of = {(c.shape, c.component) for c in ours if c.statement in left}
            found += [raw for raw in again if (raw.shape, raw.component) in of]
    return _once(_settled(shapes, raw) for raw in found)


def _once(found: Iterable[Raw]) -> list[Raw]:
    """FOUND without repeated results of SPARQL constraints: solutions that differ in nothing that a result shows."""
    seen: set[Raw] = set()
    kept = []
    for raw in found:
        if raw.component != "SPARQLConstraintComponent" or raw not in seen:
            kept.append(raw)
        seen.add(raw)
    return kept


def _prepared(shapes: Shapes, without: set[tuple[str, str, str]], more: Iterable[str] = ()) -> Triples:
    """The shapes WITHOUT some statements and with some MORE, and one message each.

    Queries declare the prefixes they use: engines differ in which they know without.
    """
    lines = []
    for line in shapes.triples.text.split("\n"):
        subject, predicate, rest = line.split(" ", 2) if line else ("", "", "")
        if (subject, predicate, rest[:-2]) in without:
            continue
        if predicate == _PROPERTY and not shapes.about(rest[:-2]):
            continue  # nothing is said of it: it checks nothing, but pySHACL refuses the whole
        if predicate == _MESSAGE and rest[:-2] != shapes.preferred_message(subject):
            continue
        if predicate in _QUERIES:
            text = constraints.with_prologue(plain(rest[:-2]), constraints.prologue(shapes, subject))
            line = f"{subject} {predicate} {literal_term(text)} ."
        lines.append(line)
    return Triples("\n".join((*lines, *more)))


def _settled(shapes: Shapes, raw: Raw) -> Raw:
    """RAW with its message, and a value only where SHACL gives one: engines differ in both."""
    value = raw.value
    if raw.component == "SPARQLConstraintComponent" and value == raw.focus and shapes.is_property_shape(raw.shape):
        value = value if constraints.binds_value(shapes, raw.shape) else ""
    return dataclasses.replace(raw, value=value, message=words.message(shapes, raw))
