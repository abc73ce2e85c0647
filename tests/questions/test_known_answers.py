"""Competency questions whose answer is known, asked of the shipped data; and what every question must keep to there."""

from __future__ import annotations

import time
from functools import cache

import pytest

from kg import Graph, catalogue

TODAY = "2026-11-24"
CODES = [e.code for e in catalogue.questions() if e.code.startswith("CQ")]


def codes(text):
    return set(text.split())


@cache
def graph(day):
    return Graph.load(as_of=day)


def ask(code, day=TODAY, **parameters):
    return graph(day).query(code, **parameters)


def column(rows, name):
    return {row[name] for row in rows}


# ------------------------------------------------------------------ who is in what


def test_cq01_jef_has_ten_participants_and_ukraine_is_none_of_them():
    rows = {r["iso2"]: r for r in ask("CQ01", arrangement="jef")}
    assert set(rows) == codes("GB DK EE LV LT NL NO FI SE IS")
    assert rows["GB"]["role"] == "framework nation"
    assert {rows[c]["begin"] for c in codes("GB DK EE LV LT NL NO")} == {"2014-09-04"}
    assert rows["FI"]["begin"] == rows["SE"]["begin"] == "2017-06-30"
    assert rows["IS"]["begin"].startswith("2021-04")
    everyone = {r["iso2"]: r for r in ask("CQ01", arrangement="jef", roles="all")}
    assert set(everyone) - set(rows) == {"UA"}
    assert (everyone["UA"]["role"], everyone["UA"]["counted"]) == ("enhanced partner", False)
    assert everyone["UA"]["begin"].startswith("2025-11")


def test_cq02_in_the_middle_of_2013():
    rows = ask("CQ02", "2013-06-30")
    by = {i: {r["iso2"] for r in rows if r["id"] == i and r["iso2"]} for i in ("nato", "pfp", "jef", "eop")}
    assert len(by["nato"]) == 28
    assert not by["nato"] & codes("ME MK FI SE")
    assert codes("FI SE") <= by["pfp"]
    assert {(r["id"], r["existence"]) for r in rows if not r["iso2"]} == {
        ("jef", "did not exist yet: began 2014-09-04"),
        ("eop", "did not exist yet: began 2014-09-05"),
    }


def test_cq03_enhanced_opportunities_partners():
    rows = {r["iso2"]: r for r in ask("CQ03", "2021-02-16", tool="eop")}
    assert {c for c, r in rows.items() if r["state"] == "takes part"} == codes("AU FI GE JO SE UA")
    assert rows["UA"]["begin"] == "2020-06-12"
    now = {r["iso2"]: r for r in ask("CQ03", tool="eop")}
    assert {c for c, r in now.items() if r["state"] == "takes part"} == codes("AU GE JO UA")
    assert {c: r["reason"].split()[0] + " " + r["reason"].split()[-1] for c, r in now.items() if r["reason"]} == {
        "FI": "joined 2023-04-04",
        "SE": "joined 2024-03-07",
    }


def test_cq24_partners_of_the_cyber_centre_and_a_centre_that_is_not_accredited():
    rows = {r["id"]: r for r in ask("CQ24")}
    assert set(rows["ccdcoe"]["partners"].split()) == codes("AU AT CH IE JP KR UA")
    assert (rows["ccdcoe"]["accredited"], rows["hybrid-coe"]["accredited"]) == ("yes", "no")
    assert "ccdcoe" in {r["id"] for r in ask("CQ24", capability="cybdef")}


def test_cq26_jef_and_ei2():
    assert column(ask("CQ26", arrangements="jef,ei2"), "iso2") == codes("DK EE FI GB NL NO SE")
    assert column(ask("CQ26", arrangements="jef,ei2,nordefco"), "iso2") == codes("DK FI NO SE")


def test_cq23_who_contributes_to_kfor_is_never_called_a_member():
    rows = ask("CQ23", arrangement="kfor")
    assert rows
    assert column(rows, "role") == {"contributor"}
    allies = column(ask("CQ01", arrangement="nato"), "iso2")
    assert not column(rows, "iso2") & allies
    assert all("1244" in r["mandate"] for r in rows)


def test_cq30_every_membership_has_a_source_and_a_licence():
    rows = ask("CQ30")
    assert all(r["source"] and r["licence"] and r["statement"] for r in rows)
    assert {r["iso_status"] for r in rows if r["iso2"] == "XK"} == {"user-assigned"}
    assert {r["iso2"] for r in rows if r["iso_status"] == "user-assigned"} == {"XK"}
    assert {r["name"] for r in rows if not r["iso2"]} <= {
        "European Union",
        "NATO",
        "North Atlantic Treaty Organization",
    }
    assert len({r["statement"] for r in rows}) == len(rows)


# ------------------------------------------------------------------ partners


def test_cq05_nothing_is_dormant_because_nobody_wrote_anything_down():
    rows = ask("CQ05")
    assert all((r["life"] == "unknown") == (r["last"] is None) for r in rows)
    assert all(r["months_since"] > 36 for r in rows if r["life"] == "dormant")
    by = {r["framework"]: r["life"] for r in rows}
    assert by["NATO-Russia Council"] == "dormant"
    assert by["NATO-Ukraine Council"] == "active"


def test_cq06_ukraine_gains_a_council_of_its_own():
    rows = {r["day"]: r for r in ask("CQ06", partner="ukr")}
    assert "nuc" not in rows["2021-02-16"]["alone"].split()
    assert "nuc" in rows["2026-11-24"]["alone"].split()
    for r in rows.values():
        assert r["bilateral"] == len(r["alone"].split())
        assert r["instruments"] == r["bilateral"] + len(r["together"].split())
        assert r["share"] == pytest.approx(r["bilateral"] / r["instruments"], abs=0.001)


def test_cq06_finland_is_a_partner_only_before_it_joins():
    assert column(ask("CQ06", partner="fin"), "day") == {"2011-06-30", "2021-02-16"}


def test_cq41_enlargement_took_finland_and_sweden():
    rows = {(r["framework"][:11], r["day"]): r for r in ask("CQ41")}
    eop = [rows["Enhanced Op", d]["partners"] for d in ("2022-02-23", "2023-04-04", "2024-03-07")]
    assert eop == [6, 5, 4]
    pfp = [set(rows["Partnership", d]["who"].split()) for d in ("2022-02-23", "2023-04-04", "2024-03-07")]
    assert (pfp[0] - pfp[1], pfp[1] - pfp[2]) == ({"FI"}, {"SE"})


def test_cq42_formats_led_by_ukraine_or_with_it_inside():
    rows = {r["id"]: r for r in ask("CQ42", partner="ukr")}
    assert rows["crimea-platform"]["basis"].startswith("1 led")
    assert {"lublin-triangle", "drone-coalition"} <= set(rows)


def test_cq27_short_paths_of_ireland_and_japan():
    irish = {r["via"]: r for r in ask("CQ27", state="irl")}
    centre = irish["Cooperative Cyber Defence Centre of Excellence"]
    assert (centre["links"], centre["role"], centre["belongs_by"]) == (
        1,
        "contributing participant",
        "accredited by it",
    )
    japanese = {r["statement"].removesuffix("-participant"): r for r in ask("CQ27", state="jpn")}
    assert {"itpp-jpn-partner", "ccdcoe-jpn-contributing"} <= set(japanese)
    assert (japanese["gcap-jpn"]["links"], japanese["gcap-jpn"]["with"]) == (2, "GB IT")


# ------------------------------------------------------------------ what if


def test_cq12_a_block_against_israel_stops_the_dialogue_and_not_the_small_formats():
    rows = {r["id"]: r["effect"] for r in ask("CQ12", blocker="tur", target="isr")}
    assert rows["med-dialogue"] == rows["nato"] == "stops"
    assert rows["three-plus-one"] == rows["emgf"] == "goes on: no vote"


def test_cq13_what_goes_on_for_ukraine_without_hungary():
    found = column(ask("CQ13", blocker="hun", subject="ukr"), "id")
    assert {"jef", "drone-coalition", "coalition-of-the-willing", "purl"} <= found
    assert not found & {"nato", "eu", "nuc"}


def test_cq14_the_airlift_pool_without_the_united_states():
    rows = ask("CQ14", state="usa", arrangement="sac")
    assert {(r["size"], r["size_without"]) for r in rows} == {(12, 11)}


def test_cq15_canada_in_jef():
    rows = ask("CQ15", state="can", arrangement="jef")
    assert [(r["before"], r["after"]) for r in rows if r["aspect"] == "1 size"] == [(10, 11)]
    assert "North American Arctic" in {r["what"] for r in rows}


def test_cq16_ukraine_in_nato():
    rows = ask("CQ16", state="ukr", whole="nato")
    effects = {e: {r["id"] for r in rows if r["effect"] == e} for e in column(rows, "effect")}
    assert {"pfp", "eop", "nuc"} <= effects["ends"]
    assert effects["begins"] == {"nato"}
    assert "lublin-triangle" in effects["becomes a format of members only"]
    assert [r["role"] for r in ask("CQ16", state="ukr", whole="jef") if r["effect"] == "ends"] == ["enhanced partner"]


@pytest.mark.parametrize(("day", "there"), [("2022-06-30", True), ("2022-07-01", False)])
def test_cq17_the_danish_opt_out_ends_on_the_first_of_july_2022(day, there):
    assert ("DK" in {r["iso2"] for r in ask("CQ17", day) if r["finding"] == "constraint: opt-out"}) == there


def test_cq17_neutral_members_and_malta_outside_the_structured_cooperation():
    rows = ask("CQ17")
    assert {r["iso2"] for r in rows if r["finding"] == "constraint: neutrality"} == codes("AT IE MT")
    assert {r["iso2"] for r in rows if r["formats"] == "pesco"} == {"MT"}


# ------------------------------------------------------------------ structure


def test_cq09_the_arctic_council_may_not_deal_with_military_security():
    rows = [r for r in ask("CQ09", challenge="S02", option="arctic-council") if r["test"].startswith("2")]
    assert [r["value"] for r in rows] == ["fail"]
    assert "Ottawa Declaration" in rows[0]["note"]
    assert rows[0]["source"]


def test_cq08_what_fit_finds_full_is_found_full(graph_of_today):
    for challenge in ("S01", "S05", "S12", "S14", "S15"):
        full = {o.id for o in graph_of_today.fit(challenge).options if o.verdict == "full"}
        rows = {r["id"]: r["verdict"] for r in ask("CQ08", challenge=challenge)}
        assert full <= {i for i, verdict in rows.items() if verdict.startswith("full")}, challenge


@pytest.fixture(scope="module")
def graph_of_today():
    return graph(TODAY)


def test_cq20_jef_is_flexible_by_rule_and_minilateral_by_others():
    rows = ask("CQ20", arrangement="jef")
    assert {(r["label"], r["rule"]) for r in rows if r["by"] == "rule"} == {("flexible", "R033")}
    rivals = [r for r in rows if r["label"] == "minilateral"]
    assert rivals
    assert all(r["competing"] and r["source"] for r in rivals)


def test_cq22_mali_left_the_g5_sahel_which_then_ended():
    row = next(r for r in ask("CQ22") if r["id"] == "g5-sahel")
    assert "Mali 2022-05" in row["who_left"]
    assert str(row["end"]).startswith("2023-12")
    assert row["censored"] is False


def test_cq34_nothing_was_recorded_here_in_2022():
    assert column(ask("CQ34", "2022-05-01", known="2022-05-01"), "belief") == {"not recorded yet"}
    assert column(ask("CQ34", "2022-05-01", known=TODAY), "belief") == {"believed"}


def test_cq39_mutual_defence():
    rows = {r["id"]: r for r in ask("CQ39")}
    assert {"nato", "eu", "csto", "france-greece-2021", "saudi-pakistan-smda"} <= set(rows)
    assert set(rows["csto"]["parties"].split()) == codes("AM BY KZ KG RU TJ")
    assert rows["csto"]["suspended"].startswith("AM since 2024-02")
    assert (rows["nato"]["how_many"], rows["nato"]["pairs"]) == (32, 496)
    assert column(ask("CQ39", one="fra", two="grc"), "id") == {"nato", "eu", "france-greece-2021"}


def test_cq40_documented_speed_is_speed_on_record():
    rows = ask("CQ40")
    quick = [r for r in rows if r["speed"] == "documented"]
    assert quick
    assert all(24 * r["fastest_days"] <= 72 and r["episodes"] for r in quick)
    assert all(not r["episodes"] for r in rows if r["speed"].startswith("claimed"))


def test_cq19_pairs_are_alike_by_an_independent_count():
    members = {}
    for row in ask("CQ30"):
        members.setdefault(row["id"], set()).add(row["name"])
    suspended = {r["name"] for r in ask("CQ30", roles="all") if r["role"] == "suspended member"}
    for row in ask("CQ19"):
        a, b = members[row["a"]] - suspended, members[row["b"]] - suspended
        assert len(a & b) / len(a | b) > 0.55, row


def test_cq07_pairs_share_no_small_format():
    inside = {}
    for row in ask("CQ30"):
        inside.setdefault(row["id"], set()).add(row["name"])
    owned = {"partnership framework", "partnership tool", "bilateral partnership relation"}
    kinds = {r["id"]: r["kind"] for r in ask("CQ22", only="all")}
    for row in ask("CQ07"):
        common = {i for i, who in inside.items() if {row["a"], row["b"]} <= who and len(who) <= 15}
        assert {i for i in common if kinds.get(i) not in owned} == set(), row


# ------------------------------------------------------------------ all of them


@pytest.mark.parametrize("code", CODES)
def test_a_question_answers_alike_twice(code):
    assert ask(code) == ask(code)


def best_of(times, text):
    clocked = []
    for _ in range(times):
        begin = time.process_time()
        graph(TODAY).query(text)
        clocked.append(time.process_time() - begin)
    return min(clocked)


def test_no_question_costs_more_than_reading_the_graph_a_few_times():
    """A ratio and not a time: reading every triple once takes well under a tenth of a second on any machine of today."""
    scan = best_of(5, "SELECT (COUNT(?o) AS ?n) WHERE { ?s ?p ?o }")
    cost = {c: best_of(3, graph(TODAY).text(c, {})) / scan for c in CODES}
    assert {c: round(x, 1) for c, x in cost.items() if x > 30} == {}
