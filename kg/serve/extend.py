"""Data for entities that were found: the values of properties, by entity, as the API writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.serve import properties

if TYPE_CHECKING:
    from kg.serve.asked import Extension
    from kg.serve.known import Entity, Known
    from kg.serve.properties import Property

USUAL: Final = 50
"""How many properties are proposed where no other number is asked for."""
SETTINGS: Final = (
    {
        "name": "date", "label": "Day", "type": "text", "default": "",
        "help_text": "YYYY-MM-DD: participants and takes part in on this day; the day of the service where it is empty",
    },
    {
        "name": "roles", "label": "Roles", "type": "select", "default": "core",
        "help_text": "Core roles, or observers, beneficiaries, applicants and suspended members too",
        "choices": [{"value": "core", "name": "core roles"}, {"value": "all", "name": "all roles"}],
    },
    {
        "name": "language", "label": "Language", "type": "text", "default": "en",
        "help_text": "Of the property name, by its two letters, fr: for states; everything else has English names",
    },
    {
        "name": "limit", "label": "Limit", "type": "number", "default": 0,
        "help_text": "Values of a property for a row at most; 0 for all",
    },
)  # fmt: skip


def proposal(known: Known, kind: str, limit: int = USUAL) -> dict[str, Any]:
    """The properties that can be fetched for entities of the type KIND. Raises MinilatError E216 for an unknown one."""
    found = properties.proposed(known, kind)[:limit]
    named = [{"id": p.id, "name": p.name, "description": p.description} for p in found]
    return {"properties": named, "limit": limit} | ({"type": kind} if kind else {})


def rows(known: Known, asked: Extension) -> dict[str, Any]:
    """What was ASKED for, with its metadata; an id that is not known has no values.

    Raises MinilatError E216 for a property that is not known.
    """
    wanted = [
        (properties.known(pid, f"extend.properties[{i}]"), settings)
        for i, (pid, settings) in enumerate(asked.properties)
    ]
    found: dict[str, Any] = {}
    for identity in asked.ids:
        entity = known.find(identity)
        cells: dict[str, Any] = {}
        for of, settings in wanted:
            values = [] if entity is None else properties.values(known, entity, of, settings)
            cells[of.id] = [_cell(v) for v in values[: settings.limit or None]]
        found[identity] = cells
    return {"meta": [_meta(known, of) for of, _ in wanted], "rows": found}


def _meta(known: Known, of: Property) -> dict[str, Any]:
    more = {"type": {"id": of.range, "name": known.types[of.range].name}} if of.range else {}
    return {"id": of.id, "name": of.name} | more


def _cell(value: str | Entity) -> dict[str, Any]:
    if isinstance(value, str):
        return {"str": value}
    return {"id": value.id, "name": value.name}
