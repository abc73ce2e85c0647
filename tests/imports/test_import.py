"""Tables become a graph of their own: only what is new, only when every row is right, with where it comes from."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pytest

from kg import files
from kg.names import graph_name
from kg.store import Store

ROWS = """\
x-jef-est,est,jef,participant,,,2014,,,,,desk-note,high,official-list,2026-11-24,
x-jef-fin,fin,jef,participant,2018-01-01,,,,,,,desk-note,high,official-list,2026-11-24,
x-aukus-nzl,nzl,aukus,observer,2025-01-05,,,,,,,desk-note,low,expert,2026-11-24,"invented, for a test"
"""
SOURCE = "desk-note,Note of a desk,Ministry,2026-11-20,https://example.org/note,3,For a test.,2026-11-24\n"
TABLES = ("participations.csv", "sources.csv")


@pytest.fixture
def desk(run, tmp_path):
    """A folder with the template, filled in."""
    done = run("import", "--template", tmp_path / "desk")
    assert (done.code, done.err) == (0, "")
    folder = tmp_path / "desk"
    assert sorted(p.name for p in folder.iterdir()) == ["csv-metadata.json", *TABLES]
    content = json.loads((folder / "csv-metadata.json").read_text(encoding="utf-8"))
    content |= {"dc:title": "Participations of a desk", "dc:source": "https://example.org/desk"}
    (folder / "csv-metadata.json").write_text(json.dumps(content), encoding="utf-8")
    for name, rows in zip(TABLES, (ROWS, SOURCE), strict=True):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(rows)
    return folder


@pytest.fixture
def bring(run, desk):
    def start(*more, name="desk", retrieved="2026-11-24"):
        tables = [desk / t for t in TABLES]
        return run("import", *tables, "--into", desk / "out", "--name", name, "--retrieved", retrieved, *more)

    return start


def test_what_is_new_is_taken_and_what_differs_is_told(bring, desk):
    done = bring()
    assert done.code == 1
    assert list(csv.reader(io.StringIO(done.out))) == [
        ["statement", "ours", "role", "ours_role", "begin", "ours_begin", "end", "ours_end", "finding"],
        ["st:x-jef-fin", "st:jef-fin-participant", *["role:participant"] * 2, "2018-01-01", "2017-06-30", "", "", "differs"],
        ["st:x-jef-est", "st:jef-est-participant", *["role:participant"] * 2, "2014", "2014-09-04", "", "", "agrees"],
    ]  # fmt: skip
    assert done.err.splitlines()[-1] == f"1 new in {desk / 'out' / 'desk.ttl'}; 1 here already, 1 differ"
    store = Store.memory()
    store.load(desk / "out" / "desk.ttl", graph_name("x"), where="x")
    found = list(store.rows("SELECT ?s ?b ?n { ?s a mlo:Participation ; mlo:begin ?b ; mlo:note ?n }"))
    assert found == [
        {"s": "https://w3id.org/minilat/id/statement/x-aukus-nzl", "b": "2025-01-05", "n": "invented, for a test"}
    ]
    said = {
        (str(r["p"]).rsplit("/", 1)[-1].rsplit("#", 1)[-1], r["o"])
        for r in store.rows("SELECT ?p ?o { <https://w3id.org/minilat/id/dataset/import/desk> ?p ?o }")
    }
    hashes = {n: hashlib.sha256((desk / n).read_bytes()).hexdigest() for n in (*TABLES, "csv-metadata.json")}
    assert said == {
        ("type", "http://www.w3.org/ns/dcat#Dataset"),
        ("title", "Participations of a desk"),
        ("source", "https://example.org/desk"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
        ("seenOn", "2026-11-24"),
        *(("hasPart", f"{n}, SHA-256 {hashes[n]}") for n in TABLES),
        ("conformsTo", f"csv-metadata.json, SHA-256 {hashes['csv-metadata.json']}"),
    }


def test_the_same_again_is_refused_and_another_name_gives_the_same_file(bring, desk):
    bring()
    again = bring()
    assert (again.code, again.out) == (2, "")
    assert "E192" in again.err
    bring(name="other")
    one, two = ((desk / "out" / f"{n}.ttl").read_text(encoding="utf-8") for n in ("desk", "other"))
    assert one.replace("import/desk", "import/other") == two


def test_what_was_imported_passes_the_shapes_beside_the_rest(bring, desk, run):
    bring()
    done = run("validate", desk / "out" / "desk.ttl", "--format", "json")
    assert (done.code, json.loads(done.out)["findings"]) == (0, [])


def test_nothing_new_writes_nothing(bring, desk):
    path = desk / TABLES[0]
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:2]) + "\n", encoding="utf-8")
    done = bring()
    assert done.code == 0
    assert done.err.splitlines()[-1] == "0 new, so nothing was written; 1 here already, 0 differ"
    assert not (desk / "out").exists()


def test_someone_who_left_and_came_back_is_no_conflict(desk, bring):
    path = desk / TABLES[0]
    head = path.read_text(encoding="utf-8").splitlines()[0]
    row = "x-jef-fin-early,fin,jef,participant,2010-01-01,,,,2011-01-01,,,desk-note,low,expert,2026-11-24,"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    done = bring()
    assert "C002" in done.out  # before the arrangement began: told, and not taken
    assert done.code == 1
    path.write_text(f"{head}\n{row.replace('2010', '2015').replace('2011', '2016')}\n", encoding="utf-8")
    assert bring().code == 0


BAD = {
    "a state that is none": (TABLES[0], ",fin,", ",fni,", 3, 11, "C021", "or 'fin'?"),
    "a role outside the list": (TABLES[0], "jef,participant,,,2014", "jef,partizipant,,,2014", 2, 19, "C021", "participant"),
    "another style of date": (TABLES[0], "2018-01-01", "01.01.2018", 3, 31, "H080", "d.M.yyyy"),
    "a third style of date": (TABLES[0], "2025-01-05", "1/5/2025", 4, 32, "H080", "d/M/yyyy or M/d/yyyy"),
    "a year among the days": (TABLES[0], "2018-01-01", "2018", 3, 31, "H080", "2014-09-30"),
    "a key that stands twice": (TABLES[0], "x-jef-fin", "x-jef-est", 3, 1, "H082", "a key names one row"),
    "no begin": (TABLES[0], ",,2014,", ",,,", 2, 1, "C001", ""),
    "no source": (TABLES[0], "2018-01-01,,,,,,,desk-note", "2018-01-01,,,,,,,", 3, 48, "H083", "fill in the cell"),
    "a source nobody describes": (TABLES[0], "2018-01-01,,,,,,,desk-note", "2018-01-01,,,,,,,desk-nota", 3, 48, "C021", "desk-note"),
    "a formula": (TABLES[0], '"invented, for a test"', '"=HYPERLINK(""http://e.org"")"', 4, 81, "H084", "paste its value"),
    "a command": (TABLES[1], "Note of a desk", "@SUM(1+9)*cmd|' /C calc'!A0", 2, 11, "H084", "paste its value"),
    "a tier that is none": (TABLES[1], ",3,", ",9,", 2, 71, "C016", ""),
    "a word for a number": (TABLES[1], ",3,", ",three,", 2, 71, "H080", ""),
    "a cell too many": (TABLES[0], "x-jef-fin,", "x-jef-fin,,", 3, 1, "H081", "separator"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_row_is_told_with_its_cell_and_nothing_is_taken(bring, desk, what):
    name, right, wrong, line, column, code, words = BAD[what]
    path = desk / name
    text = path.read_text(encoding="utf-8")
    assert text.count(right) == 1
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    done = bring()
    assert done.code == 1, done.err
    assert f"  {line}:{column}" in done.out, done.out
    assert code in done.out
    assert words in done.out
    assert done.err.splitlines()[-1] == "nothing is imported as long as there are errors"
    assert not (desk / "out").exists()
    path.write_text(text, encoding="utf-8")
    assert bring().err.splitlines()[-1].startswith("1 new")


def test_a_missing_column_is_told(bring, desk):
    path = desk / TABLES[0]
    path.write_text(path.read_text(encoding="utf-8").replace(",confidence,", ",certainty,", 1), encoding="utf-8")
    done = bring()
    assert done.code == 1
    assert "The description has no column 'certainty'." in done.out
    assert "The column 'confidence' is missing." in done.out


def test_a_mark_of_byte_order_is_passed_over(bring, desk):
    path = desk / TABLES[0]
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert bring().err.splitlines()[-1].startswith("1 new")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--name", "A b"), "E190"),
        (("--name", "../x"), "E190"),
        (("--retrieved", "yesterday"), "E020"),
    ],
)
def test_requests_that_are_wrong(run, desk, words, code):
    given = {"--into": desk / "out", "--name": "desk", "--retrieved": "2026-11-24"} | {words[0]: words[1]}
    done = run("import", desk / TABLES[0], *[w for pair in given.items() for w in pair])
    assert (done.code, done.out) == (2, "")
    assert code in done.err
    assert not (desk / "out").exists()


def test_a_description_says_where_the_table_comes_from(bring, desk):
    path = desk / "csv-metadata.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for key in ("title", "source", "license"):
        path.write_text(json.dumps({k: v for k, v in content.items() if k != f"dc:{key}"}), encoding="utf-8")
        done = bring()
        assert (done.code, done.out) == (2, "")
        assert f"E191: the description does not say its {key}" in done.err


def test_no_table_and_no_description(run, tmp_path):
    assert "E190" in run("import", "--into", tmp_path, "--name", "x", "--retrieved", "2026-11-24").err
    assert "E190" in run("import").err
    (tmp_path / "a.csv").write_text("a\n1\n")
    done = run("import", tmp_path / "a.csv", "--into", tmp_path, "--name", "x", "--retrieved", "2026-11-24")
    assert (done.code, "E135" in done.err) == (2, True)


def test_the_template_is_not_written_over(run, desk):
    done = run("import", "--template", desk)
    assert (done.code, "E193" in done.err) == (2, True)


def test_the_shipped_tables_are_no_part_of_the_graph():
    assert not [p for p in files.data() if "templates" in p.parts]
