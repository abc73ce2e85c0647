"""Scenarios written for machines: RDF Patch, and SPARQL Update with INSERT DATA and DELETE DATA alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError
from kg.grammar import data_blocks, statements
from kg.names import PREFIXES
from kg.store import term
from kg.whatif.clauses import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.pattern import Triple

_PATCH: Final = re.compile(r"(?m)^(?:[AD]\s+[<_\w]|P[AD]\s|H\s+id\b|T[XCA]\s*\.)")
_UPDATE: Final = re.compile(
    r"(?i:\b(?:INSERT|DELETE)\s+(?:DATA|WHERE|\{))|\b(?:LOAD|CLEAR|DROP|CREATE|MOVE|COPY|WITH)\s+[<A-Z]"
)


def kind(text: str) -> str:
    """How TEXT is written: 'patch', 'update' or 'words'."""
    plain = re.sub(r"(?m)^\s*#.*$", "", text)
    if _PATCH.search(plain):
        return "patch"
    return "update" if _UPDATE.search(plain) else "words"


def patch(text: str, where: str) -> Iterator[Change]:
    """The changes of an RDF Patch (https://afs.github.io/rdf-patch/): lines A and D, prefixes PA, one transaction.

    Raises MinilatError E120 with the line for what is none, for a named graph, and for an aborted transaction.
    """
    heads = "".join(f"@prefix {p}: <{base}> . " for p, base in PREFIXES.items())
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{where}:{number}"
        code, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if not code or code.startswith("#") or code in ("H", "TX", "TC", "TX.", "TC."):
            continue
        if code == "PA":
            name, _, base = rest.rstrip(". ").partition(" ")
            prefix = name.strip('"').removesuffix(":")
            heads += f"@prefix {prefix}: {base.strip()} . "
        elif code in ("A", "D"):
            try:
                found = list(statements(heads + rest, where=place))
            except MinilatError as error:
                reason = (
                    "a graph cannot be named: a scenario is one overlay" if len(rest.split()) > 4 else error.message
                )
                raise MinilatError("E120", reason, where=place) from None
            yield from (Change(code == "A", _fact(t, place), place) for t in found)
        else:
            raise MinilatError(
                "E120", f"{code!r} is not taken here", where=place, hint="lines begin with A, D, PA, H, TX, TC"
            )


def update(text: str, where: str) -> Iterator[Change]:
    """The changes of a SPARQL Update. Raises MinilatError E120 for anything but INSERT DATA and DELETE DATA."""
    for adding, triple in data_blocks(text, where=where):
        place = f"{where}:{triple.line}"
        yield Change(adding, _fact(triple, place), place)


def _fact(triple: Triple, place: str) -> tuple[object, object, object]:
    try:
        return term(triple.subject), term(triple.predicate), term(triple.object)
    except MinilatError as error:
        raise MinilatError("E120", error.message, where=place) from None
