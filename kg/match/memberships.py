"""Memberships here against memberships in a copy of Wikidata: what is missing, and where dates and roles differ.

Nothing is overwritten: a difference is a row of a report, and what is not recorded here may be written as a proposal,
marked for review. A copy is the CSV of the query that :func:`query` writes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError
from kg.names import PREFIXES, curie, iri, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kg.link import Link
    from kg.store import Store

REQUIRED: Final = ("org", "iso3")
MOST: Final = 64 * 1024 * 1024
_PRECISION: Final = {"9": 4, "10": 7, "11": 10}
"""Letters of a date that Wikidata's precision leaves: year, month, day."""
_DATE: Final = re.compile(r"(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T00:00:00(?:\.0+)?Z?)?")
_MEMBER: Final = "member"


@dataclass(frozen=True)
class Membership:
    """One statement that a state takes part: the two as CURIEs, begin and end as far as known, role and whether a
    core one, and the statement or the line it stands in."""

    arrangement: str
    state: str
    begin: str
    end: str
    role: str
    core: bool
    where: str


@dataclass(frozen=True)
class Difference:
    """What the two say differently of a state in an arrangement, and where each says so."""

    kind: str
    arrangement: str
    state: str
    here: str
    there: str
    statement: str
    where: str


def linked(links: Iterable[Link]) -> dict[str, str]:
    """The arrangement for each Wikidata item that is exactly it."""
    return {
        x.object: x.subject
        for x in links
        if x.predicate == "skos:exactMatch"
        and not x.negative
        and x.object.startswith("wd:")
        and x.subject[:4] == "arr:"
    }


def query(organisations: Iterable[str]) -> str:
    """The query whose answer, as CSV, is the copy that :func:`read` takes; ORGANISATIONS are Wikidata items."""
    return f"""PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX p: <http://www.wikidata.org/prop/>
PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX pq: <http://www.wikidata.org/prop/qualifier/>
PREFIX pqv: <http://www.wikidata.org/prop/qualifier/value/>
PREFIX wikibase: <http://wikiba.se/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?org ?iso3 ?start ?startPrecision ?end ?endPrecision ?role WHERE {{
  VALUES ?org {{ {" ".join(sorted(organisations))} }}
  ?state p:P463 ?s ; wdt:P298 ?iso3 . ?s ps:P463 ?org .
  MINUS {{ ?s wikibase:rank wikibase:DeprecatedRank }}
  OPTIONAL {{ ?s pqv:P580 [ wikibase:timeValue ?start ; wikibase:timePrecision ?startPrecision ] }}
  OPTIONAL {{ ?s pqv:P582 [ wikibase:timeValue ?end ; wikibase:timePrecision ?endPrecision ] }}
  OPTIONAL {{ ?s pq:P2868/rdfs:label ?role FILTER(lang(?role) = "en") }}
}}
ORDER BY ?org ?iso3 ?start
"""


def read(path: Path, items: Mapping[str, str], states: Mapping[str, str]) -> tuple[list[Membership], Counter[str]]:
    """The memberships in the copy at PATH, and how many rows were left out for which reason.

    ITEMS gives the arrangement for a Wikidata item, STATES the state for an ISO alpha-3 code. Raises MinilatError E205
    (cannot be read, columns, a date), with file and line; nothing of such a copy is used.
    """
    name = path.name
    try:
        body = path.read_bytes()
        text = body.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MinilatError("E205", f"cannot be read as UTF-8: {error}", where=name, hint="check the path") from None
    if len(body) > MOST:
        raise MinilatError("E205", f"is larger than {MOST} bytes", where=name, hint="is this the answer to the query?")
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    hint = "`minilat link diff wikidata --query` prints the query; save its answer as CSV"
    if missing := [c for c in REQUIRED if c not in (rows.fieldnames or ())]:
        raise MinilatError("E205", "missing column " + ", ".join(missing), where=f"{name}:1", hint=hint)
    found: list[Membership] = []
    left: Counter[str] = Counter()
    try:
        for row in rows:
            where = f"{name}:{rows.line_num}"
            if None in row or None in row.values():
                raise MinilatError("E205", "a row of another length than the header", where=where, hint=hint)
            item = curie(row["org"]) if "//" in row["org"] else f"wd:{row['org'].removeprefix('wd:')}"
            if item not in items:
                left["of an organisation that is not linked here"] += 1
            elif row["iso3"].upper() not in states:
                left["of a state that is not recorded here"] += 1
            else:
                begin, end = (_date(row, column, where) for column in ("start", "end"))
                role = (row.get("role") or _MEMBER).strip().lower().replace(" ", "-")
                found.append(Membership(items[item], states[row["iso3"].upper()], begin, end, role, True, where))
    except csv.Error as error:
        raise MinilatError("E205", f"cannot be read from here on: {error}", where=f"{name}:{rows.line_num}") from None
    return found, left


def _date(row: Mapping[str, str], column: str, where: str) -> str:
    """The date in COLUMN as far as it is meant: without a precision, 1 January is taken for the year alone."""
    said = (row.get(column) or "").strip()
    if not said or said.startswith(("t", "_:", "http://www.wikidata.org/.well-known/genid/")):  # an unknown value
        return ""
    form = _DATE.fullmatch(said)
    if form is None:
        hint = "write YYYY, YYYY-MM, YYYY-MM-DD or as the query service does"
        raise MinilatError("E205", f"{column} {said!r} is no date", where=where, hint=hint)
    precision = (row.get(column + "Precision") or "").strip()
    if precision in _PRECISION:
        return form[1][: _PRECISION[precision]]
    return form[1][:4] if form[1].endswith("-01-01") else form[1]


def ours(store: Store, arrangements: Iterable[str]) -> list[Membership]:
    """What is recorded here of states in ARRANGEMENTS (CURIEs), whenever it was, by statement."""
    wanted = " ".join(sorted(set(arrangements)))
    rows = store.rows(
        f"""SELECT ?p ?a ?s ?r ?core ?begin ?end WHERE {{ VALUES ?a {{ {wanted} }}
        ?p a mlo:Participation ; mlo:arrangement ?a ; mlo:participant ?s ; mlo:role ?role . ?s mlo:iso3 ?iso3 .
        ?role skos:notation ?r . OPTIONAL {{ ?role mlo:coreRole ?core }}
        OPTIONAL {{ ?p mlo:begin ?begin }} OPTIONAL {{ ?p mlo:end ?end }} }} ORDER BY ?p"""
    )
    return [
        Membership(
            curie(str(r["a"])), curie(str(r["s"])), str(r["begin"] or ""), str(r["end"] or ""), str(r["r"]),
            bool(r["core"]), curie(str(r["p"])),
        )
        for r in rows
    ]  # fmt: skip


def compare(here: Sequence[Membership], there: Sequence[Membership]) -> list[Difference]:
    """What HERE and THERE say differently, by arrangement, state and kind.

    Only arrangements that THERE speaks of are compared. Dates of unequal precision agree when one begins with the
    other; a date that one side does not know is no conflict, but an end that only one side knows is.
    """
    ours_by, theirs_by = _grouped(here), _grouped(there)
    spoken = {a for a, _ in theirs_by}
    found: list[Difference] = []
    for key in sorted(ours_by.keys() | theirs_by.keys()):
        if key[0] in spoken:
            found += _judge(key, ours_by.get(key, []), theirs_by.get(key, []))
    return found


def _grouped(rows: Iterable[Membership]) -> dict[tuple[str, str], list[Membership]]:
    found: dict[tuple[str, str], list[Membership]] = defaultdict(list)
    for row in rows:
        found[row.arrangement, row.state].append(row)
    return found


def _judge(key: tuple[str, str], here: list[Membership], there: list[Membership]) -> Iterator[Difference]:
    def differ(kind: str, one: Sequence[Membership], other: Sequence[Membership]) -> Difference:
        statements, lines = (" ".join(m.where for m in side) for side in (one, other))
        return Difference(kind, *key, _words(one), _words(other), statements, lines)

    core = [m for m in here if m.core]
    if not here:
        yield differ("not recorded here", here, there)
        return
    if not there:
        if core:
            yield differ("missing there", core, there)
        return
    roles = {m.role for m in here}
    odd = [m for m in there if m.role not in roles and not (m.role == _MEMBER and core)]
    if odd:
        yield differ("other role", here, odd)
    same = [m for m in there if m not in odd]
    mine = core or here
    for kind, what in (("other begin", "begin"), ("other end", "end")):
        said, theirs = ({getattr(m, what) for m in side} for side in (mine, same))
        known, heard = said - {""}, theirs - {""}
        clash = known and heard and not any(a.startswith(b) or b.startswith(a) for a in known for b in heard)
        one_sided = what == "end" and same and bool("" in said) != bool("" in theirs)
        if clash or one_sided:
            yield differ(kind, mine, same)


def _words(rows: Iterable[Membership]) -> str:
    return "; ".join(
        m.role + (f" from {m.begin}" if m.begin else "") + (f" until {m.end}" if m.end else "") for m in rows
    )


def proposals(differences: Iterable[Difference], there: Sequence[Membership], copy: Path, day: str) -> str:
    """Turtle for what is not recorded here, to be looked at and moved to data/: low confidence, marked for review.

    The source is the copy, named by its SHA-256; DAY (YYYY-MM-DD) is when it was recorded.
    """
    source = f"src:wikidata-{hashlib.sha256(copy.read_bytes()).hexdigest()[:12]}"
    wanted = {(d.arrangement, d.state) for d in differences if d.kind == "not recorded here"}
    used = ("mlo", "rdfs", "xsd", "dcterms", "foaf", "arr", "state", "entity", "role", "code", "src", "st")
    lines = [f"@prefix {p}: <{PREFIXES[p]}> ." for p in used]
    lines += [
        "",
        "# Proposals, not facts: each has to be checked against a source of its own before it goes to data/.",
        "",
        f"{source} a mlo:Source ;",
        f'    dcterms:title "Wikidata, answer to a query for memberships, copy of {day}" ;',
        '    dcterms:publisher "Wikidata" ;',
        "    mlo:tier 4 ;",
        '    dcterms:rights "CC0 1.0"@en ;',
        f'    mlo:seenOn "{day}"^^xsd:date ;',
        "    foaf:page <https://www.wikidata.org/> .",
    ]
    for number, m in enumerate(m for m in there if (m.arrangement, m.state) in wanted):
        name = f"st:proposal-{slug(iri(m.arrangement))}-{slug(iri(m.state))}-{number + 1}"
        lines += ["", f"{name} a mlo:Participation ;", f"    mlo:participant {m.state} ;"]
        lines += [f"    mlo:arrangement {m.arrangement} ;", "    mlo:role role:member ;"]
        lines.append(f"    mlo:begin {_dated(m.begin)} ;" if m.begin else "    mlo:beginUnknown true ;")
        lines += [f"    mlo:end {_dated(m.end)} ;"] if m.end else []
        lines += [f"    mlo:source {source} ;", "    mlo:confidence code:low ;", "    mlo:method code:expert ;"]
        lines += ["    mlo:needsReview true ;", f'    mlo:recorded "{day}"^^xsd:date .']
    return "\n".join(lines) + "\n"


def _dated(text: str) -> str:
    return f'"{text}"^^xsd:{ {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)] }'
