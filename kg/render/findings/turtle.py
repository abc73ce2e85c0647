"""A report as the W3C's own: a sh:ValidationReport in Turtle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.names import BASE, PREFIXES, curie, iri

if TYPE_CHECKING:
    from kg.records import Finding, Report

_SEVERITIES: Final = {"error": "Violation", "warning": "Warning", "info": "Info"}
_TOKEN: Final = re.compile(r"\s*(<[^<>]*>|[\^/|()*+?]|[^\s<>^/|()*+?]+(?:/[^\s<>^/|()*+?]*)*)")
_AFTER: Final = {"*": "sh:zeroOrMorePath", "+": "sh:oneOrMorePath", "?": "sh:zeroOrOnePath"}
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}


def report(found: Report) -> str:
    """The findings shown as results of one validation report, which conforms where there are no findings at all.

    Severities are those of the policy. What no shape reported has the address of its code as its component, and the
    name of the file as focus node where there is no other.
    """
    lines = [f"@prefix sh: <{PREFIXES['sh']}> .", f"@prefix xsd: <{PREFIXES['xsd']}> .", ""]
    lines += ["[] a sh:ValidationReport ;"]
    results = ",".join(_result(f, found) for f in found.shown)
    lines += [f"    sh:conforms {'false' if found.findings else 'true'}{' ;' if results else ' .'}"]
    if results:
        lines += [f"    sh:result{results} ."]
    return "\n".join(lines) + "\n"


def _result(f: Finding, found: Report) -> str:
    check = found.check(f.code)
    own = f"<{check.url if check and check.url else BASE + 'codes#' + f.code}>"
    parts = {
        "sh:focusNode": _term(f.focus) if f.focus else _text(f.file),
        "sh:resultPath": path(f.path),
        "sh:value": _term(f.value) if f.value else "",
        "sh:sourceShape": _term(f.shape) if f.shape else "",
        "sh:sourceConstraintComponent": _component(f.component) if f.component else own,
        "sh:resultSeverity": f"sh:{_SEVERITIES[f.severity]}",
        "sh:resultMessage": _text(f.message),
    }
    body = " ;\n".join(f"        {name} {value}" for name, value in parts.items() if value)
    return f" [\n        a sh:ValidationResult ;\n{body}\n    ]"


def _component(name: str) -> str:
    return _term(name) if ":" in name else f"sh:{name}"


def _term(text: str) -> str:
    """The Turtle of a term as findings write it: an IRI bare or short, everything else as in N-Triples."""
    if text.startswith(('"', "_:", "<")):
        return text
    prefix, colon, _ = text.partition(":")
    full = iri(text) if colon and prefix in PREFIXES else text
    # A text that would not be written so is no short form, whatever it looks like.
    full = full if curie(full) == text else text
    return "<" + re.sub(r'[\x00-\x20<>"{}|^`\\]', lambda m: f"\\u{ord(m[0]):04X}", full) + ">"


def _text(text: str) -> str:
    return '"' + re.sub(r'[\\"\n\r]', lambda m: _ESCAPES[m[0]], text) + '"'


def path(text: str) -> str:
    """The SHACL property path (Turtle) for TEXT in the syntax of SPARQL, or '' where there is none or it is not one."""
    tokens = _TOKEN.findall(text)
    if not text or "".join(tokens) != re.sub(r"\s", "", text):
        return ""
    try:
        found = _alternative(tokens)
    except (IndexError, ValueError):
        return ""
    return "" if tokens else found


def _alternative(tokens: list[str]) -> str:
    parts = [_sequence(tokens)]
    while tokens and tokens[0] == "|":
        tokens.pop(0)
        parts.append(_sequence(tokens))
    return parts[0] if len(parts) == 1 else f"[ sh:alternativePath ( {' '.join(parts)} ) ]"


def _sequence(tokens: list[str]) -> str:
    parts = [_step(tokens)]
    while tokens and tokens[0] == "/":
        tokens.pop(0)
        parts.append(_step(tokens))
    return parts[0] if len(parts) == 1 else f"( {' '.join(parts)} )"


def _step(tokens: list[str]) -> str:
    first = tokens.pop(0)
    if first == "^":
        return f"[ sh:inversePath {_step(tokens)} ]"
    if first == "(":
        found = _alternative(tokens)
        if tokens.pop(0) != ")":
            raise ValueError(first)
    elif first in "/|)*+?":
        raise ValueError(first)
    else:
        found = _term(first)
    while tokens and tokens[0] in _AFTER:
        found = f"[ {_AFTER[tokens.pop(0)]} {found} ]"
    return found
