"""What a query is, by its words alone: nothing is run."""

from __future__ import annotations

import re
from typing import Final

from kg.errors import MinilatError, excerpt

_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_OPAQUE: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|'
    r"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'(?:[^'\\\n]|\\.)*'|<[^<>\"{}|^`\\\x00-\x20]*>|#[^\n]*",
    re.DOTALL,
)
_FORM: Final = re.compile(r"(?<![?$:\w])(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![:\w])", re.IGNORECASE)
_SERVICE: Final = re.compile(r"(?<![?$:\w])SERVICE(?![:\w])", re.IGNORECASE)
_UPDATE: Final = re.compile(
    r"^\s*(?:(?:PREFIX\s+\S*\s*|BASE\s*)<[^>]*>\s*|#[^\n]*\n\s*)*(INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b",
    re.IGNORECASE,
)
_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def masked(text: str) -> str:
    """TEXT with spaces in place of strings, IRIs and comments: what is left stands where it stood."""
    return _OPAQUE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def bare(text: str) -> str:
    """TEXT without strings, IRIs and comments; escapes that stand for a letter are read first, as SPARQL does."""
    plain = _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if int(m[1] or m[2], 16) < 0x110000 else "", text)
    return _OPAQUE.sub(" ", plain)


def kind(text: str) -> str:
    """What a query gives, by its form alone: 'rows', 'graph' or 'boolean'. Nothing is run."""
    found = _FORM.search(bare(text))
    form = found[1].upper() if found else "SELECT"
    return {"SELECT": "rows", "ASK": "boolean"}.get(form, "graph")


def calls_out(text: str) -> bool:
    """Whether a query asks another server."""
    return _SERVICE.search(bare(text)) is not None


def update(text: str) -> str:
    """The word an update begins with, in capitals; empty for anything else."""
    found = _UPDATE.match(text)
    return found[1].upper() if found else ""


def query_error(text: str, message: str) -> MinilatError:
    """The error for a query the engine could not read, with its place."""
    if word := update(text):
        return MinilatError(
            "E045", f"{word} is an update; the graph is read only", hint="edit the files in data/ instead"
        )
    found = _PLACE.match(message)
    if not found:
        return MinilatError("E040", f"the query cannot be read: {message}")
    line, column = int(found[1]), int(found[2])
    reason = re.sub(r"^expected one of (.*?not (?:found|declared)).*", r"\1", found[3], flags=re.DOTALL)
    if reason.startswith("expected one of"):
        reason = "the query cannot be read from here on"
    return MinilatError("E040", f"{reason}{excerpt(text, line, column)}", where=f"query:{line}:{column}")
