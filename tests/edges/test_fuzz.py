"""Whatever a document holds, checking it ends with a report or an error of ours: no crash, no hang, no memory past a limit.

Small documents are judged in this process, by the hundred. What could bring the process down is judged in one of its
own, with 1.5 GiB of address space. Seen once at full size, not repeated here: a line of 100 MB that is one term is told
as too long (0.4 s, 220 MB); one of 2.6 million values is checked and placed (28 s, 1.9 GB).
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import validate
from kg.errors import MinilatError

ROOT = Path(__file__).resolve().parents[2]
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://e.org/> .
ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:p ; sh:targetClass ex:T ; sh:property ex:P .
ex:P a sh:PropertyShape ; sh:path ex:p ; sh:datatype <http://www.w3.org/2001/XMLSchema#date> ; sh:minCount 2 ; sh:message "No." .
"""
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SEEDS = {
    ".ttl": '@prefix ex: <http://e.org/> .\nex:a ex:p 1.50 , \'é\'@en , ( 1 [ ex:p """x\n""" ] ) ;\n a ex:T .\n[] ex:p _:b .\n',
    ".trig": "@prefix ex: <http://e.org/> .\nex:g { ex:a ex:p 1 , [ ex:p ( ) ] . }\nGRAPH _:g { _:b ex:p true }\n",
    ".nt": '<http://e.org/a> <http://e.org/p> "x\\n"@en .\n# c\n_:b <http://e.org/p> _:c .\n',
    ".nq": '<http://e.org/a> <http://e.org/p> "1"^^<http://e.org/d> <http://e.org/g> .\n_:b <http://e.org/p> _:c .\n',
    ".rdf": f'<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="{RDF}" xmlns:ex="http://e.org/">\n<ex:T rdf:about="http://e.org/a">'
    '<ex:p xml:lang="en">é</ex:p><ex:p rdf:parseType="Collection"><ex:T/></ex:p></ex:T></rdf:RDF>',
    ".jsonld": '{"@context": {"@vocab": "http://e.org/"}, "@graph": [{"@id": "http://e.org/a", "@type": "T",\n"p": ["é", 1.5, '
    '{"@list": [true, {"p": null}]}, {"@value": "x", "@language": "en"}]}]}',
}
ENCODINGS = ["utf-8", "utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
PIECES = st.sampled_from(
    [b"[", b"]", b"(", b")", b"{", b"}", b"<", b">", b'"', b"'", b'"""', b".", b";", b",", b"\\u", b"\\", b"^^", b"@", b"_:",
     b"<<", b"<<(", b"{|", b"~", b"\0", b"\xff", b"\xe9", b"\r", b"&", b"&#0;", b"<!--", b"]]>", b'{"@context":', b'"@id":', b"1e999", b"#"]
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("fuzz")
    (made / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    return made


@st.composite
def documents(draw):
    """A sound document, written in some encoding, with pieces put in and cut out, cut off, and perhaps packed and cut."""
    suffix = draw(st.sampled_from(sorted(SEEDS)))
    body = bytearray(SEEDS[suffix].encode(draw(st.sampled_from(ENCODINGS)), "replace"))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(body)))
        body[at : at + draw(st.integers(0, 3))] = draw(st.one_of(PIECES, st.binary(max_size=4)))
    if draw(st.booleans()):
        del body[draw(st.integers(0, len(body))) :]
    packed = draw(st.integers(0, 4)) == 0
    if packed:
        body = bytearray(gzip.compress(bytes(body)))
        del body[draw(st.integers(0, len(body))) :]
    return ("x" + suffix + (".gz" if packed else ""), bytes(body))


def sound(report, path):
    """Every finding has a message and a place that exists, and only codes of ours speak of broken documents."""
    lines = path.read_bytes().count(b"\n") + path.read_bytes().count(b"\r") + 2
    for f in report.findings:
        assert f.file == str(path)
        assert f.message
        assert path.suffix == ".gz" or 0 <= f.line <= lines
        assert (f.line == 0) == (f.column == 0)
        assert not report.broken or f.code in {"E030", "E031", "E047", "E048", "E049"}


@settings(max_examples=400, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents())
def test_broken_documents(folder, document):
    path = folder / document[0]
    path.write_bytes(document[1])
    sound(validate.check([path], shapes=[folder / "shapes.ttl"], limit=10**6), path)


@settings(max_examples=100, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(SEEDS)), st.binary(max_size=200))
def test_noise(folder, suffix, body):
    path = folder / ("n" + suffix)
    path.write_bytes(body)
    sound(validate.check([path], shapes=[folder / "shapes.ttl"]), path)


@given(st.text(max_size=30))
def test_any_path_that_leads_nowhere_is_refused(folder, name):
    with pytest.raises(MinilatError) as error:
        validate.check([folder / "no" / ("x" + name.replace("/", "-"))], shapes=[folder / "shapes.ttl"])
    assert error.value.code in {"E030", "E032", "E034"}


LARGE = {
    "a term of 20 MB": ("a.nt", "b'<urn:a> <urn:p> \"' + b'x' * 20_000_000 + b'\" .\\n'", "E031", "longer than 16 MiB"),
    "a comment of 20 MB": ("a.ttl", "b'<urn:a> <urn:p> 1 . #' + b'x' * 20_000_000", "E031", "longer than 16 MiB"),
    "a term of 10 MB": ("a.ttl", "b'<http://e.org/a> <http://e.org/p> \"' + b'x' * 10_000_000 + b'\" .'", "P", "No."),
    "a line of 10 MB": ("a.ttl", "b'<http://e.org/a> <http://e.org/p> ' + b' , '.join([b'<urn:bbbbbbbbb>'] * 600_000) + b' .'", "P", "No."),
    "deep blank nodes": ("a.ttl", "b'<urn:a> <urn:p> ' + b'[ <urn:p> ' * 300_000 + b'1' + b' ]' * 300_000 + b' .'", "E031", "nested deeper"),
    "deep lists": ("a.trig", "b'<urn:a> <urn:p> ' + b'( ' * 10**6 + b')' * 10**6 + b' .'", "E031", "nested deeper"),
    "deep triple terms": ("a.nt", "b'<urn:a> <urn:p> ' + b'<<( <urn:a> <urn:p> ' * 50_000 + b'<urn:b>' + b' )>>' * 50_000 + b' .'", "E031", "nested deeper"),
    "brackets in strings between": ("a.ttl", "b'<urn:a> <urn:p> ' + b'[ <urn:p> \")]\" ; <urn:q> ' * 100_000 + b'1' + b' ]' * 100_000 + b' .'", "E031", "nested deeper"),
    "deep objects": ("a.jsonld", "b'{\"urn:p\":' * 60_000 + b'1' + b'}' * 60_000", "E031", "nested deeper"),
    "deep arrays": ("a.jsonld", "b'{\"urn:p\":' + b'[' * 60_000 + b']' * 60_000 + b'}'", "E031", "nested deeper"),
    "deep elements": ("a.rdf", "b'<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">' + b'<rdf:a>' * 60_000", "E031", "nested deeper"),
    "a billion laughs": (
        "a.rdf",
        "('<!DOCTYPE r [<!ENTITY a0 \"aaaaaaaaaa\">' + ''.join(f'<!ENTITY a{i} \"' + f'&a{i-1};' * 10 + '\">' for i in range(1, 10)) + "
        "']><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:a rdf:b=\"&a9;\">&a9;</rdf:a></rdf:RDF>').encode()",
        "E031", "amplification",
    ),
    "a bomb": ("a.ttl.gz", None, "E047", "unpacked"),
}  # fmt: skip
ALONE = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**29, 3 * 2**29))
from kg import validate
report = validate.check([Path(sys.argv[1])], shapes=[Path(sys.argv[2])])
print(json.dumps([(f.code, f.message) for f in report.findings]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits on address space are kept by Linux")
@pytest.mark.parametrize("what", LARGE)
def test_what_could_bring_a_process_down(folder, tmp_path, what):
    name, made, code, words = LARGE[what]
    path = tmp_path / name
    if made is None:  # 1 GB of nothing in 1 MB
        with gzip.open(path, "wb") as stream:
            for _ in range(250):
                stream.write(b"#" * 4_000_000)
    else:
        path.write_bytes(eval(made))
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(path), str(folder / "shapes.ttl")],
        capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    found = json.loads(done.stdout)
    assert found
    assert {c for c, _ in found} == {code}
    assert words in found[0][1]
