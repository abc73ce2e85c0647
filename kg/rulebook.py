"""Rules that users bring: read from a folder, and checked before anything is run.

A rule of a stranger can do no more than a shipped one: it is one CONSTRUCT, what it yields goes to the inferred graph,
it asks no other server, and it says the same whenever it is run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg import catalogue, forms, grammar, strata
from kg import pattern as p
from kg.errors import MinilatError
from kg.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from kg.catalogue import Entry

LIMIT: Final = 100_000
"""The most characters one rule may have."""
RULES: Final = 500
"""The most rules in one folder."""
_CODE: Final = re.compile(r"R(?:9\d\d|\d{4,6})")
_MOOD: Final = re.compile(r"(?<![?$:\w])(RAND|NOW|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)
_NAME: Final = "make a name out of what the rule reads: BIND(IRI(CONCAT(…)) AS ?x)"
_HINT: Final = "a rule is a file R900-name.rq; codes from R900 on are free for your own rules"


def read(entry: Entry) -> p.Rule:
    """The rule of ENTRY, checked alone.

    Raises MinilatError E111 (syntax, with file and line), E046 (it calls out), E118 (a variable of the head that the
    body never binds) or E125 (it would say something else at every run).
    """
    try:
        rule = grammar.read_rule(entry.text, where=str(entry.path))
    except RecursionError:
        raise MinilatError("E111", "groups are nested too deeply", where=str(entry.path)) from None
    try:
        if forms.kind(entry.text) != "graph":
            raise MinilatError("E111", "a rule is a CONSTRUCT query")
        Store.memory().construct(entry.text)
    except MinilatError as error:
        place = error.where.removeprefix("query") if error.where.startswith("query:") else ""
        raise MinilatError("E111", error.message, where=f"{entry.path}{place}", hint=error.hint) from None
    if found := _MOOD.search(forms.bare(entry.text)):
        place = f"{entry.path}:{_line(entry, found[1])}"
        raise MinilatError("E125", f"{found[1].upper()} gives something else at every run", where=place, hint=_NAME)
    bound = _bindable(rule.body)
    for triple in rule.head:
        if any(t.startswith(("?__b", "?__n")) for t in triple.variables):
            raise MinilatError(
                "E125", "a blank node in the head is another one at every run", where=f"{entry.path}:{triple.line}",
                hint=_NAME,
            )  # fmt: skip
        if loose := sorted(triple.variables - bound):
            raise MinilatError(
                "E118", f"{loose[0]} in the head is never bound by the body", where=f"{entry.path}:{triple.line}",
                hint="what stands only in NOT EXISTS, MINUS or FILTER binds nothing",
            )  # fmt: skip
    return rule


def _line(entry: Entry, word: str) -> int:
    """The line on which WORD is called, outside of comments as far as a line shows it."""
    called = re.compile(rf"(?<![?$:\w]){word}\s*\(")
    lines = entry.text.splitlines()
    return next((i for i, line in enumerate(lines, start=1) if called.search(forms.bare(line))), 1)


def _bindable(group: p.Group) -> set[str]:
    """The variables that some solution of GROUP may bind."""
    found: set[str] = set()
    for item in group.items:
        if isinstance(item, p.Triple):
            found |= item.variables
        elif isinstance(item, p.Bind):
            found.add(item.variable)
        elif isinstance(item, p.Values | p.Select):
            found |= set(item.variables)
        elif isinstance(item, p.Optional | p.Union | p.Named):
            for inside in p.inner(item):
                found |= _bindable(inside)
            if isinstance(item, p.Named) and item.name.startswith("?"):
                found.add(item.name)
    return found


def own(folder: Path) -> tuple[Entry, ...]:
    """The rules in FOLDER, each checked alone and all of them in order with the shipped ones.

    Raises MinilatError E123 for a folder that cannot be used or a code that is not free, E030 for a file that cannot be
    read, E051 for one without a header, E119 for a circle through negation; and what :func:`read` raises.
    """
    if not folder.is_dir():
        raise MinilatError(
            "E123", "there is no such folder", where=str(folder), hint="--rules takes a folder of .rq files"
        )
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise MinilatError("E123", "no rule in this folder", where=str(folder), hint=_HINT)
    if len(paths) > RULES:
        raise MinilatError("E123", f"{len(paths)} rules are too many", where=str(folder), hint=f"at most {RULES}")
    taken = {e.code: e for e in catalogue.rules()}
    found = []
    for path in paths:
        entry = _entry(path)
        if entry.code in taken:
            raise MinilatError(
                "E123", f"the code {entry.code} is taken by {taken[entry.code].path.name}", where=str(path), hint=_HINT
            )
        if not _CODE.fullmatch(entry.code):
            raise MinilatError("E123", f"{entry.code!r} is no code for a rule of your own", where=str(path), hint=_HINT)
        taken[entry.code] = entry
        read(entry)
        found.append(entry)
    try:
        strata.order((*catalogue.rules(), *found))
    except MinilatError as error:  # a circle: the shipped rules have none among themselves
        named = next((e.path for e in found if e.code in error.message), folder)
        raise MinilatError(error.code, error.message, where=str(named), hint=error.hint) from None
    return tuple(found)


def _entry(path: Path) -> Entry:
    try:
        if path.stat().st_size > LIMIT:
            raise MinilatError("E123", f"the rule is longer than {LIMIT} characters", where=str(path))
        return catalogue.read(path)
    except (OSError, UnicodeDecodeError) as error:
        raise MinilatError(
            "E030", f"cannot read {path}: {error}", where=str(path), hint="a rule is UTF-8 text"
        ) from None
