"""Weak statements: the answer without them, and which of them, if false, would change a verdict."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest

from kg import build, decisive, files, infer, reason, weak
from kg.errors import MinilatError
from kg.fit import assess
from kg.names import PREFIXES, curie, iri
from kg.prove import Prover
from kg.render import decisive as shown
from kg.store import literal_term

TOY = Path(__file__).parent / "toy"
TODAY = date(2026, 11, 24)
CHALLENGE = iri("challenge:toy-x")
BASE = [
    *sorted((files.ROOT / "ontology").glob("*.ttl")),
    *(files.ROOT / "data" / f"{name}.ttl" for name in ("threats", "capabilities", "regions")),
]


def saturated(store):
    infer.saturate(store, {"asOf": literal_term(TODAY.isoformat(), "date")})
    return store


@pytest.fixture(scope="module")
def stated():
    return build.load([*BASE, *sorted(TOY.glob("*.ttl"))])


@pytest.fixture(scope="module")
def whole(stated):
    return saturated(stated.copy())


@pytest.fixture(scope="module")
def answer(whole):
    return assess(whole, CHALLENGE, as_of=TODAY)


def verdicts(found):
    return {o.id: (o.verdict, o.gaps) for o in found.options}, [o.id for o in found.options if o.rank == 1]


def carriers(store):
    """Every statement of STORE that carries a confidence, the challenge left out."""
    rows = store.rows("SELECT DISTINCT ?s WHERE { ?s mlo:confidence ?c FILTER NOT EXISTS { ?s a mlo:Challenge } }")
    return sorted(curie(str(r["s"])) for r in rows)


# ---------------------------------------------------------------- without them


@pytest.mark.parametrize(("least", "gone"), [("high", {"low", "medium"}), ("medium", {"low"})])
def test_nothing_weak_is_left_and_nothing_else_is_gone(stated, least, gone):
    store = stated.copy()
    before = {curie(str(r["s"])): str(r["c"]).rsplit("/", 1)[1] for r in store.rows(
        "SELECT ?s ?c WHERE { ?s mlo:confidence ?c FILTER NOT EXISTS { ?s a mlo:Challenge } }")}  # fmt: skip
    expected = {s for s, c in before.items() if c in gone}
    assert weak.drop(store, least) == len(expected)
    assert set(carriers(store)) == before.keys() - expected
    for name in expected:
        assert store.match(weak.named(name), None, None) == []
    left = {f for f in stated.match(None, None, None) if curie(str(f[0])[1:-1]) not in expected}
    changed = {f for f in left if "listComplete" in str(f[1])}
    assert left - changed <= set(store.match(None, None, None))


def test_a_list_that_lost_a_member_is_not_complete_any_more(stated):
    store = stated.copy()
    member = next(store.rows("""SELECT ?p ?a WHERE { ?p a mlo:Participation ; mlo:arrangement ?a ; mlo:confidence code:high .
      ?a mlo:listComplete true } ORDER BY ?p LIMIT 1"""))  # fmt: skip
    name, home = (curie(str(member[k])) for k in "pa")
    assert store.withdraw((weak.named(name), weak.named("mlo:confidence"), weak.named("code:high")))
    store.put([(weak.named(name), weak.named("mlo:confidence"), weak.named("code:low"))], PREFIXES["graph"] + "test")
    weak.drop(store, "medium")
    assert [r["c"] for r in store.rows(f"SELECT ?c WHERE {{ {home} mlo:listComplete ?c }}")] == [False]
    others = store.rows("SELECT ?a WHERE { ?a mlo:listComplete true }")
    assert len(list(others)) == len(list(stated.rows("SELECT ?a WHERE { ?a mlo:listComplete true }"))) - 1


def test_every_proof_that_is_left_rests_on_what_is_firm(stated):
    store = stated.copy()
    weak.drop(store, "high")
    saturated(store)
    found = assess(store, CHALLENGE, as_of=TODAY)
    prover = Prover(store, TODAY)
    assert found.options
    for option in found.options:
        tree = reason.judged(prover, TODAY, option.thing.iri, CHALLENGE)
        assert {n.confidence for n in tree.walk()} <= {"high", ""}


@pytest.mark.parametrize("word", ["", "low", "any", "HIGH", "certain"])
def test_a_confidence_that_is_none_is_refused(word):
    with pytest.raises(MinilatError) as caught:
        weak.below(word)
    assert (caught.value.code, caught.value.where) == ("E024", "--at-least")


# ---------------------------------------------------------------- which of them decide


@pytest.fixture(scope="module")
def found(whole, answer):
    return decisive.find(whole, TODAY, answer, least=None)


def test_each_is_what_a_full_run_without_it_says_and_none_is_missed(stated, answer, found):
    leading = {o.id for o in decisive.leading(answer)}
    first = verdicts(answer)[1]
    expected = {}
    for name in carriers(stated):
        store = stated.copy()
        weak.withdraw(store, weak.named(name))
        after = assess(saturated(store), CHALLENGE, as_of=TODAY)
        now, leads = verdicts(after)
        before = verdicts(answer)[0]
        moved = {i for i in before.keys() | now.keys() if before.get(i) != now.get(i)}
        if moved & leading or (leads != first and name in found.looked_at):
            expected[name] = (sorted(moved), leads)
    assert len(expected) > 3
    told = {d.statement: (sorted(o.id for o in d.options), list(d.first[1])) for d in found.decisive}
    missed = {n: e for n, e in expected.items() if n not in told}
    assert missed == {}
    assert {n: told[n] for n in expected} == expected
    assert {d.statement for d in found.decisive} <= set(found.looked_at)


def test_the_proof_leads_from_the_verdict_to_the_statement(found):
    assert any(d.proofs for d in found.decisive)
    for d in found.decisive:
        for tree in d.proofs:
            ends = [n for n in tree.walk() if not n.premises]
            assert {n.conclusion.split(" ", 1)[0] for n in ends} == {d.statement}
            assert all(n.kind == "stated" and n.file for n in ends)
            assert tree.conclusion.endswith((", rank 1", ": full", ": partial")) or "rank" in tree.conclusion


def test_only_the_weak_ones_are_looked_at_unless_all_are_asked_for(whole, answer, found):
    seen = []
    less = decisive.find(whole, TODAY, answer, least="high", progress=lambda done, total: seen.append((done, total)))
    weak_ones = {curie(str(s)[1:-1]) for s in weak.statements(whole, "high")}
    assert set(less.looked_at) == set(found.looked_at) & weak_ones
    assert {d.statement for d in less.decisive} == {d.statement for d in found.decisive} & weak_ones
    assert seen == list(itertools.product(range(len(less.looked_at)), [len(less.looked_at)]))


def test_it_reads(found):
    text = shown.as_text(found)
    many, seen = len(found.decisive), len(found.looked_at)
    assert text.startswith(f"Statements whose falsity would change a verdict: {many} of {seen} looked at\n")
    assert all(f"\n{d.statement} ({d.confidence} confidence" in text for d in found.decisive)


def test_text_shows_one_way_down_from_the_verdict_with_its_place(found, answer):
    text = shown.as_text(found)
    offer = text.split("\nst:toy-a-offer-mda (")[1].split("\n\n")[0].splitlines()
    start = next(i for i, line in enumerate(offer) if line.startswith("    ") and not line.startswith("     "))
    depths = [len(line) - len(line.lstrip()) for line in offer[start:]]
    assert depths == list(range(4, 4 + 2 * len(depths), 2))
    assert "← F004" in offer[start + 1]
    assert offer[-1].strip().startswith("st:toy-a-offer-mda ")
    assert offer[-1].endswith("[tests/fit/toy/a.ttl]")
