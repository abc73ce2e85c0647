"""Checking again whenever a file changes, and saying what that changed."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.commands.console import write
from kg.errors import MinilatError
from kg.fingerprints import fingerprints
from kg.render.findings import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kg.records import Report

PAUSE: Final = 0.3
"""Seconds between two looks at the files."""

Stamps = dict[str, tuple[int, int]]


def stamps(paths: Iterable[Path]) -> Stamps:
    """When each of PATHS was last written, and its size; what is not there is left out."""
    found = {}
    for path in paths:
        try:
            state = path.stat()
        except OSError:
            continue
        found[str(path)] = (state.st_mtime_ns, state.st_size)
    return found


def watch(
    check: Callable[[], Report],
    files: Callable[[], Iterable[Path]],
    source: Callable[[str, int], str],
    *,
    colour: bool,
    pause: float = PAUSE,
) -> None:
    """Call CHECK at once and after each change of FILES until the user stops it with Ctrl-C.

    The first report is shown whole, later ones only in what is new and what is gone. Everything is checked again, for a
    change in one file can mend or break another. What is wrong with a request is said, and the watch goes on.
    """
    last: Report | None = None
    seen: Stamps | None = None
    try:
        while True:
            now = stamps(_present(files))
            if now != seen:
                if seen is not None:
                    names = sorted(k for k in now.keys() | seen.keys() if now.get(k) != seen.get(k))
                    write(f"\n{time.strftime('%H:%M:%S')} {', '.join(names)}\n")
                seen = now
                last = _again(check, last, source, colour)
                sys.stdout.flush()
            time.sleep(pause)
    except KeyboardInterrupt:
        write("\n")


def _present(files: Callable[[], Iterable[Path]]) -> Iterable[Path]:
    try:
        return list(files())
    except MinilatError:
        return []


def _again(
    check: Callable[[], Report], last: Report | None, source: Callable[[str, int], str], colour: bool
) -> Report | None:
    try:
        report = check()
    except MinilatError as error:
        print(f"minilat: {error}", file=sys.stderr, flush=True)
        return last
    if last is None:
        write(text.report(report, source, colour=colour))
        return report
    before = dict(zip(fingerprints(last.findings), last.findings, strict=True))
    after = dict(zip(fingerprints(report.findings), report.findings, strict=True))
    new = tuple(f for mark, f in after.items() if mark not in before)
    for mark, f in before.items():
        if mark not in after:
            write(f"mended: {text.place(f)}\n")
    write(text.listed(replace(report, findings=new), source, colour=colour) + text.summary(report) + "\n")
    return report
