"""The same rules in the forms of others: SHACL-AF by pySHACL, SPARQL 1.1 Update by the store; each gives the same triples.

The generated file rules/shacl-af.ttl is written anew by: python tests/unit/test_portable.py
"""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyshacl import shacl_rules
from rdflib import RDF, Graph, Namespace
from rdflib.compare import to_canonical_graph

from kg import build, catalogue, infer, portable, strata
from kg.names import INFERRED, PREFIXES
from kg.store import literal_term

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "rules"
FILE = ROOT / "rules" / "shacl-af.ttl"
TODAY = "2026-11-24"
SH = Namespace("http://www.w3.org/ns/shacl#")
RULES = {r.code: r for r in catalogue.rules()}
FOLDERS = sorted(p for p in GOLDEN.iterdir() if p.is_dir())


def terms(day):
    return {"asOf": literal_term(day, "date")}


def day_of(source):
    found = re.match(r"# asOf: (\d{4}-\d\d-\d\d)$", source.read_text(encoding="utf-8").splitlines()[0])
    return found[1] if found else TODAY


def triples(graph):
    return set(to_canonical_graph(graph))


# ---------------------------------------------------------------- SHACL-AF


def test_the_generated_file_is_up_to_date():
    assert FILE.read_text(encoding="utf-8") == portable.shacl(catalogue.rules(), {})


def test_every_rule_is_a_sparql_rule_in_the_order_it_runs():
    found = Graph().parse(FILE)
    assert {str(s) for s in found.subjects(RDF.type, SH.SPARQLRule)} == {PREFIXES["rule"] + c for c in RULES}
    order = {str(r): int(found.value(s, SH.order)) for s, r in found.subject_objects(SH.rule)}
    for place, group in enumerate(strata.order(catalogue.rules()), start=1):
        assert {order[PREFIXES["rule"] + e.code] for e in group} == {place}


def by_pyshacl(source, rules, given):
    data, shapes = Graph().parse(source, format="turtle"), Graph().parse(data=portable.shacl(rules, given))
    before = set(data)
    after = shacl_rules(data, shacl_graph=shapes, advanced=True, inplace=False, iterate_rules=True)
    return {q[:3] for q in after} - before


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_pyshacl_gives_the_same_triples_on_the_fixture_of_each_rule(folder):
    source = folder / "in.ttl"
    added = by_pyshacl(source, [RULES[folder.name]], terms(day_of(source)))
    found = Graph()
    for triple in added:
        found.add(triple)
    assert triples(found) == triples(Graph().parse(folder / "out.ttl", format="turtle"))


def test_pyshacl_runs_dependent_rules_in_their_order(tmp_path):
    codes = ("R037", "R036", "R013", "R012", "R010", "R008", "R006", "R004", "R001")
    source = GOLDEN / "R010" / "in.ttl"
    added = by_pyshacl(source, [RULES[c] for c in codes], terms(TODAY))
    store = build.load([source])
    infer.saturate(store, terms(TODAY), [RULES[c] for c in codes])
    expected = Graph().parse(data=store.ntriples(), format="nt")
    assert added == set(expected) - set(Graph().parse(source, format="turtle"))
    assert added


def test_a_rule_with_quotes_backslashes_and_a_prefix_of_its_own_survives(tmp_path):
    path = tmp_path / "R900-odd.rq"
    path.write_text(
        "# id: R900\n# title: a \"title\" with \\ and\n# why: 'so'\n"
        "PREFIX own: <https://example.org/own#>\nPREFIX cap: <https://example.org/cap#>\n"
        'CONSTRUCT { ?x own:p ?y } WHERE { ?x cap:q ?z BIND(REPLACE(?z, "\\\\d", """a"b\\n""") AS ?y) }\n'
    )
    source = tmp_path / "in.ttl"
    source.write_text('<http://e/x> <https://example.org/cap#q> "1" .')
    entry = catalogue.read(path)
    added = by_pyshacl(source, [entry], {})
    assert {str(o) for _, _, o in added} == {'a"b\n'}
    store = ox.Store()
    store.load(path=str(source), format=ox.RdfFormat.TURTLE)
    store.update(portable.insert(entry, {}, None))
    assert {q.object.value for q in store.quads_for_pattern(None, ox.NamedNode("https://example.org/own#p"), None)} == {
        'a"b\n'
    }


# ---------------------------------------------------------------- SPARQL 1.1 Update


def loaded(source):
    store = ox.Store()
    store.load(path=str(source), format=ox.RdfFormat.TURTLE)
    return store


def graph_of(store, name):
    found = Graph()
    text = ox.serialize(
        (q.triple for q in store.quads_for_pattern(None, None, None, name)), format=ox.RdfFormat.N_TRIPLES
    )
    return triples(found.parse(data=text, format="nt"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_an_update_adds_the_same_triples_to_the_graph_that_is_named(folder):
    source = folder / "in.ttl"
    given, expected = (triples(Graph().parse(folder / n, format="turtle")) for n in ("in.ttl", "out.ttl"))
    store = loaded(source)
    store.update(portable.insert(RULES[folder.name], terms(day_of(source))))
    assert graph_of(store, ox.NamedNode(INFERRED)) - given == expected
    plain = loaded(source)
    before = graph_of(plain, ox.DefaultGraph())
    plain.update(portable.insert(RULES[folder.name], terms(day_of(source)), None))
    assert len(graph_of(plain, ox.DefaultGraph())) == len(before | expected)


def test_all_updates_together_give_the_whole_closure(tmp_path):
    stated = build.load(build.inputs(()))
    store = ox.Store()
    store.bulk_extend(ox.parse(stated.ntriples(), format=ox.RdfFormat.N_TRIPLES, lenient=True))
    for group in portable.inserts(catalogue.rules(), terms(TODAY), None):
        size = -1
        while size != len(store):
            size = len(store)
            for text in group:
                store.update(text)
    infer.saturate(stated, terms(TODAY))
    ours = set(stated.ntriples().splitlines())
    assert len(ours) > 100_000
    assert {str(q.triple) + " ." for q in store} == {line.decode() for line in ours}


def test_one_request_is_all_updates_and_names_those_to_run_again():
    text = portable.update(catalogue.rules(), terms(TODAY))
    assert re.findall(r"^# (R\d+) feeds itself: run it again until nothing is new$", text, re.MULTILINE) == [
        e.code for g in strata.order(catalogue.rules()) for e in g if strata.recursive(g)
    ]
    store = ox.Store()
    store.update(text)
    assert text.count("INSERT {") == len(RULES)
    assert text.count(f"GRAPH <{INFERRED}>") == len(RULES)


if __name__ == "__main__":
    FILE.write_text(portable.shacl(catalogue.rules(), {}), encoding="utf-8")
