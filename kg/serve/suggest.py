"""Completion while somebody types: entities, properties and types that begin so, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.match.spelling import plain
from kg.serve.known import CODES
from kg.serve.properties import TABLE
from kg.serve.reconcile import described

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.serve.known import Entity, Known

PAGE: Final = 20
"""How many suggestions are given at once."""
_NO: Final = 9


def entities(known: Known, prefix: str, cursor: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """Entities that PREFIX names, whose name begins with it, that have another such name, or a word that does so.

    Where nothing begins so, those that are spelt like it. The first CURSOR are left out, LIMIT are given.
    """
    meant = known.find(prefix)
    ranks = ((0 if e is meant else _rank(e, prefix), e.name, e.id) for e in known.entities.values())
    ranked = sorted(r for r in ranks if r[0] < _NO)
    found = [known.entities[identity] for _, _, identity in ranked]
    if not found:
        found = [known.of(c.record) for c in known.index.find(prefix, limit=PAGE)]
    return {
        "result": [
            {
                "id": e.id,
                "name": e.name,
                "description": described(known, e),
                "notable": [{"id": t, "name": known.types[t].name} for t in e.types],
            }
            for e in found[cursor : cursor + limit]
        ]
    }


def _rank(entity: Entity, prefix: str) -> int:
    """How well ENTITY goes with PREFIX, 1 best, 9 not at all."""
    key = plain(prefix)
    if any(code.casefold() == prefix.casefold() for p in CODES for code in entity.facts.get(p, ())):
        return 1
    if not key:
        return _NO if prefix.strip() else 2
    own = plain(entity.name)
    if own.startswith(key):
        return 2
    if any(plain(n.text).startswith(key) for n in entity.record.names if n.kind != "hidden"):
        return 3
    return 4 if f" {key}" in own else _NO


def properties(prefix: str, cursor: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """Properties whose id or a word of whose name begins with PREFIX."""
    found = [p for p in TABLE.values() if _begins(prefix, (p.id, p.name))]
    return {
        "result": [{"id": p.id, "name": p.name, "description": p.description} for p in found[cursor : cursor + limit]]
    }


def types(known: Known, prefix: str, cursor: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """Types whose id or a word of whose name begins with PREFIX."""
    found = [t for t in known.types.values() if _begins(prefix, (t.id, t.name))]
    return {"result": [typed(known, t.id, described=True) for t in found[cursor : cursor + limit]]}


def typed(known: Known, kind: str, *, described: bool = False) -> dict[str, Any]:
    """The type KIND as the API writes it, with the types right above it."""
    t = known.types[kind]
    more: dict[str, Any] = {"description": t.description} if described else {}
    return {"id": t.id, "name": t.name} | more | {"broader": [typed(known, above) for above in t.broader]}


def _begins(prefix: str, names: Iterable[str]) -> bool:
    key = plain(prefix)
    return any(f" {plain(n)}".find(f" {key}") >= 0 for n in names)
