"""The inference rules: each one alone against a golden pair, then all of them together on the shipped data.

A folder tests/rules/R### holds in.ttl (the facts one rule reads, near misses among them) and out.ttl (exactly what the
rule adds). The first line of in.ttl may name the day the slice is cut: ``# asOf: 2016-06-30``.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph
from rdflib.compare import to_canonical_graph

from kg import build, catalogue, files, rulebook, strata
from kg.errors import MinilatError
from kg.infer import saturate
from kg.names import INFERRED, PREFIXES, iri
from kg.store import Store, literal_term

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "rules"
STOCKTAKE = ROOT.parent / "shared" / "domain" / "STOCKTAKE.csv"
TODAY = date(2026, 11, 24)
EVERYTHING = 10_000_000

FOLDERS = sorted(p for p in GOLDEN.iterdir() if p.is_dir())
RULES = {rule.code: rule for rule in catalogue.rules()}


def day_of(source):
    found = re.match(r"# asOf: (\d{4}-\d\d-\d\d)$", source.read_text(encoding="utf-8").splitlines()[0])
    return found[1] if found else TODAY.isoformat()


def terms(day):
    return {"asOf": literal_term(day, "date")}


def triples(graph):
    return set(to_canonical_graph(graph))


def parsed(path):
    return triples(Graph().parse(path, format="turtle"))


def inferred(store):
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }}"
    body, complete = store.serialise(query, "nt", limit=EVERYTHING, seconds=60)
    assert complete
    return triples(Graph().parse(data=body, format="nt"))


def turtle(found):
    graph = Graph()
    for prefix, base in PREFIXES.items():
        graph.bind(prefix, base)
    for triple in found:
        graph.add(triple)
    return graph.serialize(format="turtle")


# ---------------------------------------------------------------- one rule at a time


def test_every_rule_has_a_folder_and_every_folder_a_rule():
    assert len(RULES) > 40
    assert [p.name for p in FOLDERS] == sorted(RULES)
    assert {p.relative_to(GOLDEN).as_posix() for p in GOLDEN.rglob("*") if p.is_file()} == {
        f"{code}/{name}" for code in RULES for name in ("in.ttl", "out.ttl")
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_rule_adds_exactly_what_is_expected(folder):
    rule, source = RULES[folder.name], folder / "in.ttl"
    given, expected = parsed(source), parsed(folder / "out.ttl")
    assert expected, "a rule that never fires is not tested"
    assert not given & expected, "what is given cannot be added"
    store = Store.memory()
    store.load(source, PREFIXES["graph"] + "in", where=str(source))
    before = len(store)
    fired = saturate(store, terms(day_of(source)), [rule])
    found = inferred(store)
    assert not found - expected, f"too much:\n{turtle(found - expected)}"
    assert not expected - found, f"missing:\n{turtle(expected - found)}"
    assert [(f.code, f.title, f.triples) for f in fired] == [(rule.code, rule.title, len(expected))]
    assert len(store) == before + len(expected)

    assert [f.triples for f in saturate(store, terms(day_of(source)), [rule])] == [0]
    assert inferred(store) == expected


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_golden_input_has_a_near_miss_with_a_reason(folder):
    assert re.search(r"(?m)^# Near miss: .{10,}\.$", (folder / "in.ttl").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def declared():
    """All terms, codes and roles of the ontology: a misspelt one would make a near miss that proves nothing."""
    graph = Graph()
    for path in files.ontology():
        graph.parse(path, format="turtle")
    return {str(s) for s in graph.subjects() if set(graph.objects(s, RDF.type)) or graph.value(s, RDFS.label)}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_golden_files_use_declared_terms_and_prefixes(folder, declared):
    for path in (folder / "in.ttl", folder / "out.ttl"):
        for prefix, base in re.findall(r"(?m)^@prefix (\w+): <([^>]*)>", path.read_text(encoding="utf-8")):
            assert PREFIXES[prefix] == base
        used = {str(term) for triple in Graph().parse(path, format="turtle") for term in triple}
        checked = {t for t in used if t.startswith((PREFIXES["mlo"], PREFIXES["code"], PREFIXES["role"]))}
        assert checked - declared == set()
        rules = {t.removeprefix(PREFIXES["rule"]) for t in used if t.startswith(PREFIXES["rule"])}
        assert rules <= RULES.keys()


def test_a_parameter_of_one_rule_can_be_set():
    source = GOLDEN / "R036" / "in.ttl"
    sizes = {}
    for largest in ("2", "15", "16"):
        store = Store.memory()
        store.load(source, PREFIXES["graph"] + "in", where=str(source))
        saturate(store, {"largest": largest}, [RULES["R036"]])
        sizes[largest] = {s.rsplit("/", 1)[1] for s, p, o in inferred(store) if str(o) == iri("mlo:MinilateralFormat")}
    assert sizes["2"] == set()
    assert sizes["16"] - sizes["15"] == {"sixteen"}


def ruled(facts, codes, tmp_path):
    """A store with FACTS (Turtle without prefixes) and what the rules CODES add to them."""
    source = tmp_path / "in.ttl"
    head = "".join(f"@prefix {prefix}: <{base}> .\n" for prefix, base in PREFIXES.items())
    source.write_text(head + facts, encoding="utf-8")
    store = Store.memory()
    store.load(source, PREFIXES["graph"] + "in", where="in.ttl")
    saturate(store, terms(TODAY.isoformat()), [RULES[code] for code in codes])
    return store


def test_february_of_a_century_year(tmp_path):
    store = ruled('st:x mlo:begin "1900-02"^^xsd:gYearMonth .', ["R001"], tmp_path)
    assert [r["d"] for r in store.rows("SELECT ?d WHERE { st:x mlo:beginLatest ?d }")] == ["1900-02-28"]


def test_what_a_single_state_offers_is_not_committed_to_a_grouping(tmp_path):
    facts = """st:one a mlo:CapabilityOffer ; mlo:offeredBy state:one ; mlo:capability cap:mcm ; mlo:level 1 ;
        mlo:inForceOn "2026-11-24"^^xsd:date ."""
    store = ruled(facts, ["R020"], tmp_path)
    assert list(store.rows("SELECT ?f WHERE { ?f a mlo:CommittedOffer }")) == []


# ---------------------------------------------------------------- all rules on the shipped data


def quads(store):
    """Every named graph as a set of triples in Turtle terms."""
    found = store.select("SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }", limit=EVERYTHING, seconds=120)
    assert found.complete
    graphs = defaultdict(set)
    for graph, *triple in found.rows:
        graphs[graph].add(tuple(triple))
    return dict(graphs)


def union(store):
    found = store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", limit=EVERYTHING, seconds=120)
    assert found.complete
    return set(found.rows)


@pytest.fixture(scope="module")
def sources():
    return build.load([*files.ontology(), *files.data()])


@pytest.fixture(scope="module")
def today(sources):
    store = sources.copy()
    return store, saturate(store, terms(TODAY.isoformat()))


@pytest.fixture(scope="module")
def again(today):
    store = today[0].copy()
    return store, saturate(store, terms(TODAY.isoformat()))


def test_sources_are_unchanged_and_what_is_new_is_inferred(sources, today):
    store, fired = today
    before, after = quads(sources), quads(store)
    new = after.pop(f"<{INFERRED}>")
    assert len(before) > 250
    assert after == before
    assert union(store) == union(sources) | new
    assert not union(sources) & new, "a derived statement stands in a source file"
    assert sum(f.triples for f in fired) == len(new)


def test_every_rule_fires_on_the_shipped_data(today):
    assert [f.code for f in today[1] if not f.triples] == []


def test_a_second_run_adds_nothing(again):
    assert {f.code: f.triples for f in again[1] if f.triples} == {}


def test_the_order_of_rules_within_a_stratum_does_not_matter(sources, today):
    store = sources.copy()
    saturate(store, terms(TODAY.isoformat()), list(reversed(catalogue.rules())))
    assert union(store) == union(today[0])


# ---------------------------------------------------------------- strata

_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#.*$")
_NONMONOTONE = re.compile(r"(?:(?:\bNOT|!)\s*EXISTS|\bMINUS|\bOPTIONAL)\s*(?=\{)", re.IGNORECASE)
_SUBSELECT = re.compile(r"(?=\{\s*SELECT\b)", re.IGNORECASE)
_AGGREGATE = re.compile(r"\b(?:COUNT|MAX|MIN|AVG|SUM|SAMPLE|GROUP_CONCAT)\s*\(", re.IGNORECASE)
_TERM = re.compile(r"\bmlo:\w+")


def block(text, start):
    """The text between the brace at START and its partner."""
    depth = 0
    for end in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[start : end + 1]
    raise AssertionError("a brace is not closed")


def writes(rule):
    """The predicates and classes in the head (what stands as an object is never a mlo: term but for classes)."""
    head = re.split(r"\bWHERE\b", _COMMENT.sub("", rule.text), maxsplit=1)[0]
    return set(_TERM.findall(head))


def waits_for(rule):
    """The predicates and classes under a negation, an OPTIONAL or an aggregate."""
    body = re.split(r"\bWHERE\b", _COMMENT.sub("", rule.text), maxsplit=1)[1]
    parts = [block(body, m.end()) for m in _NONMONOTONE.finditer(body)]
    selects = [block(body, m.start()) for m in _SUBSELECT.finditer(body)]
    parts += [s for s in selects if _AGGREGATE.search(s)]
    assert _AGGREGATE.search(body) is None or selects
    return {term for part in parts for term in _TERM.findall(part)}


PLACE = {rule.code: i for i, group in enumerate(strata.order(catalogue.rules())) for rule in group}


def stratum(rule):
    """The place of RULE in the order worked out; this file asks by words alone whether that order is right."""
    return PLACE[rule.code]


def too_early(rules, stratum=stratum):
    """(reader, term) where READER waits for TERM and a rule of the same or a later place writes it."""
    return {
        (reader.code, term)
        for reader in rules
        for term in waits_for(reader)
        for writer in rules
        if term in writes(writer) and stratum(writer) >= stratum(reader)
    }


_LATER_ONLY_ON_FINDINGS = "later strata write it on findings; ?x is begunBy, which no finding is in one run"
_OWN_FINDINGS = "the writer is R023 itself; the filter on mlo:byRule keeps only findings of R020-R022, of stratum 5"
_COMMITTED = "R052 writes it on potential offers; the aggregate wants mlo:CommittedOffer"
_CODING = "later strata write it on findings; the pattern wants mlo:LinkCoding, which no rule writes"
_OWN_READINGS = "the writer is R038 itself; the filter on mlo:byRule leaves its own readings out"

EXCEPTIONS = {
    ("R008", "mlo:arrangement"): _LATER_ONLY_ON_FINDINGS,
    ("R008", "mlo:offeredBy"): _LATER_ONLY_ON_FINDINGS,
    ("R010", "mlo:arrangement"): "later strata write it on findings; the pattern wants a participation's role",
    ("R023", "mlo:CommittedOffer"): _OWN_FINDINGS,
    ("R023", "mlo:offeredBy"): _OWN_FINDINGS,
    ("R023", "mlo:capability"): _OWN_FINDINGS,
    ("R023", "mlo:level"): _OWN_FINDINGS,
    ("R023", "mlo:byRule"): _OWN_FINDINGS,
    ("R026", "mlo:nature"): "the aggregate reads the nature of capabilities; the head writes that of arrangements",
    ("R030", "mlo:arrangement"): _CODING,
    ("R038", "mlo:Classification"): _OWN_READINGS,
    ("R038", "mlo:arrangement"): _OWN_READINGS,
    ("R038", "mlo:formatLabel"): _OWN_READINGS,
    ("R038", "mlo:byRule"): _OWN_READINGS,
    ("R052", "mlo:offeredBy"): _COMMITTED,
    ("R052", "mlo:capability"): _COMMITTED,
    ("R052", "mlo:level"): _COMMITTED,
    ("R052", "mlo:byRule"): _COMMITTED,
}


def test_a_rule_waits_for_what_it_negates_or_counts():
    assert too_early(RULES.values()) == set(EXCEPTIONS)


def test_a_whole_has_one_nature_whatever_runs_first(tmp_path):
    facts = """
        cap:aid mlo:nature code:civil . cap:aaw mlo:nature code:military .
        arr:whole mlo:inForceOn "2026-11-24"^^xsd:date .
        arr:part mlo:inForceOn "2026-11-24"^^xsd:date ; mlo:partOfWhole arr:whole .
        st:f1 a mlo:CommittedOffer ; mlo:offeredBy arr:whole ; mlo:capability cap:aid ; mlo:level 1 ;
            mlo:basedOn st:a ; mlo:byRule rule:R020 .
        st:f2 a mlo:CommittedOffer ; mlo:offeredBy arr:part ; mlo:capability cap:aaw ; mlo:level 1 ;
            mlo:basedOn st:b ; mlo:byRule rule:R020 .
    """
    store = ruled(facts, ["R026", "R023"], tmp_path)
    assert [r["n"] for r in store.rows("SELECT ?n WHERE { arr:whole mlo:nature ?n }")] == [iri("code:dual")]


def rule_file(folder, code, text):
    path = folder / f"{code}-made-up.rq"
    path.write_text(f"# id: {code}\n# title: made up\n{text}", encoding="utf-8")
    return catalogue.read(path)


@pytest.mark.parametrize(
    "body",
    [
        "?x a mlo:A FILTER NOT EXISTS { ?x mlo:seen true }",
        "?x a mlo:A FILTER(!EXISTS { ?x mlo:seen ?y . FILTER(?y = true) })",
        "?x a mlo:A MINUS { ?x mlo:seen true }",
        "?x a mlo:A OPTIONAL { ?x mlo:known ?k . OPTIONAL { ?x mlo:seen ?y } }",
        "{ SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x mlo:seen ?y } GROUP BY ?x }",
    ],
)
def test_a_rule_that_does_not_wait_is_found(tmp_path, body):
    writer = rule_file(tmp_path, "R902", "CONSTRUCT { ?x mlo:seen true } WHERE { ?x a mlo:A }")
    reader = rule_file(tmp_path, "R901", f"CONSTRUCT {{ ?x mlo:new 1 }} WHERE {{ {body} }}")
    for level, early in ((2, True), (3, True), (4, False)):
        places = {"R902": 3, "R901": level}
        found = too_early([writer, reader], lambda rule, places=places: places[rule.code])
        assert found == ({("R901", "mlo:seen")} if early else set())
    assert [[e.code for e in group] for group in strata.order((reader, writer))] == [["R902"], ["R901"]]


def test_a_circle_through_negation_is_named(tmp_path):
    one = rule_file(
        tmp_path, "R901", "CONSTRUCT { ?x mlo:seen 1 } WHERE { ?x a mlo:A FILTER NOT EXISTS { ?x mlo:known ?y } }"
    )
    two = rule_file(tmp_path, "R902", "CONSTRUCT { ?x mlo:known 1 } WHERE { ?x mlo:seen ?y }")
    with pytest.raises(MinilatError) as caught:
        saturate(Store.memory(), {}, [one, two])
    assert caught.value.code == "E119"
    assert "R901 → R902 → R901" in caught.value.message


def test_a_promise_to_read_what_is_stated_alone_is_checked(tmp_path):
    text = """CONSTRUCT { ?x mlo:known 1 } WHERE {
      { SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x mlo:seen ?z BIND(1 AS ?y) } GROUP BY ?x } }"""
    lying = rule_file(tmp_path, "R901", f"# stated: mlo:seen\n{text}")
    later = rule_file(tmp_path, "R902", "CONSTRUCT { ?y mlo:seen 1 } WHERE { ?x mlo:partOf ?y }")
    with pytest.raises(MinilatError) as caught:
        saturate(chain(3, tmp_path), {}, [lying, later])
    assert caught.value.code == "E124"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("CONSTRUCT { ?x mlo:seen ?free }\nWHERE { ?x a mlo:A }", "E118", 3),
        ("CONSTRUCT { ?x mlo:seen ?y } WHERE { ?x a mlo:A FILTER NOT EXISTS { ?x mlo:known ?y } }", "E118", 3),
        ("CONSTRUCT { ?x mlo:seen 1 }\nWHERE { ?x a mlo:A FILTER(NOSUCH(?x)) }", "E111", 4),
        ("CONSTRUCT { ?x mlo:seen 1 } WHERE { SERVICE <http://x/> { ?x a mlo:A } }", "E046", 3),
        ("INSERT { ?x mlo:seen 1 } WHERE { ?x a mlo:A }", "E111", 3),
    ],
)
def test_a_rule_of_a_user_is_checked_with_its_line(text, code, line, tmp_path):
    path = rule_file(tmp_path, "R901", text).path
    with pytest.raises(MinilatError) as caught:
        rulebook.own(tmp_path)
    assert (caught.value.code, caught.value.where.split(":")[:2]) == (code, [str(path), str(line)])


def test_a_code_that_is_taken_and_a_folder_without_rules_are_refused(tmp_path):
    for make in (lambda: None, lambda: rule_file(tmp_path, "R010", "CONSTRUCT { ?x mlo:seen 1 } WHERE { ?x a mlo:A }")):
        make()
        with pytest.raises(MinilatError) as caught:
            rulebook.own(tmp_path)
        assert caught.value.code == "E123"


# ---------------------------------------------------------------- the past

TIMELESS = {
    iri(f"mlo:{p}")
    for p in ("beginEarliest", "beginLatest", "endEarliest", "endLatest", "partOfWhole", "arrangementFunction")
}


def earliest(text):
    return (text + "-01-01")[:10]


# Days on which things stood that have ended since; together they cover every ended row of the stock-take.
PAST = {
    "2005-12-01": {"B02", "B05", "B06", "B16", "E34", "I22"},
    "2011-06-01": {"B08", "B09"},
    "2016-02-01": {"B03", "F09", "F15", "I38"},
    "2021-08-20": {"H17", "H21", "H24", "I31", "I40"},
    "2023-01-01": {"H25", "I41"},
}


@pytest.fixture(scope="module", params=PAST)
def past(request, sources):
    store = sources.copy()
    saturate(store, terms(request.param))
    return store, request.param


def test_nothing_that_began_later_is_visible(past):
    store, day = past
    begun = {r["x"] for r in store.rows("SELECT ?x WHERE { ?x mlo:begunBy ?day }")}
    later = {r["x"] for r in store.rows("SELECT ?x ?b WHERE { ?x mlo:begin|mlo:date ?b }") if earliest(r["b"]) > day}
    assert len(begun) > 1000
    assert len(later) > 50
    assert begun & later == set()
    days = store.rows("SELECT DISTINCT ?day WHERE { ?x mlo:begunBy|mlo:inForceOn|mlo:uncertainOn ?day }")
    assert [r["day"] for r in days] == [day]


def test_nothing_is_concluded_about_an_arrangement_that_began_later(past):
    store, day = past
    begins = {r["a"]: r["b"] for r in store.rows("SELECT ?a ?b WHERE { ?a mlo:listComplete ?any ; mlo:begin ?b }")}
    later = {a for a, b in begins.items() if earliest(b) > day}
    assert len(later) > 5
    rows = store.rows(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }}")
    assert [r for r in rows if r["p"] not in TIMELESS and {r["s"], r["o"]} & later] == []


def test_nobody_takes_part_before_the_arrangement_begins(tmp_path):
    facts = """
        arr:north mlo:begin "2026-12-20"^^xsd:date .
        role:member mlo:coreRole true .
        st:one a mlo:Participation ; mlo:participant state:one ; mlo:arrangement arr:north ; mlo:role role:member ;
            mlo:begin "2026"^^xsd:gYear .
    """
    store = ruled(facts, ["R001", "R004", "R008", "R010"], tmp_path)
    assert list(store.rows("SELECT ?a WHERE { ?a mlo:coreParticipantOf arr:north }")) == []


# ---------------------------------------------------------------- classification

LABELS = {
    "—": set(),
    "flexible": {"flexible"},
    "minilateral": {"minilateral"},
    "ad hoc / other (size>15 or list incomplete)": {"ad-hoc"},
    "EU format": {"eu-format"},
    "ad hoc operation": {"ad-hoc-operation"},
    "whole-alliance": {"whole-alliance"},
}

ENDED = "it has ended; only what is in force is classified (its label on a day of its life is tested too)"
NO_SECURITY = "the stock-take counted heads only; its purpose is not security, so R036 does not hold"
OPEN_CALL = "the stock-take counted heads only; its founding text calls on others to join, so R036 does not hold"
COMPLETED = "the stock-take did not know all who take part; the list has been completed since, so R036 holds"
ALL_ALLIES = "its list, completed since, holds every ally and nobody else, so R031 holds"

DIFFERENT = dict.fromkeys(sorted(set().union(*PAST.values())), (set(), ENDED)) | {
    "B12": ({"whole-alliance"}, ALL_ALLIES),
    "G15": ({"minilateral"}, COMPLETED),
    "H26": ({"minilateral"}, COMPLETED),
    "D10": ({"ad-hoc"}, NO_SECURITY),
    "D20": ({"ad-hoc"}, NO_SECURITY),
    "E08": ({"ad-hoc"}, NO_SECURITY),
    "H09": ({"ad-hoc"}, NO_SECURITY),
    "H02": ({"ad-hoc"}, OPEN_CALL),
}


@pytest.fixture(scope="module")
def stocktake():
    if not STOCKTAKE.is_file():
        pytest.skip("../shared/domain/STOCKTAKE.csv is not there")
    with STOCKTAKE.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert len(rows) == 270
    return rows


def classified(store):
    """The labels the rules give, without the readings of the literature."""
    labels = defaultdict(set)
    for row in store.rows("""
        SELECT ?notation ?label WHERE {
          ?finding a mlo:Classification ; mlo:arrangement ?a ; mlo:formatLabel ?label ; mlo:byRule ?rule .
          ?a skos:notation ?notation .
          FILTER(?rule != rule:R038)
        }"""):
        labels[row["notation"]].add(row["label"].rsplit("/", 1)[1])
    return labels


def test_an_arrangement_has_at_most_one_label_from_the_rules(today):
    labels = classified(today[0])
    assert len(labels) > 150
    assert {n: ls for n, ls in labels.items() if len(ls) != 1} == {}


def test_classification_differs_from_the_stocktake_only_where_it_should(today, stocktake):
    labels = classified(today[0])
    found = {i: labels[i] for i, row in stocktake.items() if labels[i] != LABELS[row["derived"]]}
    assert found == {i: label for i, (label, _) in DIFFERENT.items()}


def test_the_reasons_for_the_differences_hold(today):
    facts = defaultdict(set)
    for row in today[0].rows("""
        SELECT ?notation ?fact WHERE {
          ?a skos:notation ?notation ; mlo:listComplete ?any .
          { ?a mlo:endLatest ?end ; mlo:begunBy ?day . FILTER(?end <= ?day) BIND("ended" AS ?fact) }
          UNION { ?a mlo:securityPurpose false BIND("no security" AS ?fact) }
          UNION { ?a mlo:openness code:open-call BIND("open call" AS ?fact) }
          UNION { ?a mlo:listComplete true BIND("complete" AS ?fact) }
          UNION { ?a mlo:listComplete true
            FILTER NOT EXISTS { ?ally mlo:memberOf body:nato FILTER NOT EXISTS { ?ally mlo:coreParticipantOf ?a } }
            BIND("all allies" AS ?fact) }
        }"""):
        facts[row["notation"]].add(row["fact"])
    wanted = {
        ENDED: "ended",
        NO_SECURITY: "no security",
        OPEN_CALL: "open call",
        ALL_ALLIES: "all allies",
        COMPLETED: "complete",
    }
    assert [(i, why) for i, (_, why) in DIFFERENT.items() if wanted[why] not in facts[i]] == []
    assert [i for i, (_, why) in DIFFERENT.items() if why != ENDED and "ended" in facts[i]] == []


def test_what_has_ended_was_classified_as_in_the_stocktake_while_it_stood(past, stocktake):
    store, day = past
    labels = classified(store)
    assert {i: labels[i] for i in PAST[day]} == {i: LABELS[stocktake[i]["derived"]] for i in PAST[day]}


def test_jef_is_flexible_and_a_competing_reading_stands_beside(today):
    rows = list(
        today[0].rows("""
        SELECT ?label ?rule ?competing ?claim WHERE {
          ?f a mlo:Classification ; mlo:arrangement arr:jef ; mlo:formatLabel ?label ; mlo:byRule ?rule .
          OPTIONAL { ?f mlo:competing ?competing ; mlo:basedOn ?claim }
        }""")
    )
    ours = [(r["label"], r["rule"]) for r in rows if not r["competing"]]
    assert ours == [(iri("code:flexible"), iri("rule:R033"))]
    assert today[0].ask("ASK { arr:jef a mlo:FlexibleFormat }")
    assert not today[0].ask("ASK { arr:jef a ?format . VALUES ?format { mlo:MinilateralFormat mlo:OpenFormat } }")

    readings = today[0].rows("""
        SELECT ?claim ?label
        WHERE { ?claim a mlo:ClassificationClaim ; mlo:arrangement arr:jef ; mlo:formatLabel ?label }
        """)
    claims = {r["claim"]: r["label"] for r in readings}
    competing = {r["claim"]: (r["label"], r["rule"]) for r in rows if r["competing"]}
    assert iri("code:minilateral") in claims.values()
    assert competing == {c: (label, iri("rule:R038")) for c, label in claims.items() if label != iri("code:flexible")}


# ---------------------------------------------------------------- errors


def chain(length, tmp_path):
    source = tmp_path / "chain.nt"
    steps = "".join(f"<{iri(f'arr:a{n}')}> <{iri('mlo:partOf')}> <{iri(f'arr:a{n + 1}')}> .\n" for n in range(length))
    source.write_text(steps + f'<{iri("arr:a0")}> <{iri("mlo:seen")}> "yes" .\n', encoding="utf-8")
    store = Store.memory()
    store.load(source, PREFIXES["graph"] + "in", where="chain.nt")
    return store


STEP = "CONSTRUCT { ?y mlo:seen ?any } WHERE { ?x mlo:seen ?any ; mlo:partOf ?y }"


def test_a_rule_without_where_is_refused(tmp_path):
    rule = rule_file(tmp_path, "R903", "CONSTRUCT { ?x mlo:seen true }\n# WHERE only in a comment\n")
    with pytest.raises(MinilatError) as error:
        saturate(Store.memory(), {}, [rule])
    assert error.value.code == "E111"
    assert error.value.where.startswith(str(rule.path))


def test_an_endless_rule_is_stopped_and_named(tmp_path):
    endless = rule_file(
        tmp_path, "R904",
        'CONSTRUCT { ?next mlo:partOf ?x } WHERE { ?x mlo:partOf ?y BIND(IRI(CONCAT(STR(?x), "x")) AS ?next) }',
    )  # fmt: skip
    calm = rule_file(tmp_path, "R905", "CONSTRUCT { ?x mlo:known true } WHERE { ?x mlo:seen ?any }")
    with pytest.raises(MinilatError) as error:
        saturate(chain(1, tmp_path), {}, [calm, endless])
    assert error.value.code == "E061"
    assert "R904" in error.value.message
    assert "R905" not in error.value.message


def test_a_rule_that_feeds_itself_comes_to_rest(tmp_path):
    store = chain(40, tmp_path)
    assert [f.triples for f in saturate(store, {}, [rule_file(tmp_path, "R906", STEP)])] == [40]


def test_coming_to_rest_in_the_last_round_is_no_error(tmp_path):
    store = chain(49, tmp_path)
    assert [f.triples for f in saturate(store, {}, [rule_file(tmp_path, "R906", STEP)])] == [49]


def test_a_rule_runs_again_for_every_term_that_rules_write():
    """The engine follows these names only, so a rule must not write others."""
    for folder in FOLDERS:
        for _, p, o in Graph().parse(folder / "out.ttl", format="turtle"):
            assert str(p).startswith(PREFIXES["mlo"]) or (p == RDF.type and str(o).startswith(PREFIXES["mlo"]))
