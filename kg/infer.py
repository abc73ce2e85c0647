"""Rules to a fixpoint: SPARQL CONSTRUCT files into the inferred graph, in the order that kg.strata works out.

A rule that reads nothing of what its own group writes runs once; the others run again only while something they read is
new. What rules write goes to the inferred graph and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import catalogue, strata
from kg.errors import MinilatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.catalogue import Entry
    from kg.store import Store

MAX_ROUNDS: Final = 50
"""After so many rounds a group of rules is taken to make new terms without end."""
MAX_FACTS: Final = 5_000_000
"""How many facts one rule may add."""


@dataclass(frozen=True)
class Fired:
    """What one rule added."""

    code: str
    title: str
    triples: int


def saturate(store: Store, terms: Mapping[str, str], rules: Sequence[Entry] | None = None) -> list[Fired]:
    """Run RULES (all shipped ones by default) on STORE with the parameters TERMS; returns what each rule added.

    Raises MinilatError E061 when rules do not come to rest within ``MAX_ROUNDS`` rounds or ``MAX_FACTS`` facts, E119
    when they have no order, and E124 when a property that a rule says it reads of stated facts alone was inferred too.
    """
    chosen = tuple(catalogue.rules() if rules is None else rules)
    added = dict.fromkeys((r.code for r in chosen), 0)
    promised: list[tuple[Entry, str, int]] = []
    for group in strata.order(chosen):
        again = strata.recursive(group)
        for _ in range(MAX_ROUNDS):
            new = 0
            for rule in group:
                text = rule.bind({p.name: terms[p.name] for p in rule.parameters if p.name in terms})
                fresh = store.infer(text, limit=MAX_FACTS, where=str(rule.path))
                added[rule.code] += fresh
                new += fresh
                if added[rule.code] > MAX_FACTS:
                    raise _endless(rule, f"more than {MAX_FACTS} facts")
                if "stated" in rule.header:
                    promised.append((rule, text, len(store.construct(text))))
            if not new or not again:
                break
        else:
            names = ", ".join(r.code for r in group)
            raise MinilatError(
                "E061", f"no end after {MAX_ROUNDS} rounds: {names} keep making new terms", where=str(group[0].path),
                hint="a rule that makes a term out of a term it made itself never ends",
            )  # fmt: skip
    for rule, text, count in promised:
        if len(store.construct(text)) != count:
            name = rule.header["stated"]
            raise MinilatError(
                "E124", f"{rule.code} says it reads {name} of stated facts alone, and rules added to them",
                where=str(rule.path), hint="leave out the line '# stated:', so that the order is worked out",
            )  # fmt: skip
    return [Fired(r.code, r.title, added[r.code]) for r in chosen]


def _endless(rule: Entry, many: str) -> MinilatError:
    return MinilatError(
        "E061", f"{rule.code} makes {many}", where=str(rule.path), hint="join its parts, or ask for less"
    )
