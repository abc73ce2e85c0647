"""Proofs: complete on every rule and on the shipped graph, smallest, with places, without cycles."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from kg import build, catalogue
from kg.catalogue import read
from kg.dates import day
from kg.errors import MinilatError
from kg.infer import saturate
from kg.names import INFERRED, PREFIXES
from kg.prove import Prover, compiled
from kg.prove.places import weakest
from kg.reason import fact
from kg.store import Store, literal_term, term

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "rules"
RULES = {r.code: r for r in catalogue.rules()}
TODAY = day("2026-11-24")
SEED = 20260000
EACH = 12
"""How many facts of each rule of the shipped graph are proved here: all 53,722 take minutes, a seeded sample seconds."""


def inferred(store):
    rows = store.solutions(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }}")
    return sorted(((r["s"], r["p"], r["o"]) for r in rows), key=str)


def made(facts, rules, tmp_path, when="2026-11-24"):
    """A prover over FACTS and what the rule texts RULES add."""
    head = "".join(f"@prefix {prefix}: <{base}> .\n" for prefix, base in PREFIXES.items())
    source = tmp_path / "in.ttl"
    source.write_text(head + facts, encoding="utf-8")
    entries = []
    for code, text in rules.items():
        path = tmp_path / f"{code}-mine.rq"
        path.write_text(f"# id: {code}\n# title: The rule {code} of this test\n{text}", encoding="utf-8")
        entries.append(read(path))
    store = Store.memory()
    name = PREFIXES["graph"] + "in.ttl"
    store.load(source, name, where="in.ttl")
    saturate(store, {"asOf": literal_term(when, "date")}, entries)
    return Prover(store, day(when), rules=entries, extra={name: source})


@pytest.mark.parametrize("code", sorted(RULES))
def test_all_that_a_rule_yields_has_a_proof_by_it(code, tmp_path):
    source = GOLDEN / code / "in.ttl"
    text = source.read_text(encoding="utf-8")
    when = found[1] if (found := re.match(r"# asOf: (\S+)", text)) else "2026-11-24"
    store = Store.memory()
    store.load(source, PREFIXES["graph"] + "in.ttl", where="in.ttl")
    saturate(store, {"asOf": literal_term(when, "date")}, [RULES[code]])
    prover = Prover(store, day(when), rules=[RULES[code]], extra={PREFIXES["graph"] + "in.ttl": source})
    facts = inferred(store)
    assert set(prover.proofs(facts)) == set(facts)
    for each in facts:
        proof = prover.proof(each)
        assert proof.rule == (code, RULES[code].title)
        leaves = [n for n in proof.walk() if not n.premises and n.kind in ("stated", "inferred", "cycle", "cut")]
        assert leaves or code in ("R007",)
        assert {(n.kind, n.file) for n in leaves} <= {("stated", f"tests/rules/{code}/in.ttl")}
        assert all(n.line for n in leaves)


def test_the_lines_are_those_of_the_file(tmp_path):
    prover = made(
        'arr:x a mlo:Operation ;\n  mlo:begin "2020"^^xsd:gYear ;\n  mlo:confidence code:low .\n',
        {"R901": "CONSTRUCT { ?x mlo:begunBy ?b } WHERE { ?x mlo:begin ?b ; a mlo:Operation }"},
        tmp_path,
    )
    proof = prover.proof(fact('arr:x mlo:begunBy "2020"^^xsd:gYear'))
    first = len(PREFIXES) + 1
    assert [(p.conclusion, p.line, p.confidence) for p in proof.premises] == [
        ('arr:x mlo:begin "2020"^^xsd:gYear', first + 1, "low"),
        ("arr:x rdf:type mlo:Operation", first, "low"),
    ]
    assert (proof.kind, proof.rule, proof.confidence) == ("inferred", ("R901", "The rule R901 of this test"), "low")


CHAIN = {
    "R901": "CONSTRUCT { ?a mlo:partOfWhole ?b } WHERE { ?a mlo:partOf ?b }",
    "R902": "CONSTRUCT { ?a mlo:partOfWhole ?c } WHERE { ?a mlo:partOfWhole ?b . ?b mlo:partOfWhole ?c }",
}


def test_the_smallest_proof_is_given_and_every_other_on_request(tmp_path):
    prover = made("arr:a mlo:partOf arr:b , arr:d . arr:b mlo:partOf arr:c . arr:d mlo:partOf arr:c .", CHAIN, tmp_path)
    goal = fact("arr:a mlo:partOfWhole arr:c")
    proof = prover.proof(goal)
    assert len(list(proof.walk())) == 5
    assert not proof.others
    every = prover.proof(goal, every=True)
    assert {tuple(p.conclusion for p in way.premises) for way in (every, *every.others)} == {
        ("arr:a mlo:partOfWhole arr:b", "arr:b mlo:partOfWhole arr:c"),
        ("arr:a mlo:partOfWhole arr:d", "arr:d mlo:partOfWhole arr:c"),
    }


def test_a_cycle_proves_nothing_and_is_named(tmp_path):
    prover = made("arr:a mlo:partOf arr:b . arr:b mlo:partOf arr:a .", CHAIN, tmp_path)
    goal = fact("arr:a mlo:partOfWhole arr:b")
    proof = prover.proof(goal, every=True)
    assert [p.kind for p in proof.premises] == ["stated"]
    assert any(n.kind == "cycle" for way in proof.others for n in way.walk())
    loop = fact("arr:a mlo:partOfWhole arr:a")
    assert "cycle" not in {n.kind for n in prover.proof(loop).walk()}


def test_absence_alternatives_and_counts_are_premises(tmp_path):
    prover = made(
        "arr:a mlo:partOf arr:b ; mlo:actsAs body:a . arr:c mlo:partOf arr:b .",
        {
            "R901": """CONSTRUCT { ?b mlo:coreCount ?n } WHERE {
                { SELECT ?b (COUNT(?a) AS ?n) WHERE { ?a mlo:partOf ?b } GROUP BY ?b }
                FILTER NOT EXISTS { ?b mlo:actsAs ?any }
                { ?x mlo:actsAs ?y ; mlo:partOf ?b } UNION { ?x mlo:partOf ?b ; mlo:begunBy ?y }
                OPTIONAL { ?b mlo:begin ?begin } }"""
        },
        tmp_path,
    )
    proof = prover.proof(fact("arr:b mlo:coreCount 2"))
    assert sorted((p.kind, p.conclusion) for p in proof.premises) == [
        ("absent", "nothing recorded says that arrangement b mlo:actsAs ?any"),
        ("absent", "nothing recorded says that arrangement b mlo:begin ?begin"),
        ("rows", "?n = 2 over 2 rows"),
        ("stated", "arr:a mlo:actsAs body:a"),
        ("stated", "arr:a mlo:partOf arr:b"),
        ("stated", "arr:c mlo:partOf arr:b"),
    ]


def test_a_path_is_proved_by_the_chain_it_goes(tmp_path):
    prover = made(
        "arr:a mlo:partOf arr:b . arr:b mlo:partOf arr:c . arr:d mlo:partOf arr:c .",
        {"R901": "CONSTRUCT { ?a mlo:interoperableWith ?d } WHERE { ?a mlo:partOf+/^mlo:partOf ?d FILTER(?a != ?d) }"},
        tmp_path,
    )
    proof = prover.proof(fact("arr:a mlo:interoperableWith arr:d"))
    assert [p.conclusion for p in proof.premises if p.kind == "stated"] == [
        "arr:a mlo:partOf arr:b",
        "arr:b mlo:partOf arr:c",
        "arr:d mlo:partOf arr:c",
    ]


def test_what_does_not_hold_has_no_proof(tmp_path):
    prover = made("arr:a mlo:partOf arr:b .", CHAIN, tmp_path)
    with pytest.raises(MinilatError) as caught:
        prover.proof(fact("arr:b mlo:partOfWhole arr:a"))
    assert caught.value.code == "E113"


def test_what_no_rule_yields_is_said(tmp_path):
    prover = made("arr:a mlo:partOf arr:b .", CHAIN, tmp_path)
    bare = Prover(prover.store, TODAY, rules=[])
    with pytest.raises(MinilatError) as caught:
        bare.proof(fact("arr:a mlo:partOfWhole arr:b"))
    assert caught.value.code == "E114"


def test_the_weakest_link_counts():
    assert weakest(["high", "", "low", "medium"]) == "low"
    assert weakest(["", ""]) == ""


# ---------------------------------------------------------------- the shipped graph


@pytest.fixture(scope="module")
def shipped():
    store = build.fresh(TODAY)
    return store, Prover(store, TODAY)


def test_a_sample_of_each_rule_of_the_shipped_graph_is_proved_from_what_is_stated(shipped):
    store, prover = shipped
    chooser = random.Random(SEED)
    by_rule = {}
    for each in inferred(store):
        by_rule.setdefault(str(each[1]), []).append(each)
    assert len(by_rule) > 40
    chosen = [f for facts in by_rule.values() for f in chooser.sample(facts, min(EACH, len(facts)))]
    assert prover.grounded(chosen) == set(chosen)
    for facts in by_rule.values():
        proof = prover.proof(chooser.choice(facts))
        assert proof.rule is not None
        for node in proof.walk():
            if node.kind == "stated":
                assert node.file.startswith(("data/", "ontology/"))
                assert node.line
            else:
                assert node.premises or node.kind in ("absent", "test", "computed", "given", "rows")


def test_the_line_of_a_leaf_says_what_the_leaf_says(shipped):
    proof = shipped[1].proof(fact("state:gbr mlo:coreParticipantOf arr:jef"))
    role = next(n for n in proof.walk() if n.conclusion == "st:jef-gbr-framework-nation mlo:role role:framework-nation")
    text = (ROOT / role.file).read_text(encoding="utf-8").splitlines()[role.line - 1]
    assert text.strip() == "mlo:role role:framework-nation ;"
    ministers = "JEF Defence Ministers set direction for cooperation on Northern European security"
    assert (role.confidence, role.source) == ("high", ("CSIS", ministers, "punchng/AFP, thegaze"))


def test_what_only_an_optional_binds_is_no_reason(tmp_path):
    path = tmp_path / "R901-x.rq"
    path.write_text(
        "# id: R901\n# title: x\nCONSTRUCT { ?x mlo:v ?w } WHERE { ?x mlo:q ?y OPTIONAL { ?x mlo:p ?w } }",
        encoding="utf-8",
    )
    store = Store.memory()
    x, y, w = (term(f"<http://example.org/{n}>") for n in "xyw")
    v, q = (term(f"<{PREFIXES['mlo']}{n}>") for n in "vq")
    store.put([(x, q, y), (x, v, w)], PREFIXES["graph"] + "in")
    (rule,) = compiled([catalogue.read(path)], TODAY)
    assert rule.derivations(store, [(x, v, w)]) == {}
