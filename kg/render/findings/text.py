"""A report for people: grouped by file, each finding with its line, what is wrong and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.render.findings import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.records import Finding, Report

WIDTH: Final = 100
"""Characters of a source line that are shown; a longer one is cut around the place."""

_COLOURS: Final = {"error": "31;1", "warning": "33;1", "info": "36;1", "faint": "2", "file": "1"}


def report(found: Report, source: Callable[[str, int], str], *, colour: bool = False) -> str:
    """FOUND in words. SOURCE gives a line of a file, '' when it cannot; COLOUR is for terminals."""
    return listed(found, source, colour=colour) + summary(found) + "\n"


def listed(found: Report, source: Callable[[str, int], str], *, colour: bool = False) -> str:
    """The findings of FOUND alone, as in report."""

    def paint(text: str, name: str) -> str:
        return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if colour else text

    lines: list[str] = []
    last = None
    for f in found.shown:
        if f.file != last:
            lines.append(paint(safe.line(f.file or "(no file)"), "file"))
            last = f.file
        place = f"{f.line}:{f.column}" if f.line and f.column else str(f.line or "")
        lines.append(f"  {place:<7} {paint(f.severity, f.severity)} {f.code} {_about(f)}".rstrip())
        lines += [f"          {paint(mark, 'faint')}{text}" for mark, text in _body(f, found, source)]
        lines.append("")
    return "".join(line + "\n" for line in lines)


def place(f: Finding) -> str:
    """Where F lies and what it is about, on one line."""
    return safe.line(f"{f.file}:{f.line} {f.code} {_about(f)}".strip() if f.line else f"{f.file} {f.code} {_about(f)}")


def summary(found: Report) -> str:
    """One line that counts: findings by severity, what was left out and why, and how much was looked at."""
    numbers = {s: found.count(s) for s in ("error", "warning", "info")}
    counts = ", ".join(f"{n} {s}{'s' if n != 1 and s != 'info' else ''}" for s, n in numbers.items())
    left = [(len(found.findings) - len(found.shown), "not shown"), (found.known, "known"), (found.ignored, "ignored")]
    extra = ", ".join(f"{n} {word}" for n, word in left if n)
    size = f"{found.files} file{'s' if found.files != 1 else ''}, {found.triples} triples"
    return f"{counts}{f' ({extra})' if extra else ''} in {size}"


def _about(f: Finding) -> str:
    return safe.line(" ".join(part for part in (f.focus, f.path) if part))


def _body(f: Finding, found: Report, source: Callable[[str, int], str]) -> list[tuple[str, str]]:
    shown = source(f.file, f.line).rstrip("\r\n") if f.line else ""
    body = [("", safe.line(f.message))]
    if shown.strip():
        # A tab is one column wide here, as it is in the count of columns.
        start = max(0, f.column - WIDTH * 3 // 4) if f.column > WIDTH else 0
        number = f"{f.line} | "
        body.append((number, safe.line(shown[start : start + WIDTH])))
        if f.column:
            before = safe.line(shown[start : f.column - 1])
            body.append((f"{'| ':>{len(number)}}", " " * len(before) + "^"))
    check = found.check(f.code)
    if f.hint:
        body.append(("hint: ", safe.line(f.hint)))
    if check and check.url:
        body.append(("see:  ", safe.line(check.url)))
    return body
