"""A report as a code quality report of GitLab (a subset of Code Climate's issues)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.fingerprints import marked
from kg.render.tables import dump

if TYPE_CHECKING:
    from kg.records import Report

_SEVERITIES: Final = {"error": "major", "warning": "minor", "info": "info"}


def report(found: Report) -> str:
    """A JSON list with one issue a finding; lines count from 1, and what has no line stands on the first."""
    issues = []
    for f, mark in marked(found):
        issues.append(
            {
                "description": f"{f.code}: {f.message}" + (f" Hint: {f.hint}" if f.hint else ""),
                "check_name": f.code,
                "fingerprint": mark,
                "severity": _SEVERITIES[f.severity],
                "location": {"path": f.file, "lines": {"begin": f.line or 1}},
            }
        )
    return dump(issues) + "\n"
