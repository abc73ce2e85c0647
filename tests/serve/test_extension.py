"""Data for what was found, completion while typing, and the pages: exact values on the shipped data."""

import html
import re
from dataclasses import replace

import pytest

from kg.serve import card
from kg.serve.asked import Settings
from kg.serve.properties import TABLE, values


def cells(service, identity, *properties):
    return service.extend([identity], *properties)["rows"][identity]


def text(found):
    return [next(iter(c.values())) if len(c) == 1 else c["id"] for c in found]


@pytest.mark.parametrize(
    ("identity", "wanted"),
    [
        ("state/nor", {
            "label": ["Norway"], "altLabel": [], "kind": ["state"], "iso2": ["NO"], "iso3": ["NOR"], "isoNumeric": ["578"],
            "m49": ["578"], "wikidata": ["Q20"], "geonames": ["3144096"], "euCountry": ["NOR"], "begin": [], "notation": [],
            "iri": ["https://w3id.org/minilat/id/state/nor"], "participants": [], "definition": [], "broader": []}),
        ("entity/xkx", {"kind": ["entity"], "iso3": ["XKX"], "isoNumeric": [], "m49": [], "euCountry": ["XKX"]}),
        ("state/csk", {"begin": ["1918"], "end": ["1993-01-01"]}),
        ("arr:jef", {
            "label": ["Joint Expeditionary Force"], "kind": ["framework nations group"], "notation": ["D01"],
            "begin": ["2014-09-04"], "end": [], "listComplete": ["true"], "iso3": [],
            "altLabel": ["JEF", "Joint Expeditionary Force (JEF)", "UK Joint Expeditionary Force"]}),
        ("organisation/nato", {"wikidata": ["Q7184"], "euCorporateBody": ["NATO"]}),
        ("threat/nuclear-coercion", {
            "kind": ["threat"], "notation": ["1.4"], "broader": ["threat/state-military"],
            "definition": ["Threat or show of nuclear arms to force the decisions of others."]}),
        ("state/nowhere", {"label": [], "iso3": [], "participantOf": []}),
    ],
)  # fmt: skip
def test_values(service, identity, wanted):
    found = cells(service, identity, *wanted)
    assert {pid: text(values) for pid, values in found.items()} == wanted


def test_names_in_other_languages(service):
    for language, name in {"fr": ["Norvège"], "lv": ["Norvēģija"], "en": ["Norway"], "": ["Norway"]}.items():
        assert text(cells(service, "state/nor", ("label", {"language": language}))["label"]) == name
    assert cells(service, "arrangement/jef", ("label", {"language": "fr"}))["label"] == []


JEF = {"DNK", "EST", "FIN", "GBR", "ISL", "LTU", "LVA", "NLD", "NOR", "SWE"}


@pytest.mark.parametrize(
    ("day", "members"),
    [
        ("", JEF),
        ("2026-11-24", JEF),
        ("2014-09-03", set()),
        ("2016-06-30", JEF - {"FIN", "SWE", "ISL"}),
        ("2018-01-01", JEF - {"ISL"}),
    ],
)
def test_participants_on_a_day(service, day, members):
    found = cells(service, "arrangement/jef", ("participants", {"date": day}))["participants"]
    assert {c["id"].rpartition("/")[2].upper() for c in found} == members
    assert [c["name"] for c in found] == sorted(c["name"] for c in found)


def test_roles_and_limit(service):
    core, every, two = (
        text(cells(service, "arrangement/jef", ("participants", s))["participants"])
        for s in ({}, {"roles": "all"}, {"limit": "2"})
    )
    assert set(every) - set(core) == {"state/ukr"}
    assert two == core[:2]
    jef = {"id": "arrangement/jef", "name": "Joint Expeditionary Force"}
    for day, inside in (("2014-01-01", False), ("2015-01-01", True)):
        assert (jef in cells(service, "state/nor", ("participantOf", {"date": day}))["participantOf"]) == inside


def test_the_metadata_say_what_values_are(service):
    meta = service.extend(["state/nor"], "iso3", "participantOf")["meta"]
    assert meta == [
        {"id": "iso3", "name": "ISO 3166-1 alpha-3"},
        {"id": "participantOf", "name": "takes part in", "type": {"id": "Arrangement", "name": "arrangement"}},
    ]


@pytest.mark.parametrize("day", ["2026-11-24", "2011-06-30", "1995-01-01"])
def test_taking_part_on_a_day_is_what_the_graph_of_the_day_says(known, day):
    """The service works any day out of one graph; the rules make a graph for each. They must agree on everything."""
    from kg import Graph

    graph = Graph.load(day, cache=False)
    for roles in ("core", "all"):
        entry_rows = graph.store.rows(
            "SELECT ?a ?who ?core WHERE { ?p a mlo:Participation ; mlo:arrangement ?a ; mlo:participant ?who ; "
            "mlo:inForceOn ?day . BIND(EXISTS { ?who mlo:coreParticipantOf ?a } AS ?core) }"
        )
        theirs = {(str(r["a"]), str(r["who"])) for r in entry_rows if roles == "all" or r["core"]}
        iri = "https://w3id.org/minilat/id/"
        arrangements = [e for e in known.entities.values() if e.types[-1] == "Arrangement"]
        ours = {(iri + e.id, iri + p.id) for e in arrangements for p in known.partners(e, day, roles)}
        assert ours == theirs
        assert len(ours) > 100
        other = {(iri + g.id, iri + e.id) for e in known.entities.values() if e.types[-1] == "Actor" for g in known.partners(e, day, roles)}  # fmt: skip
        assert other == ours


@pytest.mark.parametrize(
    ("kind", "has", "lacks"),
    [
        ("State", {"iso3", "participantOf", "label"}, {"participants", "broader"}),
        ("Arrangement", {"participants", "begin", "notation"}, {"iso3", "definition"}),
        ("Alliance", {"participants", "begin", "notation"}, {"iso3", "definition"}),
        ("Threat", {"broader", "definition"}, {"begin", "iso2"}),
        ("Actor", {"iso3", "euCorporateBody"}, {"participants"}),
        ("", set(TABLE), set()),
    ],
)
def test_proposals(service, kind, has, lacks):
    found = service.get("/properties", type=kind).json
    ids = {p["id"] for p in found["properties"]}
    assert (has - ids, lacks & ids) == (set(), set())
    assert found.get("type", "") == kind
    assert len(service.get("/properties", type=kind, limit=2).json["properties"]) == 2


def ids(answer):
    return [r["id"] for r in answer.json["result"]]


@pytest.mark.parametrize(
    ("prefix", "first"),
    [
        ("norw", ["state/nor"]),
        ("Norvè", ["state/nor"]),
        ("state/nor", ["state/nor"]),
        ("arr:jef", ["arrangement/jef"]),
        ("D01", ["arrangement/jef"]),
        ("joint exp", ["arrangement/jef"]),
        ("expeditionary", ["arrangement/jef"]),
        ("Germny", ["state/deu"]),
        ("nuclear coer", ["threat/nuclear-coercion"]),
        ("xyzzy", []),
        ("?!", []),
    ],
)
def test_entities_that_begin_so(service, prefix, first):
    assert ids(service.get("/suggest/entity", prefix=prefix))[:1] == first


def test_pages_of_suggestions_follow_each_other(service, known):
    pages = [ids(service.get("/suggest/entity", prefix="", cursor=n)) for n in range(0, len(known.entities) + 20, 20)]
    assert {len(p) for p in pages[:-2]} == {20}
    assert pages[-1] == []
    assert sorted(i for p in pages for i in p) == sorted(known.entities)
    assert len(ids(service.get("/suggest/entity", prefix="", limit=10**12))) == 50


def test_properties_and_types_that_begin_so(service):
    assert ids(service.get("/suggest/property", prefix="iso")) == ["iso2", "iso3", "isoNumeric"]
    assert ids(service.get("/suggest/property", prefix="takes")) == ["participantOf"]
    assert ids(service.get("/suggest/type", prefix="alli")) == ["Alliance"]
    (state,) = service.get("/suggest/type", prefix="state").json["result"]
    assert (state["id"], state["broader"]) == ("State", [{"id": "Actor", "name": "actor", "broader": []}])
    assert len(ids(service.get("/suggest/type", prefix="", cursor=20))) == 4


def test_the_card_and_the_page(service):
    for path in ("/preview", "/view"):
        answer = service.get(path, id="state/nor")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
        assert "<h1>Norway</h1><p>state, NOR</p>" in answer.text
        assert not re.search(r"<script|<img|<link|src=|href=|url\(", answer.text)
    few, whole = (service.get(p, id="state/nor").text for p in ("/preview", "/view"))
    assert " more</dd>" in few
    assert " more</dd>" not in whole
    assert "as of 2026-11-24" in whole


EVIL = """<script>alert("1")</script>&'"""


def test_everything_on_a_card_is_escaped(known):
    nor = known.find("state/nor")
    entity = replace(
        nor, record=replace(nor.record, label=EVIL), facts=dict.fromkeys(TABLE, (EVIL,)) | {"iso3": (EVIL,)}
    )
    for whole in (True, False):
        text = card.card(known, entity, whole=whole)
        assert "<script" not in text
        assert "alert(&quot;1&quot;)" in text
        assert text.count(html.escape(EVIL)) >= 8


def test_an_unknown_entity_has_no_page(service):
    answer = service.get("/preview", id=EVIL)
    assert answer.error == (404, "E214", "id")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_values_of_every_property_are_known_for_something(known):
    for of in TABLE.values():
        assert any(values(known, e, of, Settings()) for e in known.entities.values()), of.id


def test_every_arrangement_is_one_and_every_type_is_used(known):
    for entity in known.entities.values():
        kind = entity.id.partition("/")[0]
        root = {"arrangement": "Arrangement", "threat": "Threat"}.get(kind, "Actor")
        assert entity.types[-1] == root, entity.id
    assert {t for e in known.entities.values() for t in e.types} == set(known.types)
    assert known.find("arr:drone-coalition").types == ("CapabilityCoalition", "AdHocCoalition", "Arrangement")
