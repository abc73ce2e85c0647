"""Licences: what may stand in a release under which terms, and what stops it, with the way to the reason."""

import pytest

from kg.errors import MinilatError
from kg.publish import licences, parts

EU = licences.AUTHORITY


def computed(root, licence="CC_BY_4_0", graphs=()):
    return licences.terms(parts.read(root, graphs), parts.catalogue(root), licence)


@pytest.mark.parametrize(
    ("part", "release", "why"),
    [
        ("CC0", "CC_BY_4_0", ""),
        ("ODC_PDDL", "CC0", ""),
        ("CC_BY_4_0", "CC_BY_4_0", ""),
        ("CC_BY_3_0", "CC_BYSA_4_0", ""),
        ("MIT", "CC_BY_4_0", ""),
        ("OGL_3_0", "ODC_BL", ""),
        ("CC_BY_4_0", "CC0", "attribution"),
        ("MIT", "ODC_PDDL", "attribution"),
        ("ODC_BL", "CC_BY_4_0", "share alike"),
        ("ODC_BL", "ODC_BL", ""),
        ("ODC_BL", "CC_BYSA_4_0", "share alike"),
        ("CC_BYSA_3_0", "CC_BYSA_4_0", "share alike"),
        ("LGPL_2_1", "CC_BY_4_0", "share alike"),
        ("CC_BYNC_4_0", "CC_BY_4_0", "commercial"),
        ("CC_BYNC_4_0", "CC_BYNC_4_0", ""),
        ("CC_BYND_4_0", "CC_BYND_4_0", "changed copies"),
    ],
)
def test_one_licence_in_another(part, release, why):
    found = licences.known()[part].refuses(licences.known()[release])
    assert (why in found) if why else found == ""


@pytest.mark.parametrize(
    "name", ["CC_BY_4_0", EU + "CC_BY_4_0", "https://creativecommons.org/licenses/by/4.0/",
             "https://creativecommons.org/licenses/by/4.0"],
)  # fmt: skip
def test_a_licence_has_several_names(name):
    assert licences.named(name, "").iri == EU + "CC_BY_4_0"


def test_a_near_miss_is_named():
    with pytest.raises(MinilatError, match=r"--licence: E172: .*\n.*'CC_BY_4_0'"):
        licences.named("CC_BY_40", "--licence")


def test_every_name_in_the_table_is_of_one_licence():
    table = (licences.files.ROOT / "rules" / "licences.tsv").read_text(encoding="utf-8").splitlines()
    assert [len(row.split("\t")) for row in table] == [7] * len(table)
    assert {cell for row in table[1:] for cell in row.split("\t")[2:6]} == {"yes", "no"}
    names = [n.rstrip("/") for row in table[1:] for n in [row.split("\t")[0], *row.split("\t")[6].split()]]
    assert len(names) == len(set(names))
    assert len(licences.known()) == len(names) + len(table) - 1


def test_the_terms_name_the_sources_behind_a_part(world):
    found = computed(world())
    assert found.licence.title == "Creative Commons Attribution 4.0 International"
    assert [d.title for d in found.sources] == ["A table"]
    assert found.sources[0].get("rights") == ("Credit the makers of the table.",)
    assert found.of["data/arrangements/x.ttl"].title == "All"
    assert found.of["ontology/core.ttl"].title == "Ontology"


def refused(root, **how):
    with pytest.raises(MinilatError) as caught:
        computed(root, **how)
    return caught.value


def test_a_share_alike_source_stops_the_release(world):
    error = refused(world("dcterms:license licence:ODC_BL ;"))
    assert error.code == "E173"
    assert error.where == "data/arrangements/x.ttl"
    assert error.message == (
        "All from A table cannot be given away under Creative Commons Attribution 4.0 International. "
        "Open Data Commons Open Database License v1.0: it asks that copies stay under it (share alike)"
    )


def test_a_source_of_a_source_counts(world):
    deep = """dcterms:license licence:MIT ; dcterms:source set:deep .
set:deep a dcat:Dataset ; dcterms:title "Deep" ; dcterms:license licence:CC_BYNC_4_0 ; dcterms:source set:table ;"""
    error = refused(world(deep))
    assert (error.code, error.message.split(" cannot")[0]) == ("E173", "All from A table from Deep")


def test_two_licences_must_both_allow_it(world):
    assert refused(world("dcterms:license licence:MIT, licence:ODC_BL ;")).code == "E173"


@pytest.mark.parametrize(
    ("table", "code", "says"),
    [
        ("", "E171", "A table has no licence"),
        ("dcterms:license licence:MIT ; dcterms:source set:nowhere ;", "E171", "which no catalogue describes"),
        ("dcterms:license <https://x.example/own-terms> ;", "E172", "own-terms"),
    ],
)
def test_what_is_not_known_is_refused(world, table, code, says):
    error = refused(world(table))
    assert error.code == code
    assert says in error.message
    assert error.where.startswith("data/arrangements/x.ttl")


def test_a_part_that_no_dataset_holds_is_refused(world):
    error = refused(world(**{"catalog.ttl": ""}))
    assert (error.code, error.where) == ("E171", "data/arrangements/x.ttl")
    assert error.message == "no dataset of the catalogue says which licence this has"


def test_without_a_catalogue_nothing_is_given_away(world):
    root = world()
    (root / "catalog.ttl").unlink()
    assert refused(root).code == "E171"


def test_a_dataset_described_in_its_own_file_counts(world):
    own = """set:x a dcat:Dataset ; dcterms:title "Own" ; dcterms:license licence:GPL_3_0 ."""
    error = refused(world(**{"arrangements/y.ttl": own}))
    assert (error.code, error.where) == ("E173", "data/arrangements/y.ttl")


def test_the_longest_name_wins(world):
    more = """dcterms:license licence:MIT .
set:arr a dcat:Dataset ; dcterms:title "Narrow" ; dcterms:identifier "data/arrangements" ; dcterms:license licence:CC0 .
set:no a dcat:Dataset ; dcterms:title "Not this" ; dcterms:identifier "data/arr" ; dcterms:license licence:CC0 ;"""
    found = computed(world(more), graphs=["data/arrangements/*"])
    assert {d.title for d in found.of.values()} == {"Narrow"}
    assert found.sources == ()


def test_a_release_under_the_licence_of_its_source_is_allowed(world):
    root = world("dcterms:license licence:ODC_BL ;")
    assert computed(root, licence="ODC_BL").licence.iri == EU + "ODC_BL"


def test_every_shipped_part_may_be_given_away_under_cc_by():
    found = computed(None)
    assert len(found.of) == len(parts.read(None))
    assert [d.iri.rsplit("/", 1)[-1] for d in found.sources] == [
        "country-codes", "eu-corporate-body-2022", "eu-corporate-body-2026", "eu-country-2022", "eu-country-2026",
        "eurovoc-2021", "geonames-countries", "internacia-db", "misp-galaxy", "natural-earth-110m", "states", "wikidata",
    ]  # fmt: skip
