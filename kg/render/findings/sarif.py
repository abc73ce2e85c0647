"""A report in SARIF 2.1.0, the OASIS format of static analysis results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg import __version__
from kg.fingerprints import marked
from kg.render.findings import safe
from kg.render.tables import dump

if TYPE_CHECKING:
    from kg.records import Check, Finding, Report

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}


def report(found: Report) -> str:
    """A SARIF log with one run: a rule for each code among the findings, a result for each finding."""
    codes = sorted({f.code for f in found.shown})
    run = {
        "tool": {
            "driver": {
                "name": "minilat",
                "version": __version__,
                "informationUri": "https://w3id.org/minilat/ontology",
                "rules": [_rule(code, found.check(code)) for code in codes],
            }
        },
        # One id for each set of inputs, so that one upload does not close the alerts of another.
        "automationDetails": {"id": f"minilat/validate/{safe.uri(found.subject)}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, codes.index(f.code), mark) for f, mark in marked(found)],
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(code: str, check: Check | None) -> dict[str, Any]:
    title = check.title if check else code
    said = [part for part in ((check.help, check.hint) if check else ()) if part] or [title]
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": title},
        "fullDescription": {"text": said[0]},
        "help": {"text": "\n\n".join(said), "markdown": "\n\n".join((f"**{code}** {title}", *said))},
    }
    if check and check.url:
        rule["helpUri"] = check.url
    return rule


def _result(f: Finding, index: int, mark: str) -> dict[str, Any]:
    uri = safe.uri(f.file or "-")
    artifact = {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": "%SRCROOT%"}
    # Code hosts ask for a line: what has none stands on the first.
    region = {"startLine": f.line or 1} | ({"startColumn": f.column} if f.line and f.column else {})
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if f.focus:
        place["logicalLocations"] = [{"fullyQualifiedName": f.focus, "kind": "resource"}]
    return {
        "ruleId": f.code,
        "ruleIndex": index,
        "level": _LEVELS[f.severity],
        "message": {"text": f.message + (f" Hint: {f.hint}" if f.hint else "")},
        "locations": [place],
        "partialFingerprints": {"minilatFinding/v1": mark},
    }
