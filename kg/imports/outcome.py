"""What every import ends in: compared with what is here, described by where it came from, and written whole."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Any, Final

from kg import catalogue
from kg.dates import day
from kg.errors import MinilatError
from kg.names import ID, PREFIXES, curie
from kg.records import Table
from kg.store import iri_term, literal_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from kg.store import Store

GRAPH: Final = PREFIXES["graph"] + "import"
"""Where what is to be imported stands while it is compared."""
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COLUMNS: Final = ("statement", "ours", "role", "ours_role", "begin", "ours_begin", "end", "ours_end", "finding")
_ADDRESS: Final = re.compile(r"https?://\S+")


def target(into: Path, name: str, retrieved: str) -> tuple[Path, date]:
    """The file an import called NAME is written to, and the day RETRIEVED.

    Raises MinilatError E190 for a name that is none, E020 for a day that is none and E192 for a file that is there.
    """
    if not _NAME.fullmatch(name):
        raise MinilatError("E190", f"{name!r} is no name", where="--name", hint="small letters, figures and dashes")
    on = day(retrieved, option="--retrieved")
    path = into / f"{name}.ttl"
    if path.exists():
        raise MinilatError("E192", "this import is there already", where=str(path), hint="remove it, or say --name")
    return path, on


def beside(text: str, store: Store) -> list[dict[str, Any]]:
    """The rows of Q090: which statements of TEXT (N-Triples) are in STORE already, and whether they agree.

    TEXT is added to STORE.
    """
    store.insert(text, GRAPH)
    question = catalogue.question("Q090")
    assert question is not None
    rows = list(store.rows(question.bind({"graph": iri_term(GRAPH)})))
    agreed = {row["this"] for row in rows if row["finding"] == "agrees"}
    return [row for row in rows if row["finding"] == "agrees" or row["this"] not in agreed]


def doubles(store: Store) -> tuple[str, ...]:
    """Which arrangements of what :func:`beside` added may be ours already (Q091), in words."""
    question = catalogue.question("Q091")
    assert question is not None
    return tuple(
        f"{curie(str(r['there']))} may be {curie(str(r['here']))} ({r['name']}): "
        f"{r['shared']} members of {r['of_there']} and {r['of_here']} are the same"
        for r in store.rows(question.bind({"graph": iri_term(GRAPH)}))
    )


def table(found: list[dict[str, Any]]) -> Table:
    """The rows of :func:`beside` for people, those that differ first."""
    ordered = sorted(found, key=lambda r: (r["finding"] != "differs", str(r["this"]), str(r["other"])))
    rows = tuple(tuple(curie(str(v)) if v is not None else "" for v in row.values()) for row in ordered)
    return Table("import", _COLUMNS, rows)


def said(description: Mapping[str, Any], where: str) -> dict[str, str]:
    """Title, source and licence of a table, as its DESCRIPTION in CSVW gives them.

    Raises MinilatError E191 when one of them is missing, or still the blank of the template.
    """
    found = {}
    for key in ("title", "source", "license"):
        value = description.get(f"dc:{key}")
        value = value.get("@id") if isinstance(value, dict) else value
        if not isinstance(value, str) or not value.strip() or "…" in value:
            hint = f'add "dc:{key}": "…" beside "@context"'
            raise MinilatError("E191", f"the description does not say its {key}", where=where, hint=hint)
        found[key] = value
    return found


def about(name: str, on: date, words: Iterable[tuple[str, str]], parts: Iterable[tuple[str, str, bytes]]) -> list[str]:
    """Where an import comes from, as lines of N-Triples: the day ON, WORDS by Dublin Core term, and hashes of PARTS.

    A part is a term of Dublin Core, a name and the bytes.
    """
    me = f"<{ID}dataset/import/{name}>"
    dct = PREFIXES["dcterms"]
    lines = [
        f"{me} <{PREFIXES['rdf']}type> <{PREFIXES['dcat']}Dataset> .",
        f"{me} <{PREFIXES['mlo']}seenOn> {literal_term(on.isoformat(), 'date')} .",
    ]
    for key, value in words:
        resource = key != "title" and _ADDRESS.fullmatch(value)
        lines.append(f"{me} <{dct}{key}> {iri_term(value) if resource else literal_term(value)} .")
    for key, part, body in parts:
        mark = literal_term(f"{part}, SHA-256 {hashlib.sha256(body).hexdigest()}")
        lines.append(f"{me} <{dct}{key}> {mark} .")
    return list(dict.fromkeys(lines))


def write(path: Path, text: str) -> None:
    """Write TEXT to PATH, whole or not at all. Raises MinilatError E193 when it cannot be."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)  # noqa: PTH105 (atomic)
    except OSError as error:
        raise MinilatError("E193", f"cannot be written: {error.strerror}", where=str(path)) from None
