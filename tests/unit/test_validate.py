"""Every shape on its pass and fail files, exactly; both engines alike; the shipped data without a violation."""

import csv
from pathlib import Path

import pytest

from kg import files, validate

CASES_FOLDER = Path(__file__).parents[1] / "shapes"
CASES = sorted(CASES_FOLDER.glob("*/*.ttl"))
CODES = sorted(c for c in validate.severities() if c.startswith("C"))
VOCABULARY = [
    *files.ontology(),
    *(files.ROOT / "data" / name for name in ("threats.ttl", "capabilities.ttl", "regions.ttl")),
    *sorted((files.ROOT / "data" / "states").glob("*.ttl")),
]
LEVEL = {"Violation": "error", "Warning": "warning", "Info": "info"}


def results(report):
    return {(f.focus, f.path, f.value, f.shape, f.component, f.severity, f.line) for f in report.findings}


def expected(case):
    with case.with_suffix(".expected.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    return {
        (r["focus"], r["path"], short(r["value"]), r["shape"], r["component"], LEVEL[r["severity"]], int(r["line"]))
        for r in rows
    }


def short(value):
    """Datatypes in the expectation files are CURIEs; the report writes them in full."""
    return value.replace("^^xsd:", "^^<http://www.w3.org/2001/XMLSchema#") + (">" if "^^xsd:" in value else "")


def test_the_walk_finds_a_pass_and_a_fail_file_for_every_code():
    found = {code: [p.stem for p in CASES if p.parent.name == code] for code in CODES}
    assert {p.parent.name for p in CASES} == set(CODES)
    assert [c for c, stems in found.items() if not any(s.startswith("pass-") for s in stems)] == []
    assert [c for c, stems in found.items() if not any(s.startswith("fail-") for s in stems)] == []


@pytest.mark.parametrize("case", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_case(case):
    found = results(validate.check([case], context=VOCABULARY))
    if case.stem.startswith("pass-"):
        assert found == set()
    else:
        assert found == expected(case)


def test_both_engines_report_the_same_on_all_cases_together(tmp_path):
    # One run over all files: pySHACL needs seconds for the vocabulary alone.
    reports = [validate.check(CASES, context=VOCABULARY, engine=engine) for engine in ("rust", "pyshacl")]
    rust, reference = (
        {(*r, f.message) for r, f in zip(map(row, x.findings), x.findings, strict=True)} for x in reports
    )
    assert len(rust) > 60
    assert rust == reference


def row(finding):
    return (finding.focus, finding.path, finding.value, finding.shape, finding.component, finding.severity)


@pytest.fixture(scope="module")
def shipped():
    return validate.check()


def test_the_shipped_data_has_no_violation(shipped):
    assert [(f.file, f.code, f.focus, f.message) for f in shipped.findings if f.severity == "error"] == []
    assert shipped.triples > 60_000


def test_warnings_on_the_shipped_data_are_of_known_kinds(shipped):
    assert {f.code for f in shipped.findings} <= {"C002", "C010", "C013"}


def test_every_finding_names_its_file(shipped):
    assert [f for f in shipped.findings if not f.file] == []


def test_every_message_is_for_people():
    for case in CASES:
        if case.stem.startswith("fail-"):
            for f in validate.check([case], context=VOCABULARY).findings:
                assert f.message.endswith(".")
                assert "{" not in f.message


def test_a_broken_file_is_a_finding_of_its_own_and_nothing_else_is_checked(tmp_path):
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "@prefix arr: <https://w3id.org/minilat/id/arrangement/> .\narr:x a mlo:Alliance .\n", encoding="utf-8"
    )
    wrong = CASES_FOLDER / "C001" / "fail-no-role.ttl"
    report = validate.check([bad, wrong], context=VOCABULARY)
    assert [(f.file, f.line, f.column, f.code, f.message, f.hint) for f in report.findings] == [
        (
            str(bad), 2, 9, "E031", "the prefix mlo: is not declared",
            "declare it: @prefix mlo: <https://w3id.org/minilat/ontology#> .",
        )
    ]  # fmt: skip
    assert report.broken
    assert not validate.check([wrong], context=VOCABULARY).broken


def test_shapes_of_ones_own(tmp_path):
    data = tmp_path / "data.ttl"
    data.write_text("@prefix ex: <http://example.org/> .\nex:a a ex:Thing .\n", encoding="utf-8")
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:Shape a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:Name .
ex:Name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:message "A thing has a name." .
""",
        encoding="utf-8",
    )
    report = validate.check([data], shapes=[shapes])
    assert [(f.code, f.focus, f.message) for f in report.findings] == [
        ("Name", "http://example.org/a", "A thing has a name.")
    ]
