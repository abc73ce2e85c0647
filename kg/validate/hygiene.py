"""Checks beyond shapes: names that nothing knows, references that lead nowhere, terms of the ontology left unexplained.

Each is a SELECT in rules/hygiene; a row is a defect of ``?this``, at ``?path`` and ``?value`` where it has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg import catalogue
from kg.errors import did_you_mean
from kg.names import PREFIXES, curie, slug
from kg.store import iri_term, literal_term
from kg.validate.engines import Raw, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store import Store

PREDICATE: Final = "UnknownPredicate"
"""The component of a result that is about a predicate, not about its value."""


def run(data: Store, graphs: Iterable[str]) -> list[tuple[Raw, str]]:
    """The defects in the named GRAPHS of DATA, each with the name that nothing knows ('' when there is none).

    The rest of DATA stands behind: what is declared or described there is known.
    """
    own = " ".join(iri_term(g) for g in graphs)
    found = []
    for entry in catalogue.hygiene():
        answer = data.select(entry.bind({"graph": own}), limit=100_000, seconds=600)
        for row in answer.rows:
            terms = {name: value or "" for name, value in zip(answer.variables, row, strict=True)}
            message = entry.header["message"]
            for name, value in terms.items():
                message = message.replace(f"{{?{name}}}", curie(plain(value)))
            term = terms.get("term", "")
            focus, path, value = (terms.get(k, "") for k in ("this", "path", "value"))
            component = PREDICATE if term and term == path else "Hygiene"
            shape = f"<{PREFIXES['shape']}{entry.path.stem}>"
            found.append((Raw(focus, path, value, shape, component, "Violation", message), term))
    return found


class Names:
    """The names that a store describes, by namespace, each looked up once."""

    def __init__(self, data: Store) -> None:
        self._data = data
        self._known: dict[str, list[str]] = {}
        self._hints: dict[str, str] = {}

    def hint(self, term: str) -> str:
        """The names closest to TERM among those described in the same namespace."""
        if term not in self._hints:
            self._hints[term] = self._closest(plain(term))
        return self._hints[term]

    def _closest(self, iri: str) -> str:
        name = slug(iri)
        base = iri.removesuffix(name)
        if base not in self._known:
            query = f"SELECT DISTINCT ?s WHERE {{ ?s a ?kind FILTER(STRSTARTS(STR(?s), {literal_term(base)})) }}"
            self._known[base] = sorted(n for row in self._data.rows(query) if (n := slug(str(row["s"]))))
        # Classes are written large and properties small: one is never meant for the other.
        large = name[:1].isupper()
        return did_you_mean(name, [n for n in self._known[base] if n[0].isupper() == large])
