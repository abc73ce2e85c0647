"""The stock-take of partnership: who takes part in what, how one-sided it is, what sleeps, what is doubted.

Numbers come from the queries in queries/stocktake/ and CQ05, CQ19; here they are only counted. The indices B1–B4, by
partner, framework and region and over days:

B1  share of instruments in which a partner faces the organisation alone
B2  share of bilateral activities: not computable, since activities are not recorded by partner
B3  share of pairs of partners that meet in no format of the organisation outside its frameworks (1: pure spokes)
B4  months since the last recorded political meeting; unknown where none is recorded
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from kg import answer, catalogue
from kg.names import slug
from kg.records import Table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from kg.store import Row, Store

DAYS: Final = ("2011-06-30", "2021-02-16")
"""The days compared with that of the graph: the partnership policy of 2011, and the paper the product starts from."""
MOST_ASSUMED: Final = 0.2
"""Above this share of enrolments whose begin is only assumed, two days are not compared."""
RATED: Final = ("high", "medium")
"""The confidences among which the share of complete lists is taken; a stub of low confidence is not held to it."""
CAUSES: Final = ("accession", "merging", "real change")
ALONE: Final = "one-plus-owner"

Pair = tuple[str, str]
"""A partner and an instrument, or two partners."""


@dataclass(frozen=True)
class Index:
    """One index of one scope on one day: its value, and what was counted to reach it.

    ``value`` is None where nothing can be said; ``status`` then says why, and else whether it was measured or rests in
    part on begins that are only assumed.
    """

    index: str
    scope: str
    of: str
    name: str
    day: str
    value: float | None
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    status: str


@dataclass(frozen=True)
class Change:
    """How B1 changed between two days, and which part of the change each cause explains.

    ``effects`` add up to ``after - before``: accession is applied first, then merging, then what remains.
    """

    scope: str
    of: str
    name: str
    since: str
    until: str
    before: float | None
    after: float | None
    comparable: bool
    effects: dict[str, float]
    causes: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Stocktake:
    """Everything the stock-take shows, for one organisation and one day."""

    as_of: str
    known_as_of: str
    owner: str
    days: tuple[str, ...]
    matrix: Table
    dormancy: Table
    duplication: Table
    gaps: Table
    lists: Table
    share_complete: float
    tiers: Table
    share_official: float
    indices: tuple[Index, ...]
    changes: tuple[Change, ...]
    doubts: Table
    depth: Table


@dataclass
class _Counted:
    """What the queries gave, by day."""

    enrolled: dict[str, set[Pair]] = field(default_factory=lambda: defaultdict(set))
    assumed: dict[str, set[Pair]] = field(default_factory=lambda: defaultdict(set))
    together: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    members: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    arity: dict[str, str] = field(default_factory=dict)
    kind: dict[str, str] = field(default_factory=dict)
    label: dict[str, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    begins: dict[str, str] = field(default_factory=dict)
    successor: dict[str, str] = field(default_factory=dict)
    meetings: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    regions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def partners(self, day: str) -> set[str]:
        """Who takes part in any instrument on DAY."""
        return {who for who, _ in self.enrolled[day]}


def _rows(store: Store, code: str, as_of: date, **values: str) -> Iterable[Row]:
    entry = catalogue.question(code)
    assert entry is not None
    return store.rows(answer.bind(store, entry, values, as_of))


def _table(store: Store, code: str, as_of: date, title: str, **values: str) -> Table:
    return answer.table(store, code, values, as_of, title)


def doubts(store: Store, as_of: date) -> Table:
    """What is doubted, marked for review or of low confidence, the record first on which most conclusions rest."""
    return _table(store, "Q066", as_of, "Doubts, by how many conclusions hang on them")


def depth(store: Store, as_of: date) -> Table:
    """What is not recorded of each arrangement in force on AS_OF, the one that offers most first."""
    return _table(store, "Q069", as_of, "What is not recorded, by arrangement")


def take(store: Store, as_of: date, *, owner: str = "nato", days: Sequence[str] = (), months: int = 36) -> Stocktake:
    """The stock-take of the partners of OWNER on AS_OF, with its indices also on DAYS before.

    A framework counts as dormant after MONTHS without a recorded meeting. Raises MinilatError E003 for an owner nobody
    knows and E020 for what is not a day.
    """
    today = as_of.isoformat()
    wanted = tuple(sorted({d for d in (*(days or DAYS), today) if d <= today}))
    counted = _count(store, as_of, owner, wanted)
    tiers = _table(store, "Q065", as_of, "Statements by kind, and those that rest on a source of tier 1 or 2")
    total, official = (sum(int(r[i]) for r in tiers.rows) for i in (1, 2))
    lists = _table(store, "Q068", as_of, "Arrangements by confidence, and those whose core list was seen whole")
    rated, whole = (sum(int(r[i]) for r in lists.rows if r[0] in RATED) for i in (1, 2))
    known = next(iter(store.rows("SELECT (MAX(?r) AS ?last) WHERE { ?s mlo:recorded ?r }")), {}).get("last")
    return Stocktake(
        as_of=today,
        known_as_of=str(known or ""),
        owner=owner,
        days=wanted,
        matrix=_matrix(counted, today),
        dormancy=_table(store, "CQ05", as_of, "Frameworks and councils: when they last met", months=str(months)),
        duplication=_table(store, "CQ19", as_of, "Groupings with nearly the same participants and tasks"),
        gaps=_table(store, "Q067", as_of, "Threats by region: served, only declared, unknown, nobody's"),
        lists=lists,
        share_complete=whole / rated if rated else 0.0,
        tiers=tiers,
        share_official=official / total if total else 0.0,
        indices=tuple(_indices(counted, wanted)),
        changes=tuple(_changes(counted, wanted)),
        doubts=doubts(store, as_of),
        depth=depth(store, as_of),
    )


def _count(store: Store, as_of: date, owner: str, days: Sequence[str]) -> _Counted:
    counted, several = _Counted(), {"owner": owner, "day": ",".join(days)}
    for row in _rows(store, "Q060", as_of, **several):
        pair = (slug(str(row["who"])), slug(str(row["instrument"])))
        counted.enrolled[str(row["day"])].add(pair)
        counted.label[pair[0]] = str(row["name"])
        if row["assumed"]:
            counted.assumed[str(row["day"])].add(pair)
    for row in _rows(store, "Q061", as_of, **several):
        counted.together[str(row["day"])][slug(str(row["format"]))].add(slug(str(row["who"])))
    for row in _rows(store, "Q062", as_of, **several):
        counted.members[str(row["day"])].add(slug(str(row["who"])))
    for row in _rows(store, "Q063", as_of, owner=owner):
        name = slug(str(row["instrument"]))
        counted.arity[name], counted.kind[name] = slug(str(row["arity"])), str(row["kind"])
        counted.label[name], counted.begins[name] = str(row["name"]), str(row["begins"])
        if row["ends"]:
            counted.ends[name] = str(row["ends"])
        if row["successor"]:
            counted.successor[name] = slug(str(row["successor"]))
        if row["meeting"]:
            counted.meetings[name].append((str(row["date"]), slug(str(row["meeting"]))))
    for row in _rows(store, "Q064", as_of):
        counted.regions[slug(str(row["region"]))].add(slug(str(row["who"])))
        counted.label[slug(str(row["region"]))] = str(row["name"])
    return counted


def _matrix(counted: _Counted, day: str) -> Table:
    marks = {ALONE: "1", "several-plus-owner": "n", "all-partners": "all"}
    instruments = sorted({i for _, i in counted.enrolled[day]}, key=lambda i: (counted.arity[i], i))
    rows = [
        (
            counted.label[who],
            *(marks[counted.arity[i]] if (who, i) in counted.enrolled[day] else "" for i in instruments),
            str(sum(1 for inside in counted.together[day].values() if who in inside)),
        )
        for who in sorted(counted.partners(day), key=lambda w: counted.label[w])
    ]
    note = "1 alone with the organisation, n with others of a circle, all at one table with its members"
    return Table("Partners and instruments", ("partner", *instruments, "other formats"), tuple(rows), (note,))


# ------------------------------------------------------------------ scopes


def _scopes(counted: _Counted, days: Sequence[str]) -> Iterable[tuple[str, str, dict[str, set[str]]]]:
    """Kind, id and the partners on each day of everything an index is counted for."""
    everyone = set().union(*(counted.partners(d) for d in days))
    yield "all", "all", {d: counted.partners(d) for d in days}
    for who in sorted(everyone):
        yield "partner", who, {d: {who} & counted.partners(d) for d in days}
    for name in sorted(i for i, kind in counted.kind.items() if kind == "partnership framework"):
        yield "framework", name, {d: {w for w, i in counted.enrolled[d] if i == name} for d in days}
    for region in sorted(counted.regions):
        inside = {d: counted.regions[region] & counted.partners(d) for d in days}
        everywhere = all(inside[d] == counted.partners(d) for d in days)
        if not everywhere and any(len(who) > 1 for who in inside.values()):
            yield "region", region, inside


def _listed(pairs: Iterable[Pair]) -> tuple[str, ...]:
    return tuple(f"{a}:{b}" for a, b in sorted(pairs))


def _share(counted: _Counted, pairs: Collection[Pair]) -> float | None:
    return sum(counted.arity[i] == ALONE for _, i in pairs) / len(pairs) if pairs else None


def _indices(counted: _Counted, days: Sequence[str]) -> Iterable[Index]:
    for scope, of, inside in _scopes(counted, days):
        name = counted.label.get(of, of)
        for day in days:
            who = inside[day]
            if not who and scope != "all":
                continue
            pairs = {p for p in counted.enrolled[day] if p[0] in who}
            guessed = pairs & counted.assumed[day]
            alone = {p for p in pairs if counted.arity[p[1]] == ALONE}
            said = f"{len(guessed)} of {len(pairs)} begins only assumed" if guessed else "measured"
            yield Index("B1", scope, of, name, day, _share(counted, pairs), _listed(alone), _listed(pairs), said)
            yield Index("B2", scope, of, name, day, None, (), (), "not computable: no activities by partner recorded")
            yield _spokes(counted, scope, of, name, day, who)
            yield _sleep(counted, scope, of, name, day, pairs)


def _spokes(counted: _Counted, scope: str, of: str, name: str, day: str, who: set[str]) -> Index:
    partners = counted.partners(day)
    others = partners if scope == "partner" else who
    pairs = {(min(a, b), max(a, b)) for a, b in combinations(sorted(who | others), 2) if a in who or b in who}
    linking = _linking(counted, day)
    apart = {(a, b) for a, b in pairs if not any(a in f and b in f for f in linking)}
    value = len(apart) / len(pairs) if pairs else None
    said = "measured" if pairs else "not computable: fewer than two partners"
    return Index("B3", scope, of, name, day, value, _listed(apart), _listed(pairs), said)


def _linking(counted: _Counted, day: str) -> list[set[str]]:
    """The partners in each format that tells one pair from another.

    A format with half of all partners, or with nine in ten of the largest framework, is one for all of them.
    """
    partners = counted.partners(day)
    circles: dict[str, set[str]] = defaultdict(set)
    for who, instrument in counted.enrolled[day]:
        if counted.kind[instrument] == "partnership framework":
            circles[instrument].add(who)
    largest = max(circles.values(), key=len, default=set())
    inside = [f & partners for f in counted.together[day].values()]
    return [
        f for f in inside if 2 * len(f) < len(partners) and not (largest and 10 * len(f & largest) >= 9 * len(largest))
    ]


def _sleep(counted: _Counted, scope: str, of: str, name: str, day: str, pairs: set[Pair]) -> Index:
    instruments = {of} if scope == "framework" else {i for _, i in pairs}
    met = [(d, s) for i in instruments for d, s in counted.meetings[i] if d <= day]
    silent = tuple(sorted(i for i in instruments if not counted.meetings[i]))
    if not met:
        return Index("B4", scope, of, name, day, None, (), silent, "unknown: no meeting recorded")
    last, statement = max(met)
    month = int(last[5:7]) if len(last) >= 7 else 12
    value = 12 * (int(day[:4]) - int(last[:4])) + int(day[5:7]) - month
    return Index("B4", scope, of, name, day, float(max(0, value)), (statement,), silent, f"last met {last}")


# ------------------------------------------------------------------ change and its causes


def _changes(counted: _Counted, days: Sequence[str]) -> Iterable[Change]:
    for since, until in pairwise(days):
        for scope, of, inside in _scopes(counted, days):
            who = inside[since] | inside[until]
            before = {p for p in counted.enrolled[since] if p[0] in who}
            after = {p for p in counted.enrolled[until] if p[0] in who}
            if before != after:
                yield _change(counted, (scope, of), since, until, before, after)


def _change(
    counted: _Counted, scope: tuple[str, str], since: str, until: str, before: set[Pair], after: set[Pair]
) -> Change:
    causes: dict[str, list[str]] = {c: [] for c in CAUSES}
    joined = counted.members[until] - counted.members[since]
    acceded = {p for p in before if p[0] in joined}
    causes["accession"] = [f"{w}: - {i}" for w, i in sorted(acceded)]
    first = before - acceded
    merged = {(w, i) for w, i in first - after if i in counted.successor and counted.ends.get(i, "9") <= until}
    gained = {(w, counted.successor[i]) for w, i in merged} & (after - before)
    for w, i in sorted(merged):
        there = (w, counted.successor[i]) in gained
        causes["merging"].append(f"{w}: {i} to {counted.successor[i]}" + ("" if there else ", not recorded for it"))
    second = (first - merged) | gained
    for w, i in sorted(second - after):
        why = "instrument ended" if counted.ends.get(i, "9") <= until else "enrolment ended"
        causes["real change"].append(f"{w}: - {i}, {why}")
    for w, i in sorted(after - second):
        why = "new instrument" if counted.begins[i] > since else "enrolled"
        causes["real change"].append(f"{w}: + {i}, {why}")
    steps = [_share(counted, s) or 0.0 for s in (before, first, second, after)]
    effects = {c: steps[n + 1] - steps[n] for n, c in enumerate(CAUSES)}
    guesses = [
        len(pairs & counted.assumed[day]) / len(pairs) if pairs else 0.0
        for day, pairs in ((since, before), (until, after))
    ]
    return Change(
        *scope, counted.label.get(scope[1], scope[1]), since, until, _share(counted, before), _share(counted, after),
        max(guesses) <= MOST_ASSUMED, effects, {c: tuple(v) for c, v in causes.items()},
    )  # fmt: skip
