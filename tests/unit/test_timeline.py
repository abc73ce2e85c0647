"""How an answer changes from day to day, and what is said to explain it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from kg import MinilatError, build, timeline
from kg.records import CriterionValue, Evidence, FitAnswer, Option, Reason, Thing
from kg.render import timeline as render
from kg.store import Store
from kg.timeline import Change, Event, Moved, NewVerdict, Slice, Timeline, days, over

DAYS = ("2016-06-30", "2023-12-31", "2024-12-31", "2025-12-31", "2026-11-24")
ARR = "https://w3id.org/minilat/id/arrangement/"


@pytest.fixture(scope="module")
def told():
    """What the progress of the long range was told."""
    return []


@pytest.fixture(scope="module")
def cables(told, tmp_path_factory):
    """S01 on five days, with a cache folder that must stay empty."""
    folder = tmp_path_factory.mktemp("timeline") / "cache"
    patch = pytest.MonkeyPatch()
    patch.setenv("MINILAT_CACHE", str(folder))
    found = over("S01", DAYS, progress=lambda *step: told.append(step))
    patch.undo()
    assert not folder.exists(), "a range pushes nothing into the cache"
    return found


def ids(things):
    return [t.id for t in things]


# --- the shipped data ---


def test_there_is_a_slice_for_every_day_and_a_change_between_each_two(cables, told):
    assert tuple(s.as_of for s in cables.slices) == DAYS
    assert [(c.since, c.until) for c in cables.changes] == list(pairwise(DAYS))
    assert told == [(done, 5) for done in range(6)]
    assert (cables.challenge.notation, cables.prefer) == ("S01", "none")


def test_an_option_leads_only_once_it_exists(cables):
    fronts = {s.as_of[:4]: set(ids(s.front)) for s in cables.slices}
    for year in ("2016", "2023"):
        assert not fronts[year] & {"nordic-warden", "baltic-sentry"}
    assert "nordic-warden" in fronts["2024"]
    assert "baltic-sentry" not in fronts["2024"]
    assert {"nordic-warden", "baltic-sentry"} <= fronts["2025"]
    leaders = {s.as_of[:4]: ids(s.leaders) for s in cables.slices}
    assert leaders["2016"] == leaders["2023"] == ["nato"]
    assert leaders["2024"] == ["nordic-warden"]
    assert {s.verdict for s in cables.slices} == {"full"}


def test_counts_cover_every_option_and_arrangements_only_become_more(cables):
    totals = [sum(s.counts.values()) for s in cables.slices]
    assert totals == sorted(totals)
    assert all(list(s.counts) == ["full", "partial", "unknown", "ineligible"] for s in cables.slices)
    assert [s.counts["full"] for s in cables.slices[:4]] == [1, 1, 3, 4]


def test_a_change_of_the_lead_comes_with_the_events_behind_it(cables):
    change = cables.changes[1]
    assert (change.until, ids(change.arrived), ids(change.departed)) == ("2024-12-31", ["nordic-warden"], ["nato"])
    verdicts = {v.thing.id: (v.before, v.after) for v in change.verdicts}
    assert verdicts["nordic-warden"] == (None, "full")
    assert verdicts["jef"] == ("partial", "full")
    first = change.events[0]
    assert (first.date, first.what, first.statement, first.cited) == ("2024-06", "begins", "arr:nordic-warden", True)
    assert set(first.options) == {"nordic-warden", "jef"}, "the whole gained what its part offers"
    cited = {(e.what, e.statement) for e in change.events if e.cited}
    assert ("joins", "st:nato-swe-member") in cited
    assert ("block ends", "st:ob07-turkiye-sweden") in cited
    assert {m.option for m in change.moved} == {"nato"}


def test_baltic_sentry_begins_between_2024_and_2025(cables):
    change = cables.changes[2]
    assert not change.arrived
    assert {v.thing.id: (v.before, v.after) for v in change.verdicts}["baltic-sentry"] == (None, "full")
    assert ("begins", "arr:baltic-sentry", "2025-01-14") in {(e.what, e.statement, e.date) for e in change.events}


def test_every_event_lies_between_the_two_days(cables):
    seen = 0
    for change in cables.changes:
        for event in change.events:
            seen += 1
            year = int(event.date[:4])
            # A year without a month ends at the start of the next.
            assert change.since[:4] <= str(year) <= change.until[:4]
            assert event.options
            assert event.confidence in ("high", "medium", "low", "")
    assert seen > 20


def test_a_day_in_a_range_is_the_same_as_that_day_alone(cables, graph):
    """The strata run once for all days give what a build for the day alone gives."""
    assert cables.slices[-1] == timeline.cut(graph.fit("S01"))


def test_the_joint_expeditionary_force_begins_and_finland_joins(graph):
    between = {"from": "2013-12-31", "to": "2017-12-31"}
    rows = [r for r in graph.query("Q006", challenge="S01", **between) if r["place"] == "Joint Expeditionary Force"]
    found = {(r["what"], r["name"], r["date"]) for r in rows if r["option"] == ARR + "jef"}
    assert ("begins", "Joint Expeditionary Force", "2014-09-04") in found
    assert ("joins", "Finland (participant)", "2017-06-30") in found
    until_2016 = graph.query("Q006", challenge="S01", **{"from": "2013-12-31", "to": "2016-12-31"})
    assert "Finland (participant)" not in {r["name"] for r in until_2016 if r["place"] == "Joint Expeditionary Force"}


def test_the_earlier_day_is_not_counted_and_the_later_is(graph):
    def begun(since, until):
        rows = graph.query("Q006", challenge="S01", **{"from": since, "to": until})
        return "arr:baltic-sentry" in {r["statement"].replace(ARR, "arr:") for r in rows if r["what"] == "begins"}

    assert begun("2025-01-13", "2025-01-14")
    assert not begun("2025-01-14", "2025-12-31")
    assert not begun("2024-12-31", "2025-01-13")


def test_no_event_is_told_twice(graph):
    rows = graph.query("Q006", challenge="S01", **{"from": "2009-12-31", "to": "2026-11-24"})
    keys = [(r["statement"], r["what"], r["option"], r["arrangement"]) for r in rows]
    assert len(keys) == len(set(keys)) > 100
    assert [str(r["date"]) for r in rows] == sorted(str(r["date"]) for r in rows)
    assert all(r["source"] for r in rows)


def test_a_kept_graph_is_opened(tmp_path, monkeypatch):
    """The name under which the cache keeps a graph is the one looked for."""
    tiny = Store.memory()
    monkeypatch.setenv("MINILAT_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(build, "fresh", lambda *_, **__: tiny)
    build.cached(date(2001, 12, 31))
    monkeypatch.setattr(build, "load", lambda *_, **__: pytest.fail("built although it is kept"))
    assert len(timeline._Days((), cache=True).at(date(2001, 12, 31))) == 0
    monkeypatch.undo()


# --- what can be asked ---


def test_a_range_of_years_is_their_last_days():
    assert days("2010..2012") == (date(2010, 12, 31), date(2011, 12, 31), date(2012, 12, 31))
    assert days(" 2010 .. 2010 ") == (date(2010, 12, 31),)
    assert days(["2016-06-30", date(2017, 1, 1)]) == (date(2016, 6, 30), date(2017, 1, 1))
    assert len(days("1950..2009")) == 60


@pytest.mark.parametrize(
    ("years", "says"),
    [
        ("2026..2010", "backwards"),
        ("2010", "not a range"),
        ("2010-2026", "not a range"),
        ("2010...2026", "not a range"),
        ("..2026", "not a range"),
        ("10..26", "not a range"),
        ("2010-01-01..2011-01-01", "not a range"),
        ("٢٠١٠..٢٠١٢", "not a range"),
        ("0000..0001", "not a range"),
        ("", "not a range"),
        ("1950..2010", "61 days are too many"),
        ([], "no days"),
        (["2017-01-01", "2016-01-01"], "ascend"),
        (["2016-01-01", "2016-01-01"], "ascend"),
        ([date(1900 + i, 1, 1) for i in range(61)], "too many"),
    ],
)
def test_a_bad_range_is_refused(years, says, monkeypatch):
    monkeypatch.setattr(build, "load", lambda *_: pytest.fail("the range is checked before anything is built"))
    with pytest.raises(MinilatError, match=says) as caught:
        over("S01", years)
    assert caught.value.code == "E085"
    assert caught.value.hint


def test_a_day_that_is_none_is_refused():
    with pytest.raises(MinilatError) as caught:
        days(["2016"])
    assert caught.value.code == "E020"


# --- made-up answers ---


def option(name, verdict, rank, *, cites=(), speed=1.0, front=False):
    evidence = tuple(Evidence(s, (), "high") for s in cites)
    value = CriterionValue(speed, "0..4", "measured", "", ())
    return Option(
        Thing(ARR + name, name, name.upper(), name.title()), "k", "f", "n", verdict, rank, front,
        (Reason("F001", "t", evidence),), (), (), (), {"F015": value}, (), False, None, None, (),
    )  # fmt: skip


def answer(day, *options):
    thing = Thing("https://example.org/c", "c", "S99", "A challenge")
    return FitAnswer(thing, day, day, "none", options, (), "", (), ())


def row(option, statement="st:one", *, arrangement=None, what="joins", day="2001-02"):
    full = "https://w3id.org/minilat/id/statement/" + statement.removeprefix("st:")
    return {
        "option": ARR + option, "arrangement": ARR + (arrangement or option), "statement": full, "what": what,
        "date": day, "name": "n", "place": "p", "confidence": "high", "source": "s",
    }  # fmt: skip


def compare(monkeypatch, before, after, *rows):
    monkeypatch.setattr(timeline, "events_between", lambda *_: list(rows))
    monkeypatch.setattr(timeline, "_arrangements", lambda *_: {"st:offer-of-part": "arr:part"})
    return timeline.compare(answer("2000-12-31", *before), answer("2001-12-31", *after), None)


def test_two_equal_answers_have_no_change_and_no_event(monkeypatch):
    same = [option("a", "full", 1), option("b", "ineligible", None)]
    change = compare(monkeypatch, same, same, row("a"))
    assert not change
    assert change == Change("2000-12-31", "2001-12-31", (), (), (), (), ())


def test_what_never_fits_may_come_and_go(monkeypatch):
    change = compare(
        monkeypatch,
        [option("a", "full", 1), option("gone", "ineligible", None)],
        [option("a", "full", 1), option("new", "ineligible", None)],
    )
    assert not change


def test_leaders_who_share_the_first_place_are_told_one_by_one(monkeypatch):
    change = compare(
        monkeypatch,
        [option("a", "full", 1, speed=2.0), option("b", "full", 1), option("c", "full", 3)],
        [option("b", "full", 1), option("c", "full", 1), option("a", "full", 3, speed=1.0)],
    )
    assert (ids(change.arrived), ids(change.departed), change.verdicts) == (["c"], ["a"], ())
    assert change.moved == (Moved("a", "F015", 2.0, 1.0),)
    assert bool(change)


def test_a_value_that_hardly_moved_is_not_told(monkeypatch):
    change = compare(
        monkeypatch,
        [option("a", "full", 1, speed=1.001), option("b", "full", 2)],
        [option("b", "full", 1), option("a", "full", 2, speed=1.0)],
    )
    assert change.moved == ()


def test_only_events_of_what_changed_are_told_and_cited_ones_come_first(monkeypatch):
    change = compare(
        monkeypatch,
        [option("a", "partial", 1), option("b", "partial", 2)],
        [option("a", "full", 1, cites=("st:used", "st:part")), option("b", "partial", 2)],
        row("a", "st:other", what="begins"),
        row("b", "st:unchanged"),
        row("a", "st:used", what="event"),
        row("a", "st:elsewhere", arrangement="part", what="begins"),
        row("a", "st:part", arrangement="part", what="begins"),
    )
    assert change.verdicts == (NewVerdict(option("a", "full", 1).thing, "partial", "full"),)
    assert [(e.statement, e.cited) for e in change.events] == [
        ("st:part", True),
        ("st:used", True),
        ("st:other", False),
    ]


def test_the_begin_of_a_part_counts_for_the_whole_that_uses_its_offer(monkeypatch):
    begin = {**row("a", arrangement="part", what="begins"), "statement": ARR + "part"}
    unused = compare(monkeypatch, [option("a", "partial", 1)], [option("a", "full", 1)], begin)
    used = compare(
        monkeypatch, [option("a", "partial", 1)], [option("a", "full", 1, cites=("st:offer-of-part",))], begin
    )
    assert unused.events == ()
    assert [(e.statement, e.options, e.cited) for e in used.events] == [("arr:part", ("a",), True)]


def test_a_statement_is_traced_to_its_arrangement(graph):
    asked = ["st:nordic-warden-offer-mda", "st:baltic-sentry-remit", "arr:jef", "st:nobody"]
    assert timeline._arrangements(graph.store, asked) == {
        "st:nordic-warden-offer-mda": "arr:nordic-warden",
        "st:baltic-sentry-remit": "arr:baltic-sentry",
    }
    assert timeline._arrangements(graph.store, []) == {}


def test_a_statement_both_answers_rest_on_is_not_what_changed_them(monkeypatch):
    change = compare(
        monkeypatch,
        [option("a", "partial", 1, cites=("st:one",))],
        [option("a", "full", 1, cites=("st:one",))],
        row("a", "st:one"),
    )
    assert [e.cited for e in change.events] == [False]


def test_one_event_may_bear_on_several_options(monkeypatch):
    change = compare(
        monkeypatch,
        [],
        [option("a", "full", 1, cites=("st:one",)), option("b", "full", 2, cites=("st:one",))],
        row("a"),
        row("b", arrangement="a"),
    )
    assert [e.options for e in change.events] == [("a", "b")]
    assert [(v.before, v.after) for v in change.verdicts] == [(None, "full"), (None, "full")]


def test_a_slice_names_no_leader_where_nothing_is_ranked():
    found = timeline.cut(answer("2001-12-31", option("a", "unknown", None), option("b", "ineligible", None)))
    assert (found.verdict, found.leaders, found.front) == ("unknown", (), ())
    assert found.counts == {"full": 0, "partial": 0, "unknown": 1, "ineligible": 1}
    assert timeline.cut(answer("2001-12-31")).verdict == "ineligible"


def test_the_front_is_that_of_the_best_class():
    found = timeline.cut(
        answer("2001-12-31", option("a", "full", 1, front=True), option("b", "partial", 2, front=True))
    )
    assert ids(found.front) == ["a"]


# --- as text ---

A, B = Thing(ARR + "a", "a", "A1", "Alpha | <b>"), Thing(ARR + "b", "b", "", "Beta")
MADE = Timeline(
    Thing("https://example.org/c", "c", "", "A challenge"),
    "none",
    (
        Slice("2000-12-31", "unknown", (), (), {"full": 0, "partial": 0, "unknown": 1, "ineligible": 2}),
        Slice("2001-12-31", "full", (A,), (A, B), {"full": 2, "partial": 0, "unknown": 0, "ineligible": 1}),
        Slice("2002-12-31", "full", (A,), (A, B), {"full": 2, "partial": 0, "unknown": 0, "ineligible": 1}),
    ),
    (
        Change(
            "2000-12-31", "2001-12-31", (A,), (), (NewVerdict(A, None, "full"), NewVerdict(B, "unknown", "full")),
            (Moved("a", "F019", 0.123456, None), Moved("a", "F005", "unknown", "pass")),
            (
                Event("2001-02", "begins", "Alpha", "Alpha", ("a",), "arr:a", "high", "a title", True),
                Event("2001", "joins", "Ruritania", "Beta", ("b",), "st:1", "low", "", False),
                Event("2001", "joins", "Graustark", "Beta", ("b",), "st:2", "low", "", False),
            ),
        ),
        Change("2001-12-31", "2002-12-31", (), (), (), (), ()),
    ),
)  # fmt: skip


def test_the_text_tells_days_and_changes():
    text = render.as_text(MADE, width=140)
    assert text.startswith("A challenge (c) from 2000-12-31 to 2002-12-31\n")
    assert "0 · 0 · 1 · 2" in text
    for line in (
        "2000-12-31 → 2001-12-31",
        "  · now leads: Alpha | <b>",
        "  · verdict of Alpha | <b>: not there → full",
        "  · cited: 2001-02 begins: Alpha [arr:a; a title]",
        "  · also: 2001 joins: Ruritania, Graustark, Beta [st:1, st:2]",
        "  · moved for a: F019 0.12 → ?, F005 unknown → pass",
    ):
        assert line in text.splitlines()
    assert "2001-12-31 → 2002-12-31" not in text


def test_a_long_list_of_events_is_cut_and_says_so():
    events = tuple(Event("2001", "event", f"e{i}", "p", ("a",), f"st:{i}", "", f"s{i}", False) for i in range(20))
    long = replace(MADE, changes=(replace(MADE.changes[0], events=events),))
    assert "… and 12 more; --all shows them" in render.as_text(long)
    assert "st:19" in render.as_text(long, every=True)
    assert "st:19" in render.as_markdown(long)


def test_a_change_without_any_event_says_so():
    bare = replace(MADE, changes=(replace(MADE.changes[0], events=()),))
    assert "no dated statement bears on it" in render.as_text(bare)
    still = replace(MADE, changes=(MADE.changes[1],))
    assert render.as_text(still).endswith("Nothing changed.\n")
    alone = replace(MADE, slices=MADE.slices[:1], changes=())
    assert "Nothing changed" not in render.as_text(alone)


def test_the_json_has_one_object_a_day_and_one_a_change():
    found = json.loads(render.as_json(MADE))
    assert list(found) == ["challenge", "prefer", "slices", "changes"]
    assert [s["as_of"] for s in found["slices"]] == ["2000-12-31", "2001-12-31", "2002-12-31"]
    assert found["slices"][1]["leaders"] == [{"id": "a", "notation": "A1", "label": "Alpha | <b>"}]
    change = found["changes"][0]
    assert change["verdicts"][0] == {
        "id": "a",
        "notation": "A1",
        "label": "Alpha | <b>",
        "before": None,
        "after": "full",
    }
    assert change["moved"][0] == {"option": "a", "criterion": "F019", "before": 0.1235, "after": None}
    assert change["events"][0]["options"] == ["a"]
    assert found["changes"][1]["events"] == []


def test_the_markdown_keeps_its_columns():
    lines = render.as_markdown(MADE).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 5
    assert {line.replace("\\|", "").count("|") for line in table} == {6}
    assert "## 2000-12-31 → 2001-12-31" in lines


def test_the_timeline_of_the_data_can_be_written(cables):
    assert "2023-12-31 → 2024-12-31" in render.as_text(cables)
    assert len(json.loads(render.as_json(cables))["changes"]) == 4
