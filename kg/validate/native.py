"""The Rust engine, behind one function. See docs/decisions/0013 for why it is this one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError
from kg.store import literal_term
from kg.validate.results import SEPARATOR, SH, Raw

if TYPE_CHECKING:
    from kg.validate.triples import Triples

_LABEL: Final = re.compile(r"_:([01])_b(\d+)")


def run(data: Triples, shapes: Triples) -> list[Raw]:
    """The results of SHAPES over DATA. Raises MinilatError E090 for shapes the engine does not take."""
    import shacl

    try:
        report = shacl.Shapes.from_text(shapes.text, format="ntriples").validate_text(data.text, format="ntriples")
    except (ValueError, RuntimeError) as error:
        raise MinilatError("E090", f"the shapes cannot be used: {error}", hint="see the file named above") from None

    def term(text: str | None) -> str:
        return _LABEL.sub(label, text) if text and text.startswith("_:") else text or ""

    def label(found: re.Match[str]) -> str:
        # The engine numbers blank nodes in the order in which it meets them, those of the shapes first.
        known = shapes.blank_nodes
        if found[1] == "1":
            return known[int(found[2])]
        return data.blank_nodes[int(found[2]) - len(known)]

    return [
        Raw(
            term(x.focus_node),
            x.path or "",
            term(x.value),
            term(x.source_shape),
            _name(x.component_iri),
            _name(x.severity_iri),
            SEPARATOR.join(x.messages),
        )
        for x in report.results
    ]


def _name(iri: str) -> str:
    return iri.removeprefix(SH) if iri.startswith(SH) else f"<{iri}>"


@lru_cache(maxsize=1000)
def refused_pattern(pattern: str, flags: str) -> str:
    """Why the engine does not take the regular expression PATTERN; empty where it does."""
    import shacl

    text = f"<urn:s> <{SH}pattern> {literal_term(pattern)} .\n<urn:s> <{SH}targetNode> <urn:x> .\n"
    if flags:
        text += f"<urn:s> <{SH}flags> {literal_term(flags)} .\n"
    try:
        shacl.Shapes.from_text(text, format="ntriples").validate_text("", format="ntriples")
    except (ValueError, RuntimeError) as error:
        return str(error).strip().splitlines()[-1].removeprefix("error: ").removeprefix("invalid shapes graph: ")
    return ""
