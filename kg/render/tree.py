"""A proof as one SVG picture: a line for each node, further in the deeper it lies; it loads and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.proof import Proof

ROW: Final = 24
STEP: Final = 20
LETTER: Final = 7.2
"""The width of a letter, on average, at the size used."""
WIDTH: Final = 110
"""After so many letters a line is cut off; it is shown whole on hover."""
_MARK: Final = {"stated": "#0b7", "inferred": "#06c", "judged": "#90c"}
_ILLEGAL: Final = {c: "\ufffd" for c in range(32) if c not in (9, 10, 13)}


def as_svg(proof: Proof) -> str:
    """The proof as an SVG image, in the order of the text form; a repeated conclusion is drawn again."""
    rows = list(_rows(proof, 0))
    lines = []
    last: dict[int, int] = {}
    widest = 0.0
    for i, (depth, node) in enumerate(rows):
        y, x = (i + 1) * ROW, 10 + depth * STEP
        last[depth] = y
        if depth:
            top = last[depth - 1] + 6
            lines.append(f'<path d="M{x - STEP + 4} {top}V{y - 4}H{x - 2}"/>')
        text = _words(node)
        shown = text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
        widest = max(widest, x + 14 + len(shown) * LETTER)
        colour = _MARK.get(node.kind, "#777") if node.holds else "#c00"
        title = f"<title>{_safe(text)}</title>" if shown != text else ""
        lines.append(f'<circle cx="{x + 4}" cy="{y - 4}" r="4" fill="{colour}"/>')
        lines.append(f'<text x="{x + 14}" y="{y}">{title}{_safe(shown)}</text>')
    width, height = int(widest) + 10, (len(rows) + 1) * ROW
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(_legal(proof.text))} '
            'font-family="sans-serif" font-size="13">',
            "<style>path{fill:none;stroke:#999}</style>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *lines,
            "</svg>\n",
        ]
    )


def _rows(node: Proof, depth: int) -> Iterator[tuple[int, Proof]]:
    yield depth, node
    for premise in node.premises:
        yield from _rows(premise, depth + 1)


def _words(node: Proof) -> str:
    words = node.text if node.holds else f"NOT: {node.text}"
    if node.rule is not None:
        return f"{words} ← {node.rule[0]} {node.rule[1]}"
    if node.kind == "stated":
        place = f"{node.file}:{node.line}" if node.line else node.file
        told = "; ".join(t for t in (place, *node.source) if t)
        return f"{words} [{told}]" if told else words
    return words if node.kind in ("judged", "missing") else f"{node.kind}: {words}"


def _legal(text: str) -> str:
    """TEXT without the characters that XML does not know."""
    return text.translate(_ILLEGAL)


def _safe(text: str) -> str:
    return escape(_legal(text))
