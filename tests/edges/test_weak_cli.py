"""`minilat fit` without weak statements, and with the list of those that decide: text, JSON, refusals, exit codes."""

import json

import pytest


def cited(answer):
    """The confidence of all that is cited, but for the challenge itself."""
    every = (e for o in answer["options"] for r in o["reasons"] for e in r["evidence"])
    return {e["confidence"] for e in every if not e["statement"].startswith("challenge:")}


def test_without_weak_is_another_answer_that_says_so(ask):
    usual = json.loads(ask("fit", "S01", "--format", "json").out)
    found = ask("fit", "S01", "--without-weak", "--format", "json")
    assert found.code == 0
    answer = json.loads(found.out)
    assert answer["caveats"][0].startswith("Left out: ")
    assert answer["caveats"][0].endswith(" statements of less than high confidence")
    assert answer["caveats"][1:] == usual["caveats"]
    assert answer["weak_statements"] == []
    assert cited(answer) <= {"high", ""}
    assert "medium" in cited(usual)
    assert {o["id"] for o in answer["options"]} < {o["id"] for o in usual["options"]}


def test_without_weak_the_threshold_can_be_set(ask):
    answer = json.loads(ask("fit", "S05", "--without-weak", "--at-least", "medium", "--format", "json").out)
    assert answer["caveats"][0].endswith(" statements of less than medium confidence")
    assert "medium" in cited(answer)
    assert "low" not in cited(answer)


def test_what_decides_is_listed_with_the_way_to_it(ask):
    text = ask("fit", "S05", "--decisive", "--at-least", "medium")
    assert text.code == 0
    told = text.out[text.out.index("Statements whose falsity") :]
    assert told == "Statements whose falsity would change a verdict: 0 of 0 looked at\n"


def test_what_decides_in_json_is_the_usual_answer_and_one_part_more(ask):
    plain = json.loads(ask("fit", "S05", "--format", "json").out)
    found = json.loads(ask("fit", "S05", "--decisive", "--at-least", "medium", "--format", "json").out)
    assert found.pop("decisive") == {"counterfactual": True, "looked_at": [], "statements": []}
    assert found == plain


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("S01", "--without-weak", "--what-if", "add CAN to jef"), "E023", "--without-weak goes with neither"),
        (("S01", "--without-weak", "--at-least", "any"), "E023", "--without-weak goes with neither"),
        (("S01", "--without-weak", "--at-least", "sure"), "E024", "no confidence 'sure' to ask for at least"),
        (("S01", "--decisive", "--format", "md"), "E023", "--decisive takes a challenge by name"),
        (("--challenge-file", "x.ttl", "--decisive"), "E023", "--decisive takes a challenge by name"),
        (("S01", "--decisive", "--over", "2020..2021"), "E023", "--over takes a challenge by name"),
    ],
)
def test_what_excludes_each_other_is_refused(words, code, message, ask):
    found = ask("fit", *words)
    assert (found.code, found.out) == (2, "")
    assert f"{code}: {message}" in found.err
