"""Named questions with parameters, through the library."""

from datetime import date

import pytest

from kg import answer, catalogue, validate
from kg.catalogue import Parameter
from kg.errors import MinilatError
from kg.records import Report

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("kind", "text", "term"),
    [
        ("arrangement", "D01", "<https://w3id.org/minilat/id/arrangement/jef>"),
        ("date", "2016-06-30", '"2016-06-30"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("integer", "-3", '"-3"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("decimal", "0.5", '"0.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("code", "must", "<https://w3id.org/minilat/id/code/must>"),
        ("code", "arr:jef", "<https://w3id.org/minilat/id/arrangement/jef>"),
        ("iri", "https://example.org/a", "<https://example.org/a>"),
        ("iri", "arr:jef", "<https://w3id.org/minilat/id/arrangement/jef>"),
        ("string", 'a "b"\n} #', '"a \\"b\\"\\n} #"'),
    ],
)
def test_text_becomes_a_term_of_its_type(graph, kind, text, term):
    assert answer.term(graph.store, Parameter("x", kind, "", ""), text) == term


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("arrangement", "jeff", "E002"),
        ("state", "XX", "E003"),
        ("date", "2016", "E020"),
        ("integer", "1.0", "E054"),
        ("integer", "", "E054"),
        ("decimal", "1e5", "E054"),
        ("decimal", "1\n", "E054"),
        ("code", "a b", "E011"),
        ("iri", "nosuch:x", "E010"),
        ("iri", "http://x/> } #", "E011"),
        ("iri", "arr:jef } #", "E011"),
    ],
)
def test_text_of_another_type_is_refused(graph, kind, text, code):
    with pytest.raises(MinilatError) as caught:
        answer.term(graph.store, Parameter("x", kind, "", ""), text)
    assert caught.value.code == code


def test_several_values_and_any(graph):
    several = Parameter("x", "arrangement+", "", "arr:jef")
    base = "https://w3id.org/minilat/id/arrangement/"
    assert answer.term(graph.store, several, "jef, EI2") == f"<{base}jef> <{base}ei2>"
    assert answer.term(graph.store, Parameter("x", "state", "", "UNDEF"), "any") == "UNDEF"
    assert answer.term(graph.store, Parameter("x", "word(core|all)", "", '"core"'), "all") == '"all"'
    for parameter in (Parameter("x", "state", "", "state:est"), Parameter("x", "word(core|all)", "", '"core"')):
        with pytest.raises(MinilatError):
            answer.term(graph.store, parameter, "any")


def test_what_is_wrong_with_a_value_says_what_the_query_takes(graph):
    with pytest.raises(MinilatError) as caught:
        answer.table(graph.store, "CQ05", {"months": "many"}, DAY, "")
    assert (caught.value.code, caught.value.where) == ("E054", "--param months")
    assert caught.value.hint == "CQ05: it takes months (integer, else 36)"


def test_a_surrogate_is_refused(graph):
    with pytest.raises(MinilatError):
        answer.term(graph.store, Parameter("x", "string", "", ""), "\udcff")


def test_the_day_is_bound_without_being_asked_for(graph):
    entry = next(e for e in catalogue.criteria() if any(p.name == "asOf" for p in e.parameters))
    assert '"2016-06-30"' in answer.bind(graph.store, entry, {}, date(2016, 6, 30))


def test_an_unknown_parameter_is_refused(graph):
    with pytest.raises(MinilatError) as caught:
        answer.table(graph.store, "Q001", {"arangement": "jef"}, DAY, "")
    assert caught.value.code == "E050"


def test_a_table_has_its_columns_also_when_it_is_empty(graph):
    full = answer.table(graph.store, "Q001", {"arrangement": "jef"}, DAY, "a title")
    empty = answer.table(graph.store, "Q004", {"kind": "nothing"}, DAY, "a title")
    assert full.title == "a title"
    assert full.columns == ("iso3", "iso2", "name", "role", "begin", "end", "confidence", "source")
    assert empty.columns == ("notation", "id", "name", "type", "begin", "end", "confidence")
    assert empty.rows == ()


def test_a_question_nobody_has_is_refused(graph):
    with pytest.raises(MinilatError) as caught:
        answer.table(graph.store, "memberz", {}, DAY, "")
    assert caught.value.code == "E052"


def test_the_library_answers_what_the_command_line_does(graph, ask):
    found = graph.members("jef")
    assert [",".join(found.columns), *(r[0] for r in found.rows)] == [
        line if i == 0 else line.split(",")[0] for i, line in enumerate(ask("members", "jef").out.splitlines())
    ]
    assert graph.query("Q001", arrangement="jef") == graph.query("members", arrangement="D01")
    assert graph.query("SELECT ?n WHERE { arr:jef skos:notation ?n }") == [{"n": "D01"}]


def test_a_challenge_in_a_file_is_answered_like_one_in_the_data(graph, tmp_path, monkeypatch):
    from kg import files

    source = files.ROOT / "data" / "challenges" / "hospital-ransomware.ttl"
    path = tmp_path / "mine.ttl"
    path.write_text(source.read_text(encoding="utf-8").replace(":hospital-ransomware", ":mine"), encoding="utf-8")
    monkeypatch.setattr(validate, "check", lambda *_, **__: Report((), 1, 0))
    ours, mine = graph.fit("S17"), graph.fit_file(path)
    assert mine.challenge.id == "mine"
    assert [(o.id, o.verdict, o.rank, o.gaps) for o in mine.options] == [
        (o.id, o.verdict, o.rank, o.gaps) for o in ours.options
    ]
    with pytest.raises(MinilatError):
        graph.fit("mine")
