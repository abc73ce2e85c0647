"""Every competency question, and those of imports, against a small world of its own.

A folder CQ##/ or Q###/ holds data.ttl (its facts, near misses among them), params.toml (the day, and one table of parameters for
each case) and one CSV for each case with exactly the rows wanted. world.ttl holds what all share. Rules derive the rest.
"""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from kg import answer, build, catalogue, files, infer
from kg.names import graph_name
from kg.store import literal_term

HERE = Path(__file__).parent
FOLDERS = sorted(p for name in ("CQ*", "Q0*") for p in HERE.glob(name) if p.is_dir())
SHARED = [files.ROOT / "data" / f"{name}.ttl" for name in ("threats", "capabilities")]
QUESTIONS = {e.code: e for e in catalogue.questions()}


def cases():
    for folder in FOLDERS:
        given = tomllib.loads((folder / "params.toml").read_text(encoding="utf-8"))
        for name in (k for k, v in given.items() if isinstance(v, dict)):
            yield pytest.param(folder, name, id=f"{folder.name}-{name}")


@cache
def case(folder):
    """The store of a folder on its day, inferred."""
    given = tomllib.loads((folder / "params.toml").read_text(encoding="utf-8"))
    store = build.load([*files.ontology(), *SHARED, HERE / "world.ttl"])
    store.load(folder / "data.ttl", graph_name(f"{folder.name}/data.ttl"), where=folder.name)
    infer.saturate(store, {"asOf": literal_term(given["as_of"], "date")})
    return store, date.fromisoformat(given["as_of"]), given


def rows_of(folder, name):
    """The rows of a case, as text."""
    store, day, given = case(folder)
    columns, rows = store.table(answer.bind(store, QUESTIONS[folder.name], given[name], day))
    return columns, [tuple("" if v is None else str(v) for v in row) for row in rows]


def test_every_question_has_a_folder():
    competency = [code for code in sorted(QUESTIONS) if code.startswith("CQ")]
    assert [p.name for p in FOLDERS if p.name.startswith("CQ")] == competency
    assert competency == [f"CQ{n:02}" for n in range(1, 43)]
    imported = sorted(code for code, e in QUESTIONS.items() if e.path.parent.name == "import" and code != "Q090")
    assert [p.name for p in FOLDERS if not p.name.startswith("CQ")] == imported


@pytest.mark.parametrize(("folder", "name"), list(cases()))
def test_question(folder, name):
    columns, rows = rows_of(folder, name)
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        header, *wanted = csv.reader(handle)
    assert tuple(header) == columns
    assert rows == [tuple(row) for row in wanted]
