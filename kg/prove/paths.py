"""A shortest chain of facts along a property path (SPARQL 1.1 Query, section 9), found breadth first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.store import term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.pattern import Path
    from kg.store import Fact, Store, Term

Chain = tuple["Fact", ...]


def walk(store: Store, path: Path, start: Term, end: Term) -> Chain:
    """The facts of a shortest way from START to END; empty when they are one node and the path allows that."""
    for node, chain in _steps(store, path, start):
        if node == end:
            return chain
    return ()


def _steps(store: Store, path: Path, start: Term) -> Iterator[tuple[Term, Chain]]:
    """Every node reached from START with a chain that leads there; shorter chains first where they are repeated."""
    kind = path.kind
    if kind == "iri":
        for fact in store.match(start, term(path.term), None):
            yield fact[2], (fact,)
    elif kind == "^":
        inner = path.parts[0]
        if inner.kind == "iri":
            for fact in store.match(None, term(inner.term), start):
                yield fact[0], (fact,)
        else:
            yield from _steps(store, _turned(inner), start)
    elif kind == "|":
        for part in path.parts:
            yield from _steps(store, part, start)
    elif kind == "/":
        yield from _chained(store, path.parts, start)
    elif kind == "!":
        barred = {term(t) for t in path.parts[0].terms()}
        for fact in store.match(start, None, None):
            if fact[1] not in barred:
                yield fact[2], (fact,)
    else:
        if kind in "*?":
            yield start, ()
        yield from _repeated(store, path.parts[0], start, once=kind == "?")


def _chained(store: Store, parts: tuple[Path, ...], start: Term) -> Iterator[tuple[Term, Chain]]:
    if not parts:
        yield start, ()
        return
    for node, chain in _steps(store, parts[0], start):
        for last, rest in _chained(store, parts[1:], node):
            yield last, chain + rest


def _repeated(store: Store, path: Path, start: Term, *, once: bool) -> Iterator[tuple[Term, Chain]]:
    seen: set[Term] = set()
    front: list[tuple[Term, Chain]] = [(start, ())]
    while front:
        ahead = []
        for node, chain in front:
            for reached, more in _steps(store, path, node):
                if reached not in seen:
                    seen.add(reached)
                    ahead.append((reached, chain + more))
                    yield reached, chain + more
        front = [] if once else ahead


def _turned(path: Path) -> Path:
    """PATH read backwards."""
    from kg.pattern import Path as Made

    if path.kind == "iri":
        return Made("^", parts=(path,))
    if path.kind == "^":
        return path.parts[0]
    if path.kind == "/":
        return Made("/", parts=tuple(_turned(q) for q in reversed(path.parts)))
    return Made(path.kind, parts=tuple(_turned(q) for q in path.parts))
