"""Laws of fit: dominance and order agree, nothing irrelevant reorders the rest, merits never mend a hard failure."""

from __future__ import annotations

import itertools
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.catalogue import Entry
from kg.fit.criteria import Criterion
from kg.fit.ordering import METHODS, Declared, dominates, key, steps
from kg.fit.outranking import electre, promethee, pseudo, weigh
from kg.fit.robustness import acceptability, exact
from kg.fit.screen import CLASSES, screen
from kg.records import Coverage, CriterionValue


def criterion(code: str, *, hard: bool = False, top: float = 1.0, veto: float | None = None) -> Criterion:
    header = {"kind": "hard" if hard else "graded", "scale": f"0..{top:g}"}
    return Criterion(Entry(code, code.lower(), f"Title of {code}", "", Path(code), "", (), header), hard, top, veto)


GRADED = (criterion("F011"), criterion("F012", veto=0.2), criterion("F015", top=4.0), criterion("F018", top=4.0))
CODES = tuple(c.code for c in GRADED)
HARD = tuple(criterion(c, hard=True) for c in ("F001", "F002", "F003", "F004", "F005", "F006"))


def value_of(c: Criterion) -> st.SearchStrategy[float | None]:
    whole = st.integers(0, 4).map(float)
    return st.none() | (whole if c.top == 4 else st.floats(0, 1) | st.integers(0, 20).map(lambda n: n / 20))


OPTION = st.fixed_dictionaries({c.code: value_of(c) for c in GRADED})
OPTIONS = st.lists(OPTION, min_size=1, max_size=7)
SEQUENCE = st.permutations(CODES).flatmap(lambda p: st.integers(0, len(p)).map(lambda n: tuple(p[:n])))


def ranked(options, sequence) -> list[int]:
    cut = [steps(GRADED, o) for o in options]
    return sorted(range(len(options)), key=lambda i: (key(GRADED, cut[i], sequence), i))


@given(OPTIONS, SEQUENCE)
def test_a_dominated_option_never_precedes_its_dominator(options, sequence):
    cut = [steps(GRADED, o) for o in options]
    for a, b in itertools.permutations(range(len(options)), 2):
        if dominates(cut[a], cut[b]):
            assert key(GRADED, cut[a], sequence) < key(GRADED, cut[b], sequence)


@given(OPTIONS, OPTION, SEQUENCE)
def test_one_more_option_does_not_reorder_the_others(options, other, sequence):
    assert [i for i in ranked([*options, other], sequence) if i < len(options)] == ranked(options, sequence)


@given(OPTIONS, SEQUENCE, st.randoms())
def test_the_order_of_the_input_changes_nothing(options, sequence, random):
    shuffled = options[:]
    random.shuffle(shuffled)

    def keys(given_in):
        return [key(GRADED, steps(GRADED, given_in[i]), sequence) for i in ranked(given_in, sequence)]

    assert keys(options) == keys(shuffled)


@given(st.lists(OPTION, min_size=3, max_size=3))
def test_dominance_is_a_strict_order(options):
    a, b, c = (steps(GRADED, o) for o in options)
    assert not dominates(a, a)
    assert not (dominates(a, b) and dominates(b, a))
    if dominates(a, b) and dominates(b, c):
        assert dominates(a, c)


@given(st.sampled_from(GRADED), st.data())
def test_a_greater_value_is_never_in_a_lower_step(chosen, data):
    low, high = sorted(data.draw(st.tuples(st.floats(0, chosen.top), st.floats(0, chosen.top))))
    (a,), (b,) = (steps((chosen,), {chosen.code: v}) for v in (low, high))
    assert a <= b


def test_a_value_on_the_border_stands_in_the_upper_step():
    assert [steps((GRADED[0],), {"F011": n / 20})[0] for n in range(20)] == list(range(20))
    assert [steps((GRADED[2],), {"F015": float(n)})[0] for n in range(5)] == list(range(5))


def test_the_top_of_a_graded_scale_ties_with_the_step_below_it():
    assert steps((GRADED[0],), {"F011": 1.0}) == steps((GRADED[0],), {"F011": 0.99})


@given(OPTION, st.sampled_from(CODES), SEQUENCE)
def test_what_is_not_known_is_neither_best_nor_worst(option, code, sequence):
    top = next(c.top for c in GRADED if c.code == code)
    worst, unknown, best = (steps(GRADED, {**option, code: v}) for v in (0.0, None, top))
    assert key(GRADED, best, sequence) < key(GRADED, unknown, sequence) < key(GRADED, worst, sequence)
    assert not dominates(unknown, worst)
    assert not dominates(best, unknown)


# The screen

THREE = st.sampled_from(["pass", "fail", "unknown"])


def known(value: float | str | None) -> CriterionValue:
    return CriterionValue(value, "", "measured", "a note", ())


def cover(i: int, value, must: bool) -> Coverage:
    return Coverage(f"C{i}", f"capability {i}", must, "any", 2, 0, value, "a note", ())


COVERAGE = st.lists(st.tuples(THREE, st.booleans()), min_size=1, max_size=4).map(
    lambda rows: tuple(cover(i, v, m) for i, (v, m) in enumerate(rows))
)
TESTS = st.fixed_dictionaries({c.code: THREE for c in HARD if c.code != "F004"})
MERITS = st.fixed_dictionaries({c.code: st.floats(0, c.top) for c in GRADED})


def verdict(tests, merits, coverage):
    values = {code: known(v) for code, v in {**tests, **merits}.items()}
    return screen((*HARD, *GRADED), values, coverage, {"F012": merits["F012"]})


@given(TESTS, MERITS, MERITS, COVERAGE)
def test_merits_never_mend_a_hard_failure(tests, merits, better, coverage):
    assume("fail" in tests.values())
    raised = {code: max(merits[code], better[code]) for code in merits}
    assert verdict(tests, merits, coverage).verdict == "ineligible"
    assert verdict(tests, raised, coverage).verdict == "ineligible"


@given(TESTS, MERITS, MERITS, COVERAGE)
def test_raising_merits_never_lowers_a_verdict(tests, merits, better, coverage):
    raised = {code: max(merits[code], better[code]) for code in merits}
    before, after = verdict(tests, merits, coverage), verdict(tests, raised, coverage)
    assert CLASSES.index(after.verdict) <= CLASSES.index(before.verdict)


@given(TESTS, MERITS, COVERAGE)
def test_a_verdict_can_be_told_from_its_parts(tests, merits, coverage):
    found = verdict(tests, merits, coverage)
    musts = [c for c in coverage if c.must]
    assert found.gaps == tuple(c.capability for c in musts if c.value == "fail")
    assert bool(found.failed) == (found.verdict == "ineligible")
    if found.verdict == "full":
        assert all(c.value == "pass" for c in musts)
    if found.verdict == "partial":
        assert any(c.value == "fail" for c in musts)
        assert any(c.value == "pass" for c in musts)
    if found.verdict != "ineligible":
        assert merits["F012"] >= 0.2


@given(TESTS, MERITS, COVERAGE)
def test_a_wish_that_is_not_met_decides_nothing(tests, merits, coverage):
    wish = cover(9, "fail", must=False)
    assert verdict(tests, merits, coverage) == verdict(tests, merits, (*coverage, wish))


# Robustness

CELL = st.integers(0, 100).map(lambda n: n / 100)


def tables(cell):
    size = st.tuples(st.integers(1, 6), st.integers(1, 5))
    return size.flatmap(lambda s: st.lists(st.lists(cell, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0]))


@settings(max_examples=40, deadline=None)
@given(tables(st.none() | CELL))
def test_shares_are_a_whole_and_repeat(table):
    found = acceptability(table)
    assert abs(sum(found.first) - 1) <= 0.0001 * len(table)
    assert all(0 <= share <= 1 for share in found.first)
    assert all(1 <= best <= worst <= len(table) for best, worst in found.ranks)
    assert acceptability(table) == found


@settings(max_examples=40, deadline=None)
@given(tables(CELL))
def test_what_is_lower_everywhere_is_never_first(table):
    found = acceptability(table)
    for a, b in itertools.permutations(range(len(table)), 2):
        if all(x > y for x, y in zip(table[a], table[b], strict=True)):
            assert found.first[b] == 0
            assert found.ranks[b][0] > 1


@settings(max_examples=40, deadline=None)
@given(tables(CELL), st.randoms())
def test_shares_go_with_the_option_and_not_with_its_place(table, random):
    order = list(range(len(table)))
    random.shuffle(order)
    plain, moved = acceptability(table), acceptability([table[i] for i in order])
    for place, i in enumerate(order):
        assert abs(moved.first[place] - plain.first[i]) < 1e-6
        assert moved.ranks[place] == plain.ranks[i]


@settings(max_examples=20, deadline=None)
@given(st.lists(CELL, min_size=1, max_size=5), st.integers(2, 5))
def test_equals_share_the_first_place(row, number):
    found = acceptability([row] * number)
    assert all(abs(share - 1 / number) < 1e-4 for share in found.first)
    assert set(found.ranks) == {(1, 1)}


def test_nothing_to_compare_is_no_error():
    assert acceptability([]).first == ()


FEW = st.tuples(st.integers(2, 5), st.integers(1, 4)).flatmap(
    lambda s: st.lists(st.lists(CELL, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
)


@settings(max_examples=40, deadline=None)
@given(FEW)
def test_exact_shares_are_a_whole_and_the_draws_come_close(table):
    sure = exact(table)
    assert sum(sure) == 1
    for share, drawn in zip(sure, acceptability(table).first, strict=True):
        assert abs(float(share) - drawn) < 0.025  # five times the standard error of 10 000 draws


@given(FEW, st.randoms())
def test_exact_shares_go_with_the_option_and_its_criteria(table, random):
    rows, columns = list(range(len(table))), list(range(len(table[0])))
    random.shuffle(rows)
    random.shuffle(columns)
    plain, moved = exact(table), exact([[table[i][j] for j in columns] for i in rows])
    assert [plain[i] for i in rows] == list(moved)


# Outranking

RULES = tuple(pseudo(c) for c in GRADED)
WEIGHTS = st.lists(st.integers(1, 9), min_size=len(CODES), max_size=len(CODES)).map(
    lambda w: weigh(CODES, dict(zip(CODES, w, strict=True)))
)


def covers(a, b) -> bool:
    """Whether A is nowhere below B, and the same things are known of both."""
    if any((a[c] is None) != (b[c] is None) for c in CODES):
        return False
    return all(a[c] is None or a[c] >= b[c] for c in CODES)


@given(OPTIONS, WEIGHTS, st.data())
def test_outranking_keeps_to_dominance(options, weights, data):
    base = data.draw(st.sampled_from(options))
    raised = {
        c.code: None if base[c.code] is None else data.draw(st.sampled_from([base[c.code], c.top])) for c in GRADED
    }
    options = [*options, raised]
    flows, found = promethee(RULES, options, weights), electre(RULES, options, weights)
    for a, b in itertools.permutations(range(len(options)), 2):
        if covers(options[a], options[b]):
            assert flows.net[a] >= flows.net[b] - 1e-9
            assert found.descending[a] <= found.descending[b]
            assert found.ascending[a] <= found.ascending[b]
            assert not found.incomparable(a, b)


@given(OPTIONS, WEIGHTS, st.randoms())
def test_outranking_goes_with_the_option_and_not_with_its_place(options, weights, random):
    order = list(range(len(options)))
    random.shuffle(order)
    moved = [options[i] for i in order]
    a, b = promethee(RULES, options, weights), promethee(RULES, moved, weights)
    assert [a.net[i] for i in order] == list(b.net)
    c, d = electre(RULES, options, weights), electre(RULES, moved, weights)
    assert [(c.descending[i], c.ascending[i]) for i in order] == list(zip(d.descending, d.ascending, strict=True))


@given(OPTIONS, WEIGHTS)
def test_net_flows_cancel_out_and_stay_between_minus_one_and_one(options, weights):
    flows = promethee(RULES, options, weights)
    assert abs(sum(flows.net)) < 1e-6
    assert all(-1 <= n <= 1 for n in flows.net)


@given(OPTIONS, WEIGHTS)
def test_the_final_preorder_is_an_order(options, weights):
    found = electre(RULES, options, weights)
    size = range(len(options))
    assert all(0 <= found.credibility[a][b] <= 1 for a in size for b in size)
    for a, b, c in itertools.product(size, repeat=3):
        assert not (found.better(a, b) and found.better(b, a))
        assert not (found.better(a, b) and found.better(b, c)) or found.better(a, c)
        assert not (found.incomparable(a, b) and (found.better(a, b) or found.better(b, a)))


@given(OPTIONS, SEQUENCE, st.sampled_from(METHODS), WEIGHTS)
def test_by_no_method_does_a_dominated_option_precede_its_dominator(options, sequence, method, weights):
    declared = Declared(GRADED, sequence, method, None if method == "lexicographic" else weights)
    cut = [steps(GRADED, o) for o in options]
    group = [dict(zip(CODES, c, strict=True)) for c in cut]
    keys, places = declared.sort_keys(group), declared.places(group)
    for a, b in itertools.permutations(range(len(options)), 2):
        if dominates(cut[a], cut[b]):
            assert keys[a] < keys[b]
            assert places[a].key <= places[b].key
            assert b not in places[a].incomparable


@given(OPTIONS, SEQUENCE, st.sampled_from(METHODS), st.sampled_from(CODES))
def test_an_order_without_a_criterion_does_not_read_it(options, sequence, method, code):
    declared = Declared(GRADED, sequence, method, None if method == "lexicographic" else weigh(CODES)).without(code)
    group = [dict(zip(CODES, steps(GRADED, o), strict=True)) for o in options]
    assert declared.places(group) == declared.places([{**o, code: 0} for o in group])
