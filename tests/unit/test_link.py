"""Tables of links: read strictly, consistent with themselves, and meaning in other tables what they mean here."""

import csv
import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import files, link, snapshots
from kg.errors import MinilatError
from kg.names import iri

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "opendata" / "identity"
ROW = {
    "subject_id": "state:deu", "subject_label": "Germany", "predicate_id": "skos:exactMatch", "predicate_modifier": "",
    "object_id": "eucountry:DEU", "object_label": "Germany", "mapping_justification": "semapv:ManualMappingCuration",
    "confidence": "1.0", "author_label": "us", "mapping_date": "2026-11-24", "subject_source_version": "1",
    "object_source_version": "20260617-0", "comment": "",
}  # fmt: skip
# Neither EuroVoc nor MISP has anything that comes near.
NO_COUNTERPART = {
    "threats": {"economic-and-energy", "grey-zone-military-coercion", "lawfare", "space-debris", "state-military"},
    "capabilities": {"aar", "aaw", "aew", "c2", "cimic", "eng", "ew", "fires", "fund", "isr", "mcm", "sof", "ssa"},
}
NEEDS_COPIES = pytest.mark.skipif(not SHARED.is_dir(), reason="the copies of other tables are not beside the project")


def table(folder, *rows, drop=(), head="# x: y\n", mark=b""):
    columns = [c for c in ROW if c not in drop]
    lines = ["\t".join(columns), *("\t".join((ROW | r)[c] for c in columns) for r in rows)]
    path = folder / "t.sssom.tsv"
    path.write_bytes(mark + (head + "\n".join(lines) + "\n").encode())
    return path


def test_a_row_is_a_link_with_its_line(tmp_path):
    (found,) = link.read(table(tmp_path, {}))
    assert found.where == "t.sssom.tsv:3"
    assert found.triple == (iri("state:deu"), iri("skos:exactMatch"), iri("eucountry:DEU"))


def test_a_negative_decision_is_kept_and_yields_nothing(tmp_path):
    path = table(tmp_path, {"predicate_modifier": "Not"})
    assert [x.negative for x in link.read(path)] == [True]
    assert link.triples(path) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"predicate_id": "skos:exactmatch"}, "skos:exactMatch"),
        ({"predicate_id": "owl:sameAs"}, "predicate_id"),
        ({"mapping_justification": "semapv:Guess"}, "mapping_justification"),
        ({"confidence": "high"}, "confidence"),
        ({"confidence": "1.5"}, "confidence"),
        ({"confidence": "nan"}, "confidence"),
        ({"mapping_date": "24.11.2026"}, "mapping_date"),
        ({"predicate_modifier": "not"}, "predicate_modifier"),
        ({"object_id": "nowhere:DEU"}, "object_id"),
        ({"object_id": "eucountry:D EU> ."}, "object_id"),
        ({"object_label": ""}, "object_label"),
    ],
)
def test_a_bad_value_is_named_with_its_row(tmp_path, change, says):
    with pytest.raises(MinilatError, match=re.escape(says)) as caught:
        link.read(table(tmp_path, {"subject_id": "state:fra"}, change))
    assert (caught.value.code, caught.value.where) == ("E162", "t.sssom.tsv:4")


def test_the_form_of_the_file(tmp_path):
    def refused(path):
        with pytest.raises(MinilatError) as caught:
            link.read(path)
        return caught.value.code, caught.value.where

    assert refused(table(tmp_path, {}, mark=b"\xef\xbb\xbf")) == ("E160", "t.sssom.tsv:1")
    assert refused(table(tmp_path, {}, mark=b"\xff\xfe")) == ("E160", "t.sssom.tsv")
    assert refused(tmp_path / "none.sssom.tsv") == ("E160", "none.sssom.tsv")
    assert refused(table(tmp_path, {}, drop=("confidence",))) == ("E161", "t.sssom.tsv:2")
    assert refused(table(tmp_path, {"comment": "a\tb"})) == ("E161", "t.sssom.tsv:3")
    assert refused(table(tmp_path, {}, {"comment": "again"})) == ("E163", "t.sssom.tsv:4")
    empty = tmp_path / "e.sssom.tsv"
    empty.write_text("")
    assert refused(empty) == ("E161", "e.sssom.tsv:1")


def test_links_that_contradict_each_other(tmp_path):
    path = table(
        tmp_path, {}, {"object_id": "eucountry:FRA"}, {"subject_id": "state:xyz", "object_id": "eucountry:DE"},
        {"subject_id": "state:aut"},
    )  # fmt: skip
    known = frozenset({iri("state:deu"), iri("state:aut")})
    found = {(p.code, p.where) for p in link.consistency(link.read(path), known)}
    assert found == {
        ("E166", "t.sssom.tsv:4"), ("E164", "t.sssom.tsv:5"), ("E165", "t.sssom.tsv:5"), ("E166", "t.sssom.tsv:6"),
    }  # fmt: skip


def test_a_link_that_no_longer_means_what_it_meant(tmp_path):
    row = '<Row><Value ColumnRef="code"><SimpleValue>DEU</SimpleValue></Value><Value ColumnRef="eng_label"><SimpleValue>Germania</SimpleValue></Value></Row>'
    (tmp_path / "eu_country_20260617.gc").write_text(row)
    path = table(tmp_path, {}, {"object_id": "eucountry:ZZZ"}, {"object_source_version": "1999", "object_id": "wd:Q1"},
                 {"object_source_version": "20220928-0", "object_id": "eucountry:ABC"})  # fmt: skip
    found, skipped = snapshots.resolve(link.read(path), tmp_path)
    assert [(p.code, p.where) for p in found] == [("E168", "t.sssom.tsv:3"), ("E167", "t.sssom.tsv:4")]
    assert sorted(skipped.values()) == [1, 1]


@pytest.fixture(scope="module")
def states():
    """Code of three letters -> subject, two letters and end, for each state and entity."""
    store = ox.Store()
    for path in sorted((ROOT / "data" / "states").glob("*.ttl")):
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    mlo = "https://w3id.org/minilat/ontology#"
    query = f"SELECT ?s ?a ?b ?e {{ ?s <{mlo}iso3> ?a ; <{mlo}iso2> ?b OPTIONAL {{ ?s <{mlo}end> ?e }} }}"
    return {r["a"].value: (r["s"].value, r["b"].value, r["e"]) for r in store.query(query)}


def exact(name):
    path = next(p for p in files.links() if p.name == f"{name}.sssom.tsv")
    return {s: o.rstrip("/").rsplit("/", 1)[1] for s, p, o in link.triples(path) if p.endswith("exactMatch")}


def test_every_state_in_force_is_in_every_table(states):
    now = {subject for subject, _, end in states.values() if end is None}
    assert len(now) == 199
    assert {"COK", "NIU", "PSE", "TWN", "XKX", "VAT"} <= set(states)
    for name in ("eu-countries", "geonames", "wikidata-states"):
        assert now <= set(exact(name))


@NEEDS_COPIES
def test_the_codes_are_those_of_two_independent_tables(states):
    with (SHARED / "datasets_country-codes.csv").open(encoding="utf-8", newline="") as lines:
        codes = {r["ISO3166-1-Alpha-3"]: r for r in csv.DictReader(lines)}
    places = {
        c["iso3"]: c for c in json.loads((SHARED / "geonames_countries.json").read_text(encoding="utf-8")).values()
    }
    eu, geonames, wikidata = exact("eu-countries"), exact("geonames"), exact("wikidata-states")
    for iso3, (subject, iso2, end) in states.items():
        if end is not None:
            continue
        assert eu[subject] == iso3
        assert (iso2, geonames[subject]) == (places[iso3]["iso"], str(places[iso3]["geonameid"])), iso3
        if iso3 in codes and iso3 != "NAM" and codes[iso3]["wikidata_id"]:
            assert wikidata[subject] == codes[iso3]["wikidata_id"].rsplit("/", 1)[-1]
            assert codes[iso3]["Geoname ID"] in ("", geonames[subject]), iso3


@NEEDS_COPIES
def test_every_shipped_link_means_there_what_it_means_here():
    found, skipped = snapshots.resolve(link.shipped(), SHARED)
    assert found == []
    # Looked up are the states, the EU tables, and those galaxies of which there is a copy; for the rest no copy is known.
    assert all(re.match("no copy of (wd|eurovoc|misp) in version ", reason) for reason in skipped)
    copied = {name for prefix, name in snapshots.SNAPSHOTS if prefix == "misp"}
    used = {x.object_version for x in link.shipped() if x.object.startswith("misp:")} & copied
    assert {name.split(" ")[0] for name in used} == {"country", "disarm-techniques", "nato", "sector"}


def test_a_copy_of_a_galaxy_is_read_from_the_folder_beside(tmp_path):
    identity, threat = tmp_path / "identity", tmp_path / "threat"
    identity.mkdir()
    threat.mkdir()
    uuid = "8264209e-287a-535e-b502-a0c59483a667"
    version = next(name for prefix, name in snapshots.SNAPSHOTS if name.startswith("disarm-techniques "))
    row = {"subject_id": "threat:cyber-attack", "object_source_version": version, "object_id": f"misp:{uuid}"}
    path = table(tmp_path, row | {"object_label": "Renamed"}, row | {"object_id": "misp:" + uuid.replace("8", "9")})
    text = json.dumps({"values": [{"uuid": uuid, "value": "Named so "}]})
    (threat / "misp_disarm-techniques.json").write_text(text, encoding="utf-8")
    found, skipped = snapshots.resolve(link.read(path), identity)
    assert [(p.code, p.where) for p in found] == [("E168", "t.sssom.tsv:3"), ("E167", "t.sssom.tsv:4")]
    assert skipped == {}


@pytest.mark.parametrize(
    ("object_id", "known"),
    [
        ("eurovoc:4452", True), ("eurovoc:c_9f458445", True), ("eurovoc:c_9F458445", False), ("eurovoc:04452", False),
        ("misp:8264209e-287a-535e-b502-a0c59483a667", True), ("misp:T0123", False),
    ],
)  # fmt: skip
def test_what_an_identifier_of_each_table_looks_like(tmp_path, object_id, known):
    path = table(tmp_path, {"object_id": object_id})
    found = link.consistency(link.read(path), frozenset({iri("state:deu")}))
    assert [p.code for p in found] == ([] if known else ["E165"])


@pytest.mark.parametrize("path", files.links(), ids=lambda p: p.name.split(".")[0])
def test_every_row_says_where_it_comes_from(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [r["subject_id"] for r in rows if not r["object_source_version"] or not r["comment"]] == []
    if path.name.startswith("wikidata-organisations"):
        # A public file names the grouping and its item: repository and commit as version, the file in the comment.
        assert [r["subject_id"] for r in rows if not re.search(r" [0-9a-f]{12}( |$)", r["object_source_version"])] == []
        assert [r["subject_id"] for r in rows if ": " not in r["comment"] and r["predicate_modifier"] != "Not"] == []


def test_threats_and_capabilities_are_linked():
    linked = {x.subject for x in link.shipped() if not x.negative}
    for prefix, name in (("threat", "threats"), ("cap", "capabilities")):
        text = (ROOT / "data" / f"{name}.ttl").read_text(encoding="utf-8")
        things = set(re.findall(rf"^{prefix}:(?!scheme|area-)[\w-]+(?= a )", text, re.MULTILINE))
        alone = {x.partition(":")[2] for x in things - linked}
        assert alone == NO_COUNTERPART[name]


def test_the_command_tells_findings_from_bad_tables(run, tmp_path):
    fine = run("link", "check", "--format", "json")
    assert fine.code == 0, fine.out + fine.err
    wrong = run("link", "check", table(tmp_path, {"subject_id": "state:xyz"}), "--format", "csv")
    assert wrong.code == 1
    assert wrong.out.splitlines()[1].startswith("E164,t.sssom.tsv:3,")
    bad = run("link", "check", table(tmp_path, {"predicate_id": "skos:same"}))
    assert (bad.code, bad.out) == (2, "")
    assert "t.sssom.tsv:3: E162" in bad.err


def test_the_links_are_in_the_graph(graph):
    rows = graph.query("SELECT ?g WHERE { GRAPH ?g { state:deu skos:exactMatch eucountry:DEU } }")
    assert [str(r["g"]).rsplit("/", 1)[1] for r in rows] == ["eu-countries.sssom.tsv"]
    assert graph.query("SELECT ?o WHERE { state:yug skos:exactMatch ?o FILTER(CONTAINS(STR(?o), '/country/')) }") == []
