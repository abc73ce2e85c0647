"""Candidates for links from our things to a table of others, with score and reason, but for what was decided."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError, did_you_mean
from kg.match import tables
from kg.match.index import MARGIN, Candidate, Index
from kg.match.records import HIDDEN, kinds
from kg.match.spelling import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from kg.link import Link
    from kg.match.records import Record

TARGETS: Final = {
    "eu-countries": ("eucountry", "eu_country_20260617.gc", "20260617-0", ("state",)),
    "eu-corporate-bodies": (
        "corporatebody", "eu_mdr_2022/corporatebodies.ttl", "20220928-0", ("organisation", "arrangement"),
    ),
    "wikidata": ("wd", "", "", ("state", "organisation", "arrangement")),
}  # fmt: skip
"""For each named table its prefix, its copy, the version of that copy, and which of our things it may hold."""
ACRONYM: Final = 5
SHORT: Final = 0.8
"""What a match of a short other name (of so many letters at most) is worth at most: acronyms mean many things."""
CONFLICT: Final = 0.5
"""What a match is worth at most when one of the two had ended before the other began."""


@dataclass(frozen=True)
class Target:
    """A table to link to: its prefix, its records, the version that links will name, and which of our kinds to ask."""

    prefix: str
    records: tuple[Record, ...]
    version: str
    kinds: tuple[str, ...]


def target(name: str, copy: Path | None, folder: Path, prefix: str = "") -> Target:
    """The table called NAME, read from COPY, or from its known copy in FOLDER; else NAME is itself a file.

    The version of a file that is no known copy is the beginning of its SHA-256. Raises MinilatError E202 when there is
    no such table or no copy of it, and what tables.read raises.
    """
    from pathlib import Path

    own, known, version, held = TARGETS.get(name, ("", "", "", kinds()))
    path = copy or (folder / known if known else None)
    if name not in TARGETS:
        path = path or Path(name)
        if not path.is_file():
            hint = did_you_mean(name, TARGETS, otherwise="known are " + " ".join(TARGETS) + ", or a file")
            raise MinilatError("E202", f"no table {name!r}", where="--against", hint=hint)
    if path is None or not path.is_file():
        hint = "give a copy of it with --copy; the network is not used"
        raise MinilatError(
            "E202", f"no copy of {name}" + (f" in {folder}" if known else ""), where="--against", hint=hint
        )
    if copy or not version:
        version = f"{path.name} sha256:{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
    return Target(prefix or own, tuple(tables.read(path, prefix or own)), version, held)


@dataclass(frozen=True)
class Suggestion:
    """One of our things, and what it may be in the table, best first."""

    subject: Record
    candidates: tuple[Candidate, ...]

    @property
    def clear(self) -> bool:
        """Whether the best candidate lies well before the next."""
        first, *others = self.candidates
        return not others or first.score - others[0].score >= MARGIN


def suggest(
    ours: Iterable[Record], target: Target, decided: Sequence[Link], *, least: float = 0.7, most: int = 3
) -> list[Suggestion]:
    """At most MOST candidates of a score of LEAST for each of OURS that has no exact match in the table yet.

    A pair that was DECIDED, for or against, is not suggested again.
    """
    index = Index(target.records)
    prefixes = {r.id.partition(":")[0] for r in target.records}
    linked = {x.subject for x in decided if _settled(x) and x.object.partition(":")[0] in prefixes}
    done = {(x.subject, x.object) for x in decided}
    found = []
    for record in ours:
        if record.id in linked:
            continue
        candidates = [
            c for c in _candidates(record, index) if c.score >= least and (record.id, c.record.id) not in done
        ]
        if candidates:
            found.append(Suggestion(record, tuple(candidates[:most])))
    return found


def _settled(link: Link) -> bool:
    return not link.negative and link.predicate == "skos:exactMatch"


def _candidates(record: Record, index: Index) -> list[Candidate]:
    best: dict[str, Candidate] = {}
    for name in record.names:
        if name.kind == HIDDEN:
            continue
        for candidate in index.find(name.text, record.codes):
            judged = candidate
            if len(plain(name.text)) <= ACRONYM and name.text != record.label and judged.score < 1:
                judged = replace(judged, score=min(judged.score, SHORT))
            if name.text != record.label and not judged.reason.startswith("same code"):
                judged = replace(judged, reason=f"{judged.reason}, of {name.text!r}")
            judged = _dated(record, judged)
            before = best.get(candidate.record.id)
            if before is None or judged.score > before.score:
                best[candidate.record.id] = judged
    return sorted(best.values(), key=lambda c: (-c.score, c.record.id))


def _dated(ours: Record, candidate: Candidate) -> Candidate:
    theirs = candidate.record
    for one, other in ((ours, theirs), (theirs, ours)):
        if one.end and other.begin and one.end < other.begin:
            return replace(
                candidate, score=min(candidate.score, CONFLICT),
                reason=f"{candidate.reason}; but one ended in {one.end}, the other began in {other.begin}",
            )  # fmt: skip
    if ours.begin and ours.begin == theirs.begin:
        return replace(candidate, reason=f"{candidate.reason}; both begin in {ours.begin}")
    return candidate


def sure(suggestions: Iterable[Suggestion], above: float) -> list[tuple[Record, Candidate]]:
    """Pairs that need no look: the best of their subject by far, above ABOVE, and of no other subject's."""
    best = [(s.subject, s.candidates[0]) for s in suggestions if s.clear and s.candidates[0].score >= above]
    taken: dict[str, int] = {}
    for _, candidate in best:
        taken[candidate.record.id] = taken.get(candidate.record.id, 0) + 1
    return [(subject, c) for subject, c in best if taken[c.record.id] == 1]


def wanted(target: Target, asked: Collection[str]) -> tuple[str, ...]:
    """The kinds of our things to look at: those ASKED for, or all that the table may hold."""
    return tuple(k for k in target.kinds if k in asked) if asked else target.kinds
