"""The Rust engine itself, and the same as a program of its own: shapes and data in, results out.

As a program it knows nothing of the package, so that it starts at once; what it reads and writes is in :func:`main`.
"""

from __future__ import annotations

import json
import sys

Result = tuple[str, str, str, str, str, str, list[str]]
"""Focus node, path, value, shape, component, severity and messages; what a result lacks is empty."""


def results(data: str, shapes: str) -> list[Result]:
    """The results of SHAPES over DATA, both N-Triples. Raises ValueError where the engine does not take the shapes."""
    import shacl

    try:
        report = shacl.Shapes.from_text(shapes, format="ntriples").validate_text(data, format="ntriples")
    except RuntimeError as error:
        raise ValueError(str(error)) from None
    return [
        (
            x.focus_node,
            x.path or "",
            x.value or "",
            x.source_shape or "",
            x.component_iri,
            x.severity_iri,
            x.messages,
        )
        for x in report.results
    ]


def main() -> None:
    """Read the length of the shapes, a line break, the shapes and the data; write ``{"results"}`` or ``{"error"}``."""
    length = int(sys.stdin.buffer.readline())
    shapes = sys.stdin.buffer.read(length).decode()
    data = sys.stdin.buffer.read().decode()
    try:
        answer: dict[str, object] = {"results": results(data, shapes)}
    except ValueError as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
