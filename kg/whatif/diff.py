"""What a scenario changes: roles, members, classes, sizes, verdicts and ranks, each with the rule that says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import catalogue, grammar, pattern
from kg.fit import assess
from kg.names import INFERRED, curie, iri, slug
from kg.prove import Prover
from kg.prove.derive import unify
from kg.prove.words import code, shown, turtle
from kg.store import iri_term, term

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from kg.catalogue import Entry
    from kg.records import CriterionValue, FitAnswer, Option
    from kg.store import Fact, Store
    from kg.whatif import Applied

MEMBERS: Final = ("mlo:coreParticipantOf", "mlo:memberOf", "mlo:beneficiaryOf")
CLASSES: Final = (
    "mlo:FlexibleFormat", "mlo:MinilateralFormat", "mlo:EuFormat", "mlo:AdHocOperation", "mlo:OpenFormat",
    "mlo:WholeAllianceFormat",
)  # fmt: skip
COUNTS: Final = ("mlo:coreCount", "mlo:natoLevel", "mlo:euLevel", "mlo:nature")


@dataclass(frozen=True)
class Shift:
    """One fact gained or lost: in words, the rule behind it, and what it rests on that the other graph lacks."""

    gained: bool
    subject: str
    what: str
    object: str
    rule: str
    because: tuple[str, ...]


@dataclass(frozen=True)
class Rejudged:
    """An option of one challenge before and after: verdict, rank, gaps and the criteria whose value changed."""

    id: str
    label: str
    verdict: tuple[str, str]
    rank: tuple[int | None, int | None]
    gaps: tuple[tuple[str, ...], tuple[str, ...]]
    criteria: tuple[tuple[str, str, str, str], ...]
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Judgement:
    """A challenge whose answer changes: the first place before and after, and every option that is judged anew."""

    id: str
    label: str
    first: tuple[tuple[str, ...], tuple[str, ...]]
    options: tuple[Rejudged, ...]


@dataclass(frozen=True)
class Difference:
    """All that a scenario changes on one day.

    ``own`` is what rules of the user say; ``facts`` counts further inferred facts gained and lost by property.
    """

    title: str
    as_of: str
    added: tuple[str, ...]
    retracted: tuple[str, ...]
    roles: tuple[Shift, ...]
    members: tuple[Shift, ...]
    classes: tuple[Shift, ...]
    sizes: tuple[Shift, ...]
    own: tuple[Shift, ...]
    facts: tuple[tuple[str, int, int], ...]
    judged: int
    challenges: tuple[Judgement, ...]


def difference(
    before: Store,
    after: Applied,
    as_of: date,
    challenges: Sequence[str],
    *,
    own: Sequence[Entry] = (),
    progress: Callable[[str], None] | None = None,
) -> Difference:
    """What the scenario changes against the graph BEFORE, and in the answers to CHALLENGES (IRIs).

    OWN are the rules beside the shipped ones that both graphs were made by.
    """
    tell = progress or (lambda _: None)
    old, new = (_inferred(s) for s in (before, after.store))
    gained, lost = new - old, old - new
    rules = (*catalogue.rules(), *own)
    provers = (Prover(before, as_of, rules=rules), Prover(after.store, as_of, rules=rules))
    heads = [h for e in own for h in grammar.read_rule(e.text, where=str(e.path)).head]
    codes = {e.code for e in own}
    kept: dict[str, list[tuple[bool, Fact]]] = {"roles": [], "members": [], "classes": [], "sizes": [], "own": []}
    rest: Counter[tuple[str, bool]] = Counter()
    for up, facts in ((True, gained), (False, lost)):
        for fact in facts:
            kind = _kind(fact, after.store if up else before)
            if not kind and any(unify(h, fact) is not None for h in heads):
                prover = provers[up]
                prover.proofs([fact])
                kind = "own" if prover.cause(fact, before if up else after.store)[0] in codes else ""
            if kind:
                kept[kind].append((up, fact))
            else:
                rest[curie(str(fact[1])[1:-1]), up] += 1
    names = sorted({n for n, _ in rest})
    shifts = {k: _shifts(v, provers, before, after.store) for k, v in kept.items()}
    judged = []
    for challenge in challenges:
        tell(slug(challenge))
        answers = [assess(s, challenge, as_of=as_of) for s in (before, after.store)]
        if found := judgement(*answers):
            judged.append(found)
    return Difference(
        after.scenario.title,
        as_of.isoformat(),
        after.added,
        after.retracted,
        shifts["roles"],
        shifts["members"],
        shifts["classes"],
        shifts["sizes"],
        shifts["own"],
        tuple((n, rest[n, True], rest[n, False]) for n in names),
        len(challenges),
        tuple(judged),
    )


def _inferred(store: Store) -> set[Fact]:
    rows = store.solutions(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }}")
    return {(r["s"], r["p"], r["o"]) for r in rows}


def _named(*names: str) -> frozenset[str]:
    return frozenset(iri_term(iri(n)) for n in names)


_MEMBERS: Final = _named(*MEMBERS)
_CLASSES: Final = _named(*CLASSES)
_COUNTS: Final = _named(*COUNTS)
_FORCE: Final = iri_term(iri("mlo:inForceOn"))
_ROLE: Final = iri_term(iri("mlo:role"))


def _kind(fact: Fact, store: Store) -> str:
    name = str(fact[1])
    if name in _MEMBERS:
        return "members"
    if name in _COUNTS:
        return "sizes"
    if str(fact[2]) in _CLASSES:
        return "classes"
    if name == _FORCE and store.match(fact[0], term(_ROLE), None):
        return "roles"
    return ""


def _shifts(
    changed: Sequence[tuple[bool, Fact]], provers: tuple[Prover, Prover], before: Store, after: Store
) -> tuple[Shift, ...]:
    found = []
    for up in (True, False):
        prover, store, other = (provers[1], after, before) if up else (provers[0], before, after)
        facts = sorted((f for u, f in changed if u is up), key=turtle)
        prover.proofs(facts)
        for fact in facts:
            subject, what, object_ = (shown(store, t) for t in fact)
            if str(fact[1]) == _FORCE:
                subject, what, object_ = _role(store, fact)
            elif str(fact[1]) == pattern.TYPE:
                what = "is a"
            rule, because = prover.cause(fact, other)
            found.append(Shift(up, subject, what, object_, rule, because))
    return tuple(sorted(found, key=lambda s: (s.object, s.subject, s.what, not s.gained)))


def _role(store: Store, fact: Fact) -> tuple[str, str, str]:
    """Who, in which role, where: of a participation that begins or ceases to be in force."""
    parts = []
    for name in ("mlo:participant", "mlo:role", "mlo:arrangement"):
        values = store.match(fact[0], term(iri_term(iri(name))), None)
        parts.append(shown(store, values[0][2]) if values else code(fact[0]))
    return parts[0], parts[1], parts[2]


def judgement(before: FitAnswer, after: FitAnswer) -> Judgement | None:
    """What differs between two answers to one challenge; None where nothing does."""
    old, new = ({o.id: o for o in a.options} for a in (before, after))
    changed = []
    for name in dict.fromkeys([*new, *old]):
        was, now = old.get(name), new.get(name)
        one = _rejudged(was, now)
        if one is not None:
            changed.append(one)
    if not changed:
        return None
    first = tuple(tuple(o.id for o in a.options if o.rank == 1) for a in (before, after))
    order = sorted(changed, key=lambda c: (c.verdict[0] == c.verdict[1], c.rank[1] or 10**6, c.rank[0] or 10**6, c.id))
    return Judgement(before.challenge.id, before.challenge.label, (first[0], first[1]), tuple(order))


def _value(found: CriterionValue | None) -> str:
    if found is None or found.value is None:
        return "–"
    return f"{found.value:.3g}" if isinstance(found.value, float) else str(found.value)


def _rejudged(was: Option | None, now: Option | None) -> Rejudged | None:
    some = now or was
    assert some is not None
    verdict = (was.verdict if was else "absent", now.verdict if now else "absent")
    rank = (was.rank if was else None, now.rank if now else None)
    gaps = (was.gaps if was else (), now.gaps if now else ())
    criteria = []
    codes = {*(was.criteria if was else ()), *(now.criteria if now else ())}
    for name in sorted(codes):
        values = [o.criteria[name] if o and name in o.criteria else None for o in (was, now)]
        texts = [_value(v) for v in values]
        if texts[0] != texts[1]:
            criteria.append((name, texts[0], texts[1], values[1].note if values[1] else ""))
    if verdict[0] == verdict[1] and rank[0] == rank[1] and gaps[0] == gaps[1] and not criteria:
        return None
    reasons: tuple[tuple[str, str], ...] = ()
    if now is not None and verdict[0] != verdict[1]:
        reasons = tuple((r.code, r.text) for r in now.reasons)
    return Rejudged(some.id, some.label, verdict, rank, gaps, tuple(criteria), reasons)
