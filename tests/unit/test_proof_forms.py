"""Proofs, why-nots and differences in every form, against files that were read by eye. To write them anew after a change
that is meant: python tests/unit/test_proof_forms.py; then read them again."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from kg.proof import Proof, WhyNot
from kg.render import proof, tree, whatif
from kg.whatif.diff import Difference, Judgement, Rejudged, Shift

FOLDER = Path(__file__).parent / "forms"
PROV = Namespace("http://www.w3.org/ns/prov#")
SH = Namespace("http://www.w3.org/ns/shacl#")

BEGIN = Proof(
    'st:jef-x mlo:begin "2014-09-04"^^xsd:date', "st:jef-x – begin – 2014-09-04", "stated", None, (),
    "data/arrangements/jef.ttl", 288, ("CSIS", 'The "Times" \\ 2014'), "high",
)  # fmt: skip
BARE = Proof(
    'role:member mlo:coreRole "true"^^xsd:boolean', "member – core role – true", "stated", file="ontology/roles.ttl"
)
FORCE = Proof(
    'st:jef-x mlo:inForceOn "2026-11-24"^^xsd:date', "st:jef-x – in force on – 2026-11-24", "inferred",
    ("R008", "What holds on the day"),
    (
        BEGIN,
        Proof("?asOf = 2026-11-24", "?asOf = 2026-11-24", "given"),
        Proof("2014-09-04 <= 2026-11-24", "2014-09-04 <= 2026-11-24", "test"),
        Proof("?text = 2014-09-04", "?text = 2014-09-04", "computed"),
        Proof("nothing recorded says that it ended", "nothing recorded says that it ended", "absent"),
    ),
    confidence="high",
)  # fmt: skip
LOW = Proof(
    "st:jef-y mlo:participant state:gbr", "st:jef-y – participant – <b>R&D</b> \x07 a very long name " + "n" * 90,
    "stated", None, (), "data/arrangements/jef.ttl", 300, (), "low",
)  # fmt: skip
OTHER = Proof(
    "state:gbr mlo:coreParticipantOf arr:jef", "United Kingdom – core participant of – JEF", "inferred",
    ("R900", "A rule of somebody's own"), (LOW,), confidence="low",
)  # fmt: skip
WHY = Proof(
    "state:gbr mlo:coreParticipantOf arr:jef", "United Kingdom – core participant of – JEF", "inferred",
    ("R010", "Who takes part with a core role"),
    (
        FORCE,
        BARE,
        FORCE,
        Proof("state:gbr mlo:coreParticipantOf arr:jef", "United Kingdom – core participant of – JEF", "cycle"),
        Proof("arr:jef mlo:partOf arr:nato", "JEF – part of – NATO", "cut"),
    ),
    confidence="high",
    others=(OTHER,),
)  # fmt: skip
NEAR = Proof(
    "state:aus mlo:coreParticipantOf arr:jef", "Australia – core participant of – JEF", "missing",
    ("R010", "Who takes part with a core role"),
    (Proof("?p mlo:participant state:aus", "?p – participant – Australia", "missing", holds=False), BARE),
    holds=False,
)  # fmt: skip
NOT = WhyNot(
    "state:aus mlo:coreParticipantOf arr:jef", "Australia – core participant of – JEF", (NEAR,),
    (("+", "a new statement: a participation, participant Australia"), ("−", "JEF – end – 2025")),
    ("add AUS to jef as member from 2026-11-24", "reopen jef"), 2, 3,
)  # fmt: skip
NEVER = WhyNot("a b c", "A – b – C", (), (), (), None, 3)
PATCH = WhyNot("a b c", "A – b – C", (), (("+", "x"),), ("D a b d .", "A a b c ."), None, 3)
OPTION = WhyNot(
    "arr:jef fits challenge:x", "JEF fits X in full", (), (("±", "jef offers MCM at 2"),), ("jef offers MCM at 2",),
    1, 6, "a full run under this scenario gives: full, rank 1",
)  # fmt: skip
GAINED = Shift(True, "Canada", "core participant of", "JEF", "R010", ("st:new mlo:participant state:can",))
LOST = Shift(False, "JEF", "core count", "10", "R013", ())
DIFF = Difference(
    "add CAN to jef", "2026-11-24", ("st:new a mlo:Participation",), (), (), (GAINED,), (), (LOST,), (LOST,),
    (("mlo:begunBy", 2, 1),), 2,
    (
        Judgement(
            "x", "Challenge X", (("jef",), ("nato", "jef")),
            (
                Rejudged(
                    "jef", "JEF", ("partial", "full"), (2, 1), (("MCM",), ()), (("F012", "0.5", "0.75", "note"),),
                    (("F004", "covers MCM"),),
                ),
                Rejudged("eu", "EU", ("full", "full"), (1, 1), ((), ()), (("F013", "1", "2", ""),), ()),
            ),
        ),
    ),
)  # fmt: skip

FORMS = {
    "why.txt": lambda: proof.as_text(WHY),
    "why-full.txt": lambda: proof.as_text(WHY, full=True),
    "why-depth-1.txt": lambda: proof.as_text(WHY, depth=1),
    "why.json": lambda: proof.as_json(WHY),
    "why.ttl": lambda: proof.as_turtle(WHY),
    "why.dot": lambda: proof.as_dot(WHY),
    "why.svg": lambda: tree.as_svg(WHY),
    "why.html": lambda: proof.as_html(WHY),
    "why-not.txt": lambda: "\n".join(map(proof.why_not_text, (NOT, NEVER, PATCH, OPTION))),
    "why-not.json": lambda: proof.why_not_json(NOT),
    "diff.txt": lambda: whatif.as_text(DIFF),
    "diff.json": lambda: whatif.as_json(DIFF),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_what_it_was_when_it_was_read(name):
    assert FORMS[name]() == (FOLDER / name).read_text(encoding="utf-8")


def test_every_file_belongs_to_a_form():
    assert {p.name for p in FOLDER.iterdir()} == set(FORMS)


def nodes(found):
    yield found
    for below in (*found.premises, *found.others):
        yield from nodes(below)


def test_json_holds_every_node_once_for_each_place_it_stands():
    def count(node):
        return 1 + sum(map(count, (*node["premises"], *node.get("others", ()))))

    assert count(json.loads(proof.as_json(WHY))) == len(list(nodes(WHY)))


def test_turtle_is_prov_with_every_conclusion_rule_place_and_confidence():
    found = Graph().parse(data=proof.as_turtle(WHY), format="turtle")
    distinct = {(n.kind, n.conclusion, n.rule) for n in nodes(WHY)}
    assert len(set(found.subjects(RDF.type, PROV.Entity))) == len(distinct)
    rule = "https://w3id.org/minilat/rule/"
    assert {str(o) for o in found.objects(None, SH.sourceRule)} == {rule + c for c in ("R008", "R010", "R900")}
    plans = {str(o) for o in found.objects(None, PROV.hadPlan)}
    assert plans == {str(o) for o in found.objects(None, SH.sourceRule)}
    places = {str(o).rsplit("/graph/")[1] for o in found.objects(None, PROV.hadPrimarySource)}
    assert places == {"data/arrangements/jef.ttl#L288", "data/arrangements/jef.ttl#L300", "ontology/roles.ttl"}
    stated = next(s for s in found.subjects(RDF.object, None) if (s, PROV.hadPrimarySource, None) in found
                  and "L288" in str(found.value(s, PROV.hadPrimarySource)))  # fmt: skip
    assert str(found.value(stated, RDF.object)) == "2014-09-04"
    assert str(found.value(stated, URIRef("https://w3id.org/minilat/ontology#confidence"))).endswith("/code/high")
    derived = {(str(found.value(s, RDF.subject)), str(found.value(o, RDF.subject)))
               for s, o in found.subject_objects(PROV.wasDerivedFrom) if found.value(o, RDF.subject)}  # fmt: skip
    entity = "https://w3id.org/minilat/id/"
    assert (f"{entity}statement/jef-x", f"{entity}statement/jef-x") in derived
    assert (f"{entity}state/gbr", f"{entity}statement/jef-x") in derived


def test_dot_names_every_node_it_draws_a_line_to():
    text = proof.as_dot(WHY)
    drawn = set(re.findall(r'^  "(\w+)" \[label=".*", style=\w+\];$', text, re.MULTILINE))
    ends = {e for pair in re.findall(r'^  "(\w+)" -> "(\w+)";$', text, re.MULTILINE) for e in pair}
    assert ends <= drawn
    assert len(drawn) == len({(n.kind, n.conclusion, n.rule) for n in nodes(WHY)})


def test_svg_and_html_are_well_formed_and_no_word_becomes_markup():
    picture = ElementTree.fromstring(tree.as_svg(OTHER))
    kinds = {e.tag.rsplit("}", 1)[1] for e in picture.iter()}
    assert kinds == {"svg", "style", "rect", "path", "circle", "text", "title"}
    told = "".join(picture.itertext())
    assert "<b>R&D</b>" in told
    assert "n" * 90 in told, "what is cut off is whole on hover"
    page = proof.as_html(OTHER)
    assert "<b>" not in page
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in page
    assert not re.search(r"<script|src=|href=|url\(|@import", page + tree.as_svg(OTHER))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for form, write in FORMS.items():
        (FOLDER / form).write_text(write(), encoding="utf-8")
