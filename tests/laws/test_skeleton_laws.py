"""The skeleton of a document holds exactly the parser's triples, in its order: on generated Turtle, TriG and N-Quads."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.documents import ntriples
from kg.validate import skeleton
from kg.validate.triples import rows

PREFIXES = "@prefix : <http://e.org/> .\nPREFIX ex: <http://e.org/x/>\n@base <http://b.org/> .\n"
GAP = st.sampled_from([" ", "\n", '  # . ; [ ( "\n', "\t", "\r\n", " \n\n "])
IRI = st.sampled_from(
    [":a", "ex:b.c", ":", "ex:", "<c>", "<http://e.org/d#e>", r"ex:f\,g", ":h%20i", "ex:a:b", "ex:é-1", ":0"]
)
BLANK = st.sampled_from(["_:x", "_:y.z", "_:0", "[]", "[ ]"])
LITERAL = st.sampled_from([
    '"a"', "'b'", '"""c "d" \n e"""', "'''f'\n'''", '""', "''", '"g\\"h"', '"i"@en', '"j"@de-AT', '"k"^^ex:t', '"l"^^<http://e.org/t>',
    "1", "-2", "+3.5", "4e5", ".6", "7.8E-9", "true", "false", '". ; , [ ] ( ) # <x>"', "'''\\''''", '"é𝄞"', '"\\u00e9\\\\"', '"@en"',
])  # fmt: skip
VERB = st.one_of(IRI, st.just("a"))


def extend(inner):
    items = st.lists(inner, max_size=3)
    collection = st.builds(lambda xs, g: f"({g}{g.join(xs)}{g})", items, GAP)
    return st.one_of(collection, st.builds(lambda ps, g: f"[{g}{ps}{g}]", properties(inner), GAP))


def properties(value):
    one = st.builds(lambda v, vs, g: f"{v}{g}{f'{g},{g}'.join(vs)}", VERB, st.lists(value, min_size=1, max_size=3), GAP)
    return st.builds(
        lambda ps, g, end: f"{g};{g}".join(ps) + end,
        st.lists(one, min_size=1, max_size=3),
        GAP,
        st.sampled_from(["", " ;", " ; ;"]),
    )


VALUE = st.recursive(st.one_of(IRI, BLANK, LITERAL), extend, max_leaves=12)
SUBJECT = st.one_of(
    IRI,
    BLANK,
    st.builds(lambda xs: f"( {' '.join(xs)} )", st.lists(VALUE, max_size=3)),
    st.builds(lambda ps: f"[ {ps} ]", properties(VALUE)),
)
STATEMENT = st.one_of(
    st.builds(lambda s, g, ps: f"{s}{g}{ps}", SUBJECT, GAP, properties(VALUE)),
    st.builds(lambda ps: f"[ {ps} ]", properties(VALUE)),
)
DIRECTIVE = st.sampled_from(["@prefix q: <q/> .", "PREFIX q: <q/>", "BASE <http://c.org/>", "@base <d/> ."])
TURTLE = st.lists(st.one_of(st.builds(lambda x, g: f"{x}{g}.{g}", STATEMENT, GAP), DIRECTIVE), max_size=6).map(
    lambda xs: PREFIXES + "\n".join(xs)
)
BLOCK = st.builds(
    lambda name, xs, end: name + " { " + " . ".join(xs) + end + " }\n",
    st.sampled_from(["", ":g", "GRAPH ex:g", "graph <h>", "_:g", "[]", "GRAPH _:g", "GRAPH []"]),
    st.lists(STATEMENT, max_size=3),
    st.sampled_from(["", " ."]),
).filter(lambda x: not re.search(r"\{\s+\.", x))
TRIG = st.lists(st.one_of(st.builds(lambda x: x + " .\n", STATEMENT), BLOCK, DIRECTIVE), max_size=5).map(
    lambda xs: PREFIXES + "\n".join(xs)
)
FULL = st.sampled_from(["<http://e.org/a>", "<http://e.org/b#c>", "_:x"])
LINE = st.builds(
    lambda s, o, g, c: f"{s} <http://e.org/p> {o} {g}.{c}\n",
    FULL,
    st.one_of(FULL, LITERAL.filter(lambda x: x[0] == '"' and "\n" not in x and "ex:" not in x)),
    st.sampled_from(["", "<http://e.org/g> "]),
    st.sampled_from(["", " # a . b", "\n"]),
)


def same(document, suffix, places):
    body = document.encode()
    text, mishaps = ntriples(body, suffix, "t")
    assert mishaps == [], document
    parsed = list(rows(text))
    spots = list(places(document))
    assert len(parsed) == len(spots), document
    for triple, places_ in zip(parsed, spots, strict=True):
        for term, spot in zip(triple, places_, strict=True):
            assert {"_": "b", '"': "l"}.get(term[0], "i") == spot.kind, (document, triple, places_)
        check(document, triple, places_)


def check(document, triple, spots):
    """What stands at each place is what the parser made of it."""
    subject, predicate, value = spots
    if predicate.text.startswith((":", "ex:")):
        local = re.sub(r"\\(.)", r"\1", predicate.text.partition(":")[2])
        assert triple[1].endswith(local + ">")
    assert predicate.text in (skeleton.FIRST, skeleton.REST) or document.startswith(predicate.text, predicate.at)
    for term, spot in ((triple[0], subject), (triple[2], value)):
        written = document[spot.at : spot.at + 40]
        if term.startswith("<") and not term.endswith("#nil>"):
            assert written.startswith(("<", ":", "ex:")), (term, written)
        elif term.startswith('"'):
            assert re.match(r"""["'+\-.\d]|true|false""", written), (term, written)
            for word in re.findall(r"\w{2,}", term.rpartition('"')[0]):
                assert word[0] in document[spot.at :]


def counted(document, places):
    """Each statement counted as it is followed, and all of the document in them."""
    at = 0
    for begin, end, count in skeleton.statements(document):
        assert begin == at, document
        followed = len(list(places(document, begin, end)))
        assert count in (-1, followed), (document, begin, end)
        plain = not re.search(r"[\[(@]|prefix|base", document[begin:end], re.IGNORECASE)
        assert count >= 0 or not plain or end == len(document), (document, begin, end)
        at = end
    assert at == len(document)


@settings(max_examples=400, deadline=None)
@given(TURTLE)
def test_turtle(document):
    same(document, ".ttl", skeleton.turtle)
    counted(document, skeleton.turtle)


@settings(max_examples=300, deadline=None)
@given(TRIG)
def test_trig(document):
    same(document, ".trig", skeleton.turtle)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINE, max_size=8).map("".join))
def test_n_quads(document):
    same(document, ".nq", skeleton.lines)
    counted(document, skeleton.lines)
