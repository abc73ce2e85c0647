"""Facts that hold whatever is added to the data: memberships on given days, and that what has ended is gone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kg import build, catalogue, files, infer
from kg.store import literal_term

TODAY = "2026-11-24"


def codes(text):
    return set(text.split())


def day_before(day):
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


# ------------------------------------------------------------------ NATO

NATO_1990 = codes("BE CA DK FR IS IT LU NL NO PT GB US GR TR DE ES")
ACCESSIONS = [
    ("1999-03-12", "CZ HU PL", 19),
    ("2004-03-29", "BG EE LV LT RO SK SI", 26),
    ("2009-04-01", "AL HR", 28),
    ("2017-06-05", "ME", 29),
    ("2020-03-27", "MK", 30),
    ("2023-04-04", "FI", 31),
    ("2024-03-07", "SE", 32),
]


def allies(day):
    return NATO_1990.union(*(codes(joined) for since, joined, _ in ACCESSIONS if since <= day))


def test_nato_1990(on):
    assert on("1990-01-01").members("nato") == NATO_1990
    assert len(NATO_1990) == 16


@pytest.mark.parametrize(("day", "joined", "count"), ACCESSIONS, ids=[a[0] for a in ACCESSIONS])
def test_nato_on_the_day_of_accession_and_on_the_day_before(on, day, joined, count):
    after, before = on(day).members("nato"), on(day_before(day)).members("nato")
    assert after == allies(day)
    assert len(after) == count
    assert before == allies(day) - codes(joined)
    assert on(day).counts["nato"] == count


# ------------------------------------------------------------------ the middle of 2013


def test_finland_and_sweden_are_partners_in_2013(on):
    day = on("2013-06-30")
    assert codes("FI SE") <= day.members("pfp")
    assert not codes("FI SE") & day.members("nato")


@pytest.mark.parametrize("name", ["eop", "jef"])
def test_what_did_not_exist_yet_is_absent_and_says_so(on, name):
    day = on("2013-06-30")
    assert day.members(name) == set()
    assert name not in day.counts
    assert "did not exist yet on 2013-06-30" in day.notes(name)


def test_croatia_is_in_nato_before_it_is_in_the_eu(on):
    assert "HR" in on("2013-06-30").members("nato")
    assert "HR" not in on("2013-06-30").members("eu")
    assert "HR" in on("2013-07-01").members("eu")


def test_question_02_nato_pfp_jef_eop_in_the_middle_of_2013(on):
    day = on("2013-06-30")
    assert len(day.members("nato")) == 28
    assert not codes("ME MK FI SE") & day.members("nato")
    assert codes("FI SE ME MK") <= day.members("pfp")
    assert not day.members("jef")
    assert not day.members("eop")


def test_russia_and_belarus_were_partners_before_they_were_suspended(on):
    assert codes("RU BY") <= on("2013-06-30").members("pfp")


# ------------------------------------------------------------------ small groups

JEF_2014 = codes("GB DK EE LV LT NL NO")


@pytest.mark.parametrize(
    ("day", "more"), [("2016-06-30", ""), ("2017-07-01", "FI SE"), ("2021-05-01", "FI SE IS"), (TODAY, "FI SE IS")]
)
def test_jef(on, day, more):
    members = on(day).members("jef")
    assert members == JEF_2014 | codes(more)
    assert len(members) == 7 + len(codes(more))


def test_question_01_who_is_in_jef_today_in_which_role_since_when(on):
    day = on(TODAY)
    table = day.tables["jef"]
    at = {c: table.columns.index(c) for c in ("iso2", "role", "begin", "source")}
    rows = {row[at["iso2"]]: row for row in table.rows}
    assert len(table.rows) == 10, "ten participants; eleven would count a partner"
    assert rows["GB"][at["role"]] == "framework nation"
    begins = {code: row[at["begin"]] for code, row in rows.items()}
    assert {begins[c] for c in JEF_2014} == {"2014-09-04"}
    assert begins["FI"] == begins["SE"] == "2017-06-30"
    assert begins["IS"].startswith("2021-04")
    assert all(row[at["source"]] for row in table.rows)
    assert "UA" not in rows
    assert day.roles("jef")["UA"] == "enhanced partner"


def test_ukraine_was_no_enhanced_partner_of_jef_before_november_2025(on):
    assert "UA" not in on("2024-12-31").roles("jef")


EI2_FOUNDERS = codes("FR DE BE DK ES EE NL PT GB")


@pytest.mark.parametrize(("day", "more"), [("2018-10-01", ""), ("2018-12-01", "FI"), ("2019-12-31", "FI SE NO IT")])
def test_ei2(on, day, more):
    assert on(day).members("ei2") == EI2_FOUNDERS | codes(more)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2017-12-31", "NL LU DE NO"),
        ("2019-12-31", "NL LU DE NO BE CZ"),
        ("2025-12-31", "NL LU DE NO BE CZ DK SE"),
    ],
)
def test_mmf(on, day, wanted):
    assert on(day).members("mmf") == codes(wanted)


@pytest.mark.parametrize(
    ("day", "count"),
    [("2022-12-31", 15), ("2023-02-28", 17), ("2023-12-31", 19), ("2024-02-29", 21), ("2024-12-31", 23)],
)
def test_essi_grows(on, day, count):
    assert len(on(day).members("essi")) == count


def test_essi_does_not_count_an_announcement(on):
    assert "PL" not in on("2024-12-31").members("essi")
    assert codes("DK SE") == on("2023-02-28").members("essi") - on("2022-12-31").members("essi")
    assert codes("AT CH") == on("2023-12-31").members("essi") - on("2023-02-28").members("essi")
    assert codes("GR TR") == on("2024-02-29").members("essi") - on("2023-12-31").members("essi")


def test_question_03_enhanced_opportunities_partners(on):
    assert on("2021-02-16").members("eop") == codes("AU FI GE JO SE UA")
    assert on(TODAY).members("eop") == codes("AU GE JO UA")


def test_question_03_the_two_that_left_left_on_the_day_of_accession(on):
    assert "FI" in on("2023-04-03").members("eop")
    assert "FI" not in on("2023-04-04").members("eop")
    assert "SE" in on("2024-03-06").members("eop")
    assert "SE" not in on("2024-03-07").members("eop")


# ------------------------------------------------------------------ sets of sets


def test_hybrid_coe_is_the_eu_and_nato_together(on):
    day = on(TODAY)
    assert len(day.members("eu")) == 27
    assert len(day.members("nato")) == 32
    assert day.members("hybrid-coe") == day.members("eu") | day.members("nato")
    assert len(day.members("hybrid-coe")) == 36


def test_jef_and_ei2_share_seven(on):
    day = on(TODAY)
    assert day.members("jef") & day.members("ei2") == codes("DK EE FI GB NL NO SE")


def test_nordic_cooperation_and_the_baltic_three_make_the_nordic_baltic_eight(on):
    day = on(TODAY)
    assert day.members("nordefco") | day.members("baltic-3b") == day.members("nb8")
    assert len(day.members("nb8")) == 8


def test_jef_is_the_nordic_baltic_eight_with_two_more(on):
    day = on(TODAY)
    assert day.members("jef") == day.members("nb8") | codes("GB NL")


# ------------------------------------------------------------------ leaving, ending, suspending


def test_g5_sahel_over_time(on):
    assert on("2022-01-01").members("g5-sahel") == codes("BF TD ML MR NE")
    assert on("2022-06-01").members("g5-sahel") == codes("BF TD MR NE")
    assert on("2024-01-01").members("g5-sahel") == set()
    assert "had ended by 2024-01-01: 2023-12-06" in on("2024-01-01").notes("g5-sahel")


def test_csto_has_six_legal_members_of_whom_five_take_part(on):
    day = on(TODAY)
    assert day.members("csto") == codes("RU BY KZ KG TJ")
    assert set(day.roles("csto")) == codes("RU BY KZ KG TJ AM")
    assert day.roles("csto")["AM"] == "suspended member"
    table = day.everyone["csto"]
    basis = {r[table.columns.index("iso2")]: r[table.columns.index("source")] for r in table.rows}
    assert all(basis[code] for code in day.roles("csto")), "each number has its basis"


def test_armenia_took_part_in_csto_before_it_froze(on):
    assert "AM" in on("2018-10-01").members("csto")


def test_danish_opt_out_from_the_defence_policy_of_the_eu(on):
    assert "co02-denmark-opt-out" in on("2022-06-30").constraints
    assert "co02-denmark-opt-out" not in on("2022-07-01").constraints


# ------------------------------------------------------------------ what has ended is gone

SAMPLED = sorted(
    {"1990-01-01", "2013-06-30", "2013-07-01", "2016-06-30", "2017-07-01", "2018-10-01", "2018-12-01", "2019-12-31",
     "2021-02-16", "2021-05-01", "2022-01-01", "2022-06-01", "2022-06-30", "2022-07-01", "2022-12-31", "2023-02-28",
     "2023-12-31", "2024-01-01", "2024-02-29", "2024-12-31", "2025-12-31", TODAY}
    | {a[0] for a in ACCESSIONS}
)  # fmt: skip


@pytest.mark.parametrize("day", SAMPLED)
def test_nothing_is_in_force_on_or_after_its_end_day(on, day):
    assert [(x, end) for x, end in on(day).alive if end <= day] == []


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    """What says when something with a day-precise end held: it, its arrangement, and the ends themselves."""
    store = build.load(files.data())
    ended = (
        "?x mlo:end ?end . FILTER(DATATYPE(?end) = xsd:date) "
        "FILTER(EXISTS { ?x a mlo:Participation } || EXISTS { ?x mlo:listComplete ?any })"
    )
    ends = {(str(r["x"]), str(r["end"])) for r in store.rows(f"SELECT ?x ?end WHERE {{ {ended} }}")}
    construct = f"CONSTRUCT {{ ?y ?p ?o }} WHERE {{ {ended} ?x mlo:arrangement? ?y . ?y ?p ?o }}"
    facts, whole = store.serialise(construct, "nt", limit=100_000, seconds=60)
    assert whole
    path = tmp_path_factory.mktemp("dated") / "facts.nt"
    path.write_bytes(facts)
    return build.load([path]), ends


def test_on_each_end_day_itself_it_is_gone_and_on_the_day_before_it_is_not(dated):
    """Half-open intervals at every day-precise end of the data: the rules of time, for that day and the one before."""
    base, ends = dated
    assert len(ends) > 40
    time = [r for r in catalogue.rules() if r.code < "R009"]
    for day in sorted({end for _, end in ends}):
        alive = {}
        for when in (day, day_before(day)):
            store = base.copy()
            infer.saturate(store, {"asOf": literal_term(when, "date")}, time)
            alive[when] = {str(r["x"]) for r in store.rows("SELECT ?x WHERE { ?x mlo:inForceOn ?day }")}
        gone = {x for x, end in ends if end <= day}
        assert not gone & alive[day], day
        last = {x for x, end in ends if end == day}
        assert last & alive[day_before(day)] == last, f"held until {day}"
