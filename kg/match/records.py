"""What is compared: a thing with its names, codes and dates, ours from the graph and the names shipped with it."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg import files
from kg.names import curie

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.store import Store

LABEL, OTHER, FORMER, HIDDEN = "label", "other", "former", "hidden"
"""Kinds of name: the one it goes by in some language, another one, one given up, one that only searches should find."""
NAMES: Final = "data/names/states.tsv"
_KINDS: Final = {
    "state": "VALUES ?class { mlo:State mlo:Entity } ?x a ?class .",
    "organisation": "?x a mlo:InternationalOrganisation .",
    "arrangement": "?x mlo:listComplete ?any .",
    "threat": "?x skos:inScheme threat:scheme .",
}


@dataclass(frozen=True)
class Name:
    """A name with its kind and language; where it comes from is told by the table it stands in."""

    text: str
    kind: str = LABEL
    language: str = ""


@dataclass(frozen=True)
class Record:
    """A thing: its id as a CURIE, the name shown to people, all names, codes, and first and last year (0 unknown)."""

    id: str
    label: str
    names: tuple[Name, ...] = ()
    codes: frozenset[str] = field(default_factory=frozenset)
    begin: int = 0
    end: int = 0


def kinds() -> tuple[str, ...]:
    """The kinds of our things that can be matched."""
    return tuple(_KINDS)


def shipped_names() -> Iterator[tuple[str, Name]]:
    """The names of states in other languages that come with the data, with the CURIE of the state."""
    with (files.ROOT / NAMES).open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        for row in rows:
            yield row["subject_id"], Name(row["name"], row["kind"], row["language"])


def ours(store: Store, wanted: Iterable[str] | None = None) -> list[Record]:
    """Our things of the kinds WANTED (all unless given), by id."""
    more: dict[str, list[Name]] = {}
    for subject, name in shipped_names():
        more.setdefault(subject, []).append(name)
    found = []
    for kind in kinds() if wanted is None else wanted:
        said: dict[str, dict[str, set[str]]] = {}
        for row in store.rows(
            f"SELECT DISTINCT ?x ?p ?v WHERE {{ {_KINDS[kind]} ?x ?p ?v . "
            "VALUES ?p { rdfs:label skos:prefLabel skos:altLabel mlo:iso2 mlo:iso3 mlo:begin mlo:end } }"
        ):
            said.setdefault(str(row["x"]), {}).setdefault(curie(str(row["p"])), set()).add(str(row["v"]))
        found += [_record(curie(iri), values, more.get(curie(iri), [])) for iri, values in said.items()]
    return sorted(found, key=lambda r: r.id)


def _record(name: str, said: dict[str, set[str]], more: list[Name]) -> Record:
    labels = sorted(said.get("rdfs:label", set()) | said.get("skos:prefLabel", set()))
    label = labels[0]
    names = [Name(t) for t in labels] + [Name(t, OTHER) for t in sorted(said.get("skos:altLabel", ()))]
    codes = frozenset(c for p in ("mlo:iso2", "mlo:iso3") for c in said.get(p, ()))
    years = [min(int(d[:4]) for d in said[p]) if said.get(p) else 0 for p in ("mlo:begin", "mlo:end")]
    return Record(name, label, (*names, *more), codes, *years)
