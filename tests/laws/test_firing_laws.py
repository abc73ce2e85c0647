"""What rules come to is the same however they are fired: at once or one by one, again on what is new or on everything."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import catalogue, firing, grammar, infer, strata
from kg import pattern as p
from kg.bounded import bounded
from kg.store import Store, iri_term, term

EX = "http://example.org/"
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def iri(name):
    return f"<{EX}{name}>"


VARIABLES = ("?a", "?b", "?c")
PROPERTIES = tuple(iri(v) for v in "pqr")
FACTS = st.lists(
    st.tuples(*(st.sampled_from([f"{EX}{v}" for v in names]) for names in ("nmok", "pqr", "nmok"))), max_size=12
)
END = st.sampled_from((*VARIABLES, iri("n"), iri("k")))


@st.composite
def plain_rules(draw):
    """A rule of one to three patterns, whose conclusion takes its terms from them."""
    body = draw(st.lists(st.builds(p.Triple, END, st.sampled_from(PROPERTIES), END), min_size=1, max_size=3))
    ends = st.sampled_from(sorted({t for each in body for t in (each.subject, each.object)}))
    head = draw(st.builds(p.Triple, ends, st.sampled_from(PROPERTIES), ends))
    return p.Rule((head,), p.Group(tuple(body)))


def with_more(draw, rule):
    """RULE with something that is no pattern before or behind it."""
    extra = draw(
        st.sampled_from(["", "FILTER(?a != ?b)", f"FILTER NOT EXISTS {{ ?a {iri('z')} ?b }}", "BIND(?a AS ?w)"])
    )
    before = draw(st.booleans()) and not extra.startswith("BIND")
    words = " ".join(map(str, rule.body.items))
    head = str(rule.head[0])
    return f"CONSTRUCT {{ {head} }} WHERE {{ {extra if before else ''} {words} {'' if before else extra} }}"


@st.composite
def programmes(draw):
    return [with_more(draw, r) for r in draw(st.lists(plain_rules(), min_size=1, max_size=4))]


def entries(folder, texts):
    found = []
    for i, text in enumerate(texts):
        path = folder / f"R90{i}-x.rq"
        path.write_text(f"# id: R90{i}\n# title: x\n{text}", encoding="utf-8")
        found.append(catalogue.read(path))
    return found


def stored(facts):
    store = Store.memory()
    store.place([tuple(term(iri_term(t)) for t in fact) for fact in facts], None)
    return store


def naive(facts, texts):
    """Every rule on everything, as long as anything is new."""
    store = stored(facts)
    while new := {f for text in texts for f in store.construct(text)} - set(store.match(None, None, None)):
        store.place(new, None)
    return set(store.match(None, None, None))


@pytest.mark.parametrize("few", [0, 3, firing.FEW])
@SETTINGS
@given(facts=FACTS, texts=programmes())
def test_a_programme_closes_as_if_every_rule_were_asked_everything(tmp_path_factory, few, facts, texts):
    rules = entries(tmp_path_factory.mktemp("rules"), texts)
    store = stored(facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(firing, "FEW", few)
        patch.setattr("kg.store.FAST", 60)
        fired = infer.close(store, {}, rules)
    expected = naive(facts, texts)
    assert set(store.match(None, None, None)) == expected
    assert store.graphs() == []
    assert sum(f.triples for f in fired) == len(expected) - len(set(facts))


def test_what_each_rule_adds_is_counted_though_a_circle_stands_between(tmp_path, monkeypatch):
    monkeypatch.setattr(firing, "FEW", 7)  # the circle has rounds of both sorts
    monkeypatch.setattr("kg.store.FAST", 60)
    texts = [
        f"CONSTRUCT {{ ?a {iri('q')} ?b }} WHERE {{ ?a {iri('p')} ?b }}",
        f"CONSTRUCT {{ ?a {iri('q')} ?c }} WHERE {{ ?a {iri('q')} ?b . ?b {iri('q')} ?c }}",
        f"CONSTRUCT {{ ?b {iri('r')} ?a }} WHERE {{ ?a {iri('q')} ?b }}",
    ]
    # A chain of nine: eight steps, the 28 ways over more than one step, and all 36 turned round.
    store = stored([(f"{EX}{i}", f"{EX}p", f"{EX}{i + 1}") for i in range(8)])
    fired = infer.close(store, {}, entries(tmp_path, texts))
    assert [f.triples for f in fired] == [8, 28, 36]


@SETTINGS
@given(facts=FACTS, rules=st.lists(plain_rules(), min_size=1, max_size=3))
def test_a_rule_said_to_be_bounded_gives_all_in_one_run(facts, rules):
    *earlier, rule = rules
    texts = [f"CONSTRUCT {{ {r.head[0]} }} WHERE {r.body}" for r in rules]
    written = {t.predicate for t in rule.head}
    if any(t.predicate in written for r in earlier for t in r.body.items) or not bounded(rule, earlier):
        return
    closed = naive(facts, texts[:-1])
    store = Store.memory()
    store.place(closed, None)
    store.place(store.construct(texts[-1]), None)
    assert store.construct(texts[-1]) <= set(store.match(None, None, None))


def read(text):
    return grammar.read_rule(text, where="x")


SUB = "CONSTRUCT { ?c rdfs:subClassOf ?e } WHERE { ?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?e }"
KIND = "CONSTRUCT { ?x a ?d } WHERE { ?x a ?c . ?c rdfs:subClassOf ?d }"
BACK = "CONSTRUCT { ?y skos:related ?x } WHERE { ?x skos:related ?y }"
# It reads what it makes in two places, one of them with a constant where its conclusion has another.
TWICE = "CONSTRUCT { ?a mlo:p mlo:k } WHERE { mlo:n mlo:p ?a . ?a mlo:p ?b }"
# A literal is no subject, so what it concludes never feeds it.
WORD = 'CONSTRUCT { ?x mlo:p "a" } WHERE { ?y mlo:p ?x . ?x mlo:q ?z }'
PART = "CONSTRUCT { ?y mlo:r ?z } WHERE { ?x mlo:q ?y . ?x mlo:r ?z }"


@pytest.mark.parametrize(
    ("text", "earlier", "expected"),
    [
        (KIND, [SUB], True),
        (KIND, [], False),
        (BACK, [], True),
        (SUB, [], False),
        (PART, [], False),
        (TWICE, [], False),
        (WORD, [], True),
        (KIND.replace("}}", "FILTER(?c != ?d) }}").replace("Of ?d }", "Of ?d FILTER(?c != ?d) }"), [SUB], False),
        (SUB.replace("{ ?c rdfs:subClassOf ?e }", "{ ?c rdfs:subClassOf ?e ; mlo:r ?e }"), [], False),
        # what SUB would make of a literal is no fact on real data: a rule that could is not relied on
        (KIND, [SUB.replace("{ ?c rdfs:subClassOf ?e }", "{ ?e rdfs:subClassOf ?c }")], False),
    ],
)
def test_bounded(text, earlier, expected):
    assert bounded(read(text), [read(t) for t in earlier]) is expected


def test_what_feeds_itself_in_vain_is_still_a_circle(tmp_path):
    [rule] = entries(tmp_path, [BACK])
    assert strata.recursive((rule,))
