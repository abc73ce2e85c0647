"""What becomes of findings: severities, comments, changed files, the baseline and the threshold."""

import os
import subprocess
from pathlib import Path

import pytest

from kg import files
from kg.errors import MinilatError
from kg.records import Finding, Report
from kg.validate import baseline, changed, codes, excuses, policy

ROOT = Path(__file__).resolve().parents[2]


def finding(code="C001", line=1, file="a.ttl", severity="error", **rest):
    parts = {
        "message": "Wrong.",
        "focus": "st:a",
        "path": "",
        "value": "",
        "shape": f"shape:{code}-x",
        "component": "In",
    }
    return Finding(code, severity, file=file, line=line, column=1, **(parts | rest))


def judged(*findings, names=("a.ttl",), text="", **rules):
    report = Report(findings, len(names), 9, names=names)
    return policy.apply(report, policy.Policy(**rules), text=lambda _: text)


def of(report):
    return [(f.code, f.line, f.severity) for f in report.findings]


# Severities of a project


def table(folder, text):
    path = folder / "severity.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_project_has_its_own_severities(tmp_path):
    own = policy.severities(
        table(tmp_path, "code\tseverity\n# ours\n\nC001\twarning\twhy\nC005 off\nH091\terror # strict\n")
    )
    assert own == {"C001": "warning", "C005": "off", "H091": "error"}
    report = judged(finding(), finding("C005"), finding("C002"), severities=own, fail_on="error")
    assert of(report) == [("C001", 1, "warning"), ("C002", 1, "error")]
    assert report.failed
    assert not judged(finding(), severities=own).failed


def test_the_shipped_table_has_the_form():
    own = policy.severities(files.ROOT / "rules" / "severity.tsv")
    assert own == {row.code: row.severity for row in codes.table()}


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        ("C001", "E132", ":1", ""),
        ("\nC001\twarnings\n", "E132", ":2", "'warning'"),
        ("C0O5\terror\n", "E130", ":1", "'C005'"),
        ("E031\tinfo\n", "E132", ":1", ""),
    ],
)
def test_a_table_that_is_wrong_says_where(tmp_path, text, code, place, hint):
    with pytest.raises(MinilatError) as error:
        policy.severities(table(tmp_path, text))
    assert error.value.code == code
    assert error.value.where.endswith("severity.tsv" + place)
    assert hint in error.value.hint


def test_a_table_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "nosuch.tsv", tmp_path):
        with pytest.raises(MinilatError) as error:
            policy.severities(path)
        assert error.value.code == "E132"


def test_a_table_may_speak_of_shapes_of_ones_own(tmp_path):
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<http://example.org/s#Name> sh:path <http://example.org/p> .\n"
    )
    assert policy.severities(table(tmp_path, "Name\tinfo\n"), [shapes]) == {"Name": "info"}
    with pytest.raises(MinilatError) as error:
        policy.severities(table(tmp_path, "C001\tinfo\n"), [shapes])
    assert error.value.code == "E130"


# Comments


@pytest.mark.parametrize(
    ("text", "left", "ignored"),
    [
        ("x # minilat: ignore C001 -- known\n", [], 1),
        ("x #minilat:ignore C001 -- known\n", [], 1),
        ("x # minilat: ignore C002, C001 -- known\n", [("H091", 1, "warning")], 1),
        ("x # minilat: ignore C001\n", [("C001", 1, "error"), ("H090", 1, "warning")], 0),
        ("x # minilat: ignore C001 --\n", [("C001", 1, "error"), ("H090", 1, "warning")], 0),
        ("x # minilat: ignore -- known\n", [("C001", 1, "error"), ("H090", 1, "warning")], 0),
        ("x # minilat: ignroe C001 -- known\n", [("C001", 1, "error"), ("H090", 1, "warning")], 0),
        ("x # minilat: ignore C002 -- known\n", [("C001", 1, "error"), ("H091", 1, "warning")], 0),
        ("x\n# minilat: ignore C001 -- known\ny\n", [("C001", 1, "error"), ("H091", 2, "warning")], 0),
        ("x\n\n# minilat: ignore-file C001 -- known\n", [], 1),
        ('x "# minilat: ignore C001 -- known"\n', [("C001", 1, "error")], 0),
        ("x <http://a#minilat:ignore> \n", [("C001", 1, "error")], 0),
        ('x """\n# minilat: ignore-file C001 -- no\n"""', [("C001", 1, "error")], 0),
        ("x 'a' # minilat: ignore C001 -- known\n", [], 1),
        ("x # about minilat\n", [("C001", 1, "error")], 0),
    ],
)
def test_a_comment(text, left, ignored):
    report = judged(finding(), text=text)
    assert (of(report), report.ignored) == (left, ignored)


def test_a_comment_alone_speaks_of_the_next_line_that_says_something():
    text = "# minilat: ignore C001 -- known\n\n# another comment\nx\ny\n"
    assert of(judged(finding(line=4), text=text)) == []
    assert of(judged(finding(line=5), text=text)) == [("H091", 1, "warning"), ("C001", 5, "error")]


def test_a_comment_speaks_of_its_own_file_only():
    texts = {"a.ttl": "x # minilat: ignore C001 -- known\n", "b.ttl": "x\n"}
    report = Report((finding(), finding(file="b.ttl")), 2, 9, names=("a.ttl", "b.ttl"))
    assert [f.file for f in policy.apply(report, policy.Policy(), text=texts.get).findings] == ["b.ttl"]


def test_a_comment_in_a_syntax_without_comments_is_none():
    text = "x # minilat: ignore C001 -- known\n"
    assert of(judged(finding(file="a.jsonld"), names=("a.jsonld",), text=text)) == [("C001", 1, "error")]


def test_what_was_not_read_is_not_excused():
    text = "x # minilat: ignore E031 -- no\n"
    assert of(judged(finding("E031"), text=text)) == [("E031", 1, "error"), ("H091", 1, "warning")]


def test_a_comment_that_is_not_used_is_found_in_a_file_without_findings():
    assert of(judged(text="# minilat: ignore-file C005 -- once\n")) == [("H091", 1, "warning")]


# The baseline


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.ttl").write_text("x\n")
    return tmp_path


def test_known_findings_do_not_fail_and_new_ones_do(folder):
    known = folder / "known.json"
    assert baseline.write(known, [finding(), finding("C002", severity="warning")]) == 2
    report = judged(finding(line=70), finding("C002"), finding("C003"), known=known)
    assert (of(report), report.known) == ([("C003", 1, "error")], 2)


def test_a_third_of_the_same_kind_is_new(folder):
    known = folder / "known.json"
    blank = [finding(focus=f"_:b{i}", line=i) for i in (1, 2, 3)]
    baseline.write(known, blank[:2])
    report = judged(*blank, known=known)
    assert (of(report), report.known) == ([("C001", 3, "error")], 2)


def test_what_is_no_longer_found_is_reported_where_it_stands(folder):
    known = folder / "known.json"
    baseline.write(known, [finding(), finding("C002", focus="st:b")])
    report = judged(finding(), known=known)
    (stale,) = report.findings
    assert (stale.code, stale.severity, stale.message) == (
        "H092",
        "warning",
        "This is no longer found in a.ttl: C002 st:b.",
    )
    assert '"fingerprint"' in known.read_text().split("\n")[stale.line - 1]
    assert "C002" in known.read_text().split("\n")[stale.line]


def test_what_was_not_looked_at_is_not_stale(folder):
    known = folder / "known.json"
    (folder / "b.ttl").write_text("x\n")
    baseline.write(known, [finding(), finding(file="b.ttl"), finding(file="gone.ttl")])
    report = judged(finding(), known=known)
    assert [f.message for f in report.findings] == ["This is no longer found in gone.ttl: C001 st:a."]


def test_what_was_not_read_is_never_known(folder):
    known = folder / "known.json"
    assert baseline.write(known, [finding("E031"), finding("H091")]) == 0
    assert of(judged(finding("E031"), known=known)) == [("E031", 1, "error")]


def test_a_baseline_is_the_same_whatever_the_order(folder):
    pair = [finding(), finding("C002")]
    baseline.write(folder / "one.json", pair)
    baseline.write(folder / "two.json", pair[::-1])
    assert (folder / "one.json").read_text() == (folder / "two.json").read_text()


@pytest.mark.parametrize(
    "text", [None, "", "[]", "{", '{"version": 2, "findings": []}', '{"version": 1, "findings": [{}]}', "[" * 100_000]
)
def test_a_baseline_that_is_none(folder, text):
    path = folder / "known.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(MinilatError) as error:
        judged(finding(), known=path)
    assert error.value.code == "E131"


def test_a_baseline_that_cannot_be_written(folder):
    with pytest.raises(MinilatError) as error:
        baseline.write(folder, [finding()])
    assert error.value.code == "E131"


# Changed files


def git(folder, *words):
    setting = {
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    }  # fmt: skip
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **setting})


@pytest.fixture
def checkout(folder):
    git(folder, "init", "-q", "-b", "main")
    for name in ("a.ttl", "b.ttl", "c d.ttl", "same.ttl"):
        (folder / name).write_text("x\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    git(folder, "checkout", "-q", "-b", "work")
    return folder


def names_of(folder, revision="main"):
    return {p.name for p in changed.since(revision, folder)[1]}


def test_only_changed_files_count(checkout):
    assert names_of(checkout) == set()
    (checkout / "c d.ttl").write_text("y\n")
    git(checkout, "commit", "-q", "-a", "-m", "second")
    (checkout / "b.ttl").write_text("y\n")
    (checkout / "new.ttl").write_text("y\n")
    (checkout / "a.ttl").unlink()
    assert names_of(checkout) == {"c d.ttl", "b.ttl", "new.ttl"}
    found = [finding(file=n) for n in ("same.ttl", "b.ttl", "c d.ttl")]
    assert [f.file for f in judged(*found, since="main").findings] == ["b.ttl", "c d.ttl"]


def test_what_changed_on_the_other_branch_does_not_count(checkout):
    git(checkout, "checkout", "-q", "main")
    (checkout / "a.ttl").write_text("z\n")
    git(checkout, "commit", "-q", "-a", "-m", "theirs")
    git(checkout, "checkout", "-q", "work")
    assert names_of(checkout) == set()


def test_from_a_folder_below(checkout):
    (checkout / "sub").mkdir()
    (checkout / "sub" / "e.ttl").write_text("x\n")
    assert names_of(checkout / "sub") == {"e.ttl"}


@pytest.mark.parametrize("revision", ["nosuch", "-x", "--output=x", "main nosuch", "", "a\nb", "main:a.ttl", "x" * 300])
def test_a_revision_that_is_none(checkout, revision):
    with pytest.raises(MinilatError) as error:
        changed.since(revision, checkout)
    assert error.value.code == "E133"
    assert error.value.where == "--changed-since"
    assert not (checkout / "x").exists()


def test_no_checkout(folder):
    with pytest.raises(MinilatError) as error:
        changed.since("main", folder)
    assert error.value.code == "E133"
    assert "not in a git checkout" in error.value.message


def test_no_git(checkout, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MinilatError) as error:
        changed.since("main", checkout)
    assert error.value.message == "git is not installed"


def test_unrelated_histories(checkout):
    git(checkout, "checkout", "-q", "--orphan", "other")
    git(checkout, "commit", "-q", "-m", "other")
    with pytest.raises(MinilatError) as error:
        changed.since("main", checkout)
    assert "common ancestor" in error.value.message


def test_a_setting_of_the_checkout_runs_nothing(checkout):
    trap = checkout / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {checkout}/sprung\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "diff.external"):
        git(checkout, "config", name, str(trap))
    changed.since("main", checkout)
    assert not (checkout / "sprung").exists()


def test_in_changed_files_only_their_entries_are_stale(checkout):
    known = checkout / "known.json"
    baseline.write(known, [finding(file="a.ttl"), finding(file="b.ttl")])
    (checkout / "b.ttl").write_text("y\n")
    report = judged(names=("a.ttl", "b.ttl"), known=known, since="main")
    assert [f.message for f in report.findings] == ["This is no longer found in b.ttl: C001 st:a."]


# The whole


def test_findings_have_one_order_and_names_are_short(folder):
    found = [finding("C002", 2), finding("C001", 2), finding("C003", 1), finding(file=str(folder / "a.ttl"), line=9)]
    report = judged(*found, names=(str(folder / "a.ttl"),))
    assert of(report) == [("C003", 1, "error"), ("C001", 2, "error"), ("C002", 2, "error"), ("C001", 9, "error")]
    assert {f.file for f in report.findings} == set(report.names) == {"a.ttl"}


def test_every_finding_has_a_hint_and_its_code_is_explained():
    report = judged(
        finding(), finding("C002", hint="mine"), finding("Own", shape="http://example.org/Own", component="Datatype")
    )
    assert {f.code: f.hint for f in report.findings} == {
        "C001": next(row.hint for row in codes.table() if row.code == "C001"),
        "C002": "mine",
        "Own": "write the value with the datatype the shape asks for",
    }
    assert [c.url for c in report.checks] == [codes.PAGE + "C001", codes.PAGE + "C002"]


def test_shapes_of_ones_own_explain_themselves(tmp_path):
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        'ex:Name sh:path ex:name ; sh:name "name"@en, "nom"@fr ; sh:description "Each has one."@en ; rdfs:seeAlso ex:doc .\n'
        'ex:Age sh:path ex:age ; sh:message "An age." .\n'
    )
    found = codes.known([shapes])
    assert "C001" not in found
    assert (found["Name"].title, found["Name"].help, found["Name"].url) == (
        "name",
        "Each has one.",
        "http://example.org/doc",
    )
    assert (found["Age"].title, found["Age"].help, found["Age"].url) == ("An age.", "An age.", "http://example.org/Age")


def test_nothing_is_read_about_a_clean_report(monkeypatch):
    monkeypatch.setattr(codes, "known", lambda *_: pytest.fail("read"))
    assert judged().findings == ()


def test_every_shipped_code_has_a_hint():
    assert [c for c, check in codes.known().items() if not check.hint or not check.title] == []


@pytest.mark.parametrize(
    ("iri", "code"),
    [
        ("<https://w3id.org/minilat/shape/C005-not-member-and-partner>", "C005"),
        ("http://example.org/s#NameShape", "NameShape"),
        ("http://example.org/C0051", "C0051"),
        ("_:b0", "_:b0"),
        ("http://data.europa.eu/r5r#Catalog_Shape", "Catalog_Shape"),
    ],
)
def test_the_code_of_a_shape(iri, code):
    assert codes.code_of(iri) == code


def test_every_error_is_explained_as_in_the_documentation():
    assert len(codes.errors()) == (ROOT / "docs" / "errors.md").read_text(encoding="utf-8").count("\n| E")
    assert codes.known()["E031"].hint == "the line and a caret show the place"


def test_a_text_is_read_for_its_comments_only(folder):
    (folder / "a.ttl").write_text("\ufeffone # minilat\ntwo", encoding="utf-8")
    assert excuses.text("a.ttl") == "one # minilat\ntwo"
    (folder / "a.ttl").write_text("one\n")
    assert excuses.text("a.ttl") is None
    assert excuses.text("nosuch.ttl") is None
