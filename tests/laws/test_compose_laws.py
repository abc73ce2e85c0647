"""Laws of composing, against a brute force that tries every set of candidates."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.compose.problem import Anchor, Need, Problem
from kg.compose.solve import fits, irredundant, relaxation, solve, uncoverable

STATES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG")


@st.composite
def problems(draw):
    some = st.frozensets(st.sampled_from(STATES))
    needs = [
        Need(c, 2, draw(st.integers(1, 2)), True, "summation") for c in ("MCM", "MDA", "SAR")[: draw(st.integers(1, 3))]
    ]
    pairs = draw(st.frozensets(st.sampled_from([frozenset(p) for p in combinations(STATES, 2)]), max_size=5))
    anchors = [
        Anchor(f"a{i}", f"Anchor {i}", i, "nato" if i else "", "a paper", False, draw(some) | draw(some), draw(some))
        for i in range(draw(st.integers(1, 2)))
    ]
    return Problem(
        STATES,
        tuple(needs),
        {n.capability: draw(some) for n in needs},
        draw(st.frozensets(st.sampled_from(STATES), max_size=2)),
        pairs,
        draw(some) | draw(some),
        draw(some),
        draw(some),
        {s: draw(st.integers(0, 3)) for s in STATES},
        {frozenset(p): draw(st.integers(0, 4)) for p in combinations(STATES, 2)},
        tuple(anchors),
        geography=draw(st.booleans()),
        want_partner=draw(st.booleans()),
        largest=draw(st.sampled_from([None, None, 3, 5])),
    )


def by_brute_force(problem):
    """All sets that meet every condition, of the smallest size first."""
    gaps = uncoverable(problem)
    sets = (frozenset(c) for n in range(len(STATES) + 1) for c in combinations(STATES, n))
    return [s for s in sets if fits(problem, s, gaps)]


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_smallest_sets_are_those_of_the_brute_force(problem):
    every = by_brute_force(problem)
    answer = solve(problem, limit=1000, seconds=60)
    if not every:
        assert answer.found == ()
        assert answer.relax
        return
    size = len(every[0])
    assert answer.optima == sum(1 for s in every if len(s) == size)
    assert (answer.size, answer.proven, answer.complete) == (size, True, True)
    assert {f.members for f in answer.found if len(f.members) == size} == {s for s in every if len(s) == size}
    gaps = frozenset(answer.gaps)
    more = {s for s in every if len(s) == size + 1 and irredundant(problem, s, gaps)}
    assert {f.members for f in answer.found if len(f.members) > size} == more


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_first_is_best_by_size_interest_and_ties(problem):
    answer = solve(problem, limit=1000, seconds=60)
    if not answer.found:
        return

    def worth(members):
        least = min(problem.interest[m] for m in members) if members else 0
        return (len(members), -least, -sum(n for pair, n in problem.ties.items() if pair <= members))

    assert worth(answer.found[0].members) == min(worth(s) for s in by_brute_force(problem))


@settings(max_examples=40, deadline=None)
@given(problems())
def test_every_proposal_meets_the_conditions_and_can_spare_nobody(problem):
    answer = solve(problem, limit=20, seconds=60)
    for found in answer.found:
        assert fits(problem, found.members, frozenset(answer.gaps))
        assert not any(pair <= found.members for pair in problem.conflicts)
        assert irredundant(problem, found.members, frozenset(answer.gaps))
        if found.anchor:
            anchor = next(a for a in problem.anchors if a.id == found.anchor)
            assert found.members <= anchor.joiners


@settings(max_examples=25, deadline=None)
@given(problems())
def test_the_same_problem_has_the_same_answer(problem):
    assert solve(problem, limit=5, seconds=60) == solve(problem, limit=5, seconds=60)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_what_contradicts_can_be_given_up(problem):
    answer = solve(problem, limit=1, seconds=60)
    if not answer.found:
        assert answer.relax == relaxation(problem, frozenset(answer.gaps), 60)
        assert len(answer.relax) == len(set(answer.relax))
