"""Links to other open data: SSSOM tables in, quads of the link graph out.

A link is a claim that somebody must be able to check, so each row says who claims it, since when, on which ground and
against which version of the other table. Format: Simple Standard for Sharing Ontological Mappings, TSV form.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import files
from kg.errors import MinilatError, did_you_mean
from kg.names import PREFIXES, iri

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REQUIRED: Final = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "confidence", "author_label", "mapping_date", "subject_source_version",
    "object_source_version", "comment",
)  # fmt: skip
PREDICATES: Final = tuple(f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related"))
JUSTIFICATIONS: Final = tuple(
    f"semapv:{kind}" for kind in ("ManualMappingCuration", "LexicalMatching", "CompositeMatching", "MappingReview")
)
OBJECTS: Final = {
    "eucountry": re.compile(r"[A-Z0-9]{3}"),
    "corporatebody": re.compile(r"[A-Z][A-Z0-9_]*"),
    "wd": re.compile(r"Q[1-9]\d*"),
    "geonames": re.compile(r"[1-9]\d*/"),
    "eurovoc": re.compile(r"[1-9]\d*|c_[0-9a-f]{8}"),
    "misp": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}
"""What a local name looks like in each table that is linked to."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Link:
    """One row of a table: a claim, or with ``negative`` the decision that the two are not the same."""

    subject: str
    subject_label: str
    predicate: str
    negative: bool
    object: str
    object_label: str
    confidence: float
    object_version: str
    file: str
    row: int

    @property
    def where(self) -> str:
        """File and line, for messages."""
        return f"{self.file}:{self.row}"

    @property
    def triple(self) -> tuple[str, str, str]:
        """The claim as three IRIs."""
        return iri(self.subject), iri(self.predicate), iri(self.object)


def read(path: Path) -> list[Link]:
    """The rows of the SSSOM table at PATH, in order.

    Raises MinilatError E160 (cannot be read, or a byte order mark), E161 (columns), E162 (a value in a row that is not
    allowed) or E163 (a row twice), each with file and line. Nothing of a bad table is used.
    """
    name = files.relative(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MinilatError("E160", f"cannot be read as UTF-8: {error}", where=name) from None
    if text.startswith("\ufeff"):
        raise MinilatError(
            "E160", "begins with a byte order mark", where=f"{name}:1", hint="save as UTF-8 without a mark"
        )
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    rows = csv.reader(lines[start:], delimiter="\t", quoting=csv.QUOTE_NONE)
    header = next(rows, [])
    if missing := [c for c in REQUIRED if c not in header]:
        raise MinilatError("E161", "missing column " + ", ".join(missing), where=f"{name}:{start + 1}")
    if len(set(header)) != len(header):
        raise MinilatError("E161", "a column name stands twice", where=f"{name}:{start + 1}")
    found: list[Link] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in enumerate(rows, start + 2):
        if len(cells) != len(header):
            raise MinilatError(
                "E161", f"{len(cells)} cells where the header has {len(header)}", where=f"{name}:{number}"
            )
        link = _link(dict(zip(header, cells, strict=True)), name, number)
        key = (link.subject, link.predicate, link.object)
        if key in seen:
            raise MinilatError("E163", f"the same link as in line {seen[key]}", where=link.where)
        seen[key] = number
        found.append(link)
    return found


def _link(row: dict[str, str], file: str, number: int) -> Link:
    where = f"{file}:{number}"

    def refuse(column: str, hint: str = "") -> MinilatError:
        return MinilatError("E162", f"{column} {row[column]!r} is not allowed", where=where, hint=hint)

    for column in ("subject_id", "object_id", "subject_label", "object_label", "author_label"):
        if not row[column].strip():
            raise refuse(column, "it must not be empty")
    for column, known in (("predicate_id", PREDICATES), ("mapping_justification", JUSTIFICATIONS)):
        if row[column] not in known:
            raise refuse(column, did_you_mean(row[column], known, otherwise="known are " + " ".join(known)))
    if row["predicate_modifier"] not in ("", "Not"):
        raise refuse("predicate_modifier", "leave it empty, or write Not")
    if not _DAY.fullmatch(row["mapping_date"]):
        raise refuse("mapping_date", "write YYYY-MM-DD")
    for column in ("subject_id", "object_id"):
        prefix, colon, local = row[column].partition(":")
        if not colon or prefix not in PREFIXES:
            raise refuse(column, "write prefix:name with a prefix of the project")
        if not re.fullmatch(r"[\w./~-]+", local, re.ASCII):
            raise refuse(column, "letters, digits and ._~/- only after the prefix")
    try:
        confidence = float(row["confidence"])
    except ValueError:
        raise refuse("confidence", "a number from 0 to 1") from None
    if not 0 <= confidence <= 1:
        raise refuse("confidence", "a number from 0 to 1")
    return Link(
        row["subject_id"], row["subject_label"], row["predicate_id"], row["predicate_modifier"] == "Not",
        row["object_id"], row["object_label"], confidence, row["object_source_version"], file, number,
    )  # fmt: skip


def shipped() -> list[Link]:
    """All rows of the shipped tables."""
    return [link for path in files.links() for link in read(path)]


def triples(path: Path) -> list[tuple[str, str, str]]:
    """The claims of the table at PATH as triples of IRIs, without negative decisions; errors as :func:`read`."""
    return [link.triple for link in read(path) if not link.negative]


@dataclass(frozen=True)
class Problem:
    """A link that does not hold: permanent code, place and words."""

    code: str
    where: str
    message: str


def consistency(links: Sequence[Link], subjects: frozenset[str]) -> list[Problem]:
    """What is wrong with LINKS on their own: E164 unknown subject, E165 ill-formed object, E166 competing claims.

    SUBJECTS are the IRIs that exist in the graph.
    """
    found: list[Problem] = []
    exact: dict[tuple[str, str], Link] = {}
    claimed: dict[tuple[str, str], Link] = {}
    denied = {(x.subject, x.predicate, x.object) for x in links if x.negative}
    for link in links:
        if iri(link.subject) not in subjects:
            found.append(Problem("E164", link.where, f"{link.subject} is not in the graph"))
        prefix, _, local = link.object.partition(":")
        if prefix not in OBJECTS or not OBJECTS[prefix].fullmatch(local):
            found.append(Problem("E165", link.where, f"{link.object} is not an identifier of a table known here"))
        if link.negative or link.predicate != "skos:exactMatch":
            continue
        if (link.subject, link.predicate, link.object) in denied:
            found.append(Problem("E166", link.where, f"{link.subject} to {link.object} is claimed and denied"))
        # Different subjects may share an object: the EU is an organisation and an arrangement here.
        other = exact.setdefault((link.subject, prefix), link)
        if other is not link:
            found.append(
                Problem("E166", link.where, f"{link.subject} has a second exact match; the first: {other.where}")
            )
        kind = link.subject.partition(":")[0]
        other = claimed.setdefault((kind, link.object), link)
        if other is not link:
            found.append(
                Problem("E166", link.where, f"{link.object} is the exact match of {other.subject} too: {other.where}")
            )
    return found
