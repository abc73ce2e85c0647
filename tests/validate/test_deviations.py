"""Where pySHACL differs from the Recommendation, and the default engine does not: the generator keeps away from these."""

from __future__ import annotations

import pytest

from kg.errors import MinilatError
from kg.validate import engines

CASES = {
    # A sequence is inverted as a whole: from z back over p, then over q.
    "inverse of a sequence": (
        "ex:x ex:q ex:y . ex:y ex:p ex:z .",
        "ex:P sh:targetNode ex:z ; sh:path [ sh:inversePath ( ex:q ex:p ) ] ; sh:nodeKind sh:Literal .",
        {"<http://example.org/x>"},
        set(),
    ),
    # What cannot be compared is not within a range.
    "a range without an order": (
        "ex:x ex:p true .",
        "ex:P sh:targetNode ex:x ; sh:path ex:p ; sh:maxInclusive '2019-01-01'^^xsd:date .",
        {'"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'},
        set(),
    ),
    # A blank node has no length.
    "the length of a blank node": (
        "ex:x ex:p _:b .",
        "ex:P sh:targetNode ex:x ; sh:path ex:p ; sh:minLength 0 .",
        {"_:b"},
        set(),
    ),
    # SPARQL knows no text of a blank node.
    "the text of a blank node": (
        "ex:x ex:p _:b .",
        "ex:P sh:targetNode ex:x ; sh:path ex:p ; sh:sparql [ sh:select "
        "'SELECT $this ?value { $this $PATH ?value FILTER(STR(?value) != \"\") }' ] .",
        set(),
        {"_:b"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_deviation(turtle, name):
    data, shapes, ours, theirs = CASES[name]
    facts, rules = turtle(data), turtle(shapes)
    assert {raw.value for raw in engines.run(facts, rules, "rust")} == ours
    assert {raw.value for raw in engines.run(facts, rules, "pyshacl")} == theirs


def test_what_has_no_order_is_reported_and_not_refused(turtle):
    facts, rules = (
        turtle("ex:x ex:p _:b ; ex:q 1 ."),
        turtle("ex:P sh:targetNode ex:x ; sh:path ex:p ; sh:lessThan ex:q ."),
    )
    assert [raw.value for raw in engines.run(facts, rules, "rust")] == ["_:b"]
    with pytest.raises(MinilatError) as error:
        engines.run(facts, rules, "pyshacl")
    assert error.value.code == "E090"


CLOSED = """
ex:P sh:targetClass ex:T ; sh:path ex:p ; sh:closed true ; sh:ignoredProperties ( ex:q ) ;
  sh:property [ sh:path ex:r ; sh:minCount 0 ] .
"""


@pytest.mark.parametrize(
    "shapes",
    [
        CLOSED,
        "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property ex:P . " + CLOSED.replace("sh:targetClass ex:T ;", ""),
        "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:not ex:P . " + CLOSED.replace("sh:targetClass ex:T ;", ""),
        "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:or ( ex:P [ sh:class ex:U ] ) . "
        + CLOSED.replace("sh:targetClass ex:T ;", ""),
    ],
    ids=["target", "property", "not", "or"],
)
def test_a_closed_property_shape_closes_its_values(both, shapes):
    # The native engine closes the focus node instead, so this runs on the store, or on a node shape in its place.
    data = "ex:a a ex:T ; ex:p ex:v . ex:v ex:q 1 ; ex:r 2 ; ex:s 3 , 03 . ex:b a ex:T ; ex:p ex:w . ex:w ex:q 1 ."
    found = both(data, shapes)
    assert {raw.focus for raw in found} == {
        "<http://example.org/b>" if "sh:not" in shapes else "<http://example.org/a>"
    }
