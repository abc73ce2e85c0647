"""A small world to release, and the release of the shipped data, made once."""

from __future__ import annotations

import pytest

from kg.publish import export

HEAD = """@prefix mlo: <https://w3id.org/minilat/ontology#> .
@prefix arr: <https://w3id.org/minilat/id/arrangement/> .
@prefix state: <https://w3id.org/minilat/id/state/> .
@prefix st: <https://w3id.org/minilat/id/statement/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix licence: <http://publications.europa.eu/resource/authority/licence/> .
@prefix set: <https://w3id.org/minilat/id/dataset/> .
"""
CATALOGUE = """
<https://w3id.org/minilat/id/catalog/minilat> a dcat:Catalog ; dcterms:modified "2025-03-01"^^xsd:date .
set:all a dcat:Dataset ; dcterms:title "All"@en ; dcterms:description "Everything"@en ; dcterms:identifier "data" ;
    dcterms:publisher <https://w3id.org/minilat/id/agent/minilat> ; dcterms:license licence:CC_BY_4_0 ;
    dcterms:source set:table .
<https://w3id.org/minilat/id/agent/minilat> a foaf:Agent ; foaf:name "Us"@en .
set:table a dcat:Dataset ; dcterms:title "A table"@en ; dcterms:description "Of others"@en ;
    TABLE
    dcterms:rights [ a dcterms:RightsStatement ; rdfs:label "Credit the makers of the table."@en ] .
"""
GROUP = """
arr:x a mlo:Alliance ; rdfs:label "X"@en, "Ixe"@fr ; skos:altLabel "x|y"@en, "z"@en ; mlo:listComplete true ;
    mlo:begin "1999"^^xsd:gYear ; mlo:note "1+1=2", "two\\nlines, \\"quoted\\"" ; mlo:share 0.80 , 01 ;
    mlo:legalBasis [ rdfs:label "nameless" ] .
st:x-aaa a mlo:Participation ; mlo:arrangement arr:x ; mlo:participant state:aaa ; mlo:begin "1999-01-02"^^xsd:date .
"""


@pytest.fixture
def world(tmp_path):
    """Write a folder of data: a catalogue, where TABLE stands for the licence of its source, one arrangement, others."""

    def make(table: str = "dcterms:license licence:MIT ;", **others: str):
        root = tmp_path / "data"
        catalogue = CATALOGUE.replace("TABLE", table)
        for name, body in ({"catalog.ttl": catalogue, "arrangements/x.ttl": GROUP} | others).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text((HEAD if name.endswith(".ttl") else "") + body, encoding="utf-8")
        return root

    return make


@pytest.fixture(scope="session")
def shipped(tmp_path_factory, cache):
    """The release of the shipped data: its folder, and what was said of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINILAT_CACHE", str(cache))
        patch.delenv("SOURCE_DATE_EPOCH", raising=False)
        folder = tmp_path_factory.mktemp("release") / "out"
        return folder, export(folder)
