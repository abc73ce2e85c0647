"""Deciding on suggestions: what was accepted or rejected is written as SSSOM at once, so nothing decided is lost."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import __version__, link
from kg.errors import MinilatError
from kg.names import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.match.index import Candidate
    from kg.match.records import Record
    from kg.match.suggest import Suggestion

REVIEWED: Final = "MappingReview"
"""The ground of what somebody looked at: certain, one way or the other, as far as they are concerned."""
HELP: Final = "a number accepts, r rejects all shown, Enter or l decides later, q stops"


@dataclass(frozen=True)
class Decision:
    """A row to write: the pair, accepted or denied, on which ground, and what to say of it."""

    subject: Record
    candidate: Candidate
    accepted: bool
    ground: str


def ask(
    suggestions: Sequence[Suggestion], reply: Callable[[], str], say: Callable[[str], None]
) -> Iterator[list[Decision]]:
    """What is decided on each of SUGGESTIONS, one after the other; REPLY gives an answer, '' at the end of input."""
    say(HELP)
    for number, one in enumerate(suggestions, 1):
        say(f"\n{number}/{len(suggestions)}  {one.subject.label}  ({one.subject.id})")
        for n, c in enumerate(one.candidates, 1):
            say(f"  {n}  {c.score:.2f}  {c.record.label}  ({c.record.id}): {c.reason}")
        while (said := reply().strip().lower()) not in ("", "l", "q", "r"):
            if said.isdecimal() and 1 <= int(said) <= len(one.candidates):
                break
            say(f"  {HELP}")
        if said == "q":
            return
        if said == "r":
            yield [Decision(one.subject, c, False, REVIEWED) for c in one.candidates]
        elif said.isdecimal():
            yield [Decision(one.subject, one.candidates[int(said) - 1], True, REVIEWED)]


def add(path: Path, decisions: Iterable[Decision], *, author: str, day: str, version: str) -> int:
    """Add DECISIONS to the table at PATH, made when it is not there; how many rows it has then.

    A pair that stands there already is left as it is. Raises MinilatError E160–E163 (the table is not right as it
    stands, nothing is changed) or E203 (it cannot be written).
    """
    kept = link.read(path) if path.exists() else []
    done = {(x.subject, x.object) for x in kept}
    rows = []
    for d in decisions:
        if (d.subject.id, d.candidate.record.id) not in done:
            done.add((d.subject.id, d.candidate.record.id))
            rows.append(_row(d, author, day, version))
    before = path.read_text(encoding="utf-8") if path.exists() else _head(rows)
    if path.exists() and rows and kept:
        _same_columns(path, before)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        end = "" if before.endswith("\n") else "\n"
        partial.write_text(before + end + "".join("\t".join(r) + "\n" for r in rows), encoding="utf-8")
        link.read(partial)
        partial.replace(path)
    except OSError as error:
        hint = "check path and permission"
        raise MinilatError("E203", f"cannot be written: {error.strerror}", where=str(path), hint=hint) from None
    finally:
        partial.unlink(missing_ok=True)
    return len(kept) + len(rows)


def _same_columns(path: Path, text: str) -> None:
    header = next((x for x in text.splitlines() if not x.startswith("#")), "")
    if tuple(header.split("\t")) != link.REQUIRED:
        hint = "write to a new table"
        raise MinilatError("E203", "has columns in another order", where=str(path), hint=hint)


def _row(d: Decision, author: str, day: str, version: str) -> list[str]:
    c = d.candidate
    cells = (
        d.subject.id, d.subject.label, "skos:exactMatch", "" if d.accepted else "Not", c.record.id, c.record.label,
        f"semapv:{d.ground}", "1.0" if d.ground == REVIEWED else f"{c.score:.2f}", author, day, __version__, version,
        c.reason,
    )  # fmt: skip
    return [" ".join(cell.split()) for cell in cells]


def _head(rows: list[list[str]]) -> str:
    used = sorted({cell.partition(":")[0] for row in rows for cell in (row[0], row[4])})
    lines = ["# license: https://creativecommons.org/licenses/by/4.0/", "# curie_map:"]
    lines += [f"#   {prefix}: {PREFIXES[prefix]}" for prefix in (*used, "skos")]
    lines += ["#   semapv: https://w3id.org/semapv/vocab/", "\t".join(link.REQUIRED)]
    return "\n".join(lines) + "\n"
