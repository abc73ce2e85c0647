"""Rules to a fixpoint: SPARQL CONSTRUCT files, stratum by stratum, into the inferred graph.

Inside a stratum a rule runs again only when a term it reads was written since it last ran, so a stratum without
recursion costs one pass. A rule that negates or counts stands in a later stratum than those that write what it reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import catalogue
from kg.errors import MinilatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.catalogue import Entry
    from kg.store import Store

MAX_ROUNDS: Final = 50
_TERM: Final = re.compile(r"\b(?:mlo|skos|rdfs|rdf|code):[\w-]+")
_COMMENT: Final = re.compile(r"(?m)(?:^|(?<=\s))#.*$")
_WHERE: Final = re.compile(r"\bWHERE\b", re.IGNORECASE)


@dataclass(frozen=True)
class Fired:
    """What one rule added."""

    code: str
    title: str
    triples: int


def _head_and_body(rule: Entry) -> tuple[frozenset[str], frozenset[str]]:
    parts = _WHERE.split(_COMMENT.sub("", rule.text), maxsplit=1)
    if len(parts) != 2:
        raise MinilatError("E060", "a rule needs CONSTRUCT { … } WHERE { … }", where=str(rule.path))
    return frozenset(_TERM.findall(parts[0])), frozenset(_TERM.findall(parts[1]))


def saturate(store: Store, terms: Mapping[str, str], rules: Sequence[Entry] | None = None) -> list[Fired]:
    """Run RULES (all shipped ones by default) on STORE with the parameters TERMS; returns what each rule added.

    Raises MinilatError E061 when a stratum does not come to rest within ``MAX_ROUNDS`` rounds.
    """
    chosen = list(catalogue.rules() if rules is None else rules)
    added = dict.fromkeys((r.code for r in chosen), 0)
    for stratum in sorted({int(r.header.get("stratum", "1")) for r in chosen}):
        members = [r for r in chosen if int(r.header.get("stratum", "1")) == stratum]
        reads = {r.code: _head_and_body(r) for r in members}
        waiting = {r.code for r in members}
        for _ in range(MAX_ROUNDS):
            if not waiting:
                break
            for rule in members:
                if rule.code not in waiting:
                    continue
                waiting.discard(rule.code)
                wanted = {p.name: terms[p.name] for p in rule.parameters if p.name in terms}
                new = store.infer(rule.bind(wanted))
                added[rule.code] += new
                if new:
                    written = reads[rule.code][0]
                    waiting |= {code for code, (_, body) in reads.items() if body & written}
        if waiting:
            raise MinilatError("E061", f"stratum {stratum} did not come to rest: {', '.join(sorted(waiting))}")
    return [Fired(r.code, r.title, added[r.code]) for r in chosen]
