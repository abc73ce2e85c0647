"""What lies beyond the options that exist: the smallest new groupings, and what would make one that nearly fits do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.compose import compose
from kg.fit.sets import complementary
from kg.records import Extension
from kg.store import iri_term

if TYPE_CHECKING:
    from kg.records import FitAnswer, Option
    from kg.store import Store

SECONDS: Final = 5.0
"""How long an answer about what exists may also look for each thing that does not."""


def beyond(store: Store, judged: FitAnswer, most: int) -> FitAnswer:
    """JUDGED with the smallest new groupings and extensions, at most MOST of each, where no option covers every must.

    Extended are the first options in the order of the answer that cover a part of the musts.
    """
    if most < 1 or any(o.verdict == "full" for o in judged.options):
        return judged
    prefer = judged.prefer if judged.prefer in ("nato", "eu") else "none"
    found = compose(store, judged.challenge.iri, prefer=prefer, seconds=SECONDS)
    partial = [o for o in judged.options if o.verdict == "partial"][:most]
    extended = tuple(_extended(store, judged, o) for o in partial)
    return replace(judged, proposals=found.proposals[:most], extensions=extended)


def _extended(store: Store, judged: FitAnswer, option: Option) -> Extension:
    """The smallest extension of OPTION, by states or a task, and by other options beside it."""
    found = compose(store, judged.challenge.iri, extend=option.thing.iri, limit=1, seconds=SECONDS)
    sets, _ = complementary(judged.options, option)
    tools = tuple(i for i in sets[0].members if i != option.id) if sets else ()
    beside = sets[0].conditions if sets else ()
    if not found.proposals:
        why = tuple(f"no extension by states: {r}" for r in found.relax)
        return Extension(option.id, option.label, (), None, tools, () if tools else option.gaps, beside + why, True)
    best = found.proposals[0]
    joins = tuple(m for m in best.members if m not in found.kept)
    task = tuple(g for g in option.gaps if g not in found.gaps)
    conditions = best.conditions if joins else ()
    if joins and not store.ask(f"ASK {{ {iri_term(option.thing.iri)} mlo:listComplete true }}"):
        conditions += ("the list of its participants is not complete: who would have to join may be in already",)
    return Extension(
        option.id, option.label, task, joins, tools, () if tools else found.gaps, conditions + beside, found.proven
    )
