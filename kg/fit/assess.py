"""The act of fit: store and challenge in, a FitAnswer out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.collector import collector_held
from kg.errors import MinilatError, did_you_mean
from kg.fit import explain
from kg.fit.criteria import PREFERENCES, Criterion, Measured, criteria, measure, order
from kg.fit.ordering import METHODS, Declared, Steps, dominates, key, steps
from kg.fit.outranking import unweighted, weigh
from kg.fit.portrait import explained
from kg.fit.robustness import acceptability, exact, flips, wilson, withdrawn
from kg.fit.screen import CLASSES, Screened, screen
from kg.fit.sets import complementary
from kg.names import PREFIXES, curie, iri, slug
from kg.records import Coverage, Evidence, FitAnswer, Layer, Option, Thing
from kg.store import Store, Value, iri_term, literal_term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
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


def _options(store: Store) -> tuple[dict[str, tuple[Thing, str, str, str]], str]:
    """The options in the order of their notations, and the last day on which anything was recorded."""
    query = """SELECT ?o ?notation ?kind ?label ?function ?nature WHERE {
      { SELECT ?o WHERE { ?o a mlo:FitOption } }
      { SELECT ?o ?label WHERE { ?o rdfs:label ?label } }
      { SELECT ?o ?notation WHERE { ?o skos:notation ?notation } }
      { SELECT ?o ?function WHERE { ?o mlo:arrangementFunction ?function } }
      { SELECT ?o ?kind WHERE {
          ?class rdfs:isDefinedBy <https://w3id.org/minilat/ontology/arrangements> ; rdfs:label ?kind . ?o a ?class } }
      OPTIONAL { SELECT ?o ?nature WHERE { ?o mlo:nature ?nature } } }"""
    told, known = store.columns([query, "SELECT (MAX(?r) AS ?last) WHERE { ?s mlo:recorded ?r }"])
    names = ("notation", "kind", "o", "label", "function", "nature")
    rows = ((str(v or "") for v in row) for row in zip(*(told[n] for n in names), strict=True))
    found: dict[str, tuple[Thing, str, str, str]] = {}
    for notation, kind, o, label, function, nature in sorted(map(tuple, rows)):
        found.setdefault(o, (Thing(o, slug(o), notation, label), kind, slug(function), slug(nature) or "unknown"))
    return found, str(known["last"][0] or "")


def _statements(store: Store, ids: Iterable[str]) -> dict[str, Evidence]:
    """The sources and confidence of the statements with the CURIEs IDS."""
    wanted = " ".join(iri_term(iri(i) if i.split(":")[0] in PREFIXES else i) for i in sorted(set(ids)))
    asked, told, titled, doubted = store.columns(
        [
            f"SELECT ?s ?source WHERE {{ VALUES ?s {{ {wanted} }} OPTIONAL {{ ?s mlo:source ?source }} }}",
            f"SELECT ?s ?confidence WHERE {{ VALUES ?s {{ {wanted} }} ?s mlo:confidence ?confidence }}",
            "SELECT ?source ?title WHERE { ?source dcterms:title ?title }",
            "SELECT ?s ?doubt WHERE { ?s mlo:doubt ?doubt }",
        ]
    )
    titles, sources, doubts = (
        _gathered(t[k], t[v])
        for t, k, v in ((titled, "source", "title"), (asked, "s", "source"), (doubted, "s", "doubt"))
    )
    confidences = dict(zip(told["s"], told["confidence"], strict=True))
    found = {}
    for s, known in sources.items():
        statement = curie(str(s))
        cited = sorted({str(title) for source in known for title in titles.get(source, ())})
        doubt = min((str(d) for d in doubts.get(s, ())), default="")
        found[statement] = Evidence(statement, tuple(cited), slug(str(confidences.get(s) or "")), doubt)
    return found


def _gathered(keys: Iterable[Value], values: Iterable[Value]) -> dict[Value, set[Value]]:
    """The different VALUES of each of KEYS."""
    found: dict[Value, set[Value]] = {}
    for k, v in zip(keys, values, strict=True):
        found.setdefault(k, set()).add(v)
    return found


@dataclass(frozen=True)
class _Judged:
    """What is known of all options before they are put in order."""

    used: tuple[Criterion, ...]
    found: Measured
    options: Mapping[str, tuple[Thing, str, str, str]]
    cut: Mapping[str, Steps]
    declared: Declared

    def screened(self, coverage: Mapping[str, tuple[Coverage, ...]]) -> dict[str, Screened]:
        """The verdict on each option of COVERAGE."""
        values, vetoes = self.found.values, self.found.vetoes
        return {o: screen(self.used, values.get(o, {}), rows, vetoes.get(o, {})) for o, rows in coverage.items()}

    def group(self, options: Sequence[str]) -> list[dict[str, int | None]]:
        """The steps of OPTIONS by code of the criterion, as an order reads them."""
        codes = [c.code for c in self.declared.criteria]
        return [dict(zip(codes, self.cut[o], strict=True)) for o in options]

    def sorted(self, options: Sequence[str]) -> list[str]:
        """The OPTIONS of one group, best first."""
        keys = dict(zip(options, self.declared.sort_keys(self.group(options)), strict=True))
        return sorted(options, key=lambda o: (keys[o], self.options[o][0].notation))


@collector_held()
def assess(
    store: Store,
    challenge: str,
    *,
    as_of: date,
    prefer: str | None = None,
    method: str = "lexicographic",
    weights: Mapping[str, float] | None = None,
) -> FitAnswer:
    """Every option of STORE judged for the challenge with the IRI CHALLENGE on the day the store was cut for.

    PREFER is the anchor the user prefers (nato, eu, none, low-profile); by default what the challenge says. METHOD
    orders the options of one class: lexicographic, promethee or electre; the two last take WEIGHTS by code of the
    criterion, equal by default. Verdicts and classes do not depend on the method.
    Raises MinilatError E001 (no such challenge), E080 (no must), E081 (no such preference), E084 (weights that cannot
    be used) or E089 (no such method).
    """
    case = _case(store, challenge)
    chosen_preference = prefer or case.preference
    if chosen_preference not in PREFERENCES:
        raise MinilatError("E081", f"no anchor preference {prefer!r}", hint="give one of " + ", ".join(PREFERENCES))
    used = criteria(chosen_preference)
    graded = tuple(c for c in used if not c.hard)
    sequence = order(fast=case.fast, preference=chosen_preference != "none")
    declared = _declared(graded, sequence, method, weights)
    day = literal_term(as_of.isoformat(), "date")
    found = measure(store, used, challenge, day, chosen_preference)
    options, known = _options(store)
    numbers = {o: _numbers(graded, found, o) for o in options}
    judged = _Judged(used, found, options, {o: steps(graded, numbers[o]) for o in options}, declared)
    screened = judged.screened({o: found.coverage.get(o, ()) for o in options})
    groups = [judged.sorted(g) for g in _groups(options, screened)]
    placed = [o for g in groups for o in g]
    rest = sorted(
        (o for o in options if o not in set(placed)),
        key=lambda o: (
            CLASSES.index(screened[o].verdict),
            len(screened[o].gaps),
            bool(screened[o].conditions),
            key(graded, judged.cut[o], sequence),
            options[o][0].notation,
        ),
    )
    above = {o: _dominators(o, group, judged.cut) for group in groups for o in group}
    robust = {o: r for group in groups for o, r in zip(group, _spread(graded, numbers, group), strict=True)}
    evidence = _statements(store, _cited(found, screened, options))
    ranks, standings, apart = _ranks(groups, judged, {o for o in above if not above[o]})
    result = []
    for o in [*placed, *rest]:
        thing, kind, function, nature = options[o]
        rows = found.coverage.get(o, ())
        over = _overclaims(rows)
        reasons = explain.reasons(used, found.values.get(o, {}), rows, screened[o], evidence, curie(o), over)
        share, spread, interval = robust.get(o, (None, None, None))
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
                interval,
                standings.get(o, ""),
                tuple(options[d][0].id for d in apart.get(o, ())),
            )
        )
    layers = _layers(result)
    without = _without(judged, groups[0]) if groups else ()
    fragile = _fragile(judged, screened, groups[0], evidence) if groups else ()
    text = explain.paragraph(
        case.thing.label, as_of.isoformat(), result, used, declared, layers, without=without, fragile=fragile
    )
    sets, number = complementary(result)
    return FitAnswer(
        case.thing,
        as_of.isoformat(),
        known,
        chosen_preference,
        explained(result, used, declared),
        layers,
        text,
        explain.weak(result, evidence),
        case.caveats,
        method=method,
        weights=dict(declared.weights or {}),
        flips_without=without,
        fragile=fragile,
        sets=sets,
        sets_found=number,
    )


def _declared(
    graded: tuple[Criterion, ...], sequence: tuple[str, ...], method: str, weights: Mapping[str, float] | None
) -> Declared:
    if method not in METHODS:
        hint = did_you_mean(method, METHODS, otherwise="give one of " + ", ".join(METHODS))
        raise MinilatError("E089", f"no method {method!r}", hint=hint)
    if method == "lexicographic":
        unweighted(weights)
        return Declared(graded, sequence)
    return Declared(graded, sequence, method, weigh([c.code for c in graded], weights))


def _without(judged: _Judged, leading: Sequence[str]) -> tuple[str, ...]:
    """The criteria without any one of which the first place in the LEADING group changes."""
    table = judged.group(leading)

    def first(code: str | None) -> frozenset[int]:
        return (judged.declared if code is None else judged.declared.without(code)).first(table)

    return flips([c.code for c in judged.declared.criteria], first) if len(leading) > 1 else ()


def _fragile(
    judged: _Judged, screened: Mapping[str, Screened], leading: Sequence[str], evidence: Mapping[str, Evidence]
) -> tuple[Evidence, ...]:
    """The statements of less than high confidence which, withdrawn alone, change the first place or its verdict.

    Exact for coverage: all options are screened again without the statement. Graded values are left as they are.
    """
    best, coverage = leading[0], judged.found.coverage
    first = {leading[i] for i in judged.declared.first(judged.group(leading))}
    ids = sorted({e for r in coverage.get(best, ()) if r.must and r.value == "pass" for e in r.evidence})
    fragile = []
    for statement in (evidence[i] for i in ids if i in evidence and evidence[i].confidence != "high"):
        changed = {o: withdrawn(rows, statement.statement) for o, rows in coverage.items()}
        again = {**screened, **judged.screened({o: rows for o, rows in changed.items() if rows != coverage[o]})}
        groups = _groups(judged.options, again)
        now = {groups[0][i] for i in judged.declared.first(judged.group(groups[0]))} if groups else set()
        if now != first or (again[best].verdict, again[best].gaps) != (screened[best].verdict, screened[best].gaps):
            fragile.append(statement)
    return tuple(fragile)


def _numbers(graded: Sequence[Criterion], found: Measured, option: str) -> dict[str, float | None]:
    values = found.values.get(option, {})
    raw = {c.code: values[c.code].value if c.code in values else None for c in graded}
    return {code: float(v) if isinstance(v, int | float) else None for code, v in raw.items()}


def _groups(options: Iterable[str], screened: Mapping[str, Screened]) -> list[list[str]]:
    """The eligible options in groups that may be compared on merits, the best group first.

    Of one group are options of one verdict, with as many gaps, with or without open conditions.
    """
    groups: dict[tuple[int, int, bool], list[str]] = {}
    for o in options:
        s = screened[o]
        if s.verdict in ("full", "partial"):
            groups.setdefault((CLASSES.index(s.verdict), len(s.gaps), bool(s.conditions)), []).append(o)
    return [groups[k] for k in sorted(groups)]


def _dominators(option: str, group: Sequence[str], cut: Mapping[str, Steps]) -> list[str]:
    return [other for other in group if other != option and dominates(cut[other], cut[option])]


def _spread(
    graded: Sequence[Criterion], numbers: Mapping[str, Mapping[str, float | None]], group: Sequence[str]
) -> list[tuple[float, tuple[int, int], tuple[float, float]]]:
    """For each option of a group: its share of first places, its best and worst rank, the interval of the share."""
    tops = {c.code: c.top for c in graded}
    table = [[None if v is None else v / tops[code] for code, v in numbers[o].items()] for o in group]
    drawn, sure = acceptability(table), exact(table)
    shares = drawn.first if sure is None else tuple(round(float(s), 4) for s in sure)
    return [
        (share, ranks, wilson(share) if sure is None else (share, share))
        for share, ranks in zip(shares, drawn.ranks, strict=True)
    ]


def _ranks(
    groups: Sequence[Sequence[str]], judged: _Judged, front: set[str]
) -> tuple[dict[str, int], dict[str, str], dict[str, tuple[str, ...]]]:
    """Ranks over all groups (equal keys share one), standings in words, and what of the FRONT is incomparable."""
    ranks: dict[str, int] = {}
    standings: dict[str, str] = {}
    apart: dict[str, tuple[str, ...]] = {}
    before = 0
    for group in groups:
        places = judged.declared.places(judged.group(group))
        for i, (o, place) in enumerate(zip(group, places, strict=True)):
            same = i > 0 and place.key == places[i - 1].key
            ranks[o] = ranks[group[i - 1]] if same else before + i + 1
            standings[o] = place.standing
            if o in front:
                apart[o] = tuple(group[j] for j in place.incomparable if group[j] in front)
        before += len(group)
    return ranks, standings, apart


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


def _cited(found: Measured, screened: Mapping[str, Screened], options: Collection[str]) -> set[str]:
    """The statements reasons may cite: of an ineligible option those of its failed tests, else those of its musts."""
    ids = {curie(o) for o in options}
    for o in options:
        values, failed = found.values.get(o, {}), [code for code, _ in screened[o].failed]
        codes = failed or ["F002", "F005", "F012"]
        ids |= {e for code in codes if code in values for e in values[code].evidence}
        if not failed:
            ids |= {e for c in found.coverage.get(o, ()) if c.must for e in c.evidence}
    return ids
