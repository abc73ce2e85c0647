"""The statements whose falsity would change a verdict: each is withdrawn alone, and all is judged again.

Looked at are the statements on which the leading options rest, that is the leaves of the smallest proof of all that is
cited under any of their criteria, and the suspensions and exclusions that speak of these options. A fact falls with a
statement only where every proof of it needs that statement, so the leaves of the smallest one are enough. What stands
in the way of something, and is not cited, can only be a suspension or an exclusion: all else that rules deny of an
option is cited against it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kg import catalogue, reason, weak
from kg.fit import assess
from kg.increment import Upkeep
from kg.names import curie
from kg.prove import Prover
from kg.store import iri_term, literal_term
from kg.whatif.diff import judgement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from kg.catalogue import Entry
    from kg.proof import Proof
    from kg.records import FitAnswer, Option
    from kg.store import Store
    from kg.whatif.diff import Rejudged

LEADING: Final = 5
"""How many of the leading options are looked into."""


@dataclass(frozen=True)
class Decisive:
    """A statement, and what is judged otherwise without it: options by verdict or gaps, and the first place.

    ``proofs`` are the reasons of the leading options cut down to what leads to the statement; there are none where it
    stood in the way of something.
    """

    statement: str
    confidence: str
    source: tuple[str, ...]
    first: tuple[tuple[str, ...], tuple[str, ...]]
    options: tuple[Rejudged, ...]
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class Tested:
    """All that was withdrawn, one at a time, and what of it is decisive, the heaviest first."""

    looked_at: tuple[str, ...]
    decisive: tuple[Decisive, ...]


def leading(answer: FitAnswer) -> list[Option]:
    """The options an answer recommends: those of the best verdict that nothing dominates."""
    placed = [o for o in answer.options if o.rank is not None]
    return [o for o in placed if o.front and o.verdict == placed[0].verdict][:LEADING]


def find(
    store: Store,
    as_of: date,
    answer: FitAnswer,
    *,
    least: str | None = "high",
    own: Sequence[Entry] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Tested:
    """Which statements under the leading options of ANSWER are decisive.

    STORE is the graph ANSWER was found in, made by the shipped rules and OWN.
    Looked at are statements of less confidence than LEAST; all of them where it is None. PROGRESS is told how many of
    how many are done. Raises MinilatError E024 for a confidence that is none.
    """
    chosen = leading(answer)
    rules = (*catalogue.rules(), *own)
    prover = Prover(store, as_of, rules=rules)
    trees = [reason.judged(prover, as_of, o.thing.iri, answer.challenge.iri, prefer=answer.prefer) for o in chosen]
    levels = weak.LEVELS if least is None else weak.below(least)
    known = {name: level for name, level in _candidates(store, chosen, trees) if level in levels}
    found = []
    upkeep = Upkeep(working := store.copy(), rules, {"asOf": literal_term(as_of.isoformat(), "date")})
    for done, (name, level) in enumerate(sorted(known.items())):
        if progress is not None:
            progress(done, len(known))
        about = {f: g for f in working.match(weak.named(name), None, None) if (g := working.stated_in(f))}
        upkeep.change(drop=about, graph="")
        after = assess(
            working, answer.challenge.iri, as_of=as_of,
            prefer=answer.prefer, method=answer.method, weights=answer.weights or None,
        )  # fmt: skip
        for graph in sorted({g for graphs in about.values() for g in graphs}):
            upkeep.change(add=[f for f, graphs in about.items() if graph in graphs], graph=graph)
        one = _changed(answer, after)
        if one is not None:
            proofs = tuple(p for t in trees if (p := _leading_to(t, name)) is not None)
            source = next((p.source for t in proofs for p in t.walk() if _about(p) == name), ())
            found.append(Decisive(name, level, source or _sources(store, name), one[0], one[1], proofs))
    return Tested(tuple(sorted(known)), tuple(sorted(found, key=_weight)))


def _weight(found: Decisive) -> tuple[bool, int, int, str]:
    return (
        found.first[0] == found.first[1],
        -len(found.options),
        weak.LEVELS.index(found.confidence),
        found.statement,
    )


def _candidates(store: Store, chosen: Sequence[Option], trees: Sequence[Proof]) -> Iterator[tuple[str, str]]:
    for tree in trees:
        for node in tree.walk():
            if node.kind == "stated" and node.confidence:
                yield _about(node), node.confidence
    names = " ".join(iri_term(o.thing.iri) for o in chosen)
    about = f"""SELECT DISTINCT ?s ?c WHERE {{ VALUES ?o {{ {names} }} ?s mlo:arrangement ?o ; mlo:confidence ?c .
      FILTER(EXISTS {{ ?s mlo:role role:suspended-member }} || EXISTS {{ ?s a mlo:MandateExclusion }}) }}"""
    for row in store.rows(about):
        yield curie(str(row["s"])), curie(str(row["c"])).removeprefix("code:")


def _about(node: Proof) -> str:
    """The subject of a node that is a triple."""
    return node.conclusion.split(" ", 1)[0].strip("<>")


def _sources(store: Store, name: str) -> tuple[str, ...]:
    rows = store.rows(f"SELECT ?t WHERE {{ {weak.named(name)} mlo:source/dcterms:title ?t }} ORDER BY ?t")
    return tuple(str(r["t"]) for r in rows)


def _changed(
    before: FitAnswer, after: FitAnswer
) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], tuple[Rejudged, ...]] | None:
    """The first places before and after, and the options of another verdict or with other gaps; None for no change."""
    found = judgement(before, after)
    if found is None:
        return None
    options = tuple(o for o in found.options if o.verdict[0] != o.verdict[1] or o.gaps[0] != o.gaps[1])
    return (found.first, options) if options or found.first[0] != found.first[1] else None


def _leading_to(proof: Proof, name: str) -> Proof | None:
    """PROOF with only those branches that lead down to the statement NAME; None where none does."""
    if proof.kind == "stated":
        return proof if _about(proof) == name else None
    below = tuple(p for q in proof.premises if (p := _leading_to(q, name)) is not None)
    return replace(proof, premises=below) if below else None
