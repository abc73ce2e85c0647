"""Every finding lies at its line and column: in each syntax, in lists, in nested blank nodes, for every kind of result."""

import gzip
import importlib
from pathlib import Path

import pytest

from kg import validate
from kg.documents import ntriples
from kg.validate.positions import Place, Wanted, locate
from kg.validate.triples import Triples

HEAD = "@prefix ex: <http://e.org/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
SHAPES_HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n" + HEAD
E = "<http://e.org/{}>"
act = importlib.import_module("kg.validate.check")  # its name in the package is the function's


def found(tmp_path, data, shapes, name="data.ttl", **options):
    """(line, column, focus, value) of each finding."""
    (tmp_path / name).write_text(data, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES_HEAD + shapes, encoding="utf-8")
    report = validate.check([tmp_path / name], shapes=[tmp_path / "shapes.ttl"], **options)
    assert {f.file for f in report.findings} <= {str(tmp_path / name)}
    return [(f.line, f.column, f.focus.removeprefix("http://e.org/"), f.value) for f in report.findings]


def shape(constraint, path="ex:p", target="sh:targetClass ex:T"):
    return f"ex:S a sh:NodeShape ; {target} ; sh:property ex:P .\nex:P a sh:PropertyShape ; sh:path {path} ; {constraint} ."


def test_a_wrong_value_lies_where_it_is_written(tmp_path):
    data = HEAD + "ex:a a ex:T ;\n  ex:q 'two' ;\n  ex:p 1, 2,\n   'two', 3 .\n"
    assert found(tmp_path, data, shape("sh:datatype xsd:integer")) == [(6, 4, "a", '"two"')]


def test_a_missing_value_lies_at_the_subject(tmp_path):
    data = HEAD + "ex:b ex:p 1 ; a ex:T .\n\n  ex:a\n a ex:T .\n"
    assert found(tmp_path, data, shape("sh:minCount 1")) == [(5, 3, "a", "")]
    assert found(tmp_path, data, shape("sh:minCount 2")) == [(3, 1, "b", ""), (5, 3, "a", "")]


def test_one_value_too_many_is_the_last(tmp_path):
    data = HEAD + "ex:a a ex:T ; ex:p 1,\n 2 .\nex:a\n  ex:p 3 .\n"
    assert found(tmp_path, data, shape("sh:maxCount 1")) == [(6, 8, "a", "")]


@pytest.mark.parametrize(
    "written", ["0.50", "+0.5", ".5", '"00.5"^^xsd:decimal', '"0.500"^^<http://www.w3.org/2001/XMLSchema#decimal>']
)
def test_numbers_are_found_whatever_their_form(tmp_path, written):
    data = HEAD + f"ex:a a ex:T ; ex:p 1.5 ;\n   ex:p   {written} .\n"
    assert [x[:2] for x in found(tmp_path, data, shape("sh:minInclusive 1"))] == [(4, 11)]


def test_language_tags_and_escapes_are_found(tmp_path):
    data = HEAD + 'ex:a a ex:T ; ex:p "x"@en-GB ,\n "tab\\there"@EN-gb ,\n  "\\u00e9\\"\\n" .\n'
    assert [x[:2] for x in found(tmp_path, data, shape("sh:pattern '^x'"))] == [(4, 2), (5, 3)]


def test_nested_blank_nodes_are_told_apart(tmp_path):
    data = HEAD + "ex:a ex:x [ a ex:T ;\n  ex:p 1 ] , [\n  a ex:T ;\n  ex:y [ a ex:T ] ] .\n[] a ex:T .\n"
    assert [x[:2] for x in found(tmp_path, data, shape("sh:minCount 1"))] == [(4, 14), (6, 8), (7, 1)]


def test_blank_nodes_that_say_the_same_are_told_apart(tmp_path):
    data = HEAD + "ex:a ex:x [ a ex:T ],\n [ a ex:T ],\n  _:n .\n _:n a ex:T .\n"
    assert [x[:2] for x in found(tmp_path, data, shape("sh:minCount 1"))] == [(3, 11), (4, 2), (6, 2)]


def test_labels_of_two_files_are_two_nodes(tmp_path):
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text(
            HEAD + "_:n a ex:T .\n" + ("_:n ex:p 1 .\n" if name == "a.ttl" else ""), encoding="utf-8"
        )
    (tmp_path / "s.ttl").write_text(SHAPES_HEAD + shape("sh:minCount 1"), encoding="utf-8")
    report = validate.check([tmp_path / "a.ttl", tmp_path / "b.ttl"], shapes=[tmp_path / "s.ttl"])
    assert [(Path(f.file).name, f.line) for f in report.findings] == [("b.ttl", 3)]


def test_items_of_a_list(tmp_path):
    data = HEAD + "ex:a a ex:T ; ex:p ( 1 'b'\n ( 2 ) \n 'c' ) .\n"
    shapes = shape("sh:datatype xsd:integer", "( ex:p [ sh:zeroOrMorePath <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> ] "
                   "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first> )")  # fmt: skip
    assert [x[:2] for x in found(tmp_path, data, shapes)] == [(3, 24), (4, 2), (5, 2)]


def test_paths_that_are_not_one_step(tmp_path):
    data = HEAD + "ex:a a ex:T ; ex:q ex:b ; ex:r 'bad' .\nex:b\n ex:p 'wrong' .\nex:c ex:i ex:a .\n"
    integer = "sh:datatype xsd:integer"
    assert found(tmp_path, data, shape(integer, "( ex:q ex:p )")) == [(5, 7, "a", '"wrong"')]
    assert found(tmp_path, data, shape(integer, "[ sh:alternativePath ( ex:r ex:s ) ]")) == [(3, 32, "a", '"bad"')]
    assert [x[:2] for x in found(tmp_path, data, shape("sh:class ex:U", "[ sh:inversePath ex:i ]"))] == [(6, 11)]


def test_a_closed_shape_points_at_the_foreign_statement(tmp_path):
    shapes = "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:closed true ; sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ; sh:property [ sh:path ex:p ] ."
    assert [x[:2] for x in found(tmp_path, HEAD + "ex:a a ex:T ;\n ex:p 1 ;\n  ex:z 2 .\n", shapes)] == [(5, 8)]


def test_what_is_only_spoken_of_lies_where_it_is_spoken_of(tmp_path):
    shapes = "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:class ex:T ."
    data = HEAD + "ex:a ex:p\n  ex:b .\n"
    assert [x[:2] for x in found(tmp_path, data, shapes)] == [(4, 3)]


def test_a_literal_can_be_the_focus(tmp_path):
    shapes = "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:nodeKind sh:IRI ."
    data = HEAD + "ex:a ex:p ex:b ,\n  0.50 , 'x'@EN .\n"
    assert [x[:2] for x in found(tmp_path, data, shapes)] == [(4, 3), (4, 10)]


def test_a_missing_statement_about_something_lies_at_its_subject(tmp_path):
    data = HEAD + "ex:c ex:i ex:a .\nex:a a ex:T .\n"
    assert [x[:2] for x in found(tmp_path, data, shape("sh:minCount 2", "[ sh:inversePath ex:i ]"))] == [(4, 1)]


SYNTAXES = {
    "data.nt": '<http://e.org/b> <http://e.org/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n# note . here\n\n'
    '<http://e.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.org/T> .\n  <http://e.org/a> <http://e.org/p> "x" . # end\n',
    "data.nq": '_:z <http://e.org/q> _:z <http://e.org/g> .\n<http://e.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.org/T> _:g .\n\n\n'
    '  <http://e.org/a> <http://e.org/p> "x" <http://e.org/g> .',
    "data.trig": "@prefix ex: <http://e.org/> .\nex:g {\n ex:a a ex:T }\n GRAPH _:h { ex:b ex:p 1 .\n" + " " * 26 + "ex:a ex:p 'x' }\n",
    "data.ttl": "@prefix ex: <http://e.org/> .\nex:a\n  a ex:T\n;\n" + " " * 31 + "ex:p 'x' .",
}  # fmt: skip


@pytest.mark.parametrize("name", SYNTAXES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_every_line_based_and_turtle_syntax(tmp_path, name, packed):
    (tmp_path / "s.ttl").write_text(SHAPES_HEAD + shape("sh:datatype xsd:integer"), encoding="utf-8")
    path = tmp_path / (name + ".gz" if packed else name)
    body = SYNTAXES[name].encode()
    path.write_bytes(gzip.compress(body) if packed else body)
    report = validate.check([path], shapes=[tmp_path / "s.ttl"])
    place = SYNTAXES[name].splitlines()[4].index('"x"' if name[5] == "n" else "'x'") + 1
    assert [(f.file, f.line, f.column, f.value) for f in report.findings] == [(str(path), 5, place, '"x"')]


XML = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://e.org/">
  <ex:T rdf:about="http://e.org/a">
    <ex:p rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">1</ex:p>
    <ex:p>x</ex:p>
    <ex:q>
      <ex:T ex:p="y"/>
    </ex:q>
    <ex:p rdf:resource="http://e.org/c"/>
  </ex:T>
  <rdf:Description rdf:about="http://e.org/d">
    <rdf:type rdf:resource="http://e.org/T"/>
    <ex:q rdf:parseType="Resource"><ex:p>1</ex:p>
    </ex:q>
  </rdf:Description>
</rdf:RDF>
"""


def test_rdf_xml_points_at_elements(tmp_path):
    lines = [x[:2] for x in found(tmp_path, XML, shape("sh:datatype xsd:integer"), "data.rdf")]
    assert lines == [(5, 5), (7, 7), (9, 5)]
    assert found(tmp_path, XML, shape("sh:minCount 1"), "data.rdf") == [(11, 3, "d", "")]


JSON = """{"@context": {"@vocab": "http://e.org/", "ex": "http://e.org/", "id": "@id", "size": {"@id": "ex:p"},
   "num": {"@id": "ex:p", "@type": "http://www.w3.org/2001/XMLSchema#integer"}},
 "@graph": [
  {"id": "ex:a", "@type": "T",
   "num": "1",
   "size": ["x",
     {"@value": "y"}],
   "q": {
     "@type": "T", "size": "z" }
  },
  {"@id": "http://e.org/d",
    "@type": ["T"]}
]}
"""


def test_json_ld_points_at_values_and_objects(tmp_path):
    lines = [x[:2] for x in found(tmp_path, JSON, shape("sh:datatype xsd:integer"), "data.jsonld")]
    assert lines == [(6, 13), (7, 17), (9, 28)]
    assert found(tmp_path, JSON, shape("sh:minCount 1"), "data.jsonld") == [(11, 3, "d", "")]


def test_what_the_skeleton_cannot_follow_is_found_by_name(tmp_path):
    data = HEAD + "ex:b ex:p 1 {| ex:q 2 |} .\n\n  ex:a a ex:T .\n"
    assert found(tmp_path, data, shape("sh:minCount 1")) == [(5, 6, "a", "")]


def test_places_are_not_guessed():
    body = b"@prefix ex: <http://e.org/> .\nex:a ex:p 1 .\n"
    text = ntriples(body, ".ttl", "f0")[0]
    wanted = [Wanted(E.format("nobody"), "", "", ""), Wanted("_:f0x0", "", "", "")]
    assert locate(body, ".ttl", text, wanted) == [Place(), Place()]


def test_a_parser_that_changes_its_order_costs_places_and_makes_none_up():
    body = b"@prefix ex: <http://e.org/> .\nex:a ex:p ( 1 ex:b ) .\n"
    text = ntriples(body, ".ttl", "f0")[0]
    wanted = [Wanted(E.format("a"), E.format("p"), "_:f0x0", "NodeKindConstraintComponent")]
    assert locate(body, ".ttl", text, wanted) == [Place(9, 2, 11)]
    text = "".join(text.splitlines(keepends=True)[::-1])
    assert locate(body, ".ttl", text, wanted) == [Place(1, 2, 4)]


def test_a_clean_run_looks_for_no_place(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(act, "locate", lambda *a: calls.append("locate") or locate(*a))
    naming = Triples.naming
    monkeypatch.setattr(Triples, "naming", lambda self, terms: calls.append("naming") or naming(self, terms))
    assert found(tmp_path, HEAD + "ex:a a ex:T ; ex:p 1 .\n", shape("sh:minCount 1")) == []
    assert calls == []
    assert len(found(tmp_path, HEAD + "ex:a a ex:T . ex:b a ex:T .\n", shape("sh:minCount 1"))) == 2
    assert calls == ["naming", "locate"]


def test_only_the_documents_with_findings_are_read_again(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(act, "locate", lambda *a: calls.append(a[0]) or locate(*a))
    (tmp_path / "s.ttl").write_text(SHAPES_HEAD + shape("sh:minCount 1"), encoding="utf-8")
    for i in range(5):
        value = "" if i == 3 else " ; ex:p 1"
        (tmp_path / f"{i}.nt.ttl").write_text(HEAD + f"ex:a{i} a ex:T{value} .\n", encoding="utf-8")
    report = validate.check(sorted(tmp_path.glob("*.nt.ttl")), shapes=[tmp_path / "s.ttl"])
    assert [(f.focus, f.line) for f in report.findings] == [("http://e.org/a3", 3)]
    assert len(calls) == 1


def test_a_finding_lies_in_the_file_that_holds_the_statement(tmp_path):
    (tmp_path / "a.ttl").write_text(HEAD + "ex:a a ex:T .\n", encoding="utf-8")
    (tmp_path / "b.ttl").write_text(HEAD + "\n\nex:a ex:p 'x' .\n", encoding="utf-8")
    (tmp_path / "s.ttl").write_text(SHAPES_HEAD + shape("sh:datatype xsd:integer"), encoding="utf-8")
    report = validate.check([tmp_path / "a.ttl", tmp_path / "b.ttl"], shapes=[tmp_path / "s.ttl"])
    assert [(Path(f.file).name, f.line, f.column) for f in report.findings] == [("b.ttl", 5, 11)]


def test_both_engines_point_at_the_same_places(tmp_path):
    data = HEAD + "ex:a a ex:T ; ex:p [ a ex:T ; ex:p 'x' ] , 2 .\n [ a ex:T ] ex:q ( [ a ex:T ] ) .\n"
    for constraint in ("sh:minCount 1", "sh:datatype xsd:integer", "sh:maxCount 1", "sh:nodeKind sh:Literal"):
        both = [found(tmp_path, data, shape(constraint), engine=engine) for engine in ("rust", "pyshacl")]
        assert both[0]
        assert both[0] == both[1]
