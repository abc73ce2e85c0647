"""RDF as N-Triples: what the engines are given, for data and for shapes alike."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg import files
from kg.documents import SYNTAX, Mishap, ntriples, read_quads
from kg.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_LINE: Final = re.compile(r"(\S+) (\S+) (.+) \.")
_BLANK: Final = re.compile(r"^_:\S+|(?<= )_:\S+(?= \.$)", re.MULTILINE)
_NUMBER: Final = re.compile(
    r'(?<= )"([^"\\]+)"\^\^<http://www\.w3\.org/2001/XMLSchema#'
    r"((?:gYear|gMonth|gDay|gYearMonth|gMonthDay|date|time|dateTime|dateTimeStamp|duration|yearMonthDuration|"
    r"dayTimeDuration|boolean|decimal|double|float|integer|byte|short|int|long|unsignedByte|unsignedShort|"
    r"unsignedInt|unsignedLong|positiveInteger|negativeInteger|nonPositiveInteger|nonNegativeInteger))>"
)


def rows(ntriples: str) -> Iterator[tuple[str, str, str]]:
    """The triples of a text in N-Triples as the serializer writes it, as terms, in its order."""
    for line in ntriples.split("\n"):
        if line:
            subject, predicate, rest = line.split(" ", 2)
            yield subject, predicate, rest[:-2]


class Triples:
    """A graph as the text of its N-Triples, with what is derived from it made on first use.

    Literals have the form they were written in; a query on :attr:`store` sees them in canonical form.
    """

    def __init__(self, text: str, store: Store | None = None) -> None:
        self.text = text
        if store is not None:
            self.__dict__["store"] = store

    @classmethod
    def of(cls, store: Store) -> Triples:
        """The union of all graphs in STORE."""
        return cls(store.ntriples().decode(), store)

    @classmethod
    def read(cls, paths: Iterable[Path], tag: str = "d") -> Triples:
        """The files at PATHS together; blank nodes are named _:<TAG><number of the file>x<n>, in their order.

        Raises MinilatError E030–E032 for a file that cannot be read or parsed.
        """
        parts = []
        for number, path in enumerate(paths):
            suffix = path.suffix.lower()
            text, mishaps = "", list[Mishap]()
            if suffix in SYNTAX and path.is_file():
                text, mishaps = ntriples(path.read_bytes(), suffix, f"{tag}{number}")
            if mishaps or not text:
                read_quads(path, where=files.relative(path))  # tells what is wrong, if anything is
            parts.append(text)
        return cls("".join(parts))

    def __len__(self) -> int:
        return self.text.count("\n")

    def naming(self, terms: set[str]) -> tuple[set[str], set[str]]:
        """Those of TERMS that are subjects here, and those that are objects."""
        subjects: set[str] = set()
        objects: set[str] = set()
        for subject, _, value in rows(self.text):
            if subject in terms:
                subjects.add(subject)
            if value in terms:
                objects.add(value)
        return subjects, objects

    @cached_property
    def store(self) -> Store:
        """The same triples, to be asked in SPARQL; blank nodes keep their labels."""
        return Store.from_ntriples(self.text.encode())

    @cached_property
    def index(self) -> dict[str, dict[str, list[str]]]:
        """Objects by predicate by subject, as N-Triples terms in the order of the text. For small graphs."""
        found: dict[str, dict[str, list[str]]] = {}
        for line in self.text.split("\n"):
            if match := _LINE.fullmatch(line):
                objects = found.setdefault(match[1], {}).setdefault(match[2], [])
                if match[3] not in objects:
                    objects.append(match[3])
        return found

    @cached_property
    def blank_nodes(self) -> list[str]:
        """The blank nodes in the order in which the text first names them."""
        return list(dict.fromkeys(_BLANK.findall(self.text)))

    @cached_property
    def spellings(self) -> dict[str, list[str]]:
        """For each literal that the store spells differently: its canonical form, and all forms in the text."""
        forms = {(m[1], m[2]) for m in _NUMBER.finditer(self.text)}
        written = [f'"{form}"^^<http://www.w3.org/2001/XMLSchema#{kind}>' for form, kind in sorted(forms)]
        lines = "".join(f"<urn:n:{n}> <urn:p> {term} .\n" for n, term in enumerate(written))
        canonical: dict[str, list[str]] = {}
        answer = Store.from_ntriples(lines.encode()).select(
            "SELECT ?n ?form { ?n <urn:p> ?form }", limit=len(written), seconds=60
        )
        for node, form in answer.rows:
            canonical.setdefault(form or "", []).append(written[int((node or "")[7:-1])])
        return {form: spelt for form, spelt in canonical.items() if spelt != [form]}
