"""Slices of the shipped graph, one build per day: a day is read once, its answers are kept, the graph is let go."""

from __future__ import annotations

from functools import cache

import pytest

from kg import Graph

NAMED = (
    "nato", "pfp", "eop", "jef", "eu", "ei2", "mmf", "essi", "hybrid-coe", "nordefco", "baltic-3b", "nb8",
    "g5-sahel", "csto",
)  # fmt: skip


class Day:
    """What the questions of these tests need to know of one day."""

    def __init__(self, day: str) -> None:
        graph = Graph.load(as_of=day, cache=False)  # each day is built for one answer: keeping it costs as much
        self.day = day
        self.tables = {name: graph.members(name) for name in NAMED}
        self.everyone = {name: graph.members(name, roles="all") for name in NAMED}
        self.constraints = {
            str(r["c"]).rpartition("/")[2] for r in graph.query("SELECT ?c WHERE { ?c mlo:constraintInForce ?day }")
        }
        self.alive = {
            (str(r["x"]), str(r["end"]))
            for r in graph.query(
                "SELECT ?x ?end WHERE { ?x mlo:inForceOn ?day ; mlo:end ?end . FILTER(DATATYPE(?end) = xsd:date) }"
            )
        }
        self.counts = {
            str(r["x"]).rpartition("/")[2]: r["n"] for r in graph.query("SELECT ?x ?n WHERE { ?x mlo:coreCount ?n }")
        }

    def members(self, name: str) -> set[str]:
        """Two-letter codes of the core participants."""
        table = self.tables[name]
        at = table.columns.index("iso2")
        return {row[at] for row in table.rows}

    def roles(self, name: str) -> dict[str, str]:
        """Role by two-letter code, every role."""
        table = self.everyone[name]
        code, role = table.columns.index("iso2"), table.columns.index("role")
        return {row[code]: row[role] for row in table.rows}

    def notes(self, name: str) -> str:
        return " ".join(self.tables[name].notes)


@pytest.fixture(scope="session")
def on(tmp_path_factory):
    """on("2016-06-30") is that day."""
    patch = pytest.MonkeyPatch()
    patch.setenv("MINILAT_CACHE", str(tmp_path_factory.mktemp("questions-cache")))
    yield cache(Day)
    patch.undo()
