"""Two releases of the data side by side: which statements were added, withdrawn or changed, and why.

A release is a folder, or a revision of the git repository this program runs from. A change is one of three things: the
world changed (something began or ended after the older release had last been recorded), the record was corrected or
completed, or only the evidence changed (source, confidence, method, note).
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from kg import files
from kg.documents import read_quads
from kg.errors import MinilatError
from kg.names import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS: Final = 60
MOST_BYTES: Final = 500_000_000
"""No release of the data comes near it; a stranger's archive shall not fill the disk."""
DEEPEST: Final = 5
"""How deep nameless nodes are followed; the data nest them once."""
_REVISION: Final = re.compile(r"[\w./@^~{}-]{1,200}", re.ASCII)
_EVIDENCE: Final = frozenset(
    PREFIXES["mlo"] + p
    for p in ("source", "confidence", "method", "note", "doubt", "needsReview", "recorded", "seenOn")
) | {PREFIXES["skos"] + "note"}
_MLO: Final = PREFIXES["mlo"]
_TITLE: Final = PREFIXES["dcterms"] + "title"
_WHEN: Final = (_MLO + "begin", _MLO + "date")

Facts = dict[str, dict[str, set[str]]]
"""Property and values of each subject, as IRIs and as the text of literals."""


@dataclass(frozen=True)
class Release:
    """The statements of one release: where they came from, what they say, in which file, recorded up to which day."""

    name: str
    facts: Facts
    file: dict[str, str]
    known: str


@dataclass(frozen=True)
class Difference:
    """One subject that differs: added, withdrawn or changed, of which nature, each property with old and new values."""

    change: str
    nature: str
    subject: str
    about: str
    details: tuple[str, ...]
    sources: tuple[str, ...]
    recorded: str
    file: str


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """The folder of the release called NAME while the block runs: itself, or what the git revision holds under data/.

    Raises MinilatError E150 when NAME is neither a folder nor a revision, or cannot be read in time.
    """
    if name and os.path.isdir(name):  # noqa: PTH112 – Path.is_dir raises for text too long to be a path
        yield Path(name)
        return
    if not _REVISION.fullmatch(name) or name.startswith("-"):
        raise _unknown(name, "it is no folder, and no name git could know")
    try:
        done = subprocess.run(  # noqa: S603 – a fixed program; the revision stands behind --end-of-options
            ["git", "-C", str(files.ROOT), "archive", "--format=tar", "--end-of-options", name, "data"],  # noqa: S607
            capture_output=True, timeout=SECONDS, check=False, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )  # fmt: skip
    except FileNotFoundError:
        raise _unknown(name, "it is no folder, and git is not installed") from None
    except subprocess.TimeoutExpired:
        raise _unknown(name, f"git did not answer within {SECONDS} s") from None
    if done.returncode != 0:
        raise _unknown(name, "it is no folder, and no revision of this checkout that holds data/")
    with TemporaryDirectory(prefix="minilat-release-") as place:
        _unpack(done.stdout, Path(place))
        yield Path(place)


def _unknown(name: str, why: str) -> MinilatError:
    shown = name if len(name) <= 60 else f"{name[:60]}…"
    hint = "give two folders, or two tags or revisions of the repository that `minilat` runs from"
    return MinilatError("E150", f"no release {shown!r}: {why}", hint=hint)


def _unpack(archive: bytes, place: Path) -> None:
    written = 0
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            wanted = member.isreg() and path.name.endswith((".ttl", ".sssom.tsv"))
            source = tar.extractfile(member) if wanted else None
            if source is None or path.is_absolute() or ".." in path.parts:
                continue
            written += member.size
            if written > MOST_BYTES:
                raise MinilatError("E150", f"the release is larger than {MOST_BYTES} bytes", hint="is this the data?")
            target = place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read())


@contextmanager
def data(name: str) -> Iterator[Path]:
    """The folder with the data of the release called NAME while the block runs.

    Raises MinilatError E150 (no such release) or E151 (it holds no Turtle file).
    """
    with folder(name) as place:
        root = place / "data" if (place / "data").is_dir() else place
        if not any(p.is_file() for p in root.rglob("*.ttl")):
            hint = "a release is the folder data/, or holds it"
            raise MinilatError("E151", f"{name!r} holds no Turtle file", hint=hint)
        yield root


def read(name: str) -> Release:
    """The release called NAME.

    Raises MinilatError E150 (no such release), E151 (it holds no Turtle file) or E031 (a file cannot be parsed).
    """
    with data(name) as root:
        facts: Facts = {}
        file: dict[str, str] = {}
        for path in sorted(p for p in root.rglob("*.ttl") if p.is_file()):
            where = path.relative_to(root).as_posix()
            for subject, said in _subjects(path, f"{name}:{where}"):
                file.setdefault(subject, where)
                for predicate, values in said.items():
                    facts.setdefault(subject, {}).setdefault(predicate, set()).update(values)
    known = max((d for said in facts.values() for d in said.get(_MLO + "recorded", ())), default="")
    return Release(name, facts, file, known)


def _subjects(path: Path, where: str) -> Iterator[tuple[str, dict[str, set[str]]]]:
    """Every named subject of a file with its properties; a blank node is written out where it is the value."""
    quads = read_quads(path, where=where)
    nameless: dict[str, list[tuple[str, object]]] = {}
    for quad in quads:
        if str(quad.subject).startswith("_:"):
            nameless.setdefault(str(quad.subject), []).append((quad.predicate.value, quad.object))

    def text(term: object, depth: int = 0) -> str:
        if str(term).startswith("_:") and depth < DEEPEST:
            inside = (f"{curie(p)} {text(o, depth + 1)}" for p, o in nameless.get(str(term), ()))
            return f"[{'; '.join(sorted(inside))}]"
        return "[]" if str(term).startswith("_:") else str(getattr(term, "value", term))

    for quad in quads:
        if str(quad.subject).startswith("<"):
            yield str(quad.subject)[1:-1], {quad.predicate.value: {text(quad.object)}}


def changes(old: Release, new: Release) -> list[Difference]:
    """What differs from OLD to NEW, by file and subject; nothing when both say the same."""
    found = []
    for subject in sorted(old.facts.keys() | new.facts.keys()):
        before, after = old.facts.get(subject, {}), new.facts.get(subject, {})
        if before != after:
            found.append(_difference(subject, before, after, old, new))
    return sorted(found, key=lambda d: (d.file, d.subject))


def _difference(
    subject: str, before: dict[str, set[str]], after: dict[str, set[str]], old: Release, new: Release
) -> Difference:
    change = "changed" if before and after else "added" if after else "withdrawn"
    moved = sorted(p for p in before.keys() | after.keys() if before.get(p) != after.get(p))
    release, said = (new, after) if after else (old, before)
    titles = {t for s in said.get(_MLO + "source", ()) for t in release.facts.get(s, {}).get(_TITLE, {curie(s)})}
    about = {v for p in ("arrangement", "offeredBy", "actor", "participant") for v in said.get(_MLO + p, ())}
    details = tuple(
        f"{curie(p)}: {_shown(before.get(p, set()))} to {_shown(after.get(p, set()))}" for p in moved
    ) if change == "changed" else ()  # fmt: skip
    return Difference(
        change,
        _nature(change, before, after, moved, old.known),
        curie(subject),
        " ".join(sorted(curie(a) for a in about)),
        details,
        tuple(sorted(titles)),
        max(said.get(_MLO + "recorded", {""})),
        release.file[subject],
    )


def _nature(change: str, before: dict[str, set[str]], after: dict[str, set[str]], moved: list[str], known: str) -> str:
    """Why a subject differs; KNOWN is the day up to which the older release was recorded."""
    began = max((d for p in _WHEN for d in after.get(p, ())), default="")
    ended = max(after.get(_MLO + "end", {""}))
    if change == "added":
        return "change of the world" if known and _later(began, known) else "newly recorded"
    if change == "withdrawn":
        return "correction: withdrawn"
    if set(moved) <= _EVIDENCE:
        return "evidence"
    if _MLO + "end" in moved and not before.get(_MLO + "end") and known and _later(ended, known):
        return "change of the world"
    return "correction"


def _later(said: str, known: str) -> bool:
    """Whether a date of any precision lies wholly after the day KNOWN: a year that holds the day does not."""
    return bool(said) and said > known[: len(said)]


def _shown(values: set[str]) -> str:
    return ", ".join(sorted(curie(v) for v in values)) or "nothing"
