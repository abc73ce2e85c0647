"""The act of proving: why a fact is in the graph, as a tree of rules down to statements; see docs/reasoning.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg import catalogue, grammar
from kg.errors import MinilatError
from kg.proof import Proof, WhyNot
from kg.prove.derive import Compiled, Derivation, Note
from kg.prove.places import Places, weakest
from kg.prove.search import FAR, Search
from kg.prove.whynot import BOUND, Nearest
from kg.prove.whynot import FAR as LOST
from kg.prove.words import sentence, turtle
from kg.store import literal_term, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from kg.catalogue import Entry
    from kg.store import Fact, Store

OTHERS: Final = 10
"""How many proofs of one fact are shown when all are asked for."""
NEAREST: Final = 3
"""How many rules are shown that come near to a fact."""
NODES: Final = 20_000
"""How large a tree may become before what is below is cut."""


def compiled(rules: Iterable[Entry], day: date) -> tuple[Compiled, ...]:
    """RULES read and bound to the day. Raises MinilatError E111 for a rule that cannot be read."""
    terms = {"asOf": literal_term(day.isoformat(), "date")}
    found = []
    for entry in rules:
        wanted = {p.name: terms[p.name] for p in entry.parameters if p.name in terms}
        found.append(Compiled(entry, grammar.read_rule(entry.bind(wanted), where=str(entry.path))))
    return tuple(found)


class Prover:
    """Proofs in one store, cut for one day, by RULES (the shipped ones by default).

    ``extra`` names files beyond the shipped ones by their graph, so that their statements get a place too.
    """

    def __init__(
        self,
        store: Store,
        day: date,
        *,
        rules: Sequence[Entry] | None = None,
        extra: Mapping[str, Path] | None = None,
    ) -> None:
        self.store = store
        self.day = day
        self.rules = compiled(catalogue.rules() if rules is None else rules, day)
        self._search = Search(store, self.rules)
        self._places = Places(store, extra)
        self._leaves: dict[Fact, Proof] = {}
        self._left = NODES

    def proof(self, fact: Fact, *, every: bool = False) -> Proof:
        """A smallest proof of FACT; with EVERY also the other ways, at each step, at most ``OTHERS`` for one fact.

        Raises MinilatError E113 when the fact is not in the graph, E114 when it is and no rule yields it.
        """
        if not self.store.holds(fact):
            raise MinilatError(
                "E113", f"the graph does not say: {turtle(fact)}", hint="`minilat why-not` says what is missing for it"
            )
        self._search.settle([fact])
        if self._search.size(fact) >= FAR:
            raise MinilatError("E114", f"no rule yields {turtle(fact)}, and no file states it")
        if every:
            self._widen(fact)
        self._left = NODES
        return self._tree(fact, (), every=every)

    def why_not(self, fact: Fact) -> WhyNot:
        """Why FACT is not in the graph, with the smallest change that would put it there; see kg.prove.whynot.

        Raises MinilatError E116 when it is in the graph, E117 when no rule could ever yield it.
        """
        if self.store.holds(fact):
            raise MinilatError("E116", f"the graph does say: {turtle(fact)}", hint="`minilat why` shows its proof")
        near = Nearest(self._search, term(literal_term(self.day.isoformat(), "date")))
        found = near.attempts(fact)
        if not found:
            raise MinilatError(
                "E117", f"no rule could yield {turtle(fact)} from anything near what is recorded",
                hint="only a source could state it; `minilat show` lists what is recorded of a thing",
            )  # fmt: skip
        best = found[0]
        changes = [("+", f"a new statement: {n}") for n in best.new] + [("+", words) for _, words in best.add]
        changes += [("−", sentence(self.store, f)) for f in best.drop]
        proofs = tuple(a.proof for a in found[:NEAREST])
        size = None if best.cost >= LOST else best.cost
        return WhyNot(
            turtle(fact), sentence(self.store, fact), proofs, tuple(changes), tuple(best.clauses()), size, BOUND
        )

    def proofs(self, facts: Sequence[Fact]) -> dict[Fact, int]:
        """The size of a smallest proof of each of FACTS, in nodes, found together; facts without one are left out."""
        self._search.settle(facts)
        return {f: self._search.size(f) for f in facts if self._search.size(f) < FAR}

    def cause(self, fact: Fact, other: Store) -> tuple[str, tuple[str, ...]]:
        """The code of the rule at the root of a FACT of :meth:`proofs`, and why it holds here and not in OTHER.

        Followed down are only premises that OTHER lacks; given back are the lowest of them, as Turtle: stated facts, or
        inferred ones whose premises all hold there too, so that something absent here stands in the way there.
        """
        best = self._search.best(fact)
        lowest: dict[Fact, None] = {}
        stack, seen = [fact], set()
        while stack:
            each = stack.pop()
            if each in seen:
                continue
            seen.add(each)
            below = self._search.best(each)
            missing = [] if below is None else [f for f in below.facts if not other.holds(f)]
            if missing:
                stack += missing
            else:
                lowest[each] = None
        return (best.rule.code if best else ""), tuple(sorted(map(turtle, lowest)))

    def grounded(self, facts: Sequence[Fact]) -> set[Fact]:
        """Those of FACTS that have a proof whose leaves are all stated; quicker than :meth:`proofs` for very many."""
        return self._search.grounded(facts)

    def statements(self, fact: Fact) -> list[Fact]:
        """The stated facts at the leaves of a smallest proof of a FACT of :meth:`proofs`."""
        found: dict[Fact, None] = {}
        stack, seen = [fact], set()
        while stack:
            each = stack.pop()
            if each in seen:
                continue
            seen.add(each)
            if self._search.graphs(each):
                found[each] = None
            elif best := self._search.best(each):
                stack += best.facts
        return list(found)

    def _widen(self, fact: Fact) -> None:
        """Work out every derivation of all that FACT may rest on, the first ``OTHERS`` of each fact."""
        front, seen = [fact], {fact}
        while front and len(seen) < NODES:
            self._search.work_out(f for f in front if not self._search.graphs(f))
            ahead = []
            for each in front:
                for derivation in self._search.derived.get(each, [])[:OTHERS]:
                    derivation.complete(self.store)
                    ahead += [f for f in derivation.facts if f not in seen]
                    seen.update(derivation.facts)
            front = list(dict.fromkeys(ahead))
        self._search.settle([fact])

    def _tree(self, fact: Fact, above: tuple[Fact, ...], *, every: bool) -> Proof:
        self._left -= 1
        if graphs := self._search.graphs(fact):
            return self._leaf(fact, graphs)
        best = self._search.best(fact)
        if fact in above or best is None or self._left < 0:
            return Proof(turtle(fact), sentence(self.store, fact), "cycle" if fact in above else "cut")
        proof = self._node(fact, best, above, every=every)
        if not every:
            return proof
        rest = [d for d in self._search.derived[fact][: OTHERS + 1] if d is not best and d.premises is not None]
        others = tuple(self._node(fact, d, above, every=False) for d in rest[:OTHERS])
        return Proof(
            proof.conclusion,
            proof.text,
            proof.kind,
            proof.rule,
            proof.premises,
            confidence=proof.confidence,
            others=others,
        )

    def _leaf(self, fact: Fact, graphs: Sequence[str]) -> Proof:
        if fact not in self._leaves:
            place = self._places.of(fact, graphs)
            self._leaves[fact] = Proof(
                turtle(fact), sentence(self.store, fact), "stated", None, (),
                place.file, place.line, place.source, place.confidence,
            )  # fmt: skip
        return self._leaves[fact]

    def _node(self, fact: Fact, by: Derivation, above: tuple[Fact, ...], *, every: bool) -> Proof:
        premises = tuple(
            Proof(p.text, p.text, p.kind) if isinstance(p, Note) else self._tree(p, (*above, fact), every=every)
            for p in by.complete(self.store)
        )
        return Proof(
            turtle(fact),
            sentence(self.store, fact),
            "inferred",
            (by.rule.code, by.rule.entry.title),
            premises,
            confidence=weakest(p.confidence for p in premises),
        )
