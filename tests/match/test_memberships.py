"""Memberships here against a copy of Wikidata: every kind of difference, no false one, and copies that cannot be used."""

import pytest

from kg import link
from kg.errors import MinilatError
from kg.match import memberships
from kg.match.memberships import Membership

ITEMS = {"wd:Q1": "arr:a", "wd:Q2": "arr:b"}
STATES = {"EST": "state:est", "POL": "state:pol", "FIN": "state:fin"}
HEAD = "org,iso3,start,startPrecision,end,endPrecision,role\n"
Q = "http://www.wikidata.org/entity/"


def copy(folder, *rows, head=HEAD):
    path = folder / "copy.csv"
    path.write_text(head + "".join(r + "\n" for r in rows), encoding="utf-8")
    return path


def read(folder, *rows):
    return memberships.read(copy(folder, *rows), ITEMS, STATES)[0]


def one(begin="", end="", role="member", core=True, arrangement="arr:a", state="state:est", where="st:x"):
    return Membership(arrangement, state, begin, end, role, core, where)


@pytest.mark.parametrize(
    ("row", "begin", "end", "role"),
    [
        (f"{Q}Q1,EST,2004-03-29T00:00:00Z,11,,,", "2004-03-29", "", "member"),
        (f"{Q}Q1,EST,2004-01-01T00:00:00Z,9,,,", "2004", "", "member"),
        (f"{Q}Q1,EST,2004-05-01T00:00:00Z,10,,,", "2004-05", "", "member"),
        (f"{Q}Q1,EST,2004-01-01T00:00:00Z,11,,,", "2004-01-01", "", "member"),
        (f"{Q}Q1,EST,2004-01-01T00:00:00Z,,,,", "2004", "", "member"),
        (f"{Q}Q1,est,2004-02-01,,2009,,", "2004-02-01", "2009", "member"),
        (f"{Q}Q1,EST,http://www.wikidata.org/.well-known/genid/77,,,,", "", "", "member"),
        (f"{Q}Q1,EST,,,,,Associate Member", "", "", "associate-member"),
        ("Q1,EST,,,,,observer", "", "", "observer"),
    ],
)
def test_a_row_says_no_more_than_it_knows(tmp_path, row, begin, end, role):
    assert read(tmp_path, row) == [one(begin, end, role, where="copy.csv:2")]


def test_rows_of_others_are_left_out_and_counted(tmp_path):
    found, left = memberships.read(
        copy(tmp_path, f"{Q}Q9,EST,,,,,", f"{Q}Q1,ZZZ,,,,,", f"{Q}Q1,YYY,,,,,"), ITEMS, STATES
    )
    assert found == []
    assert left == {"of an organisation that is not linked here": 1, "of a state that is not recorded here": 2}


@pytest.mark.parametrize(
    ("here", "there", "kinds"),
    [
        ([one("2004-03-29")], [one("2004-03-29")], []),
        ([one("2004-03-29")], [one("2004")], []),
        ([one("2004")], [one("2004-03")], []),
        ([one("")], [one("2004")], []),
        ([one("2004")], [one("")], []),
        ([one("2004-03-29")], [one("2004-03-30")], ["other begin"]),
        ([one("1966", "1995"), one("2009")], [one("2009")], []),
        ([one("2004", "2010")], [one("2004")], ["other end"]),
        ([one("2004")], [one("2004", "2010")], ["other end"]),
        ([one("2004", "2010-05")], [one("2004", "2010")], []),
        ([one("2004", "2010")], [one("2004", "2011")], ["other end"]),
        ([one("1966"), one("", "", "host-nation", False)], [one("1966")], []),
        ([one(role="founding-member")], [one()], []),
        ([one(role="observer", core=False)], [one()], ["other role"]),
        ([one()], [one(role="observer")], ["other role"]),
        ([one(role="observer", core=False)], [one(role="observer")], []),
    ],
)
def test_each_kind_of_difference(here, there, kinds):
    assert [d.kind for d in memberships.compare(here, there)] == kinds


def test_missing_on_either_side_and_only_where_the_copy_speaks():
    here = [one("2004"), one(state="state:pol", role="observer", core=False), one(arrangement="arr:b")]
    there = [one(state="state:fin", begin="2023", where="copy.csv:5")]
    found = memberships.compare(here, there)
    assert [(d.kind, d.state, d.here, d.there, d.statement, d.where) for d in found] == [
        ("missing there", "state:est", "member from 2004", "", "st:x", ""),
        ("not recorded here", "state:fin", "", "member from 2023", "", "copy.csv:5"),
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("org,start\nQ1,2004\n", "missing column iso3"),
        ("", "missing column org, iso3"),
        ("<!DOCTYPE html><p>Too many requests</p>\n", "missing column"),
        (HEAD + "Q1,EST,29.3.2004,,,,\n", "copy.csv:2"),
        (HEAD + "Q1,EST,2004\n", "copy.csv:2"),
        (HEAD + 'Q1,EST,"2004\n', "copy.csv"),
    ],
)
def test_a_copy_that_cannot_be_used(tmp_path, body, says):
    path = tmp_path / "copy.csv"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(MinilatError, match=r"E205: ") as caught:
        memberships.read(path, ITEMS, STATES)
    assert says in str(caught.value)


def test_only_exact_links_of_arrangements_are_compared():
    found = memberships.linked(link.shipped())
    assert found["wd:Q244323"] == "arr:v4"
    assert "wd:Q1197115" not in found  # the UKUSA agreement is close to the Five Eyes, not they
    assert "wd:Q183" not in found
    assert all(q in memberships.query(found) for q in found)


def test_through_the_command_line(run, tmp_path):
    rows = (f"{Q}Q244323,POL,1991-02-15T00:00:00Z,11,,,", f"{Q}Q244323,HUN,1992-02-15T00:00:00Z,11,,,",
            f"{Q}Q244323,SVK,,,,,", f"{Q}Q244323,AUT,2001-01-01T00:00:00Z,9,,,")  # fmt: skip
    path, out = copy(tmp_path, *rows), tmp_path / "proposals.ttl"
    ran = run("link", "diff", "wikidata", "--copy", path, "--proposals", out)
    assert ran.code == 1
    lines = [x.split(",")[:3] for x in ran.out.splitlines()[1:]]
    assert lines == [
        ["not recorded here", "arr:v4", "state:aut"], ["missing there", "arr:v4", "state:csk"],
        ["missing there", "arr:v4", "state:cze"],
        ["other begin", "arr:v4", "state:hun"],
    ]  # fmt: skip
    assert "4 differences in 1 arrangements, 4 rows read" in ran.err
    assert run("validate", out).code == 0
    text = out.read_text(encoding="utf-8")
    assert text.count("a mlo:Participation") == 1
    assert "mlo:needsReview true" in text
    assert 'mlo:begin "2001"^^xsd:gYear' in text
    again = run("link", "diff", "wikidata", "--copy", path, "--proposals", out)
    assert (again.code, out.read_text(encoding="utf-8")) == (2, text)
    assert "VALUES ?org" in run("link", "diff", "wikidata", "--query").out
    for words in (("link", "diff", "wikidata"), ("link", "diff", "dbpedia")):
        wrong = run(*words)
        assert (wrong.code, wrong.out) == (2, "")
        assert "E204" in wrong.err
