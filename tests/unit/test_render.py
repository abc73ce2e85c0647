"""Records as text: stable, escaped, in a fixed order."""

import csv
import io
import json

import pytest

from kg.records import (
    Card,
    Coverage,
    CriterionValue,
    Evidence,
    FitAnswer,
    Layer,
    Option,
    Reason,
    Table,
    Thing,
)
from kg.render import fit, tables

HOSTILE = '<b>"x"</b> & | [red]y[/red] \\ é'


def table(*rows, columns=("a", "b"), **rest):
    return Table("a title", columns, rows, **rest)


def option(name, verdict, rank, **rest):
    evidence = Evidence(f"st:{name}", (f"source of {name}",), "low", "a doubt")
    parts = {
        "thing": Thing(f"https://example.org/id/{name}", name, name.upper(), f"Label {name} {HOSTILE}"),
        "kind": "a kind", "function": "force", "nature": "mixed", "verdict": verdict, "rank": rank, "front": rank == 1,
        "reasons": (Reason("F004", f"reason of {name}", (evidence,)),), "conditions": (), "gaps": (),
        "coverage": (Coverage("MCM", "mines", True, "military", 2, 2, "pass", "a note", (f"st:{name}",)),),
        "criteria": {
            "F012": CriterionValue(0.123456, "0..1", "measured", "a note", ()),
            "F011": CriterionValue(None, "0..1", "unknown", "", ()),
            "F015": CriterionValue(3, "0..4", "assumed", "a note", ()),
        },
        "dominated_by": (), "overclaims": False, "first_share": 0.5 if rank else None,
        "rank_range": (1, 2) if rank else None, "would_change": (f"change of {name}",),
    }  # fmt: skip
    return Option(**(parts | rest))


@pytest.fixture
def answer():
    options = (
        option("one", "full", 1),
        option("two", "partial", 2, gaps=("MCM",), conditions=("F006: needs a request",), overclaims=True),
        option("three", "unknown", None, conditions=("F004: eligible if it can bring MCM",)),
        option("four", "ineligible", None, reasons=(Reason("F001", "ended"),)),
    )
    thing = Thing("https://w3id.org/minilat/id/challenge/x", "x", "X1", f"Challenge {HOSTILE}")
    layers = (Layer("civil", ("POLICE",), ("one",)), Layer("military", ("MCM",), ()))
    weak = (Evidence("st:one", ("a source",), "low", "a doubt"),)
    return FitAnswer(thing, "2026-11-24", "2026-11-20", "none", options, layers, "a paragraph", weak, ("a caveat",))


# Lists


def test_csv_survives_what_is_awkward():
    rows = [("a,b", 'say "x"'), ("line\nbreak", ""), ("é", "#")]
    text = tables.as_csv(table(*rows))
    assert [tuple(r) for r in csv.reader(io.StringIO(text))] == [("a", "b"), *rows]
    assert tables.as_csv(table()) == "a,b\n"


def test_json_is_a_list_of_objects_in_the_order_of_the_columns():
    text = tables.as_json(table(("2", "1"), columns=("z", "a")))
    assert json.loads(text) == [{"z": "2", "a": "1"}]
    assert text.index('"z"') < text.index('"a"')
    assert text.endswith("]\n")
    assert "é" in tables.as_json(table(("é", "")))
    assert tables.as_json(table()) == "[]\n"


def test_a_table_leaves_out_the_long_columns_and_counts():
    text = tables.as_table(table(("one and a half", "two", "three"), columns=("name", "iso2", "source")))
    assert "one and a half" in text
    assert "two" not in text
    assert "three" not in text
    assert "a title · 1" in text


def test_a_grid_shows_cells_as_they_are():
    text = tables.grid(("name", "b"), [(HOSTILE, "")], width=200)
    assert HOSTILE in text
    assert "\x1b" not in text


def test_a_narrow_grid_loses_nothing():
    words = "a very long label of a grouping that does not fit"
    text = tables.grid(("name", "id"), [(words, "short-id")], width=30)
    assert max(len(line) for line in text.splitlines()) <= 30
    assert "short-id" in text
    assert set(words.split()) <= set(text.split())


def test_a_card_shows_a_property_once():
    card = Card(Thing("https://example.org/x", "x", "", "Label"), (("p", "1"), ("p", "2"), ("q", "3")))
    text = tables.card(card)
    assert text.splitlines()[0] == "Label  [x]"
    assert text.count("p ") == 1
    assert json.loads(tables.card_json(card))["facts"] == {"p": ["1", "2"], "q": ["3"]}


# Fit


def test_fit_in_json_keeps_the_contract(answer):
    found = json.loads(fit.as_json(answer))
    assert found["challenge"] == {"id": "x", "notation": "X1", "label": f"Challenge {HOSTILE}"}
    assert (found["as_of"], found["known_as_of"], found["considered"]) == ("2026-11-24", "2026-11-20", 4)
    one, _, three, _ = found["options"]
    assert (one["id"], one["notation"], one["verdict"], one["rank"], one["front"]) == ("one", "ONE", "full", 1, True)
    assert one["criteria"]["F012"]["value"] == 0.1235
    assert one["criteria"]["F011"] == {"value": None, "scale": "0..1", "status": "unknown", "note": "", "evidence": []}
    assert list(one["criteria"]) == ["F011", "F012", "F015"]
    assert one["rank_range"] == [1, 2]
    assert (three["rank"], three["first_share"], three["rank_range"]) == (None, None, None)
    assert one["reasons"][0]["evidence"][0] == {
        "statement": "st:one", "source": ["source of one"], "confidence": "low", "doubt": "a doubt",
    }  # fmt: skip
    assert found["proposals"] == []


@pytest.mark.parametrize("write", [fit.as_json, fit.as_text, fit.as_markdown])
def test_an_answer_is_written_the_same_twice_and_ends_its_line(answer, write):
    assert write(answer) == write(answer)
    assert write(answer).endswith("\n")


@pytest.mark.parametrize("write", [fit.as_json, fit.as_text, fit.as_markdown])
def test_an_answer_without_options_can_be_written(answer, write):
    empty = FitAnswer(answer.challenge, "2026-11-24", "", "none", (), (), "nothing fits", (), ())
    assert "nothing fits" in write(empty)


def test_fit_in_words_says_all_parts(answer):
    text = fit.as_text(answer, width=250)
    blocks = (
        "Conditions",
        "By authority",
        "Over-claim",
        "Not known",
        "Ineligible",
        "What would change the first place",
    )
    for words in (*blocks, "a paragraph", "needs a request", "none", "change of one", "a doubt", "a caveat"):
        assert words in text, words
    assert "3*" in text
    assert "?" in text


def test_what_is_left_out_is_counted(answer):
    many = tuple(option(f"n{i}", "full", i + 1) for i in range(fit.SHOWN + 3))
    long = FitAnswer(answer.challenge, "2026-11-24", "", "none", many, (), "p", (), ())
    assert "… and 3 more; --all shows them" in fit.as_text(long)
    assert "more; --all" not in fit.as_text(long, every=True)


def test_markdown_does_not_break_its_table(answer):
    lines = [line for line in fit.as_markdown(answer).splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert len(lines) == 4


def test_the_real_answer_reads_in_every_form(graph):
    answer = graph.fit("S01")
    assert json.loads(fit.as_json(answer))["considered"] == answer.considered
    best = answer.options[0].label
    assert all(best in write(answer) for write in (fit.as_text, fit.as_markdown))
