"""Why not: the nearest rules, what fails, and a smallest change that does make it so when it is laid over the graph."""

from __future__ import annotations

import pytest
from test_prove import made

from kg import Graph, build, whatif
from kg.dates import day
from kg.errors import MinilatError
from kg.prove import Prover
from kg.prove.plans import single_valued
from kg.reason import fact, why_not

TODAY = day("2026-11-24")

RULES = {
    "R901": """CONSTRUCT { ?a mlo:coreParticipantOf ?x } WHERE {
        ?p a mlo:Participation ; mlo:participant ?a ; mlo:arrangement ?x ; mlo:role ?r .
        ?r mlo:coreRole true . FILTER NOT EXISTS { ?s mlo:blocker ?a ; mlo:venue ?x } }""",
    "R902": "CONSTRUCT { ?a mlo:interoperableWith ?b } WHERE { ?a mlo:coreParticipantOf ?x . ?b mlo:coreParticipantOf ?x FILTER(?a != ?b) }",
    "R904": "CONSTRUCT { ?x mlo:natoLevel ?n } WHERE { ?l mlo:arrangement ?x ; mlo:linkLevel ?n }",
    "R903": "CONSTRUCT { ?x a mlo:MinilateralFormat } WHERE { ?x mlo:natoLevel ?n ; mlo:securityPurpose true FILTER(?n < 3) }",
}
FACTS = """
role:member mlo:coreRole true . role:observer mlo:coreRole false .
st:one a mlo:Participation ; mlo:participant state:one ; mlo:arrangement arr:x ; mlo:role role:member .
st:two a mlo:Participation ; mlo:participant state:two ; mlo:arrangement arr:x ; mlo:role role:member .
st:block mlo:blocker state:two ; mlo:venue arr:x .
arr:y mlo:securityPurpose true . st:y mlo:arrangement arr:y ; mlo:linkLevel 3 .
st:z mlo:arrangement arr:z ; mlo:linkLevel 2 .
"""


@pytest.fixture
def prover(tmp_path):
    return made(FACTS, RULES, tmp_path)


def asked(prover, text):
    found = prover.why_not(fact(text))
    return found.size, [(sign, words) for sign, words in found.changes]


def test_what_is_in_the_way_would_have_to_go(prover):
    size, changes = asked(prover, "state:two mlo:coreParticipantOf arr:x")
    assert size == 1
    assert changes == [("−", "st:block – mlo:blocker – state two")]


def test_a_whole_new_statement_is_one_change(prover):
    size, changes = asked(prover, "state:three mlo:coreParticipantOf arr:x")
    assert size == 1
    assert changes == [
        (
            "+",
            "a new statement: a mlo:Participation, mlo:participant state three, mlo:arrangement arrangement x, mlo:role role member",
        )
    ]


def test_a_missing_premise_that_only_rules_yield_is_followed(prover):
    size, changes = asked(prover, "state:one mlo:interoperableWith state:two")
    assert (size, changes) == (1, [("−", "st:block – mlo:blocker – state two")])


def test_one_value_added_to_what_exists_is_one_change(prover):
    size, changes = asked(prover, "arr:z a mlo:MinilateralFormat")
    assert (size, changes) == (1, [("+", "arrangement z – mlo:securityPurpose – true")])


def test_a_test_that_fails_is_shown_where_no_change_is_found(prover):
    found = prover.why_not(fact("arr:y a mlo:MinilateralFormat"))
    assert found.size is None
    (near,) = found.near
    assert near.rule[0] == "R903"
    assert [(p.text, p.holds) for p in near.premises if not p.holds] == [("3 < 3", False)]


def test_the_changes_make_it_so_and_none_of_them_can_be_left_out(prover, tmp_path):
    found = prover.why_not(fact("arr:z a mlo:MinilateralFormat"))
    assert found.scenario == ('A arr:z mlo:securityPurpose "true"^^xsd:boolean .',)
    after = made(FACTS + "arr:z mlo:securityPurpose true .", RULES, tmp_path)
    assert after.store.holds(fact("arr:z a mlo:MinilateralFormat"))


def test_what_holds_and_what_can_never_hold_are_refused(prover):
    with pytest.raises(MinilatError) as caught:
        prover.why_not(fact("state:one mlo:coreParticipantOf arr:x"))
    assert caught.value.code == "E116"
    with pytest.raises(MinilatError) as caught:
        prover.why_not(fact("state:one mlo:borders state:two"))
    assert caught.value.code == "E117"


def test_properties_with_one_value_are_read_from_the_shapes():
    mlo = "https://w3id.org/minilat/ontology#"
    assert {f"<{mlo}{n}>" for n in ("participant", "role", "confidence", "hard")} <= single_valued()
    assert f"<{mlo}source>" not in single_valued()


# ---------------------------------------------------------------- the shipped graph


@pytest.fixture(scope="module")
def shipped():
    return Graph(build.fresh(TODAY), TODAY)


def test_a_state_that_takes_no_part_would_with_one_statement(shipped):
    found = why_not(Prover(shipped.store, TODAY), TODAY, ("jef", "AUS"))
    assert found.size == 1
    assert found.scenario == ("add aus to jef as member from 2026-11-24",)
    after = whatif.apply(whatif.scenario(found.scenario[0]), TODAY)
    assert after.store.holds(fact("state:aus mlo:coreParticipantOf arr:jef"))


def test_a_dissolved_format_would_have_to_be_reopened_too(shipped):
    found = shipped.why_not("g5-sahel", "MLI")
    assert found.size == 2
    assert ("−", "G5 Sahel – end – 2023-12-06") in found.changes


def test_an_option_with_a_gap_is_told_what_would_fill_it_and_that_is_checked(shipped):
    found = shipped.why_not("jef", "S02")
    assert (found.size, found.scenario) == (1, ("jef offers SAR at 2",))
    assert found.then.startswith("a full run under this scenario gives: full")
    assert [p.text for p in found.near[0].premises if not p.holds] == [
        "maritime and aeronautical search and rescue: not offered"
    ]


def test_an_option_that_fits_and_leads_is_no_question(shipped):
    with pytest.raises(MinilatError) as caught:
        shipped.why_not("nordic-warden", "S01")
    assert caught.value.code == "E116"
