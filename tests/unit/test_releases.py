"""Two releases of the data side by side: what counts as a change of the world, of the record, of the evidence."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import tarfile

import pytest

from kg import files, releases
from kg.errors import MinilatError

HEAD = """\
@prefix mlo: <https://w3id.org/minilat/ontology#> . @prefix st: <https://w3id.org/minilat/id/statement/> .
@prefix arr: <https://w3id.org/minilat/id/arrangement/> . @prefix src: <https://w3id.org/minilat/id/source/> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix code: <https://w3id.org/minilat/id/code/> .
src:one dcterms:title "Source one"@en . src:two dcterms:title "Source two"@en .
"""


def statement(name, begin, *, end="", source="one", recorded="2024-06-01", confidence="high"):
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}
    text = f'st:{name} a mlo:Participation ; mlo:arrangement arr:group ; mlo:begin "{begin}"^^xsd:{kind[len(begin)]} ;'
    if end:
        text += f' mlo:end "{end}"^^xsd:{kind[len(end)]} ;'
    return (
        f'{text} mlo:source src:{source} ; mlo:confidence code:{confidence} ; mlo:recorded "{recorded}"^^xsd:date .\n'
    )


def release(folder, *statements):
    place = folder / "data" / "arrangements"
    place.mkdir(parents=True)
    (place / "group.ttl").write_text(HEAD + "".join(statements), encoding="utf-8")
    return releases.read(str(folder))


@pytest.fixture
def compared(tmp_path):
    """The differences by statement, from a release of the middle of 2024 to one of 2025."""
    old = release(
        tmp_path / "old", statement("same", "2010"), statement("gone", "2010"), statement("dated", "2010"),
        statement("ends", "2010"), statement("ended-long-ago", "2010"), statement("sourced", "2010"),
        statement("known", "2024-06-01"),
    )  # fmt: skip
    new = release(
        tmp_path / "new", statement("same", "2010"), statement("dated", "2011"),
        statement("ends", "2010", end="2025-01-01", recorded="2025-02-01"),
        statement("ended-long-ago", "2010", end="2015-01-01"), statement("sourced", "2010", source="two"),
        statement("known", "2024-06-01"),
        statement("joined", "2025-01-01", recorded="2025-02-01"), statement("found", "2001", recorded="2025-02-01"),
        statement("this-year", "2024", recorded="2025-02-01"),
    )  # fmt: skip
    assert (old.known, new.known) == ("2024-06-01", "2025-02-01")
    return {d.subject: d for d in releases.changes(old, new)}


def test_each_difference_has_its_nature(compared):
    assert {s: (d.change, d.nature) for s, d in compared.items()} == {
        "st:gone": ("withdrawn", "correction: withdrawn"),
        "st:dated": ("changed", "correction"),
        "st:ends": ("changed", "change of the world"),
        "st:ended-long-ago": ("changed", "correction"),
        "st:sourced": ("changed", "evidence"),
        "st:joined": ("added", "change of the world"),
        "st:found": ("added", "newly recorded"),
        # The year of the older release may have begun before it was recorded: not known to be new.
        "st:this-year": ("added", "newly recorded"),
    }


def test_a_difference_names_values_source_arrangement_and_file(compared):
    dated, sourced = compared["st:dated"], compared["st:sourced"]
    assert dated.details == ("mlo:begin: 2010 to 2011",)
    assert (dated.about, dated.sources, dated.file) == ("arr:group", ("Source one",), "arrangements/group.ttl")
    assert sourced.sources == ("Source two",)
    assert compared["st:ends"].recorded == "2025-02-01"
    assert compared["st:gone"].sources == ("Source one",)


def test_a_release_is_the_same_as_itself(tmp_path):
    one = release(tmp_path / "one", statement("a", "2010"), "arr:x dcterms:rights [ dcterms:title 'free' ] .\n")
    two = release(tmp_path / "two", statement("a", "2010"), "arr:x dcterms:rights [ dcterms:title 'free' ] .\n")
    assert releases.changes(one, two) == []
    other = release(tmp_path / "three", statement("a", "2010"), "arr:x dcterms:rights [ dcterms:title 'paid' ] .\n")
    assert [d.subject for d in releases.changes(one, other)] == ["arr:x"]


def test_the_shipped_data_are_the_same_as_themselves():
    shipped = releases.read(str(files.ROOT / "data"))
    assert len(shipped.facts) > 5000
    assert releases.changes(shipped, shipped) == []
    assert releases.changes(shipped, releases.read(str(files.ROOT / "data"))) == []


@pytest.mark.parametrize("name", ["no-such-tag-anywhere", "--output=/dev/null", "a b", "x" * 300, ""])
def test_what_is_no_release_is_refused(name):
    with pytest.raises(MinilatError) as caught:
        releases.read(name)
    assert caught.value.code == "E150"


def test_an_empty_folder_is_no_release(tmp_path):
    with pytest.raises(MinilatError) as caught:
        releases.read(str(tmp_path))
    assert caught.value.code == "E151"


def test_a_revision_of_a_repository_is_read(tmp_path, monkeypatch):
    def git(*words):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)

    git("init", "-q")
    for n, text in enumerate((statement("a", "2010"), statement("a", "2011"))):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / "a.ttl").write_text(HEAD + text, encoding="utf-8")
        git("add", "-A")
        git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-q", "-m", "data")
        git("tag", f"v{n}")
    monkeypatch.setattr(files, "ROOT", tmp_path)
    found = releases.changes(releases.read("v0"), releases.read("v1"))
    assert [(d.subject, d.details) for d in found] == [("st:a", ("mlo:begin: 2010 to 2011",))]


def test_an_archive_writes_nothing_outside_its_place(tmp_path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in ("../outside.ttl", "/outside.ttl", "data/ok.ttl", "data/skipped.txt"):
            info = tarfile.TarInfo(name)
            info.size = 1
            tar.addfile(info, io.BytesIO(b"\n"))
        link = tarfile.TarInfo("data/link.ttl")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    place = tmp_path / "place"
    place.mkdir()
    releases._unpack(out.getvalue(), place)
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()] == ["place/data/ok.ttl"]


def test_an_older_release_is_asked_for_what_was_believed(run, tmp_path):
    """A statement that was withdrawn since is still in the release of its day."""
    world = (files.ROOT / "tests" / "questions" / "world.ttl").read_text(encoding="utf-8")
    for name, more in (("old", "state:eee"), ("new", "state:fff")):
        place = tmp_path / name / "data"
        place.mkdir(parents=True)
        (place / "world.ttl").write_text(
            world + f'st:late a mlo:Participation ; mlo:participant {more} ; mlo:arrangement arr:nato ; '
            'mlo:role role:member ; mlo:begin "2019-01-01"^^xsd:date ; mlo:source src:one ; mlo:confidence code:high ; '
            'mlo:method code:news ; mlo:recorded "2020-02-02"^^xsd:date .\n',
            encoding="utf-8",
        )  # fmt: skip
    for name, code in (("old", "EE"), ("new", "FF")):
        words = ("--param", "arrangements=nato", "--param", "known=2020-02-02", "--as-of", "2020-06-01")
        ran = run("query", "CQ34", *words, "--release", tmp_path / name)
        found = {r["iso2"] for r in csv.DictReader(io.StringIO(ran.out)) if r["belief"] == "believed"}
        assert found == {"AA", "BB", "CC", code}
        assert "known as of 2020-02-02" in ran.err
    assert run("query", "CQ34", "--release", "nowhere").code == 2


def test_the_command_line(run, tmp_path):
    release(tmp_path / "old", statement("a", "2010"))
    release(tmp_path / "new", statement("a", "2011"))
    ran = run("diff", tmp_path / "old", tmp_path / "new")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [(r["statement"], r["nature"], r["what"]) for r in rows] == [
        ("st:a", "correction", "mlo:begin: 2010 to 2011")
    ]
    written = json.loads(run("diff", tmp_path / "old", tmp_path / "new", "--format", "json").out)
    assert [r["statement"] for r in written] == ["st:a"]
    assert run("diff", tmp_path / "old", "nowhere").code == 2


def test_what_goes_with_a_scenario_alone_is_refused_with_two_releases_and_the_other_way_round(run, tmp_path):
    release(tmp_path / "old", statement("a", "2010"))
    for unfit in (("--as-of", "2020-01-01"), ("--challenge", "none"), ("--no-cache",), ("--format", "text")):
        ran = run("diff", tmp_path / "old", tmp_path / "old", *unfit)
        assert (ran.code, ran.out) == (2, "")
        assert f"{unfit[0]}: E126" in ran.err
    for form in ("csv", "table"):
        ran = run("diff", "add CAN to jef as member", "--format", form)
        assert (ran.code, ran.out) == (2, "")
        assert "--format: E126" in ran.err
    assert run("changes", tmp_path / "old", tmp_path / "old").code == 2, "one way to ask"
