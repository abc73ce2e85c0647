"""Documents of others by a declared mapping: read by row, told where they do not fit, taken whole or not at all."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from kg import build, files, lookup, validate
from kg.documents import pretty
from kg.errors import MinilatError, did_you_mean
from kg.imports import blocks, crosswalks, outcome, rows, worldbank
from kg.names import PREFIXES, curie
from kg.remote.services import service
from kg.store import iri_term, literal_term
from kg.validate import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.imports.mappings import Mapping
    from kg.imports.rows import Row
    from kg.records import Table
    from kg.remote.client import Client
    from kg.store import Store

ROWS: Final = PREFIXES["graph"] + "rows"
MOST: Final = 10_000_000
SECONDS: Final = 120.0
SHOWN: Final = 8
"""Places that are named of one trouble."""
_KIND: Final = {".csv": "csv", ".tsv": "csv", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_NUMBER: Final = re.compile(r"#row=(\d+)>")
_ASKED: Final = ("row", "column", "value", "problem", "blocks")
_FROM: Final = f"<{PREFIXES['prov']}wasDerivedFrom>"
_COUNTED: Final = tuple(f"<{iri}>" for iri in (PREFIXES["mlo"] + "Participation", PREFIXES["qb"] + "Observation"))


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a row, or why it is left aside: code, words, hint, and the places that have it."""

    code: str
    message: str
    hint: str
    places: tuple[str, ...]

    def __str__(self) -> str:
        """The message as the errors are written, with the first places."""
        shown = ", ".join(self.places[:SHOWN])
        more = f" and {len(self.places) - SHOWN} more" if len(self.places) > SHOWN else ""
        where = f"{shown}{more}: " if shown else ""
        return f"{where}{self.code}: {self.message}" + (f"\n  hint: {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class Mapped:
    """What came of documents: what stops the import, what is aside or left out, what is here already, and the file.

    ``doubles`` says in words which new arrangements may be ours already.
    """

    errors: tuple[Trouble, ...]
    aside: tuple[Trouble, ...]
    beside: Table
    statements: int
    path: Path | None
    doubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """What is imported: rows, the documents they came from, the day, the address, and what had no rows."""

    rows: list[Row]
    documents: list[tuple[str, bytes]]
    retrieved: str
    address: str = ""
    empty: tuple[str, ...] = ()


def documents(mapping: Mapping, paths: Sequence[Path], retrieved: str) -> Given:
    """The documents at PATHS for MAPPING.

    Raises MinilatError E190 for none, or for one of a form that the mapping does not read, and those of reading it.
    """
    kinds = {_KIND.get(p.suffix.lower(), p.suffix) for p in paths}
    if not paths or kinds - set(mapping.reads):
        message = f"{mapping.name} reads {' or '.join(mapping.reads)}"
        raise MinilatError("E190", message, where=", ".join(p.name for p in paths), hint="see docs/importing.md")
    if len({p.name for p in paths}) != len(paths):
        raise MinilatError("E190", "two documents have one name", hint="rename one of them")
    found = worldbank.files([p for p in paths if _KIND[p.suffix.lower()] == "json"], mapping.columns)
    empty: list[str] = []
    for path in paths:
        if (kind := _KIND[path.suffix.lower()]) == "csv":
            found += rows.table(path, mapping.columns, mapping.required)
        elif kind == "yaml":
            members = blocks.read(path, mapping.columns)
            found += members
            empty += [] if members else [path.name]
    if not found:
        raise MinilatError("E194", "nothing to import", where=", ".join(empty), hint="they list nobody")
    return Given(found, [(p.name, p.read_bytes()) for p in paths], retrieved, empty=tuple(empty))


def asked(mapping: Mapping, client: Client, indicator: str, years: str, *, mirror: str | None = None) -> Given:
    """What the World Bank says of INDICATOR in YEARS, asked by CLIENT (of a copy of the service at MIRROR).

    Raises MinilatError E190 for a mapping that reads no such answers, E180 for a MIRROR that is no address, and what
    :func:`kg.imports.worldbank.ask` raises.
    """
    if "json" not in mapping.reads:
        raise MinilatError("E190", f"{mapping.name} reads no answers of the World Bank", where="--indicator")
    if mirror is not None:
        client.mirrors[worldbank.SERVICE.url] = service(mirror).url
    found, pages, day = worldbank.ask(client, indicator, years, mapping.columns)
    return Given(
        found, pages, day, f"{worldbank.SERVICE.url}/country/all/indicator/{indicator}?format=json&date={years}"
    )


def bring(
    mapping: Mapping, given: Given, into: Path, name: str, *, crosswalk: Sequence[Path] = (), leave_out: bool = False
) -> Mapped:
    """Import what is GIVEN by MAPPING as the file INTO/NAME.ttl.

    As long as a row does not fit, nothing is imported; with LEAVE_OUT what belongs together with such a row (a whole
    alliance, or the row alone) is left out instead, and told. CROSSWALK are tables of codes. Raises MinilatError E190,
    E192, E193, E020 for a request that is wrong, and the errors of reading crosswalks.
    """
    target, on = outcome.target(into, name, given.retrieved)
    source = f"{PREFIXES['src']}import-{name}"
    body, mishaps = tables.triples(mapping.described, rows.as_table(mapping.columns, given.rows))
    if mishaps:
        unfit = [(m.code, m.message, m.hint, given.rows[m.line - 2].where if m.line > 1 else "") for m in mishaps]
        return Mapped(_grouped(unfit), (), outcome.table([]), 0, None)
    base = build.load([*files.ontology(), *files.data(), *files.links()])
    known = crosswalks.read(crosswalk, mapping.prefixes, base)
    store = _with(base, body.decode(), known)
    refused = _refused(mapping, store, len(given.rows))
    errors = _troubles(store, given.rows, [r for r in refused if r["blocks"]])
    aside = _troubles(store, given.rows, [r for r in refused if not r["blocks"]])
    aside += (Trouble("E199", "has no rows", "", given.empty),) if given.empty else ()
    if errors and not leave_out:
        return Mapped(errors, aside, outcome.table([]), 0, None)
    told = [*errors]
    out = {_number(r) for r in refused if not r["blocks"]}
    wrong = {_number(r) for r in refused if r["blocks"]}
    extra = [
        *outcome.about(name, on, _words(mapping, given), _parts(mapping, given, crosswalk)),
        *_source(source, mapping, given),
    ]
    terms = {"source": iri_term(source), "recorded": literal_term(on.isoformat(), "date"), "name": literal_term(name)}
    query = mapping.map.bind({p.name: terms[p.name] for p in mapping.map.parameters if p.name in terms})
    while True:
        tied = _tied(mapping, given.rows, wrong) - wrong - out
        words = f"belongs to the same {mapping.unit} as a row that does not fit"
        told += _grouped(("E199", words, "", given.rows[n - 2].where) for n in sorted(tied))
        out |= wrong | tied
        rest = [x for x in body.decode().splitlines(keepends=True) if _line(x) not in out]
        text = _made(_with(base, "".join(rest), known), query)
        compared = base.copy()
        found = outcome.beside(text, compared)
        here = {iri_term(row["this"]) for row in found}
        kept = [line for line in text.splitlines() if line.split(" ", 1)[0] not in here]
        ill = _shaped(kept, extra)
        wrong = {number for number, _ in ill if number}
        shown = _grouped((*said, given.rows[n - 2].where if n else "") for n, said in ill)
        if ill and not (leave_out and wrong):
            return Mapped(shown, aside, outcome.table(found), 0, None)
        if not ill:
            break
        told += shown
    count = len({x.split(" ", 1)[0] for x in kept if any(x.endswith(f" {c} .") for c in _COUNTED)})
    if not count:
        return Mapped((), (*told, *aside), outcome.table(found), 0, None)
    outcome.write(target, pretty("\n".join(sorted({*_placed(kept, given.rows), *extra}))))
    return Mapped((), (*told, *aside), outcome.table(found), count, target, outcome.doubles(compared))


def _made(store: Store, query: str) -> str:
    """What the mapping makes of the rows in STORE, as N-Triples."""
    made, whole = store.serialise(query, "nt", limit=MOST, seconds=SECONDS)
    if not whole:
        raise MinilatError("E183", f"the mapping makes more than {MOST} statements", hint="import it in parts")
    return made.decode()


def _with(base: Store, body: str, known: dict[str, dict[str, str]]) -> Store:
    store = base.copy()
    store.insert(body, ROWS)
    crosswalks.put(known, store)
    return store


def _refused(mapping: Mapping, store: Store, count: int) -> list[dict[str, Any]]:
    """The rows that cannot be mapped; raises MinilatError E198 when ``refuse.rq`` does not give what it should."""
    found = list(store.rows(mapping.refuse.text))
    for row in found:
        if missing := [v for v in _ASKED if v not in row]:
            raise MinilatError("E198", f"it does not give ?{missing[0]}", where=str(mapping.refuse.path))
        if not 2 <= _number(row) <= count + 1:
            hint = 'the description names rows by "aboutUrl": "#row={_sourceRow}"'
            raise MinilatError("E198", f"?row is {row['row']!r}, no row", where=str(mapping.refuse.path), hint=hint)
    return found


def _number(refused: dict[str, Any]) -> int:
    found = _NUMBER.search(f"{refused['row']}>")
    return int(found[1]) if found else 0


def _line(triple: str) -> int:
    """The line of the table that a triple of a row comes from."""
    found = _NUMBER.search(triple)
    return int(found[1]) if found else 0


def _tied(mapping: Mapping, given: list[Row], numbers: set[int]) -> set[int]:
    """The numbers of the rows that belong to the same units as those with NUMBERS."""
    if not mapping.unit:
        return set()
    at = mapping.columns.index(mapping.unit)
    units = {given[n - 2].cells[at] for n in numbers}
    return {n for n, row in enumerate(given, 2) if row.cells[at] in units}


def _troubles(store: Store, given: list[Row], refused: Iterable[dict[str, Any]]) -> tuple[Trouble, ...]:
    """The rows that ``refuse.rq`` gives, in order; the closest known name where it says among which."""
    names: dict[str, list[str]] = {"": []}
    hints: dict[tuple[str, str], str] = {}
    found = []
    for row in sorted(refused, key=lambda r: (_number(r), str(r["value"]))):
        kind, value = str(row.get("among") or ""), str(row["value"])
        if kind not in names:
            names[kind] = sorted(_among(store, kind))
        if (kind, value) not in hints:
            hints[kind, value] = did_you_mean(value, names[kind])
        found.append(
            ("E199", f"{row['column']} {value!r}: {row['problem']}", hints[kind, value], given[_number(row) - 2].where)
        )
    return _grouped(found)


def _among(store: Store, kind: str) -> Iterable[str]:
    if kind in ("iso2", "iso3"):
        return (str(r["code"]) for r in store.rows(f"SELECT ?code WHERE {{ ?x mlo:{kind} ?code }}"))
    return lookup.names(store, kind)


def _grouped(found: Iterable[tuple[str, str, str, str]]) -> tuple[Trouble, ...]:
    places: dict[tuple[str, str, str], list[str]] = {}
    for code, message, hint, where in found:
        places.setdefault((code, message, hint), []).append(where)
    return tuple(Trouble(*key, tuple(dict.fromkeys(at))) for key, at in places.items())


def _placed(lines: Iterable[str], given: list[Row]) -> Iterable[str]:
    """LINES with the places of rows as they are in the documents (RFC 7111), not in the table that was read."""
    for line in lines:
        if _FROM not in line or not (number := _line(line)):
            yield line
            continue
        row = given[number - 2]
        place = f"{PREFIXES['graph']}{quote(row.file)}#row={row.number}"
        yield f"{line[: line.index(_FROM)]}{_FROM} {iri_term(place)} ."


def _shaped(lines: Sequence[str], extra: Sequence[str]) -> list[tuple[int, tuple[str, str, str]]]:
    """What the shapes say against LINES: the number of the row (0 for none), code, message and hint."""
    numbers = {curie(x.split(" ", 1)[0][1:-1]): _line(x) for x in lines if _FROM in x}
    with tempfile.TemporaryDirectory(prefix="minilat-import-") as folder:
        path = Path(folder) / "import.ttl"
        path.write_text(pretty("\n".join(sorted({*lines, *extra}))), encoding="utf-8")
        report = validate.check([path])
    return [
        (numbers.get(f.focus, 0), (f.code, f"{f.focus}: {f.message}", f.hint))
        for f in report.findings
        if f.severity == "error"
    ]


def _words(mapping: Mapping, given: Given) -> Iterable[tuple[str, str]]:
    yield from (mapping.said | ({"source": given.address} if given.address else {})).items()


def _parts(mapping: Mapping, given: Given, crosswalk: Sequence[Path]) -> Iterable[tuple[str, str, bytes]]:
    yield from (("hasPart", name, body) for name, body in given.documents)
    yield from (("conformsTo", name, body) for name, body in mapping.parts)
    yield from (("requires", path.name, path.read_bytes()) for path in crosswalk)


def _source(source: str, mapping: Mapping, given: Given) -> list[str]:
    """The record that the statements give as their source."""
    dct, me = PREFIXES["dcterms"], iri_term(source)
    lines = [
        f"{me} <{PREFIXES['rdf']}type> <{PREFIXES['mlo']}Source> .",
        f"{me} <{dct}title> {literal_term(mapping.said['title'])}@en .",
        f"{me} <{dct}rights> {literal_term(mapping.said.get('rights') or mapping.said['license'])}@en .",
        f"{me} <{PREFIXES['mlo']}tier> {literal_term(mapping.map.header.get('tier', '4'), 'integer')} .",
        f"{me} <{PREFIXES['mlo']}seenOn> {literal_term(given.retrieved, 'date')} .",
    ]
    lines.append(f"{me} <{dct}publisher> {literal_term(mapping.said.get('publisher') or mapping.said['title'])} .")
    address = mapping.said["source"]
    if address.startswith("http"):
        lines.append(f"{me} <{PREFIXES['foaf']}page> {iri_term(address)} .")
    return lines
