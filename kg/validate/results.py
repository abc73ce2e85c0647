"""What an engine reports, before it is given words and a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.names import curie

SH: Final = "http://www.w3.org/ns/shacl#"
_LITERAL: Final = re.compile(r'"(.*)"(?:@[\w-]+|\^\^<.*>)?', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_BRACED: Final = re.compile(r"\{[?$](\w+)\}")
SEPARATOR: Final = "\x1f"
"""Between the messages of one result, as an engine gives them."""
_LETTER: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class Raw:
    """A validation result in N-Triples terms; a path as a SPARQL property path; component and severity are names.

    A blank node has the label it has in the data, or in the shapes. A component or a severity that is not one of
    SHACL's own is an IRI in brackets. What a result lacks is empty.
    """

    focus: str
    path: str
    value: str
    shape: str
    component: str
    severity: str
    message: str


def plain(term: str) -> str:
    """The text of an N-Triples TERM: an IRI without brackets, a literal without quotes, escapes, tag and type."""
    if term.startswith("<"):
        return term[1:-1]
    if term.startswith("_:"):
        return term[2:]
    found = _LITERAL.fullmatch(term)
    return unescaped(found[1]) if found else term


def unescaped(text: str) -> str:
    """TEXT of an N-Triples literal with its escapes read."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _LETTER.get(m[3], m[3]), text)


def shacl_name(term: str) -> str:
    """The name of a TERM of SHACL without its namespace; another IRI stays as it is, in brackets."""
    return term[len(SH) + 1 : -1] if term.startswith(f"<{SH}") else term


def filled(message: str, terms: dict[str, str]) -> str:
    """MESSAGE with ``{?name}`` and ``{$name}`` replaced by the plain text of what TERMS hold for the name."""
    return _BRACED.sub(lambda m: plain(terms[m[1]]) if m[1] in terms else m[0], message)


def shown(term: str) -> str:
    """TERM for a reader: a prefixed name where there is one, a literal in quotes."""
    if term.startswith("<"):
        return curie(term[1:-1])
    return f'"{plain(term)}"' if term.startswith('"') else term
