"""Days as users write them. Imprecise dates in the data are compared by rules R001–R003, not here."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from kg.errors import MinilatError

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def today() -> date:
    """The current day."""
    return date.today()


def day(text: str, *, option: str = "--as-of") -> date:
    """The day TEXT names, as YYYY-MM-DD.

    Raises MinilatError E020 for anything else: a year or a month does not name one slice of the data.
    """
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise MinilatError(
            "E020", f"{text!r} is not a day", hint="give year, month and day, for example 2013-06-30", where=option
        ) from None
