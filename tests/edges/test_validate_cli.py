"""Validation as a data team meets it: every form, the exit codes, known findings, comments, changed files."""

import json
import os
import re
import subprocess
from xml.etree import ElementTree

import pytest
import rdflib

SHAPE = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:C901-named a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:C901-name , ex:C902-age .
ex:C901-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ;
    sh:severity sh:Warning ; sh:message "No name. Add ex:name." .
ex:C902-age a sh:PropertyShape ; sh:path ex:age ; sh:datatype <http://www.w3.org/2001/XMLSchema#integer> ;
    sh:message "An age is a whole number." .
"""
DATA = """\
@prefix ex: <http://example.org/> .
ex:a a ex:Thing ; ex:name "a" ; ex:age "old" .
ex:b a ex:Thing .
ex:c a ex:Thing ; ex:name "c" ; ex:age "older" .
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shapes.ttl").write_text(SHAPE, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ttl").write_text(DATA, encoding="utf-8")
    return tmp_path


@pytest.fixture
def validate(run, folder):
    def start(*words, path="data", **options):
        return run("validate", path, "--shapes", "shapes.ttl", *words, cwd=folder, **options)

    return start


def found(ran):
    return [(f["code"], f["severity"]) for f in json.loads(ran.out)["findings"]]


PARSE = {
    "github": lambda t: len([line for line in t.splitlines() if line.startswith(("::error ", "::warning "))]),
    "gitlab": lambda t: len(json.loads(t)),
    "sarif": lambda t: len(json.loads(t)["runs"][0]["results"]),
    "junit": lambda t: len(list(ElementTree.fromstring(t).iter("testcase"))),
    "json": lambda t: len(json.loads(t)["findings"]),
    "ttl": lambda t: len(list(rdflib.Graph().parse(data=t, format="turtle").subjects(rdflib.RDF.type, rdflib.SH.ValidationResult))),
    "gitb": lambda t: len(list(ElementTree.fromstring(t).iter("{http://www.gitb.com/tr/v1/}assertionID"))),
}  # fmt: skip


@pytest.mark.parametrize("form", PARSE)
def test_a_form_for_programs_is_alone_on_its_stream(validate, form):
    ran = validate("--format", form)
    assert (ran.code, PARSE[form](ran.out)) == (1, 3)
    assert ran.err == "2 errors, 1 warning, 0 info in 1 file, 7 triples\n"
    assert (
        validate("--format", form, env={"SOURCE_DATE_EPOCH": "0"}).out
        == validate("--format", form, env={"SOURCE_DATE_EPOCH": "0"}).out
    )


def test_paths_are_relative_to_where_it_runs(validate, folder):
    assert {f["file"] for f in json.loads(validate("--format", "json", path=folder / "data").out)["findings"]} == {
        "data/a.ttl"
    }


@pytest.mark.parametrize(("limit", "code"), [("error", 1), ("warning", 1), ("info", 1), ("never", 0)])
def test_exit_codes(validate, limit, code):
    assert validate("--fail-on", limit).code == code


def test_a_project_has_its_own_severities(validate, folder):
    (folder / "severity.tsv").write_text("code\tseverity\nC901\toff\nC902\tinfo\n")
    ran = validate("--severity", "severity.tsv", "--format", "json")
    assert (ran.code, found(ran)) == (0, [("C902", "info"), ("C902", "info")])
    (folder / "severity.tsv").write_text("C909\toff\n")
    ran = validate("--severity", "severity.tsv")
    assert (ran.code, ran.out) == (2, "")
    assert "severity.tsv:1: E130" in ran.err
    assert "'C901'" in ran.err


def test_a_baseline_from_writing_to_stale(validate, folder):
    ran = validate("--baseline", "known.json", "--write-baseline")
    assert (ran.code, ran.out, ran.err) == (0, "", "3 known findings written to known.json\n")
    ran = validate("--baseline", "known.json", "--fail-on", "info")
    assert (ran.code, ran.out) == (0, "0 errors, 0 warnings, 0 info (3 known) in 1 file, 7 triples\n")
    moved = "# a comment\n\n" + DATA.replace('ex:c a ex:Thing ; ex:name "c" ; ex:age "older" .', "ex:d a ex:Thing .")
    (folder / "data" / "a.ttl").write_text(moved)
    ran = validate("--baseline", "known.json", "--format", "json")
    assert (ran.code, sorted(found(ran))) == (0, [("C901", "warning"), ("H092", "warning")])
    assert validate("--baseline", "known.json", "--fail-on", "warning").code == 1


def test_a_comment_excuses_with_a_reason(validate, folder):
    (folder / "data" / "a.ttl").write_text(DATA + "# minilat: ignore-file C902 -- ages come as words\n")
    ran = validate("--format", "json", "--fail-on", "warning")
    assert (ran.code, found(ran), json.loads(ran.out)["ignored"]) == (1, [("C901", "warning")], 2)
    (folder / "data" / "a.ttl").write_text(DATA + "# minilat: ignore-file C902\n")
    assert ("H090", "warning") in found(validate("--format", "json"))


def test_a_limit(validate):
    ran = validate("--max-results", "1")
    assert ran.code == 1
    assert ran.out.count("C90") == 2  # the finding and its address
    assert ran.out.splitlines()[-1].startswith("2 errors, 1 warning, 0 info (2 not shown)")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--write-baseline",), "E134"),
        (("--write-baseline", "--baseline", "k.json", "--changed-since", "main"), "E134"),
        (("--baseline", "nosuch.json"), "E131"),
        (("--severity", "nosuch.tsv"), "E132"),
        (("--changed-since", "--exec=x"), "E133"),
        (("--changed-since", "main"), "E133"),
    ],
)
def test_a_wrong_request(validate, words, code):
    ran = validate(*words)
    assert (ran.code, ran.out) == (2, "")
    assert re.match(rf"minilat: (.*: )?{code}: ", ran.err)
    assert ran.err.count("\n") <= 2


def test_a_wrong_option_is_a_wrong_request(validate):
    for words in (("--max-results", "-1"), ("--format", "yaml"), ("--fail-on", "fatal")):
        assert validate(*words).code == 2


def test_only_what_changed(validate, folder):
    def git(*words):
        calm = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *names, *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **calm})

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    assert validate("--changed-since", "main").code == 0
    (folder / "data" / "b.ttl").write_text(
        '@prefix ex: <http://example.org/> .\nex:e a ex:Thing ; ex:name "e" ; ex:age "no" .\n'
    )
    ran = validate("--changed-since", "main", "--format", "json")
    assert (ran.code, {f["file"] for f in json.loads(ran.out)["findings"]}) == (1, {"data/b.ttl"})


def test_colour_only_on_a_terminal(validate):
    assert "\x1b" not in validate(env={"NO_COLOR": "", "TERM": "xterm"}).out


# Places


def test_the_whole_text(validate, folder):
    (folder / "data" / "b.ttl").write_text("@prefix ex: <http://example.org/> .\nex:x a ex:Thing .\n")
    assert (
        validate().out
        == """\
data/a.ttl
  2:40    error C902 http://example.org/a http://example.org/age
          An age is a whole number.
          2 | ex:a a ex:Thing ; ex:name "a" ; ex:age "old" .
            |                                        ^
          hint: write the value with the datatype the shape asks for
          see:  http://example.org/C902-age

  3:1     warning C901 http://example.org/b http://example.org/name
          No name. Add ex:name.
          3 | ex:b a ex:Thing .
            | ^
          hint: add a value of http://example.org/name
          see:  http://example.org/C901-name

  4:40    error C902 http://example.org/c http://example.org/age
          An age is a whole number.
          4 | ex:c a ex:Thing ; ex:name "c" ; ex:age "older" .
            |                                        ^
          hint: write the value with the datatype the shape asks for
          see:  http://example.org/C902-age

data/b.ttl
  2:1     warning C901 http://example.org/x http://example.org/name
          No name. Add ex:name.
          2 | ex:x a ex:Thing .
            | ^
          hint: add a value of http://example.org/name
          see:  http://example.org/C901-name

2 errors, 2 warnings, 0 info in 2 files, 8 triples
"""
    )


def test_a_comment_excuses_its_own_line(validate, folder):
    lines = DATA.splitlines()
    lines[1] += " # minilat: ignore C902 -- as its source writes it"
    lines.insert(2, "# minilat: ignore C901 -- has no name yet")
    (folder / "data" / "a.ttl").write_text("\n".join(lines) + "\n")
    ran = validate("--format", "json")
    findings = json.loads(ran.out)["findings"]
    assert [(f["code"], f["line"]) for f in findings] == [("C902", 5)]
    assert json.loads(ran.out)["ignored"] == 2


def test_a_broken_file_is_told_in_every_form(validate, folder):
    (folder / "data" / "b.ttl").write_text("@prefix ex: <http://example.org/> .\nex:a ex:b\n")
    for form in PARSE:
        ran = validate("--format", form, "--fail-on", "never")
        assert (ran.code, PARSE[form](ran.out)) == (2, 1), form
        assert "data/b.ttl:" in ran.err
    ran = validate("--baseline", "known.json", "--write-baseline")
    assert (ran.code, (folder / "known.json").exists()) == (2, False)


def test_what_stands_behind_one_file_is_not_its_own(run, tmp_path):
    (tmp_path / "a.ttl").write_text("@prefix ex: <http://example.org/> .\nex:a ex:b ex:c .\n")
    ran = run("validate", "a.ttl", "--fail-on", "info", "--format", "json", cwd=tmp_path)
    assert (ran.code, json.loads(ran.out)["findings"]) == (0, [])


# Tables

TABLE = "name,age,kind\na,12,Thing\n,13,Thing\nc,old,Thing\n"


@pytest.fixture
def table(folder):
    described = {
        "@context": "http://www.w3.org/ns/csvw", "url": "t.csv",
        "tableSchema": {
            "aboutUrl": "http://example.org/row/{_row}",
            "columns": [
                {"name": "name", "propertyUrl": "http://example.org/name"},
                {"name": "age", "propertyUrl": "http://example.org/age", "datatype": "integer"},
                {"name": "kind", "propertyUrl": "rdf:type", "valueUrl": "http://example.org/{kind}"},
            ],
        },
    }  # fmt: skip
    (folder / "data" / "a.ttl").unlink()
    (folder / "data" / "t.csv").write_bytes(b"\xef\xbb\xbf" + TABLE.encode())
    (folder / "data" / "t.csv-metadata.json").write_text(json.dumps(described))
    (folder / "data" / "other.csv").write_text("not,described\n")
    return folder


def test_a_table_is_checked_cell_by_cell(validate, table):
    assert (
        validate().out
        == """\
data/t.csv
  3:1     warning C901 http://example.org/row/2 http://example.org/name
          No name. Add ex:name.
          3 | ,13,Thing
            | ^
          hint: add a value of http://example.org/name
          see:  http://example.org/C901-name

  4:3     error H080 http://example.org/row/3 http://example.org/age
          Column 'age': 'old' is not an integer.
          4 | c,old,Thing
            |   ^
          hint: write it like 12
          see:  https://w3id.org/minilat/codes#H080

1 error, 1 warning, 0 info in 1 file, 7 triples
"""
    )


@pytest.mark.parametrize("form", PARSE)
def test_a_table_in_every_form(validate, table, form):
    ran = validate("--format", form)
    assert (ran.code, PARSE[form](ran.out)) == (1, 2)


@pytest.mark.parametrize(
    ("path", "code"), [("data/other.csv", "E135"), ("data/latin.csv", "E048"), ("data/wide.csv", "E048")]
)
def test_a_table_that_cannot_be_read(validate, table, path, code):
    for name, body in (("latin.csv", TABLE.encode() + b"\xe9"), ("wide.csv", TABLE.encode("utf-16"))):
        (table / "data" / name).write_bytes(body)
        (table / "data" / f"{name}-metadata.json").write_text("{}")
    ran = validate("--format", "json", path=path)
    assert ran.code == 2
    assert [f["code"] for f in json.loads(ran.out)["findings"]] == [code]


def test_a_folder_with_tables_nobody_described_holds_nothing(validate, table):
    (table / "data" / "t.csv-metadata.json").unlink()
    assert "E034" in validate().err
