"""Findings that are known: a file that lists them, so that only new ones fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import MinilatError
from kg.fingerprints import fingerprints
from kg.records import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_KEYS: Final = ("fingerprint", "code", "file", "focus", "path", "message")


def write(path: Path, findings: Sequence[Finding]) -> int:
    """How many of FINDINGS were written to PATH as known. Raises MinilatError E131 when it cannot be written.

    What is found about exceptions (H09#) and errors of reading (E###) are never known: the one is mended by writing,
    the other hides what was not read.
    """
    marks = fingerprints(findings)
    entries = [
        {"fingerprint": mark, **{k: getattr(f, k) for k in _KEYS[1:]}}
        for f, mark in zip(findings, marks, strict=True)
        if may_be_known(f)
    ]
    entries.sort(key=lambda e: [e[k] for k in ("file", "code", "focus", "path", "fingerprint")])
    text = json.dumps({"version": 1, "findings": entries}, ensure_ascii=False, indent=1) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MinilatError("E131", f"cannot be written: {error.strerror}", where=str(path)) from None
    return len(entries)


def compare(path: Path, findings: Sequence[Finding], looked_at: Collection[str]) -> tuple[list[Finding], int]:
    """The findings that PATH does not know, with an H092 for each entry that is gone, and how many it knows.

    An entry is judged only when its file is among those LOOKED_AT or no longer exists. Raises MinilatError E131 for a
    file that is not a baseline.
    """
    entries = _read(path)
    marks = dict(zip(fingerprints(findings), findings, strict=True))
    known = {e["fingerprint"] for e in entries}
    new = [f for mark, f in marks.items() if mark not in known or not may_be_known(f)]
    lines = {line.strip(): n for n, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)}
    for e in entries:
        judged = e["file"] in looked_at or not Path(e["file"]).exists()
        if judged and e["fingerprint"] not in marks:
            about = " ".join(part for part in (e["code"], e["focus"], e["path"]) if part)
            line = lines.get(f'"fingerprint": "{e["fingerprint"]}",', 1)
            message = f"This is no longer found in {e['file']}: {about}."
            new.append(Finding("H092", "warning", message, "", "", "", "", "", str(path), line, 1))
    return new, sum(1 for mark, f in marks.items() if mark in known and may_be_known(f))


def may_be_known(f: Finding) -> bool:
    """Whether F can stand in a baseline."""
    return not f.code.startswith(("E", "H09"))


def _read(path: Path) -> list[dict[str, str]]:
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = "write it with --write-baseline"
        raise MinilatError("E131", "no such baseline", where=str(path), hint=hint) from None
    except (OSError, ValueError, RecursionError) as error:
        raise MinilatError("E131", f"cannot be read: {error}", where=str(path)) from None
    entries = content.get("findings") if isinstance(content, dict) and content.get("version") == 1 else None
    if not isinstance(entries, list) or not all(
        isinstance(e, dict) and all(isinstance(e.get(k), str) for k in _KEYS) for e in entries
    ):
        hint = "write it with --write-baseline"
        raise MinilatError("E131", "not a baseline of version 1", where=str(path), hint=hint)
    return entries
