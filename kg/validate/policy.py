"""What becomes of findings: their severity, which are excused or known, which are asked for, and which fail.

In this order: comments with a reason, the project's severities, what lies in changed files, the baseline, the limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from kg.errors import MinilatError, did_you_mean
from kg.validate import baseline, changed, codes, excuses, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kg.records import Finding, Report, Severity

Level = Literal["error", "warning", "info", "off"]
_LEVELS: Final[dict[str, Level]] = {**codes.LEVELS, "off": "off"}


@dataclass(frozen=True)
class Policy:
    """A project's own rules: the severity of codes, the file of known findings, the revision compared with, the limits.

    ``fail_on`` is error, warning, info or never; ``limit`` the most findings to show, 0 for all.
    """

    fail_on: str = "error"
    severities: Mapping[str, Level] = field(default_factory=dict)
    known: Path | None = None
    since: str | None = None
    limit: int = 0


def severities(path: Path, shapes: Sequence[Path] = ()) -> dict[str, Level]:
    """The severity of each code in the table at PATH: a line each, ``CODE severity``, the severity also ``off``.

    Lines without a code (blank, ``#``, the heading ``code severity``) are passed over, and so are further columns, so
    rules/severity.tsv has the form. Raises MinilatError E132 for a line of another form, E130 for a code that neither
    the shapes in use nor our checks have.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise MinilatError("E132", f"cannot be read: {error}", where=str(path)) from None
    known = codes.known(shapes)
    found: dict[str, Level] = {}
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words or words[:2] == ["code", "severity"]:
            continue
        where = f"{path}:{number}"
        if len(words) < 2 or words[1] not in _LEVELS:
            hint = did_you_mean(words[1] if len(words) > 1 else "", _LEVELS, otherwise="error, warning, info or off")
            raise MinilatError("E132", "a line is CODE, a tab, and a severity", where=where, hint=hint)
        if words[0] in known and words[0].startswith("E"):
            raise MinilatError("E132", f"{words[0]} stays an error: what is not read is not checked", where=where)
        if words[0] not in known:
            raise codes.unknown(words[0], shapes, where)
        found[words[0]] = _LEVELS[words[1]]
    return found


def apply(found: Report, policy: Policy, *, text: Callable[[str], str | None], shapes: Sequence[Path] = ()) -> Report:
    """FOUND as POLICY has it, explained and in a fixed order. TEXT gives what stands in a file, None when it cannot.

    Raises MinilatError E131 for a baseline and E133 for a revision that cannot be used.
    """
    here = Path.cwd()
    names = tuple(_shown(name, here) for name in found.names)
    findings = [replace(f, file=_shown(f.file, here)) for f in found.findings]
    findings, ignored = excuses.excuse(findings, names, text)
    findings = [replace(f, severity=_level(f, policy)) for f in findings if policy.severities.get(f.code) != "off"]
    looked_at = set(names) | {f.file for f in findings}
    if policy.since is not None:
        top, differ = changed.since(policy.since, here)
        # What git cannot know about, standard input for one, is taken to have changed.
        looked_at = {n for n in looked_at if (p := reading.located(n).resolve()) in differ or not p.is_relative_to(top)}
        findings = [f for f in findings if f.file in looked_at]
    known = 0
    if policy.known is not None:
        findings, known = baseline.compare(policy.known, in_order(findings), looked_at)
    result = replace(
        found,
        findings=tuple(in_order(findings)),
        names=names,
        threshold=policy.fail_on,
        limit=policy.limit,
        known=known,
        ignored=ignored,
    )
    return codes.explain(result, shapes)


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """FINDINGS by file, place and code: the one order everything is written in."""
    return sorted(
        findings, key=lambda f: (f.file, f.line, f.column, f.code, f.focus, f.path, f.value, f.shape, f.message)
    )


def _level(f: Finding, policy: Policy) -> Severity:
    level = policy.severities.get(f.code, f.severity)
    return f.severity if level == "off" else level


def _shown(name: str, here: Path) -> str:
    """NAME as code hosts want it: relative to this folder where it lies in it, with forward slashes."""
    path = Path(name)
    if name and path.is_absolute() and path.is_relative_to(here):
        path = path.relative_to(here)
    return path.as_posix() if name else ""
