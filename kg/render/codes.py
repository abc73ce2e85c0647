"""The page that documents every code: one anchor a code, written from the shapes, the checks and the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.records import Check

_HEAD: Final = """\
# Codes

Every finding and every error carries one of these permanent codes. This page is written from the shapes in
`rules/shapes/`, the table `rules/severity.tsv` and [errors.md](errors.md); a test keeps them equal. How a project gives
a code another severity, excuses a finding or keeps known ones apart stands in [validate-in-ci.md](validate-in-ci.md).
"""


def page(checks: Iterable[Check], severities: Mapping[str, str], errors: Iterable[tuple[str, str, str]]) -> str:
    """The page in Markdown for CHECKS with their SEVERITIES by code, and ERRORS as code, what is wrong, what to do."""
    parts = [_HEAD]
    kinds = {"C": "Shapes", "H": "Hygiene"}
    listed = sorted(checks, key=lambda c: c.code)
    for first, kind in kinds.items():
        parts.append(f"## {kind}\n")
        parts += [_section(c, severities.get(c.code, "error")) for c in listed if c.code.startswith(first)]
    parts.append(
        "## Errors\n\nAn error means that something could not be read or done: the exit code is 2, or 1 where it"
    )
    parts[-1] += " stands among the findings of a file.\n"
    for code, wrong, todo in errors:
        parts.append(f'### <a id="{code}"></a>{code}\n\n{_capital(wrong)}.\n\n**What to do:** {todo}.\n')
    return "\n".join(parts)


def _section(check: Check, severity: str) -> str:
    lines = [f'### <a id="{check.code}"></a>{check.code}', "", f"**{check.title}.** Severity: {severity}.", ""]
    lines += [f"{check.help}", ""] if check.help else []
    lines += [f"**What to do:** the message names it. {_capital(check.hint)}", ""] if check.hint else []
    if check.code.startswith("C"):
        lines += [f"Files that pass and fail: [tests/shapes/{check.code}](../tests/shapes/{check.code}).", ""]
    return "\n".join(lines)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
