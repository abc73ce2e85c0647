"""From the query for memberships, through the client and a server, to the report: the three steps of docs/linking.md."""

import csv
import io

TURTLE = """
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix p: <http://www.wikidata.org/prop/> .
@prefix ps: <http://www.wikidata.org/prop/statement/> .
@prefix pqv: <http://www.wikidata.org/prop/qualifier/value/> .
@prefix wikibase: <http://wikiba.se/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix s: <http://www.wikidata.org/entity/statement/> .
@prefix v: <http://www.wikidata.org/value/> .
wd:Q36 wdt:P298 "POL" ; p:P463 s:1 . s:1 ps:P463 wd:Q566397 ; pqv:P580 v:1 .
v:1 wikibase:timeValue "1991-01-01T00:00:00Z"^^xsd:dateTime ; wikibase:timePrecision 9 .
wd:Q40 wdt:P298 "AUT" ; p:P463 s:2 . s:2 ps:P463 wd:Q566397 ; pqv:P580 v:2 .
v:2 wikibase:timeValue "2001-05-01T00:00:00Z"^^xsd:dateTime ; wikibase:timePrecision 10 .
wd:Q28 wdt:P298 "HUN" ; p:P463 s:3 . s:3 ps:P463 wd:Q566397 ; wikibase:rank wikibase:DeprecatedRank .
wd:Q39 wdt:P298 "CHE" ; p:P463 s:4 . s:4 ps:P463 wd:Q1 .
"""


def test_a_membership_there_is_a_difference_here(load, run, tmp_path):
    query = run("link", "diff", "wikidata", "--query").out
    asked = run("query", "-", "--endpoint", load(TURTLE), "--contact", "a@b", "--format", "csv", stdin=query)
    assert asked.code == 0, asked.err
    head, *lines = asked.out.splitlines()
    ours = [line for line in lines if "/Q566397," in line]  # other tests load memberships into the same server
    rows = list(csv.DictReader(io.StringIO("\n".join([head, *ours]))))
    assert [(r["iso3"], r["start"][:10], r["startPrecision"]) for r in rows] == [
        ("AUT", "2001-05-01", "10"), ("POL", "1991-01-01", "9"),
    ]  # fmt: skip
    (tmp_path / "answer.csv").write_text("\n".join([head, *ours]) + "\n", encoding="utf-8")
    found = run("link", "diff", "wikidata", "--copy", tmp_path / "answer.csv", "--format", "json")
    assert found.code == 1
    kinds = {(line.split('"')[3]) for line in found.out.splitlines() if '"difference"' in line}
    assert kinds == {"not recorded here", "missing there"}
    assert "member from 2001-05" in found.out
