"""The statements whose falsity would change a verdict, as text and JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kg.render import fit, proof
from kg.render.tables import dump
from kg.render.whatif import rejudged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.decisive import Decisive, Tested
    from kg.proof import Proof
    from kg.records import FitAnswer


def as_json(answer: FitAnswer, found: Tested) -> str:
    """ANSWER in the stable JSON form, with what is decisive under it."""
    whole: dict[str, Any] = json.loads(fit.as_json(answer))
    whole["decisive"] = {
        "counterfactual": True,
        "looked_at": list(found.looked_at),
        "statements": [_one(d) for d in found.decisive],
    }
    return dump(whole) + "\n"


def _one(d: Decisive) -> dict[str, Any]:
    return {
        "statement": d.statement,
        "confidence": d.confidence,
        "source": list(d.source),
        "first": {"before": list(d.first[0]), "after": list(d.first[1])},
        "options": [rejudged(o) for o in d.options],
        "proofs": [proof.node(p) for p in d.proofs],
    }


def as_text(found: Tested) -> str:
    """What is decisive, for a terminal, with the way it leads to the verdict."""
    many = len(found.looked_at)
    head = f"Statements whose falsity would change a verdict: {len(found.decisive)} of {many} looked at"
    return "\n".join([head, *(line for d in found.decisive for line in _lines(d))]) + "\n"


def _lines(d: Decisive) -> Iterator[str]:
    yield ""
    yield f"{d.statement} ({d.confidence} confidence{'; ' if d.source else ''}{'; '.join(d.source[:2])})"
    before, after = (", ".join(ids) or "nobody" for ids in d.first)
    if before != after:
        yield f"  without it first is {after}, not {before}"
    for o in d.options:
        gaps = (
            f", gaps {' '.join(o.gaps[0]) or 'none'} → {' '.join(o.gaps[1]) or 'none'}"
            if o.gaps[0] != o.gaps[1]
            else ""
        )
        yield f"  {o.label}: {o.verdict[0]} → {o.verdict[1]}{gaps}"
    for tree in d.proofs:
        yield from (f"    {line}" for line in _way(tree))
    if not d.proofs:
        yield "    it stands in the way of something: nothing cited rests on it"


def _way(tree: Proof) -> Iterator[str]:
    """One way down TREE, a line a step; JSON has them all."""
    node: Proof | None = tree
    depth = 0
    while node is not None:
        rule = f"  ← {node.rule[0]}" if node.rule else ""
        place = f"  [{node.file}:{node.line}]" if node.file and node.line else f"  [{node.file}]" if node.file else ""
        yield f"{'  ' * depth}{node.text}{rule}{place}"
        node = min(node.premises, key=_height) if node.premises else None
        depth += 1


def _height(tree: Proof) -> int:
    return 1 + min(map(_height, tree.premises), default=0)
