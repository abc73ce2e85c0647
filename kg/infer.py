"""Rules to a fixpoint: SPARQL CONSTRUCT files into the inferred graph, in the order that kg.strata works out.

A rule that reads nothing of what its own group writes runs once, and so does one that feeds itself in vain
(kg.bounded); the others run again on what is new (kg.firing). What rules write goes to the union and to the inferred
graph, and nowhere else.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import catalogue, grammar, strata
from kg import pattern as p
from kg.bounded import bounded
from kg.errors import MinilatError
from kg.firing import Firing, deltas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.catalogue import Entry
    from kg.store import Store

MAX_ROUNDS: Final = 300
"""After so many rounds a group of rules that works out new terms is taken to do so without end.

A group that only joins what is there has no bound: it has finitely many terms to put together.
"""
MAX_FACTS: Final = 5_000_000
"""How many facts one rule may add."""
MAX_MADE: Final = 200_000
"""How many facts a rule may add that works out terms and reads them again."""
OWN_FACTS: Final = 1_000_000
"""How many facts one rule of a user may add."""
OWN_SECONDS: Final = 60.0
"""How long one rule of a user may take in one round."""


@dataclass(frozen=True)
class Fired:
    """What one rule added."""

    code: str
    title: str
    triples: int


def saturate(store: Store, terms: Mapping[str, str], rules: Sequence[Entry] | None = None) -> list[Fired]:
    """Run RULES (all shipped ones by default) on STORE with the parameters TERMS; returns what each rule added.

    What is inferred is in the union and in the inferred graph then. Raises what :func:`close` raises.
    """
    fired = close(store, terms, rules)
    store.name_inferred()
    return fired


def close(store: Store, terms: Mapping[str, str], rules: Sequence[Entry] | None = None) -> list[Fired]:
    """The same for the union alone: the inferred graph is not written.

    Raises MinilatError E061 when rules go on making terms, make too many facts or take too long (the bounds above),
    E119 when they have no order, and E124 when a property that a rule says it reads of stated facts alone was inferred
    too.
    """
    chosen = tuple(catalogue.rules() if rules is None else rules)
    added = dict.fromkeys((r.code for r in chosen), 0)
    promised: list[tuple[Entry, str, int]] = []
    earlier: list[p.Rule] = []
    firing = Firing(store)
    for group in strata.order(chosen):
        turns = [Turn(r, terms) for r in group]
        again = strata.recursive(group) and not (len(group) == 1 and bounded(turns[0].rule, earlier))
        earlier += [t.rule for t in turns]
        if any(t.asks_where for t in turns):
            firing.name_inferred()
        if again:
            _circle(firing, turns, added)
        else:
            added[group[0].code] = turns[0].fire(firing, str(turns[0].rule.body))
        promised += [(t.entry, t.text, len(store.construct(t.text))) for t in turns if "stated" in t.entry.header]
    for rule, text, count in promised:
        if len(store.construct(text)) != count:
            name = rule.header["stated"]
            raise MinilatError(
                "E124", f"{rule.code} says it reads {name} of stated facts alone, and rules added to them",
                where=str(rule.path), hint="leave out the line '# stated:', so that the order is worked out",
            )  # fmt: skip
    return [Fired(r.code, r.title, added[r.code]) for r in chosen]


class Turn:
    """A rule with the parameters TERMS put in, and what it is allowed."""

    def __init__(self, entry: Entry, terms: Mapping[str, str]) -> None:
        self.entry = entry
        self.text = entry.bind({q.name: terms[q.name] for q in entry.parameters if q.name in terms})
        self.rule = grammar.read_rule(self.text, where=str(entry.path))
        self.makes = bool(strata.computed(self.rule))
        self.asks_where = any(isinstance(i, p.Named) for i in self.rule.body.walk())
        self.ours = entry.path in {r.path for r in catalogue.rules()}

    def fire(self, firing: Firing, body: str, *, again: bool = False) -> int:
        """How many facts the rule adds with BODY; those of a group that runs AGAIN are kept apart."""
        most = MAX_MADE if again and self.makes else MAX_FACTS if self.ours else OWN_FACTS
        try:
            return firing.fire(self.rule, body, limit=most, seconds=None if self.ours else OWN_SECONDS, apart=again)
        except MinilatError as error:
            if error.code != "E061":
                raise
            hint = "join its parts, or ask for less"
            message = f"{self.entry.code} {error.message}"
            raise MinilatError("E061", message, where=str(self.entry.path), hint=hint) from None


def _circle(firing: Firing, turns: Sequence[Turn], added: dict[str, int]) -> None:
    """Fire rules that feed each other until nothing is new; ADDED is told by code."""
    written = {t.predicate for turn in turns for t in turn.rule.head}
    where = any(t.asks_where for t in turns)
    makers = [t.entry for t in turns if t.makes]
    bodies = {t.entry.code: [str(t.rule.body)] for t in turns}
    for _ in itertools.count() if not makers else range(MAX_ROUNDS):
        new = 0
        for turn in turns:
            code = turn.entry.code
            fresh = sum(turn.fire(firing, body, again=True) for body in bodies[code])
            added[code] += fresh
            new += fresh
            if turn.makes and added[code] > MAX_MADE:
                raise _endless(makers)
        firing.next_round()
        if not new:
            return
        if where:  # nothing may stand in a graph that is no file's
            firing.next_round()
            firing.name_inferred()
        else:
            bodies = {t.entry.code: deltas(t.rule.body, written) or [str(t.rule.body)] for t in turns}
    raise _endless(makers)


def _endless(makers: Sequence[Entry]) -> MinilatError:
    """That MAKERS, who work out terms, are fed with what they make."""
    names = ", ".join(r.code for r in makers)
    verb = "keeps" if len(makers) == 1 else "keep"
    return MinilatError(
        "E061", f"no end in sight: {names} {verb} making new terms", where=str(makers[0].path),
        hint="a rule that makes a term out of a term it made itself never ends",
    )  # fmt: skip
