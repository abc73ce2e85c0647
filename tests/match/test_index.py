"""Candidates: by which evidence, in which order, and when none is good enough."""

import pytest

from kg.match import index
from kg.match.records import FORMER, HIDDEN, OTHER, Name, Record
from kg.match.spelling import initials, ordered, plain


@pytest.fixture
def few():
    return index.Index([
        Record("state:ner", "Niger", (Name("Niger"), Name("the Republic of the Niger", OTHER)), frozenset({"NE", "NER"})),
        Record("state:nga", "Nigeria", (Name("Nigeria"), Name("Nigéria", language="fr")), frozenset({"NG", "NGA"})),
        Record("state:kor", "South Korea", (Name("South Korea"), Name("Republic of Korea", OTHER)), frozenset({"KOR"})),
        Record("state:ben", "Benin", (Name("Benin"), Name("Dahomey", FORMER), Name("béninois", HIDDEN)), frozenset({"BEN"})),
        Record("arr:cbss", "Council of the Baltic Sea States", (Name("Council of the Baltic Sea States"),)),
        Record("arr:one", "Twin", (Name("Twin"),)),
        Record("arr:two", "The Twin", (Name("The Twin"),)),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("name", "is_", "score", "reason"),
    [
        ("NIGER", "state:ner", 1.0, "same name"),
        ("Republic of the Niger", "state:ner", 0.98, "same other name"),
        ("NER", "state:ner", 1.0, "code NER"),
        ("Korea, Republic of", "state:kor", 0.92, "same words"),
        ("dahomey", "state:ben", 0.96, "former name"),
        ("Beninois", "state:ben", 0.94, "known spelling"),
        ("CBSS", "arr:cbss", 0.90, "initials"),
        ("Nigerria", "state:nga", 0.77, "spelt like 'nigeria' (0.88)"),
        ("Nigéria", "state:nga", 1.0, "same name"),
    ],
)
def test_by_which_evidence(few, name, is_, score, reason):
    found = few.resolve(name)
    assert (found.record.id, round(found.score, 2), found.reason) == (is_, score, reason)


@pytest.mark.parametrize(
    "name", ["Nige", "ner", "Twin", "Korea", "Beninoix", "", "  ", "!!", "Nigeriana State", "Dahomeyyyyy", "x" * 10_000]
)
def test_nothing_is_better_than_a_guess(few, name):
    assert few.resolve(name) is None


def test_several_that_are_as_good_are_all_shown(few):
    assert [c.record.id for c in few.find("twin")] == ["arr:one", "arr:two"]


def test_a_code_that_is_given_counts_before_the_name(few):
    assert few.resolve("Benin", ["NGA"]) is None
    assert [c.record.id for c in few.find("Nothing at all", ["nga"])] == ["state:nga"]


def test_one_slip_in_five_letters_is_close_and_two_are_not():
    known = index.Index([Record("state:ita", "Italy", (Name("Italy"),))])
    assert known.resolve("Itlay").record.id == "state:ita"
    assert known.resolve("Itlya") is None


@pytest.mark.parametrize(
    ("name", "bare", "words", "letters"),
    [
        ("Côte d’Ivoire (la)", "cote d ivoire", "cote d ivoire", "cdi"),
        ("The Gambia", "gambia", "gambia", "g"),
        ("U.S.A.", "usa", "usa", "u"),
        (
            "République démocratique du Congo",
            "republique democratique du congo",
            "congo democratique republique",
            "rdc",
        ),
        ("Bosnia & Herzegovina", "bosnia and herzegovina", "bosnia herzegovina", "bh"),
        ("ΕΛΛΆΔΑ", "ελλαδα", "ελλαδα", "ε"),
        ("中国", "中国", "中国", "中"),
        ("The", "the", "", ""),
    ],
)
def test_what_is_left_of_a_name(name, bare, words, letters):
    assert plain(name) == bare
    assert ordered(name) == words
    assert initials(name) == letters


def test_among_some_others_are_as_if_they_were_not_there(few):
    among = {"state:nga", "arr:two"}
    alone = index.Index([few.records[i] for i in sorted(among)])
    for name in ("Niger", "Nigeria", "Twin", "NER", "Nigerria", "Dahomey", "Nigeri", "Benin"):
        found = few.find(name, limit=None, among=among)
        assert found == alone.find(name, limit=None), name
        assert index.accepted(found) == alone.resolve(name)
    assert few.find("Nigeri")[0].record.id == "state:nga"
    assert [c.record.id for c in few.find("Nigeri", among={"state:ner"})] == ["state:ner"]


def test_threats_are_found_too(graph):
    from kg.match import records

    found = records.ours(graph.store, ["threat"])
    assert len(found) == 58
    assert ("threat:nuclear-coercion", "Nuclear coercion") in {(r.id, r.label) for r in found}
    assert records.ours(graph.store, []) == []
