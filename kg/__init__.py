"""minilat: which grouping of states fits this challenge, on this date, and why?

>>> from kg import Graph
>>> graph = Graph.load()                  # doctest: +SKIP
>>> graph.fit("S01").options[0].label     # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Graph", "MinilatError", "__version__"]

if TYPE_CHECKING:
    from kg.errors import MinilatError
    from kg.graph import Graph


def __getattr__(name: str) -> Any:
    # Imported on first use, so that `minilat --help` does not pay for the store.
    if name == "Graph":
        from kg.graph import Graph

        return Graph
    if name == "MinilatError":
        from kg.errors import MinilatError

        return MinilatError
    raise AttributeError(name)
