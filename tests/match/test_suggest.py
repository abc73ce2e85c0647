"""Suggestions against a table, decisions on them, and tables that cannot be used."""

import re

import pytest

from kg import link
from kg.errors import MinilatError
from kg.match import review, suggest, tables
from kg.match.records import Name, Record

CSV = (
    "item,itemLabel,itemAltLabel,iso3,inception,dissolved\n"
    "http://www.wikidata.org/entity/Q1,Joint Force,JF|Joint Expeditionary Force,,2014-09-04T00:00:00Z,\n"
    "http://www.wikidata.org/entity/Q2,Old Pact,,,1955-05-14,1991-07-01\n"
    "http://www.wikidata.org/entity/Q3,Estonia,,EST,,\n"
    "http://www.wikidata.org/entity/Q1,Joint Force,Force J,,,\n"
)
OURS = [
    Record("arr:jef", "Joint Expeditionary Force", (Name("Joint Expeditionary Force"),), begin=2014),
    Record("arr:new", "Old Pact", (Name("Old Pact"),), begin=2001),
    Record("state:est", "Republic Estonia", (Name("Republic Estonia"),), frozenset({"EE", "EST"})),
    Record("arr:lone", "Something else", (Name("Something else"),)),
]


def table(folder, text=CSV, name="t.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def target(folder, text=CSV, **how):
    return suggest.target("wikidata", table(folder, text), folder, **how)


def pairs(found):
    return [(s.subject.id, c.record.id, c.score, c.reason) for s in found for c in s.candidates]


def test_each_candidate_has_a_score_and_a_reason(tmp_path):
    found = suggest.suggest(OURS, target(tmp_path), [])
    assert pairs(found) == [
        ("arr:jef", "wd:Q1", 0.98, "same other name; both begin in 2014"),
        ("state:est", "wd:Q3", 1.0, "same code EST"),
    ]


def test_dates_that_do_not_meet_count_against_it(tmp_path):
    found = suggest.suggest(OURS, target(tmp_path), [], least=0.4)
    assert ("arr:new", "wd:Q2", 0.5, "same name; but one ended in 1991, the other began in 2001") in pairs(found)


def test_a_short_other_name_is_weak_evidence(tmp_path):
    ours = [Record("arr:j", "Judges of Football", (Name("Judges of Football"), Name("JF", "other")))]
    (only,) = pairs(suggest.suggest(ours, target(tmp_path), []))
    assert only == ("arr:j", "wd:Q1", 0.8, "same other name, of 'JF'")


def test_what_is_decided_is_not_suggested_again(tmp_path):
    out = tmp_path / "out.sssom.tsv"
    (jef, est) = suggest.suggest(OURS, target(tmp_path), [])
    rows = [
        review.Decision(jef.subject, jef.candidates[0], False, review.REVIEWED),
        review.Decision(est.subject, est.candidates[0], True, review.REVIEWED),
    ]
    assert review.add(out, rows, author="me", day="2026-11-24", version="v") == 2
    assert suggest.suggest(OURS, target(tmp_path), link.read(out)) == []


def test_the_version_of_a_copy_is_its_content(tmp_path):
    one, two = target(tmp_path), target(tmp_path, CSV + "\n")
    assert re.fullmatch(r"t\.csv sha256:[0-9a-f]{12}", one.version)
    assert one.version != two.version
    assert one.records == two.records


def answers(*said):
    left = iter(said)
    return lambda: next(left, "")


def decided(tmp_path, *said):
    found = suggest.suggest(OURS, target(tmp_path), [])
    heard = []
    result = [d for ds in review.ask(found, answers(*said), heard.append) for d in ds]
    return [(d.subject.id, d.candidate.record.id, d.accepted) for d in result], heard


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (("1\n", "r\n"), [("arr:jef", "wd:Q1", True), ("state:est", "wd:Q3", False)]),
        (("l\n", "1\n"), [("state:est", "wd:Q3", True)]),
        (("\n", "1\n"), [("state:est", "wd:Q3", True)]),
        (("q\n", "1\n"), []),
        ((), []),
        (("7\n", "what?\n", "1\n"), [("arr:jef", "wd:Q1", True)]),
    ],
)
def test_answers(tmp_path, said, result):
    found, heard = decided(tmp_path, *said)
    assert found == result
    assert heard[0] == review.HELP
    assert heard.count(f"  {review.HELP}") == sum(s in ("7\n", "what?\n") for s in said)


def test_a_decision_is_a_row_that_can_be_read(tmp_path):
    out = tmp_path / "out.sssom.tsv"
    (jef, est) = suggest.suggest(OURS, target(tmp_path), [])
    review.add(
        out,
        [review.Decision(jef.subject, jef.candidates[0], True, review.REVIEWED)],
        author="A\tB",
        day="2026-11-24",
        version="v",
    )
    review.add(
        out,
        [review.Decision(est.subject, est.candidates[0], False, review.REVIEWED)],
        author="me",
        day="2026-11-25",
        version="v",
    )
    review.add(
        out,
        [review.Decision(jef.subject, jef.candidates[0], False, review.REVIEWED)],
        author="me",
        day="2026-11-25",
        version="v",
    )
    text = out.read_text(encoding="utf-8")
    assert [(x.subject, x.negative, x.object, x.confidence) for x in link.read(out)] == [
        ("arr:jef", False, "wd:Q1", 1.0), ("state:est", True, "wd:Q3", 1.0),
    ]  # fmt: skip
    assert "\tsemapv:MappingReview\t1.0\tA B\t2026-11-24\t" in text
    assert text.count("# license") == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.sssom.tsv", "t.csv"]


def test_a_table_that_is_not_right_is_not_added_to(tmp_path):
    out = tmp_path / "out.sssom.tsv"
    out.write_text("subject_id\tobject_id\n")
    (jef, _) = suggest.suggest(OURS, target(tmp_path), [])
    row = [review.Decision(jef.subject, jef.candidates[0], True, review.REVIEWED)]
    with pytest.raises(MinilatError, match="E161"):
        review.add(out, row, author="me", day="2026-11-24", version="v")
    assert out.read_text() == "subject_id\tobject_id\n"
    with pytest.raises(MinilatError, match="E203"):
        review.add(tmp_path / "no" / "x.tsv", row, author="me", day="2026-11-24", version="v")


def test_what_is_sure_is_clear_high_and_nobody_elses(tmp_path):
    twice = [*OURS, Record("arr:x", "Joint Force", (Name("Joint Force"),))]
    found = suggest.suggest(twice, target(tmp_path), [])
    assert [(s.id, c.record.id) for s, c in suggest.sure(found, 0.9)] == [("state:est", "wd:Q3")]
    assert suggest.sure(found[:1], 0.99) == []


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("id,name\nQ1,\n", "E201", "t.csv:2"),
        ("identifier,name\nQ1,x\n", "E201", "missing column id"),
        ("id,title\nQ1,x\n", "E201", "missing column label"),
        ("id,name\nQ1,x,y\n", "E201", "t.csv:2"),
        ('id,name\nQ1,"x\n', "E201", "t.csv"),
        ("id,name\nmailto:x,x\n", "E201", "no known prefix"),
        ("id,name\nhttps://x.example/1,x\n", "E201", "no known prefix"),
        ("id,name\n", "E200", "nothing"),
        (b"\xff\xfe", "E200", "UTF-8"),
        ("", "E201", "missing column id"),
    ],
)
def test_a_table_that_cannot_be_used(tmp_path, text, code, says):
    with pytest.raises(MinilatError) as caught:
        tables.read(table(tmp_path, text), "wd")
    assert caught.value.code == code
    assert says in str(caught.value)


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("stop", [",", ";", "\t"])
def test_tables_as_spreadsheets_save_them(tmp_path, mark, stop):
    (found,) = tables.read(table(tmp_path, f"{mark}ID{stop}Name{stop}names\r\nQ1{stop}=1+1{stop}a|b\r\n"), "wd")
    assert (found.id, found.label, [n.text for n in found.names]) == ("wd:Q1", "=1+1", ["=1+1", "a", "b"])


def test_skos_in_rdf(tmp_path):
    text = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    <http://www.wikidata.org/entity/Q1> skos:prefLabel "Eins"@de, "One"@en ; skos:hiddenLabel "ein" ; skos:altLabel "1" ."""
    (found,) = tables.read(table(tmp_path, text, "t.ttl"), "")
    assert (found.id, found.label) == ("wd:Q1", "One")
    assert {(n.text, n.kind, n.language) for n in found.names} == {
        ("Eins", "label", "de"), ("One", "label", "en"), ("ein", "hidden", ""), ("1", "other", ""),
    }  # fmt: skip


def test_genericode_is_read_without_its_entities(tmp_path):
    row = '<Row><Value ColumnRef="code"><SimpleValue>NOR</SimpleValue></Value><Value ColumnRef="eng_label"><SimpleValue>A &amp; B</SimpleValue></Value></Row>'
    text = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>{row}</x>'
    (found,) = tables.read(table(tmp_path, text, "t.gc"), "eucountry")
    assert (found.id, found.label, found.codes) == ("eucountry:NOR", "A & B", frozenset({"NOR"}))


def test_no_such_table(tmp_path):
    with pytest.raises(MinilatError, match=r"E202.*\n.*'eu-countries'"):
        suggest.target("eu-country", None, tmp_path)
    with pytest.raises(MinilatError, match=r"E202: no copy of wikidata\n"):
        suggest.target("wikidata", None, tmp_path)
    with pytest.raises(MinilatError, match=r"E202: no copy of eu-countries in"):
        suggest.target("eu-countries", None, tmp_path)


def test_through_the_command_line(run, tmp_path):
    path = table(tmp_path, "id;name\nQ99;Tallinn Mechanism\nQ98;Germny\n")  # a grouping that is not linked yet
    words = ("link", "suggest", "--against", path, "--prefix", "wd")
    ran = run(*words, "--format", "json", "--kind", "arrangement")
    assert ran.code == 0
    assert '"wd:Q99"' in ran.out
    assert "among 2" in ran.err
    out = tmp_path / "out.sssom.tsv"
    for options, code in (
        (("--review", out), "E204"),
        (("--kind", "planet"), "E204"),
        (("--accept-all-above", "0.9"), "E204"),
    ):
        wrong = run(*words, *options)
        assert (wrong.code, wrong.out) == (2, "")
        assert code in wrong.err
    done = run(*words, "--review", out, "--author", "me", stdin="1\n")
    assert (done.code, done.out) == (0, "")
    assert "1 decisions added" in done.err
    assert [(x.subject, x.object) for x in link.read(out)] == [("arr:tallinn-mechanism", "wd:Q99")]
    sure = run(*words, "--review", tmp_path / "b.sssom.tsv", "--author", "me", "--accept-all-above", "0.9")
    assert sure.code == 0
    assert "semapv:LexicalMatching\t1.00" in (tmp_path / "b.sssom.tsv").read_text(encoding="utf-8")
    assert run("link", "check", out).code == 0
