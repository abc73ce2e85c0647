"""The eighteen scenarios on one day: what any sensible answer must say, and what every answer must carry."""

from __future__ import annotations

import re

import pytest

from kg import files
from kg.fit import assess
from kg.names import curie

SCENARIOS = [f"S{n:02d}" for n in range(1, 19)]
TODAY = "2026-11-24"


def by_id(answer):
    return {o.id: o for o in answer.options}


def eligible(answer):
    return [o for o in answer.options if o.verdict in ("full", "partial")]


def leader(answer):
    return next((o for o in answer.options if o.rank == 1), None)


def text(option, code=None):
    return " | ".join(r.text for r in option.reasons if code in (None, r.code))


def codes(option):
    return {r.code for r in option.reasons}


def ids_where(graph, pattern):
    return {
        str(r["x"]).rpartition("/")[2]
        for r in graph.query(f"SELECT DISTINCT ?x WHERE {{ ?x mlo:listComplete ?any . {pattern} }}")
    }


@pytest.fixture(params=SCENARIOS)
def answer(request, answer_to):
    return answer_to(request.param)


# ================================================================== what every answer carries


def test_considered_counts_every_arrangement_that_had_begun(answer, graph_on):
    rows = graph_on(TODAY).query("SELECT DISTINCT ?x WHERE { ?x mlo:listComplete ?any ; mlo:begunBy ?day }")
    assert answer.considered == len(answer.options) == len(rows) > 250
    assert len({o.id for o in answer.options}) == answer.considered, "each option once"


def test_bilateral_help_the_alliance_and_the_union_are_always_considered(answer):
    assert {"bilateral-help", "nato", "eu"} <= set(by_id(answer))


def test_each_ineligible_option_says_which_test_failed_in_words_with_sources(answer):
    for option in answer.options:
        if option.verdict != "ineligible":
            continue
        assert option.reasons, option.id
        assert option.rank is None
        assert not option.front
        assert option.first_share is None
        for reason in option.reasons:
            assert re.fullmatch(r"F0\d\d", reason.code), option.id
            assert len(reason.text) > 20, option.id
            assert any(e.sources for e in reason.evidence), f"{option.id} {reason.code}"


def test_each_placed_option_rests_on_statements_with_sources(answer):
    for option in eligible(answer):
        for reason in (r for r in option.reasons if r.code == "F004"):
            assert any(e.sources for e in reason.evidence), f"{option.id}: {reason.text}"


def test_the_front_is_what_nothing_in_its_class_dominates(answer):
    placed = eligible(answer)
    if placed:
        assert any(o.front for o in placed)
    for option in placed:
        assert option.front == (not option.dominated_by), option.id
    assert all(not o.front for o in answer.options if o.rank is None)


def test_gaps_are_the_musts_not_covered(answer):
    for option in eligible(answer):
        assert set(option.gaps) == {c.capability for c in option.coverage if c.must and c.value == "fail"}, option.id
        assert (option.verdict == "full") == (not option.gaps), option.id


def test_full_cover_comes_before_partial_and_that_before_the_rest(answer):
    classes = [("full", "partial", "unknown", "ineligible").index(o.verdict) for o in answer.options]
    assert classes == sorted(classes)
    ranks = [o.rank for o in answer.options if o.rank is not None]
    assert ranks == sorted(ranks)


def test_a_dominated_option_never_precedes_the_one_that_dominates_it(answer):
    place = {o.id: i for i, o in enumerate(answer.options)}
    for option in answer.options:
        for better in option.dominated_by:
            assert place[better] < place[option.id]


def test_blockers_are_named_where_they_decide(answer):
    for option in answer.options:
        if "F005" in codes(option) and option.verdict == "ineligible":
            assert "block" in text(option, "F005") or "whose conduct" in text(option, "F005"), option.id
        found = option.criteria["F005"]
        if found.value == "unknown":
            assert any(c.startswith("F005: ") for c in option.conditions), option.id


def test_robustness_is_given_for_every_placed_option(answer):
    groups = {}
    for option in eligible(answer):
        low, high = option.rank_range
        assert 0 <= option.first_share <= 1
        assert 1 <= low <= high
        groups.setdefault((option.verdict, len(option.gaps), bool(option.conditions)), []).append(option)
    for group in groups.values():
        assert sum(o.first_share for o in group) == pytest.approx(1, abs=0.01)
        assert max(o.rank_range[1] for o in group) <= len(group)


def test_weak_statements_are_those_below_high_confidence(answer):
    assert all(e.confidence in ("medium", "low") for e in answer.weak_statements)
    front = [o for o in eligible(answer) if o.front and o.verdict == leader(answer).verdict][:5]
    rests_on = {e for o in front for c in o.coverage if c.must for e in c.evidence}
    assert {e.statement for e in answer.weak_statements} <= rests_on


def test_the_explanation_is_one_paragraph_with_count_leader_and_source(answer):
    words = answer.explanation
    assert "\n" not in words
    assert len(words) > 200
    assert f"{answer.considered} options were considered" in words
    best = leader(answer)
    if best is None:
        assert "No existing grouping fits" in words
        return
    assert f"{best.label} leads" in words or f"nearest is {best.label}," in words
    titles = {s for r in best.reasons for e in r.evidence for s in e.sources}
    assert any(title in words for title in titles), "a source is cited"
    counts = {v: sum(o.verdict == v for o in answer.options) for v in ("full", "partial", "unknown", "ineligible")}
    for n in counts.values():
        assert re.search(rf"\b{n}\b", words)


def test_the_answer_says_its_day_and_how_late_it_knows(answer):
    assert answer.as_of == TODAY
    assert answer.known_as_of >= "2026-11"


def test_what_would_change_a_verdict_is_said(answer):
    for option in eligible(answer):
        for gap in option.gaps:
            assert any(gap in line for line in option.would_change), f"{option.id} {gap}"


def test_unknown_is_never_scored(answer):
    for option in answer.options:
        if option.verdict == "unknown":
            assert option.rank is None
            assert option.first_share is None
            assert option.conditions


def test_intervals_hold_their_share(answer):
    for option in eligible(answer):
        low, high = option.first_interval
        assert 0 <= low <= option.first_share <= high <= 1
    assert all(o.first_interval is None for o in answer.options if o.rank is None)


def test_sets_cover_what_no_single_option_does(answer):
    options = by_id(answer)
    layered = {layer.layer for layer in answer.layers} >= {"civil", "military"}
    if any(o.verdict == "full" for o in answer.options) and not layered:
        assert answer.sets == ()
    for found in answer.sets:
        musts = {c.capability for c in answer.options[0].coverage if c.must}
        brought = {
            i: {c.capability for c in options[i].coverage if c.must and c.value == "pass"} for i in found.members
        }
        assert set().union(*brought.values()) == musts
        for out in found.members:
            assert set().union(*(b for i, b in brought.items() if i != out)) != musts
        assert all(options[i].verdict in ("full", "partial") for i in found.members)
    assert len(answer.sets) == min(answer.sets_found, 10)


def test_fragile_statements_are_weak_and_carry_a_must_of_the_first(answer):
    best = leader(answer)
    for e in answer.fragile:
        assert e.confidence != "high"
        assert any(c.evidence == (e.statement,) for c in best.coverage if c.must and c.value == "pass")
        assert e.statement in answer.explanation or len(answer.fragile) > 2


@pytest.mark.parametrize("method", ["promethee", "electre"])
@pytest.mark.parametrize("name", SCENARIOS[:4])
def test_another_method_reorders_inside_the_classes_alone(answer_to, graph_on, name, method):
    plain = answer_to(name)
    graph = graph_on(TODAY)
    other = assess(graph.store, plain.challenge.iri, as_of=graph.as_of, method=method)

    def classes(answer):
        return [(o.verdict, len(o.gaps), bool(o.conditions)) for o in answer.options]

    assert classes(other) == classes(plain)
    assert {o.id: (o.verdict, o.front) for o in other.options} == {o.id: (o.verdict, o.front) for o in plain.options}
    place = {o.id: i for i, o in enumerate(other.options)}
    names = by_id(other)
    for option in other.options:
        assert all(place[better] < place[option.id] for better in option.dominated_by)
        for apart in option.incomparable_with:
            assert option.front
            assert names[apart].front
            assert option.id in names[apart].incomparable_with
    assert ("PROMETHEE II" if method == "promethee" else "ELECTRE III") in other.explanation or not [
        o for o in eligible(other)[1:] if classes(other)[0] == (o.verdict, len(o.gaps), bool(o.conditions))
    ]


# ------------------------------------------------------------------ claims that no reader should find false


@pytest.mark.parametrize("name", SCENARIOS)
def test_an_option_said_to_cover_the_musts_is_known_to_cover_them(answer_to, name):
    answer = answer_to(name)
    found = re.search(r"([^.]*) would cover the musts and is ineligible", answer.explanation)
    if found:
        option = next(o for o in answer.options if found[1].strip().endswith(o.label))
        assert all(c.value == "pass" for c in option.coverage if c.must), option.label


@pytest.mark.parametrize(
    "name",
    SCENARIOS,
)
def test_when_weights_favour_another_option_the_explanation_names_it(answer_to, name):
    answer = answer_to(name)
    best = leader(answer)
    if best is None:
        pytest.skip("nothing is placed, so nothing leads")
    same = [
        o
        for o in eligible(answer)
        if (o.verdict, len(o.gaps), bool(o.conditions)) == (best.verdict, len(best.gaps), bool(best.conditions))
    ]
    robust = max(same, key=lambda o: o.first_share)
    if robust.first_share >= 0.6 and robust.id != best.id:
        tail = answer.explanation.partition("Over all weights")[2]
        assert robust.label in tail
        assert "cannot be separated" not in tail


@pytest.mark.parametrize(
    "name",
    SCENARIOS,
)
def test_no_choice_of_weights_means_none(answer_to, name):
    answer = answer_to(name)
    if "no choice of weights reverses the two" in answer.explanation:
        second = next(o for o in answer.options if o.rank is not None and o.id != leader(answer).id)
        assert second.first_share == 0


def test_a_criterion_that_decides_prints_different_numbers(answer_to):
    for name in SCENARIOS:
        found = re.search(r"\((\S+) against (\S+)\)", answer_to(name).explanation)
        assert not found or found[1] != found[2], name


def test_a_covered_requirement_is_not_called_unusable(answer_to):
    for name in SCENARIOS:
        for option in answer_to(name).options:
            for row in option.coverage:
                assert row.value != "pass" or "not usable" not in row.note, f"{name} {option.id} {row.capability}"


def test_recent_activity_is_known_of_someone(answer_to):
    assert any(o.criteria["F019"].value is not None for o in answer_to("S01").options)


# ================================================================== what any sensible answer says


def test_s01_cables(answer_to, graph_on):
    answer = answer_to("S01")
    options = by_id(answer)
    best = leader(answer)
    affected = {"Lithuania", "Latvia", "Denmark", "Germany", "Finland", "Estonia", "Poland", "Sweden"}
    assert best.criteria["F012"].value >= 0.5, (
        "a format of the affected states leads, not one of a single state or of another sea"
    )
    assert best.criteria["F014"].value > 0, "the remit of the first lies in the Baltic"
    for option in answer.options:
        found = option.criteria["F012"]
        if found.status == "measured" and found.value == 0:
            assert option.verdict == "ineligible", f"a format with no affected state is ineligible: {option.id}"
    assert "F012" in codes(options["five-eyes"]), "the veto on inclusion is named"
    assert affected & set(re.findall(r"\w+", text(options["five-eyes"], "F012"))), "and says who is missing"
    for name in ("med-dialogue", "med9", "five-plus-five-defence", "euromarfor"):
        assert options[name].verdict == "ineligible", f"a Mediterranean format is not proposed: {name}"
    with_russia = ids_where(graph_on(TODAY), "state:rus mlo:coreParticipantOf ?x")
    assert "osce" in with_russia
    for name in with_russia & set(options):
        assert options[name].verdict == "ineligible", f"a body that includes Russia is not feasible: {name}"
    assert {"nordic-warden", "baltic-sentry", "jef", "nato"} <= {o.id for o in eligible(answer)}


def test_s02_two_layers_with_different_leaders(answer_to):
    answer = answer_to("S02")
    layers = {layer.layer: layer for layer in answer.layers}
    assert set(layers) == {"civil", "military"}, "two answers: civil rescue and military surveillance"
    assert layers["civil"].needs == ("SAR",)
    assert layers["military"].needs == ("MDA",)
    assert layers["civil"].options
    assert layers["military"].options
    assert layers["civil"].options[0] != layers["military"].options[0], "each layer has a leader of its own"
    assert {"acgf", "arctic-sar-agreement"} & set(layers["civil"].options)
    assert not {"acgf", "arctic-council", "arctic-sar-agreement"} & set(layers["military"].options), (
        "civil Arctic bodies are not used for military tasks"
    )
    options = by_id(answer)
    both = set(layers["civil"].options) & set(layers["military"].options)
    assert all(options[o].overclaims for o in both), "one body for both layers is flagged as over-claim"
    assert "civil layer (SAR)" in answer.explanation
    assert "military layer (MDA)" in answer.explanation
    assert any("Arctic Council excludes" in c for c in answer.caveats)
    assert options["arctic-council"].verdict == "ineligible"


def test_s02_the_exclusion_of_military_security_is_shown_for_the_arctic_council(answer_to):
    found = by_id(answer_to("S02"))["arctic-council"].criteria["F002"]
    assert found.value == "pass" or "founding text excludes" in found.note
    assert "excludes" in found.note, "the Ottawa Declaration leaves military security out"


def test_s03_border(answer_to):
    answer = answer_to("S03")
    options = by_id(answer)
    for name in (
        "euromarfor",
        "baltic-sentry",
        "nordic-warden",
        "cmf",
        "eunavfor-irini",
        "sea-guardian",
        "mcm-black-sea",
    ):
        assert options[name].verdict == "ineligible", f"a purely naval format is ineligible: {name}"
    assert {"frontex", "eu"} & {o.id for o in eligible(answer)}, "civil and EU bodies are visible, not filtered out"
    assert options["frontex"].nature == "civil"
    assert options["frontex"].verdict in ("full", "partial")
    assert "ucpm" in options, "civil mechanisms are judged too"
    assert any("interior ministries" in c for c in answer.caveats)
    assert [layer.layer for layer in answer.layers] == ["civil"]


def test_s03_finland_is_part_of_frontex(answer_to):
    assert not any("Finland" in c for c in by_id(answer_to("S03"))["frontex"].conditions)


def test_s04_red_sea(answer_to):
    answer = answer_to("S04")
    options = by_id(answer)
    for name in (
        "baltic-sentry",
        "nordic-warden",
        "arctic-sentry",
        "jef",
        "acgf",
        "arctic-council",
        "baltic-air-policing",
    ):
        assert "F003" in codes(options[name]), f"a Baltic or Arctic remit fails: {name}"
    listed = {o.id for o in eligible(answer)}
    assert {"eunavfor-aspides", "prosperity-guardian"} <= listed, (
        "defensive and wider mandates are both listed, not merged"
    )
    assert options["eunavfor-aspides"].rank != options["prosperity-guardian"].rank
    assert any("not merged" in c for c in answer.caveats)


def test_s05_black_sea(answer_to, graph_on):
    answer = answer_to("S05")
    options = by_id(answer)
    full = [o for o in answer.options if o.verdict == "full"]
    assert full, "the littoral group covers the musts"
    littoral = {r["s"] for r in graph_on(TODAY).query("SELECT ?s WHERE { ?s mlo:littoralOf region:black-sea }")}
    for option in full:
        rows = graph_on(TODAY).query(f"SELECT ?s WHERE {{ ?s mlo:coreParticipantOf <{option.thing.iri}> }}")
        members = {r["s"] for r in rows}
        assert members, option.id
        assert members <= littoral, f"mine hunting in full cover is by littoral states only: {option.id}"
    assert leader(answer).id == "mcm-black-sea"
    hunting = {c.capability: c for c in options["nato"].coverage}["MCM"]
    assert hunting.value == "fail"
    assert "barred by treaty" in hunting.note, "the Alliance as a whole cannot send ships in"
    # All its members are barred, so its mandate is; the coalition for Ukraine has littoral members and fails on what it offers.
    assert "F002" in codes(options["benelux-benesam"])
    assert "treaty bars" in text(options["benelux-benesam"], "F002")
    assert options["maritime-coalition"].verdict == "ineligible"
    assert "barred by treaty" in text(options["maritime-coalition"], "F004")
    assert any("Montreux" in c and "drones" in c for c in answer.caveats), "training, drones and transfer stay possible"


def test_s06_earthquake(answer_to):
    answer = answer_to("S06")
    placed = eligible(answer)
    first_military = min((o.rank for o in placed if o.nature == "military"), default=99)
    civil = [o for o in placed if o.nature == "civil"]
    assert civil
    assert all(o.rank < first_military for o in civil), "civil mechanisms rank above military formations"
    assert leader(answer).nature == "civil"
    assert {"ucpm", "eadrcc"} <= {o.id for o in civil}
    for option in civil:
        assert "Kosovo" in option.criteria["F012"].note or "4 of 4" in option.criteria["F012"].note, (
            f"the part of Kosovo is handled explicitly: {option.id}"
        )
    assert any("do not recognise Kosovo" in c for c in answer.caveats)
    assert any("Albania" in c for o in placed for c in o.conditions), "who has no seat must be asked by the host"


def test_s07_a_preference_for_a_low_profile_changes_the_order(answer_to):
    def order(prefer):
        return [o.id for o in answer_to("S07", TODAY, prefer).options if o.rank is not None]

    assert order("nato") != order("low-profile")


def test_s07_moldova(answer_to):
    answer = answer_to("S07")
    assert answer.prefer == "low-profile", "the challenge itself asks for a low profile"
    low, high = (by_id(answer_to("S07", TODAY, p)) for p in ("low-profile", "nato"))
    assert (low["nato"].criteria["F018"].value, high["nato"].criteria["F018"].value) == (0, 4), (
        "the scale is turned round"
    )
    assert low["eupm-moldova"].criteria["F018"].value == 4
    assert "F018" not in answer_to("S07", TODAY, "none").options[0].criteria, (
        "without a preference the anchor is left out"
    )
    assert any("neutral" in c for c in answer.caveats)
    assert leader(answer).id != "nato"
    names = {o.id for o in answer.options}
    assert names == set(high), "a preference hides nothing"
    assert {o: v.verdict for o, v in low.items()} == {o: v.verdict for o, v in high.items()}, "and changes no verdict"


def test_s08_telecom(answer_to):
    answer = answer_to("S08")
    small_military = [
        o for o in eligible(answer) if o.nature == "military" and o.kind in ("standing force formation", "operation")
    ]
    assert not small_military, "small military formats are irrelevant"
    best = leader(answer)
    assert best is None or {c.capability: c.value for c in best.coverage}["NORMS"] == "pass"
    assert any("weakest-link" in c for c in answer.caveats)
    options = by_id(answer)
    for name in ("mcm-black-sea", "baltic-air-policing", "litpolukrbrig", "eurocorps"):
        assert options[name].verdict == "ineligible", name


@pytest.mark.parametrize(("name", "end"), [("g5-sahel", "2023-12-06"), ("takuba", "2022-06-30")])
def test_s09_dissolved_formats_are_ineligible_with_their_end(answer_to, name, end):
    option = by_id(answer_to("S09"))[name]
    assert option.verdict == "ineligible"
    assert codes(option) == {"F001"}
    assert f"ended {end}" in text(option)


def test_s09_sahel(answer_to):
    answer = answer_to("S09")
    ended = [o for o in answer.options if "F001" in codes(o)]
    assert len(ended) > 10, "what has ended stays listed with its reason"
    assert all(re.search(r"ended \d{4}|suspended since|ended before", text(o, "F001")) for o in ended)
    assert any("juntas" in c for c in answer.caveats)
    assert any("European combat presence" in c for c in answer.caveats)
    best = leader(answer)
    assert best.criteria["F012"].value == 1, "a body of the coastal states themselves leads"
    assert by_id(answer)["aes"].criteria["F012"].value == 0


@pytest.mark.xfail(
    strict=True,
    reason="a caveat says that a European combat presence is not feasible, yet the Union is listed as covering "
    "the force on the ground: the limit is text only and meets no rule",
)
def test_s09_no_european_force_on_the_ground_is_proposed(answer_to):
    military = next(layer for layer in answer_to("S09").layers if layer.layer == "military")
    assert not {"eu", "eurocorps", "eu-battlegroups"} & set(military.options)


def test_s10_missiles(answer_to):
    answer = answer_to("S10")
    options = by_id(answer)
    nato = options["nato"]
    assert "missing Cyprus" in nato.criteria["F012"].note, "the gap in covering Cyprus is reported"
    assert "Türkiye blocks Cyprus" in nato.criteria["F005"].note
    assert {e for e in nato.criteria["F005"].evidence if e.startswith("st:ob04-turkiye")}, "with the recorded blocking"
    assert any("Cyprus" in c for c in nato.conditions)
    for name in ("essi", "purl"):
        assert options[name].verdict == "ineligible", f"buying is not defending: {name}"
        aaw = {c.capability: c for c in options[name].coverage}["AAW"]
        assert aaw.level == 0
        assert "a programme" in aaw.note
    assert options["essi"].function == "programme"
    assert nato.function == "operational"


def test_s11_pandemic(answer_to):
    answer = answer_to("S11")
    listed = {o.id for o in eligible(answer)}
    assert {"eatc", "sac"} <= listed, "pooled fleets surface"
    for name in ("eatc", "sac"):
        assert {c.capability: c.value for c in by_id(answer)[name].coverage}["AIRLIFT"] == "pass"
    assert leader(answer).nature == "civil", "the lead is civil"
    assert any("lead is civil" in c for c in answer.caveats)
    assert by_id(answer)["eatc"].criteria["F012"].value == 0, "partners have no seat in the pool, and it is said"


def test_s12_space(answer_to):
    answer = answer_to("S12")
    options = by_id(answer)
    assert not any("F003" in codes(o) for o in answer.options), "a remit on the ground is no reason in space"
    assert {"eu-sst", "cspo"} <= {o.id for o in eligible(answer)}, (
        "civil tracking and the military initiative stand apart"
    )
    assert options["eu-sst"].function != options["cspo"].function
    assert any("Classification" in c for c in answer.caveats)


def test_s12_civil_and_military_formats_are_told_apart(answer_to):
    options = by_id(answer_to("S12"))
    assert (options["eu-sst"].nature, options["cspo"].nature) == ("civil", "military")


def test_s13_drones(answer_to):
    answer = answer_to("S13")
    options = by_id(answer)
    assert all(o.function == "operational" for o in eligible(answer)), "what acts now is proposed"
    for name in ("eastern-flank-watch", "essi", "drone-coalition", "nb6-drone-wall"):
        assert options[name].verdict == "ineligible", f"a capability programme is not an operation: {name}"
    assert options["eastern-flank-watch"].function == "programme"
    assert "a programme" in {c.capability: c for c in options["eastern-flank-watch"].coverage}["CUAS"].note
    assert {"eastern-sentry", "nato"} <= {o.id for o in eligible(answer)}


def test_s13_the_eastern_flank_lies_in_the_area_of_the_incursions(answer_to):
    assert by_id(answer_to("S13"))["eastern-sentry"].criteria["F014"].value > 0


def test_s14_hormuz(answer_to):
    answer = answer_to("S14")
    options = by_id(answer)
    nato = options["nato"]
    assert nato.verdict == "ineligible"
    assert "F003" in codes(nato), "the remit of the Alliance does not reach"
    assert "Euro-Atlantic" in text(nato, "F003")
    assert "consensus" in nato.criteria["F005"].note, "and it decides by consensus"
    for option in eligible(answer):
        found = option.criteria["F012"]
        for iso, importer in (("jpn", "Japan"), ("kor", "Republic of Korea")):
            inside = any(e.startswith(f"st:{option.id}-{iso}-") for e in found.evidence)
            assert found.value is None or inside or importer in found.note, (
                f"{option.id} goes without {importer}, unsaid"
            )
        assert re.fullmatch(r"interest known for \d+ of \d+ participants", option.criteria["F022"].note)
    assert any("Japan" in c for c in answer.caveats)
    assert any("ceasefire" in c for c in answer.caveats)
    mission = options["hormuz-multinational-military-mission"]
    assert {c.capability: c.level for c in mission.coverage}["MCM"] == 1, "declared, not yet shown"


def test_s15_evacuation(answer_to):
    answer = answer_to("S15")
    options = by_id(answer)
    assert leader(answer).kind == "pooling arrangement", "small standing pools rank high"
    for option in answer.options:
        if option.kind == "alliance" and option.rank is not None:
            assert option.rank > leader(answer).rank, "treaty alliances are slow"
    assert options["eatc"].criteria["F015"].value > options["nato"].criteria["F015"].value or (
        options["nato"].verdict == "ineligible"
    )
    assert any("airfield" in c for c in answer.caveats)


def test_s16_monitoring(answer_to):
    answer = answer_to("S16")
    options = by_id(answer)
    osce = options["osce"]
    assert osce.verdict == "ineligible"
    assert codes(osce) == {"F005"}, "the only body that monitors is stopped"
    assert "Russian Federation blocks" in text(osce)
    assert "consensus" in text(osce)
    shown = {e.statement: e.sources for r in osce.reasons for e in r.evidence}
    assert any(s.startswith("st:ob12-russia-osce") and src for s, src in shown.items())
    assert {c.capability: c.value for c in osce.coverage}["MONITOR"] == "pass"
    layers = {layer.layer: layer for layer in answer.layers}
    assert layers["civil"].needs == ("MONITOR",), "the monitor is a task of civil authority"
    force = options["coalition-of-the-willing"]
    rows = {c.capability: c for c in force.coverage}
    assert (rows["MONITOR"].layer, rows["RRF"].layer) == ("civil", "military"), (
        "monitor and reassurance force are separate"
    )
    assert rows["MONITOR"].value == "fail"
    assert force.id not in layers["civil"].options
    assert any("not neutral" in c for c in answer.caveats)
    assert any("consent of the Russian Federation" in c for c in answer.caveats)


def test_s16_the_russian_veto_on_the_osce_is_in_the_explanation(answer_to):
    words = answer_to("S16").explanation
    assert "Organization for Security" in words or "OSCE" in words


def test_s16_nobody_without_a_relevant_task_leads(answer_to):
    best = leader(answer_to("S16"))
    assert best is None or best.criteria["F011"].value > 0


def test_s17_ransomware(answer_to, graph_on):
    answer = answer_to("S17")
    linked = ids_where(graph_on(TODAY), "{ ?x mlo:natoLevel 4 } UNION { ?x mlo:natoLevel 3 }")
    assert "nato" in linked
    assert not [o.id for o in answer.options if o.verdict == "full" and o.id in linked], "NATO formats are partial only"
    assert by_id(answer)["nato"].gaps == ("CYBRESP",)
    assert leader(answer).nature == "civil"
    assert any("law enforcement" in c for c in answer.caveats)


def test_s18_pacific(answer_to, graph_on):
    answer = answer_to("S18")
    for option in eligible(answer):
        rows = graph_on(TODAY).query(
            f"SELECT ?iso WHERE {{ ?s mlo:coreParticipantOf <{option.thing.iri}> ; mlo:iso2 ?iso }}"
        )
        members = {r["iso"] for r in rows}
        europe = members & {"FR", "GB", "DE", "IT", "ES", "PT", "BE", "NL", "LU", "PL"}
        pacific = members & {"AU", "NZ", "US", "JP", "FJ", "PG", "SB", "VU", "TO", "IN", "PH"}
        assert pacific or europe & {"FR", "GB", "DE"}, (
            f"a European format scores only through FR, GB or DE: {option.id}"
        )
    options = by_id(answer)
    assert "F003" in codes(options["nato"])
    assert "F003" in codes(options["jef"])
    assert leader(answer).criteria["F014"].value > 0.5, "a body of the Pacific leads"
    assert all(o.conditions for o in eligible(answer) if o.criteria["F012"].value == 0), "the islands must ask"


# ================================================================== the past, and what is hidden


def test_s01_as_of_2021_sees_nothing_that_began_later(answer_to, graph_on):
    day = "2021-01-01"
    answer = answer_to("S01", day)
    options = by_id(answer)
    assert not {"nordic-warden", "baltic-sentry", "eastern-sentry", "arctic-sentry", "essi"} & set(options)
    begins = {
        str(r["x"]): str(r["b"])
        for r in graph_on(day).query("SELECT ?x ?b WHERE { ?x mlo:listComplete ?any ; mlo:begin ?b }")
    }
    assert not [o.id for o in answer.options if begins.get(o.thing.iri, "")[:4] > "2021"]
    assert len(graph_on(day).members("jef").rows) == 9
    assert answer.as_of == day
    assert day in answer.explanation
    seen = {e.statement for o in answer.options for r in o.reasons for e in r.evidence}
    dates = graph_on(day).query("SELECT ?s ?b WHERE { ?s a mlo:ResponseEpisode ; mlo:begin ?b }")
    later = {curie(str(r["s"])) for r in dates if str(r["b"])[:4] >= "2022"}
    assert not seen & later, "no later response is evidence"
    assert "Nordic Warden" not in answer.explanation
    assert "Baltic Sentry" not in answer.explanation


def test_hidden_options_vanish_from_answer_and_words(graph_on):
    answer = graph_on(TODAY, ("nordic-warden", "baltic-sentry")).fit("S01")
    assert not {"nordic-warden", "baltic-sentry"} & set(by_id(answer))
    assert "Nordic Warden" not in answer.explanation
    assert "Baltic Sentry" not in answer.explanation
    assert leader(answer) is not None


# ================================================================== the method knows no case

CODE = [*sorted(files.ROOT.joinpath("kg").rglob("*.py")), *files.rules(), *files.criteria()]
DEFAULT = re.compile(r"^.*VALUES \?\w+ \{[^}]*\}[ \t]*#[ \t]*@param.*$", re.MULTILINE)
DOCTEST = re.compile(r"^\s*(>>>|'.*'$).*$", re.MULTILINE)


def _names(graph, kind):
    return {str(r["x"]).rpartition("/")[2] for r in graph.query(f"SELECT DISTINCT ?x WHERE {{ {kind} }}")}


@pytest.mark.parametrize("path", CODE, ids=lambda p: p.relative_to(files.ROOT).as_posix())
def test_no_rule_criterion_or_module_names_a_challenge_or_an_arrangement(path, graph_on):
    """A default of a parameter may name one, so that a query runs as it stands; nothing else may."""
    body = DEFAULT.sub("", path.read_text(encoding="utf-8"))
    assert not re.findall(r"challenge:[a-z][\w-]+", body)
    if path.name != "cli.py":  # its help shows how a challenge is named
        assert not re.findall(r"\bS(?:0[1-9]|1[0-8])\b", DOCTEST.sub("", body))
    assert not re.findall(r"\barr:[a-z][\w-]+", DOCTEST.sub("", body)), "no arrangement decides a verdict by name"
    words = set(re.findall(r"[\"'/]([a-z0-9]+(?:-[a-z0-9]+)+)[\"']", DOCTEST.sub("", body)))
    assert not words & (
        _names(graph_on(TODAY), "?x a mlo:Challenge") | _names(graph_on(TODAY), "?x mlo:listComplete ?any")
    )


def test_no_criterion_names_a_state():
    for path in (*files.rules(), *files.criteria()):
        assert not re.findall(r"\bstate:[a-z]{3}\b", DEFAULT.sub("", path.read_text(encoding="utf-8"))), path.name
