"""why, why-not and diff as a stranger meets them: every form, both streams, exit codes, and every wrong request."""

import json
import re
from xml.etree import ElementTree

import pytest
from rdflib import Graph, Namespace

SH = Namespace("http://www.w3.org/ns/shacl#")
ROOT = "United Kingdom – core participant of – Joint Expeditionary Force"
CODES = {"R001", "R004", "R008", "R010"}


def test_why_in_json_names_every_rule_file_and_line(ask):
    found = ask("why", "jef", "GBR", "--format", "json")
    assert (found.code, "Traceback" in found.err) == (0, False)
    seen, leaves, stack = set(), [], [json.loads(found.out)]
    assert stack[0]["conclusion"] == "state:gbr mlo:coreParticipantOf arr:jef"
    assert stack[0]["text"] == ROOT
    while stack:
        node = stack.pop()
        assert {"conclusion", "rule", "premises", "file", "line", "source", "confidence"} <= node.keys()
        seen |= {node["rule"]["code"]} if node["rule"] else set()
        leaves += [] if node["premises"] else [node]
        stack += node["premises"]
    assert seen == CODES
    assert all(n["file"] and n["line"] for n in leaves if n["kind"] == "stated")
    assert {n["kind"] for n in leaves} == {"stated", "given", "test", "absent", "computed"}


def test_why_in_turtle_is_read_by_others_and_names_the_same_rules(ask):
    found = ask("why", "jef", "GBR", "--format", "ttl")
    graph = Graph().parse(data=found.out, format="turtle")
    assert {str(o).rsplit("/", 1)[1] for o in graph.objects(None, SH.sourceRule)} == CODES


def test_why_in_dot_svg_and_html_begins_with_the_conclusion(ask):
    dot = ask("why", "jef", "GBR", "--format", "dot").out
    assert re.search(rf'^  "\w+" \[label="{ROOT}\\nR010", style=solid\];$', dot.splitlines()[2])
    assert (dot.startswith("digraph proof {\n"), dot.endswith("}\n")) == (True, True)
    picture = ElementTree.fromstring(ask("why", "jef", "GBR", "--format", "svg").out)
    assert picture.attrib["aria-label"] == ROOT
    page = ask("why", "jef", "GBR", "--format", "html").out
    assert f"<title>Why: {ROOT}</title>" in page
    assert page.startswith("<!doctype html>\n")
    assert all(f"<small>{code} " in page for code in CODES)


def test_why_in_text_to_a_depth(ask):
    found = ask("why", "state:gbr mlo:coreParticipantOf arr:jef", "--depth", "0")
    told = "R010 Who takes part in an arrangement with a core role on the day  (high confidence)"
    assert (found.code, found.out) == (0, f"{ROOT}  ← {told}\n")


@pytest.mark.parametrize("form", ["text", "json"])
def test_why_not_says_the_one_statement_that_is_missing(ask, form):
    found = ask("why-not", "jef", "AUS", "--format", form)
    assert found.code == 0
    if form == "text":
        assert found.out.startswith("Not so: Australia – core participant of – Joint Expeditionary Force\n\nNOT: ")
        assert "Counterfactual: it would be so with 1 change of what is recorded, and with no fewer:\n" in found.out
        assert found.out.endswith("  try: --what-if 'add aus to jef as member from 2026-11-24'\n")
        return
    answer = json.loads(found.out)
    assert (answer["conclusion"], answer["holds"]) == ("state:aus mlo:coreParticipantOf arr:jef", False)
    told = answer["counterfactual"]
    assert (told["size"], told["bound"], told["scenario"]) == (1, 3, ["add aus to jef as member from 2026-11-24"])
    assert [n["holds"] for n in answer["near"]] == [False]


def test_diff_says_the_same_in_both_forms(ask):
    scenario = ("diff", "add CAN to jef as member", "--challenge", "none")
    text, answer = ask(*scenario).out, json.loads(ask(*scenario, "--format", "json").out)
    assert text.startswith("Supposed on 2026-11-24, not recorded: add CAN to jef as member\n")
    assert [(m["change"], m["subject"], m["property"], m["object"], m["rule"]) for m in answer["members"]] == [
        ("gained", "Canada", "core participant of", "Joint Expeditionary Force", "R010")
    ]
    assert "\nMembers: 1 gained, 0 lost\n  + Canada – core participant of – Joint Expeditionary Force  [R010; " in text
    counts = {(s["change"], s["object"]) for s in answer["sizes"] if s["property"] == "core count"}
    assert counts == {("lost", "10"), ("gained", "11")}
    assert (answer["counterfactual"], answer["own"], answer["judged"]) == (True, [], 0)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("why", "jef"), "E110"),
        (("why", "jef", "USA"), "E113"),
        (("why", "state:usa mlo:coreParticipantOf arr:jef"), "E113"),
        (("why", "a", "b", "c", "d"), "E110"),
        (("why", "?x a mlo:State"), "E110"),
        (("why-not", "jef", "GBR"), "E116"),
        (("why-not", "state:gbr mlo:nonsense arr:jef"), "E117"),
        (("diff", ""), "E120"),
        (("diff", "remove USA from jef"), "E121"),
        (("diff", "add CAN to jef", "--challenge", "S99"), "E001"),
    ],
)
def test_a_wrong_request_is_one_message(ask, words, code):
    found = ask(*words)
    assert (found.code, found.out) == (2, "")
    assert re.search(rf"^minilat: (.*: )?{code}: .", found.err, re.MULTILINE), found.err


@pytest.mark.parametrize(
    ("command", "form"), [("why", "pdf"), ("why-not", "ttl"), ("why-not", "sarif"), ("diff", "dot")]
)
def test_a_form_that_is_none_is_refused(ask, command, form):
    found = ask(command, "jef", *(("GBR",) if command != "diff" else ()), "--format", form)
    assert (found.code, found.out) == (2, "")
    assert form in found.err
