"""A report as annotations of a pull request on GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kg.records import Report

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "notice"}


def report(found: Report) -> str:
    """One workflow command a finding. Source of the escapes: actions/toolkit, packages/core/src/command.ts."""
    lines = []
    for f in found.shown:
        properties = {"file": f.file, "line": f.line or 1, "col": f.column, "title": f"minilat {f.code}"}
        # A file is left out rather than named emptily: the annotation then stands on the run itself.
        written = ",".join(f"{k}={_property(str(v))}" for k, v in properties.items() if v and (f.file or k == "title"))
        check = found.check(f.code)
        about = " ".join(part for part in (f.focus, f.path) if part)
        said = [f.message, f"({about})" if about else "", f"hint: {f.hint}" if f.hint else ""]
        words = [*said, check.url if check else ""]
        lines.append(f"::{_LEVELS[f.severity]} {written}::{_data(chr(10).join(w for w in words if w))}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
