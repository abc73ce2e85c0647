"""What rules say about given facts: for each fact the rows of a rule's body that yield it, and what each row rests on.

The head of a rule is bound to the facts asked about and its body is run as a query, so nothing is kept while rules run
and nothing is paid unless somebody asks. Where a rule mints its subject (``BIND(IRI(…) AS ?finding)``) the other
triples of the head, which are in the graph too, narrow the search. Facts are asked about in batches, one query for
each rule.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from kg import pattern as p
from kg.prove.words import absence, condition_met, counted, equation
from kg.store import term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kg.catalogue import Entry
    from kg.proof import ProofKind
    from kg.store import Fact, Store, Term

Row = dict[str, "Term"]
BATCH: Final = 2000
"""How many facts one query asks about."""


@dataclass(frozen=True, eq=False)
class Note:
    """A premise that is no fact: absent, test, computed, given (what was asked) or rows (of a sub-query).

    Its words are made when they are read.
    """

    kind: ProofKind
    words: Callable[[], str]

    @property
    def text(self) -> str:
        """The note in words."""
        return self.words()


@dataclass
class Derivation:
    """One way a rule yields a fact; ``facts`` are the premises that can be read off at once."""

    rule: Compiled
    row: Row
    facts: tuple[Fact, ...]
    premises: tuple[Fact | Note, ...] | None = None

    def complete(self, store: Store) -> tuple[Fact | Note, ...]:
        """All premises, those that need further queries included; worked out once."""
        if self.premises is None:
            found = self.rule.explain(store, self.rule.rule.body, self.row)
            self.premises = tuple(dict.fromkeys(found))
            self.facts = tuple(f for f in self.premises if not isinstance(f, Note))
        return self.premises


@dataclass(frozen=True)
class Compiled:
    """A rule ready to be asked: its file, its pattern, and its pattern for a day."""

    entry: Entry
    rule: p.Rule
    markers: dict[int, str] = field(default_factory=dict)
    asked: dict[str, list[Row]] = field(default_factory=dict)
    """What was asked since the last call of :meth:`derivations`: the heads of a rule, and many facts, ask the same."""

    @property
    def code(self) -> str:
        """The permanent code of the rule."""
        return self.entry.code

    @cached_property
    def computed(self) -> frozenset[str]:
        """The variables that the body itself works out at its top level: they cannot be given in front."""
        return frozenset(i.variable for i in self.rule.body.items if isinstance(i, p.Bind))

    @cached_property
    def leading(self) -> frozenset[str]:
        """The variables that may be given in front of the body without changing what it means."""
        return leading(self.rule.body) - self.computed

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The variables that are parameters of the rule."""
        return frozenset("?" + q.name for q in self.entry.parameters)

    def heads(self, fact: Fact) -> Iterator[tuple[int, Row]]:
        """The triples of the head that FACT fits, with what that binds."""
        for i, head in enumerate(self.rule.head):
            row = unify(head, fact)
            if row is not None:
                yield i, row

    def derivations(self, store: Store, facts: Sequence[Fact]) -> dict[Fact, list[Derivation]]:
        """Every way this rule yields one of FACTS."""
        self.asked.clear()  # the store may have changed
        wanted: dict[int, list[Row]] = defaultdict(list)
        for fact in facts:
            for i, row in self.heads(fact):
                wanted[i].append(row)
        asked = set(facts)
        found: dict[Fact, dict[tuple[tuple[str, Term], ...], Derivation]] = {}
        for i, rows in wanted.items():
            for start in range(0, len(rows), BATCH):
                for row in self._solve(store, self.rule.head[i], rows[start : start + BATCH]):
                    made = instance(self.rule.head[i], row)
                    if made in asked:
                        key = tuple(sorted(row.items(), key=lambda kv: kv[0]))
                        known = found.setdefault(made, {})
                        if key not in known:
                            known[key] = Derivation(self, row, self._plain(self.rule.body, row))
        return {f: list(d.values()) for f, d in found.items()}

    def _solve(self, store: Store, head: p.Triple, rows: Sequence[Row]) -> list[Row]:
        names = sorted(head.variables)
        minted = self.computed & head.variables
        if minted and (siblings := self._siblings(minted)):
            text = " ".join(map(str, siblings))
            rows = self._solutions(store, f"SELECT * WHERE {{ {given(names, rows)} {text} }}")
            names = sorted({v for s in siblings for v in s.variables} | set(names))
        # What only an OPTIONAL binds, or a pattern behind one, must not be given: the OPTIONAL would be read otherwise.
        front = [n for n in names if n in self.leading]
        # a value that stands for no name in a query, such as a blank node, is left to the comparison of facts
        return self._solutions(store, f"SELECT * WHERE {self.body(front, rows)}")

    def _siblings(self, minted: frozenset[str]) -> list[p.Triple]:
        sure = self.rule.body.certain()
        return [h for h in self.rule.head if h.subject in minted and h.variables <= sure]

    def body(self, names: Sequence[str], rows: Sequence[Row]) -> str:
        """The body as a group with NAMES bound to ROWS, and a mark in every alternative that was taken."""
        front = given(names, rows)
        parts = [self.marked(i, names, rows) for i in self.rule.body.items]
        return "{ " + front + " " + " ".join(parts) + " }"

    def marked(self, item: p.Item, names: Sequence[str] = (), rows: Sequence[Row] = ()) -> str:
        """ITEM as SPARQL with its marks; a sub-query gets those of NAMES that it groups by bound to ROWS."""
        if isinstance(item, p.Optional):
            return f"OPTIONAL {self._with_mark(item.group)}"
        if isinstance(item, p.Union):
            return " UNION ".join(self._with_mark(g) for g in item.groups)
        if isinstance(item, p.Named):
            return f"GRAPH {item.name} {{ {' '.join(self.marked(i) for i in item.group.items)} }}"
        if isinstance(item, p.Select):
            inside = given([n for n in names if n in item.keys], rows)
            group = "{ " + inside + " " + str(item.group)[1:]
            return f"{{ SELECT {item.projection} WHERE {group} {item.tail} }}"
        return str(item)

    def _with_mark(self, group: p.Group) -> str:
        mark = self.markers.setdefault(id(group), f"?__m{len(self.markers)}")
        return "{ " + " ".join(self.marked(i) for i in group.items) + f" BIND(true AS {mark}) }}"

    def _taken(self, group: p.Group, row: Row) -> bool:
        return self.markers.get(id(group), "") in row

    def _plain(self, group: p.Group, row: Row) -> tuple[Fact, ...]:
        """The facts that the row alone shows."""
        found: list[Fact] = []
        for item in group.items:
            if isinstance(item, p.Triple) and item.path is None:
                if (fact := instance(item, row)) is not None:
                    found.append(fact)
            elif isinstance(item, p.Optional | p.Union | p.Named):
                for inside in p.inner(item):
                    if isinstance(item, p.Named) or self._taken(inside, row):
                        found += self._plain(inside, row)
        return tuple(dict.fromkeys(found))

    def explain(self, store: Store, group: p.Group, row: Row) -> Iterator[Fact | Note]:
        """What the solution ROW of GROUP rests on, in the order of the rule."""
        for item in group.items:
            yield from self._item(store, item, row)

    def _item(self, store: Store, item: p.Item, row: Row) -> Iterator[Fact | Note]:
        if isinstance(item, p.Triple):
            if item.path is None:
                fact = instance(item, row)
                if fact is not None:
                    yield fact
            else:
                from kg.prove.paths import walk

                yield from walk(store, item.path, value(item.subject, row), value(item.object, row))
        elif isinstance(item, p.Exists):
            if item.negated:
                yield Note("absent", partial(absence, store, item.group, row))
            else:
                yield from self._first(store, item.group, row)
        elif isinstance(item, p.Minus):
            yield Note("absent", partial(absence, store, item.group, row))
        elif isinstance(item, p.Filter):
            yield Note("test", partial(condition_met, store, item.text, row))
        elif isinstance(item, p.Bind):
            if item.variable in row:
                yield Note("computed", partial(equation, store, item.variable, row))
        elif isinstance(item, p.Values):
            for name in item.variables:
                if name in self.parameters and name in row:
                    yield Note("given", partial(equation, store, name, row))
        elif isinstance(item, p.Optional):
            if self._taken(item.group, row):
                yield from self.explain(store, item.group, row)
            else:
                yield Note("absent", partial(absence, store, item.group, row))
        elif isinstance(item, p.Union):
            for taken in item.groups:
                if self._taken(taken, row):
                    yield from self.explain(store, taken, row)
        elif isinstance(item, p.Named):
            yield from self.explain(store, item.group, row)
        else:
            yield from self._counted(store, item, row)

    def _counted(self, store: Store, item: p.Select, row: Row) -> Iterator[Fact | Note]:
        names = [k for k in sorted(item.keys) if k in row]
        inside = "{ " + given(names, [row]) + " " + " ".join(self.marked(i) for i in item.group.items) + " }"
        rows = self._solutions(store, f"SELECT * WHERE {inside}")
        found = [v for v in item.variables if v in row and v not in item.keys]
        if found:
            yield Note("rows", partial(counted, store, found, row, len(rows)))
        for each in rows:
            yield from self.explain(store, item.group, each)

    def _first(self, store: Store, group: p.Group, row: Row) -> Iterator[Fact | Note]:
        names = sorted({v for i in group.walk() if isinstance(i, p.Triple) for v in i.variables} & row.keys())
        inside = "{ " + given(names, [row]) + " " + " ".join(self.marked(i) for i in group.items) + " }"
        rows = self._solutions(store, f"SELECT * WHERE {inside} LIMIT 1")
        if rows:
            yield from self.explain(store, group, {**row, **rows[0]})

    def _solutions(self, store: Store, text: str) -> list[Row]:
        if text not in self.asked:
            self.asked[text] = solutions(store, text)
        return self.asked[text]


def leading(group: p.Group) -> frozenset[str]:
    """The variables that GROUP binds for sure before anything optional or negative is looked at."""
    found: set[str] = set()
    for item in group.items:
        if isinstance(item, p.Optional | p.Minus):
            break
        if isinstance(item, p.Triple):
            found |= item.variables
        elif isinstance(item, p.Select):
            found |= item.keys
        elif isinstance(item, p.Values):
            found |= {v for i, v in enumerate(item.variables) if all(r[i] != "UNDEF" for r in item.rows)}
        elif isinstance(item, p.Union):
            found |= frozenset.intersection(*map(leading, item.groups))
        elif isinstance(item, p.Named):
            found |= leading(item.group) | {v for v in (item.name,) if v.startswith("?")}
    return frozenset(found)


def value(text: str, row: Mapping[str, Term]) -> Term:
    """The term that TEXT, a term or a variable of a pattern, stands for in ROW; None when it is unbound."""
    return row.get(text) if text.startswith("?") else term(text)


def instance(triple: p.Triple, row: Mapping[str, Term]) -> Fact | None:
    """The fact that TRIPLE becomes in ROW, or None when a variable is unbound."""
    s, q, o = (value(t, row) for t in (triple.subject, triple.predicate, triple.object))
    return None if s is None or q is None or o is None else (s, q, o)


def unify(head: p.Triple, fact: Fact) -> Row | None:
    """What the variables of HEAD must be for it to become FACT, or None."""
    row: Row = {}
    for text, found in zip((head.subject, head.predicate, head.object), fact, strict=True):
        if text.startswith("?"):
            if row.setdefault(text, found) != found:
                return None
        elif term(text) != found:
            return None
    return row


def given(names: Sequence[str], rows: Iterable[Row]) -> str:
    """A VALUES block that binds NAMES to ROWS; empty when there is nothing to bind or a value has no name."""
    if not names:
        return ""
    lines = dict.fromkeys(tuple(str(r[n]) if n in r else "UNDEF" for n in names) for r in rows)
    kept = [i for i in range(len(names)) if not any(line[i].startswith("_:") for line in lines)]
    if not kept:
        return ""
    body = " ".join(dict.fromkeys("(" + " ".join(line[i] for i in kept) + ")" for line in lines))
    return f"VALUES ({' '.join(names[i] for i in kept)}) {{ {body} }}"


def solutions(store: Store, text: str) -> list[Row]:
    """The rows of a SELECT, by variable with its question mark."""
    return [{f"?{n}": t for n, t in row.items()} for row in store.solutions(text)]
