"""One record for one source: a name is declared in one file, and a page has one name."""

from __future__ import annotations

from collections import defaultdict

# Pages that hold several texts, each a source of its own.
COLLECTIONS = {"https://dataverse.harvard.edu/dataset.xhtml?persistentId=doi:10.7910/DVN/0EGYWY"}


def several(rows, one, many):
    """What stands under ONE in ROWS with more than one of MANY."""
    found = defaultdict(set)
    for row in rows:
        found[row[one]].add(row[many])
    return {k: sorted(v) for k, v in found.items() if len(v) > 1}


def test_a_source_is_declared_in_one_file(graph):
    rows = list(graph.query("SELECT ?source ?file WHERE { GRAPH ?file { ?source a mlo:Source } }"))
    assert len(rows) > 1000
    assert several(rows, "source", "file") == {}


def test_a_page_is_one_source(graph):
    rows = list(graph.query("SELECT ?page ?source WHERE { ?source a mlo:Source ; foaf:page ?page }"))
    assert len(rows) > 1000
    assert set(several(rows, "page", "source")) == COLLECTIONS


def test_what_is_declared_twice_is_found():
    rows = [{"a": "x", "b": "1"}, {"a": "x", "b": "2"}, {"a": "y", "b": "1"}, {"a": "y", "b": "1"}]
    assert several(rows, "a", "b") == {"x": ["1", "2"]}
