"""The one family of errors: what is wrong, where, and what to do about it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


LINE_END: Final = re.compile(r"\r\n|\n|\r")
"""Where a line ends in a document: Python's own splitlines knows more ends than any parser or editor."""


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


def excerpt(text: str, line: int, column: int) -> str:
    """The LINE of TEXT with a caret under COLUMN, each on a line of its own; '' when there is no such line."""
    lines = LINE_END.split(text.rstrip())
    if lines and line > len(lines):  # the text ended too early: point behind its last character
        line, column = len(lines), len(lines[-1]) + 1
    if not 1 <= line <= len(lines):
        return ""
    shown = lines[line - 1].expandtabs(1)
    start = max(0, column - 60)
    return f"\n  {line} | {shown[start : start + 100]}\n  {' ' * len(str(line))} | {' ' * (column - 1 - start)}^"
