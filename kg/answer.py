"""The act of answering: a named query with parameters, or a stranger's query, against the graph of a day."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg import catalogue, lookup
from kg.dates import day
from kg.errors import MinilatError
from kg.names import iri
from kg.records import Table
from kg.store import iri_term, literal_term

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kg.catalogue import Entry, Parameter
    from kg.store import Store

MAX_ROWS: Final = 100_000
SECONDS: Final = 30.0
_NUMBER: Final = re.compile(r"[+-]?\d{1,18}(\.\d{1,15})?", re.ASCII)
"""A number the store can hold: it keeps integers in 64 bits and decimals to 18 places."""


def term(store: Store, parameter: Parameter, text: str) -> str:
    """TEXT as a SPARQL term of the type of PARAMETER.

    Raises MinilatError E054 for a value of another type, or the error of the look-up for a name nobody has.
    """
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise MinilatError("E054", "the value is not UTF-8 text", where=f"--param {parameter.name}")
    if text.strip().lower() == "any" and parameter.default == "UNDEF":
        return "UNDEF"
    if parameter.several:
        single = replace(parameter, type=parameter.type.removesuffix("+"))
        return " ".join(term(store, single, part.strip()) for part in text.split(","))
    kind = parameter.kind
    if kind == "word":
        if text not in parameter.words:
            raise MinilatError(
                "E054", f"{text!r} is not one of {', '.join(parameter.words)}", where=f"--param {parameter.name}"
            )
        return literal_term(text)
    if kind in lookup.kinds():
        return iri_term(lookup.find(store, kind, text))
    if kind == "date":
        return literal_term(day(text, option=f"--param {parameter.name}").isoformat(), "date")
    if kind in ("integer", "decimal"):
        found = _NUMBER.fullmatch(text)
        if not found or (kind == "integer" and found[1]):
            raise MinilatError("E054", f"{text!r} is not of type {kind}", where=f"--param {parameter.name}")
        return literal_term(text, kind)
    if kind == "code":
        return iri_term(iri(text if ":" in text else f"code:{text}"))
    if kind == "iri":
        return iri_term(text if "//" in text else iri(text))
    return literal_term(text)


def bind(store: Store, entry: Entry, values: Mapping[str, str], as_of: date) -> str:
    """The text of a named query with VALUES as its parameters and the day as its asOf.

    Raises MinilatError E050 for a parameter it does not take, and E001–E008, E011, E020, E054 or E140 for a value that
    is not of its type; both list what the query takes.
    """
    terms = {}
    for parameter in entry.parameters:
        if parameter.name in values:
            try:
                terms[parameter.name] = term(store, parameter, values[parameter.name])
            except MinilatError as error:
                hint = "; ".join(h for h in (error.hint, f"{entry.code}: {entry.takes()}") if h)
                raise MinilatError(error.code, error.message, where=f"--param {parameter.name}", hint=hint) from None
        elif parameter.name == "asOf":
            terms["asOf"] = literal_term(as_of.isoformat(), "date")
    unknown = {name: "" for name in values if name not in terms}
    return entry.bind({**terms, **unknown})


def table(store: Store, name: str, values: Mapping[str, str], as_of: date, title: str) -> Table:
    """The rows of the named query NAME as text."""
    entry = catalogue.question(name)
    if entry is None:
        raise catalogue.no_question(name)
    columns, rows = store.table(bind(store, entry, values, as_of))
    return Table(title, columns, tuple(tuple("" if v is None else str(v) for v in row) for row in rows))
