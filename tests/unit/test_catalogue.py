"""Query files read by their headers, and parameters bound."""

import pytest

from kg import catalogue
from kg.catalogue import Parameter
from kg.errors import MinilatError

TEXT = """\
# id: Q998
# title: What is it?
# why: to test
# since: 0.1
SELECT ?x WHERE {
  VALUES ?day { "2026-11-24"^^xsd:date }  # @param day date the day
  VALUES ?kind { "a" "b" }  # @param kind string the kind
  VALUES ?fixed { 1 2 }
  { SELECT ?x WHERE { VALUES ?day { "2026-11-24"^^xsd:date }  # @param day date the day again
  ?x mlo:begin ?day } }
}
"""


def write(folder, text=TEXT, name="Q998-what.rq"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def entry(tmp_path):
    return catalogue.read(write(tmp_path))


def test_an_entry_is_its_header(entry):
    assert (entry.code, entry.name, entry.title, entry.why) == ("Q998", "what", "What is it?", "to test")
    assert entry.header["since"] == "0.1"
    assert entry.text == TEXT


def test_parameters_have_name_type_meaning_and_default(entry):
    assert Parameter("day", "date", "the day", '"2026-11-24"^^xsd:date') in entry.parameters
    assert Parameter("kind", "string", "the kind", '"a" "b"') in entry.parameters
    assert {p.name for p in entry.parameters} == {"day", "kind"}


def test_nothing_bound_is_the_default(entry):
    assert entry.bind({}) == TEXT


def test_a_parameter_is_bound_wherever_it_stands(entry):
    bound = entry.bind({"day": "DAY"})
    assert bound.count("VALUES ?day { DAY }  # @param day date the day") == 2
    assert 'VALUES ?kind { "a" "b" }' in bound
    assert "VALUES ?fixed { 1 2 }" in bound


def test_a_term_is_put_in_as_it_is(entry):
    term = r'"\\1 \g<0> } { # @param x"'
    assert f"VALUES ?kind {{ {term} }}  # @param kind" in entry.bind({"kind": term})


def test_an_unknown_parameter_lists_those_taken(entry):
    with pytest.raises(MinilatError) as caught:
        entry.bind({"kinds": "1"})
    assert (caught.value.code, caught.value.hint) == (
        "E050",
        "it takes day (date, else 2026-11-24), kind (string, else a,b)",
    )


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("# id: Q998", "# id: Q997"),
        TEXT.replace("# title: What is it?\n", ""),
        TEXT.replace("# title: What is it?", "# title:"),
        "\n" + TEXT,
        TEXT.replace("@param kind string", "@param kinds string"),
        "",
    ],
)
def test_an_incomplete_header_is_refused(tmp_path, text):
    with pytest.raises(MinilatError) as caught:
        catalogue.read(write(tmp_path, text))
    assert caught.value.code == "E051"
    assert "Q998-what.rq" in caught.value.where


@pytest.mark.parametrize("name", ["Q001", "q001", "members", "MEMBERS"])
def test_a_question_is_found_by_code_or_name(name):
    found = catalogue.question(name)
    assert found is not None
    assert found.code == "Q001"


def test_a_criterion_is_a_question_too():
    found = catalogue.question("F001")
    assert found is not None
    assert found.header["kind"] == "hard"


def test_nothing_is_found_for_another_name():
    assert catalogue.question("nosuch") is None
    error = catalogue.no_question("memberz")
    assert (error.code, error.hint) == ("E052", "did you mean 'members'?")


@pytest.mark.parametrize("listing", [catalogue.rules, catalogue.criteria, catalogue.questions])
def test_listings_are_in_the_order_of_their_codes(listing):
    codes = [e.code for e in listing()]
    assert codes == sorted(codes)
    assert codes


@pytest.mark.parametrize(
    ("type_", "default", "kind", "several", "words", "usual"),
    [
        ("arrangement", "arr:jef", "arrangement", False, (), "jef"),
        ("arrangement+", "arr:jef arr:ei2", "arrangement", True, (), "jef,ei2"),
        ("word(core|all)", '"core"', "word", False, ("core", "all"), "core"),
        ("date+", '"2011-06-30"^^xsd:date "2021-02-16"^^xsd:date', "date", True, (), "2011-06-30,2021-02-16"),
        ("state", "UNDEF", "state", False, (), "any"),
        ("integer", "36", "integer", False, (), "36"),
    ],
)
def test_a_type_says_how_many_and_which(type_, default, kind, several, words, usual):
    found = Parameter("x", type_, "what", default)
    assert (found.kind, found.several, found.words, found.usual) == (kind, several, words, usual)


def test_a_header_may_name_lists_and_words(tmp_path):
    text = TEXT.replace("@param kind string the kind", "@param kind word(a|b)+ the kind")
    found = {p.name: p for p in catalogue.read(write(tmp_path, text)).parameters}
    assert (found["kind"].kind, found["kind"].words, found["kind"].several) == ("word", ("a", "b"), True)
    assert found["kind"].meaning == "the kind"
