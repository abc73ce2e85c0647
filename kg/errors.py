"""The one family of errors: what is wrong, where, and what to do about it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class MinilatError(Exception):
    """Something the user can mend.

    ``code`` is permanent and explained in ``docs/errors.md``; ``hint`` says what to do; ``where`` names the
    file and line, the option or the request that is wrong.
    """

    def __init__(self, code: str, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}{self.code}: {self.message}{hint}"


def did_you_mean(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """The hint naming the known words closest to WORD, or OTHERWISE when none is close."""
    lower = {k.lower(): k for k in known}
    close = get_close_matches(word.lower(), list(lower), n=3, cutoff=0.6)
    if not close:
        return otherwise
    return "did you mean " + " or ".join(repr(lower[c]) for c in close) + "?"
