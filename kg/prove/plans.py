"""Choices of what might be missing from the body of a rule, the smallest first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from kg import files
from kg import pattern as p
from kg.grammar import statements
from kg.names import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.prove.derive import Compiled, Row


@dataclass(frozen=True)
class Plan:
    """A choice of new nodes and missing premises for the body of a rule, with one way in which the rest fits.

    ``free`` holds words for the values of new nodes that may be chosen.
    """

    rule: Compiled
    row: Row
    body: Sequence[p.Item]
    fresh: frozenset[str]
    missing: frozenset[int]
    free: Mapping[str, str]


@cache
def single_valued() -> frozenset[str]:
    """The properties that have one value at most, by the shapes and the ontology."""
    found: set[str] = set()
    for path in (*files.shapes(), *files.ontology()):
        paths: dict[str, str] = {}
        for s in statements(path.read_text(encoding="utf-8"), where=path.name):
            if s.predicate == f"<{PREFIXES['sh']}path>":
                paths[s.subject] = s.object
            elif s.predicate == f"<{PREFIXES['sh']}maxCount>" and s.object.startswith('"1"') and s.subject in paths:
                found.add(paths[s.subject])
            elif s.object == f"<{PREFIXES['owl']}FunctionalProperty>":
                found.add(s.subject)
    return frozenset(found)


def variants(items: Sequence[p.Item]) -> Iterator[list[p.Item]]:
    """The bodies that a rule with alternatives stands for: one for each choice."""
    for i, item in enumerate(items):
        if isinstance(item, p.Union):
            for group in item.groups:
                yield from variants([*items[:i], *group.items, *items[i + 1 :]])
            return
    yield list(items)


def choices(triples: Sequence[p.Triple], asked: Row, bound: int) -> Iterator[tuple[frozenset[str], frozenset[int]]]:
    """Every choice of nodes that would be new and premises that would be missing, the smallest first, up to BOUND."""
    objects = {t.object for t in triples}
    nodes = [
        n
        for n in dict.fromkeys(t.subject for t in triples)
        if n.startswith("?") and n not in asked and n not in objects
    ]
    for size in range(bound + 1):
        for count in range(min(size, 2), -1, -1):
            for fresh in combinations(nodes, count):
                left = [i for i, t in enumerate(triples) if t.subject not in fresh]
                for missing in combinations(left, size - count):
                    yield frozenset(fresh), frozenset(missing)


def used(group: p.Group) -> set[str]:
    """Every variable in GROUP."""
    found: set[str] = set()
    for item in group.walk():
        if isinstance(item, p.Triple):
            found |= item.variables
        elif isinstance(item, p.Filter | p.Bind):
            found |= p.names(item.text)
    return found
