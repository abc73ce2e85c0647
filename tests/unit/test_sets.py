"""Complementary sets: small worlds in which every minimal set can be told by eye."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.fit.sets import complementary
from kg.records import Coverage, FitAnswer, Option, OptionSet, Thing
from kg.render import fit as render

ANY = {"A": "any", "B": "any", "C": "any"}
MIXED = {"C1": "civil", "M1": "military", "M2": "military", "X": "any"}


def option(name, brings, rank, musts=ANY, conditions=(), verdict=None):
    """An option that brings the musts named in BRINGS, and a wish of which nothing is made."""
    covered = set(brings)
    rows = [Coverage(c, c, True, layer, 2, 2, "pass" if c in covered else "fail", "", ()) for c, layer in musts.items()]
    rows.append(Coverage("WISH", "a wish", False, "any", 2, 0, "fail", "", ()))
    gaps = tuple(c for c in musts if c not in covered)
    thing = Thing(f"ex:{name}", name, name.upper(), name.title())
    return Option(
        thing, "", "", "", verdict or ("partial" if gaps else "full"), rank, False, (), tuple(conditions), gaps,
        tuple(rows), {}, (), False, None, None, (),
    )  # fmt: skip


def members(options):
    return [s.members for s in complementary(options)[0]]


def test_two_that_complement_each_other():
    found, number = complementary([option("a", "AB", 1), option("b", "C", 2)])
    assert found == (OptionSet(("a", "b"), (("a", ("A", "B")), ("b", ("C",))), (), False),)
    assert number == 1


def test_three_only_where_each_is_needed():
    options = [option("a", "A", 1), option("b", "B", 2), option("c", "C", 3), option("d", "BC", 4)]
    assert members(options) == [("a", "d"), ("a", "b", "c")]


def test_nothing_where_one_covers_all_or_all_lack_one():
    assert complementary([option("a", "ABC", 1), option("b", "AB", 2), option("c", "C", 3)]) == ((), 0)
    assert complementary([option("a", "A", 1), option("b", "B", 2)]) == ((), 0)
    assert complementary([]) == ((), 0)


def test_unknown_and_ineligible_options_take_no_part():
    options = [option("a", "AB", 1), option("b", "C", None, verdict="unknown")]
    assert members([*options, option("c", "C", None, verdict="ineligible")]) == []


def test_sets_are_ranked_by_size_conditions_overlap_and_rank():
    options = [
        option("a", "AB", 1),
        option("b", "C", 2),
        option("c", "C", 3, conditions=("F006: a host must ask", "F003: no remit stated")),
        option("d", "BC", 4),
        option("e", "C", 5, conditions=("F003: no remit stated",)),
    ]
    found, _ = complementary(options)
    assert [s.members for s in found] == [("a", "d"), ("a", "b"), ("a", "e"), ("a", "c")]
    assert found[3].conditions == ("C: a host must ask; no remit stated",)


def test_at_most_ten_are_given_and_all_are_counted():
    options = [option(f"a{i}", "AB", i) for i in range(1, 5)] + [option(f"b{i}", "C", 4 + i) for i in range(1, 5)]
    found, number = complementary(options)
    assert (len(found), number) == (10, 16)
    assert found[0].members == ("a1", "b1")


# Civil and military authority


def test_layers_call_for_sets_even_where_one_body_covers_all():
    options = [
        option("all", ("C1", "M1", "M2", "X"), 1, MIXED),
        option("mil", ("M1", "M2", "X"), 2, MIXED),
        option("civ", ("C1", "X"), 3, MIXED),
    ]
    found, _ = complementary(options)
    assert found == (OptionSet(("mil", "civ"), (("mil", ("M1", "M2", "X")), ("civ", ("C1", "X"))), (), False),)


def test_who_can_keep_to_one_authority_does():
    """The first could answer both; beside the second it need only answer the civil one."""
    options = [option("both", ("C1", "M1", "X"), 1, MIXED), option("mil", ("M1", "M2"), 2, MIXED)]
    (found,) = complementary(options)[0]
    assert not found.overclaims
    assert dict(found.brings) == {"both": ("C1", "X"), "mil": ("M1", "M2")}


def test_one_body_for_both_authorities_is_flagged_and_stands_behind():
    options = [
        option("both", ("C1", "M1", "M2"), 1, MIXED),
        option("other", ("X",), 2, MIXED),
        option("civ", ("C1", "X"), 3, MIXED),
        option("mil", ("M1", "M2"), 4, MIXED),
    ]
    found, _ = complementary(options)
    assert [(s.members, s.overclaims) for s in found] == [
        (("both", "civ"), False), (("civ", "mil"), False), (("both", "other"), True),
    ]  # fmt: skip
    assert dict(found[0].brings) == {"both": ("M1", "M2"), "civ": ("C1", "X")}


PARTS = st.lists(st.sets(st.sampled_from(sorted(MIXED)), min_size=1), min_size=1, max_size=6)


@given(PARTS, st.sampled_from([MIXED, dict.fromkeys(MIXED, "any")]))
def test_every_set_covers_all_and_no_member_can_be_spared(parts, musts):
    options = [option(f"o{i}", part, i, musts) for i, part in enumerate(parts, start=1)]
    found, number = complementary(options)
    brought = {o.id: {c for c in musts if c not in o.gaps} for o in options}
    layered = len(set(musts.values())) > 1
    wanted = {
        group
        for size in (2, 3)
        for group in itertools.combinations(brought, size)
        if set().union(*(brought[m] for m in group)) == set(musts)
        and not any(set().union(*(brought[m] for m in group if m != out)) == set(musts) for out in group)
    }
    if not layered and any(b == set(musts) for b in brought.values()):
        wanted = set()
    assert number == len(wanted)
    assert {tuple(sorted(s.members)) for s in found} <= {tuple(sorted(w)) for w in wanted}
    for s in found:
        assert set().union(*(c for _, c in s.brings)) == set(musts)
        assert all(set(c) <= brought[m] for m, c in s.brings)
        mixed = [{musts[x] for x in c} >= {"civil", "military"} for _, c in s.brings]
        assert s.overclaims or not any(mixed)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_input_changes_nothing(seed):
    options = [option("a", "AB", 1), option("b", "BC", 2), option("c", "C", 3), option("d", "A", 4)]
    assert complementary(options[seed:] + options[:seed]) == complementary(options)


def test_sets_are_shown_with_conditions_over_claims_and_how_many_more_there_are():
    options = (
        option("both", ("C1", "M1", "M2"), 1, MIXED, conditions=("F003: no remit stated",)),
        option("other", ("X",), 2, MIXED),
    )
    found, _ = complementary(options)
    answer = FitAnswer(
        Thing("ex:x", "x", "X", "X"), "2026-11-24", "", "none", options, (), "p", (), (), sets=found, sets_found=12
    )
    wanted = (
        "Both (C1, M1, M2) + Other (X) — conditions: Both: no remit stated"
        " — over-claim: one body for civil and military authorities"
    )
    for text in (render.as_text(answer), render.as_markdown(answer)):
        assert wanted in text
        assert "… and 11 more sets" in text
    assert json.loads(render.as_json(answer))["sets_found"] == 12


def test_many_options_that_bring_the_same_are_counted_not_tried_one_by_one():
    options = [option(f"a{i}", "A", i) for i in range(300)] + [option(f"b{i}", "B", 300 + i) for i in range(300)]
    options += [option(f"c{i}", "C", 600 + i) for i in range(300)]
    found, number = complementary(options)
    assert number == 300**3
    assert [s.members for s in found[:2]] == [("a0", "b0", "c0"), ("a0", "b0", "c1")]
    assert len(found) == 10


def test_sets_around_one_option_all_hold_it():
    options = [option("a", "A", 1), option("b", "B", 2), option("ab", "AB", 3), option("c", "C", 4)]
    found, number = complementary(options, options[1])
    assert [s.members for s in found] == [("a", "b", "c")]
    assert number == 1
