"""What goes into a release: the files, each with its statements in a graph of its own and the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from kg import files, link, releases
from kg.documents import read_quads
from kg.errors import MinilatError, did_you_mean
from kg.names import ID, graph_name
from kg.publish import rdf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kg.publish.rdf import Quad

TABLE: Final = ".sssom.tsv"
CATALOGUE: Final = "data/catalog.ttl"
_OUTSIDE: Final = {f"<{ID}dataset/ontology>"}


@dataclass(frozen=True)
class Part:
    """One file of the release: its name, as data/arrangements/jef.ttl, where it lies, what it says, and its hash."""

    name: str
    path: Path
    quads: tuple[Quad, ...]
    sha256: str

    @property
    def graph(self) -> str:
        """The name of the graph its statements stand in."""
        return graph_name(self.name)


def _listed(root: Path | None) -> list[tuple[str, Path]]:
    if root is None:
        every = (*files.ontology(), *files.data(), *files.links())
        return [(files.relative(p), p) for p in every]
    inside = sorted(p for p in root.rglob("*") if p.suffix == ".ttl" or p.name.endswith(TABLE))
    own = [(f"data/{p.relative_to(root).as_posix()}", p) for p in inside if p.is_file()]
    return [*((files.relative(p), p) for p in files.ontology()), *own]


@contextmanager
def folder(release: str | None) -> Iterator[Path | None]:
    """The folder with the data of RELEASE while the block runs; None for the shipped data. Errors as releases.data."""
    if release is None:
        yield None
        return
    with releases.data(release) as root:
        yield root


def read(root: Path | None, graphs: Sequence[str] = ()) -> list[Part]:
    """The parts of the data in the folder ROOT (the shipped data unless given) with the ontology, by name.

    With GRAPHS only those whose name fits one of these patterns (* and ?). Raises MinilatError E175 when one of them
    fits nothing, E031 for a syntax error, and E160–E163 for a table of links.
    """
    listed = _listed(root)
    names = [name for name, _ in listed]
    for pattern in graphs:
        if not any(fnmatchcase(name, pattern) for name in names):
            hint = did_you_mean(pattern, names, otherwise="such as 'data/arrangements/*' or 'data/links/*'")
            raise MinilatError("E175", f"no part of the data is called {pattern!r}", where="--graph", hint=hint)
    wanted = [(n, p) for n, p in listed if not graphs or any(fnmatchcase(n, g) for g in graphs)]
    return [_part(name, path, number) for number, (name, path) in enumerate(sorted(wanted, key=lambda x: x[0]))]


def catalogue(root: Path | None) -> list[Quad]:
    """What the catalogue of the data in ROOT says, and what ours says of the ontology, which always goes with it.

    Raises MinilatError E031 for a syntax error; where there is no catalogue nothing is said.
    """
    shipped = files.ROOT / CATALOGUE
    ours = list(read_quads(shipped, where=CATALOGUE))
    path = shipped if root is None else root / "catalog.ttl"
    if path == shipped or not path.is_file():
        return ours if path == shipped else [q for q in ours if str(q.subject) in _OUTSIDE]
    theirs = list(read_quads(path, where=CATALOGUE))
    said = {str(q.subject) for q in theirs}
    return [*theirs, *(q for q in ours if str(q.subject) in _OUTSIDE - said)]


def _part(name: str, path: Path, number: int) -> Part:
    if name.endswith(TABLE):
        quads = rdf.of_iris(link.triples(path), graph_name(name))
    else:
        quads = rdf.in_graph(read_quads(path, where=name), graph_name(name), f"f{number}")
    return Part(name, path, tuple(quads), hashlib.sha256(path.read_bytes()).hexdigest())
