"""The store: reading with places, provenance, answers in every form, limits."""

import gc
import json
import sys
import time

import pytest

from kg.documents import read_quads
from kg.errors import MinilatError
from kg.forms import kind
from kg.limits import within
from kg.names import INFERRED, iri
from kg.store import Store, iri_term, literal_term, term

EX = "http://example.org/"
TTL = """\
@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a ex:number 3 ; ex:part 0.5 ; ex:float 1.0e0 ; ex:yes true ; ex:text "x"@en ; ex:day "2026-11-24"^^xsd:date ;
    ex:to ex:b .
ex:b ex:number 4 .
"""


def write(folder, name, text):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def small(tmp_path):
    store = Store.memory()
    store.load(write(tmp_path, "a.ttl", TTL), EX + "g1", where="a.ttl")
    return store


@pytest.fixture(autouse=True)
def dropped(monkeypatch):
    """What could not be let go of: seen in the test that caused it, not in a later one."""
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: seen.append(str(args.exc_value)))
    yield seen
    gc.collect()


def code(caught):
    return caught.value.code


# Reading


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", "<http://example.org/a> a <http://example.org/B> ."),
        ("a.TTL", "<http://example.org/a> a <http://example.org/B> ."),
        ("a.nt", "<http://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/B> .\n"),
        ("a.trig", "<http://example.org/g> { <http://example.org/a> a <http://example.org/B> }"),
        ("a.jsonld", '{"@id": "http://example.org/a", "@type": "http://example.org/B"}'),
        ("a.rdf", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
                  '<e:B rdf:about="http://example.org/a"/></rdf:RDF>'),
    ],
    ids=lambda v: v if len(v) < 10 else None,
)  # fmt: skip
def test_every_syntax_gives_the_same(tmp_path, name, text):
    (quad,) = read_quads(write(tmp_path, name, text), where=name)
    assert (quad.subject.value, quad.object.value) == (EX + "a", EX + "B")


def test_nothing_is_a_file_too(tmp_path):
    assert read_quads(write(tmp_path, "a.ttl", ""), where="a.ttl") == []


@pytest.mark.parametrize(
    ("name", "text", "expected", "place"),
    [
        ("a.txt", "", "E032", "a.txt"),
        ("noending", "", "E032", "noending"),
        ("a.ttl", "@prefix ex: <http://example.org/> .\n\nex:a ex:b ;; oops .\n", "E031", "a.ttl:3:"),
        ("a.ttl", "<http://example.org/a> nosuch:b 1 .", "E031", "a.ttl:1:"),
        ("a.ttl", b'<http://example.org/a> <http://example.org/b> "\xff" .', "E031", "a.ttl:1:"),
        ("a.nt", "<http://example.org/a> .\n", "E031", "a.nt:1:"),
        ("a.jsonld", "{", "E031", "a.jsonld"),
        ("a.rdf", "<rdf:RDF", "E031", "a.rdf"),
    ],
)
def test_what_cannot_be_parsed_names_its_place(tmp_path, name, text, expected, place):
    with pytest.raises(MinilatError) as caught:
        read_quads(write(tmp_path, name, text), where=name)
    assert code(caught) == expected
    assert caught.value.where.startswith(place)


def test_an_excerpt_points_at_the_place(tmp_path):
    text = "@prefix ex: <http://example.org/> .\nex:a\t ex:b ex:c ex:d .\n"
    with pytest.raises(MinilatError) as caught:
        read_quads(write(tmp_path, "a.ttl", text), where="a.ttl")
    _, shown, caret = str(caught.value).splitlines()
    assert shown == "  2 | ex:a  ex:b ex:c ex:d ."
    assert shown[caret.index("^") - 1 :].lstrip().startswith("ex:d")


def test_an_excerpt_of_a_long_line_is_short(tmp_path):
    text = f'<http://example.org/a> <http://example.org/b> "{"x" * 5000}" oops .'
    with pytest.raises(MinilatError) as caught:
        read_quads(write(tmp_path, "a.ttl", text), where="a.ttl")
    assert all(len(line) < 150 for line in str(caught.value).splitlines())


@pytest.mark.parametrize("name", ["nosuch.ttl", "folder.ttl"])
def test_what_cannot_be_opened_is_told_apart(tmp_path, name):
    (tmp_path / "folder.ttl").mkdir()
    with pytest.raises(MinilatError) as caught:
        read_quads(tmp_path / name, where=name)
    assert code(caught) == "E030"


def test_a_byte_order_mark_is_no_content(tmp_path):
    assert len(read_quads(write(tmp_path, "a.ttl", b"\xef\xbb\xbf" + TTL.encode()), where="a.ttl")) == 8


# Graphs


def test_a_triple_of_two_files_counts_once(small, tmp_path):
    small.load(write(tmp_path, "b.ttl", TTL), EX + "g2", where="b.ttl")
    assert len(small) == 8
    assert small.graphs() == [EX + "g1", EX + "g2"]
    assert list(small.rows("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")) == [{"n": 8}]
    where = "SELECT ?g WHERE { GRAPH ?g { <http://example.org/b> ?p 4 } } ORDER BY ?g"
    assert [r["g"] for r in small.rows(where)] == [EX + "g1", EX + "g2"]


def test_what_stands_in_the_union_alone_is_named_inferred(small):
    fact = (term(f"<{EX}a>"), term(f"<{EX}seen>"), term('"true"'))
    small.place([fact], None)
    assert INFERRED not in small.graphs()
    small.name_inferred()
    assert INFERRED in small.graphs()
    assert list(small.rows(f"SELECT ?s WHERE {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }}")) == [{"s": EX + "a"}]
    assert small.stated_in(fact) == []


def test_what_was_known_already_is_not_unknown(small):
    text = f"CONSTRUCT {{ ?x <{EX}number> ?n . ?x <{EX}seen> 1 }} WHERE {{ ?x <{EX}number> ?n }}"
    found, complete = small.unknown(text, 100, beside=INFERRED)
    assert ({str(f[0]) for f in found}, {str(f[1]) for f in found}) == ({f"<{EX}a>", f"<{EX}b>"}, {f"<{EX}seen>"})
    assert complete
    assert [small.unknown(text, most, beside=INFERRED)[1] for most in (1, 2)] == [False, True]
    small.place(found, INFERRED)
    assert small.unknown(text, 0, beside=INFERRED) == (set(), True)


def test_what_comes_fast_may_be_asked_again_and_what_comes_slowly_is_read_to_its_end(small, monkeypatch):
    text = f"CONSTRUCT {{ ?x <{EX}seen> ?n }} WHERE {{ ?x <{EX}number> ?n }}"
    whole = small.unknown(text, 100, beside=INFERRED)
    monkeypatch.setattr("kg.store.FAST", 0)
    assert small.unknown(text, 100, many=1, beside=INFERRED) == whole
    monkeypatch.setattr("kg.store.FAST", 60)
    assert small.unknown(text, 100, many=1, beside=INFERRED)[1] is False


def test_an_update_of_ours_calls_nobody(small):
    with pytest.raises(MinilatError) as error:
        small.change(f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{EX}> {{ ?s ?p ?o }} }}")
    assert error.value.code == "E046"


def test_a_copy_is_independent(small):
    other = small.copy()
    other.place([(term(f"<{EX}z>"),) * 3], None)
    assert (len(small), len(other)) == (8, 9)


def test_what_is_saved_is_opened_by_many(small, tmp_path):
    small.save(tmp_path / "kept")
    first, second = Store.open(tmp_path / "kept"), Store.open(tmp_path / "kept")
    assert sorted(first.ntriples().splitlines()) == sorted(small.ntriples().splitlines())
    assert len(first) == len(second) == 8
    assert first.graphs() == small.graphs()


def test_what_is_no_store_is_refused(tmp_path):
    for place in (tmp_path / "nosuch", write(tmp_path, "file", "x")):
        with pytest.raises(MinilatError) as caught:
            Store.open(place)
        assert code(caught) == "E033"


# Answers


def test_rows_are_values_of_python(small):
    found = {str(r["p"]).removeprefix(EX): r["o"] for r in small.rows(f"SELECT ?p ?o WHERE {{ <{EX}a> ?p ?o }}")}
    assert found == {
        "number": 3, "part": 0.5, "float": 1.0, "yes": True, "text": "x", "day": "2026-11-24", "to": EX + "b",
    }  # fmt: skip
    assert list(small.rows("SELECT ?x ?y WHERE { BIND(1 AS ?x) }")) == [{"x": 1, "y": None}]


def test_several_selects_are_answered_by_column_in_the_order_asked(small):
    first, second, nothing = small.columns(
        [
            "SELECT ?n ?none WHERE { VALUES ?n { 1 2.5 'a' } } ORDER BY ?n",
            "SELECT ?m WHERE { VALUES ?m { true } }",
            "SELECT ?s ?x WHERE { ?s <urn:no-such> ?x }",
        ]
    )
    assert {name: sorted(map(str, column)) for name, column in first.items()} == {
        "n": ["1", "2.5", "a"],
        "none": ["None", "None", "None"],
    }
    assert second == {"m": [True]}
    assert nothing == {"s": [], "x": []}


def test_ask_and_kind(small):
    assert small.ask(f"ASK {{ <{EX}a> ?p ?o }}") is True
    assert small.ask(f"ASK {{ <{EX}z> ?p ?o }}") is False
    kinds = {"SELECT * { ?s ?p ?o }": "rows", "ASK {}": "boolean", f"DESCRIBE <{EX}a>": "graph",
             "CONSTRUCT WHERE { ?s ?p ?o }": "graph"}  # fmt: skip
    assert {text: kind(text) for text in kinds} == kinds
    # The form is read past comments, strings and IRIs, and nothing is run.
    assert kind("# ASK\nPREFIX ask: <http://select/> SELECT ('DESCRIBE' AS ?ask) {}") == "rows"


def test_select_says_whether_it_is_complete(small):
    text = f"SELECT ?n ?none WHERE {{ ?x <{EX}number> ?n }} ORDER BY ?n"
    whole, part = (small.select(text, limit=n, seconds=5) for n in (2, 1))
    assert whole.variables == ("n", "none")
    assert (len(whole.rows), whole.complete) == (2, True)
    assert (part.rows, part.complete) == (whole.rows[:1], False)
    assert whole.rows[0][1] is None


@pytest.mark.parametrize("syntax", ["csv", "tsv", "json", "xml"])
def test_rows_and_booleans_in_every_syntax(small, syntax):
    body, complete = small.serialise(f"SELECT ?n {{ <{EX}b> <{EX}number> ?n }}", syntax, limit=1, seconds=5)
    assert (b"4" in body, complete) == (True, True)
    body, complete = small.serialise("ASK {}", syntax, limit=1, seconds=5)
    assert (b"true" in body, complete) == (True, True)


@pytest.mark.parametrize("syntax", ["ttl", "nt", "jsonld"])
def test_graphs_in_every_syntax(small, syntax):
    body, complete = small.serialise(f"DESCRIBE <{EX}b>", syntax, limit=1, seconds=5)
    assert (b"4" in body, complete) == (True, True)
    if syntax == "jsonld":
        json.loads(body)


def test_the_limit_is_never_passed_in_silence(small):
    with pytest.raises(MinilatError) as caught:
        small.serialise("SELECT * { ?s ?p ?o }", "csv", limit=7, seconds=5)
    assert code(caught) == "E044"
    assert small.serialise("SELECT * { ?s ?p ?o }", "csv", limit=8, seconds=5)[1]
    body, complete = small.serialise("CONSTRUCT WHERE { ?s ?p ?o }", "nt", limit=7, seconds=5)
    assert (len(body.splitlines()), complete) == (7, False)


@pytest.mark.parametrize(
    ("text", "syntax"), [("SELECT * {}", "ttl"), ("ASK {}", "nt"), ("CONSTRUCT WHERE { ?s ?p ?o }", "csv")]
)
def test_a_syntax_that_does_not_suit_is_refused(small, text, syntax):
    with pytest.raises(MinilatError) as caught:
        small.serialise(text, syntax, limit=1, seconds=5)
    assert code(caught) == "E043"
    assert "--format" in caught.value.hint


@pytest.mark.parametrize("ask", [lambda s, t: s.serialise(t, "csv", limit=9, seconds=0.1),
                                 lambda s, t: s.select(t, limit=9, seconds=0.1)])  # fmt: skip
def test_time_runs_out(small, ask):
    heavy = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(7)) + " }"
    begin = time.monotonic()
    with pytest.raises(MinilatError) as caught:
        ask(small, heavy)
    assert code(caught) == "E042"
    assert time.monotonic() - begin < 5


def test_a_refusal_lets_go_of_the_answer(small, dropped):
    for text, syntax in (("SELECT * { ?s ?p ?o }", "ttl"), ("SELECT * { ?s ?p ?o }", "csv")):
        with pytest.raises(MinilatError):
            small.serialise(text, syntax, limit=1, seconds=5)
    gc.collect()
    assert dropped == []


def test_what_fails_in_time_is_told(small):
    with pytest.raises(MinilatError) as caught:
        small.select("SELECT nonsense", limit=1, seconds=5)
    assert code(caught) == "E040"
    with pytest.raises(KeyError):
        within(5, lambda: {}["x"], MinilatError("E042", "late"))


# Errors in queries


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * WHERE {", "E040"),
        ("", "E040"),
        ("hello", "E040"),
        ("SELECT * { ?s nosuch:p ?o }", "E040"),
        ("SELECT * { ?s <not an iri> ?o }", "E040"),
        ("INSERT DATA { arr:a arr:b arr:c }", "E045"),
        ("  # INSERT\n delete where { ?s ?p ?o }", "E045"),
        ("BASE <http://example.org/> PREFIX x: <http://x/> CLEAR ALL", "E045"),
        ("PREFIX : <http://x/> insert data { :a :b :c }", "E045"),
        ("# SELECT\nINSERT { ?s ?p ?o } WHERE { ?s ?p ?o }", "E045"),
        ("# INSERT DATA\nSELECT", "E040"),
    ],
)
def test_a_query_that_cannot_be_read(small, text, expected):
    before = len(small)
    for ask in (small.ask, lambda t: list(small.rows(t)), lambda t: small.select(t, limit=1, seconds=5)):
        with pytest.raises(MinilatError) as caught:
            ask(text)
        assert code(caught) == expected
    assert len(small) == before


def test_a_place_in_a_query(small):
    with pytest.raises(MinilatError) as caught:
        small.ask("SELECT *\nWHERE {\n ?s ?p }")
    assert caught.value.where.startswith("query:3:")


def test_prefixes_of_the_project_are_known(small):
    assert list(small.rows("SELECT * { ?s a mlo:Arrangement ; skos:notation ?n }")) == []


# Terms


@pytest.mark.parametrize(
    "text", ["a b", "<http://x/>", "no-scheme", "http://x/{a}", "http://x/\n", "", "http://x/> } #"]
)
def test_what_is_no_iri_is_refused(text):
    with pytest.raises(MinilatError) as caught:
        iri_term(text)
    assert code(caught) == "E011"


def test_terms_are_written_with_care():
    assert iri_term(iri("arr:jef")) == "<https://w3id.org/minilat/id/arrangement/jef>"
    assert literal_term('a"b\n\\') == '"a\\"b\\n\\\\"'
    assert literal_term("2026-11-24", "date") == '"2026-11-24"^^<http://www.w3.org/2001/XMLSchema#date>'


# Interchange


def test_rdflib_sees_the_same(small):
    found = small.rdflib()
    assert len(found) == len(small)
    assert found.namespace_manager.expand_curie("arr:jef").toPython() == iri("arr:jef")


def test_ntriples_hold_every_triple_once(small):
    lines = small.ntriples().decode().splitlines()
    assert len(lines) == len(set(lines)) == len(small)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "select * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "ASK { SERVICE ?where { ?s ?p ?o } VALUES ?where { <http://127.0.0.1:9/> } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { FILTER(1 < 2) SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } FILTER(3 > 2) }",
        "SELECT * { # it's\n SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } # it's",
    ],
)
def test_a_query_cannot_call_out(small, text):
    with pytest.raises(MinilatError) as caught:
        list(small.rows(text))
    assert code(caught) == "E046"


def test_the_word_service_elsewhere_is_harmless(small):
    text = """PREFIX service: <http://x/service/> # SERVICE
      SELECT ?service { ?s service:service ?service . FILTER(?service != "SERVICE" && ?service != 'it is a SERVICE') }"""
    assert list(small.rows(text)) == []
