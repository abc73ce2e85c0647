"""What if: a scenario laid over the graph; see docs/reasoning.md.

The base is never touched: a scenario is applied to a copy in memory, its additions in a named graph of their own, and
what follows is inferred anew. It is checked before it is used: it may not retract what is not there, nor break a shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg import build, files
from kg.errors import MinilatError
from kg.names import PREFIXES, curie
from kg.prove.words import turtle
from kg.validate.check import severities
from kg.validate.engines import run
from kg.whatif import clauses, documents

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from kg.catalogue import Entry
    from kg.store import Store
    from kg.whatif.clauses import Change

GRAPH: Final = PREFIXES["graph"] + "scenario"
LIMIT: Final = 1_000_000
"""The most characters a scenario may have."""
CHANGES: Final = 10_000
"""The most statements a scenario may change."""


@dataclass(frozen=True)
class Scenario:
    """A scenario as it was given: its text, how it is written, the file it stood in ('' for the command line)."""

    text: str
    kind: str
    where: str

    @property
    def title(self) -> str:
        """The scenario in one line."""
        if self.kind == "words":
            return "; ".join(clause for clause, _ in clauses.split(self.text))
        return self.where or " ".join(self.text.split())

    def latest(self) -> date | None:
        """The latest day a clause names, None where none does."""
        return max(clauses.days(self.text), default=None) if self.kind == "words" else None


@dataclass(frozen=True)
class Applied:
    """A graph under a scenario, and the statements that made the difference."""

    scenario: Scenario
    store: Store
    added: tuple[str, ...]
    retracted: tuple[str, ...]


def scenario(given: str) -> Scenario:
    """The scenario in the file GIVEN, or GIVEN itself where it is written in words.

    Raises MinilatError E120 for an empty or far too long one, E030 for a file that cannot be read.
    """
    path = Path(given)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file:
        kind = documents.kind(given)
        if kind == "words" and not clauses.split(given):
            raise MinilatError("E120", "the scenario is empty", where="--what-if", hint=clauses.FORMS)
        return Scenario(given, kind, "")
    try:
        if path.stat().st_size > LIMIT:
            raise MinilatError("E120", f"the scenario is longer than {LIMIT} characters", where=given)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MinilatError("E030", f"cannot read {given}: {error}", where=given) from None
    kind = documents.kind(text)
    if kind == "words" and not clauses.split(text):
        raise MinilatError("E120", "the scenario is empty", where=given, hint=clauses.FORMS)
    return Scenario(text, kind, given)


def changes(found: Scenario, store: Store, as_of: date) -> list[Change]:
    """What the scenario changes in STORE. Raises MinilatError E120 or E121; see the modules beside this one."""
    if found.kind == "patch":
        listed = list(documents.patch(found.text, found.where or "--what-if"))
    elif found.kind == "update":
        listed = list(documents.update(found.text, found.where or "--what-if"))
    else:
        listed = list(clauses.read(store, found.text, as_of, found.where))
    if not listed:
        raise MinilatError("E120", "the scenario changes nothing", where=found.where or "--what-if", hint=clauses.FORMS)
    if len(listed) > CHANGES:
        raise MinilatError("E120", f"the scenario changes more than {CHANGES} statements", where=found.where)
    return listed


def apply(
    found: Scenario,
    as_of: date,
    *,
    without: Collection[Path] = (),
    stated: Store | None = None,
    own: Sequence[Entry] = (),
) -> Applied:
    """The graph of the day AS_OF under a scenario, leaving out the files WITHOUT; STATED spares reading them again.

    OWN are rules beside the shipped ones. Raises MinilatError E120–E121 for a scenario that cannot be read or retracts
    what is not there, and E122 when it breaks a shape that the data keep.
    """
    added: dict[str, None] = {}
    retracted: dict[str, None] = {}

    def overlay(store: Store) -> None:
        for change in changes(found, store, as_of):
            name = turtle(change.fact)
            if change.add:
                store.put([change.fact], GRAPH)
                added[name] = None
                retracted.pop(name, None)
            elif name not in retracted and not store.withdraw(change.fact):
                raise MinilatError(
                    "E121", f"the data do not say: {name}", where=change.where,
                    hint="a scenario can retract only what is stated; what is inferred follows by itself",
                )  # fmt: skip
            else:
                retracted[name] = None
        _check(store, found)

    store = build.fresh(as_of, without=without, overlay=overlay, stated=stated, own=own)
    return Applied(found, store, tuple(added), tuple(retracted))


def _check(store: Store, found: Scenario) -> None:
    """Raise E122 when STORE breaks a shape that the shipped data keep."""
    levels = severities()
    broken = [
        r
        for r in run(store, build.load(files.shapes()), "rust", set_based=True)
        if r.severity == "Violation" and levels.get(curie(r.shape[1:-1]).partition(":")[2][:4], "error") == "error"
    ]
    if broken:
        told = [f"{curie(r.shape[1:-1]).partition(':')[2][:4]} {r.message} ({curie(r.focus[1:-1])})" for r in broken]
        more = f"; and {len(told) - 3} more" if len(told) > 3 else ""
        raise MinilatError(
            "E122", f"the scenario breaks the shapes: {'; '.join(sorted(told)[:3])}{more}",
            where=found.where or "--what-if", hint="add to the scenario what the message asks for",
        )  # fmt: skip
