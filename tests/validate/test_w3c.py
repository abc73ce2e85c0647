"""The test suite of the W3C for SHACL Core and SHACL-SPARQL, whole results: 121 cases, none excepted.

A case is a file with data, shapes and the report that is expected. All the suite's reports name is compared: focus
node, path, value, component, severity and source shape of each result, repeated results and blank nodes included.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import MinilatError
from kg.store import as_ntriples
from kg.validate import engines
from kg.validate.results import SH, shacl_name
from kg.validate.shapes import TYPE, Shapes, sh
from kg.validate.triples import Triples

SUITE = Path(__file__).parents[3] / "shared" / "w3c" / "data-shapes-test-suite" / "tests"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="needs ../shared/w3c, which is not part of the repository")


def read(path: Path) -> Triples:
    return Triples(as_ntriples(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri())).decode())


def cases():
    if not SUITE.is_dir():
        return
    for path in sorted(SUITE.rglob("*.ttl")):
        if "sht:Validate" in path.read_text(encoding="utf-8"):
            for node in (graph := Shapes(read(path))).nodes():
                if f"<{SHT}Validate>" in graph.types(node):
                    yield pytest.param(path, node, id=f"{path.relative_to(SUITE).with_suffix('')}")


CASES = list(cases())


def test_the_walk_finds_every_case():
    assert len(CASES) == 121
    assert len({case.id for case in CASES}) == 121


@pytest.mark.parametrize(("path", "node"), CASES)
def test_case(path, node):
    own = read(path)
    case = Shapes(own)
    action = case.about(node)[f"<{MF}action>"][0]
    result = case.about(node)[f"<{MF}result>"][0]
    graphs = []
    for name in ("dataGraph", "shapesGraph"):
        place = Path(case.about(action)[f"<{SHT}{name}>"][0][len("<file://") : -1])
        graphs.append(own if place == path else read(place))
    if result == f"<{SHT}Failure>":
        with pytest.raises(MinilatError) as error:
            engines.run(*graphs, "rust")
        assert error.value.code in ("E090", "E096")  # refused by the engine, or before it
        return
    found = engines.run(*graphs, "rust")
    assert (case.values(result, "conforms") == ['"true"^^<http://www.w3.org/2001/XMLSchema#boolean>']) == (not found)
    assert sorted(row(raw) for raw in found) == sorted(expected(case, r) for r in case.values(result, "result"))


def row(raw):
    return (raw.focus, raw.path, raw.value, raw.component, raw.severity, raw.shape)


def expected(case, node):
    assert sh("ValidationResult") in case.about(node)[TYPE]
    one = {key[len(SH) + 1 : -1]: values for key, values in case.about(node).items() if key.startswith(f"<{SH}")}
    assert all(len(values) == 1 for values in one.values())
    first = {key: values[0] for key, values in one.items()}
    path = case.path(first["resultPath"]) if "resultPath" in first else ""
    component, severity = (shacl_name(first[k]) for k in ("sourceConstraintComponent", "resultSeverity"))
    return (first["focusNode"], path, first.get("value", ""), component, severity, first["sourceShape"])
