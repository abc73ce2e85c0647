"""What can be said of an entity: the properties, their values with the settings asked for, and whether one holds.

A value that is not known is neither true nor false. Codes stand as their tables write them, dates as precisely as they
are recorded: 2014-09-04, 2026-03 or 1918.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from kg.errors import MinilatError, did_you_mean
from kg.match.spelling import plain
from kg.names import ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.serve.asked import Settings, Value
    from kg.serve.known import Entity, Known

Form = Literal["code", "date", "name", "word", "entity"]

ACTORS: Final = ("State", "Entity", "InternationalOrganisation")
STATES: Final = ("State", "Entity")


@dataclass(frozen=True)
class Property:
    """One property: its id, name and meaning, of which types it is known, what its values are and of which type."""

    id: str
    name: str
    description: str
    types: tuple[str, ...]
    form: Form
    range: str = ""


_ALL: Final = (*ACTORS, "Arrangement", "Threat")
_LINKED: Final = (*ACTORS, "Arrangement")
TABLE: Final = {
    p.id: p
    for p in (
        Property("label", "name", "the name; of states in the language of the settings", _ALL, "name"),
        Property("altLabel", "other names", "names it also goes by, in English", _LINKED, "name"),
        Property("kind", "kind", "what it is: state, alliance, operation and so on", _ALL, "word"),
        Property("definition", "definition", "what is meant, in a sentence", ("Threat",), "word"),
        Property("iso2", "ISO 3166-1 alpha-2", "two letters, NO; XK for Kosovo is user-assigned", STATES, "code"),
        Property("iso3", "ISO 3166-1 alpha-3", "three letters, NOR; XKX for Kosovo is user-assigned", STATES, "code"),
        Property("isoNumeric", "ISO 3166-1 numeric", "three digits, 578", STATES, "code"),
        Property("m49", "UN M49", "three digits, 578", STATES, "code"),
        Property("notation", "notation", "the number in the stock-take, D01, or that of a threat, 1.4", _ALL, "code"),
        Property("begin", "begin", "when it began, as precisely as it is known", _LINKED, "date"),
        Property("end", "end", "from when it was no more, as precisely as it is known", _LINKED, "date"),
        Property(
            "participants", "participants", "who takes part in it on the day of the settings", ("Arrangement",),
            "entity", "Actor",
        ),
        Property(
            "participantOf", "takes part in", "in what it takes part on the day of the settings", ACTORS, "entity",
            "Arrangement",
        ),
        Property(
            "listComplete", "list is complete", "true when the list of participants was seen whole; count no other",
            ("Arrangement",), "word",
        ),
        Property("broader", "broader threat", "the group of threats it belongs to", ("Threat",), "entity", "Threat"),
        Property("wikidata", "Wikidata", "the item that is exactly it, Q20", _LINKED, "code"),
        Property("geonames", "GeoNames", "the number of the feature that is exactly it", STATES, "code"),
        Property("euCountry", "EU country", "its code in the country table of the EU", STATES, "code"),
        Property(
            "euCorporateBody", "EU corporate body", "its code in the table of corporate bodies of the EU",
            ("InternationalOrganisation", "Arrangement"), "code",
        ),
        Property("iri", "IRI", "its address in the graph", _ALL, "code"),
    )
}  # fmt: skip


def known(name: str, where: str) -> Property:
    """The property called NAME. Raises MinilatError E216 when there is none."""
    if name not in TABLE:
        hint = did_you_mean(name, TABLE, otherwise="known are " + ", ".join(TABLE))
        raise MinilatError("E216", f"no property {name!r}", where=where, hint=hint)
    return TABLE[name]


def proposed(known: Known, kind: str) -> list[Property]:
    """The properties that entities of the type KIND have, or all without one; raises MinilatError E216."""
    if not kind:
        return list(TABLE.values())
    wanted = {kind, *known.above(typed(known, kind, "type"))}
    wanted |= {t.id for t in known.types.values() if kind in known.above(t.id)}
    return [p for p in TABLE.values() if wanted & set(p.types)]


def typed(known: Known, kind: str, where: str) -> str:
    """KIND itself when it is the id of a type. Raises MinilatError E216 when it is not."""
    if kind not in known.types:
        hint = did_you_mean(kind, known.types, otherwise="known are " + ", ".join(sorted(known.types)))
        raise MinilatError("E216", f"no type {kind!r}", where=where, hint=hint)
    return kind


def values(known: Known, entity: Entity, of: Property, settings: Settings) -> list[str] | list[Entity]:
    """What OF is for ENTITY under SETTINGS: text, or entities where it relates some."""
    if of.form == "entity":
        if of.id == "broader":
            return [e for iri in entity.facts.get("broader", ()) if (e := known.find(iri)) is not None]
        if not set(of.types) & set(entity.types):
            return []
        return known.partners(entity, settings.day or known.as_of, settings.roles)
    if of.id == "label":
        return [name for name in [entity.named(settings.language)] if name]
    if of.id == "kind":
        return [known.types[entity.types[0]].name]
    if of.id == "iri":
        return [ID + entity.id]
    return list(entity.facts.get(of.id, ()))


def holds(known: Known, entity: Entity, of: Property, said: Sequence[Value]) -> bool | None:
    """Whether OF has one of the values SAID, as :func:`meant`, for ENTITY: None when that is not known.

    Names are never false: a list of names has no end. Taking part is asked of all days, and false only where the
    list of participants is complete.
    """
    found = [_holds(known, entity, of, value) for value in said]
    if True in found:
        return True
    return None if None in found else False


def _holds(known: Known, entity: Entity, of: Property, said: Value) -> bool | None:
    if of.form == "entity":
        return _related(known, entity, of, said)
    if of.id == "label":
        return plain(said.text) in {plain(n.text) for n in entity.record.names} or None
    if of.id == "kind":
        kinds = {plain(word) for t in entity.types for word in (t, known.types[t].name)}
        return plain(said.text) in kinds
    ours = entity.facts.get(of.id, (ID + entity.id,) if of.id == "iri" else ())
    if of.form == "date":
        return any(a.startswith(said.text) or said.text.startswith(a) for a in ours) if ours else None
    if of.form == "name":
        return plain(said.text) in {plain(o) for o in ours} or None
    text = coded(of, said)
    return text.casefold() in {o.casefold() for o in ours} if ours else None


def coded(of: Property, said: Value) -> str:
    """What was SAID as a code of OF: a number that lost its leading zeros has them again, an IRI is its last part."""
    if of.id in ("isoNumeric", "m49") and said.text.isdecimal():
        return said.text.zfill(3)
    if of.id == "iri":
        return said.text
    return (said.id or said.text).strip().rstrip("/").rpartition("/")[2]


def meant(known: Known, of: Property, said: Sequence[Value]) -> tuple[Value, ...]:
    """The values SAID of OF; where it relates entities, each with the id of the one it names ('' for nobody)."""
    if of.form != "entity":
        return tuple(said)
    return tuple(replace(value, id=_named(known, value)) for value in said)


def _named(known: Known, said: Value) -> str:
    entity = known.find(said.id or said.text)
    if entity is None and said.text:
        found = known.index.resolve(said.text)
        entity = None if found is None else known.of(found.record)
    return "" if entity is None else entity.id


def _related(known: Known, entity: Entity, of: Property, said: Value) -> bool | None:
    if not set(of.types) & set(entity.types):
        return False
    other = known.find(said.id)
    if other is None:
        return None
    if of.id == "broader":
        return other in [e for iri in entity.facts.get("broader", ()) if (e := known.find(iri)) is not None]
    if other.id in known.ever(entity):
        return True
    whole = entity if of.id == "participants" else other
    return False if whole.facts.get("listComplete") == ("true",) else None
