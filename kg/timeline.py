"""How an answer changed over the years, and which dated statements lie behind each change.

A slice is the answer on one day. Each day needs a graph of its own: the files are read once, the strata of rules that
do not know the day are run once, and every day starts from a copy. A graph that the cache keeps already is opened; none
is added to it, for one range would push out everything else that is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from kg import __version__, build, catalogue, dates, files, infer, lookup, strata
from kg.errors import MinilatError
from kg.fit.assess import assess
from kg.fit.screen import CLASSES
from kg.names import curie, iri, slug
from kg.store import iri_term, literal_term

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from kg.records import FitAnswer, Option, Thing, Verdict
    from kg.store import Store

MAX_DAYS: Final = 60
_RANGE: Final = re.compile(r"\s*([12]\d{3})\s*\.\.\s*([12]\d{3})\s*", re.ASCII)
_HINT: Final = "write first and last year, for example 2010..2026"
_EVENTS: Final = "Q006"
_ORDER: Final = {"begins": 0, "ends": 0, "joins": 1, "leaves": 1, "response begins": 2, "response ends": 2}
"""What explains most comes first; obstacles, interests and single events follow in the order of their dates."""


@dataclass(frozen=True)
class Slice:
    """The answer on one day, in short.

    ``verdict`` is the best class any option reached; ``leaders`` share the first place in it (none where nothing is
    ranked); ``front`` are the options of that class that nothing in it dominates; ``counts`` has every verdict.
    """

    as_of: str
    verdict: Verdict
    leaders: tuple[Thing, ...]
    front: tuple[Thing, ...]
    counts: dict[Verdict, int]


@dataclass(frozen=True)
class Event:
    """A dated statement between two days that bears on the OPTIONS (ids) that changed.

    ``date`` is as precise as its source; ``cited`` says that just one of the two answers rests on the statement.
    """

    date: str
    what: str
    name: str
    place: str
    options: tuple[str, ...]
    statement: str
    confidence: str
    source: str
    cited: bool


@dataclass(frozen=True)
class NewVerdict:
    """An option whose verdict changed; None is: not there on that day."""

    thing: Thing
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True)
class Moved:
    """A criterion whose value changed for an option that gained or lost the first place."""

    option: str
    code: str
    before: float | str | None
    after: float | str | None


@dataclass(frozen=True)
class Change:
    """What differs between two days that follow each other: who now leads, who no longer does, verdicts, and events.

    ``moved`` shows what the clock alone can do: a score for recent activity falls without any event.
    """

    since: str
    until: str
    arrived: tuple[Thing, ...]
    departed: tuple[Thing, ...]
    verdicts: tuple[NewVerdict, ...]
    moved: tuple[Moved, ...]
    events: tuple[Event, ...]

    def __bool__(self) -> bool:
        """Whether the lead or any verdict changed."""
        return bool(self.arrived or self.departed or self.verdicts)


@dataclass(frozen=True)
class Timeline:
    """The answers to one challenge on several days, and the changes between each day and the next."""

    challenge: Thing
    prefer: str
    slices: tuple[Slice, ...]
    changes: tuple[Change, ...]


def days(years: str | Iterable[date | str]) -> tuple[date, ...]:
    """The days of a range: 31 December of each year of '2010..2026', or the days given, in ascending order.

    Raises MinilatError E085 for a range that cannot be read, runs backwards or has more than ``MAX_DAYS`` days, and
    E020 for something given as a day that is none.
    """
    if isinstance(years, str):
        found = _RANGE.fullmatch(years)
        if not found:
            raise MinilatError("E085", f"{years!r} is not a range of years", hint=_HINT)
        first, last = int(found[1]), int(found[2])
        if first > last:
            raise MinilatError("E085", f"the range {first}..{last} runs backwards", hint=f"write {last}..{first}")
        _few(last - first + 1)
        return tuple(date(year, 12, 31) for year in range(first, last + 1))
    given = tuple(dates.day(d, option="years") if isinstance(d, str) else d for d in years)
    if not given:
        raise MinilatError("E085", "no days are given", hint=_HINT)
    if any(a >= b for a, b in pairwise(given)):
        raise MinilatError("E085", "the days do not ascend", hint="give each day once, the earliest first")
    _few(len(given))
    return given


def _few(count: int) -> None:
    if count > MAX_DAYS:
        raise MinilatError(
            "E085", f"{count} days are too many", hint=f"ask for at most {MAX_DAYS}, or in parts: each takes seconds"
        )


class _Days:
    """Graphs of one set of files, day by day."""

    def __init__(self, without: Collection[Path], *, cache: bool) -> None:
        self._without = without
        self._inputs = build.inputs(without)
        self._base: Store | None = None
        # What does not hang on the day is the same for every day.
        self._early, self._late = strata.apart(catalogue.rules(), "asOf")
        self._print = files.fingerprint([*self._inputs, *files.rules()])[:20] if cache else ""

    def at(self, day: date) -> Store:
        """The graph for DAY: the one kept, or a new one that is not."""
        # The name under which build.cached keeps a graph; another name would only cost time.
        if self._print and (build.cache_folder() / f"{__version__}-{day.isoformat()}-{self._print}").is_dir():
            return build.cached(day, without=self._without)
        if self._base is None:
            self._base = build.load(self._inputs)
            infer.saturate(self._base, {}, self._early)
        store = self._base.copy()
        infer.saturate(store, {"asOf": literal_term(day.isoformat(), "date")}, self._late)
        return store


def over(
    challenge: str,
    years: str | Iterable[date | str],
    prefer: str | None = None,
    *,
    without: Collection[Path] = (),
    cache: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Timeline:
    """How the answer for CHALLENGE (id, notation or name) changed over YEARS: '2010..2026', or days.

    PREFER is the anchor preferred, WITHOUT are files left out, PROGRESS is told how many days of how many are done.
    Raises MinilatError E085 or E020 (see :func:`days`), E001 (no such challenge) or E081 (no such preference).
    """
    chosen = days(years)
    report = progress or (lambda done, total: None)
    graphs = _Days(without, cache=cache)
    answers: list[Slice] = []
    changes: list[Change] = []
    last: FitAnswer | None = None
    report(0, len(chosen))
    for done, day in enumerate(chosen, start=1):
        store = graphs.at(day)
        answer = assess(store, lookup.find(store, "challenge", challenge), as_of=day, prefer=prefer)
        answers.append(cut(answer))
        if last is not None:
            changes.append(compare(last, answer, store))
        last = answer
        report(done, len(chosen))
    assert last is not None
    return Timeline(last.challenge, last.prefer, tuple(answers), tuple(changes))


def cut(answer: FitAnswer) -> Slice:
    """What a timeline keeps of an ANSWER."""
    counted = Counter(o.verdict for o in answer.options)
    best = next((v for v in CLASSES if counted[v]), CLASSES[-1])
    first = _leaders(answer)
    front = tuple(o.thing for o in answer.options if o.front and o.verdict == best)
    return Slice(answer.as_of, best, tuple(o.thing for o in first), front, {v: counted[v] for v in CLASSES})


def _leaders(answer: FitAnswer) -> list[Option]:
    return [o for o in answer.options if o.rank == 1]


def compare(before: FitAnswer, after: FitAnswer, store: Store) -> Change:
    """What changed from BEFORE to AFTER, explained from STORE, which is the graph of the later day."""
    old, new = ({o.thing.iri: o for o in answer.options} for answer in (before, after))
    led, leads = ({o.thing.iri: o.thing for o in _leaders(answer)} for answer in (before, after))
    arrived = tuple(t for i, t in leads.items() if i not in led)
    departed = tuple(t for i, t in led.items() if i not in leads)
    verdicts = tuple(
        NewVerdict((new.get(i) or old[i]).thing, was, now)
        for i in dict.fromkeys([*new, *old])
        if (was := old[i].verdict if i in old else None) != (now := new[i].verdict if i in new else None)
        and {was, now} != {None, "ineligible"}  # what begins or vanishes without ever fitting changes no answer
    )
    # Where the lead changed hands, whoever lost it to a newcomer stands beside it.
    lead = [*leads.values(), *led.values()] if arrived or departed else []
    touched = dict.fromkeys(t.iri for t in (*lead, *(v.thing for v in verdicts)))
    moved = [m for i in dict.fromkeys(t.iri for t in lead) if i in old and i in new for m in _moved(old[i], new[i])]
    cited = {i: _cited(old.get(i)) ^ _cited(new.get(i)) for i in touched}
    # An undated offer is there because the arrangement that makes it is: that arrangement is cited with it.
    made_by = _arrangements(store, frozenset().union(*cited.values()))
    cited = {i: found | {made_by[s] for s in found if s in made_by} for i, found in cited.items()}
    events = _explain(events_between(store, before, after), cited) if touched else ()
    return Change(before.as_of, after.as_of, arrived, departed, verdicts, tuple(moved), events)


def _moved(old: Option, new: Option) -> Iterable[Moved]:
    for code in sorted(old.criteria.keys() | new.criteria.keys()):
        was, now = (o.criteria[code].value if code in o.criteria else None for o in (old, new))
        if _shown(was) != _shown(now):
            yield Moved(new.id, code, was, now)


def _shown(value: float | str | None) -> float | str | None:
    return round(value, 2) if isinstance(value, float) else value


def _cited(option: Option | None) -> frozenset[str]:
    """The statements the judgement of OPTION rests on, and the option itself."""
    if option is None:
        return frozenset()
    found = {curie(option.thing.iri)}
    found |= {e for v in option.criteria.values() for e in v.evidence}
    found |= {e for c in option.coverage for e in c.evidence}
    return frozenset(found | {e.statement for r in option.reasons for e in r.evidence})


def _arrangements(store: Store, statements: Iterable[str]) -> dict[str, str]:
    """The arrangement that each of STATEMENTS is about, where there is one; all as CURIEs."""
    terms = " ".join(iri_term(iri(s)) for s in sorted(statements) if s.startswith("st:"))
    query = f"SELECT ?s ?a WHERE {{ VALUES ?s {{ {terms} }} ?s mlo:arrangement|mlo:offeredBy ?a }} ORDER BY ?s ?a"
    return {curie(str(row["s"])): curie(str(row["a"])) for row in store.rows(query)} if terms else {}


def events_between(store: Store, before: FitAnswer, after: FitAnswer) -> list[dict[str, str]]:
    """The dated statements in STORE that bear on the challenge, after the day of BEFORE up to that of AFTER (Q006)."""
    query = catalogue.question(_EVENTS)
    assert query is not None
    terms = {
        "from": literal_term(before.as_of, "date"),
        "to": literal_term(after.as_of, "date"),
        "challenge": iri_term(after.challenge.iri),
    }
    return [{k: str(v or "") for k, v in row.items()} for row in store.rows(query.bind(terms))]


def _explain(rows: Iterable[Mapping[str, str]], cited: Mapping[str, frozenset[str]]) -> tuple[Event, ...]:
    """Those of ROWS that bear on an option in CITED, cited ones first; what a part did counts only where cited."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        option, statement = row["option"], curie(row["statement"])
        if option not in cited:
            continue
        used = statement in cited[option]
        if not used and row["arrangement"] != option:
            continue
        one = found.setdefault((statement, row["what"]), {"row": row, "options": [], "cited": False})
        one["options"].append(slug(option))
        one["cited"] = one["cited"] or used
    events = [
        Event(
            one["row"]["date"], what, one["row"]["name"], one["row"]["place"], tuple(one["options"]), statement,
            one["row"]["confidence"], one["row"]["source"], one["cited"],
        )
        for (statement, what), one in found.items()
    ]  # fmt: skip
    return tuple(sorted(events, key=lambda e: (not e.cited, _ORDER.get(e.what, len(_ORDER)))))
