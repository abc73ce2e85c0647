"""The collector of cycles is held back inside, and goes on afterwards."""

import gc

import pytest

from kg.collector import collector_held


@pytest.fixture(autouse=True)
def _as_before():
    was_on = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if was_on else gc.disable)()


def test_it_is_held_inside_and_goes_on_afterwards():
    with collector_held():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error():
    with pytest.raises(ValueError, match="inside"), collector_held():
        raise ValueError("inside")
    assert gc.isenabled()


def test_the_inner_of_two_does_not_let_it_go():
    with collector_held():
        with collector_held():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_who_had_turned_it_off_finds_it_off():
    gc.disable()
    with collector_held():
        pass
    assert not gc.isenabled()


def test_a_function_may_hold_it_at_every_call():
    @collector_held()
    def state():
        return gc.isenabled()

    assert [state(), gc.isenabled(), state(), gc.isenabled()] == [False, True, False, True]
