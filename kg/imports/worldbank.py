"""Answers of the World Bank's Indicators API (version 2, JSON) as rows, from files or from the service.

An answer is a list of two: a head with the number of pages, and the rows of one page. Words that the service cannot
answer come with status 200 too, as a list of one: [{"message": [{"id": …, "key": …, "value": …}]}].
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NoReturn

from kg.errors import MinilatError
from kg.imports.rows import Row, plain, text_of
from kg.remote.services import Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kg.remote.client import Client

SERVICE: Final = Service("worldbank", "https://api.worldbank.org/v2", pause=1.0)
SIZE: Final = 1000
"""Rows that are asked for a page."""
MOST: Final = 100
"""Pages that are asked at most."""
_INDICATOR: Final = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9_]+)+")
_YEARS: Final = re.compile(r"(\d{4})(?::(\d{4}))?")
_FIELDS: Final = {
    "indicator": ("indicator", "id"), "indicator_name": ("indicator", "value"),
    "country": ("country", "id"), "country_name": ("country", "value"),
    "iso3": ("countryiso3code",), "date": ("date",), "value": ("value",), "unit": ("unit",), "status": ("obs_status",),
}  # fmt: skip


def files(paths: Sequence[Path], columns: Sequence[str]) -> list[Row]:
    """The rows of saved answers, one page a file, in COLUMNS; a row's place is its number on its page.

    Raises MinilatError E194 (no JSON, or cut), E195 (a field is missing) or E196 (the service could not answer, or a
    page is missing).
    """
    return _rows([(path.name, text_of(path)) for path in paths], columns)


def ask(
    client: Client, indicator: str, years: str, columns: Sequence[str]
) -> tuple[list[Row], list[tuple[str, bytes]], str]:
    """The rows of INDICATOR for all countries in YEARS (2020 or 2015:2024), the pages and the day they came.

    Raises MinilatError E190 for an indicator or years that are none, what :meth:`kg.remote.client.Client.page` raises,
    E184 when the service changed its data between two pages, and those of :func:`files`.
    """
    if not _INDICATOR.fullmatch(indicator):
        hint = "write it like MS.MIL.XPND.GD.ZS"
        raise MinilatError("E190", f"{indicator!r} is no code of an indicator", where="--indicator", hint=hint)
    span = _YEARS.fullmatch(years)
    if not span or (span[2] and span[2] < span[1]):
        raise MinilatError("E190", f"{years!r} are no years", where="--years", hint="write 2020 or 2015:2024")
    pages: list[tuple[str, str]] = []
    number, last, day, marks = 1, 1, "", set()
    while number <= last:
        path = f"country/all/indicator/{indicator}?format=json&date={years}&per_page={SIZE}&page={number}"
        answer = client.page(SERVICE, path)
        name = f"page-{number}"
        head, _ = _page(name, answer.body)
        last, day = head["pages"], day or answer.time[:10]
        marks.add(head["mark"])
        if last > MOST:
            raise MinilatError("E183", f"the answer has {last} pages", where=SERVICE.url, hint="ask for fewer years")
        if len(marks) > 1:
            hint = "ask again" if client.replay is None else "record it again"
            raise MinilatError("E184", "the data changed between two pages", where=SERVICE.url, hint=hint)
        pages.append((name, answer.body))
        number += 1
    return _rows(pages, columns), [(name, body.encode()) for name, body in pages], day


def _rows(pages: Sequence[tuple[str, str]], columns: Sequence[str]) -> list[Row]:
    read = [(name, *_page(name, text)) for name, text in pages]
    for group in _by_answer(read).values():
        numbers = [head["page"] for _, head, _ in group]
        first, head, _ = group[0]
        wanted = range(1, head["pages"] + 1)
        if missing := [n for n in wanted if n not in numbers]:
            hint = "give all pages of an answer, or ask with a larger per_page"
            raise MinilatError("E196", f"page {missing[0]} of {head['pages']} is missing", where=first, hint=hint)
        count = sum(len(rows) for _, _, rows in group)
        if count != head["total"]:
            message = f"the answer has {count} rows and says {head['total']}"
            raise MinilatError("E196", message, where=first, hint="is a page given twice, or cut?")
    return [row for name, _, rows in read for row in _cells(name, rows, columns)]


def _by_answer(read: Iterable[tuple[str, dict[str, Any], list[Any]]]) -> dict[tuple[str, int], list[Any]]:
    """Pages that belong together: of one indicator and date of data, and of one size."""
    found: dict[tuple[str, int], list[Any]] = {}
    for name, head, rows in read:
        found.setdefault((head["mark"], head["total"]), []).append((name, head, rows))
    return found


def _page(name: str, text: str) -> tuple[dict[str, Any], list[Any]]:
    try:
        answer = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        hint = "is the file cut, or is it XML? ask with format=json"
        raise MinilatError("E194", f"no JSON: {error}", where=f"{name}{line}", hint=hint) from None
    first = answer[0] if isinstance(answer, list) and answer else None
    if isinstance(first, dict) and "message" in first:
        told = first["message"] if isinstance(first["message"], list) else []
        words = "; ".join(f"{m.get('key', '')}: {m.get('value', '')}" for m in told if isinstance(m, dict))
        hint = "check the codes of indicator and country"
        raise MinilatError("E196", f"the service could not answer: {words[:300] or 'no reason'}", where=name, hint=hint)
    if not isinstance(first, dict) or not isinstance(answer, list) or len(answer) != 2:
        hint = "a head and a list of rows; save the answer as it came"
        raise MinilatError("E194", "not an answer of the Indicators API", where=name, hint=hint)
    head = {key: _count(first, key, name) for key in ("page", "pages", "total")}
    rows = answer[1]
    if rows is None or not head["total"]:
        raise MinilatError("E196", "the answer has no rows", where=name, hint="are there data for these years?")
    if not isinstance(rows, list):
        raise MinilatError("E194", "the rows are no list", where=name)
    indicator = rows[0].get("indicator") if rows and isinstance(rows[0], dict) else None
    code = indicator.get("id") if isinstance(indicator, dict) else ""
    return head | {"mark": f"{code} {first.get('lastupdated')}"}, rows


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _count(head: dict[str, Any], key: str, name: str) -> int:
    try:
        value = int(head[key])
        if not 0 <= value < 10**7:
            raise ValueError
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise MinilatError(
            "E195", f"the head does not say its {key}", where=name, hint="save the answer whole"
        ) from None
    return value


def _cells(name: str, rows: Iterable[Any], columns: Sequence[str]) -> Iterable[Row]:
    for number, row in enumerate(rows, 1):
        found = {}
        for column, path in _FIELDS.items():
            value = row
            for key in path:
                if not isinstance(value, dict) or (key not in value and key not in ("unit", "obs_status")):
                    raise MinilatError("E195", f"row {number}: the field {'.'.join(path)} is missing", where=name)
                value = value.get(key)
            found[column] = _text(value)
        yield Row(tuple(found[c] for c in columns), name, number)


def _text(value: Any) -> str:
    """A value as text; numbers in full, as decimals are written in RDF."""
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and -40 < value.adjusted() < 40 else str(value)
    return "" if value is None else plain(str(value))
