"""Rules and Turtle files as patterns with places: what a rule reads and writes, and where a file says something.

The store runs a rule, but does not say which statements it used; for that its text is read here, into groups, triple
patterns, filters and sub-queries, each of which can be written back as SPARQL. Turtle is read by the same code, because
its statements are triple patterns without variables; each keeps its line. Grammar: SPARQL 1.1 Query, section 19.8, and
RDF 1.1 Turtle, section 6.5. Terms are kept as N-Triples writes them (``<iri>``, ``"3"^^<…integer>``), variables as
``?x``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.names import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

RDF: Final = PREFIXES["rdf"]
_VARIABLE: Final = re.compile(r"\?\w+")
TYPE: Final = f"<{RDF}type>"


@dataclass(frozen=True)
class Path:
    """A property path: kind is one of: iri ^ / | + * ? ! ; an iri has its term, the others have parts."""

    kind: str
    term: str = ""
    parts: tuple[Path, ...] = ()

    def __str__(self) -> str:
        if self.kind == "iri":
            return self.term
        if self.kind in "^!":
            return f"{self.kind}({self.parts[0]})"
        if self.kind in "+*?":
            return f"({self.parts[0]}){self.kind}"
        return "(" + self.kind.join(map(str, self.parts)) + ")"

    def terms(self) -> Iterator[str]:
        """Every predicate in the path."""
        if self.kind == "iri":
            yield self.term
        for part in self.parts:
            yield from part.terms()


@dataclass(frozen=True)
class Triple:
    """A triple pattern; the predicate is a term or variable, or a path when ``path`` is given."""

    subject: str
    predicate: str
    object: str
    line: int = field(default=0, compare=False)
    path: Path | None = None

    @property
    def variables(self) -> frozenset[str]:
        """The variables of the pattern."""
        return frozenset(t for t in (self.subject, self.predicate, self.object) if t.startswith("?"))

    def __str__(self) -> str:
        return f"{self.subject} {self.path or self.predicate} {self.object} ."


@dataclass(frozen=True)
class Exists:
    """A FILTER [NOT] EXISTS that is the whole filter."""

    negated: bool
    group: Group

    def __str__(self) -> str:
        return f"FILTER {'NOT ' if self.negated else ''}EXISTS {self.group}"


@dataclass(frozen=True)
class Filter:
    """Any other filter: its expression as text, and the groups that stand inside it."""

    text: str
    groups: tuple[Group, ...] = ()

    def __str__(self) -> str:
        return f"FILTER({self.text})"


@dataclass(frozen=True)
class Bind:
    """A BIND: the expression as text and the variable."""

    text: str
    variable: str
    groups: tuple[Group, ...] = ()

    def __str__(self) -> str:
        return f"BIND({self.text} AS {self.variable})"


@dataclass(frozen=True)
class Values:
    """A VALUES block: variables and rows of terms (UNDEF as it stands)."""

    variables: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        rows = " ".join("(" + " ".join(r) + ")" for r in self.rows)
        return f"VALUES ({' '.join(self.variables)}) {{ {rows} }}"


@dataclass(frozen=True)
class Optional:
    """An OPTIONAL group."""

    group: Group

    def __str__(self) -> str:
        return f"OPTIONAL {self.group}"


@dataclass(frozen=True)
class Minus:
    """A MINUS group."""

    group: Group

    def __str__(self) -> str:
        return f"MINUS {self.group}"


@dataclass(frozen=True)
class Union:
    """Alternatives; a single one is a nested group."""

    groups: tuple[Group, ...]

    def __str__(self) -> str:
        return " UNION ".join(map(str, self.groups))


@dataclass(frozen=True)
class Named:
    """GRAPH name { … }."""

    name: str
    group: Group

    def __str__(self) -> str:
        return f"GRAPH {self.name} {self.group}"


@dataclass(frozen=True)
class Select:
    """A sub-query: what stands between SELECT and WHERE, the group, and what follows it."""

    projection: str
    group: Group
    tail: str
    variables: tuple[str, ...]
    keys: frozenset[str]

    def __str__(self) -> str:
        return f"{{ SELECT {self.projection} WHERE {self.group} {self.tail} }}"


Item = Triple | Exists | Filter | Bind | Values | Optional | Minus | Union | Named | Select


@dataclass(frozen=True)
class Group:
    """What stands between two braces, in order."""

    items: tuple[Item, ...]

    def __str__(self) -> str:
        return "{ " + " ".join(map(str, self.items)) + " }"

    def walk(self) -> Iterator[Item]:
        """Every item, also inside nested groups."""
        for item in self.items:
            yield item
            for group in inner(item):
                yield from group.walk()

    def certain(self) -> frozenset[str]:
        """The variables that every solution of the group binds for sure."""
        bound: set[str] = set()
        for item in self.items:
            if isinstance(item, Triple):
                bound |= item.variables
            elif isinstance(item, Bind):
                # an expression may fail and leave its variable unbound; rules bind what they then write
                bound.add(item.variable)
            elif isinstance(item, Values):
                bound |= {v for i, v in enumerate(item.variables) if all(r[i] != "UNDEF" for r in item.rows)}
            elif isinstance(item, Union):
                bound |= frozenset.intersection(*(g.certain() for g in item.groups))
            elif isinstance(item, Named):
                bound |= item.group.certain()
            elif isinstance(item, Select):
                bound |= set(item.variables)
        return frozenset(bound)


def names(text: str) -> set[str]:
    """The variables of an expression."""
    return set(_VARIABLE.findall(text))


def inner(item: Item) -> tuple[Group, ...]:
    """The groups that stand inside ITEM."""
    if isinstance(item, Filter | Bind | Union):
        return item.groups
    if isinstance(item, Exists | Optional | Minus | Named | Select):
        return (item.group,)
    return ()


@dataclass(frozen=True)
class Rule:
    """CONSTRUCT { head } WHERE { body }."""

    head: tuple[Triple, ...]
    body: Group
