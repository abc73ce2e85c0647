"""Weak statements: those of less confidence than asked for, and the graph without them.

A statement is weak when the lowest confidence it carries is below the one asked for. What carries none, a definition or
a code list, is not weak. A challenge is the question and an anchor a frame for what does not exist yet, neither of them
evidence for the answer: both stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg import build
from kg.errors import MinilatError
from kg.names import PREFIXES, curie, iri
from kg.store import iri_term, literal_term, term

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from pathlib import Path

    from kg.catalogue import Entry
    from kg.store import Store, Term

GRAPH: Final = PREFIXES["graph"] + "without-weak"
_TRUTH: Final = (literal_term("true", "boolean"), literal_term("false", "boolean"))
_HOME: Final = term(iri_term(iri("mlo:arrangement")))
_TYPE: Final = term(iri_term(iri("rdf:type")))
_PART: Final = term(iri_term(iri("mlo:Participation")))
LEVELS: Final = ("low", "medium", "high")


def below(least: str) -> tuple[str, ...]:
    """The levels of confidence below LEAST. Raises MinilatError E024 for a level that has none below it."""
    if least not in LEVELS[1:]:
        raise MinilatError(
            "E024", f"no confidence {least!r} to ask for at least", where="--at-least", hint="give high or medium"
        )
    return LEVELS[: LEVELS.index(least)]


def statements(store: Store, least: str = "high") -> dict[Term, str]:
    """Every weak statement of STORE with its confidence; all that is said of it is one statement."""
    levels = below(least)
    names = " ".join(iri_term(iri(f"code:{level}")) for level in levels)
    found: dict[Term, str] = {}
    kept = "VALUES ?kind { mlo:Challenge mlo:Anchor } ?s a ?kind"
    query = f"SELECT ?s ?c WHERE {{ VALUES ?c {{ {names} }} ?s mlo:confidence ?c FILTER NOT EXISTS {{ {kept} }} }}"
    for row in store.solutions(query):
        level = curie(str(row["c"])[1:-1]).removeprefix("code:")
        known = found.get(row["s"], level)
        found[row["s"]] = min(level, known, key=LEVELS.index)
    return found


def drop(store: Store, least: str = "high") -> int:
    """Take every weak statement out of STORE, before rules run; the number of statements is given back.

    A list of participants from which one was taken is no longer known to be complete.
    """
    weak = statements(store, least)
    complete, true, false = (term(t) for t in (iri_term(iri("mlo:listComplete")), *_TRUTH))
    for statement in weak:
        for _, _, home in store.match(statement, _HOME, None) if store.holds((statement, _TYPE, _PART)) else ():
            if store.withdraw((home, complete, true)):
                store.put([(home, complete, false)], GRAPH)
        withdraw(store, statement)
    return len(weak)


def without(
    as_of: date, least: str, *, without: Collection[Path] = (), own: Sequence[Entry] = ()
) -> tuple[Store, date, str]:
    """The graph of the day without weak statements, the day, and how many were left out, in words.

    WITHOUT and OWN as in kg.build.fresh. Raises MinilatError E024 for a level that has none below it.
    """
    below(least)
    dropped: list[int] = []
    store = build.fresh(as_of, without=without, overlay=lambda s: dropped.append(drop(s, least)), own=own)
    return store, as_of, f"Left out: {dropped[0]} statements of less than {least} confidence"


def withdraw(store: Store, statement: Term) -> None:
    """Take all that is said of STATEMENT out of STORE. What refers to it still does, and finds nothing there."""
    for fact in store.match(statement, None, None):
        store.withdraw(fact)


def named(name: str) -> Term:
    """The term of the statement with the CURIE or IRI NAME."""
    return term(iri_term(name if "//" in name else iri(name)))
