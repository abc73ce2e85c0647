"""What is asked of the service: the JSON of strangers as checked records, or an error that says what is wrong with it.

Everything has a bound: what goes beyond is refused (E213), but a limit that is too high is lowered.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from kg import dates
from kg.errors import MinilatError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

BATCH: Final = 50
"""Queries in one batch."""
LETTERS: Final = 500
"""Letters of a name, an id or a value."""
VALUES: Final = 50
"""Properties of a query, and values of a property, and types."""
ALL_VALUES: Final = 500
"""Values of properties in a whole batch: a value may be a name that has to be looked for."""
IDS: Final = 200
"""Entities whose data are asked for at once."""
MOST: Final = 50
"""Candidates, or suggestions of a page."""
USUAL: Final = 5
STRICT: Final = ("any", "should", "all")
ROLES: Final = ("core", "all")
SETTINGS: Final = ("date", "roles", "language", "limit")
CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$]{0,63}(?:\.[A-Za-z_$][\w$]{0,63}){0,3}", re.ASCII)


@dataclass(frozen=True)
class Value:
    """A value of a property as text, or an entity by its id with its name as text."""

    text: str
    id: str = ""


@dataclass(frozen=True)
class Query:
    """Whom NAME may mean ('' for nobody in particular), among entities of the TYPES, given what else is known of it."""

    name: str
    types: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = USUAL
    properties: tuple[tuple[str, tuple[Value, ...]], ...] = ()


@dataclass(frozen=True)
class Settings:
    """How values are wanted: of which day ('' for that of the graph), roles and language, and how many (0 for all)."""

    day: str = ""
    roles: str = "core"
    language: str = "en"
    limit: int = 0


@dataclass(frozen=True)
class Extension:
    """Whose data are asked for, and which with which settings."""

    ids: tuple[str, ...]
    properties: tuple[tuple[str, Settings], ...] = field(default=())


def _wrong(where: str, message: str, hint: str = "") -> NoReturn:
    raise MinilatError("E212", message, where=where, hint=hint)


def _much(where: str, count: int, most: int, what: str) -> None:
    if count > most:
        raise MinilatError("E213", f"{count} {what} where {most} are allowed", where=where, hint="ask in parts")


def read(text: str, where: str) -> dict[str, Any]:
    """TEXT, a JSON object. Raises MinilatError E212 when it is not."""
    try:
        found = json.loads(text, parse_constant=lambda word: _wrong(where, f"{word} is no JSON"))
    except json.JSONDecodeError as error:
        _wrong(where, f"not JSON: {error.msg}, line {error.lineno}, column {error.colno}")
    except (RecursionError, ValueError):
        _wrong(where, "not JSON that can be read: nested too deeply, or a number without end")
    if not isinstance(found, dict):
        _wrong(where, "not a JSON object", "write {…}")
    return found


def words(text: object, where: str) -> str:
    """TEXT, a string of a bearable length in which every character can be written. Raises MinilatError E212 or E213."""
    if not isinstance(text, str):
        _wrong(where, "not a string")
    _much(where, len(text), LETTERS, "letters")
    if any("\ud800" <= c <= "\udfff" for c in text):
        _wrong(where, "half a character (a lone surrogate)")
    return text


def _each(found: object, where: str, most: int, what: str) -> list[Any]:
    if not isinstance(found, list):
        _wrong(where, "not a list", "write […]")
    _much(where, len(found), most, what)
    return found


def _fields(found: object, known: Iterable[str], where: str) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        _wrong(where, "not a JSON object", "write {…}")
    for name in found:
        if name not in known:
            hint = did_you_mean(name, known, otherwise="known are " + ", ".join(known))
            _wrong(where, f"no field {words(name, where)!r}", hint)
    return found


def count(found: object, where: str, least: int) -> int:
    """FOUND, a whole number of LEAST or more, also written as text. Raises MinilatError E212 for anything else."""
    number = float(found) if isinstance(found, str) and re.fullmatch(r"\d{1,30}", found, re.ASCII) else found
    if isinstance(number, bool) or not isinstance(number, int | float) or number != number // 1 or number < least:
        _wrong(where, f"not a whole number of {least} or more")
    return int(min(number, 10**9))


def batch(text: str) -> dict[str, Query]:
    """The queries of a batch by key. Raises MinilatError E212 (not a batch) or E213 (too much)."""
    found = read(text, "queries")
    _much("queries", len(found), BATCH, "queries")
    queries = {words(key, "queries"): _query(query, f"queries.{key}") for key, query in found.items()}
    _much("queries", sum(len(v) for q in queries.values() for _, v in q.properties), ALL_VALUES, "values in all")
    return queries


def _query(found: object, where: str) -> Query:
    said = _fields(found, ("query", "type", "limit", "properties", "type_strict"), where)
    name = words(said.get("query", ""), f"{where}.query").strip()
    given = _each(said.get("properties", []), f"{where}.properties", VALUES, "properties")
    properties = tuple(_property(p, f"{where}.properties[{i}]") for i, p in enumerate(given))
    if not name and not properties:
        _wrong(where, "asks nothing", "give query, properties, or both")
    kinds = said.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else _each(kinds, f"{where}.type", VALUES, "types")
    types = tuple(words(k, f"{where}.type") for k in kinds if k != "")
    strict = words(said.get("type_strict", "any"), f"{where}.type_strict")
    if strict not in STRICT:
        _wrong(f"{where}.type_strict", f"no {strict!r}", "known are " + ", ".join(STRICT))
    limit = min(count(said.get("limit", USUAL), f"{where}.limit", 1), MOST)
    return Query(name, types, strict, limit, properties)


def _property(found: object, where: str) -> tuple[str, tuple[Value, ...]]:
    said = _fields(found, ("pid", "v"), where)
    if missing := [f for f in ("pid", "v") if f not in said]:
        _wrong(where, f"without {missing[0]}")
    given = said["v"] if isinstance(said["v"], list) else [said["v"]]
    values = [_value(v, f"{where}.v") for v in _each(given, f"{where}.v", VALUES, "values")]
    return words(said["pid"], f"{where}.pid"), tuple(v for v in values if v.text or v.id)


def _value(found: object, where: str) -> Value:
    if isinstance(found, bool):
        return Value(str(found).lower())
    if isinstance(found, int | float):
        whole = found == found // 1 and abs(found) < 10**15
        return Value(str(int(found)) if whole else repr(found)[:LETTERS])
    if isinstance(found, str):
        return Value(words(found, where).strip())
    said = _fields(found, ("id", "name"), where)
    if "id" not in said:
        _wrong(where, "an entity without id")
    return Value(words(said.get("name", ""), where).strip(), words(said["id"], where).strip())


def extension(text: str, languages: Iterable[str]) -> Extension:
    """What data are asked for; LANGUAGES are those that names are known in.

    Raises MinilatError E212 (not such a query), E213 (too much) or E020 (a day).
    """
    said = _fields(read(text, "extend"), ("ids", "properties"), "extend")
    ids = tuple(words(i, "extend.ids") for i in _each(said.get("ids"), "extend.ids", IDS, "ids"))
    properties: list[tuple[str, Settings]] = []
    for i, given in enumerate(_each(said.get("properties"), "extend.properties", VALUES, "properties")):
        where = f"extend.properties[{i}]"
        one = _fields(given, ("id", "name", "settings"), where)
        settings = _settings(one.get("settings") or {}, f"{where}.settings", frozenset(languages))
        pid = words(one.get("id"), f"{where}.id")
        if any(pid == before for before, _ in properties):
            _wrong(f"{where}.id", f"{pid!r} stands twice", "ask for each property once")
        properties.append((pid, settings))
    return Extension(ids, tuple(properties))


def _settings(found: object, where: str, languages: frozenset[str]) -> Settings:
    said = _fields(found, SETTINGS, where)

    def one(name: str, otherwise: str, check: Callable[[str], bool], known: str) -> str:
        text = words(said.get(name, ""), f"{where}.{name}").strip() or otherwise
        if not check(text):
            _wrong(f"{where}.{name}", f"no {text!r}", f"known are {known}")
        return text

    day = words(said.get("date", ""), f"{where}.date").strip()
    roles = one("roles", "core", ROLES.__contains__, ", ".join(ROLES))
    language = one("language", "en", languages.__contains__, ", ".join(sorted(languages)))
    limit = said.get("limit", 0)
    return Settings(
        dates.day(day, option=f"{where}.date").isoformat() if day else "", roles, language,
        count(0 if limit in ("", None) else limit, f"{where}.limit", 0),
    )  # fmt: skip


def callback(text: str) -> str:
    """TEXT, the name of a function of JavaScript. Raises MinilatError E212 for anything else."""
    if not CALLBACK.fullmatch(text):
        _wrong("callback", "not the name of a function", "letters, digits, _ and $, with dots between")
    return text
