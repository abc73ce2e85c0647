"""How often a name is understood, and how often wrongly, over names labelled by hand from public knowledge.

labelled-names.csv: names of states (official, short, historic, misspelt, in other languages) and of organisations and
other arrangements, each with what it is, and names that are none of ours. Written before the scores were measured; the
spellings were typed, not generated. Where it is weak: the names of arrangements were written by somebody who knew the
list, and misspellings have one or two slips.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from kg import build, files
from kg.match import index, records

LABELLED = Path(__file__).with_name("labelled-names.csv")
FLOORS = {"state": (0.98, 0.95), "arrangement": (0.95, 0.95)}
"""Precision and recall that are asked of each group."""


@pytest.fixture(scope="module")
def found():
    """Every labelled name with what it was taken for ('' for nothing), by group."""
    store = build.load([*files.ontology(), *files.data()])
    with LABELLED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    result = {}
    for group in FLOORS:
        known = index.Index(records.ours(store, [group]))
        own = [r for r in rows if r["group"] == group]
        assert {r["is"] for r in own} - {""} <= known.records.keys()
        taken = [known.resolve(r["name"]) for r in own]
        result[group] = [(r, "" if t is None else t.record.id) for r, t in zip(own, taken, strict=True)]
    return result


@pytest.mark.parametrize("group", FLOORS)
def test_precision_and_recall_are_above_their_floors(found, group, record_property):
    right = sum(bool(t) and t == r["is"] for r, t in found[group])
    answered = sum(bool(t) for _, t in found[group])
    asked = sum(bool(r["is"]) for r, _ in found[group])
    precision, recall = right / answered, right / asked
    print(f"{group}: precision {right}/{answered} = {precision:.3f}, recall {right}/{asked} = {recall:.3f}")
    record_property(f"{group}-precision", precision)
    record_property(f"{group}-recall", recall)
    assert precision >= FLOORS[group][0], [(r["name"], t) for r, t in found[group] if t and t != r["is"]]
    assert recall >= FLOORS[group][1], [r["name"] for r, t in found[group] if r["is"] and t != r["is"]]


def test_no_kind_of_name_is_forgotten(found):
    kinds = Counter((r["group"], r["kind"]) for rows in found.values() for r, _ in rows)
    assert sum(kinds.values()) >= 300
    assert min(kinds[("state", k)] for k in ("official", "short", "historic", "misspelt", "other", "none")) >= 20
    assert min(kinds[("arrangement", k)] for k in ("official", "short", "misspelt", "none")) >= 20


def test_no_name_is_counted_twice(found):
    names = [r["name"] for rows in found.values() for r, _ in rows]
    assert len(names) == len(set(names))
