"""Whom a name may mean, given what else is known of it: the candidates of the API, with score, reason and features.

Names and codes are compared by the rules of ``minilat link suggest``. What contradicts a candidate – a property that it
has not, a name that is that of others – leaves it half a score, as dates that do not meet do there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kg.match.index import MARGIN, Candidate, accepted
from kg.match.suggest import CONFLICT
from kg.serve import properties
from kg.serve.known import CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kg.serve.asked import Query, Value
    from kg.serve.known import Entity, Known
    from kg.serve.properties import Property

FITS: Final = 0.5
"""The score of what has all the properties asked for, where no name or code was given."""

_Said = list[tuple["Property", tuple["Value", ...]]]


@dataclass(frozen=True)
class _Judged:
    """A candidate, what each property says of it, and whether it has a type that was asked for (None: none was)."""

    candidate: Candidate
    evidence: float
    truths: Mapping[str, bool | None]
    fits: bool | None

    @property
    def contradicted(self) -> bool:
        """Whether something speaks against it."""
        return self.fits is False or self.candidate.score <= CONFLICT


def batch(known: Known, queries: Mapping[str, Query], go_on: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """The result batch for QUERIES, each answered by itself. Raises MinilatError E216 (an unknown type or property).

    GO_ON is called before each query, and may raise what ends the work.
    """
    found = {}
    for key, query in queries.items():
        go_on()
        found[key] = {"result": candidates(known, query, f"queries.{key}")}
    return found


def candidates(known: Known, query: Query, where: str = "query") -> list[dict[str, Any]]:
    """The candidates for QUERY as the API writes them, best first. Raises MinilatError E216; WHERE names the query."""
    kinds = [properties.typed(known, t, f"{where}.type") for t in query.types]
    given = [(properties.known(pid, f"{where}.properties"), values) for pid, values in query.properties if values]
    said = [(p, properties.meant(known, p, values)) for p, values in given]
    among = None
    if kinds and query.strict != "should":
        each = [known.among([k]) for k in kinds]
        among = frozenset.intersection(*each) if query.strict == "all" else frozenset.union(*each)
    judged = [_judge(known, c, said, kinds) for c in _found(known, query.name, said, among)]
    judged.sort(key=lambda j: (-j.candidate.score, j.candidate.record.id))
    match = _match(known, judged)
    return [_written(known, j, j is match) for j in judged[: query.limit]]


def _found(known: Known, name: str, said: _Said, among: frozenset[str] | None) -> list[Candidate]:
    """Everything that the name or a code finds; without either, what has all the properties SAID."""
    named = known.index.find(name, [f"id:{name}"], limit=None, among=among) if name else []
    given = [(p, v) for p, values in said if p.form == "code" for v in values]
    codes = [f"{p.id if p.id in CODES else 'id'}:{properties.coded(p, v)}" for p, v in given]
    coded = known.index.find("", codes, limit=None, among=among)
    if not named and not coded and not name:
        own = (e for e in known.entities.values() if among is None or e.record.id in among)
        fitting = (e for e in own if all(properties.holds(known, e, p, vs) for p, vs in said))
        return [Candidate(e.record, FITS, "has all that is said of it") for e in fitting]
    both = {c.record.id: c for c in named}
    for c in coded:
        before = both.get(c.record.id)
        if before is not None:
            both[c.record.id] = replace(c, reason=f"{c.reason}; {before.reason}")
        elif named:
            both[c.record.id] = replace(c, score=CONFLICT, reason=f"{c.reason}; but the name is that of others")
        else:
            both[c.record.id] = c
    return list(both.values())


def _judge(known: Known, candidate: Candidate, said: _Said, kinds: Sequence[str]) -> _Judged:
    entity = known.of(candidate.record)
    truths: dict[str, bool | None] = {}
    for p, values in said:
        truth = properties.holds(known, entity, p, values)
        truths[p.id] = truth if p.id not in truths or truths[p.id] is not False else False
    fits = bool(set(kinds) & set(entity.types)) if kinds else None
    wrong = [f"{pid} differs" for pid, truth in truths.items() if truth is False]
    wrong += [] if fits is not False else ["it is of another type"]
    judged = candidate
    if wrong:
        score = min(candidate.score, CONFLICT)
        judged = replace(candidate, score=score, reason=f"{candidate.reason}; but {', '.join(wrong)}")
    return _Judged(judged, candidate.score, truths, fits)


def _match(known: Known, judged: Sequence[_Judged]) -> _Judged | None:
    """The one that the rules accept: nothing contradicts it, it lies clear of the next, and nothing of another kind –
    an organisation beside the arrangement it acts for – comes near."""
    if accepted([j.candidate for j in judged]) is None or judged[0].contradicted:
        return None
    first, *others = judged
    for other in others:
        near = first.candidate.score - other.candidate.score < MARGIN
        if near and _root(known, first) != _root(known, other):
            return None
    return first


def _root(known: Known, judged: _Judged) -> str:
    return known.of(judged.candidate.record).types[-1]


def _written(known: Known, judged: _Judged, match: bool) -> dict[str, Any]:
    entity = known.of(judged.candidate.record)
    features: list[dict[str, Any]] = [{"id": "name_or_code", "value": judged.evidence}]
    features += [] if judged.fits is None else [{"id": "type", "value": judged.fits}]
    features += [{"id": f"property:{pid}", "value": t} for pid, t in judged.truths.items() if t is not None]
    return {
        "id": entity.id,
        "name": entity.name,
        "description": f"{described(known, entity)}; {judged.candidate.reason}",
        "type": [{"id": t, "name": known.types[t].name} for t in entity.types],
        "score": judged.candidate.score,
        "features": features,
        "match": match,
    }


def described(known: Known, entity: Entity) -> str:
    """ENTITY in a few words: what it is, its code, and since or from when to when it was."""
    facts = entity.facts
    code = next((facts[p][0] for p in ("iso3", "notation") if p in facts), "")
    parts = [known.types[entity.types[0]].name, *([code] if code else [])]
    begin, end = ("/".join(facts.get(p, ())) for p in ("begin", "end"))
    if end:
        parts.append(f"from {begin or '?'} to {end}")
    elif begin:
        parts.append(f"since {begin}")
    return ", ".join(parts)
