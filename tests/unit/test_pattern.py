"""Reading rules and Turtle: checked against two parsers that know nothing of ours."""

from __future__ import annotations

import pytest
from pyparsing import ParseResults
from rdflib.plugins.sparql import prepareQuery

from kg import catalogue, files, pattern
from kg.documents import read_quads
from kg.errors import MinilatError
from kg.grammar import read_fact, read_rule, statements
from kg.names import PREFIXES
from kg.pattern import Exists, Filter, Select, Triple, Union
from kg.store import Store

RULES = {r.code: r for r in catalogue.rules()}


def triples(algebra):
    """Every triple of every basic graph pattern of an rdflib algebra, however deep."""
    found = []
    stack = [algebra]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            if getattr(each, "name", "") == "BGP":
                found += each["triples"]
            elif getattr(each, "name", "") == "TriplesBlock":  # inside EXISTS rdflib keeps what it parsed
                found += [line[i : i + 3] for line in each["triples"] for i in range(0, len(line), 3)]
            stack += [v for k, v in each.items() if k not in ("triples", "template")]
        elif isinstance(each, list | tuple | ParseResults):
            stack += list(each)
    return found


def shallow(group, *, absent=False):
    """The triple patterns of GROUP but for those of an EXISTS inside an EXISTS, which rdflib does not keep there."""
    for item in group.items:
        if isinstance(item, Triple):
            yield item
        elif not (absent and isinstance(item, Exists)):
            for inside in pattern.inner(item):
                yield from shallow(inside, absent=absent or isinstance(item, Exists))


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_has_the_triples_rdflib_finds(code):
    rule = RULES[code]
    mine = list(shallow(read_rule(rule.text).body))
    theirs = triples(prepareQuery(rule.text, initNs=PREFIXES).algebra)
    assert sorted(str(t[0].n3()) + " " + str(t[2].n3()) for t in theirs) == sorted(
        f"{m.subject} {m.object}" for m in mine
    )


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_written_back_is_the_same_rule(code):
    rule = read_rule(RULES[code].text)
    text = f"CONSTRUCT {{ {' '.join(map(str, rule.head))} }} WHERE {rule.body}"
    Store.memory().serialise(text, "nt", limit=1, seconds=5)  # the engine reads it too
    assert read_rule(text) == rule


def named(quads):
    return {t for t in quads if not any(part.startswith("_:") for part in t)}


@pytest.mark.parametrize("path", [*files.ontology(), *files.data()], ids=lambda p: p.name)
def test_a_file_says_what_the_store_reads(path):
    mine = {(t.subject, t.predicate, t.object) for t in statements(path.read_text(encoding="utf-8"), where=path.name)}
    theirs = {(str(q.subject), str(q.predicate), str(q.object)) for q in read_quads(path, where=path.name)}
    assert named(mine) == named(theirs)


def test_each_statement_keeps_its_line():
    text = '@prefix e: <http://e/> .\n\ne:a e:p 1 ;\n  e:q "x\ny"@en ,\n    e:c .\n'
    with pytest.raises(MinilatError, match="E111"):
        list(statements(text, where="f"))  # a plain string ends on its line
    text = text.replace('"x\ny"@en', '"""x\ny"""@en')
    assert [(t.predicate, t.line) for t in statements(text)] == [
        ("<http://e/p>", 3),
        ("<http://e/q>", 4),
        ("<http://e/q>", 6),
    ]


def test_the_parts_of_a_pattern_are_told_apart():
    rule = read_rule(
        """CONSTRUCT { ?a mlo:x ?n } WHERE {
          { SELECT ?a (COUNT(?b) AS ?n) WHERE { ?a mlo:p|^mlo:q+ ?b } GROUP BY ?a }
          { ?a mlo:r "1"@en } UNION { ?a mlo:s [ mlo:t 2.5 ] }
          FILTER NOT EXISTS { ?a mlo:u true }
          FILTER(?n < 3 && EXISTS { ?a a mlo:C })
        }"""
    )
    select, union, absent, test = rule.body.items
    assert isinstance(select, Select)
    assert select.variables == ("?a", "?n")
    assert select.keys == {"?a"}
    assert isinstance(union, Union)
    assert len(union.groups) == 2
    assert isinstance(absent, Exists)
    assert absent.negated
    assert isinstance(test, Filter)
    assert len(test.groups) == 1
    assert rule.body.certain() == {"?a", "?n"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("CONSTRUCT { ?a mlo:x ?b }\nWHERE { ?a mlo:p ?b", "mine.rq:2"),
        ("CONSTRUCT { ?a mlo:x ?b }\nWHERE { ?a no:p ?b }", "mine.rq:2"),
        ("SELECT * WHERE { ?a ?b ?c }", "mine.rq:1"),
        ("CONSTRUCT { ?a mlo:x ?b } WHERE { ?a mlo:p ?b } LIMIT 3", "mine.rq:1"),
        ("CONSTRUCT { } WHERE { ?a mlo:p ?b }", "mine.rq:1"),
        ("CONSTRUCT { ?a mlo:x ?b } FROM <http://x/> WHERE { ?a mlo:p ?b }", "mine.rq:1"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_line(text, place):
    with pytest.raises(MinilatError) as caught:
        read_rule(text, where="mine.rq")
    assert (caught.value.code, caught.value.where) == ("E111", place)


def test_service_is_refused():
    with pytest.raises(MinilatError) as caught:
        read_rule("CONSTRUCT { ?a mlo:x ?b } WHERE {\n SERVICE <http://x/> { ?a mlo:p ?b } }", where="mine.rq")
    assert (caught.value.code, caught.value.where) == ("E046", "mine.rq:2")


@pytest.mark.parametrize(
    "text", ["", "state:gbr", "state:gbr mlo:x ?y", "no:a mlo:x mlo:y", "a b", "mlo:a mlo:b mlo:c mlo:d", "\x00"]
)
def test_what_is_no_triple_is_refused(text):
    with pytest.raises(MinilatError) as caught:
        read_fact(text)
    assert caught.value.code == "E110"


def test_a_triple_is_read_with_the_prefixes_of_the_project():
    assert read_fact("arr:jef a mlo:FlexibleFormat .") == (
        "<https://w3id.org/minilat/id/arrangement/jef>",
        pattern.TYPE,
        "<https://w3id.org/minilat/ontology#FlexibleFormat>",
    )
