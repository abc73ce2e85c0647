"""A release: whole or not at all, the same for the same input, and what its own files say of it is true."""

import csv
import hashlib
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import Graph, files, validate
from kg.errors import MinilatError
from kg.publish import export, parts, rdf, release

ROOT = Path(__file__).resolve().parents[2]
SHAPES = ROOT.parent / "shared" / "opendata" / "conventions" / "dcat-ap-3.0.1"
NEEDS_SHAPES = pytest.mark.skipif(not SHAPES.is_dir(), reason="the shapes of DCAT-AP are not beside the project")
PART = ["data/*"]
"""All of a small world but the ontology: quick, and without a slice."""


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inside(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def asked(path, query):
    store = ox.Store()
    store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    heads = """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dcterms: <http://purl.org/dc/terms/>
    PREFIX spdx: <http://spdx.org/rdf/terms#> PREFIX void: <http://rdfs.org/ns/void#>
    PREFIX prov: <http://www.w3.org/ns/prov#> """
    return [tuple(None if v is None else v.value for v in row) for row in store.query(heads + query)]


# ---- the shipped data ----


def test_the_files_of_a_release(shipped):
    folder, done = shipped
    found = inside(folder)
    assert [f for f in found if "/" not in f] == [
        "NOTICE.txt", "SHA256SUMS", "catalogue.ttl", "context.jsonld", "minilat.jsonld", "minilat.nq", "minilat.trig",
        "minilat.ttl", "provenance.ttl", "void.ttl",
    ]  # fmt: skip
    assert [f for f in found if f.startswith("links/")] == [f"links/{p.name}" for p in files.links()]
    assert [f for f in found if f.startswith("as-of-")] == [
        f"as-of-{done.issued}/inferred.ttl", f"as-of-{done.issued}/members.csv",
    ]  # fmt: skip
    assert sum(f.startswith("tables/") for f in found) > 20
    assert list(done.files) == [f for f in found if f != "SHA256SUMS"]


def test_the_sums_are_those_of_the_files(shipped):
    folder, done = shipped
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert lines == [f"{sha(folder / name)}  {name}" for name in done.files]


def test_every_syntax_loads_back_to_the_same_statements(shipped):
    folder, done = shipped
    assert {rdf.digest(rdf.read(folder / f"minilat.{e}")) for e in ("nq", "trig", "jsonld")} == {done.canonical}
    assert sha(folder / "minilat.nq") == done.canonical
    quads = rdf.canonical(q for p in parts.read(None) for q in p.quads)
    assert rdf.digest(quads) == done.canonical
    assert rdf.digest(rdf.read(folder / "minilat.ttl")) == rdf.digest(rdf.union(quads))


def test_no_statement_of_a_file_is_lost_or_rewritten(shipped):
    """Against the engine's own reading of one file, which has nameless nodes, and one with decimals."""
    folder, _ = shipped
    store = ox.Store()
    store.load(path=str(folder / "minilat.nq"), format=ox.RdfFormat.N_QUADS)
    for name in ("data/arrangements/jef.ttl", "ontology/core.ttl", "data/links/eu-countries.sssom.tsv"):
        graph = ox.NamedNode(f"https://w3id.org/minilat/graph/{name}")
        (part,) = parts.read(None, [name])
        assert len(list(store.quads_for_pattern(None, None, None, graph))) == len(set(part.quads)) > 50


def test_the_catalogue_tells_size_and_sum_of_each_file(shipped):
    folder, done = shipped
    rows = asked(
        folder / "catalogue.ttl",
        """SELECT ?url ?size ?sum ?media ?licence WHERE {
        ?dataset dcat:distribution ?d . ?d dcat:downloadURL ?url ; dcat:byteSize ?size ; dcterms:license ?licence ;
        dcat:mediaType ?media ; spdx:checksum [ spdx:checksumValue ?sum ; spdx:algorithm ?how ] }""",
    )
    base = f"https://w3id.org/minilat/release/{done.issued}/"
    said = {
        url.removeprefix(base): (int(size), value, media.split("media-types/")[1])
        for url, size, value, media, _ in rows
    }
    kinds = {"ttl": "text/turtle", "trig": "application/trig", "nq": "application/n-quads", "csv": "text/csv",
             "jsonld": "application/ld+json", "tsv": "text/tab-separated-values"}  # fmt: skip
    aside = {"NOTICE.txt", "catalogue.ttl", "void.ttl", "provenance.ttl", "context.jsonld", "tables/csv-metadata.json"}
    assert said == {
        name: ((folder / name).stat().st_size, sha(folder / name), kinds[name.rsplit(".", 1)[1]])
        for name in done.files
        if name not in aside
    }
    assert {row[4].rsplit("/", 1)[1] for row in rows} == {"CC_BY_4_0"}


def test_the_catalogue_says_what_the_release_was_made_from(shipped):
    folder, _ = shipped
    rows = asked(
        folder / "catalogue.ttl",
        """SELECT DISTINCT ?from WHERE { ?set a dcat:Dataset ; dcat:distribution ?d ;
        prov:wasDerivedFrom ?from ; prov:wasGeneratedBy [ prov:wasAssociatedWith ?tool ] }""",
    )
    names = {row[0].split("/dataset/")[1] for row in rows}
    assert {"external/geonames-countries", "external/internacia-db", "arrangements", "ontology"} < names


def test_the_counts_are_those_of_the_statements(shipped):
    folder, _ = shipped
    store = ox.Store()
    store.load(path=str(folder / "minilat.ttl"), format=ox.RdfFormat.TURTLE)

    def count(query):
        return int(next(iter(store.query(query)))[0].value)

    rows = asked(folder / "void.ttl", "SELECT ?p ?n WHERE { ?d void:dataDump ?x ; ?p ?n FILTER(isNumeric(?n)) }")
    said = {p.rsplit("#", 1)[1]: int(n) for p, n in rows}
    own = 'FILTER(STRSTARTS(STR(?s), "https://w3id.org/minilat/"))'
    assert said == {
        "triples": count("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        "distinctSubjects": count("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        "distinctObjects": said["distinctObjects"],  # by their text; the store takes 01 and 1 for one
        "properties": count("SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
        "classes": count("SELECT (COUNT(DISTINCT ?t) AS ?n) { ?s a ?t }"),
        "entities": count(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o {own} }}"),
    }
    taking_part = (
        "SELECT ?n WHERE { ?c void:class <https://w3id.org/minilat/ontology#Participation> ; void:entities ?n }"
    )
    assert int(asked(folder / "void.ttl", taking_part)[0][0]) == count(
        "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/minilat/ontology#Participation> }"
    )
    linked = asked(
        folder / "void.ttl",
        """SELECT ?n WHERE { ?l a void:Linkset ; void:linkPredicate ?p ; void:triples ?n ;
        void:objectsTarget/void:uriSpace "https://sws.geonames.org/" }""",
    )
    assert [int(n) for (n,) in linked] == [len(parts.read(None, ["data/links/geonames*"])[0].quads)]


def test_the_origin_names_each_file_with_its_sum(shipped):
    folder, _ = shipped
    rows = asked(
        folder / "provenance.ttl",
        """SELECT ?name ?sum WHERE {
        ?g a prov:Entity ; dcterms:identifier ?name ; spdx:checksum/spdx:checksumValue ?sum }""",
    )
    assert dict(rows) == {p.name: sha(p.path) for p in parts.read(None)}


def test_the_slice_says_who_takes_part(shipped):
    folder, done = shipped
    with (folder / f"as-of-{done.issued}" / "members.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    graph = Graph.load(done.issued)
    for name in ("jef", "nato", "b9"):
        core = [r for r in rows if r["arrangement"] == name and r["core"] == "true"]
        table = graph.members(name)
        assert sorted((r["iso3"], r["role"], r["begin"]) for r in core) == sorted(
            (r[table.columns.index("iso3")], r[table.columns.index("role")], r[table.columns.index("begin")])
            for r in table.rows
        )
    every = graph.members("jef", roles="all")
    assert len([r for r in rows if r["arrangement"] == "jef"]) == len(every.rows)


def test_whom_to_credit(shipped):
    text = (shipped[0] / "NOTICE.txt").read_text(encoding="utf-8")
    assert "Contains data from GeoNames, licensed under CC BY 4.0" in text
    assert text.count("© European Union") == 5


@NEEDS_SHAPES
@pytest.mark.parametrize(
    "name",
    ["dcat-ap-SHACL", "shapes", "range", "ranges", "shapes_recommended", "mdr-vocabularies.shape", "deprecateduris"],
)
def test_the_catalogue_passes_the_shapes_of_dcat_ap(shipped, tmp_path, name):
    shapes = tmp_path / "shapes.ttl"
    # The published file writes sh:shape, which SHACL does not have, where it means sh:node.
    body = (SHAPES / f"{name}.ttl").read_text(encoding="utf-8")
    shapes.write_text(body.replace("sh:shape :DateOrDateTime", "sh:node :DateOrDateTime"), encoding="utf-8")
    report = validate.check([shipped[0] / "catalogue.ttl"], shapes=[shapes])
    assert [(f.message, f.focus, f.path) for f in report.findings if f.severity == "error"] == []


@NEEDS_SHAPES
def test_the_shapes_find_what_a_catalogue_lacks(shipped, tmp_path):
    """The test above could fail."""
    text = (shipped[0] / "catalogue.ttl").read_text(encoding="utf-8")
    broken = tmp_path / "catalogue.ttl"
    broken.write_text(text.replace('dcterms:title "Tables on security groupings"@en', 'dcterms:alternative "T"@en'))
    found = validate.check([broken], shapes=[SHAPES / "dcat-ap-SHACL.ttl"]).findings
    assert [(f.focus.rsplit("/", 1)[1], f.path) for f in found if f.severity == "error"] == [
        ("tables", "dcterms:title")
    ]


def test_two_processes_write_the_same_bytes(shipped, run, tmp_path):
    folder, done = shipped
    ran = run("export", tmp_path / "again", env={"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"})
    assert (ran.code, ran.out) == (0, "")
    assert f"SHA-256 {done.canonical}" in ran.err
    assert inside(tmp_path / "again") == inside(folder)
    assert [f for f in inside(folder) if sha(folder / f) != sha(tmp_path / "again" / f)] == []


# ---- a small world ----


def small(world, target, **how):
    return export(target, source=str(world()), **({"graphs": PART} | how))


def test_a_part_has_no_slice_and_a_whole_has_one(world, tmp_path):
    assert not [f for f in small(world, tmp_path / "a").files if f.startswith("as-of")]
    done = small(world, tmp_path / "b", graphs=(), as_of="2001-01-01")
    assert [f for f in done.files if f.startswith("as-of")] == [
        "as-of-2001-01-01/inferred.ttl",
        "as-of-2001-01-01/members.csv",
    ]
    with pytest.raises(MinilatError, match="E178"):
        small(world, tmp_path / "c", as_of="2001-01-01")


def test_only_the_formats_asked_for(world, tmp_path):
    done = small(world, tmp_path / "a", formats=["nq", "csv"])
    assert sorted(done.files) == [
        "NOTICE.txt", "catalogue.ttl", "minilat.nq", "provenance.ttl", "tables/arrangement.csv",
        "tables/csv-metadata.json", "tables/participation.csv", "void.ttl",
    ]  # fmt: skip
    with pytest.raises(MinilatError, match=r"E177.*\n.*'jsonld'"):
        small(world, tmp_path / "b", formats=["json-ld"])


def test_only_the_graphs_asked_for(world, tmp_path):
    small(world, tmp_path / "a", graphs=["data/arrangements/*"])
    graphs = {q.graph_name.value for q in rdf.read(tmp_path / "a" / "minilat.nq")}
    assert graphs == {"https://w3id.org/minilat/graph/data/arrangements/x.ttl"}
    with pytest.raises(MinilatError, match=r"E175.*'data/arrangments/\*'"):
        small(world, tmp_path / "b", graphs=["data/arrangements/*", "data/arrangments/*"])


@pytest.mark.parametrize(
    ("given", "epoch", "day"),
    [("2024-02-29", "0", "2024-02-29"), (None, "1700000000", "2023-11-14"), (None, None, "2025-03-01"), (None, "", "2025-03-01")],
)  # fmt: skip
def test_the_day_of_issue_is_never_read_from_the_clock(world, tmp_path, monkeypatch, given, epoch, day):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    if epoch is not None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert small(world, tmp_path / "a", issued=given).issued == day
    assert f'dcterms:issued "{day}"^^xsd:date' in (tmp_path / "a" / "catalogue.ttl").read_text(encoding="utf-8")


@pytest.mark.parametrize("epoch", ["yesterday", "9" * 30])
def test_a_day_of_issue_that_is_none(world, tmp_path, monkeypatch, epoch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(MinilatError, match="E174"):
        small(world, tmp_path / "a")
    with pytest.raises(MinilatError, match="E020"):
        small(world, tmp_path / "a", issued="1.3.2024")


def test_addresses_begin_with_the_base(world, tmp_path):
    small(world, tmp_path / "a", base="https://data.example/minilat")
    urls = asked(tmp_path / "a" / "catalogue.ttl", "SELECT ?u WHERE { ?d dcat:downloadURL ?u }")
    assert {u.rsplit("/", 1)[0] for (u,) in urls} == {
        "https://data.example/minilat",
        "https://data.example/minilat/tables",
    }
    with pytest.raises(MinilatError, match="E011"):
        small(world, tmp_path / "b", base="not an address")


def test_a_folder_with_something_in_it_is_left_alone(world, tmp_path):
    target = tmp_path / "a"
    target.mkdir()
    small(world, target)  # an empty one is fine
    before = {f: sha(target / f) for f in inside(target)}
    with pytest.raises(MinilatError, match=r"E170.*not empty"):
        small(world, target)
    (target / "mine.txt").write_text("mine")
    with pytest.raises(MinilatError, match=r"E170.*mine\.txt"):
        small(world, target, force=True)
    assert (target / "mine.txt").read_text() == "mine"
    assert {f: sha(target / f) for f in inside(target) if f != "mine.txt"} == before


def test_an_empty_folder_is_filled_and_not_replaced(world, tmp_path, monkeypatch):
    target = tmp_path / "a"
    target.mkdir()
    before = target.stat().st_ino
    original = Path.rename

    def fails(self, to):
        if self.name == "SHA256SUMS":
            raise OSError(5, "Input/output error")
        return original(self, to)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(MinilatError, match="E176"):
        small(world, target)
    assert list(target.iterdir()) == []
    monkeypatch.undo()
    small(world, target)
    assert target.stat().st_ino == before
    assert "SHA256SUMS" in inside(target)
    assert not [p for p in target.iterdir() if p.name.startswith(".")]


def test_an_older_release_is_replaced_whole(world, tmp_path):
    target = tmp_path / "a"
    small(world, target)
    small(world, target, formats=["nq"], force=True)
    assert "minilat.ttl" not in inside(target)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_file_is_no_folder(world, tmp_path):
    (tmp_path / "a").write_text("x")
    with pytest.raises(MinilatError, match="E170"):
        small(world, tmp_path / "a", force=True)
    with pytest.raises(MinilatError, match="E176"):
        small(world, tmp_path / "a" / "b")


def test_a_failure_leaves_nothing_behind(world, tmp_path, monkeypatch):
    target = tmp_path / "a"
    small(world, target)
    before = {f: sha(target / f) for f in inside(target)}

    def full(self, body):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(MinilatError, match=r"E176: cannot be written: No space left on device"):
        small(world, target, force=True)
    with pytest.raises(MinilatError, match="E176"):
        small(world, tmp_path / "new")
    monkeypatch.undo()
    assert {f: sha(target / f) for f in inside(target)} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "data"]


def test_an_old_release_comes_back_when_the_new_one_cannot_take_its_place(world, tmp_path, monkeypatch):
    target = tmp_path / "a"
    small(world, target)
    before = inside(target)
    original = Path.rename

    def stubborn(self, to):
        if self.name.startswith(release._PARTIAL):
            raise OSError(16, "Device or resource busy")
        return original(self, to)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(MinilatError, match="E176"):
        small(world, target, formats=["nq"], force=True)
    assert inside(target) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "data"]


def test_nothing_is_written_when_a_licence_forbids_it(world, tmp_path):
    root = world("dcterms:license licence:ODC_BL ;")
    with pytest.raises(MinilatError, match="E173"):
        export(tmp_path / "a", source=str(root), graphs=PART)
    assert not (tmp_path / "a").exists()


def test_a_git_revision_brings_its_links(tmp_path):
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    with parts.folder("HEAD") as root:
        assert [p.name for p in parts.read(root, ["data/links/geonames*"])] == ["data/links/geonames.sssom.tsv"]


def test_the_command_line_says_what_is_wrong(run, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    for words, code in (
        ((tmp_path / "full",), "E170"),
        ((tmp_path / "a", "--licence", "CC-BY"), "E172"),
        ((tmp_path / "a", "--licence", "CC0"), "E173"),
        ((tmp_path / "a", "--graph", "nothing"), "E175"),
        ((tmp_path / "a", "--release", "no-such"), "E150"),
    ):
        ran = run("export", *words)
        assert (ran.code, ran.out) == (2, "")
        assert f"{code}: " in ran.err
    assert not (tmp_path / "a").exists()
