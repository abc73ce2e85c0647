"""Laws of names: what is shortened can be lengthened again, and no text breaks out of its place in a query."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import answer, catalogue
from kg.errors import MinilatError
from kg.names import PREFIXES, curie, graph_name, iri, slug
from kg.store import Store, iri_term, literal_term

LOCAL = st.from_regex(r"[A-Za-z0-9_.~-]+", fullmatch=True)
PREFIX = st.sampled_from(sorted(PREFIXES))


@given(PREFIX, LOCAL)
def test_an_iri_survives_shortening(prefix, local):
    full = PREFIXES[prefix] + local
    assert iri(curie(full)) == full


@given(PREFIX, LOCAL)
def test_a_curie_survives_lengthening(prefix, local):
    assert curie(iri(f"{prefix}:{local}")) == f"{prefix}:{local}"


@given(st.text())
def test_what_cannot_be_shortened_is_left_alone(text):
    short = curie(text)
    assert short == text or iri(short) == text


@given(st.text())
def test_lengthening_gives_an_iri_or_a_refusal(text):
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES:
        assert iri(text) == PREFIXES[prefix] + local
    else:
        with pytest.raises(MinilatError, match="E010"):
            iri(text)


@given(PREFIX, st.from_regex(r"[A-Za-z0-9_.~-]+", fullmatch=True))
def test_a_slug_is_the_last_part(prefix, local):
    assert slug(PREFIXES[prefix] + local) == local


@given(st.text())
def test_a_slug_has_no_separators(text):
    found = slug(text)
    assert text.endswith(found)
    assert not set(found) & {"/", "#"}
    assert slug(found) == found


@given(st.text())
def test_the_name_of_a_graph_is_an_iri(text):
    assert iri_term(graph_name(text)) == f"<{graph_name(text)}>"


# Parameters

QUESTION = """\
# id: Q999
# title: Which labels equal a text?
SELECT ?x ?label WHERE {
  VALUES ?wanted { "default" }  # @param wanted string the text
  ?x rdfs:label ?label .
  FILTER(STR(?label) = ?wanted)
} ORDER BY ?label
"""
LABELS = ["default", "", '"', "} #", "a\nb", "\\", "{ ?s ?p ?o }", "'", "é", "\\u0041", "A", "\t", "#", "?wanted"]
TEXT = st.one_of(st.text(), st.sampled_from(LABELS), st.text(alphabet="\"\\{}#?\n\r\t'<>^@.;$ab"))


@pytest.fixture(scope="module")
def entry(tmp_path_factory) -> catalogue.Entry:
    path: Path = tmp_path_factory.mktemp("query") / "Q999-labels.rq"
    path.write_text(QUESTION, encoding="utf-8")
    return catalogue.read(path)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory) -> Store:
    path: Path = tmp_path_factory.mktemp("data") / "labels.nt"
    lines = [f"<http://example.org/{i}> {iri_term(iri('rdfs:label'))} {literal_term(x)} .\n"
             for i, x in enumerate(LABELS)]  # fmt: skip
    path.write_text("".join(lines), encoding="utf-8")
    store = Store.memory()
    store.load(path, "http://example.org/g", where="labels.nt")
    return store


@given(TEXT)
def test_a_text_parameter_means_what_it_says(entry, labelled, text):
    bound = entry.bind({"wanted": answer.term(labelled, entry.parameters[0], text)})
    assert [r["label"] for r in labelled.rows(bound)] == [x for x in LABELS if x == text]


@given(TEXT)
def test_binding_changes_nothing_but_the_term(entry, text):
    bound = entry.bind({"wanted": literal_term(text)})
    before, _, after = QUESTION.partition('"default"')
    assert bound == before + literal_term(text) + after


@given(TEXT)
def test_a_text_survives_being_a_term(labelled, text):
    assert [r["x"] for r in labelled.rows(f"SELECT ?x WHERE {{ VALUES ?x {{ {literal_term(text)} }} }}")] == [text]


@given(TEXT, st.sampled_from(["iri", "code", "date", "integer", "decimal"]))
def test_a_typed_parameter_is_one_term_or_a_refusal(labelled, text, kind):
    try:
        term = answer.term(labelled, catalogue.Parameter("x", kind, "", ""), text)
    except MinilatError:
        return
    found = list(labelled.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ VALUES ?x {{ {term} }} }}"))
    assert found == [{"n": 1}]


@given(st.text(alphabet=st.characters(categories=["Nd"]), min_size=1))
def test_a_number_is_a_number_of_the_store(labelled, text):
    parameter = catalogue.Parameter("x", "decimal", "", "")
    try:
        term = answer.term(labelled, parameter, text)
    except MinilatError:
        return
    assert labelled.ask(f"ASK {{ FILTER({term} = {term} + 0) }}")
