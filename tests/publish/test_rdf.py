"""Canonical form and JSON-LD: the same statements give the same text, and every text gives the same statements."""

import json

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.publish import jsonld, rdf

E = "http://example.com/#"


def quads(text):
    return list(ox.parse(text.encode(), format=ox.RdfFormat.TRIG))


def test_blank_nodes_are_named_as_in_the_recommendation():
    """Section 4.4.2 of RDF Dataset Canonicalization: the example of unique hashes."""
    found = rdf.n_quads(rdf.canonical(quads(
        f"<{E}p> <{E}q> _:e0 . <{E}p> <{E}r> _:e1 . _:e0 <{E}s> <{E}u> . _:e1 <{E}t> <{E}u> ."
    )))  # fmt: skip
    assert found.decode() == (
        f"<{E}p> <{E}q> _:c14n0 .\n<{E}p> <{E}r> _:c14n1 .\n_:c14n0 <{E}s> <{E}u> .\n_:c14n1 <{E}t> <{E}u> .\n"
    )


def test_blank_nodes_that_only_their_neighbours_tell_apart_are_named_too():
    """Section 4.4.3: the example of shared hashes."""
    text = (
        f"<{E}p> <{E}q> _:e0 . <{E}p> <{E}q> _:e1 . _:e0 <{E}p> _:e2 . _:e1 <{E}p> _:e3 . _:e2 <{E}r> _:e3 ."
    )  # fmt: skip
    assert rdf.n_quads(rdf.canonical(quads(text))).decode() == (
        f"<{E}p> <{E}q> _:c14n2 .\n<{E}p> <{E}q> _:c14n3 .\n_:c14n0 <{E}r> _:c14n1 .\n"
        f"_:c14n2 <{E}p> _:c14n1 .\n_:c14n3 <{E}p> _:c14n0 .\n"
    )


def test_a_literal_stays_as_it_was_written():
    text = f'<{E}s> <{E}p> 01, 0.80, "1"^^<http://www.w3.org/2001/XMLSchema#boolean>, "a"@en-GB .'
    found = rdf.n_quads(rdf.canonical(quads(text))).decode()
    assert all(f'"{value}"' in found for value in ("01", "0.80", "1"))
    assert '"a"@en-gb' in found.lower()


def test_nameless_things_of_two_files_stay_apart():
    one, two = (rdf.in_graph(quads(f"_:b <{E}p> <{E}o> ."), E + name, name) for name in ("a", "b"))
    assert len(rdf.union(rdf.canonical(one + two))) == 2


def test_prefixes_stand_in_order():
    lines = rdf.turtle(rdf.of_text([f"<{E}s> <{E}p> <https://w3id.org/minilat/id/state/deu> ."])).decode().splitlines()
    prefixes = [x for x in lines if x.startswith("@prefix")]
    assert len(prefixes) > 20
    assert prefixes == sorted(prefixes)


nodes = st.sampled_from([*(f"_:b{i}" for i in range(5)), f"<{E}a>", f"<{E}b>"])
values = nodes | st.sampled_from(['"x"', '"x"@en', '"é\\n"', '"07"^^<http://www.w3.org/2001/XMLSchema#integer>'])
triples = st.tuples(nodes, st.sampled_from([f"<{E}p>", f"<{E}q>"]), values, st.sampled_from(["", f"<{E}g>"]))


@given(st.lists(triples, max_size=12), st.permutations(range(5)), st.randoms())
def test_names_and_order_of_the_input_do_not_matter(lines, names, shuffle):
    def text(line):
        return "".join(f"_:z{names[int(t[3:])]}" if t.startswith("_:b") else t for t in line)

    def written(rows):
        return "\n".join(f"GRAPH {g} {{ {s} {p} {o} }}" if g else f"{s} {p} {o} ." for s, p, o, g in rows)

    renamed = [tuple(text([t]) for t in line) for line in lines]
    shuffle.shuffle(renamed)
    one, two = rdf.canonical(quads(written(lines))), rdf.canonical(quads(written(renamed)))
    assert rdf.digest(one) == rdf.digest(two)
    assert rdf.turtle(rdf.union(one)) == rdf.turtle(rdf.union(two))
    assert jsonld.written(one) == jsonld.written(two)


@given(st.lists(triples, max_size=12))
def test_every_syntax_says_the_same(lines):
    text = "\n".join(f"GRAPH {g} {{ {s} {p} {o} }}" if g else f"{s} {p} {o} ." for s, p, o, g in lines)
    said = rdf.canonical(quads(text))
    for body, form in (
        (rdf.n_quads(said), ox.RdfFormat.N_QUADS),
        (rdf.trig(said), ox.RdfFormat.TRIG),
        (jsonld.written(said), ox.RdfFormat.JSON_LD),
    ):
        assert rdf.digest(rdf.canonical(ox.parse(body, format=form))) == rdf.digest(said)


@pytest.fixture
def document():
    text = """PREFIX mlo: <https://w3id.org/minilat/ontology#> PREFIX st: <https://w3id.org/minilat/id/statement/>
    PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
    st:a a mlo:Task ; mlo:source st:b, st:c ; mlo:recorded "2026-01-02"^^xsd:date ; mlo:title "a"@en ;
        mlo:begin "2001"^^xsd:gYear, "2001-02-03"^^xsd:date ; mlo:share 01 ; mlo:word "w" .
    GRAPH st:g { st:b mlo:source [ mlo:word "inside" ] }"""
    return rdf.canonical(quads(text))


def test_the_context_says_the_kind_of_a_property_once(document):
    found = json.loads(jsonld.written(document))
    assert found["@context"]["mlo:source"] == {"@id": "https://w3id.org/minilat/ontology#source", "@type": "@id"}
    assert found["@context"]["mlo:title"]["@language"] == "en"
    assert "mlo:begin" not in found["@context"]
    node = next(n for n in found["@graph"] if n["@id"] == "st:a")
    assert node["@type"] == "mlo:Task"
    assert node["mlo:source"] == ["st:b", "st:c"]
    assert (node["mlo:recorded"], node["mlo:title"], node["mlo:share"], node["mlo:word"]) == (
        "2026-01-02",
        "a",
        "01",
        "w",
    )
    assert {"@value": "2001", "@type": "xsd:gYear"} in node["mlo:begin"]
    (graph,) = [n for n in found["@graph"] if n["@id"] == "st:g"]
    assert len(graph["@graph"]) == 2


def test_another_reader_of_json_ld_finds_the_same(document):
    found = rdflib.Dataset()
    found.parse(data=jsonld.written(document), format="json-ld")
    terms = {(s.n3(), p.n3()) for s, p, _, _ in found.quads() if not isinstance(s, rdflib.BNode)}
    assert terms == {(str(q.subject), str(q.predicate)) for q in document if not str(q.subject).startswith("_:")}
    assert len(list(found.quads())) == len(document)


def test_the_context_alone_is_that_of_the_document(document):
    assert json.loads(jsonld.context_file(document))["@context"] == json.loads(jsonld.written(document))["@context"]
