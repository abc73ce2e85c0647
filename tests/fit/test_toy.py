"""The fictitious worked example: five options, one challenge, exact numbers. The facts are in toy/."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path

import pytest

from kg import build, files, infer
from kg.errors import MinilatError
from kg.fit import assess
from kg.names import iri
from kg.render import fit as render
from kg.store import literal_term

TOY = Path(__file__).parent / "toy"
TODAY = date(2026, 11, 24)
CHALLENGE = iri("challenge:toy-x")
BASE = [
    *sorted((files.ROOT / "ontology").glob("*.ttl")),
    *(files.ROOT / "data" / f"{name}.ttl" for name in ("threats", "capabilities", "regions")),
]


@pytest.fixture(scope="module")
def base():
    return build.load(BASE)


@pytest.fixture
def judge(base, tmp_path):
    """Judge challenge X: with changes (file -> old text -> new text), without files, with extra Turtle, on a day."""

    def run(changes=None, *, without=(), extra="", day=TODAY, prefer=None, **rest):
        paths = []
        for path in sorted(TOY.glob("*.ttl")):
            if path.stem in without:
                continue
            text = path.read_text(encoding="utf-8")
            for old, new in (changes or {}).get(path.stem, ()):
                assert old in text, f"{path.name} no longer says {old!r}"
                text = text.replace(old, new)
            paths.append(tmp_path / path.name)
            paths[-1].write_text(text, encoding="utf-8")
        if extra:
            paths.append(tmp_path / "extra.ttl")
            prefixes = "".join(
                line + "\n" for line in (TOY / "a.ttl").read_text().splitlines() if line.startswith("@prefix")
            )
            paths[-1].write_text(prefixes + extra, encoding="utf-8")
        store = build.load(paths, into=base.copy())
        infer.saturate(store, {"asOf": literal_term(day.isoformat(), "date")})
        answer = assess(store, CHALLENGE, as_of=day, prefer=prefer, **rest)
        return answer, {o.thing.notation: o for o in answer.options}

    return run


@pytest.fixture
def toy(judge):
    return judge()


def number(option, code):
    return option.criteria[code].value


def leader(answer):
    return next(o for o in answer.options if o.rank == 1).thing.notation


# ------------------------------------------------------------------ the table

TABLE = {"A": (1, 1, 2.5 / 3), "B": (0.75, 1, 2 / 3), "C": (1, 1, 1), "D": (1, 0.5, 2.5 / 3), "E": (0.5, 1, None)}


@pytest.mark.parametrize("letter", TABLE)
def test_threat_relevance_inclusion_and_depth_are_exact(toy, letter):
    _, options = toy
    for code, wanted in zip(("F011", "F012", "F013"), TABLE[letter], strict=True):
        got = number(options[letter], code)
        assert got is None if wanted is None else got == pytest.approx(wanted, abs=1e-9), f"{letter} {code}"


def test_verdicts(toy):
    answer, options = toy
    assert {k: o.verdict for k, o in options.items()} == {
        "A": "full", "B": "partial", "C": "ineligible", "D": "full", "E": "unknown",
    }  # fmt: skip
    assert answer.considered == 5


def test_order_of_the_answer(toy):
    answer, options = toy
    assert [o.thing.notation for o in answer.options] == ["A", "D", "B", "E", "C"]
    assert {k: o.rank for k, o in options.items()} == {"A": 1, "D": 2, "B": 3, "E": None, "C": None}


def test_gaps(toy):
    _, options = toy
    assert {k: o.gaps for k, o in options.items()} == {"A": (), "B": ("SEABED",), "C": (), "D": (), "E": ()}


def test_coverage_rows_of_a_show_level_and_requirement(toy):
    _, options = toy
    rows = {c.capability: (c.must, c.level, c.required, c.value) for c in options["A"].coverage}
    assert rows == {"MDA": (True, 3, 2, "pass"), "SEABED": (True, 2, 2, "pass"), "MPA": (False, 1, 2, "fail")}


# ------------------------------------------------------------------ dominance


def test_front(toy):
    _, options = toy
    assert {k for k, o in options.items() if o.front} == {"A", "B"}  # each first in its class of coverage
    assert options["D"].dominated_by == ("toy-a",)


def test_a_dominates_d_on_inclusion_alone(toy):
    _, options = toy
    a, d = options["A"].criteria, options["D"].criteria
    assert {code for code in a if a[code].value != d[code].value} == {"F012"}


def test_no_choice_of_weights_puts_d_before_a(toy):
    answer, options = toy
    known = [c for c in options["A"].criteria if isinstance(number(options["A"], c), int | float)]
    assert all(number(options["A"], c) >= number(options["D"], c) for c in known)
    assert "Option A leads" in answer.explanation
    assert "Option A" not in options["A"].dominated_by


# ------------------------------------------------------------------ the hard test


def test_c_is_ineligible_by_the_blocking_and_shows_the_statement(toy):
    _, options = toy
    (reason,) = options["C"].reasons
    assert reason.code == "F005"
    assert "S blocks Q" in reason.text
    assert "consensus" in reason.text
    shown = {e.statement: e.sources for e in reason.evidence}
    assert shown["st:toy-block"] == ("Toy source 4",)
    assert options["C"].rank is None
    assert options["C"].first_share is None
    assert not options["C"].front


def test_opt_in_options_are_not_stopped_by_the_block(toy):
    _, options = toy
    assert options["A"].criteria["F005"].value == "pass"
    assert options["D"].criteria["F005"].value == "pass"


def test_b_stays_eligible_but_says_that_the_two_are_at_odds(toy):
    _, options = toy
    assert options["B"].criteria["F005"].value == "unknown"  # the block is about another venue
    assert any("S blocks Q" in c for c in options["B"].conditions)


def test_the_explanation_says_why_the_best_on_paper_is_not_proposed(toy):
    answer, _ = toy
    assert "Option C would cover the musts and is ineligible" in answer.explanation
    assert "S blocks Q" in answer.explanation
    assert "5 options were considered" in answer.explanation


def test_a_weighted_sum_puts_c_first_for_every_positive_weight_and_is_overruled(toy):
    """C is nowhere worse and somewhere better than each rival: the corners of the simplex prove it."""
    _, options = toy
    rows = {k: tuple(number(o, c) for c in ("F011", "F012", "F013")) for k, o in options.items()}
    rows["E"] = (*rows["E"][:2], 1.0)  # even if what is not known of E were the best possible
    corners = list(itertools.product((0.0, 1.0), repeat=3))
    unit = [w for w in corners if sum(w) == 1]
    for rival in set(rows) - {"C"}:
        leads = [sum(w * (c - r) for w, c, r in zip(weights, rows["C"], rows[rival], strict=True)) for weights in unit]
        assert min(leads) >= -1e-9, rival
        assert max(leads) > 1e-9, rival
    assert options["C"].verdict == "ineligible"


# ------------------------------------------------------------------ what is not known


def test_e_is_unknown_and_never_scored(toy):
    _, options = toy
    e = options["E"]
    assert e.verdict == "unknown"
    assert e.rank is None
    assert e.first_share is None
    assert e.rank_range is None
    assert not e.front
    assert number(e, "F013") is None
    assert e.criteria["F013"].status == "unknown"
    assert {c.value for c in e.coverage} == {"unknown"}
    assert {c.note for c in e.coverage} == {"offers are not known"}
    assert any(c.startswith("F004: eligible if it can bring MDA, SEABED") for c in e.conditions)


def test_making_the_offers_of_e_known_changes_its_class(judge):
    offer = (
        "st:toy-e-offer-{0} a mlo:CapabilityOffer ; mlo:offeredBy arr:toy-e ; mlo:capability cap:{0} ; mlo:level 2 ;"
        " mlo:source src:toy-s1 ; mlo:confidence code:high ; mlo:method code:expert ;"
        ' mlo:recorded "2026-11-24"^^xsd:date .\n'
    )
    _, one = judge(extra=offer.format("mda"))
    assert (one["E"].verdict, one["E"].gaps) == ("partial", ("SEABED",))
    _, both = judge(extra=offer.format("mda") + offer.format("seabed"))
    assert both["E"].verdict == "full"
    assert number(both["E"], "F013") == pytest.approx(2 / 3, abs=1e-9)


# ------------------------------------------------------------------ time, and what would change the verdict


def test_before_a_begins_a_vanishes_and_d_leads(judge):
    answer, options = judge(day=date(2019, 12, 31))
    assert "A" not in options
    assert answer.considered == 4
    assert leader(answer) == "D"
    assert options["D"].front
    assert "Option A" not in answer.explanation


def test_on_its_first_day_a_is_there(judge):
    answer, _ = judge(day=date(2020, 1, 1))
    assert leader(answer) == "A"


RESOLVED = {
    "block": [
        ("code:status-open", "code:status-resolved"),
        ("^^xsd:gYear ;", '^^xsd:gYear ; mlo:end "2025-01-01"^^xsd:date ;'),
    ]
}


def test_once_the_block_is_resolved_c_is_eligible(judge):
    answer, options = judge(RESOLVED)
    assert (options["C"].verdict, options["C"].front, options["C"].gaps) == ("full", True, ())
    assert options["C"].criteria["F005"].value == "pass"
    assert options["B"].conditions == ()
    # Days count, so decision speed is asked first: opt-in comes before consensus, whatever the depth of C.
    assert [o.thing.notation for o in answer.options][:3] == ["A", "D", "C"]
    assert (number(options["A"], "F015"), number(options["C"], "F015")) == (4, 2)
    assert "placed by decision speed (4 against 2)" in judge(RESOLVED, without=("d",))[0].explanation


def test_once_the_block_is_resolved_and_c_acts_by_opt_in_too_c_leads_and_dominates(judge):
    answer, options = judge({**RESOLVED, "c": [("code:consensus", "code:opt-in")]})
    assert leader(answer) == "C"
    assert "toy-c" in options["A"].dominated_by
    assert options["A"].verdict == "full"


def test_a_block_that_ended_is_still_seen_in_a_slice_of_its_time(judge):
    _, options = judge(RESOLVED, day=date(2024, 12, 31))
    assert options["C"].verdict == "ineligible"


def test_withdrawing_the_evidence_for_the_seabed_capability_of_a_lets_d_lead(judge):
    _, before = judge()
    assert (
        "if st:toy-a-offer-seabed (medium confidence) were withdrawn, SEABED would be a gap" in before["A"].would_change
    )
    text = (TOY / "a.ttl").read_text(encoding="utf-8")
    offer = text[text.index("st:toy-a-offer-seabed") : text.index("st:toy-a-offer-mpa")]
    answer, after = judge({"a": [(offer, "")]})
    assert (after["A"].verdict, after["A"].gaps) == ("partial", ("SEABED",))
    assert leader(answer) == "D"


def test_the_statement_of_medium_confidence_is_listed_as_weak(toy):
    answer, _ = toy
    assert [(e.statement, e.confidence) for e in answer.weak_statements] == [("st:toy-a-offer-seabed", "medium")]


def test_hiding_options_takes_them_out_and_changes_nothing_else(judge, toy):
    _, all_options = toy
    answer, options = judge(without=("a",))
    assert set(options) == {"B", "C", "D", "E"}
    assert leader(answer) == "D"
    for letter in options:
        assert options[letter].criteria == all_options[letter].criteria
        assert options[letter].verdict == all_options[letter].verdict
    answer, options = judge(without=("a", "d"))
    assert set(options) == {"B", "C", "E"}
    assert leader(answer) == "B"
    answer, options = judge(without=("a", "b", "d"))
    assert all(o.rank is None for o in options.values())
    assert "No existing grouping fits" in answer.explanation


def test_a_member_that_leaves_is_no_longer_counted(judge):
    end = ("role:member ;\n    mlo:begin", 'role:member ; mlo:end "2026-06-01"^^xsd:date ;\n    mlo:begin')
    text = (TOY / "a.ttl").read_text(encoding="utf-8")
    q = text[text.index("st:toy-a-q a") : text.index("st:toy-a-r a")]
    _, options = judge({"a": [(q, q.replace(*end))]})
    assert number(options["A"], "F012") == 0.5
    _, options = judge({"a": [(q, q.replace(*end))]}, day=date(2026, 5, 31))
    assert number(options["A"], "F012") == 1


# ------------------------------------------------------------------ civil and military authority

MDA, SEABED = (f"cap:{name} ; mlo:level 2 ; mlo:necessity code:must ; mlo:layer code:" for name in ("mda", "seabed"))
LAYERS = {"challenge": [(MDA + "any", MDA + "military"), (SEABED + "any", SEABED + "civil")]}


def test_one_body_for_what_two_authorities_are_asked_for_is_flagged(judge):
    answer, options = judge(LAYERS)
    assert {k for k, o in options.items() if o.overclaims} == {"A", "C", "D"}
    assert any("over-claim" in r.text for r in options["A"].reasons)
    assert {layer.layer: layer.needs for layer in answer.layers} == {"civil": ("SEABED",), "military": ("MDA",)}
    military = next(layer for layer in answer.layers if layer.layer == "military")
    assert military.options == ("toy-b", "toy-a", "toy-d")  # who does not over-claim comes first, the ineligible never


# ------------------------------------------------------------------ robustness


def test_the_first_place_hangs_on_inclusion_alone_and_on_one_statement(toy):
    answer, options = toy
    assert answer.flips_without == ("F012",)
    assert [(e.statement, e.confidence) for e in answer.fragile] == [("st:toy-a-offer-seabed", "medium")]
    assert "The first place would change without affected states included." in answer.explanation
    wanted = "Withdrawing st:toy-a-offer-seabed (medium confidence) alone would open a gap and change the answer."
    assert wanted in answer.explanation
    low, high = options["A"].first_interval
    assert low <= options["A"].first_share <= high
    assert options["B"].first_interval == (1.0, 1.0)  # alone in its class, so exact
    assert options["C"].first_interval is None


def test_a_statement_of_high_confidence_is_not_fragile(judge):
    answer, _ = judge({"a": [("code:medium", "code:high")]})
    assert answer.fragile == ()
    assert "Withdrawing" not in answer.explanation


# ------------------------------------------------------------------ methods


@pytest.mark.parametrize("method", ["lexicographic", "promethee", "electre"])
def test_a_method_orders_inside_a_class_and_changes_no_verdict(judge, toy, method):
    answer, options = judge(method=method)
    assert answer.method == method
    assert [o.thing.notation for o in answer.options] == ["A", "D", "B", "E", "C"]
    assert {k: o.verdict for k, o in options.items()} == {k: o.verdict for k, o in toy[1].items()}
    assert {k: o.front for k, o in options.items()} == {k: o.front for k, o in toy[1].items()}
    assert bool(options["A"].standing) == (method != "lexicographic")


def test_promethee_in_the_toy(judge):
    """Only inclusion differs, 1 against .5: full preference on one of so many criteria of equal weight."""
    answer, options = judge(method="promethee")
    number = len(answer.weights)
    assert set(answer.weights.values()) == {1 / number}
    assert options["A"].standing.startswith(f"net flow {1 / number:+.2f}")
    assert options["D"].standing.startswith(f"net flow {-1 / number:+.2f}")
    assert (options["A"].rank, options["D"].rank) == (1, 2)
    _, even = judge(method="promethee", weights={"F012": 0})
    assert (even["A"].rank, even["D"].rank) == (1, 1)


def test_weights_turn_the_order_of_promethee(judge):
    """With the block resolved, C has the depth and A the speed."""
    speed, _ = judge(RESOLVED, without=("d",), method="promethee", weights={"F015": 5})
    depth, _ = judge(RESOLVED, without=("d",), method="promethee", weights={"F013": 5})
    assert (leader(speed), leader(depth)) == ("A", "C")
    assert "Before Option A it is placed by PROMETHEE II (net flow +" in depth.explanation


@pytest.mark.parametrize(
    ("rest", "code", "hint"),
    [
        ({"method": "promethea"}, "E089", "did you mean 'promethee'?"),
        ({"method": "sum"}, "E089", "give one of lexicographic, promethee, electre"),
        ({"method": "electre", "weights": {"F0013": 1}}, "E084", "did you mean 'F013'"),
        ({"method": "electre", "weights": {"F013": -1}}, "E084", "give 0 to"),
        ({"weights": {"F013": 1}}, "E084", "use promethee or electre"),
    ],
)
def test_what_cannot_order(judge, rest, code, hint):
    with pytest.raises(MinilatError) as error:
        judge(**rest)
    assert error.value.code == code
    assert hint in error.value.hint


# ------------------------------------------------------------------ complementary sets


@pytest.fixture
def split():
    """D without maritime domain awareness: it has the seabed alone, B the surface alone."""
    text = (TOY / "d.ttl").read_text(encoding="utf-8")
    return {"d": [(text[text.index("st:toy-d-offer-mda") : text.index("st:toy-d-offer-seabed")], "")]}


def test_no_sets_where_one_covers_all(toy):
    assert toy[0].sets == ()


def test_two_that_cover_together_what_neither_covers_alone(judge, split):
    answer, options = judge(split, without=("a",))
    assert {o.verdict for o in options.values()} == {"partial", "unknown", "ineligible"}
    (found,) = answer.sets
    assert dict(found.brings) == {"toy-d": ("SEABED",), "toy-b": ("MDA",)}
    assert found.members == ("toy-d", "toy-b")
    assert len(found.conditions) == 1
    assert found.conditions[0].startswith("Option B: decides by consensus; S blocks Q")
    assert not found.overclaims
    assert answer.sets_found == 1


def test_where_two_authorities_are_asked_a_set_is_shown_beside_the_body_for_both(judge, split):
    answer, options = judge({**LAYERS, **split})
    assert options["A"].verdict == "full"
    assert options["A"].overclaims
    assert [(s.members, s.overclaims) for s in answer.sets] == [(("toy-d", "toy-b"), False)]


def test_the_answer_shows_its_method_and_sets_in_every_form(judge, split):
    answer, _ = judge(split, without=("a",), method="electre", weights={"F012": 2})
    found = json.loads(render.as_json(answer))
    assert found["method"] == "electre"
    assert found["weights"]["F012"] == pytest.approx(2 * found["weights"]["F013"])
    assert found["sets"] == [
        {
            "members": ["toy-d", "toy-b"],
            "brings": {"toy-d": ["SEABED"], "toy-b": ["MDA"]},
            "conditions": [answer.sets[0].conditions[0]],
            "overclaims": False,
        }
    ]
    assert found["flips_without"] == []
    assert [e["statement"] for e in found["fragile"]] == ["st:toy-d-offer-seabed"]
    assert found["options"][0]["first_interval"] == [1.0, 1.0]
    for text in (render.as_text(answer), render.as_markdown(answer)):
        assert "Option D (SEABED) + Option B (MDA)" in text
        assert "Together" in text
        assert "Ordered inside each class by electre, F011 " in text


# ------------------------------------------------------------------ ties and claims


def test_almost_full_marks_tie_with_full_marks():
    from kg.fit.criteria import criteria
    from kg.fit.ordering import steps

    graded = [c for c in criteria("none") if c.code == "F017"]
    assert steps(graded, {"F017": 0.997}) == steps(graded, {"F017": 1.0})


def test_the_explanation_prints_numbers_that_differ_when_it_says_a_criterion_decides(judge):
    answer, _ = judge({**RESOLVED, "d": [("state:toy-r", "state:toy-t")]}, without=("a",))
    assert "(1 against 1)" not in answer.explanation


# ------------------------------------------------------------------ the contract, option by option


CONTRACT = {
    "A": ("toy-d", "F012"),  # the second of its class, and what puts A before it
    "D": ("toy-a", "F012"),
    "B": ("toy-d", "F004"),  # placed directly before, in the better class
    "E": ("toy-a", "F004"),
    "C": ("toy-a", "F005"),  # the test that keeps it out
}
A_IN_WORDS = (
    "Option A covers every must: maritime domain awareness (sustained) and seabed surveillance and repair (demonstrated). "
    "Graded: threat relevance 1, affected states included 1, capability depth 0.83, geographic specificity 1, decision speed "
    "4 of 4 (assumed), interoperability 0 (assumed), political feasibility 1, track record 0 of 3, legitimacy and regional "
    "ownership 0 (assumed), interest of the least interested 1 (assumed) and no new overhead 3 of 3. Not known: recent "
    "activity. It is placed 1; its nearest competitor is Option D; what decides is affected states included (1 against 0.5). "
    "Over all weights it comes first of its class in 82%. It would change: if st:toy-a-offer-mda (high confidence) were "
    "withdrawn, MDA would be a gap; if st:toy-a-offer-seabed (medium confidence) were withdrawn, SEABED would be a gap. Its "
    "weakest decisive statement is of medium confidence."
)


def test_every_option_names_its_nearest_competitor_and_what_decides(toy):
    _, by = toy
    found = {letter: (o.nearest.id, o.nearest.code) for letter, o in by.items()}
    assert found == CONTRACT


def test_every_option_explains_itself(toy):
    _, by = toy
    assert by["A"].explanation == A_IN_WORDS
    assert "It is dominated by Option A." in by["D"].explanation
    assert by["C"].explanation.startswith(
        "Option C is ineligible: no open blocking has force in its rule of decision: no"
    )
