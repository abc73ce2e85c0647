"""What the tests of validation share: Turtle as a graph, and a report as a set."""

from __future__ import annotations

import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.store import as_ntriples
from kg.validate import engines
from kg.validate.triples import Triples

sys.path.insert(0, str(Path(__file__).parent))

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


@pytest.fixture(scope="session")
def turtle():
    """Turtle without its prefixes as a graph."""

    def read(text: str) -> Triples:
        quads = ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE, base_iri="http://example.org/")
        return Triples(as_ntriples(quads).decode())

    return read


@pytest.fixture(scope="session")
def both(turtle):
    """The results of the default engine, after they have been found equal to those of the reference."""

    def compare(data, shapes):
        facts, rules = (x if isinstance(x, Triples) else turtle(x) for x in (data, shapes))
        ours = set(engines.run(facts, rules, "rust"))
        theirs = set(engines.run(facts, rules, "pyshacl"))
        assert ours == theirs
        return ours

    return compare
