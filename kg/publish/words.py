"""Triples that describe a release, collected as N-Triples lines: a subject, a property by CURIE, a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.names import iri
from kg.store import iri_term, literal_term

if TYPE_CHECKING:
    from collections.abc import Iterable


def link(value: str) -> str:
    """The IRI VALUE, or what it stands for when it is a CURIE of the project, as a term."""
    return iri_term(value if "//" in value else iri(value))


def text(value: str, language: str = "en") -> str:
    """VALUE as a literal in LANGUAGE; plain when that is ''."""
    return f"{literal_term(value)}@{language}" if language else literal_term(value)


def number(value: int, datatype: str = "integer") -> str:
    """VALUE as a literal of the XSD type DATATYPE."""
    return literal_term(str(value), datatype)


def day(value: str) -> str:
    """VALUE, YYYY-MM-DD, as a literal."""
    return literal_term(value, "date")


class Description:
    """Lines of N-Triples about the things of a release."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, subject: str, /, **properties: str | Iterable[str]) -> None:
        """SUBJECT (an IRI) has PROPERTIES, whose names are CURIEs with _ for the colon; values are terms."""
        for name, values in properties.items():
            predicate = link(name.replace("_", ":", 1)) if name != "a" else link("rdf:type")
            for value in [values] if isinstance(values, str) else values:
                self.lines.append(f"{iri_term(subject)} {predicate} {value} .")
