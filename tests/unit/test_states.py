"""The reference data on states, entities, organisations and regions says exactly what its sources say."""

import csv
import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import files, link

ROOT = Path(__file__).resolve().parents[2]
STATE_FILES = sorted((ROOT / "data" / "states").glob("*.ttl"))
REGION_FILE = ROOT / "data" / "regions.ttl"
CATALOG_FILE = ROOT / "data" / "catalog.ttl"
SHARED = ROOT.parent / "shared"
CODE_TABLE = SHARED / "opendata" / "identity" / "datasets_country-codes.csv"
EU_TABLE = SHARED / "opendata" / "identity" / "eu_country_20260617.gc"
STOCKTAKE = SHARED / "domain" / "STOCKTAKE_participations.csv"

MLO = "https://w3id.org/minilat/ontology#"
ID = "https://w3id.org/minilat/id/"
WD = "http://www.wikidata.org/entity/"
EU = "http://publications.europa.eu/resource/authority/country/"
GEONAMES = "https://sws.geonames.org/"
PREFIXES = f"""
PREFIX mlo: <{MLO}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX region: <{ID}region/>
PREFIX code: <{ID}code/>
"""

UN_MEMBERS = """
    AFG AGO ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH BLR BLZ BOL BRA BRB BRN BTN BWA
    CAF CAN CHE CHL CHN CIV CMR COD COG COL COM CPV CRI CUB CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESP EST ETH
    FIN FJI FRA FSM GAB GBR GEO GHA GIN GMB GNB GNQ GRC GRD GTM GUY HND HRV HTI HUN IDN IND IRL IRN IRQ ISL ISR ITA
    JAM JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAR MCO MDA MDG MDV MEX
    MHL MKD MLI MLT MMR MNE MNG MOZ MRT MUS MWI MYS NAM NER NGA NIC NLD NOR NPL NRU NZL OMN PAK PAN PER PHL PLW PNG
    POL PRK PRT PRY QAT ROU RUS RWA SAU SDN SEN SGP SLB SLE SLV SMR SOM SRB SSD STP SUR SVK SVN SWE SWZ SYC SYR TCD
    TGO THA TJK TKM TLS TON TTO TUN TUR TUV TZA UGA UKR URY USA UZB VCT VEN VNM VUT WSM YEM ZAF ZMB ZWE
""".split()  # noqa: SIM905

ENTITIES = {"COK", "NIU", "PSE", "TWN", "XKX"}
FORMER = {"CSK", "SUN", "YUG"}
ORGANISATIONS = {"EU": "eu", "NATO": "nato", "UN": "un", "WB": "world-bank"}

# A region that is one actor's own territory: nobody else may be located in it.
ONE_ACTOR_REGIONS = {
    "afghanistan": "afg", "armenia": "arm", "bosnia-and-herzegovina": "bih", "gaza": "pse", "georgia": "geo",
    "iraq": "irq", "kosovo": "xkx", "lebanon": "lbn", "libya": "lby", "mali": "mli", "moldova": "mda",
    "mozambique": "moz", "pakistan": "pak", "solomon-islands": "slb", "somalia": "som", "sudan": "sdn",
    "syria": "syr", "ukraine": "ukr",
}  # fmt: skip
# Places inside a state: a state is never located in them.
PARTS_OF_STATES = {"greenland", "svalbard", "sinai", "turkey-south-east"}

LITTORAL = {
    "baltic-sea": "deu dnk est fin ltu lva pol rus swe",
    "gulf-of-finland": "est fin rus",
    "north-sea": "bel deu dnk fra gbr nld nor",
    "norwegian-sea": "dnk isl nor",
    "giuk-gap": "dnk gbr isl",
    "european-arctic": "dnk isl nor rus",
    "north-american-arctic": "can usa",
    "black-sea": "bgr geo rou rus tur ukr",
    "western-black-sea": "bgr rou tur ukr",
    "aegean-sea": "grc tur",
    "bab-el-mandeb": "dji eri yem",
    "gulf-of-aden": "dji som yem",
    "persian-gulf": "are bhr irn irq kwt omn qat sau",
    "strait-of-hormuz": "are irn omn",
    "malacca-strait": "idn mys sgp tha",
    "sulu-celebes-seas": "idn mys phl",
}


@pytest.fixture(scope="module")
def store():
    """All reference files in one store."""
    assert len(STATE_FILES) == 7, "the seven files of data/states are there"
    s = ox.Store()
    for path in [*STATE_FILES, REGION_FILE, CATALOG_FILE]:
        s.load(path=str(path), format=ox.RdfFormat.TURTLE)
    for path in files.links():
        s.extend(ox.Quad(*map(ox.NamedNode, t)) for t in link.triples(path) if "/arrangement/" not in t[0])
    return s


def rows(store, query):
    """The rows of a SELECT as tuples of strings (None where unbound)."""
    return [tuple(None if v is None else v.value for v in row) for row in store.query(PREFIXES + query)]


@pytest.fixture(scope="module")
def actors(store):
    """iso3 -> property -> set of values, for everything that has an iso3 code."""
    out = {}
    for iri, iso3, p, v in rows(store, "SELECT ?s ?i ?p ?o { ?s mlo:iso3 ?i ; ?p ?o }"):
        a = out.setdefault(iso3, {})
        a.setdefault("iri", set()).add(iri)
        a.setdefault(re.split("[#/]", p)[-1], set()).add(v)
    return out


def one(actor, name):
    (value,) = actor[name]
    return value


def in_force(actors):
    return {k: a for k, a in actors.items() if k not in FORMER}


def match(actor, base):
    return [m[len(base) :].strip("/") for m in actor["exactMatch"] if m.startswith(base)]


def table(path):
    if not path.exists():
        pytest.skip(f"../shared/{path.relative_to(SHARED)} is not there")
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def test_all_193_members_of_the_united_nations_are_states(actors):
    assert len(UN_MEMBERS) == len(set(UN_MEMBERS)) == 193
    assert set(actors) == set(UN_MEMBERS) | {"VAT"} | ENTITIES | FORMER
    for iso3, a in actors.items():
        kind, cls = ("entity", "Entity") if iso3 in ENTITIES else ("state", "State")
        assert one(a, "iri") == f"{ID}{kind}/{iso3.lower()}"
        assert a["type"] == {MLO + cls}


def test_status_notes_are_on_those_who_are_not_members(actors):
    assert {k for k, a in actors.items() if "recognitionNote" in a} == ENTITIES | {"VAT"}


def test_every_actor_has_its_codes(actors):
    for iso3, a in actors.items():
        assert re.fullmatch("[A-Z]{2}", one(a, "iso2")), iso3
        assert len(a["label"]) == 1, iso3
        if iso3 == "XKX":
            assert not {"isoNumeric", "m49"} & set(a), "Kosovo has neither"
        else:
            assert re.fullmatch("[0-9]{3}", one(a, "isoNumeric")), iso3
            assert one(a, "m49") == one(a, "isoNumeric"), iso3
        assert len(match(a, WD)) == 1, iso3
        if iso3 not in FORMER:
            assert match(a, EU) == [iso3]
            assert len(match(a, GEONAMES)) == 1, iso3


@pytest.mark.parametrize("name", ["iso2", "isoNumeric", "m49", "label", "exactMatch"])
def test_codes_and_names_are_unique(actors, name):
    seen = Counter(v for a in actors.values() for v in a.get(name, ()))
    assert [v for v, n in seen.items() if n > 1] == []


def test_no_other_name_is_somebody_elses_name(actors):
    seen = Counter(v.casefold() for a in actors.values() for v in a["label"] | a.get("altLabel", set()))
    assert [v for v, n in seen.items() if n > 1] == []


def test_codes_agree_with_the_table_of_country_codes(actors):
    theirs = {r["ISO3166-1-Alpha-3"]: r for r in table(CODE_TABLE)}
    for iso3, a in in_force(actors).items():
        if iso3 == "XKX":
            assert iso3 not in theirs
            continue
        r = theirs[iso3]
        assert one(a, "iso2") == r["ISO3166-1-Alpha-2"]
        assert int(one(a, "isoNumeric")) == int(r["ISO3166-1-numeric"])
        assert int(one(a, "m49")) == int(r["M49"])
        assert match(a, GEONAMES) == [r["Geoname ID"]]
        if iso3 == "NAM":
            assert (r["wikidata_id"], match(a, WD)) == ("", ["Q1030"])
        else:
            assert match(a, WD) == [r["wikidata_id"].rsplit("/", 1)[-1]]


def test_eu_codes_are_in_the_authority_table(actors):
    if not EU_TABLE.exists():
        pytest.skip(f"../shared/{EU_TABLE.relative_to(SHARED)} is not there")
    codes = set(re.findall(r'ColumnRef="code">\s*<SimpleValue>([^<]+)<', EU_TABLE.read_text(encoding="utf-8")))
    assert len(codes) == 246
    assert {c for a in in_force(actors).values() for c in match(a, EU)} <= codes


def test_former_states_end_where_they_ended(actors):
    assert {k: (one(actors[k], "iso2"), one(actors[k], "end")) for k in FORMER} == {
        "CSK": ("CS", "1993-01-01"),
        "SUN": ("SU", "1991-12-26"),
        "YUG": ("YU", "1992-04-27"),
    }
    assert {k for k, a in actors.items() if "end" in a} == FORMER


def test_names_people_type_lead_to_the_state(actors):
    names = {v: k for k, a in actors.items() for v in a["label"] | a.get("altLabel", set())}
    expected = {
        "Türkiye": "TUR", "Turkey": "TUR", "Côte d’Ivoire": "CIV", "Ivory Coast": "CIV", "Czechia": "CZE",
        "Czech Republic": "CZE", "North Macedonia": "MKD", "UK": "GBR", "Britain": "GBR", "USA": "USA", "US": "USA",
        "South Korea": "KOR", "North Korea": "PRK", "Russia": "RUS", "Moldova": "MDA", "Syria": "SYR",
        "Kosovo": "XKX", "Taiwan": "TWN", "Vatican City": "VAT",
    }  # fmt: skip
    assert {n: names.get(n) for n in expected} == expected


def test_borders_are_symmetric_and_lead_to_actors_in_force(actors):
    iri = {one(a, "iri"): k for k, a in actors.items()}
    pairs = {(k, iri[b]) for k, a in actors.items() for b in a.get("borders", ())}
    assert pairs == {(b, a) for a, b in pairs}
    assert all(a != b for a, b in pairs)
    assert not FORMER & {a for a, _ in pairs}
    assert {b for a, b in pairs if a == "EST"} == {"LVA", "RUS"}
    assert {b for a, b in pairs if a == "XKX"} == {"ALB", "MKD", "MNE", "SRB"}
    assert not pairs & {("USA", "CUB"), ("ALB", "SRB"), ("FRA", "BRA")}


def region_slugs(store):
    return {r[0].removeprefix(ID + "region/"): r[1].removeprefix(ID + "code/") for r in rows(
        store, "SELECT ?r ?k { ?r a skos:Concept ; skos:inScheme region:scheme ; mlo:regionKind ?k }")}  # fmt: skip


def test_every_region_is_complete(store):
    slugs = region_slugs(store)
    assert len(slugs) == 95
    assert set(slugs.values()) == {"land", "sea", "domain"}
    complete = rows(
        store,
        """SELECT ?r { ?r skos:inScheme region:scheme ; skos:prefLabel ?l ; skos:definition ?d ; dcterms:source ?s .
           FILTER(LANG(?l) = "en" && LANG(?d) = "en") }""",
    )
    assert sorted(r[0] for r in complete) == sorted(f"{ID}region/{s}" for s in slugs)
    top = rows(store, "SELECT ?r { ?r skos:inScheme region:scheme FILTER NOT EXISTS { ?r skos:broader ?b } }")
    assert top == [(ID + "region/global",)]
    lost = rows(
        store,
        """SELECT ?r { ?r skos:inScheme region:scheme
           FILTER(?r != region:global) FILTER NOT EXISTS { ?r skos:broader+ region:global } }""",
    )
    assert lost == []
    assert rows(store, "SELECT ?r { ?r skos:inScheme region:scheme ; skos:broader+ ?r }") == []


def test_every_region_named_anywhere_exists(store):
    named = rows(
        store,
        "SELECT DISTINCT ?r { ?s mlo:locatedIn|mlo:littoralOf|skos:broader ?r }",
    )
    assert {r[0] for r in named} <= {f"{ID}region/{s}" for s in region_slugs(store)}


def test_every_actor_is_somewhere_and_never_in_somebody_elses_land(store, actors):
    kinds = region_slugs(store)
    for iso3, a in actors.items():
        where = {r.removeprefix(ID + "region/") for r in a["locatedIn"]}
        assert where, iso3
        assert not where & PARTS_OF_STATES, iso3
        assert {ONE_ACTOR_REGIONS[r] for r in where if r in ONE_ACTOR_REGIONS} <= {iso3.lower()}, iso3
        assert any(kinds[r] == "land" for r in where), iso3
        assert not where & {"global", "euro-atlantic", "indo-pacific", "europe", "africa"}, f"{iso3}: too wide"
    at_home = {k for k, a in actors.items() for r in a["locatedIn"] if r.split("/")[-1] in ONE_ACTOR_REGIONS}
    assert {k.lower() for k in at_home} == set(ONE_ACTOR_REGIONS.values())


def test_coasts(store, actors):
    kinds = region_slugs(store)
    coast = {}
    for iso3, a in actors.items():
        for r in a.get("littoralOf", ()):
            coast.setdefault(r.removeprefix(ID + "region/"), set()).add(iso3.lower())
    assert set(coast) == {r for r, k in kinds.items() if k == "sea"}
    assert {r: coast[r] for r in LITTORAL} == {r: set(v.split()) for r, v in LITTORAL.items()}
    basins = (f"{x}-mediterranean" for x in ("eastern", "central", "western"))
    assert coast["mediterranean"] == set().union(*(coast[b] for b in basins))
    assert "note" in actors["DNK"]


def test_organisations(store):
    found = rows(
        store, "SELECT ?o ?n ?m { ?o a mlo:InternationalOrganisation ; skos:notation ?n ; skos:exactMatch ?m }"
    )
    assert {(o, n) for o, n, _ in found} == {(f"{ID}organisation/{s}", n) for n, s in ORGANISATIONS.items()}
    assert {n: m.removeprefix(WD) for _, n, m in found if m.startswith(WD)} == {
        "EU": "Q458", "NATO": "Q7184", "UN": "Q1065", "WB": "Q7164",
    }  # fmt: skip


def test_participants_of_the_stocktake_are_here(actors):
    codes = {r["participant"] for r in table(STOCKTAKE)}
    known = {one(a, "iso2") for a in actors.values()} | set(ORGANISATIONS)
    assert codes
    assert codes - known == set()


def test_every_external_table_is_credited(store):
    used = {r[0] for r in rows(store, "SELECT DISTINCT ?x { ?d a dcat:Dataset ; dcterms:source ?x }")}
    credited = {r[0] for r in rows(
        store,
        """SELECT ?x { ?x a dcat:Dataset ; dcterms:title ?t ; dcterms:publisher/<http://xmlns.com/foaf/0.1/name> ?n ;
           dcterms:rights/rdfs:label ?r ; dcterms:provenance/rdfs:label ?p ; rdfs:comment ?c }""")}  # fmt: skip
    assert used
    assert used == credited
