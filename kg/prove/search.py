"""The smallest proof of a fact: an AND/OR search, best first, that works rules out only where the best proof may lie.

A fact is an OR of its derivations, a derivation the AND of its premises; the size of a proof is its number of nodes.
What has not been worked out counts with a lower bound read off the rules, so the first proof that is complete is a
smallest one (AO*, Martelli and Montanari 1978, with costs by Knuth's 1977 generalisation of Dijkstra's method, which
also keeps a fact out of its own proof). All that a round needs is asked in one query for each rule.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kg import pattern as p
from kg.prove.derive import Compiled, Derivation
from kg.store import term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.store import Fact, Store, Term

FAR: Final = 1 << 30
"""The size of a proof that does not exist."""


class Search:
    """What has been worked out so far about the facts of one store."""

    def __init__(self, store: Store, rules: Sequence[Compiled]) -> None:
        self.store = store
        self.rules = rules
        self.stated: dict[Fact, list[str]] = {}
        self.derived: dict[Fact, list[Derivation]] = {}
        self._by_predicate: dict[Term, list[tuple[Compiled, p.Triple]]] = defaultdict(list)
        for rule in rules:
            for head in rule.rule.head:
                self._by_predicate[None if head.predicate.startswith("?") else term(head.predicate)].append(
                    (rule, head)
                )
        self._bounds: dict[Term, int] = {}
        self._least = self._bound_all()
        self._costs: dict[Fact, int] = {}
        self._best: dict[Fact, Derivation] = {}

    # what is known of a fact

    def graphs(self, fact: Fact) -> list[str]:
        """The graphs that state FACT."""
        if fact not in self.stated:
            self.stated[fact] = self.store.stated_in(fact)
        return self.stated[fact]

    def work_out(self, facts: Iterable[Fact]) -> None:
        """All derivations of each of FACTS."""
        asked = [f for f in dict.fromkeys(facts) if f not in self.derived]
        for fact in asked:
            self.derived[fact] = []
        wanted: dict[int, list[Fact]] = defaultdict(list)
        for fact in asked:
            for rule in {id(r): r for r, _ in self._heads(fact[1])}.values():
                wanted[id(rule)].append(fact)
        for rule in self.rules:
            if id(rule) in wanted:
                for fact, found in rule.derivations(self.store, wanted[id(rule)]).items():
                    self.derived[fact] += found

    def _heads(self, predicate: Term) -> list[tuple[Compiled, p.Triple]]:
        return self._by_predicate.get(predicate, []) + self._by_predicate.get(None, [])

    def is_stated(self, predicate: str) -> bool:
        """Whether some source states anything with PREDICATE, a property that rules write too."""
        return predicate in self._stated

    # lower bounds

    def _bound_all(self) -> dict[str, int]:
        """For each predicate that rules write, the fewest nodes a proof of it can have where no source states it."""
        least: dict[str, int] = {}
        self.written = {h.predicate for r in self.rules for h in r.rule.head if not h.predicate.startswith("?")}
        self._stated = {str(q) for q in self.store.stated(map(term, self.written))}
        for _ in range(len(self.rules) + 1):
            before = dict(least)
            for rule in self.rules:
                size = 1 + sum(self._pattern(i, before) for i in rule.rule.body.items)
                for head in rule.rule.head:
                    least[head.predicate] = min(least.get(head.predicate, FAR), size)
            if least == before:
                break
        return least

    def _pattern(self, item: p.Item, least: dict[str, int]) -> int:
        if not isinstance(item, p.Triple) or item.path is not None:
            return 0
        name = item.predicate
        if name not in least or name == p.TYPE or name.startswith("?") or name in self._stated:
            return 1
        return least[name]

    def _bound(self, fact: Fact) -> int:
        if self.graphs(fact):
            return 1
        if fact[1] not in self._bounds:
            names = [h.predicate for _, h in self._heads(fact[1])]
            self._bounds[fact[1]] = min((max(2, self._least[n]) for n in names), default=FAR)
        return self._bounds[fact[1]]

    # the search

    def settle(self, goals: Iterable[Fact]) -> None:
        """Work out as much as is needed to know a smallest proof of each of GOALS."""
        wanted = list(goals)
        width = 1
        while True:
            self._measure(wanted)
            open_facts, half = self._frontier(wanted, 1)
            if not open_facts and not half:
                return
            if width > 1:
                open_facts, half = self._frontier(wanted, width)
            for derivation in half:
                derivation.complete(self.store)
            self.work_out(open_facts)
            width *= 2

    def _frontier(self, goals: Iterable[Fact], width: int) -> tuple[list[Fact], list[Derivation]]:
        """What is not worked out yet in the best proofs of GOALS, and in the WIDTH most promising ones of each fact.

        Looking a little wider each time keeps the number of rounds small where many proofs are nearly as good.
        """
        facts: list[Fact] = []
        half: list[Derivation] = []
        seen = set()
        stack = list(goals)
        while stack:
            fact = stack.pop()
            if fact in seen or self.graphs(fact):
                continue
            seen.add(fact)
            if fact not in self.derived:
                facts.append(fact)
                continue
            best = self._best.get(fact)
            chosen = [] if best is None else [best]
            if width > 1:
                chosen = heapq.nsmallest(width, self.derived[fact], key=self._estimate)
            for derivation in chosen:
                if derivation.premises is None:
                    half.append(derivation)
                stack += derivation.facts
        return facts, half

    def _estimate(self, derivation: Derivation) -> int:
        return self._notes(derivation) + sum(self._costs.get(f, FAR) for f in derivation.facts)

    def _measure(self, goals: Iterable[Fact]) -> None:
        """The size of the smallest proof of every fact reached so far, bounds where it is not worked out."""
        users: dict[Fact, list[tuple[Fact, Derivation]]] = defaultdict(list)
        waiting: dict[int, int] = {}
        cost: dict[Fact, int] = {}
        best: dict[Fact, Derivation] = {}
        queue: list[tuple[int, int, Fact, Derivation | None]] = []
        tie = 0
        seen: set[Fact] = set()
        stack = list(goals)
        while stack:
            fact = stack.pop()
            if fact in seen:
                continue
            seen.add(fact)
            if self.graphs(fact) or fact not in self.derived:
                tie += 1
                heapq.heappush(queue, (self._bound(fact), tie, fact, None))
                continue
            for way in self.derived[fact]:
                waiting[id(way)] = len(way.facts)
                if not way.facts:
                    tie += 1
                    heapq.heappush(queue, (1 + self._notes(way), tie, fact, way))
                for premise in way.facts:
                    users[premise].append((fact, way))
                    stack.append(premise)
        while queue:
            size, _, fact, derivation = heapq.heappop(queue)
            if fact in cost:
                continue
            cost[fact] = size
            if derivation is not None:
                best[fact] = derivation
            for user, by in users[fact]:
                waiting[id(by)] -= 1
                if waiting[id(by)] == 0 and user not in cost:
                    tie += 1
                    total = 1 + self._notes(by) + sum(cost[q] for q in by.facts)
                    heapq.heappush(queue, (total, tie, user, by))
        self._costs, self._best = cost, best

    @staticmethod
    def _notes(derivation: Derivation) -> int:
        return 0 if derivation.premises is None else len(derivation.premises) - len(derivation.facts)

    def grounded(self, facts: Sequence[Fact]) -> set[Fact]:
        """Those of FACTS that some proof, not the smallest, leads down to stated facts; for very many facts at once."""
        sure: set[Fact] = set()
        users: dict[Fact, list[tuple[Fact, Derivation]]] = defaultdict(list)
        waiting: dict[int, int] = {}
        ready = self._reach(facts)
        unseen: list[Fact] = []
        while ready:
            fact, way = ready.pop()
            missing = [] if fact in sure else self._missing(way, sure)
            if fact not in sure and not missing and way.premises is None:
                way.complete(self.store)
                missing = self._missing(way, sure)
                unseen += [q for q in missing if q not in self.derived]
            if missing:
                waiting[id(way)] = len(missing)
                for premise in missing:
                    users[premise].append((fact, way))
            elif fact not in sure:
                sure.add(fact)
                for user, by in users.pop(fact, ()):
                    waiting[id(by)] -= 1
                    if not waiting[id(by)]:
                        ready.append((user, by))
            if not ready and unseen:
                ready, unseen = self._reach(unseen), []
        return {f for f in facts if f in sure or self.graphs(f)}

    def _missing(self, way: Derivation, sure: set[Fact]) -> list[Fact]:
        return [q for q in way.facts if q not in sure and not self.graphs(q)]

    def _reach(self, facts: Iterable[Fact]) -> list[tuple[Fact, Derivation]]:
        """Work out FACTS and all that they may rest on; what was new is given back with its derivations."""
        new: dict[Fact, None] = {}
        front = list(facts)
        while front:
            front = [f for f in dict.fromkeys(front) if f not in new and not self.graphs(f)]
            self.work_out(front)
            new.update(dict.fromkeys(front))
            front = [q for f in front for d in self.derived[f] for q in d.facts]
        return [(f, d) for f in new for d in self.derived[f]]

    def size(self, fact: Fact) -> int:
        """The number of nodes of the smallest proof of a settled FACT; FAR or more when it has none."""
        return self._costs.get(fact, FAR)

    def best(self, fact: Fact) -> Derivation | None:
        """The derivation at the root of a smallest proof of a settled FACT, None where a source states it."""
        return self._best.get(fact)
