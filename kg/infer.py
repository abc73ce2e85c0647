"""Rules to a fixpoint: SPARQL CONSTRUCT files into the inferred graph, in the order that kg.strata works out.

A rule that reads nothing of what its own group writes runs once; the others run again only while something they read is
new. What rules write goes to the inferred graph and nowhere else.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import catalogue, grammar, strata
from kg.errors import MinilatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.catalogue import Entry
    from kg.pattern import Rule
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

    Raises MinilatError E061 when rules go on making terms, make too many facts or take too long (the bounds above),
    E119 when they have no order, and E124 when a property that a rule says it reads of stated facts alone was inferred
    too.
    """
    chosen = tuple(catalogue.rules() if rules is None else rules)
    shipped = {r.path for r in catalogue.rules()}
    added = dict.fromkeys((r.code for r in chosen), 0)
    promised: list[tuple[Entry, str, int]] = []
    for group in strata.order(chosen):
        again = strata.recursive(group)
        makers = [r for r in group if strata.computed(grammar.read_rule(r.text, where=str(r.path)))] if again else []
        for _ in itertools.count() if not makers else range(MAX_ROUNDS):
            new = 0
            for rule in group:
                text = rule.bind({p.name: terms[p.name] for p in rule.parameters if p.name in terms})
                most = MAX_MADE if rule in makers else MAX_FACTS if rule.path in shipped else OWN_FACTS
                fresh = _fire(store, rule, text, most, None if rule.path in shipped else OWN_SECONDS)
                added[rule.code] += fresh
                new += fresh
                if added[rule.code] > most:
                    raise _endless(makers) if rule in makers else _many(rule, most)
                if "stated" in rule.header:
                    promised.append((rule, text, len(store.construct(text))))
            if not new or not again:
                break
        else:
            raise _endless(makers)
    for rule, text, count in promised:
        if len(store.construct(text)) != count:
            name = rule.header["stated"]
            raise MinilatError(
                "E124", f"{rule.code} says it reads {name} of stated facts alone, and rules added to them",
                where=str(rule.path), hint="leave out the line '# stated:', so that the order is worked out",
            )  # fmt: skip
    return [Fired(r.code, r.title, added[r.code]) for r in chosen]


def _fire(store: Store, rule: Entry, text: str, most: int, seconds: float | None) -> int:
    """How many facts RULE adds, at most MOST, within SECONDS."""
    try:
        found = grammar.read_rule(text, where=str(rule.path))
        if len(found.head) == 1:
            return store.infer_new(_new(found, most), limit=most, seconds=seconds)
        return store.infer(text, limit=most, seconds=seconds)
    except MinilatError as error:
        if error.code != "E061":
            raise
        raise MinilatError("E061", f"{rule.code} {error.message}", where=str(rule.path), hint=_LESS) from None


def _new(rule: Rule, most: int) -> str:
    """RULE, whose head is one triple, so that it gives what is not stated yet, each once, and little more than MOST."""
    [head] = rule.head
    names = " ".join(sorted(head.variables)) or "(1 AS ?__one)"  # the name is no variable of a rule
    inside = f"SELECT DISTINCT {names} WHERE {{ {rule.body} FILTER NOT EXISTS {{ {head} }} }} LIMIT {most + 1}"
    return f"CONSTRUCT {{ {head} }} WHERE {{ {inside} }}"


_LESS: Final = "join its parts, or ask for less"


def _many(rule: Entry, most: int) -> MinilatError:
    return MinilatError("E061", f"{rule.code} makes more than {most} facts", where=str(rule.path), hint=_LESS)


def _endless(makers: Sequence[Entry]) -> MinilatError:
    """That MAKERS, who work out terms, are fed with what they make."""
    names = ", ".join(r.code for r in makers)
    verb = "keeps" if len(makers) == 1 else "keep"
    return MinilatError(
        "E061", f"no end in sight: {names} {verb} making new terms", where=str(makers[0].path),
        hint="a rule that makes a term out of a term it made itself never ends",
    )  # fmt: skip
