"""What makes two findings the same: not the line, which moves when something is written above it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.records import Finding, Report

_BLANK: Final = re.compile(r"_:[\w.-]+")


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """A fingerprint (32 hex digits) for each of FINDINGS, in their order; no two are the same.

    It is made of file, code, shape, component, focus, path and value. The label of a blank node is one parser's
    choice and left out; what then looks alike is numbered in the order in which it is found. What has no focus is known
    by its message.
    """
    seen: Counter[str] = Counter()
    found = []
    for f in findings:
        parts = [f.file, f.code, f.shape, f.component, f.focus, f.path, f.value, "" if f.focus else f.message]
        identity = "\0".join(_BLANK.sub("_:", part) for part in parts)
        seen[identity] += 1
        digest = hashlib.sha256(f"{identity}\0{seen[identity]}".encode())
        found.append(digest.hexdigest()[:32])
    return found


def marked(report: Report) -> list[tuple[Finding, str]]:
    """The findings of REPORT that are shown, each with its fingerprint among all of them."""
    marks = fingerprints(report.findings)
    return [(report.findings[i], marks[i]) for i in report.places]
