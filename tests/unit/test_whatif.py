"""Scenarios: the questions CQ12 to CQ16 of the domain brief, the three ways of writing one, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import Graph, build, files, whatif
from kg.dates import day
from kg.errors import MinilatError
from kg.prove.words import turtle
from kg.reason import fact
from kg.whatif import clauses, documents

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "scenarios"
TODAY = day("2026-11-24")


@pytest.fixture(scope="module")
def stated():
    """What the files say, before any rule."""
    return build.load([*files.ontology(), *files.data()])


@pytest.fixture(scope="module")
def diff():
    def made(name, challenges, when="2026-11-24"):
        (path,) = EXAMPLES.glob(f"{name}*.txt")
        return Graph.diff(str(path), when, challenges=challenges, cache=False)

    return made


def shifts(found):
    return {("+" if s.gained else "-", s.subject, s.what, s.object, s.rule) for s in found}


def verdicts(found, challenge):
    (one,) = [j for j in found.challenges if j.id == challenge]
    return {o.id: o.verdict for o in one.options if o.verdict[0] != o.verdict[1]}


def test_cq12_only_where_decisions_need_everyone_does_a_block_stop_anything(diff):
    found = diff("cq12", ["S10"])
    assert not found.roles
    assert not found.members
    changed = verdicts(found, "south-east-missile-salvo")
    assert changed["nato"] == ("full", "ineligible")
    assert {v[1] for v in changed.values()} == {"ineligible"}
    (judged,) = found.challenges
    assert judged.first == (("nato",), ("eastern-sentry",))
    nato = next(o for o in judged.options if o.id == "nato")
    assert (
        "F005",
        "no open blocking has force in its rule of decision: no — decides by consensus; Türkiye blocks Cyprus",
    ) in nato.reasons
    assert "eastern-sentry" not in changed


def test_cq13_what_decides_by_consensus_is_stopped_and_what_is_opt_in_is_not(diff):
    found = diff("cq13", ["S16"])
    changed = verdicts(found, "ceasefire-monitoring")
    assert changed["nato"] == ("unknown", "ineligible")
    assert not changed.keys() & {"jef", "coalition-of-the-willing", "purl", "e5-leap"}


def test_cq14_the_airlift_capability_loses_its_largest_shareholder(diff):
    found = diff("cq14", [])
    assert shifts(found.roles) == {("-", "United States", "participant", "Strategic Airlift Capability", "R008")}
    assert shifts(found.members) == {
        ("-", "United States", "core participant of", "Strategic Airlift Capability", "R010")
    }
    assert shifts(found.sizes) == {
        ("-", "Strategic Airlift Capability", "core count", "12", "R013"),
        ("+", "Strategic Airlift Capability", "core count", "11", "R013"),
    }
    assert found.members[0].because == ('st:sac-usa-participant mlo:inForceOn "2026-11-24"^^xsd:date',)
    lost = {name: (up, down) for name, up, down in found.facts}
    assert lost["mlo:potentialCapability"][0] == 0
    assert lost["mlo:potentialCapability"][1] > 10


def test_cq15_canada_joins_jef_and_the_base_is_not_touched(diff, stated):
    before = len(stated)
    found = diff("cq15", [])
    assert shifts(found.members) == {("+", "Canada", "core participant of", "Joint Expeditionary Force", "R010")}
    assert ("+", "Joint Expeditionary Force", "core count", "11", "R013") in shifts(found.sizes)
    assert found.retracted == ()
    assert not stated.holds(fact("st:what-if-jef-can-member-1 a mlo:Participation"))
    assert len(build.load([*files.ontology(), *files.data()])) == before


def test_cq16_a_member_is_no_longer_a_partner(diff):
    found = diff("cq16", [], "2027-01-01")
    assert shifts(found.roles) == {
        ("+", "Ukraine", "member", "North Atlantic Treaty Organization", "R008"),
        ("-", "Ukraine", "partner", "Partnership for Peace", "R008"),
        ("-", "Ukraine", "partner", "Enhanced Opportunities Partner status", "R008"),
        ("-", "Ukraine", "member", "NATO-Ukraine Council", "R008"),
    }
    assert ("+", "Ukraine", "member of", "NATO", "R012") in shifts(found.members)
    assert {s.subject for s in found.classes if s.gained and s.object == "whole-alliance format"} == {
        "NATO-Ukraine Joint Analysis, Training and Education Centre"
    }


def test_a_supposed_member_is_listed_with_its_source_and_low_confidence():
    graph = Graph.load("2026-12-01", what_if="add CAN to jef as member from 2026-12-01", cache=False)
    assert len(graph.members("jef").rows) == 11
    (row,) = [r for r in graph.members("jef").rows if r[0] == "CAN"]
    assert row[3:] == ("member", "2026-12-01", "", "low", "What if: add CAN to jef as member from 2026-12-01")
    proof = graph.why("jef", "CAN")
    assert proof.confidence == "low"
    leaf = next(n for n in proof.walk() if n.conclusion.startswith("st:what-if") and n.kind == "stated")
    assert leaf.file == "scenario"


def test_the_latest_day_named_is_asked_about_when_it_lies_ahead():
    assert whatif.scenario("remove HUN from nato from 2031-05-01").latest() == day("2031-05-01")
    assert whatif.scenario("remove HUN from nato").latest() is None


# ---------------------------------------------------------------- three ways of writing


def changed(found, store, where="x"):
    return [("A" if c.add else "D", turtle(c.fact), c.where) for c in found]


def test_words_become_statements(stated):
    found = changed(clauses.read(stated, "# a comment\nremove HUN from nato from 2026-12-01", TODAY, "s.txt"), stated)
    assert found == [("A", 'st:nato-hun-member mlo:end "2026-12-01"^^xsd:date', "s.txt:2")]


def test_lifting_a_block_ends_it_and_changes_its_status(stated):
    found = changed(clauses.read(stated, "lift TUR against ISR", TODAY, ""), stated)
    assert {c[:2] for c in found if c[0] == "A"} >= {
        ("A", 'st:ob03-turkiye-israel-2023 mlo:end "2026-11-24"^^xsd:date'),
        ("A", "st:ob03-turkiye-israel-2023 mlo:status code:status-resolved"),
    }


def test_several_states_and_clauses_in_one_line(stated):
    found = list(clauses.read(stated, "add CAN, USA and FRA to jef as observer; end jef", TODAY, ""))
    participants = {str(c.fact[2]) for c in found if str(c.fact[1]).endswith("#participant>")}
    assert participants == {f"<https://w3id.org/minilat/id/state/{s}>" for s in ("can", "usa", "fra")}
    assert turtle(found[-1].fact) == 'arr:jef mlo:end "2026-11-24"^^xsd:date'


PATCH = """H id <urn:uuid:1> .
TX .
PA mine: <https://w3id.org/minilat/id/statement/> .
D mine:nato-hun-member mlo:role role:member .
A mine:nato-hun-member mlo:role role:observer .
TC .
"""
UPDATE = """PREFIX mine: <https://w3id.org/minilat/id/statement/>
DELETE DATA { mine:nato-hun-member mlo:role role:member } ;
INSERT DATA {
  mine:nato-hun-member mlo:role role:observer .
}
"""


def test_a_patch_and_an_update_say_the_same(stated):
    expected = [
        ("D", "st:nato-hun-member mlo:role role:member"),
        ("A", "st:nato-hun-member mlo:role role:observer"),
    ]
    patch, update = (changed(f(t, "s"), stated) for f, t in ((documents.patch, PATCH), (documents.update, UPDATE)))
    assert [c[:2] for c in patch] == [c[:2] for c in update] == expected
    assert [c[2] for c in patch] == ["s:4", "s:5"]
    assert [c[2] for c in update] == ["s:2", "s:4"]
    assert [documents.kind(t) for t in (PATCH, UPDATE, "add CAN to jef\n# insert data")] == ["patch", "update", "words"]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "suffix", "code", "line"),
    [
        ("\n\nfrobnicate jef", ".txt", "E120", 3),
        ("# nothing\n", ".txt", "E120", None),
        ("add CAN to jeff as member", ".txt", "E002", 1),
        ("add Narnia to jef", ".txt", "E003", 1),
        ("add CAN to jef as emperor", ".txt", "E007", 1),
        ("add CAN to jef\nremove USA from jef", ".txt", "E121", 2),
        ("lift FRA against DEU in nato", ".txt", "E121", 1),
        ("retract st:no-such-statement", ".txt", "E121", 1),
        ("D st:nato-hun-member mlo:role role:observer .", ".rdfp", "E121", 1),
        ("A st:x mlo:role role:member <http://x/graph> .", ".rdfp", "E120", 1),
        ("A st:x mlo:role\n", ".rdfp", "E120", 1),
        ("TX .\nTA .", ".rdfp", "E120", 2),
        ("DELETE DATA {\n st:nato-hun-member mlo:role role:observer }", ".ru", "E121", 2),
        ("INSERT DATA { GRAPH <http://x/> { st:a mlo:role role:member } }", ".ru", "E120", 1),
        ("DELETE WHERE { ?s ?p ?o }", ".ru", "E120", 1),
        ("INSERT DATA { st:a mlo:role ?x }", ".ru", "E120", 1),
        ("LOAD <http://example.org/x>", ".ru", "E120", 1),
        ("INSERT DATA { st:a mlo:role role:member ", ".ru", "E111", 1),
        ("add UKR to nato", ".txt", "E122", None),
        ("INSERT DATA { st:a a mlo:Participation ; mlo:role role:member }", ".ru", "E122", None),
        ("INSERT DATA { arr:jef a mlo:FlexibleFormat }", ".ru", "E122", None),
    ],
)
def test_a_bad_scenario_is_one_message_with_its_place(text, suffix, code, line, tmp_path, stated):
    path = tmp_path / f"mine{suffix}"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MinilatError) as caught:
        whatif.apply(whatif.scenario(str(path)), TODAY, stated=stated)
    assert caught.value.code == code
    assert caught.value.where == (f"{path}:{line}" if line else str(path))


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MinilatError) as caught:
        whatif.scenario(str(path))
    assert caught.value.code == "E030"


def test_text_too_long_to_be_a_path_is_words(stated):
    with pytest.raises(MinilatError) as caught:
        whatif.apply(whatif.scenario("add CAN to jef; " * 500 + "nonsense"), TODAY, stated=stated)
    assert caught.value.code == "E120"
