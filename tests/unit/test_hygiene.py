"""Every check beyond shapes on its pass and fail files, exactly, with lines and hints; the shipped graph without a defect."""

import csv
from pathlib import Path

import pytest

from kg import catalogue, files, validate

CASES_FOLDER = Path(__file__).parents[1] / "hygiene"
CASES = sorted(CASES_FOLDER.glob("*/*.ttl"))
CONTEXT = [*files.ontology(), *sorted((files.ROOT / "data" / "states").glob("*.ttl"))]


def found(case):
    """What hygiene says; what shapes say about the same invented data is not the matter here."""
    report = validate.check([case], context=CONTEXT)
    return {
        (f.focus, f.path, f.value, str(f.line), str(f.column), f.hint)
        for f in report.findings
        if f.code == case.parent.name
    }


def test_every_check_has_a_pass_and_a_fail_file():
    codes = {entry.code for entry in catalogue.hygiene()}
    for kind in ("pass", "fail"):
        assert {p.parent.name for p in CASES if p.stem.startswith(kind)} == codes
    assert codes == {c for c in validate.severities() if c.startswith("H")}


@pytest.mark.parametrize("case", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_case(case):
    if case.stem.startswith("pass-"):
        assert found(case) == set()
        return
    with case.with_suffix(".expected.csv").open(encoding="utf-8", newline="") as lines:
        rows = [tuple(row.values()) for row in csv.DictReader(lines)]
    assert len(rows) == len(set(rows)) > 0
    assert found(case) == set(rows)


@pytest.mark.parametrize("case", [c for c in CASES if c.stem.startswith("pass-")], ids=lambda p: p.parent.name)
def test_a_pass_file_passes_every_check(case):
    report = validate.check([case], context=CONTEXT)
    assert [(f.code, f.focus) for f in report.findings if f.code.startswith("H")] == []


def test_the_shipped_ontology_shapes_and_data_have_no_defect():
    own = [*files.ontology(), *files.shapes(), *files.data()]
    report = validate.check(own, context=())
    assert [(f.file, f.line, f.code, f.focus, f.value) for f in report.findings if f.code[0] in "HE"] == []


def test_a_statement_that_a_shape_reports_is_not_reported_twice_but_gets_the_hint(tmp_path):
    text = (Path(__file__).parents[1] / "shapes" / "C021" / "fail-not-an-actor.ttl").read_text(encoding="utf-8")
    (tmp_path / "a.ttl").write_text(text, encoding="utf-8")
    report = validate.check([tmp_path / "a.ttl"], context=CONTEXT)
    (finding,) = [f for f in report.findings if f.value == "state:estonia"]
    assert finding.code == "C021"
    assert "'est'" in finding.hint


def test_checks_of_ours_are_not_made_with_shapes_of_ones_own(tmp_path):
    (tmp_path / "a.ttl").write_text("@prefix mlo: <https://w3id.org/minilat/ontology#> .\n<urn:a> mlo:nosuch 1 .\n")
    (tmp_path / "s.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<urn:s> a sh:NodeShape ; sh:targetNode <urn:b> .\n"
    )
    assert validate.check([tmp_path / "a.ttl"], shapes=[tmp_path / "s.ttl"]).findings == ()
    assert [f.code for f in validate.check([tmp_path / "a.ttl"], context=CONTEXT).findings] == ["H001"]
