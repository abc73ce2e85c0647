"""Every criterion of fit against a small case of its own: F###/data.ttl, and F###/expected*.csv with exact values.

The name of an expectation may bind parameters: expected@prefer=eu.csv. A cell ``*`` is not compared (the order
of a list in a note is not fixed); every other column of the file is. What rules derive is written in the data.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg import catalogue, files
from kg.names import curie, iri, slug
from kg.store import Store, iri_term

HERE = Path(__file__).parent
CRITERIA = {path.stem.partition("-")[0]: path for path in files.criteria()}
CASES = sorted(HERE.glob("F*/expected*.csv"))


def _cases():
    for path in CASES:
        name = f"{path.parent.name}/{path.name}"
        yield pytest.param(path, id=name.removesuffix(".csv"))


def _terms(path, entry):
    """The parameters an expectation binds: the challenge of the case, and what its name says."""
    takes = {p.name for p in entry.parameters}
    terms = {"challenge": iri_term(iri("challenge:case"))} if "challenge" in takes else {}
    for pair in path.stem.split("@")[1:]:
        name, _, value = pair.partition("=")
        prefix = "challenge:" if name == "challenge" else f"code:{name}-"
        terms[name] = iri_term(iri(prefix + value))
    return terms


def _text(column, value):
    if value is None:
        return ""
    if column == "option":
        return slug(str(value))
    if column in ("necessity", "layer"):
        return slug(str(value))
    if column == "evidence":
        return " ".join(sorted({curie(part) for part in str(value).split()}))
    if isinstance(value, int | float):
        return f"{value:.6g}"
    return str(value)


def _wanted(path):
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        if row.get("evidence", "*") not in ("*", None):
            row["evidence"] = " ".join(sorted(set(row["evidence"].split())))
    return {(row["option"], row.get("capability", "")): row for row in rows}


@pytest.mark.parametrize("path", list(_cases()))
def test_criterion(path):
    entry = catalogue.read(CRITERIA[path.parent.name])
    store = Store.memory()
    store.load(path.parent / "data.ttl", "urn:case", where=path.parent.name)
    wanted = _wanted(path)
    columns = next(iter(wanted.values())).keys()
    rows = list(store.rows(entry.bind(_terms(path, entry))))
    got = {}
    for row in rows:
        shown = {c: _text(c, row.get(c)) for c in columns}
        key = (shown["option"], shown.get("capability", ""))
        assert key not in got, f"two rows for {key}"
        got[key] = shown
    assert got.keys() == wanted.keys()
    for key, row in wanted.items():
        expected = {c: v for c, v in row.items() if v != "*" and " & " not in v}
        assert {c: got[key][c] for c in expected} == expected
        for column in (c for c, v in row.items() if " & " in v):  # a list in any order
            start, *rest = row[column].split(" & ")
            head, _, first = start.rpartition(" ")
            assert sorted(got[key][column].removeprefix(head + " ").split(", ")) == sorted([first, *rest])


# ------------------------------------------------------------------ the walk


def test_every_criterion_has_a_case_and_every_case_a_criterion():
    assert {p.parent.name for p in CASES} == set(CRITERIA)
    assert {p.name for p in HERE.glob("F*")} == set(CRITERIA)


@pytest.mark.parametrize("code", CRITERIA)
def test_case_is_whole(code):
    assert (HERE / code / "data.ttl").is_file()
    assert (HERE / code / "expected.csv").is_file(), "one expectation without parameters of its own"


@pytest.mark.parametrize("code", CRITERIA)
def test_case_shows_that_the_criterion_tells_options_apart(code):
    values = {row["value"] for path in CASES if path.parent.name == code for row in _wanted(path).values()}
    entry = catalogue.read(CRITERIA[code])
    if code == "F023":  # existing arrangements only; composed ones get less
        assert values == {"3"}
    elif entry.header["kind"] == "hard":
        said = {v for v in ("pass", "fail", "unknown") if f'"{v}"' in entry.text.replace(f'= "{v}"', "")}
        assert values == said, "every truth value the query can give is covered"
    else:
        assert len(values) >= 3


@pytest.mark.parametrize("code", ["F015", "F020"])
def test_every_step_of_an_ordinal_scale_is_reached(code):
    entry = catalogue.read(CRITERIA[code])
    top = int(entry.header["scale"].rpartition("..")[2])
    values = {row["value"] for path in CASES if path.parent.name == code for row in _wanted(path).values()}
    assert values - {""} == {str(n) for n in range(top + 1)}
