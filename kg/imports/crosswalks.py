"""Tables that say which of our things a code of others stands for: SSSOM, or a CSV of codes and names."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from kg import link, lookup
from kg.errors import MinilatError, did_you_mean
from kg.imports.rows import Row, table, text_of
from kg.names import PREFIXES, iri
from kg.store import iri_term, literal_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kg.store import Store

KINDS: Final = ("state", "arrangement")
CODES: Final = ("code", "ccode", "cow", "cown", "id")
"""What the column of the code may be called in a CSV, in this order."""
THINGS: Final = ("iso3", "iso3c", "iso2", "iso2c", "state", "arrangement", "name", "statenme", "country")
"""What the column of our thing may be called: a code, an id, or a name in any of our tables."""


def read(paths: Iterable[Path], prefixes: Sequence[str], store: Store) -> dict[str, dict[str, str]]:
    """The IRIs by code, for states and for arrangements apart, that the tables at PATHS give, and for the rest ours.

    Ours are the exact matches of the shipped links with one of PREFIXES, and what the data say by a property of such a
    name (mlo:cow). A name nobody has is passed over: a code without a thing is told where it is met.
    Raises MinilatError E194 and E195 for a table that cannot be read, and E197 for a code that stands for two things.
    """
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    seen: dict[tuple[str, str], str] = {}
    names = {kind: _folded(lookup.names(store, kind)) for kind in found}
    # What can be asked for like a state may be an organisation, and it has no number of a state.
    names["state"] = {
        name: {x for x in things if not x.startswith(PREFIXES["body"])} for name, things in names["state"].items()
    }
    names["state"] = {name: things for name, things in names["state"].items() if things}
    given = [row for path in paths for row in _pairs(path)]
    for row in (*given, *_linked(prefixes), *_said(prefixes, store)):
        code, text = row.cells
        for kind, known in names.items():
            things = known.get(text.casefold(), set())
            if len(things) != 1:
                continue
            thing = next(iter(things))
            if found[kind].setdefault(code, thing) != thing and row in given:
                message = f"the code {code} stands for another {kind} in {seen[kind, code]}"
                raise MinilatError("E197", message, where=row.where, hint="keep one of the two rows")
            seen.setdefault((kind, code), row.where)
    return found


def graph(kind: str) -> str:
    """The named graph in which a mapping finds the codes of things of KIND, as their notations."""
    return f"{PREFIXES['graph']}code-of-{kind}"


def put(found: Mapping[str, Mapping[str, str]], store: Store) -> None:
    """Add a crosswalk to STORE: each thing has its codes as notations, in the graph of its kind."""
    for kind, codes in found.items():
        lines = (
            f"{iri_term(thing)} <{PREFIXES['skos']}notation> {literal_term(code)} .\n"
            for code, thing in sorted(codes.items())
        )
        store.insert("".join(lines), graph(kind))


def _folded(names: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Things by their names in any case, and by their IRIs."""
    found: dict[str, set[str]] = {}
    for name, things in names.items():
        found.setdefault(name.casefold(), set()).update(things)
        for thing in things:
            found[thing.casefold()] = {thing}
    return found


def _linked(prefixes: Sequence[str]) -> list[Row]:
    """Codes and our things by the exact matches of the shipped links."""
    return [
        Row((x.object.partition(":")[2], iri(x.subject)), x.file, x.row)
        for x in link.shipped()
        if x.object.partition(":")[0] in prefixes and x.predicate == "skos:exactMatch" and not x.negative
    ]


def _said(prefixes: Sequence[str], store: Store) -> list[Row]:
    """Codes and our things where the data say the code itself (mlo:cow); a code of several things stands for none."""
    found: dict[str, set[str]] = {}
    for prefix in prefixes:
        if prefix.isidentifier():
            for row in store.rows(f"SELECT ?thing ?code WHERE {{ ?thing mlo:{prefix} ?code }}"):
                found.setdefault(str(row["code"]), set()).add(str(row["thing"]))
    return [Row((code, *things), "the graph", 0) for code, things in sorted(found.items()) if len(things) == 1]


def _pairs(path: Path) -> list[Row]:
    """A code and what it stands for, row by row."""
    text = text_of(path)
    first = next((line for line in text.splitlines() if not line.startswith("#")), "")
    if "subject_id" in first and "object_id" in first:
        return list(_sssom(path.name, text))
    header = [c.strip().strip('"') for c in re.split(r"[\t]" if path.suffix.lower() == ".tsv" else ",", first)]
    code = next((c for c in CODES if c in header), "")
    thing = next((c for c in THINGS if c in header), "")
    for found, known, what in ((code, CODES, "code"), (thing, THINGS, "state or arrangement")):
        if not found:
            hint = did_you_mean(known[0], header, otherwise="it may be called " + ", ".join(known))
            raise MinilatError("E195", f"no column of the {what}", where=f"{path.name}:1", hint=hint)
    return [r for r in table(path, (code, thing), (code, thing)) if all(r.cells)]


def _sssom(name: str, text: str) -> Iterable[Row]:
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    reader = csv.DictReader(io.StringIO("\n".join(lines[start:])), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(reader, start + 2):
        where = f"{name}:{number}"
        if None in row or None in row.values():
            raise MinilatError("E194", "a row of another length than the header", where=where)
        if row["predicate_id"] not in link.PREDICATES:
            hint = did_you_mean(
                row["predicate_id"], link.PREDICATES, otherwise="known are " + " ".join(link.PREDICATES)
            )
            raise MinilatError("E197", f"the predicate {row['predicate_id']!r} is not known", where=where, hint=hint)
        if row["predicate_id"] == "skos:exactMatch" and not row.get("predicate_modifier"):
            try:
                subject = iri(row["subject_id"])
            except MinilatError as error:
                raise MinilatError("E197", error.message, where=where, hint=error.hint) from None
            yield Row((row["object_id"].partition(":")[2], subject), name, number)
