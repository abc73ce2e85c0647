"""The service on a free port of this machine, and the official schemas where they lie beside the project."""

from __future__ import annotations

import json

import pytest
from asking import OFFICIAL, start

from kg.serve.known import Known

DAY = "2026-11-24"


@pytest.fixture(scope="session")
def known(graph):
    return Known(graph.store, DAY)


@pytest.fixture(scope="session")
def service(known, loopback):
    return start(known, loopback)


@pytest.fixture(scope="session")
def official():
    """A function that checks JSON against the official schema of a name."""
    if not OFFICIAL.is_dir():
        pytest.skip("needs ../shared: the schemas of the Reconciliation API 0.2")
    from jsonschema import Draft7Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    def read(name):
        # They name no draft but "the latest" of json-schema.org, which is no address of one.
        schema = json.loads((OFFICIAL / "schemas" / name).read_text(encoding="utf-8"))
        return {k: v for k, v in schema.items() if k != "$schema"}

    registry = Registry()
    for path in (OFFICIAL / "schemas").glob("*.json"):
        resource = Resource.from_contents(read(path.name), default_specification=DRAFT7)
        registry = registry.with_resource(resource.id() or path.name, resource)

    def check(name, found):
        schema = read(f"{name}.json")
        return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in Draft7Validator(schema, registry=registry).iter_errors(found)]  # fmt: skip

    return check
