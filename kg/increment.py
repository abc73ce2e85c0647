"""The closure kept up to date: after a change of few statements only what depends on them is worked out again.

Delete and rederive, group by group in the order of rules (Gupta, Mumick and Subrahmanian 1993). A rule is asked again
only where its body meets a fact that changed: the values that the changed facts give to variables of the body are bound
in front of it, and it is run on the graph as it was and as it is. What it no longer yields is a suspect, and goes
unless some rule still yields it; what it newly yields is added. Under negation, OPTIONAL and counting the same holds
for the variables that the outer pattern shares; where none is shared, the whole rule is run on both graphs. A group
that feeds itself first loses all that may rest on a suspect, then gets back what is still yielded.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import grammar, strata
from kg import pattern as p
from kg.names import INFERRED
from kg.prove.derive import Compiled, given, instance, leading, solutions, unify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from kg.catalogue import Entry
    from kg.prove.derive import Row
    from kg.store import Fact, Store

Limits = dict[tuple[str, ...], dict[tuple[str, ...], "Row"]]
"""By names of variables: the rows they are bound to. The empty name stands for a rule that must be run whole."""
WHOLE: Final[Limits] = {(): {}}
MANY: Final = 2000
"""With more rows than this the whole rule is run: the query would cost more to read than to answer."""


@dataclass(frozen=True)
class Changed:
    """The facts that the graph gained and lost, stated and inferred."""

    gained: frozenset[Fact]
    lost: frozenset[Fact]


class Upkeep:
    """A saturated STORE with the RULES and parameters TERMS it was saturated by; it changes through this alone.

    A copy of the graph as it was before a change is kept beside it.
    """

    def __init__(self, store: Store, rules: Sequence[Entry], terms: Mapping[str, str]) -> None:
        self._store = store
        self._groups = [
            ([_compiled(e, terms) for e in group], strata.recursive(group)) for group in strata.order(tuple(rules))
        ]
        self._was = store.copy()
        self._heads: dict[str, list[tuple[int, Compiled, p.Triple]]] = defaultdict(list)
        for place, (compiled, _) in enumerate(self._groups):
            for rule in compiled:
                for head in rule.rule.head:
                    self._heads["" if head.predicate[0] == "?" else head.predicate].append((place, rule, head))
        self._before: dict[Fact, tuple[str, ...]] = {}
        self._pending: dict[Fact, int] = {}

    def change(self, add: Iterable[Fact] = (), drop: Iterable[Fact] = (), *, graph: str) -> Changed:
        """State the facts ADD in GRAPH and withdraw DROP from every graph that states them; the closure follows.

        What is dropped and still inferred stays as an inferred fact, what is added ceases to be one.
        """
        self._before, self._pending = {}, {}
        for fact in drop:
            if self._store.stated_in(fact):
                self._put(fact, ())
                self._doubt(fact)
        for fact in add:
            self._put(fact, tuple({*self._store.stated_in(fact), graph}))
            self._pending.pop(fact, None)
        for place, (rules, again) in enumerate(self._groups):
            if again:
                self._circle(place, rules)
            else:
                self._once(place, rules[0])
        gained = {f for f, was in self._before.items() if not was and self._store.holds(f)}
        lost = {f for f, was in self._before.items() if was and not self._store.holds(f)}
        for fact in self._before:
            _move(self._was, fact, self._graphs(fact))
        return Changed(frozenset(gained), frozenset(lost))

    # the two graphs

    def _graphs(self, fact: Fact) -> tuple[str, ...]:
        stated = tuple(self._store.stated_in(fact))
        return stated or ((INFERRED,) if self._store.holds(fact) else ())

    def _put(self, fact: Fact, graphs: tuple[str, ...]) -> None:
        """Let FACT stand in GRAPHS alone, and remember where it stood before the change."""
        self._before.setdefault(fact, self._graphs(fact))
        _move(self._store, fact, graphs)

    def _moved(self) -> set[Fact]:
        """The facts that hold now and did not before, or the reverse."""
        return {f for f, was in self._before.items() if bool(was) != self._store.holds(f)}

    # what is settled when

    def _writers(self, fact: Fact) -> Iterator[tuple[int, Compiled]]:
        for place, rule, head in (*self._heads.get(str(fact[1]), ()), *self._heads.get("", ())):
            if unify(head, fact) is not None:
                yield place, rule

    def _doubt(self, fact: Fact) -> None:
        """FACT may have lost its ground; it is settled when the last rule that could yield it has had its turn."""
        last = max((place for place, _ in self._writers(fact)), default=-1)
        if last >= 0:
            self._pending[fact] = last

    def _yielded(self, facts: Collection[Fact], circle: Sequence[Compiled] = ()) -> set[Fact]:
        """Those of FACTS that some rule yields from the graph as it is.

        Where a rule names what it makes, its other conclusions narrow the search; in a CIRCLE they may be gone.
        """
        wanted: dict[int, tuple[Compiled, list[Fact]]] = {}
        for fact in facts:
            for _, rule in self._writers(fact):
                wanted.setdefault(id(rule), (rule, []))[1].append(fact)
        found: set[Fact] = set()
        for rule, asked in wanted.values():
            if rule in circle and strata.computed(rule.rule):
                found |= _heads(self._store, rule, WHOLE) & set(asked)
            else:
                found |= rule.derivations(self._store, asked).keys()
        return found

    def _without_ground(self, place: int, facts: Collection[Fact]) -> set[Fact]:
        """Those of FACTS that no rule before the group at PLACE yields; the others have ground outside its circle."""
        before: dict[int, tuple[Compiled, list[Fact]]] = {}
        for fact in facts:
            for turn, rule in self._writers(fact):
                if turn < place:
                    before.setdefault(id(rule), (rule, []))[1].append(fact)
        sure = {f for rule, asked in before.values() for f in rule.derivations(self._store, asked)}
        for fact in sure:
            if not self._store.holds(fact):
                self._put(fact, (INFERRED,))
        return set(facts) - sure

    def _due(self, place: int) -> list[Fact]:
        return [f for f, last in self._pending.items() if last == place]

    def _settle(self, place: int) -> None:
        due = self._due(place)
        sure = self._yielded(due)
        for fact in due:
            del self._pending[fact]
            if fact in sure and not self._store.holds(fact):
                self._put(fact, (INFERRED,))
            elif fact not in sure and self._graphs(fact) == (INFERRED,):
                self._put(fact, ())

    # groups

    def _compare(self, rules: Sequence[Compiled], moved: set[Fact]) -> tuple[set[Fact], set[Fact]]:
        """What RULES yielded and yield where they meet facts that MOVED."""
        touched = [r for r in rules if _meets(r.rule.body, moved)]
        if not touched:
            return set(), set()
        limits = {r.code: _limits(self._store, r, moved) for r in touched}
        for rule in touched:
            _join(limits[rule.code], _limits(self._was, rule, moved))
        was = {f for r in touched for f in _heads(self._was, r, limits[r.code])}
        return was, {f for r in touched for f in _heads(self._store, r, limits[r.code])}

    def _once(self, place: int, rule: Compiled) -> None:
        was, now = self._compare([rule], self._moved())
        for fact in was - now:
            if self._graphs(fact) == (INFERRED,):
                self._doubt(fact)
        for fact in now:
            if not self._store.holds(fact):
                self._put(fact, (INFERRED,))
        self._settle(place)

    def _circle(self, place: int, rules: Sequence[Compiled]) -> None:
        was, now = self._compare(rules, self._moved())
        front = {f for f in was - now if self._graphs(f) == (INFERRED,)} | set(self._due(place))
        dead: set[Fact] = set()
        while front := self._without_ground(place, front):
            dead |= front
            more = {f for r in rules for f in _heads(self._was, r, _limits(self._was, r, front))}
            front = {f for f in more - dead if self._graphs(f) == (INFERRED,)}
        for fact in dead:
            if self._graphs(fact) == (INFERRED,):
                self._put(fact, ())
            self._doubt(fact)
        while back := self._yielded([d for d in dead if not self._store.holds(d)], rules):
            for fact in back:
                self._put(fact, (INFERRED,))
        front = self._moved()
        while front:
            limits = [(r, _limits(self._store, r, front)) for r in rules if _meets(r.rule.body, front)]
            front = {f for r, found in limits for f in _heads(self._store, r, found) if not self._store.holds(f)}
            for fact in front:
                self._put(fact, (INFERRED,))
        self._settle(place)


def _move(store: Store, fact: Fact, graphs: Iterable[str]) -> None:
    """Let FACT stand in these GRAPHS of STORE, and no others."""
    store.withdraw(fact)
    for name in graphs:
        store.put([fact], name)


def _compiled(entry: Entry, terms: Mapping[str, str]) -> Compiled:
    wanted = {q.name: terms[q.name] for q in entry.parameters if q.name in terms}
    return Compiled(entry, grammar.read_rule(entry.bind(wanted), where=str(entry.path)))


def _meets(group: p.Group, facts: Iterable[Fact]) -> bool:
    """Whether some pattern of GROUP, at whatever depth, fits one of FACTS."""
    if _names_graphs(group):
        return True
    by_name: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_name[str(fact[1])].append(fact)
    for item in group.walk():
        if isinstance(item, p.Triple):
            simple = item.path is None and item.predicate[0] == "<"
            asked = by_name.get(item.predicate, ()) if simple else facts
            if any(_rows(item, f) is not None for f in asked):
                return True
    return False


def _names_graphs(group: p.Group) -> bool:
    """Whether GROUP asks where something is stated: then a fact may move from file to file and still hold."""
    return any(isinstance(i, p.Named) for i in group.walk())


def _rows(item: p.Triple, fact: Fact) -> list[Row] | None:
    """What FACT gives to the variables of ITEM; an empty row where that cannot be said, None where it does not fit."""
    if item.path is None:
        row = unify(item, fact)
        return None if row is None else [row]
    if _negated(item.path):
        return [{}]
    if str(fact[1]) not in item.path.terms():
        return None
    if item.path.kind != "|" or any(q.kind not in ("iri", "^") for q in item.path.parts):
        return [{}]
    found = []
    for part in item.path.parts:
        back = part.kind == "^"
        inner = part.parts[0] if back else part
        if inner.kind != "iri":
            return [{}]
        if inner.term == str(fact[1]):
            ends = (item.object, item.subject) if back else (item.subject, item.object)
            row = unify(p.Triple(ends[0], inner.term, ends[1]), fact)
            found += [] if row is None else [row]
    return found or None


def _negated(path: p.Path) -> bool:
    return path.kind == "!" or any(map(_negated, path.parts))


def _limits(store: Store, rule: Compiled, facts: Collection[Fact]) -> Limits:
    """The values of variables under which RULE may yield something else because FACTS moved."""
    limits: Limits = {}
    body = rule.rule.body
    if _names_graphs(body) or not _collect(store, body, leading(body), facts, limits, top=True):
        return dict(WHOLE)
    if sum(map(len, limits.values())) > MANY:
        return dict(WHOLE)
    return limits


def _collect(
    store: Store, group: p.Group, visible: frozenset[str], facts: Collection[Fact], limits: Limits, *, top: bool = False
) -> bool:
    """Add to LIMITS what GROUP tells about the VISIBLE variables; False where the rule has to be run whole."""
    for item in group.items:
        if isinstance(item, p.Triple):
            simple = item.path is None and item.predicate[0] == "<"
            for fact in facts:
                if simple and str(fact[1]) != item.predicate:
                    continue
                for row in _rows(item, fact) or ():
                    if not _note(limits, {k: v for k, v in row.items() if k in visible}):
                        return False
        elif isinstance(item, p.Select):
            if not _keys(store, item, visible, facts, limits):
                return False
        elif isinstance(item, p.Union):
            for inside in item.groups:
                seen = visible | _branch(group, inside) if top else visible
                if not _collect(store, inside, seen, facts, limits, top=top):
                    return False
        else:
            for inside in p.inner(item):
                if not _nested(store, inside, visible, facts, limits):
                    return False
    return True


def _nested(store: Store, group: p.Group, visible: frozenset[str], facts: Collection[Fact], limits: Limits) -> bool:
    """The same for a group under negation or OPTIONAL: for which of the VISIBLE variables the facts fit in it."""
    if not _meets(group, facts):
        return True
    inside: Limits = {}
    if not _collect(store, group, visible | leading(group), facts, inside):
        return False
    patterns = [i for i in group.items if isinstance(i, p.Triple | p.Values)]
    bound = {v for i in patterns for v in i.variables}
    for names, rows in inside.items():
        shown = sorted(visible & (bound | set(names)))
        if not shown:
            return False
        inner = f"{given(names, rows.values())} {' '.join(map(str, patterns))}"
        query = f"SELECT DISTINCT {' '.join(shown)} WHERE {{ {inner} }}"
        for row in solutions(store, query):
            if not _note(limits, row):
                return False
    return True


def _branch(group: p.Group, inside: p.Group) -> frozenset[str]:
    """The variables of a branch that may be bound in front of GROUP: none, where something optional stands there."""
    return frozenset() if any(isinstance(i, p.Optional | p.Minus) for i in group.items) else leading(inside)


def _note(limits: Limits, row: Row) -> bool:
    if not row or any(str(v).startswith("_:") for v in row.values()):
        return False
    names = tuple(sorted(row))
    limits.setdefault(names, {})[tuple(str(row[n]) for n in names)] = row
    return True


def _keys(store: Store, item: p.Select, visible: frozenset[str], facts: Collection[Fact], limits: Limits) -> bool:
    """The same for a sub-query: only what it groups by, or passes on unchanged, can be bound."""
    if not _meets(item.group, facts):
        return True
    keys = sorted(item.keys & visible)
    inside: Limits = {}
    if not keys or "LIMIT" in item.tail.upper() or "OFFSET" in item.tail.upper():
        return False
    if not _collect(store, item.group, leading(item.group), facts, inside, top=True):
        return False
    for names, rows in inside.items():
        body = " ".join(map(str, item.group.items))
        query = f"SELECT DISTINCT {' '.join(keys)} WHERE {{ {given(names, rows.values())} {body} }}"
        for row in solutions(store, query):
            if not _note(limits, row):
                return False
    return True


def _join(limits: Limits, more: Limits) -> None:
    for names, rows in more.items():
        limits.setdefault(names, {}).update(rows)
    if () in limits:
        limits.clear()
        limits.update(WHOLE)


def _heads(store: Store, rule: Compiled, limits: Limits) -> set[Fact]:
    """What RULE yields within LIMITS."""
    found: set[Fact] = set()
    for names, rows in limits.items():
        for row in solutions(store, f"SELECT * WHERE {rule.body(names, list(rows.values()))}"):
            for head in rule.rule.head:
                fact = instance(head, row)
                if fact is not None and not str(fact[0]).startswith('"'):
                    found.add(fact)
    return found
