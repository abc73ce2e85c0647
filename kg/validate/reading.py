"""What is read, and in which bounds: files, folders, patterns, standard input, gzip.

A path that is wrong refuses the request (E030, E032, E034). What is wrong inside a document (E031, E047–E049) is a
finding with its line, so that every broken document of a run is told and not only the first.
"""

from __future__ import annotations

import gzip
import re
import sys
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg import files
from kg.documents import SYNTAX, Mishap
from kg.errors import LINE_END, MinilatError, did_you_mean
from kg.names import PREFIXES, graph_name
from kg.validate import descriptions

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT: Final = 256 * 2**20
"""Bytes that one document may have, after it was unpacked. Reading and placing take up to 20 times as much memory."""
DEPTH: Final = 500
"""How deep lists, blank nodes, triple terms, objects or elements may be nested: engines recurse, and crash beyond."""
STDIN: Final = "<stdin>"
FORMATS: Final = {
    "turtle": ".ttl",
    "trig": ".trig",
    "n-triples": ".nt",
    "n-quads": ".nq",
    "rdf-xml": ".rdf",
    "json-ld": ".jsonld",
    "ttl": ".ttl",
    "nt": ".nt",
    "nq": ".nq",
    "rdf": ".rdf",
    "xml": ".rdf",
    "jsonld": ".jsonld",
}
WELL_KNOWN: Final = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dct": "http://purl.org/dc/terms/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "adms": "http://www.w3.org/ns/adms#",
    "locn": "http://www.w3.org/ns/locn#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
    "qb": "http://purl.org/linked-data/cube#",
    "regorg": "http://www.w3.org/ns/regorg#",
    "cv": "http://data.europa.eu/m8g/",
    "dcatap": "http://data.europa.eu/r5r/",
}
"""Prefixes that many use, beside those of the project: for hints only."""
_UNDECLARED: Final = re.compile(r"The prefix (\S*): has not been declared")
_IN_FOLDERS: Final = frozenset(SYNTAX) - {".xml"}
TABLES: Final = frozenset({".csv", ".tsv"})
"""Endings of tables, which are read where a description lies beside them."""
_SUFFIXES: Final = SYNTAX.keys() | {".json"} | TABLES
_UTF8: Final = b"\xef\xbb\xbf"
_WIDE: Final = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
# Strings, addresses and comments are passed over; a group is a bracket that opens or closes.
_MARKS: Final = re.compile(
    rb'''"""(?:[^"\\]++|\\.|"(?!""))*+"""|\'{3}(?:[^'\\]++|\\.|'(?!''))*+\'{3}'''
    rb"""|"(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+'|<[^<>"{}|^`\s]*+>|\#[^\n]*+|(<<\(?|\)?>>|[\[\]()])""",
    re.DOTALL,
)
_JSON_MARKS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|([\[\]{}])', re.DOTALL)
_LEADING: Final = re.compile(rb"(?:\s+|#[^\n]*\n)*")
_JSON: Final = re.compile(rb'\{\s*["}]|\[\s*(?:\]\s*\Z|\{\s*["}])')
_TERM: Final = rb'(?:<[^>]*>|_:\S+|"(?:[^"\\\n]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?)'
_QUAD: Final = re.compile(rb"(?:" + _TERM + rb"\s*){4}\.")


@dataclass(frozen=True)
class Source:
    """A document to be checked: the name it is shown by, where it lies (None is standard input), its syntax."""

    name: str
    path: Path | None
    suffix: str
    packed: bool = False

    @property
    def graph(self) -> str:
        """The named graph that holds its statements."""
        return graph_name(self.name if self.path else "stdin")


def sources(paths: Sequence[Path], input_format: str = "") -> list[Source]:
    """The documents behind PATHS, each file once, in the order given; folders and patterns are sorted.

    ``-`` is standard input. A folder gives its RDF files, hidden ones left out; a pattern may hold ``**``.
    INPUT_FORMAT (one of ``FORMATS``) overrules the endings of files. Raises MinilatError E030 for a path that does not
    exist, E032 for an ending or format that is not known and E034 where no RDF file is found.
    """
    forced = _suffix(input_format) if input_format else ""
    found: dict[object, Source] = {}
    for path in paths:
        if str(path) == "-":
            found.setdefault("-", Source(STDIN, None, forced))
            continue
        for inside, named in _expand(path):
            source = _source(inside, forced, named=named)
            if source is not None:
                found.setdefault(inside.resolve(), source)
    return list(found.values())


def shipped() -> list[Source]:
    """The files of facts in the package."""
    return [Source(files.relative(p), p, p.suffix) for p in files.data()]


def _suffix(name: str) -> str:
    known = FORMATS.get(name.lower().strip().lstrip(".").replace("/", "-"))
    if known is None:
        raise MinilatError(
            "E032",
            f"unknown format {name!r}",
            where="--input-format",
            hint=did_you_mean(name, FORMATS, otherwise="known are " + ", ".join(list(FORMATS)[:6])),
        )
    return known


def _expand(path: Path) -> list[tuple[Path, bool]]:
    """The files behind PATH, each with whether the user named it himself."""
    if path.is_dir():
        inside = [(p, False) for p in sorted(path.rglob("*")) if p.is_file() and not _hidden(p.relative_to(path))]
        if not any(_belongs(p) for p, _ in inside):
            raise MinilatError(
                "E034",
                "no RDF file in this folder",
                where=str(path),
                hint="give a folder with " + ", ".join(sorted(_IN_FOLDERS)) + " files (.gz too)",
            )
        return inside
    if path.exists() or not has_magic(str(path)):
        return [(path, True)]
    matches = sorted(glob(str(path), recursive=True))  # noqa: PTH207 (Path.glob takes no absolute pattern)
    inside = [(Path(p), False) for p in matches if Path(p).is_file()]
    if not any(_belongs(p) for p, _ in inside):
        raise MinilatError(
            "E034", "the pattern matches no RDF file", where=str(path), hint="quote it, and try ls first"
        )
    return inside


def _belongs(path: Path) -> bool:
    """Whether a file that nobody named is meant: RDF, or a table with a description."""
    suffix = _ending(path.name)[0]
    return suffix in _IN_FOLDERS or (suffix in TABLES and descriptions.beside_of(path) is not None)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _ending(name: str) -> tuple[str, bool]:
    lower = name.lower()
    packed = lower.endswith(".gz")
    return Path(lower.removesuffix(".gz")).suffix, packed


def _source(path: Path, forced: str, *, named: bool) -> Source | None:
    suffix, packed = _ending(path.name)
    if not named and not _belongs(path):
        return None
    if not path.exists():
        raise MinilatError(
            "E030", f"cannot read {path}: No such file or directory", hint="check the path", where=str(path)
        )
    if not forced and suffix not in _SUFFIXES:
        raise MinilatError(
            "E032",
            f"unknown file type {suffix!r}",
            where=str(path),
            hint="say --input-format, or use one of " + " ".join(sorted(_SUFFIXES)),
        )
    return Source(str(path), path, forced or (".jsonld" if suffix == ".json" else suffix), packed)


def content(source: Source, limit: int = LIMIT) -> bytes:
    """The bytes of SOURCE, unpacked.

    Raises MinilatError E030 when it cannot be read or unpacked, E047 when it holds more than LIMIT bytes (checked
    while it is read, so that a small file that unpacks to a huge one costs no more) and E048 for UTF-16 or UTF-32.
    """
    try:
        if source.path is None:
            body = _standard_input(limit)
        else:
            with source.path.open("rb") as stream:
                # Read through the unpacker up to the limit, never all at once: a bomb costs no more than the limit.
                body = gzip.GzipFile(fileobj=stream).read(limit + 1) if source.packed else stream.read(limit + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise MinilatError(
            "E030", f"cannot unpack {source.name}: {error}", hint="is it whole, and gzip?", where=source.name
        ) from None
    except OSError as error:
        raise MinilatError(
            "E030", f"cannot read {source.name}: {error.strerror}", hint="check the path", where=source.name
        ) from None
    if len(body) > limit:
        shown = f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit} bytes"
        raise MinilatError(
            "E047",
            f"larger than {shown}" + (" once unpacked" if source.packed else ""),
            where=source.name,
            hint="split it",
        )
    if encoding := _wide(body):
        raise MinilatError(
            "E048",
            f"the text is {encoding}; RDF is written in UTF-8",
            where=source.name,
            hint=f"convert it: iconv -f {encoding} -t UTF-8",
        )
    return body.removeprefix(_UTF8)


def _wide(body: bytes) -> str:
    """The name of an encoding with more than one byte a letter, told by its mark or by zero bytes in between."""
    for mark, encoding in _WIDE.items():
        if body.startswith(mark):
            return encoding
    if len(body) > 1 and 0 in body[:2] and body[0] != body[1]:
        return "UTF-16LE" if body[1] == 0 else "UTF-16BE"
    return ""


@cache
def _standard_input(limit: int) -> bytes:
    return sys.stdin.buffer.read(limit + 1)


def syntax(source: Source, body: bytes) -> str:
    """The syntax of SOURCE as a file ending; for standard input without a format it is told by how BODY begins."""
    if source.suffix:
        return source.suffix
    leading = _LEADING.match(body)
    start = body[leading.end() if leading else 0 :]
    if start[:5].lower() in (b"<?xml", b"<rdf:") or start[:4] == b"<!--" or start[:9].upper() == b"<!DOCTYPE":
        return ".rdf"
    if _JSON.match(start):
        return ".jsonld"
    return ".nq" if _QUAD.match(start) else ".trig"


def explain(mishap: Mishap) -> tuple[str, str, str]:
    """Code, message and hint for a syntax error."""
    reason = mishap.reason
    if "LoadDocumentCallback" in reason:
        return (
            "E049",
            "the JSON-LD context lies elsewhere, and is not fetched",
            "write the context into the file, or expand the file first",
        )
    if found := _UNDECLARED.search(reason):
        known = {**WELL_KNOWN, **PREFIXES}.get(found[1])
        hint = f"declare it: @prefix {found[1]}: <{known}> ." if known else did_you_mean(found[1], PREFIXES)
        return "E031", f"the prefix {found[1]}: is not declared", hint
    return "E031", reason, ""


def too_deep(body: bytes, suffix: str) -> tuple[int, int] | None:
    """Line and column where BODY, in Turtle or JSON and kin, is nested deeper than ``DEPTH``, or None."""
    opening, pattern = (b"{[", _JSON_MARKS) if suffix == ".jsonld" else (b"[(<", _MARKS)
    if suffix in (".nt", ".nq") and b"<<" not in body:
        return None
    if sum(body.count(mark) for mark in (b"[", b"(", b"{", b"<<")) <= DEPTH:
        return None
    depth = 0
    for found in pattern.finditer(body):
        mark = found[1]
        if mark:
            depth += 1 if mark[0] in opening else -1
            if depth > DEPTH:
                before = LINE_END.split(body[: found.start()].decode("utf-8", "replace"))
                return len(before), len(before[-1]) + 1
    return None


def bad_bytes(body: bytes) -> tuple[int, int, str] | None:
    """Line, column and reason of the first byte of BODY that is not UTF-8, or None."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = LINE_END.split(body[: error.start].decode("utf-8", "replace"))
        reason = f"byte 0x{body[error.start]:02x} at offset {error.start} is not UTF-8"
        return len(before), len(before[-1]) + 1, reason
    return None


def located(name: str) -> Path:
    """The path of the document shown as NAME: in this folder, or else among the shipped ones."""
    path = Path(name)
    return path if path.is_absolute() or path.exists() else files.ROOT / name


def named(name: str) -> bytes:
    """The bytes of the document shown as NAME, unpacked and without a mark; none when it cannot be read any more."""
    if name == STDIN:
        return _standard_input(LIMIT).removeprefix(_UTF8)
    path = located(name)
    suffix, packed = _ending(path.name)
    try:
        return content(Source(name, path, suffix, packed))
    except MinilatError:
        return b""


@lru_cache(maxsize=8)
def _lines(name: str) -> tuple[str, ...]:
    return tuple(LINE_END.split(named(name).decode("utf-8", "replace")))


def source_line(name: str, line: int) -> str:
    """The text of LINE (from 1) of the document shown as NAME, without its end; '' when it has no such line."""
    found = _lines(name)
    return found[line - 1] if 1 <= line <= len(found) else ""


def forget() -> None:
    """Read documents anew when a line of them is asked for: they may have changed."""
    _lines.cache_clear()
