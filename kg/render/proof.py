"""A proof as text, JSON, Turtle (PROV-O), DOT or one HTML page."""

from __future__ import annotations

import hashlib
import html
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kg.names import PREFIXES, iri
from kg.render.tables import dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.proof import Proof, WhyNot

ROWS: Final = 6
"""How many premises of one kind and rule are listed in text before the rest is counted."""
LEAST: Final = ("computed",)
"""Kinds of premise that text leaves out unless asked for all: they repeat what the rule says."""


def node(proof: Proof) -> dict[str, Any]:
    """One proof node in the stable JSON form."""
    found: dict[str, Any] = {
        "conclusion": proof.conclusion,
        "rule": None if proof.rule is None else {"code": proof.rule[0], "title": proof.rule[1]},
        "premises": [node(p) for p in proof.premises],
        "file": proof.file or None,
        "line": proof.line,
        "source": list(proof.source),
        "confidence": proof.confidence or None,
        "kind": proof.kind,
        "text": proof.text,
    }
    if proof.others:
        found["others"] = [node(p) for p in proof.others]
    if not proof.holds:
        found["holds"] = False
    return found


def as_json(proof: Proof) -> str:
    """The proof in the stable JSON form."""
    return dump(node(proof)) + "\n"


def why_not_json(found: WhyNot) -> str:
    """Why something does not hold, in the stable JSON form."""
    return (
        dump(
            {
                "conclusion": found.conclusion,
                "holds": False,
                "text": found.text,
                "near": [node(p) for p in found.near],
                "counterfactual": {
                    "changes": [{"change": sign, "text": text} for sign, text in found.changes],
                    "scenario": list(found.scenario),
                    "size": found.size,
                    "bound": found.bound,
                    "then": found.then or None,
                },
            }
        )
        + "\n"
    )


def why_not_text(found: WhyNot) -> str:
    """Why something does not hold, for a terminal."""
    lines = [f"Not so: {found.text}"]
    for near in found.near:
        lines += ["", *_lines(near, "", "", set(), full=True)]
    lines.append("")
    if found.size is not None:
        many = "change" if found.size == 1 else "changes"
        # Of a triple all smaller changes were tried; of an option each failed test was mended by itself, then all run.
        least = "the fewest for each test that fails" if found.then else "and with no fewer"
        lines.append(f"Counterfactual: it would be so with {found.size} {many} of what is recorded, {least}:")
    elif found.changes:
        lines.append(f"Counterfactual, not enough by itself (up to {found.bound} changes were tried):")
    elif found.bound:
        lines.append(f"No change of up to {found.bound} facts was found that would make it so.")
    lines += [f"  {sign} {text}" for sign, text in found.changes]
    if found.then:
        lines.append(f"  {found.then}")
    if found.scenario:
        lines.append(f"  try: --what-if {_quoted(_joint(found.scenario).join(found.scenario))}")
    return "\n".join(lines) + "\n"


def _joint(lines: Sequence[str]) -> str:
    """What parts the lines of a scenario: a patch has one a line."""
    return "\n" if lines[0].startswith(("A ", "D ")) else "; "


def _quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"'


def as_text(proof: Proof, *, full: bool = False, depth: int | None = None) -> str:
    """The proof as a tree; what was shown once is not repeated, and long lists are cut, unless FULL.

    DEPTH is how many levels below the conclusion are shown.
    """
    proof = proof if depth is None else _pruned(proof, depth)
    seen: set[str] = set()
    lines = list(_lines(proof, "", "", seen, full=full))
    for i, other in enumerate(proof.others, start=2):
        lines += ["", f"another way ({i}):", *_lines(other, "", "", set(), full=full)]
    return "\n".join(lines) + "\n"


def _pruned(proof: Proof, depth: int) -> Proof:
    below = tuple(_pruned(p, depth - 1) for p in proof.premises) if depth else ()
    return replace(proof, premises=below, others=tuple(_pruned(p, depth) for p in proof.others))


def _lines(proof: Proof, lead: str, branch: str, seen: set[str], *, full: bool) -> Iterator[str]:
    again = bool(proof.premises) and proof.conclusion in seen and not full
    yield lead + branch + _line(proof) + ("  (shown above)" if again else "")
    if again:
        return
    seen.add(proof.conclusion)
    below = lead + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
    kept = [p for p in proof.premises if full or p.kind not in LEAST]
    count: dict[tuple[str, str], int] = {}
    shown, left = [], 0
    for premise in kept:
        key = (premise.kind, premise.rule[0] if premise.rule else "".join(premise.conclusion.split(" ")[1:2]))
        count[key] = count.get(key, 0) + 1
        if full or proof.kind == "judged" or count[key] <= ROWS:
            shown.append(premise)
        else:
            left += 1
    for i, premise in enumerate(shown):
        last = i == len(shown) - 1 and not left
        yield from _lines(premise, below, "└─ " if last else "├─ ", seen, full=full)
    if left:
        yield f"{below}└─ … and {left} more of the same kind (--full shows all)"


def _line(proof: Proof) -> str:
    words = proof.text if proof.holds else f"NOT: {proof.text}"
    if proof.kind == "stated":
        place = f"{proof.file}:{proof.line}" if proof.line else proof.file
        source = f"; {'; '.join(proof.source)}" if proof.source else ""
        sure = f"; {proof.confidence} confidence" if proof.confidence else ""
        told = f"{place}{source}{sure}"
        return f"{words}  [{told}]" if told else words
    if proof.rule is not None:
        sure = f"  ({proof.confidence} confidence)" if proof.confidence else ""
        title = "" if proof.kind == "judged" and proof.rule[1] in words else f" {proof.rule[1]}"
        return f"{words}  ← {proof.rule[0]}{title}{sure}"
    if proof.kind == "judged":
        return words + (f"  ({proof.confidence} confidence)" if proof.confidence else "")
    if proof.kind == "cycle":
        return f"{words}  (rests on itself: this way proves nothing)"
    if proof.kind == "cut":
        return f"{words}  (not followed further: the tree is too large)"
    return words if proof.kind == "missing" else f"{proof.kind}: {words}"


def _name(proof: Proof) -> str:
    """A stable id for a node: the same conclusion by the same rule is one node."""
    key = f"{proof.kind}|{proof.conclusion}|{proof.rule[0] if proof.rule else ''}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _distinct(proof: Proof) -> list[Proof]:
    found: dict[str, Proof] = {}
    stack = [proof]
    while stack:
        each = stack.pop()
        name = _name(each)
        if name not in found or (each.premises and not found[name].premises):
            found[name] = each
            stack += [*reversed(each.premises), *reversed(each.others)]
    return list(found.values())


def as_turtle(proof: Proof) -> str:
    """The proof in PROV-O: a conclusion is an entity, derived from its premises by an activity that used a rule.

    A conclusion that is a triple is also given as rdf:Statement; ``sh:sourceRule`` names the rule, as SHACL 1.2 does.
    """
    names = ("mlo", "prov", "rdf", "rdfs", "sh", "xsd")
    lines = [f"@prefix {n}: <{PREFIXES[n]}> ." for n in names] + [""]
    for each in _distinct(proof):
        me = f"<urn:minilat:proof:{_name(each)}>"
        parts = ["a prov:Entity", f"rdfs:label {_text(each.text)}"]
        if triple := _triple(each):
            parts[0] += ", rdf:Statement"
            parts += [f"rdf:subject {triple[0]}", f"rdf:predicate {triple[1]}", f"rdf:object {triple[2]}"]
        if each.premises:
            below = dict.fromkeys(f"<urn:minilat:proof:{_name(p)}>" for p in each.premises)
            parts.append("prov:wasDerivedFrom " + ", ".join(below))
        if each.rule is not None:
            rule = f"<{PREFIXES['rule' if each.rule[0].startswith('R') else 'query']}{each.rule[0]}>"
            parts.append(f"sh:sourceRule {rule}")
            used = f"prov:qualifiedAssociation [ a prov:Association ; prov:hadPlan {rule} ]"
            parts.append(f"prov:wasGeneratedBy [ a prov:Activity ; rdfs:label {_text(each.rule[1])} ; {used} ]")
        if each.file:
            place = f"{each.file}#L{each.line}" if each.line else each.file
            parts.append(f"prov:hadPrimarySource <{PREFIXES['graph']}{place}>")
        if each.source:
            parts.append("rdfs:comment " + ", ".join(_text(s) for s in each.source))
        if each.confidence:
            parts.append(f"mlo:confidence <{PREFIXES['code']}{each.confidence}>")
        lines += [me + " " + " ;\n    ".join(parts) + " .", ""]
    return "\n".join(lines)


def _triple(proof: Proof) -> tuple[str, str, str] | None:
    if proof.kind not in ("stated", "inferred", "cycle", "cut"):
        return None
    subject, predicate, rest = proof.conclusion.split(" ", 2)

    def full(text: str) -> str:
        if text.startswith(("<", '"')):
            head, marks, kind = text.rpartition('"^^')
            return f'{head}"^^<{iri(kind)}>' if marks and not kind.startswith("<") else text
        return f"<{iri(text)}>"

    return full(subject), full(predicate), full(rest)


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def as_dot(proof: Proof) -> str:
    """The proof as a Graphviz digraph from premises to conclusion."""
    lines = ["digraph proof {", "  rankdir=BT; node [shape=box, fontname=sans-serif, fontsize=10];"]
    for each in _distinct(proof):
        label = each.text + (f"\\n{each.rule[0]}" if each.rule else "")
        if each.file:
            label += f"\\n{each.file}" + (f":{each.line}" if each.line else "")
        style = {"stated": "filled", "inferred": "solid", "judged": "bold"}.get(each.kind, "dashed")
        escaped = label.replace("\\n", "\n").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f'  "{_name(each)}" [label="{escaped}", style={style}];')
        lines += dict.fromkeys(f'  "{_name(p)}" -> "{_name(each)}";' for p in each.premises)
    return "\n".join([*lines, "}"]) + "\n"


def as_html(proof: Proof) -> str:
    """The proof as one page with parts that open and close; it loads nothing and runs no script."""
    return (
        "<!doctype html>\n<html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>Why: {html.escape(proof.text)}</title><style>{_STYLE}</style>"
        f"<h1>Why?</h1>{_item(proof, top=True)}"
        + "".join(f"<h2>Another way</h2>{_item(p, top=True)}" for p in proof.others)
        + "</html>\n"
    )


_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "details,p{margin:.2rem 0 .2rem 1.2rem}summary{cursor:pointer}small{color:#555}.no{color:#a00}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}small{color:#aaa}}"
)


def _item(proof: Proof, *, top: bool = False) -> str:
    words = html.escape(proof.text if proof.holds else f"not: {proof.text}")
    parts = []
    if proof.rule is not None:
        parts.append(f"{proof.rule[0]} {proof.rule[1]}")
    elif proof.kind not in ("stated", "judged"):
        parts.append(proof.kind)
    if proof.file:
        parts.append(f"{proof.file}:{proof.line}" if proof.line else proof.file)
    parts += [*proof.source, *([f"{proof.confidence} confidence"] if proof.confidence else [])]
    note = f" <small>{html.escape(' · '.join(parts))}</small>" if parts else ""
    mark = "" if proof.holds else " class=no"
    if not proof.premises:
        return f"<p{mark}>{words}{note}</p>"
    inside = "".join(_item(p) for p in proof.premises)
    return f"<details{' open' if top else ''}><summary{mark}>{words}{note}</summary>{inside}</details>"
