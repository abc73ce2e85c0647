"""Why a fact is not in the graph: the rules that come nearest, and the smallest change that would make one fire.

An exact search by size: for each rule that could yield the fact, every choice of premises that might be missing is
tried, the smallest first, and the rest of the rule's body is asked of the graph. A whole new statement (all that the
body says of one node) counts as one change, as does one value added to a node that exists; replacing a value counts as
two. What is in the way of an absence counts as one for each fact that would have to go. A premise that only rules can
yield is searched in the same way. The vocabulary is not changed. What is new is taken to begin in time; it is in force
where its arrangement is. This is abduction with a bound on the size of explanations (Eiter and Gottlob 1995); it stops
at ``BOUND`` changes and at ``ROWS`` rows of a choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import pattern as p
from kg.names import PREFIXES
from kg.proof import Proof
from kg.prove.derive import Compiled, given, instance, solutions, value
from kg.prove.plans import Plan, choices, single_valued, used, variants
from kg.prove.words import code, condition, condition_met, sentence, shown, turtle
from kg.store import term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.prove.derive import Row
    from kg.prove.search import Search
    from kg.store import Fact, Store, Term

BOUND: Final = 3
"""How many changes are looked for at most."""
ROWS: Final = 200
"""How many ways to fit the rest of a rule are looked at for one choice of missing premises."""
FAR: Final = 1 << 20
DEPTH: Final = 3
"""How many rules deep a missing premise is followed."""
SHOWN: Final = 6
ASOF: Final = "?asOf"
FORCE: Final = f"<{PREFIXES['mlo']}inForceOn>"
HOMES: Final = (f"<{PREFIXES['mlo']}arrangement>", f"<{PREFIXES['mlo']}offeredBy>")
_ONTOLOGY: Final = PREFIXES["graph"] + "ontology/"


@dataclass(frozen=True)
class Attempt:
    """How near a rule comes to a fact: what is missing, what is in the way, and how many changes that is.

    A cost of ``FAR`` says that no change within the bound was found; ``proof`` then shows the test that fails.
    """

    rule: Compiled
    row: Row
    cost: int
    new: tuple[str, ...]
    """Words for each whole statement that would have to be made."""
    add: tuple[tuple[str, str], ...]
    """Single facts to add: as Turtle and in words; a variable stands for a value that is free."""
    drop: tuple[Fact, ...]
    proof: Proof

    def clauses(self) -> Iterator[str]:
        """The changes as lines of an RDF Patch, where every part of them is known."""
        if self.new or any("?" in turtle_ or turtle_.startswith("a new") for turtle_, _ in self.add):
            return
        yield from (f"D {turtle(f)} ." for f in self.drop)
        yield from (f"A {text} ." for text, _ in self.add)


class Nearest:
    """Attempts at facts of one store."""

    def __init__(self, search: Search, day: Term) -> None:
        self._search = search
        self._store: Store = search.store
        self._day = day
        self._asked: dict[tuple[Fact, int], list[Attempt]] = {}

    def attempts(self, fact: Fact, bound: int = BOUND, depth: int = DEPTH) -> list[Attempt]:
        """The best attempt of each rule that could yield FACT with at most BOUND changes, the nearest first."""
        if (fact, bound) not in self._asked:
            self._asked[fact, bound] = []  # a fact is no help to itself
            found = []
            for rule in self._search.rules:
                best: Attempt | None = None
                for _, row in rule.heads(fact):
                    for body in variants(rule.rule.body.items):
                        one = self._best(fact, rule, row, body, bound if best is None else best.cost - 1, depth)
                        best = one or best
                best = best or self._failing(fact, rule)
                if best is not None:
                    found.append(best)
            self._asked[fact, bound] = sorted(found, key=lambda a: (a.cost, a.rule.code))
        return self._asked[fact, bound]

    def _best(
        self, fact: Fact, rule: Compiled, row: Row, body: Sequence[p.Item], bound: int, depth: int
    ) -> Attempt | None:
        triples = [i for i in body if isinstance(i, p.Triple)]
        asked = self._asked_of(rule, row)
        found: Attempt | None = None
        for fresh, missing in choices(triples, asked, bound):
            size = len(fresh) + len(missing)
            if found is not None and size >= found.cost:
                break
            rows = self._rows(rule, asked, body, fresh, missing)
            free = self._free(triples, fresh, rows)
            for each in rows:
                if any(each.get(k, v) != v for k, v in row.items()):
                    continue  # a value the body works out is another than the one asked about
                limit = bound if found is None else found.cost - 1
                plan = Plan(rule, {**row, **each}, body, fresh, missing, free)
                one = self._attempt(fact, plan, limit, depth)
                if one is not None:
                    found = one
                    if found.cost == size:
                        break
        return found

    def _asked_of(self, rule: Compiled, row: Row) -> Row:
        """What the fact and the day bind in the body of RULE."""
        asked = {k: v for k, v in row.items() if k not in rule.computed}
        return asked if ASOF in asked else {**asked, ASOF: self._day}

    def _free(self, triples: Sequence[p.Triple], fresh: frozenset[str], rows: Sequence[Row]) -> dict[str, str]:
        """Values of new statements that may be chosen: shown as one of several."""
        names = {t.object for t in triples if t.subject in fresh and t.object.startswith("?")}
        found: dict[str, str] = {}
        for name in names:
            values = dict.fromkeys(r[name] for r in rows if name in r)
            if len(values) > 1:
                words = sorted(shown(self._store, v) for v in values)
                more = f" … ({len(words)})" if len(words) > SHOWN else ""
                found[name] = f"one of: {', '.join(words[:SHOWN])}{more}"
        return found

    def _failing(self, fact: Fact, rule: Compiled) -> Attempt | None:
        """The rule without its tests, to show which of them fails; no change is known that mends it."""
        for _, row in rule.heads(fact):
            asked = self._asked_of(rule, row)
            for body in variants(rule.rule.body.items):
                bare = [i for i in body if not isinstance(i, p.Filter | p.Exists | p.Minus)]
                triples = [i for i in body if isinstance(i, p.Triple)]
                for fresh, missing in choices(triples, asked, 1):
                    for each in self._rows(rule, asked, bare, fresh, missing)[:1]:
                        whole = {**asked, **row, **each}
                        premises = []
                        for item in body:
                            if isinstance(item, p.Triple) and (item.subject in fresh or triples.index(item) in missing):
                                premises.append(Proof(*self._open(item, whole), "missing", holds=False))
                            else:
                                premises += self._judge(item, whole)
                        if all(q.holds for q in premises):
                            continue
                        near = Proof(
                            turtle(fact), sentence(self._store, fact), "missing", (rule.code, rule.entry.title),
                            tuple(premises), holds=False,
                        )  # fmt: skip
                        return Attempt(rule, whole, FAR, (), (), (), near)
        return None

    def _judge(self, item: p.Item, row: Row) -> Iterator[Proof]:
        """ITEM as a premise that holds or fails in ROW."""
        if isinstance(item, p.Triple):
            if item.path is None and (held := instance(item, row)) is not None:
                yield self._held(held)
        elif isinstance(item, p.Filter | p.Bind):
            names = p.names(item.text) | ({item.variable} if isinstance(item, p.Bind) else set())
            known = given(sorted(names & row.keys()), [row])
            test = f"FILTER({item.text})" if isinstance(item, p.Filter) else f"FILTER(({item.text}) = {item.variable})"
            holds = bool(solutions(self._store, f"SELECT * WHERE {{ {known} {test} }}"))
            words = condition_met(self._store, item.text, row)
            if isinstance(item, p.Bind):
                if item.variable not in row:
                    return
                words = f"{item.variable} = {shown(self._store, row[item.variable])}"
            if isinstance(item, p.Filter) or not holds:
                yield Proof(item.text, words, "test", holds=holds)
        elif isinstance(item, p.Exists | p.Minus):
            negated = isinstance(item, p.Minus) or item.negated
            found = self._some(item.group, row)
            words = condition(self._store, item.group, row)
            told = "nothing recorded" if negated else "it is recorded"
            yield Proof(words, f"{told}: {words}", "absent", holds=found != negated)

    def _rows(
        self, rule: Compiled, asked: Row, body: Sequence[p.Item], fresh: frozenset[str], missing: frozenset[int]
    ) -> list[Row]:
        """How the premises that are not missing fit the graph."""
        kept: list[str] = []
        known = set(asked)
        place = -1
        for item in body:
            if isinstance(item, p.Triple):
                place += 1
                if item.subject not in fresh and place not in missing:
                    kept.append(str(item))
                    known |= item.variables
            elif isinstance(item, p.Values):
                kept.append(str(item))
                known |= set(item.variables)
            elif isinstance(item, p.Select):
                kept.append(rule.marked(item, sorted(asked), [asked]))
                known |= set(item.variables)
            elif isinstance(item, p.Optional):
                kept.append(str(item))
                known |= used(item.group)
            elif isinstance(item, p.Bind) and p.names(item.text) <= known:
                kept.append(str(item))
                known.add(item.variable)
        tests = (i for i in body if isinstance(i, p.Filter) and not i.groups and p.names(i.text) <= known)
        kept += map(str, tests)
        front = given(sorted(asked), [asked])
        return solutions(self._store, f"SELECT DISTINCT * WHERE {{ {front} {' '.join(kept)} }} LIMIT {ROWS}")

    def _attempt(self, fact: Fact, plan: Plan, limit: int, depth: int) -> Attempt | None:
        rule, row, body, fresh, missing = plan.rule, plan.row, plan.body, plan.fresh, plan.missing
        cost = len(fresh)
        premises: list[Proof] = []
        add: list[tuple[str, str]] = []
        drop: list[Fact] = []
        place = -1
        for item in body:
            if isinstance(item, p.Triple):
                place += 1
                if item.subject in fresh:
                    text, words = self._open(item, row, plan.free)
                    premises.append(Proof(text, words, "missing", holds=False))
                    if item.predicate == FORCE and (home := self._home(body, item.subject, row)) is not None:
                        ways = self.attempts(home, limit - cost, depth - 1) if depth else []
                        if not ways or ways[0].cost > limit - cost:
                            return None
                        cost += ways[0].cost
                        add += [(n, f"a new statement: {n}") for n in ways[0].new] + list(ways[0].add)
                        drop += ways[0].drop
                        premises.append(ways[0].proof)
                elif place in missing:
                    step = self._missing(item, row, limit - cost, depth)
                    if step is None:
                        return None
                    cost += step[0]
                    premises.append(step[1])
                    add += step[2]
                    drop += step[3]
                elif item.path is None and (held := instance(item, row)) is not None:
                    premises.append(self._held(held))
            elif isinstance(item, p.Exists | p.Minus):
                negated = isinstance(item, p.Minus) or item.negated
                way = self._blocked(item.group, row) if negated else ()
                if way is None or (not negated and not self._some(item.group, row)):
                    return None
                cost += len(way)
                drop += way
                premises += [
                    Proof(turtle(f), f"in the way: {sentence(self._store, f)}", "missing", holds=False) for f in way
                ]
            elif isinstance(item, p.Filter):
                premises.append(Proof(item.text, condition_met(self._store, item.text, row), "test"))
            if cost > limit:
                return None
        new = tuple(self._statement(v, plan) for v in sorted(fresh))
        near = Proof(
            turtle(fact),
            sentence(self._store, fact),
            "missing",
            (rule.code, rule.entry.title),
            tuple(premises),
            holds=False,
        )
        return Attempt(rule, row, cost, new, tuple(add), tuple(dict.fromkeys(drop)), near)

    def _home(self, body: Sequence[p.Item], subject: str, row: Row) -> Fact | None:
        """That the arrangement of a new statement is in force, where it is not yet so."""
        for item in body:
            if isinstance(item, p.Triple) and item.subject == subject and item.predicate in HOMES:
                found = value(item.object, row)
                home = (found, term(FORCE), self._day)
                if found is not None and not self._store.holds(home):
                    return home
        return None

    def _held(self, fact: Fact) -> Proof:
        return Proof(turtle(fact), sentence(self._store, fact), "stated" if self._search.graphs(fact) else "inferred")

    def _missing(
        self, item: p.Triple, row: Row, limit: int, depth: int
    ) -> tuple[int, Proof, list[tuple[str, str]], list[Fact]] | None:
        """What it takes to make the premise ITEM true: the number of changes, a node, what to add, what to drop."""
        if item.path is not None or item.predicate.startswith("?"):
            return None
        subject = value(item.subject, row)
        whole = instance(item, row)
        if whole is not None and self._store.holds(whole):
            return None  # nothing is missing: a smaller choice covers this
        if item.predicate in self._search.written and not self._search.is_stated(item.predicate):
            if whole is None or depth == 0:
                return None
            ways = self.attempts(whole, limit, depth - 1)
            if not ways:
                return None
            best = ways[0]
            words = [(f"a new statement: {n}", f"a new statement: {n}") for n in best.new]
            return best.cost, best.proof, [*words, *best.add], list(best.drop)
        if subject is None or self._fixed(subject):
            return None
        text, words_ = self._open(item, row)
        node = Proof(text, words_, "missing", holds=False)
        gone = self._store.match(subject, term(item.predicate), None) if item.predicate in single_valued() else []
        cost = 1 + len(gone)
        return None if cost > limit else (cost, node, [(text, words_)], gone)

    def _fixed(self, subject: object) -> bool:
        """Whether SUBJECT is a term of the vocabulary: words are not changed to make a fact true."""
        about = self._store.match(subject, term(p.TYPE), None)
        return any(g.startswith(_ONTOLOGY) for f in about for g in self._search.graphs(f))

    def _blocked(self, group: p.Group, row: Row) -> tuple[Fact, ...] | None:
        """The facts that would have to go so that nothing fits GROUP; None when that cannot be said."""
        inside = given(sorted(set(row) & used(group)), [row])
        rows = solutions(
            self._store, f"SELECT * WHERE {{ {inside} {' '.join(map(str, group.items))} }} LIMIT {BOUND + 1}"
        )
        gone: dict[Fact, None] = {}
        for each in rows:
            facts = [instance(i, {**row, **each}) for i in group.items if isinstance(i, p.Triple) and i.path is None]
            known = [f for f in facts if f is not None]
            stated = [f for f in known if self._search.graphs(f)] or [g for f in known for g in self._leaves(f)]
            stated = [f for f in stated if not self._fixed(f[0])]
            if not stated:
                return None
            if not gone.keys() & set(stated):
                gone[stated[0]] = None
        return tuple(gone)

    def _leaves(self, fact: Fact) -> list[Fact]:
        """What is stated at the bottom of a smallest proof of an inferred FACT."""
        self._search.settle([fact])
        found: dict[Fact, None] = {}
        stack = [fact]
        while stack:
            each = stack.pop()
            if self._search.graphs(each):
                found[each] = None
            elif best := self._search.best(each):
                stack += [f for f in best.facts if f not in found]
        return list(found)

    def _some(self, group: p.Group, row: Row) -> bool:
        inside = given(sorted(set(row) & used(group)), [row])
        return bool(solutions(self._store, f"SELECT * WHERE {{ {inside} {' '.join(map(str, group.items))} }} LIMIT 1"))

    def _open(self, item: p.Triple, row: Row, free: Mapping[str, str] | None = None) -> tuple[str, str]:
        """A triple pattern with what is known of it, as Turtle and in words; FREE has words for what may be chosen."""
        told = free or {}
        parts = [(t, None if t in told else value(t, row)) for t in (item.subject, item.predicate, item.object)]
        text = " ".join(t if v is None else code(v) for t, v in parts)
        return text, " – ".join(told.get(t, t) if v is None else shown(self._store, v) for t, v in parts)

    def _statement(self, variable: str, plan: Plan) -> str:
        told = []
        for item in plan.body:
            if isinstance(item, p.Triple) and item.subject == variable and item.path is None:
                _, verb, object_ = self._open(item, plan.row, plan.free)[1].split(" – ", 2)
                told.append(f"a {object_}" if item.predicate == p.TYPE else f"{verb} {object_}")
        return ", ".join(told)
