"""Questions that are refused, and why: what public sources do not say, or what would only pretend to know more."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from kg import files
from kg.errors import MinilatError


@dataclass(frozen=True)
class Refusal:
    """One kind of question that is refused: its code and name, words that ask for it, the reason, what may be asked."""

    code: str
    name: str
    words: tuple[str, ...]
    reason: str
    instead: str


@cache
def refusals() -> tuple[Refusal, ...]:
    """All refusals, in the order of queries/refused.tsv."""
    with files.refused().open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    return tuple(Refusal(r["code"], r["name"], tuple(r["words"].split("|")), r["reason"], r["instead"]) for r in rows)


def find(text: str) -> Refusal | None:
    """The refusal that TEXT calls by code or name, or whose words it contains as whole words; None for any other text.

    Only text that names nothing in the graph should be asked about: an arrangement may bear such a word in its name.
    """
    plain = " ".join(re.findall(r"[a-z0-9]+", text.lower()))
    for refusal in refusals():
        called = (refusal.code.lower(), refusal.name.replace("-", " "))
        if plain in called or any(f" {w} " in f" {plain} " for w in refusal.words):
            return refusal
    return None


def check(text: str) -> None:
    """Nothing for an ordinary text. Raises MinilatError E140, with the reason, when TEXT asks for what is refused."""
    refusal = find(text)
    if refusal is not None:
        raise MinilatError("E140", f"{refusal.code} {refusal.name} is refused: {refusal.reason}", hint=refusal.instead)
