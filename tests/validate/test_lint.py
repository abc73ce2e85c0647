"""Shapes that are not well formed: each told with its code, line and hint, with exit code 2, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import files, validate
from kg.errors import MinilatError
from kg.validate import lint
from kg.validate.shapes import Shapes
from kg.validate.triples import Triples

CONVENTIONS = Path(__file__).parents[3] / "shared" / "opendata" / "conventions"
HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:pre sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""
SHAPE = "ex:S a sh:NodeShape ;\n sh:targetClass ex:T ;\n"
PROPERTY = SHAPE + " sh:property [\n  sh:path ex:p ;\n  sh:name 'p' ;\n  "
# name: (shapes after the head, code, line after the head, words of the message, words of the hint)
FLAWS = {
    "misspelt": (PROPERTY + "sh:minCuont 1 ] .", "E092", 6, "sh:minCuont", "minCount"),
    "a term of a draft": (PROPERTY + "sh:shape ex:S ] .", "E092", 6, "sh:shape", "in drafts of SHACL this was sh:node"),
    "misspelt class": ("ex:S\n a sh:NodeShpe ; sh:targetClass ex:T .", "E092", 2, "sh:NodeShpe", "NodeShape"),
    "misspelt severity": (PROPERTY + "sh:minCount 1 ; sh:severity sh:Wraning ] .", "E092", 6, "sh:Wraning", "Warning"),
    "misspelt kind of node": (SHAPE + " sh:nodeKind sh:Iri .", "E092", 3, "sh:Iri", "IRI"),
    "no path": (SHAPE + " sh:property\n  [ sh:minCount 1 ] .", "E093", 4, "no sh:path", "which property"),
    "no path, by name": (SHAPE + " sh:property ex:P .\nex:P\n a sh:PropertyShape .", "E093", 4, "ex:P".replace("ex:", "/"), ""),
    "a count without a path": (SHAPE + " sh:minCount 1 .", "E093", 3, "sh:minCount needs a path", "sh:property"),
    "two paths": (SHAPE + " sh:property [ sh:path ex:p ,\n ex:q ] .", "E094", 3, "sh:path stands here 2 times", "keep one"),
    "a literal as a path": (PROPERTY.replace("ex:p ;", "'p' ;") + "sh:minCount 1 ] .", "E093", 4, "a literal is no path", ""),
    "a path of one step": (PROPERTY.replace("ex:p ;", "( ex:p ) ;") + "sh:minCount 1 ] .", "E093", 4, "at least two", ""),
    "an empty path": (PROPERTY.replace("ex:p ;", "() ;") + "sh:minCount 1 ] .", "E093", 4, "at least two", ""),
    "a path that loops": (PROPERTY.replace("ex:p ;", "_:p ;") + "sh:minCount 1 ] . _:p sh:inversePath _:p .", "E093", 4, "leads back", ""),
    "a path of two kinds": (PROPERTY.replace("ex:p ;", "[ sh:inversePath ex:p ; sh:zeroOrMorePath ex:p ] ;") + "sh:minCount 1 ] .", "E093", 4, "exactly one of", ""),
    "a path in an open list": (PROPERTY.replace("ex:p ;", "_:l ;") + "sh:minCount 1 ] . _:l rdf:first ex:p .", "E093", 4, "rdf:nil", ""),
    "a list that loops": (SHAPE + " sh:in _:l .\n_:l rdf:first 1 ; rdf:rest _:l .", "E093", 3, "leads back into itself", ""),
    "a list that is none": (SHAPE + " sh:or ex:x .", "E093", 3, "sh:or has no proper list", ""),
    "literals among shapes": (SHAPE + " sh:and ( 'a' ) .", "E093", 3, '"a" in sh:and is no shape', ""),
    "a literal as a shape": (SHAPE + " sh:node 'a' .", "E093", 3, 'sh:node "a" is no shape', ""),
    "a bad pattern": (PROPERTY + "sh:pattern '(' ] .", "E094", 6, "no regular expression: unclosed group", "XPath"),
    "a pattern that looks ahead": (PROPERTY + "sh:pattern '^(?!x)' ] .", "E094", 6, "look-ahead", "--engine pyshacl"),
    "unknown flags": (PROPERTY + "sh:pattern 'x' ; sh:flags 'z' ] .", "E094", 6, 'sh:flags "z"', "s m i x q"),
    "a pattern that is no text": (PROPERTY + "sh:pattern 5 ] .", "E094", 6, "is no text", ""),
    "a count in quotes": (PROPERTY + "sh:minCount '1' ] .", "E094", 6, 'sh:minCount "1" is no count', "without quotes"),
    "a count with a point": (PROPERTY + "sh:maxCount 1.5 ] .", "E094", 6, "is no count", ""),
    "a count below zero": (PROPERTY + "sh:minLength -1 ] .", "E094", 6, "is no count", "not negative"),
    "two counts": (PROPERTY + "sh:minCount 1 , 2 ] .", "E094", 6, "sh:minCount stands here 2 times", ""),
    "a truth in quotes": (SHAPE + " sh:closed 'true' .", "E094", 3, "neither true nor false", ""),
    "a literal as a datatype": (PROPERTY + "sh:datatype 'xsd:integer' ] .", "E094", 6, "is no IRI", "datatype"),
    "a literal as a class": ("ex:S a sh:NodeShape ;\n sh:targetClass 'T' .", "E094", 2, "is no IRI", "class"),
    "a literal as a severity": (SHAPE + " sh:severity 'high' .", "E094", 3, "is no IRI", ""),
    "a term that is no severity": (SHAPE + " sh:severity sh:IRI .", "E094", 3, "is no severity", "sh:Warning"),
    "an IRI as a limit": (PROPERTY + "sh:maxInclusive ex:x ] .", "E094", 6, "is no literal", ""),
    "recursion": (SHAPE + " sh:node ex:S .", "E095", 1, "leads back to itself", "take one link away"),
    "recursion through others": (SHAPE + " sh:property [ sh:path ex:p ; sh:node ex:U ] .\nex:U a sh:NodeShape ; sh:not ex:S .", "E095", 1, "example.org/S → ", ""),
    "no query": (SHAPE + " sh:sparql\n  [ sh:message 'x' ] .", "E096", 4, "has no sh:select", ""),
    "two queries": (SHAPE + " sh:sparql [\n  sh:select 'SELECT $this {}' , 'SELECT $this { }' ] .", "E096", 3, "more than one", ""),
    "a query that does not end": (SHAPE + " sh:sparql [\n  sh:select 'SELECT $this WHERE { $this ?p' ] .", "E096", 4, "cannot be read", ""),
    "an unknown prefix": (SHAPE + " sh:sparql [\n  sh:select 'SELECT $this { $this foo:p ?x }' ] .", "E096", 4, "prefix foo:", "sh:declare"),
    "a query that asks": (SHAPE + " sh:sparql [\n  sh:select 'ASK { $this ?p ?o }' ] .", "E096", 4, "is no SELECT", ""),
    "MINUS": (SHAPE + " sh:sparql [\n  sh:select 'SELECT $this { $this ?p ?o MINUS { $this ?p 1 } }' ] .", "E096", 4, "it uses MINUS", "SHACL binds $this"),
    "SERVICE": (SHAPE + " sh:sparql [\n  sh:select 'SELECT $this { SERVICE ex:s { $this ?p ?o } }' ; sh:prefixes ex:pre ] .", "E096", 4, "it uses SERVICE", ""),
    "a SELECT without $this": (SHAPE + " sh:sparql [\n  sh:select 'SELECT $this { $this ?p ?o { SELECT ?o { ?o ?q 1 } } }' ] .", "E096", 4, "does not select $this", ""),
    "a query about nothing": (SHAPE + " sh:sparql [\n  sh:select 'SELECT ?x { ?x ?p ?o }' ] .", "E096", 4, "never uses $this", ""),
    "JavaScript": (SHAPE + " sh:js [ sh:jsFunctionName 'f' ] .", "E097", 3, "sh:js is not run", "SPARQL"),
    "data given as shapes": ("ex:a ex:b ex:c .", "E098", 0, "no shape here", "data"),
}  # fmt: skip


@pytest.fixture
def shapes_file(tmp_path):
    def write(text):
        path = tmp_path / "shapes.ttl"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def data_file(tmp_path):
    path = tmp_path / "data.ttl"
    path.write_text("<http://example.org/a> a <http://example.org/T> .\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_is_refused_at_its_line(shapes_file, data_file, name):
    text, code, line, message, hint = FLAWS[name]
    head = "".join(HEAD.splitlines(keepends=True)[:-1]) if code == "E098" else HEAD
    path = shapes_file(head + text + "\n")
    with pytest.raises(MinilatError) as error:
        validate.check([data_file], shapes=[path])
    assert error.value.code == code
    assert message in error.value.message
    assert hint in f"{error.value.message} {error.value.hint}"
    place = f"{path}:{HEAD.count(chr(10)) + line}:" if line else str(path)
    assert error.value.where.startswith(place), error.value.where
    assert "\n" not in error.value.message or code == "E096"  # one flaw, told once


def test_every_flaw_is_told_with_its_line(shapes_file, data_file):
    path = shapes_file(HEAD + PROPERTY + "sh:minCuont 1 ;\n sh:maxCount '2' ] ;\n sh:severity 'x' .\n")
    with pytest.raises(MinilatError) as error:
        validate.check([data_file], shapes=[path])
    first, *rest = error.value.message.splitlines()
    assert (error.value.code, error.value.where) == ("E092", f"{path}:11:15")
    assert first.startswith("SHACL has no term sh:minCuont")
    assert [line.split(" ", 2)[:2] for line in rest] == [[f"{path}:13:14:", "E094:"], [f"{path}:12:14:", "E094:"]]


def test_the_right_file_is_named(shapes_file, data_file, tmp_path):
    good = shapes_file(HEAD + PROPERTY + "sh:minCount 0 ] .\n")
    bad = tmp_path / "bad.nt"
    sh = "http://www.w3.org/ns/shacl#"
    bad.write_text(f"_:x <{sh}path> <urn:p> .\n_:x <{sh}maxCuont> <urn:p> .\n", encoding="utf-8")
    with pytest.raises(MinilatError) as error:
        validate.check([data_file], shapes=[good, bad])
    assert error.value.where.startswith(f"{bad}:2:")


def test_what_hides_nothing_is_a_warning(shapes_file, data_file):
    path = shapes_file(HEAD + SHAPE + " sh:property ex:Nowhere .\n")
    report = validate.check([data_file], shapes=[path])
    assert [(f.code, f.severity, f.file, f.line) for f in report.findings] == [("E098", "warning", str(path), 8)]
    assert "nothing is said of http://example.org/Nowhere" in report.findings[0].message
    assert not report.broken


def test_a_pattern_of_python_is_for_the_other_engine(shapes_file, data_file):
    path = shapes_file(HEAD + SHAPE + " sh:pattern '^(?!http)' .\n")
    report = validate.check([data_file], shapes=[path], engine="pyshacl")
    assert [f.component for f in report.findings] == ["PatternConstraintComponent"]
    path = shapes_file(HEAD + SHAPE + " sh:pattern '(' .\n")
    with pytest.raises(MinilatError) as error:
        validate.check([data_file], shapes=[path], engine="pyshacl")
    assert error.value.code == "E094"


@pytest.mark.parametrize(
    "text",
    [
        SHAPE + " sh:severity ex:Grave .",
        SHAPE + r" sh:pattern '^\\p{L}+$' .",
        SHAPE + " sh:in () .",
        SHAPE + " sh:property [ sh:path [ sh:inversePath ( ex:p [ sh:zeroOrMorePath ex:q ] ) ] ; sh:maxCount 0 ] .",
        SHAPE
        + " sh:property [ sh:path ex:p ; sh:node ex:U ] , [ sh:path ex:q ; sh:node ex:U ] .\nex:U a sh:NodeShape .",
        SHAPE + " sh:sparql [ sh:select 'SELECT $this { $this ex:p ?x }' ; sh:prefixes ex:pre ] .",
        SHAPE + " sh:sparql [ sh:select 'SELECT $this { $this rdfs:label ?x FILTER(DATATYPE(?x) = xsd:date) }' ] .",
    ],
    ids=["severity", "pattern", "empty list", "path", "shared shape", "declared prefix", "known prefix"],
)
def test_what_is_well_formed_is_not_refused(shapes_file, data_file, text):
    assert lint.refuse(Shapes(Triples.read([p := shapes_file(HEAD + text)], lint.TAG)), [p], "rust") == []


def test_our_shapes_have_no_flaw():
    assert lint.examine(Shapes(Triples.read(files.shapes()))) == []


@pytest.mark.skipif(not CONVENTIONS.is_dir(), reason="needs ../shared/opendata, which is not part of the repository")
def test_flaws_of_published_shapes():
    found = {}
    for path in sorted(CONVENTIONS.rglob("*.ttl")):
        shapes = Shapes(Triples.read([path]))
        if shapes.all:
            found[f"{path.parent.name}/{path.name}"] = {(f.code, f.fatal) for f in lint.examine(shapes)}
    told = {name: flaws for name, flaws in found.items() if flaws}
    assert told == {
        # Property shapes named, and described nowhere.
        "dcat-ap-3.0.1/dcat-ap-SHACL.ttl": {("E098", False)},
        "dcat-ap-3.0.1/ranges.ttl": {("E098", False)},
        # sh:shape, which was never a term of the Recommendation: sh:node is meant.
        "dcat-ap-3.0.1/shapes.ttl": {("E092", True)},
    }
    assert len(found) >= 12
