"""Errors say what, where and what to do."""

import pytest

from kg.errors import MinilatError, did_you_mean


def test_an_error_names_place_code_message_and_hint():
    error = MinilatError("E020", "no day", hint="give one", where="--as-of")
    assert str(error) == "--as-of: E020: no day\n  hint: give one"
    assert (error.code, error.message, error.hint, error.where) == ("E020", "no day", "give one", "--as-of")


def test_place_and_hint_may_be_missing():
    assert str(MinilatError("E041", "cannot run")) == "E041: cannot run"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("memberz", "did you mean 'members'?"),
        ("MEMBERS", "did you mean 'members'?"),
        ("Grups", "did you mean 'Groups'?"),
        ("zzzz", ""),
        ("", ""),
    ],
)
def test_the_closest_words_are_offered_as_they_are_written(word, hint):
    assert did_you_mean(word, ["members", "Groups"]) == hint


def test_at_most_three_words_are_offered():
    assert did_you_mean("aaaa", ["aaab", "aaac", "aaad", "aaae"]).count("'") == 6


def test_another_hint_when_none_is_close():
    assert did_you_mean("zzzz", ["members"], otherwise="look at the list") == "look at the list"
