"""The short form of a scenario: one clause a line, in words, turned into statements to add and to retract.

    add CAN to jef as member from 2026-12-01
    remove HUN from nato from 2026-12-01
    TUR blocks ISR in nato
    lift TUR against ISR in nato
    end g5-sahel from 2027-01-01
    reopen g5-sahel
    jef offers MCM at 2
    jef reaches Black Sea
    jef takes on piracy
    retract st:jef-offer-mda

What a clause adds is complete as the shapes ask for, with a source that says it is supposed, and low confidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from kg import dates, lookup
from kg.errors import MinilatError
from kg.grammar import statements
from kg.names import PREFIXES, curie, iri, slug
from kg.store import iri_term, literal_term, term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Fact, Store

_DAY: Final = r"(?:\s+from\s+(?P<day>\d{4}-\d\d-\d\d))?"
_FORMS: Final = (
    ("add", rf"add\s+(?P<states>.+?)\s+to\s+(?P<arrangement>.+?)(?:\s+as\s+(?P<role>.+?))?{_DAY}"),
    ("remove", rf"remove\s+(?P<states>.+?)\s+from\s+(?P<arrangement>.+?){_DAY}"),
    ("block", rf"(?P<states>.+?)\s+blocks?\s+(?P<target>.+?)\s+in\s+(?P<arrangement>.+?){_DAY}"),
    ("lift", rf"lift\s+(?P<states>.+?)\s+against\s+(?P<target>.+?)(?:\s+in\s+(?P<arrangement>.+?))?{_DAY}"),
    ("offer", rf"(?P<arrangement>.+?)\s+offers\s+(?P<capability>.+?)\s+at\s+(?P<level>[123]){_DAY}"),
    ("reach", rf"(?P<arrangement>.+?)\s+reaches\s+(?P<region>.+?){_DAY}"),
    ("task", rf"(?P<arrangement>.+?)\s+takes\s+on\s+(?P<threat>.+?){_DAY}"),
    ("reopen", r"reopen\s+(?P<arrangement>.+?)"),
    ("end", rf"end\s+(?P<arrangement>.+?){_DAY}"),
    ("retract", r"retract\s+(?P<statement>\S+)"),
)
FORMS: Final = "write 'add CAN to jef as member', 'remove HUN from nato from 2026-12-01' or 'TUR blocks ISR in nato'"
_KINDS: Final = {
    "offer": ("CapabilityOffer", "offeredBy", "capability"),
    "reach": ("Remit", "arrangement", "region"),
    "task": ("Task", "arrangement", "threat"),
}
_SPLIT: Final = re.compile(r"\s*(?:,|\band\b)\s*")


@dataclass(frozen=True)
class Change:
    """One statement to add or to retract, and where the scenario says so."""

    add: bool
    fact: Fact
    where: str


def split(text: str) -> list[tuple[str, int]]:
    """The clauses of TEXT with their lines: one a line, or parted by semicolons; # begins a comment."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        for part in re.sub(r"(?:^|\s)#.*", "", line).split(";"):
            if part.strip():
                found.append((" ".join(part.split()).rstrip("."), number))
    return found


def days(text: str) -> list[date]:
    """Every day a clause of TEXT begins on."""
    return [dates.day(d, option="--what-if") for d in re.findall(r"\bfrom\s+(\d{4}-\d\d-\d\d)", text)]


def read(store: Store, text: str, as_of: date, where: str) -> Iterator[Change]:
    """What the clauses of TEXT add and retract; STORE holds what is stated, and AS_OF is the day where none is given.

    Raises MinilatError E120 (not a clause), E121 (nothing there to end or retract), or the error of a look-up.
    """
    known: dict[tuple[str, str], str] = {}
    for number, (clause, line) in enumerate(split(text), start=1):
        place = f"{where}:{line}" if where else "--what-if"
        for kind, form in _FORMS:
            if found := re.fullmatch(form, clause, re.IGNORECASE):
                parts = {k: v for k, v in found.groupdict().items() if v is not None}
                yield from _Clause(store, clause, place, as_of, number, known).changes(kind, parts)
                break
        else:
            raise MinilatError("E120", f"{clause!r} cannot be read", hint=FORMS, where=place)


class _Clause:
    """One clause on its way to statements."""

    def __init__(
        self, store: Store, clause: str, place: str, as_of: date, number: int, known: dict[tuple[str, str], str]
    ) -> None:
        self._store, self._clause, self._place, self._as_of, self._number = store, clause, place, as_of, number
        self._known = known

    def changes(self, kind: str, parts: dict[str, str]) -> Iterator[Change]:
        """The statements of a clause of KIND with its PARTS."""
        day = dates.day(parts["day"], option=self._place) if "day" in parts else self._as_of
        if kind == "retract":
            yield from self._retract(parts["statement"])
            return
        arrangement = self._find("arrangement", parts["arrangement"]) if "arrangement" in parts else None
        if kind == "end":
            yield from self._until([str(arrangement)], day)
            return
        if kind == "reopen":
            yield from self._reopen(str(arrangement))
            return
        if kind in _KINDS:
            yield from self._says(kind, str(arrangement), parts)
            return
        for state in _SPLIT.split(parts["states"]):
            actor = self._find("state", state)
            if kind == "add":
                role = self._find("role", parts.get("role", "member"))
                yield from self._add(actor, str(arrangement), role, day)
            elif kind == "remove":
                yield from self._until(self._participations(actor, str(arrangement), day), day)
            else:
                target = self._find("state", parts["target"])
                if kind == "block":
                    yield from self._block(actor, target, str(arrangement), day)
                else:
                    yield from self._until(self._blocks(actor, target, arrangement), day)

    def _find(self, kind: str, name: str) -> str:
        try:
            if (kind, name) not in self._known:
                self._known[kind, name] = lookup.find(self._store, kind, name)
            return self._known[kind, name]
        except MinilatError as error:
            raise MinilatError(error.code, error.message, hint=error.hint, where=self._place) from None

    def _turtle(self, text: str) -> Iterator[Change]:
        heads = "".join(f"@prefix {p}: <{base}> . " for p, base in PREFIXES.items())
        for found in statements(heads + text, where=self._place):
            yield Change(True, (term(found.subject), term(found.predicate), term(found.object)), self._place)

    def _common(self) -> str:
        today = literal_term(self._as_of.isoformat(), "date")
        said = literal_term(f"What if: {self._clause}")
        yet = (
            f"src:what-if-{self._number} a mlo:Source ; dcterms:title {said} ; mlo:tier 4 ; "
            'dcterms:publisher "supposed by the user" ; dcterms:rights "A supposition, not a record." . '
        )
        return (
            f"; mlo:source src:what-if-{self._number} ; mlo:confidence code:low ; mlo:method code:inference ; "
            f"mlo:recorded {today} . {yet}"
        )

    def _add(self, actor: str, arrangement: str, role: str, day: date) -> Iterator[Change]:
        name = f"st:what-if-{slug(arrangement)}-{slug(actor)}-{slug(role)}-{self._number}"
        yield from self._turtle(
            f"{name} a mlo:Participation ; mlo:participant {iri_term(actor)} ; "
            f"mlo:arrangement {iri_term(arrangement)} ; mlo:role {iri_term(role)} ; "
            f"mlo:begin {literal_term(day.isoformat(), 'date')} {self._common()}"
        )

    def _block(self, actor: str, target: str, venue: str, day: date) -> Iterator[Change]:
        name = f"st:what-if-{slug(actor)}-blocks-{slug(target)}-{self._number}"
        yield from self._turtle(
            f"{name} a mlo:BlockingEpisode ; rdfs:label {literal_term(f'What if: {self._clause}')} ; "
            f"mlo:blocker {iri_term(actor)} ; mlo:target {iri_term(target)} ; mlo:venue {iri_term(venue)} ; "
            "mlo:scope code:framework-wide ; mlo:status code:status-open ; "
            f"mlo:begin {literal_term(day.isoformat(), 'date')} {self._common()}"
        )

    def _participations(self, actor: str, arrangement: str, day: date) -> list[str]:
        found = self._open(
            f"a mlo:Participation ; mlo:participant {iri_term(actor)} ; mlo:arrangement {iri_term(arrangement)}", day
        )
        if not found:
            raise MinilatError(
                "E121", f"{slug(actor)} takes no part in {slug(arrangement)} on {day}: nothing to remove",
                hint=f"`minilat groups {slug(actor)} --roles all` lists where it takes part", where=self._place,
            )  # fmt: skip
        return found

    def _blocks(self, actor: str, target: str, venue: str | None) -> list[str]:
        inside = "" if venue is None else f" ; mlo:venue {iri_term(venue)}"
        found = self._open(
            f"a mlo:BlockingEpisode ; mlo:blocker {iri_term(actor)} ; mlo:target {iri_term(target)}{inside}",
            self._as_of,
        )
        if not found:
            raise MinilatError(
                "E121", f"no open block of {slug(actor)} against {slug(target)} is recorded: nothing to lift",
                where=self._place,
            )  # fmt: skip
        return found

    def _open(self, what: str, day: date) -> list[str]:
        """The statements that fit WHAT and whose end is not recorded or lies after DAY."""
        limit = literal_term(day.isoformat())
        rows = self._store.solutions(
            f"SELECT DISTINCT ?s WHERE {{ ?s {what} . "
            "OPTIONAL { ?s mlo:end ?end } OPTIONAL { ?s mlo:begin ?begin } "
            f'FILTER(!BOUND(?end) || SUBSTR(CONCAT(STR(?end), "-99-99"), 1, 10) > {limit}) '
            f'FILTER(!BOUND(?begin) || SUBSTR(CONCAT(STR(?begin), "-01-01"), 1, 10) <= {limit}) }} ORDER BY ?s'
        )
        return [str(r["s"])[1:-1] for r in rows]

    def _until(self, things: list[str], day: date) -> Iterator[Change]:
        end = term(iri_term(iri("mlo:end")))
        status = term(iri_term(iri("mlo:status")))
        for thing in things:
            node = term(iri_term(thing))
            for fact in self._store.match(node, end, None):
                yield Change(False, fact, self._place)
            for fact in self._store.match(node, status, None):
                yield Change(False, fact, self._place)
                yield Change(True, (node, status, term(iri_term(iri("code:status-resolved")))), self._place)
            yield Change(True, (node, end, term(literal_term(day.isoformat(), "date"))), self._place)

    def _reopen(self, arrangement: str) -> Iterator[Change]:
        ends = self._store.match(term(iri_term(arrangement)), term(iri_term(iri("mlo:end"))), None)
        if not ends:
            raise MinilatError("E121", f"no end of {slug(arrangement)} is recorded", where=self._place)
        for fact in ends:
            yield Change(False, fact, self._place)

    def _says(self, kind: str, arrangement: str, parts: dict[str, str]) -> Iterator[Change]:
        """A statement of an arrangement on what it offers, where it reaches, or what it takes on."""
        class_, owner, what = _KINDS[kind]
        thing = self._find(what, parts[what])
        level = f"; mlo:level {parts['level']} " if "level" in parts else ""
        yield from self._turtle(
            f"st:what-if-{slug(arrangement)}-{kind}-{slug(thing)}-{self._number} a mlo:{class_} ; "
            f"mlo:{owner} {iri_term(arrangement)} ; mlo:{what} {iri_term(thing)} {level}{self._common()}"
        )

    def _retract(self, name: str) -> Iterator[Change]:
        node = term(iri_term(iri(name) if name.split(":")[0] in PREFIXES else name.strip("<>")))
        found = self._store.match(node, None, None)
        if not found:
            raise MinilatError(
                "E121", f"nothing is recorded about {curie(str(node)[1:-1])}: nothing to retract", where=self._place,
                hint="statements are named in `minilat why` and `minilat fit --format json`",
            )  # fmt: skip
        for fact in found:
            yield Change(False, fact, self._place)
