"""RDF as N-Triples: what the engines are given, for data and for shapes alike."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.store import Store, file_as_ntriples

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LINE: Final = re.compile(r"(\S+) (\S+) (.+) \.")
_BLANK: Final = re.compile(r"^_:\S+|(?<= )_:\S+(?= \.$)", re.MULTILINE)
_NUMBER: Final = re.compile(
    r'(?<= )"([^"\\]+)"\^\^<http://www\.w3\.org/2001/XMLSchema#'
    r"((?:gYear|gMonth|gDay|gYearMonth|gMonthDay|date|time|dateTime|dateTimeStamp|duration|yearMonthDuration|"
    r"dayTimeDuration|boolean|decimal|double|float|integer|byte|short|int|long|unsignedByte|unsignedShort|"
    r"unsignedInt|unsignedLong|positiveInteger|negativeInteger|nonPositiveInteger|nonNegativeInteger))>"
)


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
    def read(cls, paths: Iterable[Path]) -> Triples:
        """The files at PATHS together, blank nodes of one apart from those of another.

        Raises MinilatError E030–E032 for a file that cannot be read or parsed.
        """
        # The parser draws anonymous labels at random; written ones are kept, and told apart by the number of the file.
        parts = []
        for number, path in enumerate(paths):
            text = file_as_ntriples(path, where=str(path)).decode()
            parts.append(_BLANK.sub(lambda m, n=number: f"_:f{n}.{m[0][2:]}", text) if number else text)  # type: ignore[misc]
        return cls("".join(parts))

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
