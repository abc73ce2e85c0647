"""Robustness by hand: intervals, exact volumes of weights, single criteria and single statements."""

from fractions import Fraction

import pytest

from kg.fit.robustness import acceptability, exact, flips, wilson, withdrawn
from kg.records import Coverage


def test_the_interval_is_that_of_the_literature():
    """81 of 263 and 0 of 20: Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I."""
    assert wilson(81 / 263, 263) == (0.2553, 0.3662)
    assert wilson(0, 20) == (0.0, 0.1611)
    assert wilson(1, 29) == (0.883, 1.0)


@pytest.mark.parametrize(
    ("rows", "shares"),
    [
        ([(1, 0), (0, 1)], ("1/2", "1/2")),
        ([(1, 0), (0, 0.5)], ("2/3", "1/3")),  # w1 > w2 / 2, so w1 > 1/3
        ([(1, 0), (0.5, 0.5), (0, 1)], ("1/2", "0", "1/2")),  # a compromise on the line between is never alone first
        ([(1, 0), (0.75, 0.75), (0, 1)], ("1/4", "1/2", "1/4")),  # w1 / 4 > 3 w2 / 4, so w1 > 3/4
        ([(1, 0, 0), (0, 1, 0), (0, 0, 1)], ("1/3", "1/3", "1/3")),
        ([(1, 0, 0), (0, 0.5, 0.5)], ("4/9", "5/9")),  # w1 > 1/3 has the share (1 - 1/3)^2
        ([(1, 0, 0, 0), (0, 0.5, 0.5, 0.5)], ("8/27", "19/27")),
        ([(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)], ("1/4",) * 4),
        ([(0.3, 1, 0, 0.7), (0.3, 0, 0.5, 0.7)], ("2/3", "1/3")),  # what all have alike counts for nothing
        ([(1, 0), (1, 0), (0, 1)], ("1/4", "1/4", "1/2")),  # equals share
        ([(0.9, 0.9), (0.9, 0.8)], ("1", "0")),
        ([(0.4, 0.4), (0.4, 0.4)], ("1/2", "1/2")),
        ([(1 / 3, 0), (0.333333333333, 0)], ("1/2", "1/2")),  # noise of floating point tells nothing apart
        ([(0.4, None)], ("1",)),
        ([], ()),
    ],
)
def test_exact_shares(rows, shares):
    assert exact(rows) == tuple(map(Fraction, shares))


def test_shares_are_not_exact_with_unknown_values_or_more_than_four_telling_criteria():
    assert exact([(1, None), (0, 1)]) is None
    assert exact([(1, 0, 0, 0, 0), (0, 1, 1, 1, 1)]) is None
    assert exact([(1, 0, 0, 0, 0.5), (0, 1, 1, 1, 0.5)]) is not None


def test_draws_come_close_to_exact_shares():
    rows = [(1, 0.2, 0.1, 0.3), (0.4, 0.9, 0.2, 0.5), (0.3, 0.3, 1, 0.6), (0.2, 0.5, 0.4, 0.8)]
    sure, drawn = exact(rows), acceptability(rows).first
    assert sum(sure) == 1
    assert drawn == pytest.approx([float(s) for s in sure], abs=0.02)


def test_a_criterion_whose_loss_changes_the_first_place():
    assert flips("abc", lambda code: "y" if code == "b" else "x") == ("b",)


def row(value, evidence, level=2):
    return Coverage("MCM", "mines", True, "any", 2, level, value, "a note", evidence)


def test_only_what_rests_on_one_statement_falls_with_it():
    kept = (row("pass", ("st:a", "st:b")), row("pass", ("st:b",)), row("fail", ("st:a",), 1), row("unknown", ()))
    assert withdrawn(kept, "st:a") == kept
    (lost,) = withdrawn([row("pass", ("st:a",))], "st:a")
    assert (lost.value, lost.level, lost.evidence) == ("fail", 0, ())
    assert "st:a" in lost.note
