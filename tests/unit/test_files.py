"""Where things lie, and the fingerprint of inputs."""

from pathlib import Path

import pytest

from kg import files

ROOT = Path(__file__).resolve().parents[2]


def test_the_checkout_is_the_root():
    assert ROOT == files.ROOT


@pytest.mark.parametrize(
    "listing", [files.ontology, files.data, files.shapes, files.rules, files.criteria, files.questions]
)
def test_every_listing_is_sorted_and_full(listing):
    found = listing()
    assert found == sorted(found)
    assert len(found) == len(set(found)) > 2
    assert all(p.is_file() for p in found)


def test_questions_and_criteria_are_all_the_queries():
    assert {*files.questions(), *files.criteria()} == set((ROOT / "queries").rglob("*.rq"))


def test_a_path_is_shown_from_the_root_or_by_its_name(tmp_path, monkeypatch):
    assert files.relative(ROOT / "data" / "threats.ttl") == "data/threats.ttl"
    assert files.relative(ROOT / "kg" / ".." / "data" / "threats.ttl") == "data/threats.ttl"
    assert files.relative(tmp_path / "mine.ttl") == "mine.ttl"
    monkeypatch.chdir(ROOT / "data")
    assert files.relative(Path("threats.ttl")) == "data/threats.ttl"


def test_a_fingerprint_depends_on_names_and_contents(tmp_path):
    a, b = tmp_path / "a.ttl", tmp_path / "b.ttl"
    a.write_text("x")
    b.write_text("y")
    first = files.fingerprint([a, b])
    assert first == files.fingerprint([a, b])
    assert len({first, files.fingerprint([b, a]), files.fingerprint([a]), files.fingerprint([])}) == 4
    b.write_text("z")
    assert files.fingerprint([a, b]) != first


def test_contents_that_flow_into_each_other_differ(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("one")
    b.write_text("two")
    first = files.fingerprint([a, b])
    a.write_text("onet")
    b.write_text("wo")
    assert files.fingerprint([a, b]) != first
