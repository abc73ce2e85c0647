"""Comments that excuse a finding, with a reason: ``# minilat: ignore C005 -- why`` or ``ignore-file`` for a whole file.

The first excuses what is found on its own line, or, standing alone, on the next line that says something. A comment
that cannot be understood, or that excuses nothing, is itself a finding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.records import Finding
from kg.validate import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SUFFIXES: Final = (".ttl", ".trig", ".nt", ".nq", ".n3")
"""The syntaxes whose comments begin with ``#``; the others have the baseline."""

_MARK: Final = re.compile(r"#\s*minilat\s*:\s*(.*)")
_FORM: Final = re.compile(r"(ignore|ignore-file)\s+([^\s,]+(?:\s*,\s*[^\s,]+)*)\s+--\s*(\S.*)")
_PIECE: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|'
    r"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'(?:[^'\\\n]|\\.)*'|<[^<>\s]*>|#[^\n]*",
    re.DOTALL,
)


@dataclass
class Excuse:
    """A comment: where it stands, the line it speaks of (0 for the whole file), its codes, and which it excused."""

    file: str
    line: int
    column: int
    target: int
    codes: tuple[str, ...]
    used: set[str]


def excuse(
    findings: Iterable[Finding], names: Iterable[str], text: Callable[[str], str | None]
) -> tuple[list[Finding], int]:
    """The findings that no comment excuses, with what is wrong with the comments themselves, and how many were excused.

    NAMES are the files looked at and TEXT gives what stands in one, None when it cannot. Errors of reading (E###) are
    never excused: behind them nothing was checked.
    """
    excuses: dict[str, list[Excuse]] = {}
    left: list[Finding] = []
    for name in dict.fromkeys(names):
        content = text(name) if name.removesuffix(".gz").endswith(SUFFIXES) else None
        if content is None or "minilat" not in content:
            continue
        for found in _read(name, content):
            if isinstance(found, Finding):
                left.append(found)
            else:
                excuses.setdefault(name, []).append(found)
    count = 0
    for f in findings:
        fitting = [
            e
            for e in excuses.get(f.file, ())
            if f.code in e.codes and not f.code.startswith("E") and e.target in (0, f.line)
        ]
        for e in fitting:
            e.used.add(f.code)
        if fitting:
            count += 1
        else:
            left.append(f)
    for each in excuses.values():
        for e in each:
            for code in e.codes:
                if code not in e.used:
                    where = f"on line {e.target}" if e.target else "in this file"
                    left.append(_finding("H091", f"There is no {code} {where} to ignore.", e.file, e.line, e.column))
    return left, count


def _read(name: str, content: str) -> Iterator[Excuse | Finding]:
    lines = content.split("\n")
    for match in _PIECE.finditer(content):
        mark = _MARK.match(match[0]) if match[0].startswith("#") else None
        if not mark:
            continue
        line = content.count("\n", 0, match.start()) + 1
        column = match.start() - content.rfind("\n", 0, match.start())
        form = _FORM.fullmatch(mark[1].strip())
        if not form:
            yield _finding("H090", f"This comment is not understood: {mark[1].strip()!r}.", name, line, column)
            continue
        codes = tuple(dict.fromkeys(re.split(r"\s*,\s*", form[2])))
        alone = not lines[line - 1][: column - 1].strip()
        target = 0 if form[1] == "ignore-file" else _next(lines, line) if alone else line
        yield Excuse(name, line, column, target, codes, set())


def _next(lines: list[str], line: int) -> int:
    """The first line after LINE that holds more than a comment."""
    for number, text in enumerate(lines[line:], line + 1):
        if text.strip() and not text.lstrip().startswith("#"):
            return number
    return line


def _finding(code: str, message: str, file: str, line: int, column: int) -> Finding:
    return Finding(code, "warning", message, "", "", "", "", "", file, line, column)


def text(name: str) -> str | None:
    """What stands in the document shown as NAME, or None when it holds no comment of ours."""
    body = reading.named(name)
    return body.decode("utf-8", "replace") if b"minilat" in body else None
