"""After any sequence of changes the closure that was kept up to date is that of a full run, graph by graph."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import catalogue, infer
from kg.increment import Upkeep
from kg.names import PREFIXES
from kg.store import Store, iri_term, term

EX = "http://example.org/"
HOME = PREFIXES["graph"] + "home"
AWAY = PREFIXES["graph"] + "away"

RULES = {
    "R901": "CONSTRUCT { ?x mlo:r ?z } WHERE { ?x mlo:p ?y . ?y mlo:r ?z }",
    "R902": "CONSTRUCT { ?x mlo:r ?y } WHERE { ?x mlo:p ?y FILTER(?x != ?y) }",
    "R903": "CONSTRUCT { ?x a mlo:Lonely } WHERE { ?x a mlo:Node FILTER NOT EXISTS { ?x mlo:r ?y . ?y a mlo:Node } }",
    "R904": """CONSTRUCT { ?x mlo:n ?n } WHERE {
        { SELECT ?x (COUNT(DISTINCT ?y) AS ?n) WHERE { ?x mlo:r ?y } GROUP BY ?x } }""",
    "R905": """CONSTRUCT { ?f a mlo:Finding ; mlo:of ?x ; mlo:to ?z } WHERE { ?x mlo:p ?y . OPTIONAL { ?y mlo:q ?w }
        BIND(COALESCE(?w, ?y) AS ?z)
        BIND(IRI(CONCAT("http://example.org/f-", STRAFTER(STR(?x), "org/"), STRAFTER(STR(?z), "org/"))) AS ?f) }""",
    "R906": """CONSTRUCT { ?x mlo:s ?y } WHERE { { ?x mlo:q ?y . ?y a mlo:Node } UNION { ?x mlo:r ?y . ?y a mlo:Lonely } }""",
    "R907": "CONSTRUCT { ?x mlo:t ?z } WHERE { ?x mlo:q|^mlo:p ?y . ?y mlo:q+ ?z }",
    "R908": "CONSTRUCT { ?x mlo:u ?y } WHERE { ?x mlo:s ?y MINUS { ?x mlo:p ?y } }",
    "R909": """CONSTRUCT { ?x mlo:all true } WHERE { ?x a mlo:Node
        FILTER NOT EXISTS { ?o a mlo:Node . FILTER NOT EXISTS { ?o mlo:s ?x } } }""",
    "R910": """CONSTRUCT { ?x mlo:most ?m } WHERE {
        { SELECT ?x (MAX(?n) AS ?m) WHERE { ?x mlo:r ?y . ?y mlo:n ?n } GROUP BY ?x }
        OPTIONAL { ?x mlo:t ?t } FILTER(!BOUND(?t) || ?m > 1) }""",
    "R911": "CONSTRUCT { ?x mlo:p ?z } WHERE { ?x mlo:same ?y . ?y mlo:p ?z }",
    "R912": "CONSTRUCT { ?y mlo:same ?x } WHERE { ?x mlo:same ?y }",
    "R913": """CONSTRUCT { ?c mlo:seen ?y } WHERE { ?x mlo:q ?y . FILTER(?x != ?y)
        BIND(IRI(CONCAT("http://example.org/c", STRAFTER(STR(?y), "org/"))) AS ?c) }""",
    "R914": "CONSTRUCT { ?x mlo:r ?y } WHERE { ?x mlo:all true ; mlo:q ?y . ?y a mlo:Root }",
    "R915": "CONSTRUCT { ?y mlo:where 1 } WHERE { GRAPH <https://w3id.org/minilat/graph/away> { ?y mlo:q ?z } }",
    "R917": "CONSTRUCT { ?x mlo:v ?w } WHERE { ?x mlo:q ?y OPTIONAL { ?x mlo:p ?w } }",
    "R918": """CONSTRUCT { ?x mlo:w ?y } WHERE {
        { ?x mlo:q ?z } UNION { ?x mlo:p ?y } OPTIONAL { ?x mlo:s ?y } }""",
    "R919": "CONSTRUCT { ?y mlo:anywhere 1 } WHERE { GRAPH ?g { ?y mlo:r ?z } }",
    "R916": "CONSTRUCT { ?a mlo:far ?b } WHERE { OPTIONAL { ?a mlo:t ?b } ?a mlo:q ?b . }",
}
MONOTONE = ("R901", "R902", "R905", "R906", "R907", "R911", "R912", "R913")


def entries(folder, codes):
    found = []
    for code in codes:
        path = folder / f"{code}-x.rq"
        path.write_text(f"# id: {code}\n# title: x\n{RULES[code]}", encoding="utf-8")
        found.append(catalogue.read(path))
    return found


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    # R914 would close a circle through the absence that R909 asks for
    return entries(tmp_path_factory.mktemp("rules"), [c for c in RULES if c not in ("R914",)])


def node(n):
    return term(iri_term(f"{EX}{n}"))


def name(text):
    return term(iri_term(PREFIXES["mlo"] + text))


TYPE = term(iri_term(PREFIXES["rdf"] + "type"))
NODES = [node(n) for n in "abcd"]
facts = st.one_of(
    st.tuples(st.sampled_from(NODES), st.sampled_from([name(v) for v in ("p", "q", "same", "r", "n", "s")]),
              st.sampled_from(NODES)),
    st.tuples(st.sampled_from(NODES), st.just(TYPE), st.sampled_from([name("Node"), name("Lonely")])),
)  # fmt: skip
step = st.tuples(st.lists(facts, max_size=3), st.lists(facts, max_size=3), st.sampled_from([HOME, AWAY]))


def quads(store):
    found = store.select("SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }", limit=10**6, seconds=60)
    return set(found.rows)


def union(store):
    return set(store.match(None, None, None))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.lists(facts, max_size=14), steps=st.lists(step, min_size=1, max_size=4))
def test_it_equals_a_full_run_after_every_change(rules, start, steps):
    stated = {f: {HOME} for f in start}
    kept = full(stated, rules)
    upkeep = Upkeep(kept, rules, {})
    for add, drop, graph in steps:
        before = union(kept)
        told = upkeep.change(add, drop, graph=graph)
        for fact in drop:
            stated.pop(fact, None)
        for fact in add:
            stated.setdefault(fact, set()).add(graph)
        expected = full(stated, rules)
        assert union(kept) == union(expected)
        assert quads(kept) == quads(expected)
        assert told.gained == union(kept) - before
        assert told.lost == before - union(kept)


def full(stated, rules):
    store = Store.memory()
    for graph in (HOME, AWAY):
        store.put([f for f, graphs in stated.items() if graph in graphs], graph)
    infer.saturate(store, {}, rules)
    return store


def test_a_fact_that_is_dropped_and_still_follows_is_inferred_and_one_that_is_stated_is_not(rules):
    a, b = NODES[:2]
    follows = (a, name("r"), b)
    stated = {(a, name("p"), b): {HOME}, follows: {HOME}}
    store = full(stated, rules)
    upkeep = Upkeep(store, rules, {})
    assert store.stated_in(follows) == [HOME]
    assert upkeep.change(drop=[follows], graph=HOME).lost == frozenset()
    assert (store.stated_in(follows), store.holds(follows)) == ([], True)
    assert upkeep.change(add=[follows], graph=AWAY).gained == frozenset()
    assert store.stated_in(follows) == [AWAY]


def test_a_circle_that_holds_itself_up_falls(rules):
    a, b, c = NODES[:3]
    store = full({(a, name("p"), b): {HOME}, (b, name("p"), a): {HOME}, (b, name("p"), c): {HOME}}, rules)
    upkeep = Upkeep(store, rules, {})
    assert store.holds((a, name("r"), c))
    told = upkeep.change(drop=[(b, name("p"), c)], graph=HOME)
    assert {(a, name("r"), c), (b, name("r"), c)} <= told.lost
    assert union(store) == union(full({(a, name("p"), b): {HOME}, (b, name("p"), a): {HOME}}, rules))
