"""Outranking by hand: small tables whose flows, credibilities and distillations are worked out in the comments."""

from fractions import Fraction

import pytest

from kg.errors import MinilatError
from kg.fit.criteria import criteria
from kg.fit.outranking import Pseudo, credibility, electre, promethee, pseudo, unweighted, weigh

X, Y = Pseudo("X", 0.05, 0.2, 0.75), Pseudo("Y", 0.05, 0.2, 0.75)
FREE = Pseudo("Y", 0.05, 0.2)
LEVEL = Pseudo("L", 0.0, 1.0)


def table(*rows, codes="XY"):
    return [dict(zip(codes, row, strict=True)) for row in rows]


# Thresholds and weights


def test_the_thresholds_are_those_of_the_conventions():
    found = {c.code: pseudo(c) for c in criteria("nato") if not c.hard}
    assert found["F011"] == Pseudo("F011", 0.05, 0.2, None)
    assert found["F012"] == Pseudo("F012", 0.05, 0.2, 0.75)  # the floor of .25 is .75 below the top
    assert found["F017"].veto == 0.75
    assert found["F015"] == Pseudo("F015", 0.0, 1.0, None)
    assert {c for c, p in found.items() if p.veto is not None} == {"F012", "F017"}


def test_weights_are_equal_unless_given():
    assert weigh(["F011", "F012"]) == {"F011": 0.5, "F012": 0.5}
    assert weigh(["F011", "F012", "F015"], {"F012": 2}) == {"F011": 0.25, "F012": 0.5, "F015": 0.25}
    assert weigh(["F011", "F012"], {"F011": 0}) == {"F011": 0.0, "F012": 1.0}
    assert weigh([]) == {}


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"F0012": 1}, "no graded criterion 'F0012'", "did you mean 'F012'"),
        ({"speed": 1}, "no graded criterion 'speed'", "graded criteria here are F011, F012"),
        ({"F012": -1}, "the weight of F012 is -1", "give 0 to 1e+06"),
        ({"F012": float("nan")}, "the weight of F012 is nan", "give 0 to"),
        ({"F012": float("inf")}, "the weight of F012 is inf", "give 0 to"),
        ({"F011": 0, "F012": 0}, "every weight is 0", "above 0"),
    ],
)
def test_weights_that_cannot_be_used(given, message, hint):
    with pytest.raises(MinilatError) as error:
        weigh(["F011", "F012"], given)
    assert error.value.code == "E084"
    assert message in error.value.message
    assert hint in error.value.hint


def test_an_order_without_weights_refuses_them():
    unweighted(None)
    unweighted({})
    with pytest.raises(MinilatError, match="takes no weights"):
        unweighted({"F011": 1})


# PROMETHEE II


def test_promethee_by_hand():
    """One graded and one ordinal criterion, equal weights, the level of C unknown.

    X: A over B by .10, so (.10 - .05) / (.20 - .05) = 1/3; A and B over C by .30 and .20, so 1. L: B over A, so 1.
    pi(A,B) = 1/6, pi(B,A) = 1/2, pi(A,C) = pi(B,C) = 1/2, pi(C,A) = pi(C,B) = 0.
    """
    found = promethee([X, LEVEL], table((0.6, 3), (0.5, 4), (0.3, None), codes="XL"))
    assert found.leaving == pytest.approx((1 / 3, 1 / 2, 0))
    assert found.entering == pytest.approx((1 / 4, 1 / 12, 1 / 2))
    assert found.net == pytest.approx((1 / 12, 5 / 12, -1 / 2))
    assert found.missing == (1, 1, 2)


def test_a_weight_shifts_the_flows_of_promethee():
    """With X three times as heavy pi(A,B) = 1/4 and pi(B,A) = 1/4, so A and B are level before C."""
    found = promethee([X, LEVEL], table((0.6, 3), (0.5, 4), (0.3, None), codes="XL"), weigh("XL", {"X": 3}))
    assert found.net == pytest.approx((Fraction(3, 8), Fraction(3, 8), Fraction(-3, 4)))


@pytest.mark.parametrize(("gap", "wanted"), [(0.05, 0), (0.125, 0.5), (0.2, 1), (0.6, 1)])
def test_preference_rises_between_the_thresholds(gap, wanted):
    assert promethee([X], table((0.3 + gap,), (0.3,), codes="X")).net == pytest.approx((wanted, -wanted))


def test_one_option_or_none_has_no_flow():
    assert promethee([X], table((0.3,), codes="X")).net == (0.0,)
    assert promethee([X], []).net == ()


# ELECTRE III


def test_credibility_by_hand():
    """X may object, Y may not; equal weights. A = (1, .2), B = (.1, 1), C = (.6, .2).

    B is .9 short of A on X: agreement 1/2, objection 1, credibility 0. C is .4 short of A: objection
    (.4 - .2) / (.75 - .2) = 4/11, less than the agreement of 1/2, which stands. B is .5 short of C: objection 6/11,
    credibility 1/2 · (1 - 6/11) / (1 - 1/2) = 5/11.
    """
    found = electre([X, FREE], table((1, 0.2), (0.1, 1), (0.6, 0.2)))
    assert found.credibility == (
        (1.0, 0.5, 1.0),
        (0.0, 1.0, pytest.approx(5 / 11)),
        (0.5, 0.5, 1.0),
    )


def test_distillation_by_hand():
    """Descending: cut at 1/2 (the highest below 1 - .15); only A outranks C; A leaves first, then B and C do not differ.
    Ascending: C leaves last of all; then A outranks B (1/2 > 0 + .225). So A, B, C, and nothing is incomparable.
    """
    found = electre([X, FREE], table((1, 0.2), (0.1, 1), (0.6, 0.2)))
    assert found.descending == (1, 2, 2)
    assert found.ascending == (1, 2, 3)
    assert found.better(0, 1)
    assert found.better(1, 2)
    assert not found.better(2, 1)
    assert not any(found.incomparable(a, b) for a in range(3) for b in range(3))


def test_what_two_vetoes_keep_apart_is_incomparable():
    """A, B, C = 1, .9, .8 on X and 0 on Y; D = 0 on X and 1 on Y: each vetoes D, and D each.

    A outranks B and C, B outranks C (1 > 5/6 + .15); D neither outranks nor is outranked. Descending: A, B, then C and D.
    Ascending, from the worst: C, B, then A and D. D stands behind B in one and before it in the other.
    """
    found = electre([X, Y], table((1, 0), (0.9, 0), (0.8, 0), (0, 1)))
    assert found.credibility[1][0] == pytest.approx(5 / 6)
    assert [found.credibility[3][i] for i in range(3)] == [found.credibility[i][3] for i in range(3)] == [0, 0, 0]
    assert found.descending == (1, 2, 3, 3)
    assert found.ascending == (1, 2, 3, 1)
    assert found.incomparable(1, 3)
    assert found.incomparable(3, 1)
    assert found.better(0, 3)
    assert found.better(3, 2)


def test_what_is_not_known_agrees_and_does_not_object():
    share = weigh("XY")
    assert credibility([X, Y], {"X": None, "Y": 0.5}, {"X": 1.0, "Y": 0.5}, share) == 1.0
    found = electre([X, Y], table((None, 0.5), (1, 0.5)))
    assert found.descending == found.ascending == (1, 1)
    assert found.missing == (1, 1)


def test_one_option_or_none_has_one_class_or_none():
    assert electre([X], table((0.3,), codes="X")).descending == (1,)
    assert electre([X], []).ascending == ()
