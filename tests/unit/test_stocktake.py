"""The stock-take on a small world whose numbers are known, and on the shipped data."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kg import build, files, infer, stocktake
from kg.names import graph_name
from kg.render import stocktake as render
from kg.store import literal_term

WORLD = Path(__file__).parents[1] / "questions"
DAYS = ("2012-01-01", "2020-06-01")
NOW = date.fromisoformat(DAYS[1])


@pytest.fixture(scope="module")
def found():
    shared = [files.ROOT / "data" / f"{name}.ttl" for name in ("threats", "capabilities")]
    store = build.load([*files.ontology(), *shared, WORLD / "world.ttl"])
    store.load(WORLD / "stocktake" / "data.ttl", graph_name("stocktake/data.ttl"), where="stocktake")
    infer.saturate(store, {"asOf": literal_term(DAYS[1], "date")})
    return stocktake.take(store, NOW, days=DAYS[:1])


def index(found, name, scope, of, day=DAYS[1]):
    return next(i for i in found.indices if (i.index, i.scope, i.of, i.day) == (name, scope, of, day))


def test_b1_lists_what_it_counts(found):
    before, after = (index(found, "B1", "all", "all", d) for d in DAYS)
    assert before.value == pytest.approx(4 / 9)
    assert before.numerator == ("ddd:plan", "ddd:review", "fff:plan", "fff:review")
    assert len(before.denominator) == 9
    assert before.status == "1 of 9 begins only assumed"
    assert (after.value, len(after.numerator), len(after.denominator)) == (0.5, 4, 8)
    assert after.status == "measured"


def test_b1_of_a_partner_a_framework_and_a_region(found):
    assert index(found, "B1", "partner", "fff").denominator == ("fff:circle", "fff:council", "fff:review")
    assert index(found, "B1", "partner", "fff").value == pytest.approx(2 / 3)
    assert index(found, "B1", "partner", "ggg").value == 0.0
    assert index(found, "B1", "framework", "circle").value == 0.5
    assert index(found, "B1", "region", "far").denominator == ("fff:circle", "fff:council", "fff:review", "hhh:circle")


def test_who_has_joined_is_no_partner_any_more(found):
    days = {i.day for i in found.indices if (i.index, i.scope, i.of) == ("B1", "partner", "eee")}
    assert days == {DAYS[0]}


def test_b2_is_not_made_up(found):
    assert {i.value for i in found.indices if i.index == "B2"} == {None}
    assert {i.status for i in found.indices if i.index == "B2"} == {"not computable: no activities by partner recorded"}


def test_b3_counts_pairs_that_meet_nowhere(found):
    before = index(found, "B3", "all", "all", DAYS[0])
    assert before.value == 0.9
    assert set(before.denominator) - set(before.numerator) == {"ddd:fff"}
    assert index(found, "B3", "partner", "ddd", DAYS[0]).value == 0.75
    # Two of four partners are half of all: the drill no longer tells one pair from another.
    assert index(found, "B3", "all", "all").value == 1.0


def test_a_format_for_a_whole_framework_links_nobody():
    counted = stocktake._Counted()
    counted.kind |= {"circle": "partnership framework", "tool": "partnership tool"}
    counted.enrolled["day"] |= {("a", "circle"), ("b", "circle"), ("c", "tool"), ("d", "tool"), ("e", "tool")}
    counted.together["day"] |= {"relief": {"a", "b"}, "drill": {"a", "c"}, "centre": {"a", "b", "c"}}
    assert stocktake._linking(counted, "day") == [{"a", "c"}]


def test_b3_of_a_lone_partner_is_unknown_and_not_nothing(found):
    one = index(found, "B3", "region", "shore") if any(i.of == "shore" for i in found.indices) else None
    assert one is None, "a region with one partner is no region of partners"


def test_b4_counts_from_a_recorded_meeting_only(found):
    assert [index(found, "B4", "framework", "circle", d).value for d in DAYS] == [13.0, 12.0]
    assert index(found, "B4", "framework", "circle").numerator == ("circle-meeting-2019-06",)
    assert index(found, "B4", "partner", "fff").denominator == ("council", "review")
    assert [row[2] for row in found.dormancy.rows if row[0] == "Council"] == ["unknown"]


def test_a_change_is_split_into_its_causes(found):
    change = next(c for c in found.changes if c.scope == "all")
    assert (change.since, change.until, change.comparable) == (*DAYS, True)
    assert change.causes == {
        "accession": ("eee: - circle",),
        "merging": ("ddd: plan to new-plan", "fff: plan to new-plan, not recorded for it"),
        "real change": ("fff: + council, new instrument",),
    }
    assert change.effects["accession"] == pytest.approx(4 / 8 - 4 / 9)
    assert change.effects["merging"] == pytest.approx(3 / 7 - 4 / 8)
    assert change.effects["real change"] == pytest.approx(4 / 8 - 3 / 7)
    assert sum(change.effects.values()) == pytest.approx(change.after - change.before)


def test_days_with_too_many_assumed_begins_are_not_compared(found):
    change = next(c for c in found.changes if (c.scope, c.of) == ("partner", "ddd"))
    assert not change.comparable, "one of three begins of the earlier day is only assumed"


def test_the_matrix_shows_how_a_partner_takes_part(found):
    rows = {r[0]: dict(zip(found.matrix.columns, r, strict=True)) for r in found.matrix.rows}
    assert set(rows) == {"Deland", "Efland", "Geeland", "Haland"}
    assert rows["Deland"] == {
        "partner": "Deland", "circle": "n", "council": "", "new-plan": "1", "review": "1", "other formats": "1",
    }  # fmt: skip
    assert rows["Geeland"]["other formats"] == "0"


def test_tiers_gaps_and_doubts(found):
    kinds = {r[0]: r[1:] for r in found.tiers.rows}
    assert kinds["capability offer"] == ("1", "0", "0")
    assert kinds["lifecycle event"] == ("3", "3", "0")
    total = sum(int(r[1]) for r in found.tiers.rows)
    assert found.share_official == pytest.approx((total - 1) / total)
    doubts = {r[0]: dict(zip(found.doubts.columns, r, strict=True)) for r in found.doubts.rows}
    assert set(doubts) == {"drill-offer-isr", "drill-remit", "rumour"}
    assert int(doubts["drill-offer-isr"]["hangs"]) > int(doubts["drill-remit"]["hangs"]) == 0
    assert found.doubts.rows[0][0] == "drill-offer-isr"
    assert doubts["drill-remit"]["doubt"] == "The far side of the bay is not named."


def test_complete_lists_are_counted_by_confidence_and_what_is_low_is_not_held_to_it(found):
    assert found.lists.columns == ("confidence", "arrangements", "complete")
    assert found.lists.rows == (("high", "10", "10"), ("low", "1", "0"), ("medium", "1", "0"))
    assert found.share_complete == pytest.approx(10 / 11)


def test_depth_names_what_is_not_recorded(found):
    assert found.depth.columns == ("arrangement", "kind", "missing", "what", "vain", "offers", "last")
    rows = {r[0]: r[1:] for r in found.depth.rows}
    # An offer of level two that shows no evidence; the task, the remit and the link are there.
    # An operation is a response itself, so one episode is enough; it is a sign of life too.
    assert rows["drill"] == ("operation", "3", "evidence, decision rule, legal basis", "", "1", "2011-05-01")
    # A forum is asked neither for episodes nor for a lead; an activity is the last sign of life of the tool.
    assert rows["talks"] == (
        "consultation forum",
        "6",
        "task, capability, decision rule, remit, legal basis, activity",
        "",
        "0",
        "",
    )
    # What was sought in vain is said apart.
    assert rows["new-plan"][1:4] == ("5", "task, capability, decision rule, activity, link", "legal basis, remit")
    assert rows["review"][2:] == ("task, capability, decision rule, remit, legal basis, link", "", "0", "2019-01-01")
    assert rows["circle"][5] == "2019-06", "a meeting is a sign of life too"
    assert "plan" not in rows, "it had ended"
    assert found.depth.rows[0][0] == "drill", "what offers most comes first"


def test_text_and_json_say_the_same(found):
    written = json.loads(render.as_json(found))
    assert written["days"] == list(DAYS)
    assert len(written["indices"]) == len(found.indices)
    assert written["changes"][0]["effects"].keys() == set(stocktake.CAUSES)
    text = render.text(found)
    assert "accession +0.06: eee: - circle" in text
    assert "unknown" in text
    rows = (
        ("a", "f", "0", "", "", "1", ""),
        ("b", "f", "0", "", "remit", "1", ""),
        ("c", "f", "1", "task", "remit", "1", ""),
    )
    some = render.text(replace(found, depth=replace(found.depth, rows=rows)))
    assert "1 of 3 arrangements in force lack nothing that is asked for; of 1 more the rest was sought in vain" in some
    assert written["depth"] == [dict(zip(found.depth.columns, row, strict=True)) for row in found.depth.rows]
    assert "90.9 % of what is rated high or medium has a complete core list" in text
    assert written["share_complete_lists"] == 0.9091


# ------------------------------------------------------------------ the shipped data


@pytest.fixture(scope="module")
def shipped(graph):
    return graph.stocktake()


def test_every_change_of_the_shipped_data_adds_up(shipped):
    assert shipped.changes
    for change in shipped.changes:
        if change.before is not None and change.after is not None:
            assert sum(change.effects.values()) == pytest.approx(change.after - change.before), change
        causes = [w for what in change.causes.values() for w in what]
        assert causes, change


def test_every_index_of_the_shipped_data_is_its_own_count(shipped):
    for i in shipped.indices:
        if i.index in ("B1", "B3") and i.value is not None:
            assert i.value == pytest.approx(len(i.numerator) / len(i.denominator)), i
            assert set(i.numerator) <= set(i.denominator)


def test_finland_and_sweden_leave_by_accession(shipped):
    change = next(c for c in shipped.changes if c.scope == "all" and c.until == shipped.as_of)
    gone = {w.split(":")[0] for w in change.causes["accession"]}
    assert gone == {"fin", "swe"}
    assert any(w.startswith("arm: ipap to itpp") for w in change.causes["merging"])


def test_a_framework_without_a_recorded_meeting_is_never_dormant(shipped):
    life = shipped.dormancy.columns.index("life")
    last = shipped.dormancy.columns.index("last")
    assert all((row[life] == "unknown") == (row[last] == "") for row in shipped.dormancy.rows)


def test_the_command_line(ask):
    whole = json.loads(ask("stocktake", "--format", "json").out)
    assert whole["owner"] == "nato"
    assert 0.5 < whole["share_tier_1_or_2"] <= 1
    assert 0.9 <= whole["share_complete_lists"] <= 1
    ran = ask("stocktake", "--doubts", "--format", "csv")
    hangs = [int(row["hangs"]) for row in csv.DictReader(io.StringIO(ran.out))]
    assert hangs == sorted(hangs, reverse=True)
    assert hangs
    bare = list(csv.DictReader(io.StringIO(ask("stocktake", "--depth", "--format", "csv").out)))
    assert {int(row["missing"]) == len([w for w in row["what"].split(", ") if w]) for row in bare} == {True}
    assert len({row["arrangement"] for row in bare}) == len(bare)
    assert ask("stocktake", "--owner", "nobody").code == 2
    assert ask("stocktake", "--days", "2011").code == 2
