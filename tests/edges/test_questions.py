"""Competency questions through the door: what is taken as given, what is missing or mistyped, what is refused."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from kg import catalogue, refusals
from kg.errors import MinilatError
from kg.render import questions as render

ROOT = Path(__file__).resolve().parents[2]
COMPETENCY = [e for e in catalogue.questions() if e.code.startswith("CQ")]


def rows(ran):
    return list(csv.DictReader(io.StringIO(ran.out)))


def test_the_answer_is_on_the_output_and_what_was_taken_on_the_error_stream(ask):
    ran = ask("query", "CQ01", "--param", "arrangement=ei2")
    assert len(rows(ran)) == 13
    assert "CQ01: Who takes part" in ran.err
    assert "as of 2026-11-24, known as of " in ran.err
    assert "roles=core" in ran.err
    assert "arrangement=" not in ran.err


def test_the_command_that_answers_in_full_is_named(ask):
    assert "see also: minilat fit" in ask("query", "CQ08").err


def test_json_is_alone_on_the_output(ask):
    found = json.loads(ask("query", "CQ26", "--param", "arrangements=jef,ei2", "--format", "json").out)
    assert len(found["results"]["bindings"]) == 7


def test_the_day_may_be_given_as_a_parameter(run):
    ran = run("query", "CQ03", "--param", "asOf=2021-02-16", "--param", "tool=eop")
    assert {r["iso2"] for r in rows(ran) if r["state"] == "takes part"} == {"AU", "FI", "GE", "JO", "SE", "UA"}


@pytest.mark.parametrize(
    ("words", "code", "takes"),
    [
        (("CQ01", "--param", "arangement=jef"), "E050", "arrangement (arrangement, else jef)"),
        (("CQ01", "--param", "arrangement"), "E022", "arrangement (arrangement, else jef)"),
        (("CQ01", "--param", "arrangement="), "E002", "arrangement (arrangement, else jef)"),
        (("CQ01", "--param", "arrangement=jeff"), "E002", "did you mean 'JEF'"),
        (("CQ01", "--param", "roles=some"), "E054", "word(core|all)"),
        (("CQ05", "--param", "months=many"), "E054", "months (integer, else 36)"),
        (("CQ06", "--param", "day=2021-01-01,2022"), "E020", "day (date+"),
        (("CQ26", "--param", "arrangements=jef,"), "E002", "arrangements (arrangement+, else jef,ei2)"),
        (("CQ01", "--param", "arrangement=any"), "E002", "arrangement (arrangement, else jef)"),
    ],
)
def test_a_missing_or_mistyped_parameter_lists_what_the_question_takes(ask, words, code, takes):
    ran = ask("query", *words)
    assert (ran.code, ran.out) == (2, "")
    assert code in ran.err
    assert takes in ran.err


@pytest.mark.parametrize("refusal", refusals.refusals(), ids=lambda r: r.code)
def test_what_is_refused_is_refused_with_its_reason(ask, refusal):
    for asked in (refusal.code, refusal.name, f"what is the {refusal.words[-1]} of Estonia"):
        ran = ask("query", asked)
        assert (ran.code, ran.out) == (2, "")
        assert f"E140: {refusal.code} {refusal.name} is refused: {refusal.reason}" in ran.err
        assert refusal.instead in ran.err


def test_a_parameter_that_asks_for_what_is_refused_is_refused(ask):
    ran = ask("query", "CQ10", "--param", "challenge=troop numbers of Latvia")
    assert ran.code == 2
    assert "E140: AQ04" in ran.err


@pytest.mark.parametrize("name", ["readinessx", "defection", "jeff", "capability", "troops"])
def test_an_ordinary_misspelling_is_not_refused(name):
    assert refusals.find(name) is None


def test_what_bears_such_a_word_in_its_name_is_found_and_not_refused(tmp_path):
    from kg import build, lookup

    path = tmp_path / "own.ttl"
    path.write_text(
        "@prefix mlo: <https://w3id.org/minilat/ontology#> . @prefix arr: <https://w3id.org/minilat/id/arrangement/> ."
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
        'arr:own a mlo:Operation ; mlo:listComplete true ; rdfs:label "Readiness Initiative"@en .',
        encoding="utf-8",
    )
    store = build.load([path])
    assert refusals.find("readiness initiative") is not None
    assert lookup.find(store, "arrangement", "readiness initiative").endswith("/own")


def test_refusals_are_well_formed():
    found = refusals.refusals()
    assert [r.code for r in found] == [f"AQ{n:02}" for n in range(1, len(found) + 1)]
    assert len({w for r in found for w in r.words}) == sum(len(r.words) for r in found)
    assert all(r.reason and re.search("`minilat (query|compose)", r.instead) for r in found)
    for refusal in found:
        with pytest.raises(MinilatError) as caught:
            refusals.check(refusal.name)
        assert caught.value.code == "E140"


def test_the_page_is_what_the_headers_say():
    text = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    assert text == render.page(COMPETENCY, refusals.refusals()), "write it anew: minilat queries --page"


def test_every_command_named_as_fuller_exists(run):
    named = {re.match(r"minilat (\w[\w-]*)", e.header["see"])[1] for e in COMPETENCY if "see" in e.header}
    text = run("--help").out
    assert named
    assert {n for n in named if not re.search(rf"^\W*{n}\s", text, re.MULTILINE)} == set()
