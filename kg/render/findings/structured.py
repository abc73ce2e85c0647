"""A report as JSON, the form that programs of ours and of others rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.fingerprints import marked
from kg.render.tables import dump

if TYPE_CHECKING:
    from kg.records import Report

_KEYS: Final = (
    "file", "line", "column", "code", "severity", "focus", "path", "value", "message", "hint", "shape", "component",
)  # fmt: skip


def report(found: Report) -> str:
    """The report as JSON: counts of all findings, then each one shown. Line and column are 0 where not known."""
    findings = []
    for f, mark in marked(found):
        check = found.check(f.code)
        item = {k: getattr(f, k) for k in _KEYS}
        findings.append(item | {"url": check.url if check else "", "fingerprint": mark})
    counts = {s: found.count(s) for s in ("error", "warning", "info")}
    left = {"hidden": len(found.findings) - len(found.shown), "known": found.known, "ignored": found.ignored}
    return dump({"files": found.files, "triples": found.triples, **counts, **left, "findings": findings}) + "\n"
