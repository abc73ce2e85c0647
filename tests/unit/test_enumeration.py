"""Listing every grouping, and stopping a long search, on generated problems."""

import _thread
import importlib.util
import signal
import threading
from pathlib import Path

import pytest

from kg.compose.solve import fits, solve

BENCH = Path(__file__).resolve().parents[2] / "bench" / "compose.py"


@pytest.fixture(scope="module")
def generated():
    spec = importlib.util.spec_from_file_location("bench_compose", BENCH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.problem


def test_every_optimum_of_sixty_states_is_listed(generated):
    problem = generated(60, 15)
    answer = solve(problem, limit=1000, seconds=120)
    assert (answer.size, answer.proven, answer.optima) == (10, True, 456)  # clingo finds as many
    smallest = [f.members for f in answer.found if len(f.members) == 10]
    assert len(set(smallest)) == 456
    assert all(fits(problem, members) for members in smallest)


def test_a_limit_gives_the_best_and_says_how_many_there_are(generated):
    problem = generated(60, 15)
    few, many = solve(problem, limit=3, seconds=120), solve(problem, limit=1000, seconds=120)
    assert few.found == many.found[:3]
    assert (few.optima, few.complete) == (456, False)


def test_an_interrupt_while_listing_keeps_what_was_found(generated):
    problem = generated(60, 15)

    def stop(words):
        if words.endswith("groupings of 11 members"):
            raise KeyboardInterrupt

    answer = solve(problem, limit=1000, seconds=120, progress=stop)
    assert (answer.size, answer.proven, answer.complete, answer.optima) == (10, True, False, 456)
    assert len(answer.found) == 1000


def test_an_interrupt_while_solving_keeps_the_best_so_far_and_says_it_is_not_proven(generated):
    problem = generated(500, 150)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    timer = threading.Timer(4.0, _thread.interrupt_main)
    timer.start()
    try:
        answer = solve(problem, limit=10, seconds=120)
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert (answer.proven, answer.complete) == (False, False)
    assert len(answer.found) == 1
    assert fits(problem, answer.found[0].members)
    assert answer.size == len(answer.found[0].members)
    assert 0 < answer.bound < answer.size
