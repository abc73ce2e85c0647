"""Every kind of answer against the official schemas, and the schemas against the official examples: they must refuse too."""

import json

import pytest
from asking import OFFICIAL

SCHEMAS = {
    "manifest", "reconciliation-query-batch", "reconciliation-result-batch", "suggest-entities-response",
    "suggest-properties-response", "suggest-types-response", "data-extension-query", "data-extension-response",
    "data-extension-property-proposal",
}  # fmt: skip
CASES = [p for p in sorted((OFFICIAL / "examples").glob("*/*valid/*.json")) if p.parts[-3] in SCHEMAS]

NONE = [
    pytest.param(OFFICIAL, marks=pytest.mark.skip(reason="needs ../shared: the examples of the Reconciliation API 0.2"))
]


def test_the_examples_are_found(official):
    assert len(CASES) >= 30
    assert {p.parts[-3] for p in CASES} >= SCHEMAS - {"suggest-metadata"}


@pytest.mark.parametrize("path", CASES or NONE, ids=lambda p: "/".join(p.parts[-3:]))
def test_the_schemas_tell_valid_examples_from_invalid_ones(official, path):
    kind, word = path.parts[-3:-1]
    assert bool(official(kind, json.loads(path.read_text(encoding="utf-8")))) == (word == "invalid")


@pytest.mark.parametrize(
    "path", [p for p in CASES if "reconciliation-query-batch" in str(p)] or NONE, ids=lambda p: "/".join(p.parts[-2:])
)
def test_official_query_batches_are_read_or_refused(service, path):
    """Types and properties of the examples are those of another service: what is read of them is refused by name."""
    answer = service.post(queries=path.read_text(encoding="utf-8"))
    if path.parent.name == "invalid":
        assert answer.error[:2] == (400, "E212")
    elif "min" in path.name:
        assert [r["result"] for r in answer.json.values()] == [[], []]
    else:
        assert answer.error[:2] == (400, "E216")


def test_the_manifest(service, official):
    found = service.get().json
    assert official("manifest", found) == []
    assert found["versions"] == ["0.2"]
    assert found["identifierSpace"] == "https://w3id.org/minilat/id/"
    assert [t["id"] for t in found["defaultTypes"]] == [
        "Actor", "State", "Entity", "InternationalOrganisation", "Arrangement", "Threat",
    ]  # fmt: skip
    assert found["batchSize"] == 50
    for part in (*found["suggest"].values(), found["extend"]["propose_properties"]):
        assert part["service_url"] == service.base
        assert service.raw("GET", part["service_path"]).status == 200
    for part in (found["view"], found["preview"]):
        place = part["url"].removeprefix(service.base).replace("{{id}}", "state%2Fnor")
        assert service.raw("GET", place).status == 200


NAMES = (
    "Norway",
    "Norvège",
    "JEF",
    "NATO",
    "Korea",
    "Nrway",
    "Nobody at all",
    "nuclear coercion",
    "Türkiye",
    "'; DROP <b>",
)


def test_result_batches(service, official):
    queries = {
        name: {"query": name, "properties": [{"pid": "iso3", "v": "NOR"}, {"pid": "begin", "v": 2014}]}
        for name in NAMES
    }
    queries |= {f"{name} bare": {"query": name, "type": ["State", "Arrangement"]} for name in NAMES}
    assert official("reconciliation-query-batch", queries) == []
    found = service.post(queries=json.dumps(queries)).json
    assert official("reconciliation-result-batch", found) == []
    assert list(found) == list(queries)


@pytest.mark.parametrize("kind", ["entity", "property", "type"])
@pytest.mark.parametrize("prefix", ["", "n", "a", "xyzzy"])
def test_suggestions(service, official, kind, prefix):
    plural = {"entity": "entities", "property": "properties", "type": "types"}[kind]
    found = service.get(f"/suggest/{kind}", prefix=prefix).json
    assert official(f"suggest-{plural}-response", found) == []
    assert bool(found["result"]) == (prefix != "xyzzy")


def test_extension_of_everything(service, official, known):
    from kg.serve.properties import TABLE

    for at in range(0, len(known.entities), 180):
        query = {"ids": list(known.entities)[at : at + 180], "properties": [{"id": p} for p in TABLE]}
        assert official("data-extension-query", query) == []
        assert official("data-extension-response", service.post(extend=json.dumps(query)).json) == []


@pytest.mark.parametrize("kind", ["", "State", "Arrangement", "Alliance", "Actor", "Threat"])
def test_proposals(service, official, kind):
    assert official("data-extension-property-proposal", service.get("/properties", type=kind).json) == []
