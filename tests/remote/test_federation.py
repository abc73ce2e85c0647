"""SERVICE goes through our own client, to allowed services only, and joins as SPARQL says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from served import JSON, rows

from kg.errors import MinilatError
from kg.remote import federation
from kg.remote.client import Client
from kg.store import Store

SHARED = Path(__file__).parents[3] / "shared" / "opendata" / "identity"
EU = "https://publications.europa.eu/webapi/rdf/sparql"
HERE = Store.from_ntriples(b'<urn:a> <urn:n> "1" .\n<urn:b> <urn:n> "2" .\n<urn:c> <urn:n> "3" .\n')


def answer(text, told):
    client = Client(seconds=20)
    resolved, quiet = federation.resolve(text, client, [told if isinstance(told, str) else told.url])
    return HERE.select(resolved, limit=100, seconds=10).rows, quiet


def test_a_block_is_asked_and_joined(told):
    told((200, {"Content-Type": JSON}, rows("a", "c", "d")))
    text = f"SELECT ?x ?n WHERE {{ ?x <urn:n> ?n . SERVICE <{told.url}> {{ ?x ?p 'a }} b' }} }} ORDER BY ?n"
    assert answer(text, told) == ((("<urn:a>", '"1"'), ("<urn:c>", '"3"')), [])
    assert "SELECT+%2A+WHERE+%7B+%3Fx+%3Fp+%27a+%7D+b%27+%7D" in told.asked[0][1]


def test_a_block_takes_its_prefixes_along(told):
    text = f"# PREFIX no: <urn:no>\nPREFIX e: <urn:>\nSELECT ?x WHERE {{ SERVICE <{told.url}> {{ ?x e:p skos:Concept ; <urn:rdf:> 'owl:x' }} }}"
    answer(text, told)
    from urllib.parse import parse_qs

    assert parse_qs(told.asked[0][1])["query"] == [
        "PREFIX e: <urn:>\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "SELECT * WHERE { ?x e:p skos:Concept ; <urn:rdf:> 'owl:x' }"
    ]


def test_nothing_found_is_no_solution(told):
    told((200, {"Content-Type": JSON}, rows()))
    assert answer(f"SELECT ?x WHERE {{ ?x <urn:n> ?n . SERVICE <{told.url}> {{ ?x ?p ?o }} }}", told) == ((), [])


def test_what_is_unbound_joins_with_everything(told):
    body = {"head": {"vars": ["x", "y"]}, "results": {"bindings": [{"y": {"type": "literal", "value": "z"}}]}}
    told((200, {"Content-Type": JSON}, json.dumps(body)))
    found, _ = answer(f"SELECT ?x ?y WHERE {{ ?x <urn:n> '1' . SERVICE <{told.url}> {{ ?x ?y ?o }} }}", told)
    assert found == (("<urn:a>", '"z"'),)


def test_two_blocks_are_two_questions(told):
    told((200, {"Content-Type": JSON}, rows("a", "b")), (200, {"Content-Type": JSON}, rows("b", "c")))
    block = f"SERVICE <{told.url}> {{ ?x ?p ?o }}"
    assert answer(f"SELECT ?x WHERE {{ {block} {{ {block} }} }}", told)[0] == (("<urn:b>",),)
    assert len(told.asked) == 2


def test_silent_keeps_quiet_about_a_service_and_says_so(told):
    told((500, {}, "broken"))
    text = f"SELECT ?x WHERE {{ ?x <urn:n> '1' . service SILENT <{told.url}> {{ ?x ?p ?o }} }}"
    found, quiet = answer(text, told)
    assert found == (("<urn:a>",),)
    assert [q.startswith(f"{told.url}: E181: status 500: broken") for q in quiet] == [True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * WHERE { SERVICE <https://e.org/> { ?x ?p ?o } }", "asks https://e.org/"),
        ("SELECT * WHERE { SERVICE SILENT <https://e.org/> { ?x ?p ?o } }", "asks https://e.org/"),
        ("SELECT * WHERE { SERVICE ?s { ?x ?p ?o } }", "needs an address"),
        ("SELECT * WHERE { SERVICE wd:x { ?x ?p ?o } }", "needs an address"),
        ("SELECT * WHERE { SERVICE <U> { ?x ?p ?o SERVICE <U> { ?x ?p ?o } } }", "inside another"),
        ("SELECT * WHERE { SERVICE <U> { ?x ?p ?o ", "not closed"),
    ],
)
def test_what_is_not_asked(told, text, words):
    with pytest.raises(MinilatError, match=words) as caught:
        answer(text.replace("<U>", f"<{told.url}>"), told)
    assert caught.value.code == "E187"
    assert told.asked == [] or words == "inside another"


@pytest.mark.parametrize("text", ["SELECT * WHERE { SERVICE <file:///etc/passwd> { ?x ?p ?o } }"])
def test_an_address_that_is_none(told, text):
    with pytest.raises(MinilatError) as caught:
        answer(text, "file:///etc/passwd")
    assert caught.value.code == "E180"


def test_a_word_that_hides_is_still_refused(told):
    text = f"SELECT * WHERE {{ S\\u0045RVICE <{told.url}> {{ ?x ?p ?o }} }}"
    with pytest.raises(MinilatError) as caught:
        answer(text, told)
    assert caught.value.code == "E046"
    assert told.asked == []


def test_words_in_strings_and_comments_are_no_service(told):
    text = "SELECT ?x WHERE { ?x <urn:n> ?n FILTER(?n != 'SERVICE <urn:x> {') } # SERVICE <urn:y> {"
    assert federation.addresses(text) == []
    assert answer(text, told)[1] == []
    assert told.asked == []


def test_a_blank_node_of_another_graph_means_nothing_here(told):
    body = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "bnode", "value": "b"}}]}}
    told((200, {"Content-Type": JSON}, json.dumps(body)))
    with pytest.raises(MinilatError, match="blank node") as caught:
        answer(f"SELECT ?x WHERE {{ SERVICE <{told.url}> {{ ?x ?p ?o }} }}", told)
    assert caught.value.code == "E187"


# A real server, with what the EU table says of three states (and no language but the one asked for)

COUNTRY = "http://publications.europa.eu/resource/authority/country/"
THREE = "".join(
    f"<{COUNTRY}{code}> <http://www.w3.org/2004/02/skos/core#inScheme> <{COUNTRY[:-1]}> ; "
    f'<http://www.w3.org/2004/02/skos/core#prefLabel> "{de}"@de , "{fr}"@fr .\n'
    for code, de, fr in (
        ("EST", "Estland", "Estonie"),
        ("FIN", "Finnland", "Finlande"),
        ("FRA", "Frankreich", "France"),
    )
)


def table(text):
    return [tuple(r) for r in csv.reader(io.StringIO(text))]


def test_the_shipped_question_asks_a_real_server(ask, load, tmp_path):
    at = load(THREE)
    words = ("query", "names-at-the-eu", "--param", "arrangement=jef", "--format", "csv")
    done = ask(*words, "--allow", "eu", "--mirror", f"eu={at}", "--record", tmp_path / "kept")
    assert done.code == 0, done.err
    assert table(done.out) == [
        ("iso3", "name", "translated"), ("EST", "Estonia", "Estland"), ("FIN", "Finland", "Finnland"),
    ]  # fmt: skip
    again = ask(*words, "--replay", tmp_path / "kept")
    assert again.out == done.out
    french = ask(*words, "--param", "language=fr", "--allow", EU, "--mirror", f"eu={at}")
    assert table(french.out)[1:] == [("EST", "Estonia", "Estonie"), ("FIN", "Finland", "Finlande")]
    missing = ask(*words, "--param", "language=fr", "--replay", tmp_path / "kept")
    assert (missing.code, missing.out) == (2, "")
    assert "E186" in missing.err


WIKIDATA = """
@prefix wd: <http://www.wikidata.org/entity/> . @prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix p: <http://www.wikidata.org/prop/> . @prefix ps: <http://www.wikidata.org/prop/statement/> .
@prefix pq: <http://www.wikidata.org/prop/qualifier/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
wd:Q191 wdt:P298 "EST" ; p:P463 [ ps:P463 wd:Q7184 ; pq:P580 "2004-03-29T00:00:00Z"^^xsd:dateTime ] .
wd:Q211 wdt:P298 "LVA" ; p:P463 [ ps:P463 wd:Q7184 ; pq:P580 "2005-01-01T00:00:00Z"^^xsd:dateTime ] .
wd:Q37 wdt:P298 "LTU" ; p:P463 [ ps:P463 wd:Q7184 ; pq:P582 "2020-01-01T00:00:00Z"^^xsd:dateTime ] .
wd:Q27 wdt:P298 "IRL" ; p:P463 [ ps:P463 wd:Q7184 ] .
wd:Q33 wdt:P298 "FIN" ; p:P463 [ ps:P463 wd:Q458 ] .
"""


def test_members_here_and_there(ask, load):
    at = load(WIKIDATA)
    done = ask("query", "Q080", "--allow", "wikidata", "--mirror", f"wikidata={at}", "--format", "csv")
    assert done.code == 0, done.err
    assert [(r[0], r[2][:10], r[3][:10], r[4][:10], r[5]) for r in table(done.out)[1:]] == [
        ("EST", "2004-03-29", "2004-03-29", "", "both"),
        ("LTU", "2004-03-29", "", "2020-01-01", "ended there"),
        ("IRL", "", "", "", "missing here"),
        ("LVA", "2004-03-29", "2005-01-01", "", "other date"),
    ]


def test_datasets_about_a_state(ask, load):
    at = load(
        '<urn:d1> a <http://www.w3.org/ns/dcat#Dataset> ; <http://purl.org/dc/terms/title> "Defence spending"@en ; '
        f"<http://purl.org/dc/terms/spatial> <{COUNTRY}EST> .\n"
        '<urn:d2> a <http://www.w3.org/ns/dcat#Dataset> ; <http://purl.org/dc/terms/title> "Schools"@en ; '
        f"<http://purl.org/dc/terms/spatial> <{COUNTRY}EST> .\n"
    )
    words = ("query", "datasets-about-a-state", "--mirror", f"data-europa={at}", "--format", "csv")
    done = ask(*words, "--allow", "data-europa")
    assert table(done.out) == [("dataset", "title", "name"), ("urn:d1", "Defence spending", "Estonia")]
    refused = ask(*words, "--allow", "eu")
    assert (refused.code, refused.out) == (2, "")
    assert "E187: the query asks https://data.europa.eu/sparql" in refused.err


# Names of their own: both tests load into one server.
DATASETS = f"""
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<urn:k1> a dcat:Dataset ; dct:title "Contributions"@en ; dcat:keyword "NATO"@en , "budget"@en ; dct:spatial <{COUNTRY}EST> .
<urn:k2> a dcat:Dataset ; dct:title "Exercises"@en , "\u00dcbungen"@de ; dcat:keyword "nato" .
<urn:k3> a dcat:Dataset ; dct:title "Alliance of farmers"@en ; dcat:keyword "alliance" ; dct:spatial <{COUNTRY}FIN> .
<urn:k4> a dcat:Dataset ; dct:title "NATO in the title alone"@en ; dcat:keyword "defence" .
<urn:k5> a dcat:Distribution ; dct:title "No dataset"@en ; dcat:keyword "nato" .
<urn:k6> a dcat:Dataset ; dct:title "Abroad"@en ; dcat:keyword "OTAN"@fr ; dct:spatial <urn:nowhere> .
"""


def test_datasets_under_the_name_of_an_arrangement(ask, load, tmp_path):
    """By keyword in any case, with the state a dataset is about; a word that is no name of the arrangement finds nothing."""
    at = load(DATASETS)
    name = "North Atlantic Treaty Organization"
    words = ("query", "datasets-about-an-arrangement", "--format", "csv", "--param", "word=nato,otan,alliance")
    done = ask(*words, "--allow", "data-europa", "--mirror", f"data-europa={at}", "--record", tmp_path / "kept")
    assert done.code == 0, done.err
    assert table(done.out) == [
        ("dataset", "title", "keyword", "arrangement_name", "iso3"),
        ("urn:k6", "Abroad", "otan", name, ""),
        ("urn:k1", "Contributions", "nato", name, "EST"),
        ("urn:k2", "Exercises", "nato", name, ""),
        ("urn:k2", "\u00dcbungen", "nato", name, ""),
    ]
    assert ask(*words, "--replay", tmp_path / "kept").out == done.out
    refused = ask(*words, "--allow", "eu")
    assert (refused.code, refused.out, "E187" in refused.err) == (2, "", True)


def test_without_leave_nothing_goes_out(ask):
    done = ask("query", "members-at-wikidata")
    assert (done.code, done.out) == (2, "")
    assert "E046" in done.err


def test_a_whole_query_elsewhere(ask, load):
    at = load(THREE)
    select = f"SELECT ?l WHERE {{ <{COUNTRY}EST> skos:prefLabel ?l }} ORDER BY ?l"
    done = ask("query", "-", "--endpoint", at, "--page", "1", "--format", "csv", stdin=select)
    assert (done.code, table(done.out)) == (0, [("l",), ("Estland",), ("Estonie",)])
    done = ask("query", "-", "--endpoint", at, stdin=f"ASK {{ <{COUNTRY}EST> skos:prefLabel 'Estland'@de }}")
    assert (done.code, done.out) == (0, "true\n")
    graph = f"CONSTRUCT WHERE {{ <{COUNTRY}EST> skos:inScheme ?l }}"
    done = ask("query", "-", "--endpoint", at, "--format", "nt", stdin=graph)
    assert done.out == f"<{COUNTRY}EST> <http://www.w3.org/2004/02/skos/core#inScheme> <{COUNTRY[:-1]}> .\n"
    done = ask("query", "-", "--endpoint", at, stdin="SELECT ?x WHERE {")
    assert done.code == 2
    assert "E181: status 400" in done.err


@pytest.mark.skipif(not SHARED.exists(), reason="the copies of the EU tables are not beside the checkout")
def test_the_whole_table_of_the_eu(ask, load):
    from kg.snapshots import SNAPSHOTS

    name, read = SNAPSHOTS["eucountry", "20260617-0"]
    names = read(SHARED / name)
    at = load(
        "".join(
            f"<{COUNTRY}{code}> <http://www.w3.org/2004/02/skos/core#inScheme> <{COUNTRY[:-1]}> ; "
            f"<http://www.w3.org/2004/02/skos/core#prefLabel> {json.dumps(label, ensure_ascii=False)}@en .\n"
            for code, (label,) in names.items()
        )
    )
    words = ("query", "names-at-the-eu", "--param", "arrangement=nato", "--param", "language=en", "--format", "csv")
    done = ask(*words, "--allow", "eu", "--mirror", f"eu={at}")
    assert done.code == 0, done.err
    found = table(done.out)[1:]
    assert len(found) == 32
    assert [(iso3, there) for iso3, here, there in found if here != there] == []


def test_an_answer_that_a_real_server_cuts_is_told_and_pages_have_it_whole(ask, virtuoso):
    at = virtuoso("".join(f"<urn:n:{n}> <urn:of> <urn:many> .\n" for n in range(1200)))
    text = "SELECT ?n WHERE { ?n <urn:of> <urn:many> } ORDER BY ?n"
    cut = ask("query", "-", "--endpoint", at, stdin=text)
    assert (cut.code, cut.out) == (2, "")
    assert "E184: the answer is cut: the service gives 500 rows at most" in cut.err
    whole = ask("query", "-", "--endpoint", at, "--page", "400", "--format", "csv", stdin=text)
    assert whole.code == 0, whole.err
    assert len(table(whole.out)) == 1201
