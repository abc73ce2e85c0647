"""Answers of the World Bank's Indicators API, saved or asked for, as observations of states here. The values are invented."""

from __future__ import annotations

import csv
import io
import json

import pytest

from kg import imports
from kg.errors import MinilatError
from kg.names import curie, graph_name
from kg.store import Store

CODE = "MS.MIL.XPND.GD.ZS"


def row(iso2, name, iso3, date, value, code=CODE):
    return {
        "indicator": {"id": code, "value": "Military expenditure (% of GDP)"}, "country": {"id": iso2, "value": name},
        "countryiso3code": iso3, "date": date, "value": value, "unit": "", "obs_status": "", "decimal": 1,
    }  # fmt: skip


def answer(*rows, page=1, pages=1, total=None, updated="2026-07-13"):
    head = {"page": page, "pages": pages, "per_page": 1000, "total": len(rows) if total is None else total}
    return [head | {"sourceid": "2", "lastupdated": updated}, list(rows)]


GOOD = (
    row("EE", "Estonia", "EST", "2024", 3.25),
    row("EE", "Estonia", "EST", "2023", None),
    row("FI", "Finland", "FIN", "2024", 2),
    row("XK", "Kosovo", "XKX", "2024", 1.5e-05),
)


@pytest.fixture
def bring(tmp_path):
    def start(*answers, name="x", leave_out=False):
        paths = [tmp_path / f"a{n}.json" for n in range(1, len(answers) + 1)]
        for path, content in zip(paths, answers, strict=True):
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        given = imports.documents(imports.find("worldbank"), paths, "2026-11-24")
        return imports.bring(imports.find("worldbank"), given, tmp_path / "out", name, leave_out=leave_out)

    return start


def graph(path):
    store = Store.memory()
    store.load(path, graph_name("x"), where="x")
    return store


def observations(path):
    text = """SELECT ?s ?y (STR(?number) AS ?v) ?c ?r { ?o a qb:Observation ; qb:dataSet/dcterms:subject/skos:notation ?c ; prov:wasDerivedFrom ?r ;
        sdmx-dimension:refArea ?s ; sdmx-dimension:refPeriod ?y ; sdmx-measure:obsValue ?number }"""
    return {(curie(r["s"]), r["y"], r["v"], r["c"], r["r"].rsplit("/", 1)[-1]) for r in graph(path).rows(text)}


def test_observations_of_states(bring):
    done = bring(answer(*GOOD))
    assert (done.errors, done.aside, done.statements) == ((), (), 3)
    assert observations(done.path) == {
        ("state:est", "2024", "3.25", CODE, "a1.json#row=1"),
        ("state:fin", "2024", "2", CODE, "a1.json#row=3"),
        ("entity:xkx", "2024", "0.000015", CODE, "a1.json#row=4"),
    }
    rights = [r["r"] for r in graph(done.path).rows("SELECT ?r { ?s a qb:DataSet ; dcterms:rights ?r }")]
    assert len(rights) == 1
    assert "SIPRI" in rights[0]
    assert (
        bring(answer(*GOOD), name="y").path.read_text().replace("import/y", "import/x").replace("import-y", "import-x")
        == done.path.read_text()
    )


CUBE = {
    # RDF Data Cube, 11.1: each asks for what must not be
    "IC-1": "ASK { ?o a qb:Observation . FILTER NOT EXISTS { ?o qb:dataSet ?d . ?d a qb:DataSet } }",
    "IC-1 once": "ASK { ?o a qb:Observation ; qb:dataSet ?a, ?b . FILTER(?a != ?b) }",
    "IC-2": "ASK { ?d a qb:DataSet . FILTER NOT EXISTS { ?d qb:structure ?s } }",
    "IC-3": "ASK { ?s a qb:DataStructureDefinition . FILTER NOT EXISTS { ?s qb:component/qb:measure ?m } }",
    "IC-11": "ASK { ?o qb:dataSet/qb:structure/qb:component/qb:dimension ?d . FILTER NOT EXISTS { ?o ?d ?v } }",
    "IC-12": "ASK { ?a qb:dataSet ?s ; sdmx-dimension:refArea ?x ; sdmx-dimension:refPeriod ?y . ?b qb:dataSet ?s ; sdmx-dimension:refArea ?x ; sdmx-dimension:refPeriod ?y . FILTER(?a != ?b) }",
    "IC-14": "ASK { ?o qb:dataSet/qb:structure/qb:component/qb:measure ?m . FILTER NOT EXISTS { ?o ?m ?v } }",
}  # fmt: skip


def test_the_cube_is_well_formed(bring):
    store = graph(bring(answer(*GOOD)).path)
    assert {name: store.ask(text) for name, text in CUBE.items()} == dict.fromkeys(CUBE, False)


def test_aggregates_and_codes_that_are_none_are_told_apart_with_their_rows(bring):
    rows = (
        *GOOD,
        row("1W", "World", "WLD", "2024", 2.4),
        row("1W", "World", "WLD", "2023", 2.3),
        row("ET", "Estonia", "ETS", "2022", 3),
    )
    done = bring(answer(*rows))
    assert [(str(t), t.places) for t in done.errors] == [
        (
            "a1.json:7: E199: countryiso3code 'ETS': no state here has this code (Estonia)\n"
            "  hint: did you mean 'TLS' or 'ETH' or 'EST'?",
            ("a1.json:7",),
        )
    ]
    aside = ["a1.json:5, a1.json:6: E199: countryiso3code 'WLD': an aggregate, not a state (World)"]
    assert [str(t) for t in done.aside] == aside
    assert done.path is None
    done = bring(answer(*rows), leave_out=True)
    assert len(done.aside) == 2
    assert len(observations(done.path)) == 3
    assert bring(answer(*rows[:-1]), name="y").statements == 3


def test_an_answer_in_pages(bring):
    one, two = answer(*GOOD[:2], page=1, pages=2, total=4), answer(*GOOD[2:], page=2, pages=2, total=4)
    assert len(observations(bring(two, one).path)) == 3
    for pages, words in (((one,), "page 2 of 2 is missing"), ((one, two, two), "6 rows and says 4")):
        with pytest.raises(MinilatError, match=words) as caught:
            bring(*pages, name="y")
        assert caught.value.code == "E196"


WORDS = [{"message": [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]}]
BAD = {
    "words with status 200": (WORDS, "E196", "Invalid value: The provided parameter value is not valid"),
    "no data": ([{"page": 0, "pages": 0, "per_page": 0, "total": 0}, None], "E196", "no rows"),
    "cut": (json.dumps(answer(*GOOD))[:-40], "E194", "is the file cut"),
    "XML": ("<?xml version='1.0'?><wb:data/>", "E194", "format=json"),
    "another JSON": ({"a": 1}, "E194", "not an answer"),
    "a number alone": ("3", "E194", "not an answer"),
    "no number": (json.dumps(answer(row("EE", "Estonia", "EST", "2024", float("nan")))), "E194", "NaN is no number"),
    "no head": ([{"page": 1}, []], "E195", "does not say its pages"),
    "fewer rows than it says": (answer(*GOOD, total=9), "E196", "4 rows and says 9"),
    "a field missing": (answer(GOOD[0], {k: v for k, v in GOOD[2].items() if k != "date"}), "E195", "row 2: the field date"),
    "a nest": ("[" * 100_000, "E194", "no JSON"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_an_answer_that_cannot_be_used(bring, tmp_path, what):
    content, code, words = BAD[what]
    with pytest.raises(MinilatError) as caught:
        bring(content)
    assert caught.value.code == code
    assert caught.value.where.startswith("a1.json")
    assert words in str(caught.value)
    assert not (tmp_path / "out").exists()


ROWS = {
    "a quarter": (row("EE", "Estonia", "EST", "2024Q1", 3), "H080", "not a gYear"),
    "words for a value": (row("EE", "Estonia", "EST", "2022", "much"), "H080", "not a decimal"),
    "a number without end": (row("EE", "Estonia", "EST", "2022", "@"), "H080", "not a decimal"),
    "the same twice": (row("EE", "Estonia", "EST", "2024", 3), "H082", "2024"),
    "a formula": (row("EE", "=cmd()", "EST", "2022", 3), "H084", "formula"),
}


@pytest.mark.parametrize("what", ROWS)
def test_a_row_that_cannot_be_used(bring, tmp_path, what):
    wrong, code, words = ROWS[what]
    text = json.dumps(answer(*GOOD, wrong)).replace('"@"', "1E+4000000")
    done = bring(text)
    assert [(t.code, t.places) for t in done.errors] == [(code, ("a1.json:5",))]
    assert words in done.errors[0].message
    assert not (tmp_path / "out").exists()


def test_what_was_imported_is_joined_with_the_members_of_a_grouping(ask, bring):
    path = bring(answer(*GOOD)).path
    done = ask("query", "Q083", "--param", "arrangement=jef", "--param", "year=2024", "--with", path)
    rows = list(csv.reader(io.StringIO(done.out)))
    assert rows[0] == ["iso3", "name", "period", "value", "source"]
    valued = [r for r in rows[1:] if r[3]]
    assert valued == [
        ["EST", "Estonia", "2024", "3.25", "https://api.worldbank.org/v2"],
        ["FIN", "Finland", "2024", "2", "https://api.worldbank.org/v2"],
    ]
    assert len(rows) == 11, "who has no value is there with none"
    missing = ask("query", "Q083", "--with", path.with_name("none.ttl"))
    assert (missing.code, missing.out, "E030" in missing.err) == (2, "", True)
