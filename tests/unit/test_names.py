"""The prefix map and the way between CURIE, slug and IRI."""

import pytest

from kg.errors import MinilatError
from kg.names import INFERRED, PREFIXES, curie, graph_name, iri, slug


def test_a_curie_stands_for_an_iri():
    assert iri("arr:jef") == "https://w3id.org/minilat/id/arrangement/jef"
    assert iri("mlo:Challenge") == "https://w3id.org/minilat/ontology#Challenge"
    assert iri("arr:") == PREFIXES["arr"]


@pytest.mark.parametrize("text", ["jef", "nosuch:jef", "", ":jef", "https://example.org/a"])
def test_an_unknown_prefix_is_refused(text):
    with pytest.raises(MinilatError) as caught:
        iri(text)
    assert caught.value.code == "E010"


def test_a_near_miss_of_a_prefix_is_named():
    with pytest.raises(MinilatError) as caught:
        iri("chalenge:x")
    assert "'challenge'" in caught.value.hint


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("https://w3id.org/minilat/id/arrangement/jef", "arr:jef"),
        ("http://www.w3.org/2001/XMLSchema#date", "xsd:date"),
        ("https://w3id.org/minilat/id/arrangement/a/b", "https://w3id.org/minilat/id/arrangement/a/b"),
        ("https://w3id.org/minilat/id/arrangement/é", "https://w3id.org/minilat/id/arrangement/é"),
        ("https://example.org/x", "https://example.org/x"),
        ("", ""),
    ],
)
def test_an_iri_is_shortened_when_nothing_is_lost(full, short):
    assert curie(full) == short


@pytest.mark.parametrize(
    ("full", "last"), [("http://x/a/b", "b"), ("http://x/a#b", "b"), ("http://x/a/", ""), ("b", "b"), ("x#a/b", "b")]
)
def test_a_slug_is_the_last_part(full, last):
    assert slug(full) == last


def test_a_graph_is_named_after_its_file():
    assert graph_name("data/arrangements/jef.ttl") == PREFIXES["graph"] + "data/arrangements/jef.ttl"
    assert graph_name('a "b"> {c}.ttl') == PREFIXES["graph"] + "a%20%22b%22%3E%20%7Bc%7D.ttl"
    assert PREFIXES["graph"] + "inferred" == INFERRED


def test_two_files_have_two_graphs():
    assert graph_name("a b.ttl") != graph_name("a-b.ttl")
