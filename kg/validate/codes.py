"""What the codes of findings stand for: their titles, what to do about them, and where that is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from kg import build, files
from kg.errors import MinilatError, did_you_mean
from kg.names import BASE, PREFIXES
from kg.records import Check, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kg.records import Finding, Report

PAGE: Final = BASE + "codes#"
"""The address of the page that documents every code of ours (docs/codes.md); a code is an anchor on it."""

LEVELS: Final[dict[str, Severity]] = {"error": "error", "warning": "warning", "info": "info"}

_ERROR: Final = re.compile(r"^\|\s*(E\d{3})\s*\|\s*([^|]+?)\s*\|\s*([^|]+?)\s*\|\s*$", re.MULTILINE)
_SHAPES: Final = """
SELECT ?shape ?label ?comment ?message ?see WHERE {
  ?shape ?part ?any . FILTER(ISIRI(?shape))
  VALUES ?part { sh:path sh:property sh:targetClass sh:targetNode sh:targetSubjectsOf sh:targetObjectsOf sh:sparql }
  OPTIONAL { { ?shape rdfs:label ?label } UNION { ?shape sh:name ?label } FILTER(LANG(?label) IN ("", "en")) }
  OPTIONAL { { ?shape rdfs:comment ?comment } UNION { ?shape sh:description ?comment }
             FILTER(LANG(?comment) IN ("", "en")) }
  OPTIONAL { ?shape sh:message ?message FILTER(LANG(?message) IN ("", "en")) }
  OPTIONAL { ?shape rdfs:seeAlso ?see }
} ORDER BY ?shape ?label ?comment ?message ?see"""

_HINTS: Final[dict[str, str]] = {
    "MinCount": "add a value of {path}",
    "MaxCount": "keep fewer values of {path}",
    "Class": "give {value} the class the shape asks for, or point to something that has it",
    "Datatype": "write the value with the datatype the shape asks for",
    "NodeKind": "the shape asks for another kind of term: an IRI stands in <>, a literal in quotes",
    "Pattern": "write the value in the form the shape's regular expression asks for",
    "MinLength": "the text is too short",
    "MaxLength": "the text is too long",
    "LanguageIn": "use one of the languages the shape lists",
    "UniqueLang": "keep one text for each language",
    "In": "use one of the values the shape lists",
    "HasValue": "add the value the shape asks for to {path}",
    "Closed": "remove {path}, or use a property the shape lists",
    "MinInclusive": "the value is below the lowest allowed",
    "MinExclusive": "the value is not above the bound",
    "MaxInclusive": "the value is above the highest allowed",
    "MaxExclusive": "the value is not below the bound",
    "LessThan": "the value must come before that of the other property",
    "LessThanOrEquals": "the value must not come after that of the other property",
    "Equals": "give both properties the same values",
    "Disjoint": "remove the value from one of the two properties",
    "Or": "make the node meet at least one of the shapes listed",
    "Xone": "make the node meet exactly one of the shapes listed",
    "And": "make the node meet all of the shapes listed",
    "Not": "the node meets a shape it must not meet",
    "Node": "validate the value by itself to see which of its parts is wrong",
    "QualifiedMinCount": "add a value of {path} that meets the shape asked for",
    "QualifiedMaxCount": "keep fewer values of {path} that meet the shape asked for",
}
"""What to do about each constraint of SHACL, for shapes that do not say it themselves."""

OWN: Final[dict[str, tuple[Severity, str, str]]] = {
    "H080": (
        "error",
        "A cell is what its column is described to be",
        "correct the cell, or the datatype and format in the description",
    ),
    "H081": (
        "error",
        "A table has the columns that are described, and every row has them all",
        "compare the heading and the row with the description",
    ),
    "H082": ("error", "A key stands in one row only", "remove the second row, or choose a key that tells them apart"),
    "H083": ("error", "A column that must have a value has one", "fill in the cell"),
    "H084": ("error", "A cell holds a value, not a formula", "paste the value in place of the formula"),
    "H090": (
        "warning",
        "A comment that asks to ignore a finding is understood and gives its reason",
        "write `# minilat: ignore CODE -- reason`, or ignore-file for the whole file",
    ),
    "H091": (
        "warning",
        "A comment that asks to ignore a finding has something to ignore",
        "remove the comment: what it excused is gone, or lies on another line",
    ),
    "H092": (
        "warning",
        "What stands in the baseline is still found",
        "write the baseline again with --write-baseline: what it knew has been mended",
    ),
}
"""What is found in tables and about the exceptions themselves, not by shapes: severity, title and hint."""


@dataclass(frozen=True)
class Row:
    """A line of rules/severity.tsv."""

    code: str
    severity: Severity
    title: str
    hint: str


@cache
def table() -> tuple[Row, ...]:
    """The shipped codes in the order of rules/severity.tsv: policy, kept beside the shapes."""
    lines = (files.ROOT / "rules" / "severity.tsv").read_text(encoding="utf-8").splitlines()[1:]
    cells = [line.split("\t") for line in lines if line.strip()]
    return tuple(Row(c[0], LEVELS[c[1]], c[3], c[4] if len(c) > 4 else "") for c in cells)


@cache
def errors() -> tuple[tuple[str, str, str], ...]:
    """Every error of docs/errors.md: its code, what is wrong, what to do."""
    text = (files.ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    return tuple((m[1], m[2], m[3]) for m in _ERROR.finditer(text))


def known(shapes: Sequence[Path] = ()) -> dict[str, Check]:
    """What is written about every code: ours, and those of the shapes in SHAPES, or of the shipped ones without any.

    Raises MinilatError E030–E032 for shapes that cannot be read or parsed.
    """
    found = {c: Check(c, wrong, "", todo, PAGE + c) for c, wrong, todo in errors()}
    found |= {c: Check(c, title, "", hint, PAGE + c) for c, (_, title, hint) in OWN.items()}
    ours = {row.code: row for row in table()}
    found |= {c: Check(c, row.title, "", row.hint, PAGE + c) for c, row in ours.items() if not (shapes and c[0] == "C")}
    for shape, texts in _described(shapes or files.shapes()).items():
        code = code_of(shape)
        if not shapes and code in ours:
            told = "\n\n".join(part for part in (found[code].help, texts["comment"]) if part)
            found[code] = replace(found[code], help=told)
        elif code not in found or not found[code].help:
            see = next((a for a in (texts["see"], shape) if a.startswith(("http://", "https://"))), "")
            said = texts["comment"] or texts["message"]
            found[code] = Check(code, texts["label"] or texts["message"] or code, said, "", see)
    return found


def _described(shapes: Sequence[Path]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in build.load(shapes).rows(_SHAPES):
        texts = {name: str(row[name] or "") for name in ("label", "comment", "message", "see")}
        found.setdefault(str(row["shape"]), texts)
    return found


def code_of(shape: str) -> str:
    """The code of the shape with the IRI SHAPE: the code its name begins with, or else its name."""
    name = shape.strip("<>").rsplit("/", 1)[-1].rsplit("#", 1)[-1]
    return name[:4] if name[:1].isupper() and name[1:4].isdecimal() and not name[4:5].isalnum() else name


def explain(report: Report, shapes: Sequence[Path] = ()) -> Report:
    """REPORT with what its codes stand for, and a hint where a finding has none; nothing is read for a clean one."""
    if not report.findings:
        return report
    written = known(shapes)
    told = {f.code: written[f.code] for f in report.findings if f.code in written}
    hinted = tuple(f if f.hint else replace(f, hint=_hint(f, told)) for f in report.findings)
    return replace(report, findings=hinted, checks=tuple(told[c] for c in sorted(told)))


def _hint(f: Finding, told: Mapping[str, Check]) -> str:
    if f.code in told and told[f.code].hint:
        return told[f.code].hint
    name = f.component.removeprefix(PREFIXES["sh"]).removeprefix("sh:").removesuffix("ConstraintComponent")
    return _HINTS.get(name, "").format(path=f.path or "the property", value=f.value or "the value")


def unknown(code: str, shapes: Sequence[Path], where: str) -> MinilatError:
    """The error for a CODE nobody has: E130, with the closest codes."""
    hint = did_you_mean(code, known(shapes), otherwise="docs/codes.md lists the shipped codes")
    return MinilatError("E130", f"no code {code!r}", where=where, hint=hint)
