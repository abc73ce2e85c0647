"""Where a stated fact stands: file and line, the sources it names, and its confidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg import files, grammar
from kg.errors import MinilatError
from kg.names import PREFIXES, graph_name, iri
from kg.prove.words import shown
from kg.store import term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.store import Fact, Store

LEVELS: Final = ("high", "medium", "low")
_CODE: Final = PREFIXES["code"]


@dataclass(frozen=True)
class Place:
    """Where a fact is stated, by which sources, how sure: high, medium, low, or '' where the file does not say."""

    file: str
    line: int | None
    source: tuple[str, ...]
    confidence: str


def weakest(confidences: Iterable[str]) -> str:
    """The lowest of CONFIDENCES; those that say nothing do not count."""
    known = [LEVELS.index(c) for c in confidences if c in LEVELS]
    return LEVELS[max(known)] if known else ""


@lru_cache(maxsize=512)
def _lines(path: Path, _changed: float) -> tuple[dict[tuple[str, str, str], int], dict[str, int]]:
    """The line of every statement of the Turtle file at PATH, and the first line on every subject."""
    whole: dict[tuple[str, str, str], int] = {}
    subjects: dict[str, int] = {}
    for found in grammar.statements(path.read_text(encoding="utf-8-sig"), where=path.name):
        whole.setdefault((found.subject, found.predicate, found.object), found.line)
        subjects.setdefault(found.subject, found.line)
    return whole, subjects


class Places:
    """Finds the place of facts of one STORE; EXTRA adds files that are not shipped, by the name of their graph."""

    def __init__(self, store: Store, extra: Mapping[str, Path] | None = None) -> None:
        self._store = store
        shipped = {files.relative(f): f for f in (*files.ontology(), *files.data())}
        self._files = {graph_name(name): (path, name) for name, path in shipped.items()}
        self._files |= {graph: (path, files.relative(path)) for graph, path in (extra or {}).items()}

    def of(self, fact: Fact, graphs: Iterable[str]) -> Place:
        """The place of FACT, stated in GRAPHS; the first by name counts where there are several."""
        graph = min(graphs)
        path, file = self._files.get(graph, (None, graph.removeprefix(PREFIXES["graph"])))
        line = None if path is None else self._line(path, fact)
        stated = (
            {
                name: sorted(
                    str(shown(self._store, f[2])) for f in self._store.match(fact[0], term(f"<{iri(name)}>"), None)
                )
                for name in ("mlo:source", "dcterms:source")
            }
            if str(fact[0]).startswith("<")
            else {}
        )
        confidences = self._store.match(fact[0], term(f"<{iri('mlo:confidence')}>"), None) if stated else []
        source = tuple(stated["mlo:source"] or stated["dcterms:source"]) if stated else ()
        levels = [str(c[2])[1:-1].removeprefix(_CODE) for c in confidences]
        return Place(file, line, source, weakest(levels))

    @staticmethod
    def _line(path: Path, fact: Fact) -> int | None:
        if path.suffix != ".ttl":
            return None
        try:
            whole, subjects = _lines(path, path.stat().st_mtime)
        except (OSError, UnicodeDecodeError, MinilatError):
            return None  # the place is a help, not the proof
        key = (str(fact[0]), str(fact[1]), str(fact[2]))
        return whole.get(key, subjects.get(key[0]))
