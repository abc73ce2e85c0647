"""What the service knows, read once from the graph of a day: entities, their types and facts, and who took part when.

An entity goes by the rest of its IRI after the identifier space, ``state/nor``; its CURIE and IRI are understood too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kg.match.index import Index
from kg.match.records import ours
from kg.names import BASE, ID, curie, iri, slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.match.records import Record
    from kg.store import Store

CODES: Final = ("iso2", "iso3", "isoNumeric", "m49", "notation", "wikidata", "geonames", "euCountry", "euCorporateBody")
"""Properties whose values name one thing each: whoever gives one has named the entity."""
THREAT: Final = "Threat"
"""The type of threats, which are concepts of a scheme and have no class."""
_LINKED: Final = {
    "wd": "wikidata",
    "geonames": "geonames",
    "eucountry": "euCountry",
    "corporatebody": "euCorporateBody",
}
_FACTS: Final = {
    "mlo:iso2": "iso2", "mlo:iso3": "iso3", "mlo:isoNumeric": "isoNumeric", "mlo:m49": "m49",
    "skos:notation": "notation", "mlo:begin": "begin", "mlo:end": "end", "mlo:listComplete": "listComplete",
    "skos:definition": "definition", "skos:broader": "broader", "skos:altLabel": "altLabel",
}  # fmt: skip
_MODULE: Final = f"rdfs:isDefinedBy <{BASE}ontology/arrangements>"
_KIND: Final = f"?c rdfs:subClassOf+ mlo:Arrangement ; {_MODULE} ."
_OPEN: Final = "9999-12-31"
"""Later than any end."""


@dataclass(frozen=True)
class Type:
    """A kind of entity: its id, its name, what it means, and the ids of the kinds right above it."""

    id: str
    name: str
    description: str
    broader: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Entity:
    """Something to be found: its id, its names, the ids of its types (the narrowest first), and facts by property."""

    id: str
    record: Record
    types: tuple[str, ...]
    facts: dict[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """The name shown to people."""
        return self.record.label

    def named(self, language: str) -> str:
        """The name in LANGUAGE, '' when none is known."""
        if language == "en":
            return self.name
        return next((n.text for n in self.record.names if n.kind == "label" and n.language == language), "")


@dataclass(frozen=True)
class Participation:
    """Who took part in what, from the first day on which it may have held to the day before ``end``."""

    arrangement: str
    who: str
    core: bool
    suspended: bool
    begin: str
    end: str


class Known:
    """The entities of a graph for the day AS_OF, found by name, code or id."""

    def __init__(self, store: Store, as_of: str) -> None:
        self.as_of = as_of
        self.types = {t.id: t for t in _types(store)}
        direct, facts = _classes(store), _facts(store)
        self.entities: dict[str, Entity] = {}
        for record in ours(store):
            path = iri(record.id).removeprefix(ID)
            said = {k: tuple(sorted(v)) for k, v in facts[record.id].items()}
            kind = THREAT if record.id.startswith("threat:") else direct[record.id]
            self.entities[path] = Entity(path, record, (kind, *self.above(kind)), said)
        self.index = Index(self._coded(e) for e in self.entities.values())
        self._paths = {e.record.id: e.id for e in self.entities.values()}
        self.languages = frozenset(n.language for e in self.entities.values() for n in e.record.names) - {""} | {"en"}
        self._rows: dict[str, list[Participation]] = {identity: [] for identity in self._paths}
        for p in _participations(store):
            if p.arrangement in self._paths and p.who in self._paths:
                self._rows[p.arrangement].append(p)
                self._rows[p.who].append(p)
        self._ever = {
            e.id: frozenset(o.id for o in self._others(e, [p for p in self._rows[e.record.id] if p.core]))
            for e in self.entities.values()
        }

    def above(self, kind: str) -> tuple[str, ...]:
        """The ids of all types above the type KIND, the nearest first."""
        near = self.types[kind].broader
        return tuple(dict.fromkeys((*near, *(far for t in near for far in self.above(t)))))

    def find(self, name: str) -> Entity | None:
        """The entity whose id, CURIE or IRI is NAME."""
        path = name.removeprefix(ID)
        return self.entities.get(path) or self.entities.get(self._paths.get(curie(name), ""))

    def of(self, record: Record) -> Entity:
        """The entity that RECORD describes."""
        return self.entities[self._paths[record.id]]

    def among(self, wanted: Iterable[str]) -> frozenset[str]:
        """The ids, as records have them, of the entities that have one of the types WANTED."""
        asked = set(wanted)
        return frozenset(e.record.id for e in self.entities.values() if asked & set(e.types))

    def partners(self, entity: Entity, day: str, roles: str = "core") -> list[Entity]:
        """Who takes part in an arrangement on DAY, or in what an actor does, by name.

        ROLES is core (without suspended members) or all. This is what rules R004, R008 and R010 say for one day, asked
        here for any day without building a graph for it; a test compares the two.
        """
        now = [p for p in self._rows[entity.record.id] if p.begin <= day < p.end]
        out = {(p.arrangement, p.who) for p in now if p.suspended}
        wanted = now if roles == "all" else [p for p in now if p.core and (p.arrangement, p.who) not in out]
        return self._others(entity, wanted)

    def ever(self, entity: Entity) -> frozenset[str]:
        """The ids of who took part in an arrangement with a core role on any day, or of what an actor took part in."""
        return self._ever[entity.id]

    def _others(self, entity: Entity, rows: Iterable[Participation]) -> list[Entity]:
        met = {p.who if p.arrangement == entity.record.id else p.arrangement for p in rows}
        return sorted((self.entities[self._paths[m]] for m in met), key=lambda e: (e.name, e.id))

    @staticmethod
    def _coded(entity: Entity) -> Record:
        """The record of ENTITY with every code that names it; each says of which table it is."""
        record = entity.record
        more = {f"{p}:{value}" for p in CODES for value in entity.facts.get(p, ())}
        names = {f"id:{entity.id}", f"id:{record.id}", f"id:{iri(record.id)}"}
        return replace(record, codes=record.codes | more | names)


def _types(store: Store) -> list[Type]:
    rows = store.rows(
        f"""SELECT ?c ?name ?text (GROUP_CONCAT(STR(?over); separator=" ") AS ?above) WHERE {{
          {{ VALUES ?c {{ mlo:Actor mlo:State mlo:Entity mlo:InternationalOrganisation mlo:Arrangement }} }}
          UNION {{ {_KIND} }}
          ?c rdfs:label ?name ; skos:definition ?text . OPTIONAL {{ ?c rdfs:subClassOf ?over . FILTER(ISIRI(?over)) }}
        }} GROUP BY ?c ?name ?text ORDER BY ?name"""
    )
    said = {slug(str(r["c"])): r for r in rows}
    found = []
    for name, r in said.items():
        over = sorted(o for o in {slug(a) for a in str(r["above"] or "").split()} if o in said)
        found.append(Type(name, str(r["name"]), str(r["text"]), tuple(over)))
    return [*found, Type(THREAT, "threat", "Kind of danger that arrangements address, as a concept of a scheme.")]


def _classes(store: Store) -> dict[str, str]:
    """The narrowest kind of everything that has one; findings of rules, as minilateral format, are no kinds."""
    rows = store.rows(
        f"""SELECT ?x ?c WHERE {{
          {{ VALUES ?c {{ mlo:State mlo:Entity mlo:InternationalOrganisation }} }} UNION {{ {_KIND} }}
          ?x a ?c . FILTER NOT EXISTS {{ ?x a ?d . ?d {_MODULE} ; rdfs:subClassOf+ ?c . FILTER(?d != ?c) }}
        }} ORDER BY ?x ?c"""
    )
    return {curie(str(r["x"])): slug(str(r["c"])) for r in rows}


def _facts(store: Store) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    wanted = " ".join(_FACTS)
    for row in store.rows(f"SELECT ?x ?p ?v WHERE {{ VALUES ?p {{ {wanted} }} ?x ?p ?v }}"):
        value = row["v"]
        text = str(value).lower() if isinstance(value, bool) else str(value)
        found[curie(str(row["x"]))][_FACTS[curie(str(row["p"]))]].add(text)
    for row in store.rows("SELECT ?x ?v WHERE { ?x skos:exactMatch ?v }"):
        table, _, code = curie(str(row["v"]).rstrip("/")).partition(":")
        if table in _LINKED:
            found[curie(str(row["x"]))][_LINKED[table]].add(code)
    return found


def _participations(store: Store) -> list[Participation]:
    rows = store.rows(
        """SELECT ?a ?who ?role ?core ?from ?to ?begun ?gone WHERE {
          ?p a mlo:Participation ; mlo:arrangement ?a ; mlo:participant ?who ; mlo:role ?role .
          OPTIONAL { ?role mlo:coreRole ?core }
          OPTIONAL { ?p mlo:beginEarliest ?from } OPTIONAL { ?p mlo:endLatest ?to }
          OPTIONAL { ?a mlo:beginEarliest ?begun } OPTIONAL { ?a mlo:endLatest ?gone } }"""
    )
    return [
        Participation(
            curie(str(r["a"])), curie(str(r["who"])), r["core"] is True, slug(str(r["role"])) == "suspended-member",
            max(str(r["from"] or ""), str(r["begun"] or "")), min(str(r["to"] or _OPEN), str(r["gone"] or _OPEN)),
        )
        for r in rows
    ]  # fmt: skip
