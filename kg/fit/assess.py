"""The act of fit: store and challenge in, a FitAnswer out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import MinilatError
from kg.fit import explain
from kg.fit.criteria import PREFERENCES, Criterion, Measured, criteria, measure, order
from kg.fit.ordering import Steps, dominates, key, steps
from kg.fit.robustness import Robust, acceptability
from kg.fit.screen import CLASSES, Screened, screen
from kg.names import PREFIXES, curie, iri, slug
from kg.records import Coverage, Evidence, FitAnswer, Layer, Option, Thing
from kg.store import Store, iri_term, literal_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

_FAST = ("minutes", "hours", "days")


@dataclass(frozen=True)
class _Case:
    """A challenge as read from the graph."""

    thing: Thing
    fast: bool
    preference: str
    caveats: tuple[str, ...]


def challenges_in(store: Store, graph: str) -> list[str]:
    """The IRIs of the challenges described in one named graph."""
    return [
        str(r["c"])
        for r in store.rows(f"SELECT ?c WHERE {{ GRAPH {iri_term(graph)} {{ ?c a mlo:Challenge }} }} ORDER BY ?c")
    ]


def _case(store: Store, challenge: str) -> _Case:
    c = iri_term(challenge)
    row = next(
        store.rows(
            f"SELECT ?label ?notation ?tempo ?prefer WHERE {{ {c} a mlo:Challenge ; rdfs:label ?label . "
            f"OPTIONAL {{ {c} skos:notation ?notation }} OPTIONAL {{ {c} mlo:tempo ?tempo }} "
            f"OPTIONAL {{ {c} mlo:anchorPreference ?prefer }} }} LIMIT 1"
        ),
        None,
    )
    if row is None:
        raise MinilatError("E001", f"no challenge {curie(challenge)}")
    if not store.ask(f"ASK {{ {c} mlo:requirement/mlo:necessity code:must }}"):
        raise MinilatError(
            "E080", f"{row['label']} has no requirement marked code:must", hint="say what is needed at least"
        )
    caveats = tuple(str(r["t"]) for r in store.rows(f"SELECT ?t WHERE {{ {c} mlo:caveat ?t }} ORDER BY ?t"))
    thing = Thing(challenge, slug(challenge), str(row["notation"] or ""), str(row["label"]))
    preference = slug(str(row["prefer"] or "code/prefer-none")).removeprefix("prefer-")
    return _Case(thing, slug(str(row["tempo"] or "")) in _FAST, preference, caveats)


def _options(store: Store) -> dict[str, tuple[Thing, str, str, str]]:
    found: dict[str, tuple[Thing, str, str, str]] = {}
    query = """SELECT ?o ?label ?notation ?kind ?function ?nature WHERE {
      ?o a mlo:FitOption ; rdfs:label ?label ; skos:notation ?notation ; mlo:arrangementFunction ?function ; a ?class .
      ?class rdfs:label ?kind ; rdfs:isDefinedBy <https://w3id.org/minilat/ontology/arrangements> .
      OPTIONAL { ?o mlo:nature ?nature } } ORDER BY ?notation ?kind"""
    for row in store.rows(query):
        o = str(row["o"])
        thing = Thing(o, slug(o), str(row["notation"]), str(row["label"]))
        found.setdefault(
            o, (thing, str(row["kind"]), slug(str(row["function"])), slug(str(row["nature"] or "code/unknown")))
        )
    return found


def _statements(store: Store, ids: Iterable[str]) -> dict[str, Evidence]:
    """The sources and confidence of the statements with the CURIEs IDS."""
    wanted = " ".join(iri_term(iri(i) if i.split(":")[0] in PREFIXES else i) for i in sorted(set(ids)))
    found: dict[str, tuple[set[str], str, str]] = {}
    query = f"""SELECT ?s ?title ?confidence ?doubt WHERE {{ VALUES ?s {{ {wanted} }}
      OPTIONAL {{ ?s mlo:source/dcterms:title ?title }} OPTIONAL {{ ?s mlo:confidence ?confidence }}
      OPTIONAL {{ ?s mlo:doubt ?doubt }} }}"""
    for row in store.rows(query):
        name = curie(str(row["s"]))
        titles, confidence, doubt = found.get(name, (set(), "", ""))
        titles |= {str(row["title"])} if row["title"] else set()
        doubts = sorted({d for d in (doubt, str(row["doubt"] or "")) if d})
        found[name] = (titles, slug(str(row["confidence"] or confidence)), doubts[0] if doubts else "")
    return {n: Evidence(n, tuple(sorted(t)), c, d) for n, (t, c, d) in found.items()}


def assess(store: Store, challenge: str, *, as_of: date, prefer: str | None = None) -> FitAnswer:
    """Every option of STORE judged for the challenge with the IRI CHALLENGE on the day the store was cut for.

    PREFER is the anchor the user prefers (nato, eu, none, low-profile); by default what the challenge says.
    Raises MinilatError E001 (no such challenge), E080 (no must) or E081 (no such preference).
    """
    case = _case(store, challenge)
    chosen_preference = prefer or case.preference
    if chosen_preference not in PREFERENCES:
        raise MinilatError("E081", f"no anchor preference {prefer!r}", hint="give one of " + ", ".join(PREFERENCES))
    used = criteria(chosen_preference)
    graded = tuple(c for c in used if not c.hard)
    day = literal_term(as_of.isoformat(), "date")
    found = measure(store, used, challenge, day, chosen_preference)
    options = _options(store)
    screened = {
        o: screen(used, found.values.get(o, {}), found.coverage.get(o, ()), found.vetoes.get(o, {})) for o in options
    }
    numbers = {o: _numbers(graded, found, o) for o in options}
    cut = {o: steps(graded, numbers[o]) for o in options}
    sequence = order(fast=case.fast, preference=chosen_preference != "none")
    ranked = sorted(
        options,
        key=lambda o: (
            CLASSES.index(screened[o].verdict),
            len(screened[o].gaps),
            bool(screened[o].conditions),
            key(graded, cut[o], sequence),
            options[o][0].notation,
        ),
    )
    placed = [o for o in ranked if screened[o].verdict in ("full", "partial")]
    groups = _groups(placed, screened)
    above = {o: _dominators(o, group, cut) for group in groups for o in group}
    robust = {o: r for group in groups for o, r in zip(group, _spread(graded, numbers, group), strict=True)}
    evidence = _statements(store, _ids(found, screened, options))
    ranks = _ranks(groups, graded, cut, sequence)
    result = []
    for o in ranked:
        thing, kind, function, nature = options[o]
        rows = found.coverage.get(o, ())
        over = _overclaims(rows)
        reasons = explain.reasons(used, found.values.get(o, {}), rows, screened[o], evidence, curie(o), over)
        share, spread = robust.get(o, (None, None))
        result.append(
            Option(
                thing,
                kind,
                function,
                nature,
                screened[o].verdict,
                ranks.get(o),
                o in above and not above[o],
                reasons,
                screened[o].conditions,
                screened[o].gaps,
                rows,
                found.values.get(o, {}),
                tuple(options[d][0].id for d in above.get(o, ())),
                over,
                share,
                spread,
                explain.would_change(screened[o], rows, evidence),
            )
        )
    layers = _layers(result)
    known = next(store.rows("SELECT (MAX(?r) AS ?last) WHERE { ?s mlo:recorded ?r }"), {}).get("last")
    text = explain.paragraph(case.thing.label, as_of.isoformat(), result, used, sequence, layers)
    return FitAnswer(
        case.thing,
        as_of.isoformat(),
        str(known or ""),
        chosen_preference,
        tuple(result),
        layers,
        text,
        explain.weak(result, evidence),
        case.caveats,
    )


def _numbers(graded: Sequence[Criterion], found: Measured, option: str) -> dict[str, float | None]:
    values = found.values.get(option, {})
    raw = {c.code: values[c.code].value if c.code in values else None for c in graded}
    return {code: float(v) if isinstance(v, int | float) else None for code, v in raw.items()}


def _groups(placed: Sequence[str], screened: Mapping[str, Screened]) -> list[list[str]]:
    """Options that may be compared on merits: of one verdict, with as many gaps, with or without open conditions."""
    groups: dict[tuple[str, int, bool], list[str]] = {}
    for o in placed:
        s = screened[o]
        groups.setdefault((s.verdict, len(s.gaps), bool(s.conditions)), []).append(o)
    return list(groups.values())


def _dominators(option: str, group: Sequence[str], cut: Mapping[str, Steps]) -> list[str]:
    return [other for other in group if other != option and dominates(cut[other], cut[option])]


def _spread(
    graded: Sequence[Criterion], numbers: Mapping[str, Mapping[str, float | None]], group: Sequence[str]
) -> list[tuple[float, tuple[int, int]]]:
    tops = {c.code: c.top for c in graded}
    table = [[None if v is None else v / tops[code] for code, v in numbers[o].items()] for o in group]
    found: Robust = acceptability(table)
    return list(zip(found.first, found.ranks, strict=True))


def _ranks(
    groups: Sequence[Sequence[str]], graded: Sequence[Criterion], cut: Mapping[str, Steps], sequence: Sequence[str]
) -> dict[str, int]:
    """Ranks over all groups; options with equal keys share one."""
    ranks: dict[str, int] = {}
    before = 0
    for group in groups:
        last: tuple[float, ...] | None = None
        for i, o in enumerate(group, start=before + 1):
            this = key(graded, cut[o], sequence)
            ranks[o] = ranks[group[i - before - 2]] if this == last else i
            last = this
        before += len(group)
    return ranks


def _overclaims(rows: Iterable[Coverage]) -> bool:
    """Whether one body would answer what civil and what military authority is asked for."""
    met = {r.layer for r in rows if r.value == "pass"}
    return {"civil", "military"} <= met


def _layers(options: Sequence[Option]) -> tuple[Layer, ...]:
    """Per kind of authority with a must of its own: the options that cover all its musts, best first."""
    if not options:
        return ()
    musts = {(c.layer, c.capability) for c in options[0].coverage if c.must}
    kinds = sorted({layer for layer, _ in musts if layer != "any"})
    found = []
    for kind in kinds:
        needs = tuple(sorted(c for layer, c in musts if layer == kind))
        able = [
            o
            for o in options
            if o.verdict != "ineligible" and all(c.value == "pass" for c in o.coverage if c.must and c.layer == kind)
        ]
        able.sort(key=lambda o: o.overclaims)
        found.append(Layer(kind, needs, tuple(o.id for o in able)))
    return tuple(found)


def _ids(found: Measured, screened: Mapping[str, Screened], options: Iterable[str]) -> set[str]:
    ids = {curie(o) for o in options}
    for values in found.values.values():
        ids |= {e for v in values.values() for e in v.evidence}
    for rows in found.coverage.values():
        ids |= {e for c in rows for e in c.evidence}
    return ids
