"""Days as users write them."""

from datetime import date

import pytest

from kg.dates import day, today
from kg.errors import MinilatError


@pytest.mark.parametrize("text", ["2026-11-24", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_is_read(text):
    assert day(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026-11", "20261124", "2026-11-24T00:00", "2026-02-29", "2026-13-01", "2026-00-10", "24-11-2026",
        "2026/11/24", " 2026-11-24", "2026-11-24 ", "２０２６-11-24", "2026-1-001", "today",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(MinilatError) as caught:
        day(text)
    assert caught.value.code == "E020"
    assert caught.value.where == "--as-of"


def test_a_week_date_is_refused():
    with pytest.raises(MinilatError):
        day("2026-W48-2")


def test_the_option_is_named():
    with pytest.raises(MinilatError) as caught:
        day("2026", option="as_of")
    assert caught.value.where == "as_of"


def test_today_is_a_day():
    assert isinstance(today(), date)
