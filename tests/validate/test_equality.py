"""The default engine and pySHACL report the same: focus node, path, value, component, shape, severity and message."""

from __future__ import annotations

from pathlib import Path

import generate
import pytest

from kg import files
from kg.validate.shapes import Shapes
from kg.validate.triples import Triples

CONVENTIONS = Path(__file__).parents[3] / "shared" / "opendata" / "conventions"
PUBLISHED = {
    "cccev-2.1.0/cccev-ap-SHACL.ttl", "core-business-2.3.0/core-business-ap-SHACL.ttl",
    "core-location-2.1.0/core-location-ap-SHACL.ttl", "core-person-2.1.2/core-person-ap-SHACL.ttl",
    "cpov-2.1.2/core-public-organisation-ap-SHACL.ttl", "dcat-ap-3.0.1/dcat-ap-SHACL.ttl",
    "dcat-ap-3.0.1/shapes.ttl", "dcat-ap-3.0.1/shapes_recommended.ttl", "dcat-ap-3.0.1/range.ttl",
    "dcat-ap-3.0.1/deprecateduris.ttl", "dcat-ap-3.0.1/mdr-vocabularies.shape.ttl", "itb/shacl.coreShapes.ttl",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(120))
def test_random_shapes_of_shacl_core(both, seed):
    shapes = generate.random_shapes(seed)
    subclass = Triples(f"<{generate.EX}U> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <{generate.EX}T> .\n")
    data = generate.data_for(Shapes(shapes), seed, 40)
    both(Triples(data.text + subclass.text), shapes)


def test_random_shapes_are_not_idle(both):
    found = set()
    for seed in range(0, 120, 3):
        shapes = generate.random_shapes(seed)
        found |= {raw.component for raw in both(generate.data_for(Shapes(shapes), seed, 40), shapes)}
    assert len(found) >= 22


@pytest.fixture(scope="module")
def ours():
    return Triples.read(files.shapes())


@pytest.mark.parametrize("seed", range(3))
def test_our_shapes_on_random_data(both, ours, seed):
    found = both(generate.data_for(Shapes(ours), seed, 400), ours)
    assert len(found) > 300


@pytest.mark.skipif(not CONVENTIONS.is_dir(), reason="needs ../shared/opendata, which is not part of the repository")
@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published_shapes_on_random_data(both, name):
    shapes = Triples.read([CONVENTIONS / name])
    found = both(generate.data_for(Shapes(shapes), 7, 300), shapes)
    assert len(found) >= 1


@pytest.mark.skipif(not CONVENTIONS.is_dir(), reason="needs ../shared/opendata, which is not part of the repository")
@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published_shapes_on_published_data(both, name):
    example = CONVENTIONS / "cpov-2.1.2" / "example-rdf_public_organisation.ttl"
    both(Triples.read([example, files.ROOT / "data" / "catalog.ttl"]), Triples.read([CONVENTIONS / name]))
