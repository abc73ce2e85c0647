"""The shipped graph cut for a day, and its answers: each built once."""

from __future__ import annotations

from functools import cache

import pytest

from kg import Graph


@pytest.fixture(scope="session")
def graph_on(tmp_path_factory):
    """graph_on("2026-11-24"), graph_on(day, hide=("jef",)) are graphs."""
    patch = pytest.MonkeyPatch()
    patch.setenv("MINILAT_CACHE", str(tmp_path_factory.mktemp("fit-cache")))
    yield cache(lambda day, hide=(): Graph.load(as_of=day, hide=hide))
    patch.undo()


@pytest.fixture(scope="session")
def answer_to(graph_on):
    """answer_to("S01") is the answer of today; answer_to("S01", day, prefer) that of another day or preference."""
    return cache(lambda challenge, day="2026-11-24", prefer=None: graph_on(day).fit(challenge, prefer=prefer))
