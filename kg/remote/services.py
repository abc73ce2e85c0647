"""The services known by name, with their limits, and what a legal address of a service is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg import files
from kg.errors import MinilatError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Service:
    """A SPARQL service: name ('' for one that is not in the table), address, rows it gives at most (0: not known),
    seconds it works at most (0: not known), and seconds to wait between two questions."""

    name: str
    url: str
    rows: int = 0
    seconds: int = 0
    pause: float = 0.0


@cache
def services() -> tuple[Service, ...]:
    """The table data/services.tsv."""
    with files.services().open(encoding="utf-8", newline="") as handle:
        return tuple(
            Service(r["name"], r["url"], int(r["rows"] or 0), int(r["seconds"] or 0), float(r["pause"] or 0))
            for r in csv.DictReader(handle, delimiter="\t")
        )


def service(name: str) -> Service:
    """The service called NAME, or at the address NAME.

    Raises MinilatError E180 for a name that is not in the table and for an address that is none: another scheme than
    http or https, no host, a user and password in it, spaces or a fragment.
    """
    for known in services():
        if name in (known.name, known.url):
            return known
    if ":" not in name:
        hint = did_you_mean(name, [s.name for s in services()], otherwise="a name in data/services.tsv, or an address")
        raise MinilatError("E180", f"no service is called {name!r}", hint=hint)
    try:
        parts = urlsplit(name)
        legal = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        legal = False
    if not legal or any(c.isspace() or ord(c) < 33 or ord(c) > 126 or c in '<>"{}|^`\\' for c in name):
        raise MinilatError("E180", f"{name!r} is no address of a service", hint="write it as https://host/path")
    if parts.username is not None or parts.fragment:
        raise MinilatError("E180", "the address of a service has no user, password or fragment", hint="take it out")
    return Service("", name)


def mirrors(pairs: Iterable[str]) -> dict[str, str]:
    """Other addresses by the addresses they stand for, from PAIRS of SERVICE=URL; E180 for another form."""
    found = {}
    for pair in pairs:
        name, equals, url = pair.partition("=")
        if not equals:
            raise MinilatError("E180", f"{pair!r} is not SERVICE=URL", where="--mirror")
        found[service(name).url] = service(url).url
    return found
