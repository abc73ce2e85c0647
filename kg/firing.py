"""One rule fired on a store: few conclusions are looked at one by one, many are written by the engine itself.

A group of rules that feeds itself is fired semi-naively (Bancilhon 1986): what a round adds is kept apart, and in the
next round each pattern in turn that may read it reads that alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg import pattern as p
from kg.errors import MinilatError
from kg.limits import within
from kg.names import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from kg.store import Store

FEW: Final = 2000
"""So many conclusions are looked at one by one: asking the engine to write them has a cost of its own."""
OLD: Final = PREFIXES["graph"] + "added-last"
NEW: Final = PREFIXES["graph"] + "added-now"


class Firing:
    """Rules on STORE, one after another; nothing else may write there meanwhile."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._size: int | None = None  # of the store, once no round is open: what stood apart is in the union then

    def fire(self, rule: p.Rule, body: str, *, limit: int, seconds: float | None, apart: bool = False) -> int:
        """Write what RULE, with BODY in place of its own, yields to the union, or to a graph APART.

        Returns how many triples are new.

        Raises MinilatError E061 when more than LIMIT triples are new or SECONDS have passed: the store is not to be
        used then. With SECONDS, a body with too many rows is found before anything is written.
        """

        def work() -> int:
            text = f"CONSTRUCT {{ {_words(rule.head)} }} WHERE {{ {body} }}"
            new, complete = self._store.unknown(text, limit, many=FEW, beside=NEW)
            if len(new) > limit or (not complete and seconds is not None and self._too_many(rule.head, body, limit)):
                raise _many(limit)
            if complete:
                self._store.place(new, NEW if apart else None)
                self._grew(len(new))
                return len(new)
            return self._apart(rule.head, body) if apart else self._at_once(rule.head, body)

        count = work() if seconds is None else within(seconds, work, _slow(seconds))
        if count > limit:
            raise _many(limit)
        return count

    def next_round(self) -> None:
        """What was written apart goes into the union, and is what :func:`deltas` read until this is called again."""
        update = f"DROP SILENT GRAPH <{OLD}> ; ADD SILENT <{NEW}> TO DEFAULT ; MOVE SILENT <{NEW}> TO <{OLD}>"
        self._store.change(update)

    def name_inferred(self) -> None:
        """See :meth:`kg.store.Store.name_inferred`."""
        self._store.name_inferred()
        self._size = None

    def _too_many(self, head: Sequence[p.Triple], body: str, limit: int) -> bool:
        """Whether BODY has more than LIMIT rows, and as many different ones for HEAD: counting those costs more."""
        names = " ".join(sorted({v for t in head for v in t.variables})) or "(1 AS ?__one)"  # no variable of a rule
        for columns in ("*", f"DISTINCT {names}"):
            rows = f"SELECT {columns} WHERE {{ {body} }} LIMIT {limit + 1}"
            if self._count(f"SELECT (COUNT(*) AS ?n) WHERE {{ {rows} }}") <= limit:
                return False
        return True

    def _count(self, text: str) -> int:
        return int(str(next(self._store.rows(text))["n"]))

    def _at_once(self, head: Sequence[p.Triple], body: str) -> int:
        before = self._store.size() if self._size is None else self._size
        self._store.change(f"INSERT {{ {_words(head)} }} WHERE {{ {body} }}")
        self._size = self._store.size()
        return self._size - before

    def _apart(self, head: Sequence[p.Triple], body: str) -> int:
        size = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{NEW}> {{ ?s ?p ?o }} }}"
        before = self._count(size)
        for t in head:
            self._store.change(f"INSERT {{ GRAPH <{NEW}> {{ {t} }} }} WHERE {{ {body} FILTER NOT EXISTS {{ {t} }} }}")
        fresh = self._count(size) - before
        self._grew(fresh)
        return fresh

    def _grew(self, triples: int) -> None:
        self._size = None if self._size is None else self._size + triples


def deltas(body: p.Group, written: Collection[str]) -> list[str] | None:
    """BODY, each time with one of the patterns that read properties WRITTEN bound to what was added last.

    None where something else in it reads them, or it is not known what they are: it has to be asked whole.
    """
    if not all(name.startswith("<") for name in written):
        return None
    places = [i for i, item in enumerate(body.items) if isinstance(item, p.Triple) and item.predicate in written]
    others = (item for i, item in enumerate(body.items) if i not in places)
    if any(_reads(item, written) for item in others):
        return None
    found = []
    for place in places:
        before, after = body.items[:place], body.items[place + 1 :]
        added = p.Named(f"<{OLD}>", p.Group((body.items[place],)))
        # The few facts come first, unless something stands before that needs its place.
        free = all(isinstance(i, p.Triple | p.Filter | p.Exists | p.Values) for i in before)
        found.append(str(p.Group((added, *before, *after) if free else (*before, added, *after))))
    return found


def _reads(item: p.Item, written: Collection[str]) -> bool:
    """Whether ITEM may read a property WRITTEN, or which graph something stands in."""
    if isinstance(item, p.Named):
        return True
    if isinstance(item, p.Triple):
        if item.path is not None:
            return "!" in str(item.path) or not set(written).isdisjoint(item.path.terms())
        return not item.predicate.startswith("<") or item.predicate in written
    return any(_reads(i, written) for group in p.inner(item) for i in group.items)


def _words(head: Iterable[p.Triple]) -> str:
    return " ".join(map(str, head))


def _many(limit: int) -> MinilatError:
    return MinilatError("E061", f"makes more than {limit} facts")


def _slow(seconds: float) -> MinilatError:
    return MinilatError("E061", f"takes longer than {seconds:g} s")
