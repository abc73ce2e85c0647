"""A composition as data: who could bring what, who must be in, who cannot sit together, and under which anchor."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kg import catalogue
from kg.store import iri_term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.store import Row, Store


@dataclass(frozen=True)
class Need:
    """A capability to be covered by at least ``providers`` members at ``level`` or above.

    ``given`` says that the challenge itself names the number; else it is the convention of two for every must that is
    not a best shot, lowered to what the candidates can give.
    """

    capability: str
    level: int
    providers: int
    given: bool
    aggregation: str


@dataclass(frozen=True)
class Anchor:
    """A framework for a new grouping: who can join, who may lead, and the level of its link."""

    id: str
    name: str
    level: int
    body: str
    enabler: str
    consensus: bool
    joiners: frozenset[str]
    leaders: frozenset[str]


@dataclass(frozen=True)
class Problem:
    """Candidates by ISO code; offers maps a capability to its providers; the rest are conditions on sets of them.

    What is known of states that are no candidates is kept too: a user may include them.

    ``bound`` names the legal constraints of a state. Where an arrangement is to be extended, ``kept`` are its
    participants and ``outside`` the affected states not in it.
    """

    candidates: tuple[str, ...]
    needs: tuple[Need, ...]
    offers: Mapping[str, frozenset[str]]
    required: frozenset[str]
    conflicts: frozenset[frozenset[str]]
    leads: frozenset[str]
    near: frozenset[str]
    partners: frozenset[str]
    interest: Mapping[str, int]
    ties: Mapping[frozenset[str], int]
    anchors: tuple[Anchor, ...]
    geography: bool = True
    want_partner: bool = False
    largest: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    bound: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()


def _rows(store: Store, code: str, challenge: str) -> list[Row]:
    entry = catalogue.question(code)
    assert entry is not None
    terms = {"challenge": iri_term(challenge)}
    return list(store.rows(entry.bind({p.name: terms[p.name] for p in entry.parameters if p.name in terms})))


def read(store: Store, challenge: str) -> Problem:
    """The composition for the challenge with the IRI CHALLENGE; every state with a part in it is a candidate."""
    people = {str(r["state"]): r for r in _rows(store, "Q011", challenge)}
    iso = {state: str(r["iso3"]) for state, r in people.items()}
    offers: dict[tuple[str, int], set[str]] = {}
    roles: dict[tuple[str, str], list[str]] = {}
    for r in _rows(store, "Q010", challenge):
        if (code := iso.get(str(r["state"]))) is not None:
            offers.setdefault((str(r["capability"]), int(str(r["level"]))), set()).add(code)
            roles.setdefault((code, str(r["capability"])), []).append(str(r["role"]))
    needs, providers = [], {}
    for row in _requirements(store, challenge):
        capability, level = str(row["capability"]), int(str(row["level"]))
        able = frozenset(
            s for (c, found), states in offers.items() if c == capability and found >= level for s in states
        )
        kind = str(row["aggregation"] or "").rpartition("/")[2]
        stated = row["k"]
        count = int(str(stated)) if stated is not None else 1 if kind == "best-shot" else min(2, max(1, len(able)))
        needs.append(Need(capability, level, count, stated is not None, kind))
        providers[capability] = able
    required = frozenset(iso[s] for s, r in people.items() if r["affected"])
    involved = required.union(*providers.values()) if providers else required
    leads = frozenset(iso[s] for s, r in people.items() if r["lead"])
    candidates = tuple(sorted(involved))
    pairs = {frozenset((iso.get(str(r["a"]), ""), iso.get(str(r["b"]), ""))) for r in _rows(store, "Q012", challenge)}
    ties = {
        frozenset((iso[str(r["a"])], iso[str(r["b"])])): int(str(r["ties"]))
        for r in _rows(store, "Q014", challenge)
        if str(r["a"]) in iso and str(r["b"]) in iso
    }
    bound: dict[str, tuple[str, ...]] = {}
    for r in _rows(store, "Q015", challenge):
        if (code := iso.get(str(r["state"]))) is not None:
            bound[code] = (*bound.get(code, ()), str(r["label"]))
    return Problem(
        candidates,
        tuple(needs),
        providers,
        required,
        frozenset(p for p in pairs if len(p) == 2 and "" not in p),
        leads,
        frozenset(iso[s] for s, r in people.items() if r["near"] or r["affected"]),
        frozenset(iso[s] for s, r in people.items() if r["partner"]),
        {iso[s]: int(str(r["interest"])) for s, r in people.items()},
        ties,
        _anchors(store, challenge, iso),
        geography=any(r["near"] for r in people.values()),
        names={iso[s]: str(r["name"]) for s, r in people.items()},
        roles={k: tuple(sorted(set(v))) for k, v in roles.items()},
        bound=bound,
    )


def extending(store: Store, problem: Problem, arrangement: str) -> Problem:
    """PROBLEM with the participants of ARRANGEMENT (an IRI) already in and the arrangement itself as the only anchor.

    Whoever it may admit can join: members of the organisation its membership is limited to, or anybody. Disputes that
    its participants already live with are no reason against it. Affected states outside it are not made to join.
    """
    a = iri_term(arrangement)
    inside = {
        str(r["iso3"]) for r in store.rows(f"SELECT ?iso3 WHERE {{ ?s mlo:coreParticipantOf {a} ; mlo:iso3 ?iso3 }}")
    }
    row = next(
        store.rows(
            f"""SELECT ?label ?body ?openness WHERE {{ {a} rdfs:label ?label .
              OPTIONAL {{ {a} mlo:limitedTo ?body }} OPTIONAL {{ {a} mlo:openness ?openness }} }} LIMIT 1"""
        )
    )
    candidates = tuple(sorted(set(problem.candidates) | inside))
    admitted = frozenset(candidates)
    if row["body"]:
        body = iri_term(str(row["body"]))
        members = {
            str(r["iso3"]) for r in store.rows(f"SELECT ?iso3 WHERE {{ ?s mlo:memberOf {body} ; mlo:iso3 ?iso3 }}")
        }
        admitted = frozenset(s for s in candidates if s in members or s in inside)
    invited = str(row["openness"] or "").endswith("/open-call")
    enabler = "open to all who declare it" if invited else "by invitation of its participants"
    anchor = Anchor(arrangement.rpartition("/")[2], str(row["label"]), 0, "", enabler, False, admitted, admitted)
    return replace(
        problem,
        candidates=candidates,
        required=frozenset(inside),
        kept=frozenset(inside),
        outside=problem.required - inside,
        conflicts=frozenset(c for c in problem.conflicts if not c <= inside),
        leads=admitted,
        geography=False,
        anchors=(anchor,),
    )


def _requirements(store: Store, challenge: str) -> list[Row]:
    c = iri_term(challenge)
    return list(
        store.rows(
            f"""SELECT ?capability ?level ?k ?aggregation WHERE {{
              {c} mlo:requirement ?r . ?r mlo:necessity code:must ; mlo:level ?level ; mlo:capability ?cap .
              ?cap skos:notation ?capability .
              OPTIONAL {{ ?r mlo:minProviders ?k }} OPTIONAL {{ ?cap mlo:aggregation ?aggregation }}
            }} ORDER BY ?capability"""
        )
    )


def _anchors(store: Store, challenge: str, iso: Mapping[str, str]) -> tuple[Anchor, ...]:
    found: dict[str, tuple[Row, set[str], set[str]]] = {}
    for r in _rows(store, "Q013", challenge):
        state = iso.get(str(r["state"]))
        if state is not None:
            _, joiners, leaders = found.setdefault(str(r["anchor"]), (r, set(), set()))
            joiners.add(state)
            if r["leads"]:
                leaders.add(state)
    return tuple(
        Anchor(
            a.rpartition("/")[2],
            str(r["name"]),
            int(str(r["level"])),
            str(r["body"] or "").rpartition("/")[2],
            str(r["enabler"]),
            bool(r["consensus"]),
            frozenset(joiners),
            frozenset(leaders),
        )
        for a, (r, joiners, leaders) in sorted(found.items())
    )
