"""Past challenges asked again without what history made of them: does the method point at what was used?

The files of the arrangements created in response are left out, and the graph is cut for a day before the response
began. The method is compared with four simple ones on the same day. See bench/backtest.md for what this can show.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from kg import build, dates, files, infer
from kg.documents import read_quads
from kg.errors import MinilatError, did_you_mean
from kg.fit import challenges_in
from kg.graph import Graph
from kg.names import curie, graph_name, iri, slug
from kg.store import Store, iri_term, literal_term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from kg.records import CriterionValue, FitAnswer, Option

    Compose = Callable[[Graph, str], Sequence[frozenset[str]]]

COLUMNS: Final = ("id", "split", "as_of", "kind", "hide", "challenge", "accepted", "founders", "sources", "note")
SPLITS, KINDS = ("dev", "test"), ("positive", "negative")
BASELINES: Final = ("largest in the area", "most affected states", "random among placed", "equal weights")
CUTS: Final = (1, 3, 5)


@dataclass(frozen=True)
class Case:
    """A row of the table: what was asked, on which day, without what, and what history answered."""

    id: str
    split: str
    as_of: date
    kind: str
    hide: tuple[str, ...]
    challenge: Path
    accepted: tuple[str, ...]
    founders: tuple[str, ...]
    note: str


class Score(NamedTuple):
    """How early the first accepted option comes; expected values where options share a place."""

    hit1: float
    hit3: float
    hit5: float
    reciprocal: float


@dataclass(frozen=True)
class Outcome:
    """What the method answered in one case.

    ``rank`` counts from the end of a shared place; ``verdicts`` are those of the accepted options; ``abstained`` is
    whether no option is full. ``hindsight`` are offers under the covered musts of the first accepted option that no
    source or event of the day or before supports, ``imprecise`` responses that may be later than the day because a
    month or a year is all that is known, ``leaks`` whatever still names what was hidden.
    """

    case: Case
    challenge: str
    considered: int
    placed: int
    full: int
    leading: tuple[str, ...]
    first: str
    rank: int | None
    score: Score
    verdicts: dict[str, str]
    abstained: bool
    jaccard: float | None
    proposal: tuple[str, ...]
    baselines: dict[str, Score]
    hindsight: tuple[str, ...]
    imprecise: tuple[str, ...]
    leaks: tuple[str, ...]


@dataclass(frozen=True)
class Rate:
    """A share of cases with its exact 95 % interval."""

    hits: int
    cases: int
    low: float
    high: float


@dataclass(frozen=True)
class Totals:
    """The figures of one split: cases with an accepted option, negatives, and cases with founders."""

    split: str
    cases: int
    recall: dict[int, Rate]
    method: Score | None
    admitted: Rate
    dated: Rate
    abstention: Rate
    abstention_positive: Rate
    jaccard: float | None
    proposals: int
    baselines: dict[str, Score | None]


@dataclass(frozen=True)
class Backtest:
    """All outcomes in the order of the table, and totals for each split and for all."""

    table: str
    strict: bool
    outcomes: tuple[Outcome, ...]
    totals: tuple[Totals, ...]


def run(path: Path, *, compose: Compose | None = None, only: Iterable[str] = (), strict: bool = False) -> Backtest:
    """The cases of the table at PATH asked again, those named in ONLY or all.

    COMPOSE takes a graph that holds the challenge, and its IRI, and gives sets of ISO codes, best first; for STRICT see
    ``graph_for``. Raises MinilatError E087 (the table cannot be used), E031, E082 or E083 (a challenge file cannot).
    """
    cases = read(path, build.load([*files.ontology(), *files.data()]))
    wanted, ids = set(only), [c.id for c in cases]
    for name in sorted(wanted.difference(ids)):
        raise MinilatError("E087", f"no case {name!r}", where=str(path), hint=did_you_mean(name, ids))
    outcomes = tuple(_ask(c, compose, strict) for c in cases if not wanted or c.id in wanted)
    splits = [s for s in SPLITS if any(o.case.split == s for o in outcomes)]
    totals = [total(s, [o for o in outcomes if o.case.split == s]) for s in splits]
    return Backtest(files.relative(path), strict, outcomes, (*totals, total("all", outcomes)))


def read(path: Path, names: Store) -> tuple[Case, ...]:
    """The cases in the table at PATH, checked against the arrangements and states of NAMES.

    Raises MinilatError E087 for a missing file or column, and for a row with a word or a day that cannot be used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MinilatError("E087", f"cannot read the table: {error}", where=str(path)) from None
    columns = "its columns are " + ", ".join(COLUMNS)
    numbered = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not numbered:
        raise MinilatError("E087", "the table is empty", where=str(path), hint=columns)
    table = list(csv.reader([line for _, line in numbered], delimiter="\t", quoting=csv.QUOTE_NONE))
    head = table[0]
    for column in COLUMNS:
        if column not in head:
            near = did_you_mean(column, head, otherwise=columns)
            raise MinilatError("E087", f"no column {column!r}", where=str(path), hint=near)
    rows = names.rows("SELECT ?a ?begin WHERE { ?a mlo:listComplete ?any ; mlo:begin ?begin }")
    begins = {slug(str(r["a"])): (str(r["begin"]) + "-01-01")[:10] for r in rows}
    codes = {str(r["code"]) for r in names.rows("SELECT ?code WHERE { ?s mlo:iso3 ?code }")}
    cases: list[Case] = []
    for (number, _), cells in zip(numbered[1:], table[1:], strict=True):
        where = f"{path}, row {number}"
        if len(cells) != len(head):
            raise MinilatError("E087", f"{len(cells)} cells, not {len(head)}", where=where, hint="cells end at a tab")
        case = _case(dict(zip(head, cells, strict=True)), path, where, begins, codes)
        if any(case.id == c.id for c in cases):
            raise MinilatError("E087", f"the id {case.id!r} is used twice", where=where)
        cases.append(case)
    return tuple(cases)


def _case(cells: Mapping[str, str], path: Path, where: str, begins: Mapping[str, str], codes: set[str]) -> Case:
    def among(column: str, known: Iterable[str], *, one: bool = False) -> tuple[str, ...]:
        words = [w.strip() for w in cells[column].split(",") if w.strip()]
        listed = sorted(known)
        for word in words if words or not one else [""]:
            if word not in listed:
                hint = did_you_mean(word, listed, otherwise="known are " + ", ".join(listed[:6]) + " …")
                raise MinilatError("E087", f"{column}: no {word!r}", where=where, hint=hint)
        return tuple(words)

    try:
        day = dates.day(cells["as_of"])
    except MinilatError as error:
        raise MinilatError("E087", f"as_of: {error.message}", where=where, hint=error.hint) from None
    accepted = among("accepted", begins)
    hide = among("hide", (p.stem for p in files.data() if p.stem in begins))
    for name in accepted:
        if begins[name] > day.isoformat():
            hint = f"it began {begins[name]}: what did not exist cannot be found; it belongs under hide"
            raise MinilatError("E087", f"accepted: {name!r} had not begun by {day}", where=where, hint=hint)
        if name in hide:
            raise MinilatError("E087", f"{name!r} is both accepted and hidden", where=where)
    if cells["kind"] == "negative" and accepted:
        raise MinilatError("E087", "a negative case has accepted arrangements", where=where, hint="leave them out")
    (challenge,) = among("challenge", (p.name for p in path.parent.glob("*.ttl")), one=True)
    (split,), (kind,) = among("split", SPLITS, one=True), among("kind", KINDS, one=True)
    founders, file = among("founders", codes), path.parent / challenge
    return Case(cells["id"], split, day, kind, hide, file, accepted, founders, cells["note"])


def graph_for(case: Case, *, strict: bool = False) -> Graph:
    """The graph as the case may see it: cut for its day, without the files of what is hidden.

    STRICT also leaves out offers that rest on later sources alone. Nothing is kept: the cache is the user's own.
    """
    paths = [
        p for p in (*files.ontology(), *files.data()) if p.parent.name != "arrangements" or p.stem not in case.hide
    ]
    store = build.load(paths)
    if strict:
        later, store = hindsight(store, case.as_of), Store.memory()
        for path in paths:
            name = files.relative(path)
            quads = [q for q in read_quads(path, where=name) if getattr(q.subject, "value", "") not in later]
            store.add(quads, graph_name(name))
    infer.saturate(store, {"asOf": literal_term(case.as_of.isoformat(), "date")})
    return Graph(store, case.as_of)


def _ask(case: Case, compose: Compose | None, strict: bool) -> Outcome:
    graph = graph_for(case, strict=strict)
    answer = graph.fit_file(case.challenge)
    placed, right = [o for o in answer.options if o.rank is not None], set(case.accepted)
    rank, first = _rank(placed, right)
    best = next((o for o in answer.options if o.id == first), None)
    used = sorted({e for c in best.coverage if c.must and c.value == "pass" for e in c.evidence}) if best else []
    later = {curie(offer) for offer in hindsight(graph.store, case.as_of)}
    proposal, jaccard = _compared(graph, case, compose) if compose and case.founders else ((), None)
    return Outcome(
        case,
        answer.challenge.label,
        answer.considered,
        len(placed),
        sum(o.verdict == "full" for o in placed),
        tuple(o.id for o in placed[:3]),
        first,
        rank,
        Score(0, 0, 0, 0) if rank is None else Score._make([*(float(rank <= k) for k in CUTS), 1 / rank]),
        {o.id: o.verdict for o in answer.options if o.id in right},
        not any(o.verdict == "full" for o in placed),
        jaccard,
        proposal,
        _baselines(graph.store, answer, right),
        tuple(e for e in used if e in later),
        _imprecise(graph.store, case.as_of),
        _leaks(graph.store, case.hide),
    )


def _compared(graph: Graph, case: Case, compose: Compose) -> tuple[tuple[str, ...], float]:
    """The best proposal and what it shares with the founders; no proposal shares nothing."""
    store, name = graph.store.copy(), graph_name(files.relative(case.challenge))
    store.load(case.challenge, name, where=str(case.challenge))
    found = compose(Graph(store, case.as_of), challenges_in(store, name)[0])
    best, real = set(found[0]) if found else set(), set(case.founders)
    return tuple(sorted(best)), len(best & real) / len(best | real)


def _rank(placed: Sequence[Option], right: set[str]) -> tuple[int | None, str]:
    """The place of the first of RIGHT, counted from the end of a shared place, and its id."""
    for option in placed:
        if option.id in right:
            shared = sum(o.rank == option.rank and o.id not in right for o in placed)
            return (option.rank or 0) + shared, option.id
    return None, ""


def expected(groups: Sequence[tuple[int, int]]) -> Score:
    """The exact expectation when each group of (size, right ones) is in random order, the groups in the order given."""
    before, hits, reciprocal = 0, [0.0] * len(CUTS), 0.0
    for size, right in groups:
        if right:
            for place in range(1, size - right + 2):
                chance = math.comb(size - place, right - 1) / math.comb(size, right)
                reciprocal += chance / (before + place)
                hits = [h + chance * (before + place <= k) for h, k in zip(hits, CUTS, strict=True)]
            break
        before += size
    return Score._make([*hits, reciprocal])


def _baselines(store: Store, answer: FitAnswer, right: set[str]) -> dict[str, Score]:
    """All but the third look at every active option, as one does who knows no screen."""
    counts = store.rows("SELECT ?o ?n WHERE { ?o a mlo:FitOption ; mlo:coreCount ?n }")
    size = {str(r["o"]): float(str(r["n"])) for r in counts}
    active = [o for o in answer.options if o.criteria["F001"].value == "pass"]
    near = [o for o in active if o.criteria["F003"].value == "pass"]
    scores = (
        _sorted(near, right, lambda o: size.get(o.thing.iri, 0.0)),
        _sorted(active, right, lambda o: _number(o.criteria["F012"], otherwise=-1.0)),
        _sorted([o for o in answer.options if o.rank is not None], right, lambda _: 0.0),
        _sorted(active, right, _equal),
    )
    return dict(zip(BASELINES, scores, strict=True))


def _sorted(options: Sequence[Option], right: set[str], worth: Callable[[Option], float]) -> Score:
    groups: dict[float, tuple[int, int]] = {}
    for option in options:
        value = round(worth(option), 9)
        size, good = groups.get(value, (0, 0))
        groups[value] = (size + 1, good + (option.id in right))
    return expected([groups[v] for v in sorted(groups, reverse=True)])


def _number(found: CriterionValue, *, otherwise: float) -> float:
    return float(found.value) if isinstance(found.value, int | float) else otherwise


def _equal(option: Option) -> float:
    """The sum of the graded criteria, each on its own scale; what is not known stands in the middle."""
    graded = [(v, float(v.scale.rpartition("..")[2])) for v in option.criteria.values() if ".." in v.scale]
    return math.fsum(_number(v, otherwise=top / 2) / top for v, top in graded)


def hindsight(store: Store, day: date) -> set[str]:
    """The offers of which no source or event is known to be of DAY or before; undated sources do not help."""
    rows = store.rows(
        """SELECT ?offer (MIN(STR(?date)) AS ?first) WHERE { ?offer a mlo:CapabilityOffer .
             OPTIONAL { ?offer (mlo:source|mlo:evidence)/dcterms:issued|mlo:evidence/mlo:begin|mlo:begin ?date }
           } GROUP BY ?offer"""
    )
    return {str(r["offer"]) for r in rows if not r["first"] or str(r["first"]) > day.isoformat()}


def _imprecise(store: Store, day: date) -> tuple[str, ...]:
    """Responses counted as begun that may have begun after DAY, because a source gives a month or a year only."""
    rows = store.rows(
        "SELECT DISTINCT ?e WHERE { ?e a mlo:ResponseEpisode ; mlo:begunBy ?seen ; mlo:beginLatest ?latest . "
        f'FILTER(STR(?latest) > "{day.isoformat()}") }} ORDER BY ?e'
    )
    return tuple(curie(str(r["e"])) for r in rows)


def _leaks(store: Store, hide: Sequence[str]) -> tuple[str, ...]:
    """What still names a hidden arrangement, or is said of it."""
    hidden = " ".join(iri_term(iri(f"arr:{name}")) for name in hide)
    rows = store.rows(f"SELECT DISTINCT ?s WHERE {{ VALUES ?a {{ {hidden} }} {{ ?a ?p ?s }} UNION {{ ?s ?p ?a }} }}")
    return tuple(sorted({curie(str(r["s"])) for r in rows}))


def total(split: str, outcomes: Sequence[Outcome]) -> Totals:
    """The figures over OUTCOMES; a case without an accepted arrangement counts for abstention and proposals only."""
    asked = [o for o in outcomes if o.case.accepted]
    negative = [o for o in outcomes if o.case.kind == "negative"]
    positive = [o for o in outcomes if o.case.kind != "negative"]
    composed = [o.jaccard for o in outcomes if o.jaccard is not None]
    hit5 = [o for o in asked if o.rank is not None and o.rank <= CUTS[-1]]
    return Totals(
        split,
        len(outcomes),
        {k: rate(sum(o.rank is not None and o.rank <= k for o in asked), len(asked)) for k in CUTS},
        _average([o.score for o in asked]),
        rate(sum(any(v != "ineligible" for v in o.verdicts.values()) for o in asked), len(asked)),
        rate(sum(not o.hindsight for o in hit5), len(hit5)),
        rate(sum(o.abstained for o in negative), len(negative)),
        rate(sum(o.abstained for o in positive), len(positive)),
        sum(composed) / len(composed) if composed else None,
        len(composed),
        {name: _average([o.baselines[name] for o in asked]) for name in BASELINES},
    )


def _average(scores: Sequence[Score]) -> Score | None:
    return Score._make(sum(column) / len(scores) for column in zip(*scores, strict=True)) if scores else None


def rate(hits: int, cases: int) -> Rate:
    """HITS of CASES with the interval of Clopper and Pearson (1934); without cases it is the whole scale."""
    low, high = clopper_pearson(hits, cases)
    return Rate(hits, cases, low, high)


def clopper_pearson(hits: int, cases: int, *, level: float = 0.95) -> tuple[float, float]:
    """The exact interval for a share: the shares under which HITS or more, or HITS or fewer, are not too unlikely.

    >>> [round(x, 4) for x in clopper_pearson(5, 10)]
    [0.1871, 0.8129]
    """
    tail = (1 - level) / 2

    def at_most(k: int, p: float) -> float:
        return math.fsum(math.comb(cases, i) * p**i * (1 - p) ** (cases - i) for i in range(k + 1))

    def where(falls_below: Callable[[float], bool]) -> float:
        left, right = 0.0, 1.0
        for _ in range(60):
            middle = (left + right) / 2
            left, right = (left, middle) if falls_below(middle) else (middle, right)
        return (left + right) / 2

    low = 0.0 if hits == 0 else where(lambda p: 1 - at_most(hits - 1, p) > tail)
    high = 1.0 if hits == cases else where(lambda p: at_most(hits, p) < tail)
    return low, high
