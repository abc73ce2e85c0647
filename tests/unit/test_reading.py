"""What is read: paths of every kind, each file once; what is wrong with a path refuses, what is wrong inside is a finding."""

import gzip
import io
import os
import stat
import sys
from pathlib import Path

import pytest

from kg import validate
from kg.errors import MinilatError
from kg.validate import reading
from kg.validate.reading import Source, content, source_line, sources, syntax

HEAD = "@prefix ex: <http://e.org/> .\n"
TTL = HEAD + "ex:a a ex:T .\n"
SHAPE = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://e.org/> .
ex:C900-s a sh:NodeShape ; sh:targetClass ex:T ; sh:property ex:C900-p .
ex:C900-p a sh:PropertyShape ; sh:path ex:p ; sh:minCount 1 ; sh:message "Add ex:p." .
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "d" / "e" / ".hidden").mkdir(parents=True)
    (tmp_path / "d" / "e" / "b.nt").write_text("<http://e.org/a> <http://e.org/q> <http://e.org/b> .\n")
    (tmp_path / "d" / "a.ttl").write_text(TTL)
    (tmp_path / "d" / "notes.md").write_text("# no data")
    (tmp_path / "d" / "c.TRIG.gz").write_bytes(gzip.compress(TTL.encode()))
    (tmp_path / "d" / "e" / ".hidden" / "x.ttl").write_text("broken")
    (tmp_path / "shapes.ttl").write_text(SHAPE)
    return tmp_path


def names(found, base):
    return [Path(s.name).relative_to(base).as_posix() for s in found]


def codes(report):
    return [(f.code, f.line, f.column) for f in report.findings]


def checked(folder, *paths, **options):
    return validate.check([Path(p) for p in paths], shapes=[folder / "shapes.ttl"], **options)


def test_a_folder_gives_its_rdf_files_sorted_without_hidden_ones(folder):
    assert names(sources([folder / "d"]), folder) == ["d/a.ttl", "d/c.TRIG.gz", "d/e/b.nt"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("d/*.ttl", ["d/a.ttl"]),
        ("**/*.nt", ["d/e/b.nt"]),
        ("d/**", ["d/a.ttl", "d/c.TRIG.gz", "d/e/b.nt"]),
        ("d/[ab].*", ["d/a.ttl"]),
        ("d/?.T*", ["d/c.TRIG.gz"]),
    ],
)
def test_patterns_that_the_shell_left_alone(folder, pattern, expected, monkeypatch):
    assert names(sources([folder / pattern]), folder) == expected
    monkeypatch.chdir(folder)
    assert [s.name for s in sources([Path(pattern)])] == expected


def test_a_name_with_brackets_is_a_name_when_it_exists(folder):
    (folder / "d" / "[a].ttl").write_text(TTL)
    assert names(sources([folder / "d" / "[a].ttl"]), folder) == ["d/[a].ttl"]


def test_each_file_is_read_once(folder):
    (folder / "link.ttl").symlink_to(folder / "d" / "a.ttl")
    twice = [folder / "d" / "a.ttl", folder / "d", folder / "d" / ".." / "d" / "a.ttl", folder / "link.ttl"]
    assert names(sources(twice), folder) == ["d/a.ttl", "d/c.TRIG.gz", "d/e/b.nt"]
    assert len(checked(folder, *twice).findings) == len(checked(folder, folder / "d").findings) == 1


@pytest.mark.parametrize(
    ("path", "code", "word"),
    [
        ("nosuch.ttl", "E030", "No such file"),
        ("d/notes.md", "E032", "'.md'"),
        ("d/e/.hidden/empty", "E034", "no RDF file"),
        ("nosuch/*.ttl", "E034", "pattern"),
        ("d/*.md", "E034", "pattern"),
        ("nosuch.ttl.gz", "E030", "No such file"),
    ],
)
def test_a_path_that_is_wrong_refuses_the_request(folder, path, code, word):
    (folder / "d" / "e" / ".hidden" / "empty").mkdir()
    with pytest.raises(MinilatError) as error:
        sources([folder / "d", folder / path])
    assert error.value.code == code
    assert word in error.value.message
    assert error.value.where == str(folder / path)


def test_a_format_can_be_said(folder):
    (folder / "data.txt").write_text(TTL)
    assert [s.suffix for s in sources([folder / "data.txt"], "Turtle")] == [".ttl"]
    assert [s.suffix for s in sources([folder / "data.txt"], "RDF/XML")] == [".rdf"]
    assert len(checked(folder, folder / "data.txt", input_format="trig").findings) == 1
    with pytest.raises(MinilatError) as error:
        sources([folder / "data.txt"], "turtel")
    assert (error.value.code, error.value.hint) == ("E032", "did you mean 'turtle' or 'ttl'?")


@pytest.mark.parametrize("suffix", [".ttl", ".trig", ".nt", ".nq", ".jsonld", ".rdf"])
def test_every_syntax_packed_and_plain(folder, suffix):
    text = {
        ".jsonld": '{"@id": "http://e.org/a", "@type": "http://e.org/T"}',
        ".rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><ex:T xmlns:ex="http://e.org/" rdf:about="http://e.org/a"/></rdf:RDF>',
        ".nt": "<http://e.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.org/T> .",
        ".nq": "<http://e.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.org/T> _:g .",
    }.get(suffix, TTL)
    (folder / ("x" + suffix)).write_text(text)
    (folder / ("y" + suffix + ".gz")).write_bytes(gzip.compress(text[:20].encode()) + gzip.compress(text[20:].encode()))
    for name in ("x" + suffix, "y" + suffix + ".gz"):
        assert [(f.code, f.focus, f.line) for f in checked(folder, folder / name).findings] == [
            ("C900", "http://e.org/a", 2 if suffix in (".ttl", ".trig") else 1)
        ]


def test_empty_documents(folder):
    for name in ("empty.ttl", "empty.nt", "empty.nq", "empty.trig"):
        (folder / name).write_text("")
        assert checked(folder, folder / name).findings == ()
    (folder / "empty.jsonld").write_text("")
    (folder / "empty.rdf").write_text("")
    assert codes(checked(folder, folder / "empty.jsonld")) == [("E031", 1, 1)]
    assert codes(checked(folder, folder / "empty.rdf")) == [("E031", 1, 1)]


def test_all_syntax_errors_of_all_files_are_told(folder):
    (folder / "a.ttl").write_text(HEAD + "ex:a ex:b foo:c .\nex:a ex:b ex:c .\nex:a ex:b dct:x .\nex:a ex:b 'open .\n")
    (folder / "b.nt").write_text("<http://e.org/a> <http://e.org/b> 3 .\n<http://e.org/a> <http://e.org/b> .\n")
    (folder / "c.rdf").write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n <rdf:x>\n</rdf:RDF>'
    )
    (folder / "d.jsonld").write_text('{"@id": "http://e.org/a",\n "http://e.org/b": "c",}')
    report = checked(folder, *(folder / n for n in ("a.ttl", "b.nt", "c.rdf", "d.jsonld")), folder / "d" / "a.ttl")
    assert [(Path(f.file).name, *x) for f, x in zip(report.findings, codes(report), strict=True)] == [
        ("a.ttl", "E031", 2, 11),
        ("a.ttl", "E031", 4, 11),
        ("a.ttl", "E031", 5, 11),
        ("b.nt", "E031", 1, 35),
        ("b.nt", "E031", 2, 35),
        ("c.rdf", "E031", 3, 3),
        ("d.jsonld", "E031", 2, 24),
    ]
    assert report.findings[1].hint == "declare it: @prefix dct: <http://purl.org/dc/terms/> ."
    assert {f.severity for f in report.findings} == {"error"}


def test_errors_without_end_are_cut(folder):
    (folder / "a.nt").write_text("x\n" * 5000)
    assert len(checked(folder, folder / "a.nt").findings) == 50


@pytest.mark.parametrize("cut", [30, 80, 140])
def test_xml_that_is_cut_off_is_not_taken_for_whole(folder, cut):
    whole = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://e.org/">\n<ex:T rdf:about="http://e.org/a"><ex:p>1</ex:p></ex:T>\n</rdf:RDF>'
    (folder / "a.rdf").write_text(whole)
    assert checked(folder, folder / "a.rdf").findings == ()
    (folder / "a.rdf").write_text(whole[:cut])
    assert [f.code for f in checked(folder, folder / "a.rdf").findings] == ["E031"]


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        (b'@prefix ex: <http://e.org/> .\nex:a ex:p "caf\xe9" .\n', (2, 15), ("0xe9", "offset 44")),
        ((HEAD + "ex:a ex:p 'é' .\n").encode() + b"# \xff\n" + b"ex:a ex:p 'x'", (3, 3), ("0xff",)),
        (TTL.encode("utf-16"), (0, 0), ("UTF-16", "UTF-8")),
        (TTL.encode("utf-16-le"), (0, 0), ("UTF-16LE",)),
        (TTL.encode("utf-16-be"), (0, 0), ("UTF-16BE",)),
        (TTL.encode("utf-32"), (0, 0), ("UTF-32",)),
    ],
)
def test_other_encodings_are_named_with_their_place(folder, body, place, words):
    (folder / "a.ttl").write_bytes(body)
    (finding,) = checked(folder, folder / "a.ttl").findings
    assert (finding.code, finding.line, finding.column) == ("E048", *place)
    for word in words:
        assert word in finding.message
    assert "UTF-8" in finding.message + finding.hint


def test_a_byte_order_mark_of_utf_8_is_no_fault(folder):
    (folder / "a.ttl").write_bytes(b"\xef\xbb\xbf" + TTL.encode())
    assert codes(checked(folder, folder / "a.ttl")) == [("C900", 2, 1)]
    assert source_line(str(folder / "a.ttl"), 1) == HEAD.strip()


@pytest.mark.parametrize("packed", [False, True])
def test_a_document_past_the_limit(folder, packed):
    body = TTL.encode() + b"# " + b"x" * 5000
    path = folder / ("a.ttl.gz" if packed else "a.ttl")
    path.write_bytes(gzip.compress(body) if packed else body)
    assert codes(checked(folder, path, limit=len(body))) == [("C900", 2, 1)]
    (finding,) = checked(folder, path, limit=len(body) - 1).findings
    assert (finding.code, finding.file) == ("E047", str(path))
    assert ("unpacked" in finding.message) == packed


@pytest.mark.parametrize(
    "body", [b"not packed", gzip.compress(TTL.encode(), mtime=0)[:-9], gzip.compress(TTL.encode(), mtime=0)[:20], b""]
)
def test_a_gzip_file_that_is_none_or_cut_off(folder, body):
    (folder / "a.ttl.gz").write_bytes(body)
    found = codes(checked(folder, folder / "a.ttl.gz"))
    assert found == ([("E030", 0, 0)] if body else [])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_is_told_beside_the_others(folder):
    (folder / "a.ttl").write_text(TTL)
    (folder / "a.ttl").chmod(stat.S_IWUSR)
    assert codes(checked(folder, folder / "a.ttl")) == [("E030", 0, 0)]


def test_a_file_that_fails_while_it_is_read_is_told(folder, monkeypatch):
    def fails(self, *_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fails)
    with pytest.raises(MinilatError) as error:
        content(Source("a.ttl", folder / "d" / "a.ttl", ".ttl"))
    assert (error.value.code, error.value.where) == ("E030", "a.ttl")
    assert "Permission denied" in error.value.message


@pytest.mark.parametrize(
    "context",
    [
        '"https://schema.org/"',
        '["https://schema.org/", {"a": "http://e.org/a"}]',
        '{"@import": "https://schema.org/"}',
        '"local.jsonld"',
    ],
)
def test_contexts_elsewhere_are_not_fetched(folder, context):
    # The fixture of all tests refuses sockets; a file beside is not opened either.
    (folder / "local.jsonld").write_text('{"@context": {}}')
    (folder / "a.jsonld").write_text(f'{{"@context": {context}, "@id": "http://e.org/a", "b": "c"}}')
    (finding,) = checked(folder, folder / "a.jsonld").findings
    assert finding.code == "E049"
    assert "not fetched" in finding.message


@pytest.mark.parametrize(
    ("body", "suffix"),
    [
        (TTL, ".trig"),
        ("# note\n\n" + TTL, ".trig"),
        ("ex:g { ex:a ex:b ex:c }", ".trig"),
        ("[ a <http://e.org/T> ] .", ".trig"),
        ("{ <a> <b> <c> }", ".trig"),
        ("<http://e.org/a> <http://e.org/b> \"x y\"@en .", ".trig"),
        ("<http://e.org/a> <http://e.org/b> \"x \\\" y\"@en <http://e.org/g> .", ".nq"),
        ("# x\n_:a <http://e.org/b> _:c _:g .", ".nq"),
        ('{"@id": "x"}', ".jsonld"),
        (' [\n {"@id": "x"}]', ".jsonld"),
        ("[]", ".jsonld"),
        ("<?xml version='1.0'?><x/>", ".rdf"),
        ("<rdf:RDF/>", ".rdf"),
        ("<!-- x --><rdf:RDF/>", ".rdf"),
        ("", ".trig"),
    ],
)  # fmt: skip
def test_standard_input_is_told_by_its_beginning(body, suffix):
    assert syntax(Source("<stdin>", None, ""), body.encode()) == suffix


@pytest.fixture
def typed(monkeypatch):
    def typing(text):
        reading._standard_input.cache_clear()
        reading._lines.cache_clear()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    yield typing
    reading._standard_input.cache_clear()
    reading._lines.cache_clear()


def test_standard_input(folder, typed):
    typed("# data\n" + TTL)
    (finding,) = checked(folder, "-").findings
    assert (finding.file, finding.code, finding.line, finding.column) == ("<stdin>", "C900", 3, 1)
    assert source_line("<stdin>", 3) == "ex:a a ex:T ."
    typed('{"@id": "http://e.org/a", "@type": "http://e.org/T"}')
    assert [f.code for f in checked(folder, "-").findings] == ["C900"]
    typed("ex:a")
    assert [f.code for f in checked(folder, "-", "-", folder / "d").findings] == ["E031"]


def test_the_line_of_a_finding_as_it_stands_in_the_file(folder):
    (folder / "a.ttl").write_bytes(b"one\r\ntwo\x0c\xe2\x80\xa8 still two\rthree\n\nfive \xff")
    path = str(folder / "a.ttl")
    assert [source_line(path, n) for n in range(7)] == [
        "",
        "one",
        "two\x0c\u2028 still two",
        "three",
        "",
        "five \ufffd",
        "",
    ]
    assert source_line(str(folder / "d" / "c.TRIG.gz"), 2) == "ex:a a ex:T ."
    assert source_line("data/arrangements/jef.ttl", 1).startswith("@prefix ")
    assert source_line(str(folder / "nosuch.ttl"), 1) == ""
