"""Every rule, criterion and question as a record read from the header of its file.

A header is the run of comment lines at the top, ``# key: value``. Parameters are legal SPARQL with a working default:

    VALUES ?asOf { "2026-11-24"^^xsd:date }  # @param asOf date the day asked about

A type followed by ``+`` takes several values, ``word(a|b)`` one of the words listed; a default of UNDEF means any.
Binding replaces only what stands between the braces, with a term written by the store, never with pasted text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg import files, refusals
from kg.errors import MinilatError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER: Final = re.compile(r"#\s?([\w-]+):\s*(.*)")
_PARAM: Final = re.compile(
    r"VALUES \?(\w+) \{([^}\n]*)\}(?=[ \t]*#[ \t]*@param (\w+) (\w+(?:\([\w|-]+\))?\+?)[ \t]*([^\n]*))"
)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a query: its name, its type, what it means and its default as a SPARQL term."""

    name: str
    type: str
    meaning: str
    default: str

    @property
    def kind(self) -> str:
        """The type of one value: 'state', 'date', 'word' …, without what says how many or which words."""
        return re.sub(r"[^\w].*", "", self.type)

    @property
    def several(self) -> bool:
        """Whether more than one value may be given, between commas."""
        return self.type.endswith("+")

    @property
    def words(self) -> tuple[str, ...]:
        """The words a parameter of type word(…) takes; empty for every other type."""
        inside = re.search(r"\(([^)]*)\)", self.type)
        return tuple(inside[1].split("|")) if inside else ()

    @property
    def usual(self) -> str:
        """The default as a user would write it: any for UNDEF, ids without their prefix, values between commas."""
        if self.default == "UNDEF":
            return "any"
        found = re.findall(r'"([^"]*)"\S*|([^\s"]+)', self.default)
        return ",".join(quoted or bare.partition(":")[2] or bare for quoted, bare in found)


@dataclass(frozen=True)
class Entry:
    """A query file: permanent code, name, title, reason, parameters and the text itself."""

    code: str
    name: str
    title: str
    why: str
    path: Path
    text: str = field(repr=False)
    parameters: tuple[Parameter, ...]
    header: Mapping[str, str] = field(repr=False, hash=False)

    def bind(self, terms: Mapping[str, str]) -> str:
        """The query text with TERMS (already SPARQL terms) as its parameters.

        Raises MinilatError E050 for a parameter the query does not take, listing those it does.
        """
        known = {p.name for p in self.parameters}
        if unknown := sorted(terms.keys() - known):
            raise MinilatError("E050", f"{self.code} has no parameter {unknown[0]!r}", hint=self.takes())

        def put(match: re.Match[str]) -> str:
            return f"VALUES ?{match[1]} {{ {terms[match[1]]} }}" if match[1] in terms else match[0]

        return _PARAM.sub(put, self.text)

    def takes(self) -> str:
        """The parameters with type and default, as a sentence for people; the day is given by --as-of."""
        unique = {p.name: p for p in self.parameters if p.name != "asOf"}
        listed = ", ".join(f"{p.name} ({p.type}, else {p.usual})" for _, p in sorted(unique.items()))
        return f"it takes {listed}" if listed else "it takes no parameters"


def read(path: Path) -> Entry:
    """The entry in the file at PATH. Raises MinilatError E051 when its header is incomplete."""
    text = path.read_text(encoding="utf-8")
    header: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if found := _HEADER.match(line):
            header[found[1]] = found[2].strip()
    code, _, name = path.stem.partition("-")
    if header.get("id") != code or not header.get("title"):
        raise MinilatError("E051", "the header needs '# id: <code of the file name>' and '# title:'", where=str(path))
    parameters = []
    for match in _PARAM.finditer(text):
        if match[1] != match[3]:
            raise MinilatError("E051", f"@param {match[3]} stands beside VALUES ?{match[1]}", where=str(path))
        parameters.append(Parameter(match[1], match[4], match[5].strip(), match[2].strip()))
    return Entry(code, name, header["title"], header.get("why", ""), path, text, tuple(parameters), header)


@cache
def rules() -> tuple[Entry, ...]:
    """All inference rules, by code."""
    return tuple(read(p) for p in files.rules())


@cache
def hygiene() -> tuple[Entry, ...]:
    """All checks of names, references and the ontology, by code."""
    return tuple(read(p) for p in files.hygiene())


@cache
def criteria() -> tuple[Entry, ...]:
    """All criteria of fit, by code."""
    return tuple(read(p) for p in files.criteria())


@cache
def questions() -> tuple[Entry, ...]:
    """All named questions, by code."""
    return tuple(sorted((read(p) for p in files.questions()), key=lambda e: e.code))


def question(name: str) -> Entry | None:
    """The question called NAME (its name or code, any case), or None."""
    wanted = name.lower()
    return next((e for e in (*questions(), *criteria()) if wanted in (e.name.lower(), e.code.lower())), None)


def no_question(name: str) -> MinilatError:
    """The error for a query nobody has: E052, with the closest names; raises E140 for what is refused on principle."""
    refusals.check(name)
    names = [n for e in questions() for n in (e.name, e.code)]
    hint = did_you_mean(
        name, names, otherwise="`minilat queries` lists them; a file must exist; - reads standard input"
    )
    shown = name if len(name) <= 60 else f"{name[:60]}…"
    return MinilatError("E052", f"no query or file called {shown!r}", hint=hint)
