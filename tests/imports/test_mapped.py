"""Alliances of the Correlates of War and of ATOP, and lists of members: by row, whole or not at all, and never over ours.

The tables are small and invented, in the columns of alliance_v4.1_by_member.csv, atop5_1m.csv and internacia-db.
"""

from __future__ import annotations

import csv
import io
import json

import pytest

from kg import imports, link
from kg.errors import MinilatError
from kg.imports import crosswalks
from kg.names import PREFIXES, curie, graph_name
from kg.store import Store

COW = """\
version4id,ccode,state_name,all_st_day,all_st_month,all_st_year,all_end_day,all_end_month,all_end_year,ss_type,mem_st_day,mem_st_month,mem_st_year,mem_end_day,mem_end_month,mem_end_year,left_censor,right_censor,defense,neutrality,nonaggression,entente,version
9001,220,"France",1,3,1990,,,,"Type I: Defense Pact",1,3,1990,,,,0,1,1,0,0,1,4.1
9001,255,"Germany",1,3,1990,,,,"Type I: Defense Pact",-9,6,1992,3,11,1998,0,0,1,0,0,1,4.1
9001,235,"Portugal",1,3,1990,,,,"Type I: Defense Pact",1,3,1990,,,,0,0,1,0,0,1,4.1
9002,220,"France",1,1,1816,-9,5,1830,"Type III: Entente",1,1,1816,-9,5,1830,1,0,0,0,0,1,4.1
9002,235,"Portugal",1,1,1816,-9,5,1830,"Type III: Entente",-9,-9,1820,-9,-9,1829,1,0,1,0,0,1,4.1
"""
STATES = """\
stateabb,ccode,statenme,styear,stmonth,stday,endyear,endmonth,endday,version
FRN,220,France,1816,1,1,1942,11,11,2016
FRN,220,France,1944,8,25,2016,12,31,2016
POR,235,Portugal,1816,1,1,2016,12,31,2016
GMY,255,Germany,1816,1,1,1945,5,8,2016
AUH,300,Austria-Hungary,1816,1,1,1918,11,12,2016
"""
ATOP = """\
atopid,member,yrent,moent,dayent,yrexit,moexit,dayexit,phase,bilat,defense,offense,neutral,nonagg,consul
9101,220,1990,3,1,0,0,0,1,1,1,0,0,0,1
9101,235,1990,3,0,1999,0,0,1,1,1,0,0,0,1
9102.1,220,1970,5,2,1971,5,2,1,1,0,0,0,1,0
9102.1,220,1971,5,2,1972,5,2,2,1,0,0,0,1,0
9102.1,255,1970,5,2,1972,5,2,1,1,1,0,0,1,0
"""
WEIMAR = """\
id: WIEMARTRIANGLE
blocktype:
- acronym
status: informal
links:
- url: https://www.wikidata.org/wiki/Q566397
  type: wikidata
name: A name that is not the one here
includes:
- id: PL
  name: Poland
  type: country
  status: member
- id: FR
  name: France
  type: country
  status: member
  joined: '1992'
- id: DE
  name: Germany
  type: country
  status: member
- id: NO
  name: Norway
  type: country
  status: observer
  joined: null
"""
BLOCKS = """\
block,block_name,wikidata,member,member_name,type,status,joined,left
JEF,Joint Expeditionary Force,,EE,Estonia,country,member,2014-09-04,
AUKUS,AUKUS,,NZ,New Zealand,country,observer,2025-01-05,2025-06
"""


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "alliance_v4.1_by_member.csv": COW, "states2016.csv": STATES, "atop5_1m.csv": ATOP,
        "WIEMARTRIANGLE.yaml": WEIMAR, "blocks.csv": BLOCKS,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def bring(folder, mapping, *names, name="x", **options):
    declared = imports.find(mapping)
    given = imports.documents(declared, [folder / n for n in names], "2026-11-24")
    return imports.bring(declared, given, folder / "out", name, **options)


def cow(folder, **options):
    options = {"crosswalk": [folder / "states2016.csv"]} | options
    return bring(folder, "cow-alliances", "alliance_v4.1_by_member.csv", **options)


def change(path, right, wrong):
    text = path.read_text(encoding="utf-8")
    assert text.count(right) == 1, text.count(right)
    path.write_text(text.replace(right, wrong), encoding="utf-8")


def graph(path):
    store = Store.memory()
    store.load(path, graph_name("x"), where="x")
    return store


def statements(path):
    """Participations by their id: arrangement, state, role, begin or '?', end, confidence, doubt, row."""
    rows = graph(path).rows(
        "SELECT ?p ?a ?s ?r ?b ?u ?e ?c ?d ?f { ?p a mlo:Participation ; mlo:arrangement ?a ; mlo:participant ?s ; mlo:role ?r ;"
        " mlo:confidence ?c ; prov:wasDerivedFrom ?f OPTIONAL { ?p mlo:begin ?b } OPTIONAL { ?p mlo:beginUnknown ?u }"
        " OPTIONAL { ?p mlo:end ?e } OPTIONAL { ?p mlo:doubt ?d } }"
    )
    return {
        curie(r["p"]): (
            *(curie(r[k]) for k in "asr"), r["b"] or ("?" if r["u"] else ""), r["e"] or "", curie(r["c"]),
            r["d"] or "", r["f"].rsplit("/", 1)[-1],
        )
        for r in rows
    }  # fmt: skip


STOPS_2012 = "It held on 2012-12-31, where the table stops; later days are not known."
STOPS_2018 = "It held on 2018-12-31, where the table stops; later days are not known."
T = "alliance_v4.1_by_member.csv"


def test_alliances_of_the_correlates_of_war(folder):
    done = cow(folder)
    assert (done.errors, done.aside, done.beside.rows, done.statements) == ((), (), (), 5)
    member = "role:member"
    assert statements(done.path) == {
        "st:cow-9001-220-1990-03-01": ("arr:cow-9001", "state:fra", member, "1990-03-01", "", "code:low", STOPS_2012, f"{T}#row=2"),
        "st:cow-9001-255-1992-06": ("arr:cow-9001", "state:deu", member, "1992-06", "1998-11-03", "code:medium", "", f"{T}#row=3"),
        "st:cow-9001-235-1990-03-01": ("arr:cow-9001", "state:prt", member, "1990-03-01", "", "code:low", "Its end is not given.", f"{T}#row=4"),
        "st:cow-9002-220-1816-01-01": ("arr:cow-9002", "state:fra", member, "?", "1830-05", "code:medium", "", f"{T}#row=5"),
        "st:cow-9002-235-1820": ("arr:cow-9002", "state:prt", member, "?", "1829", "code:medium", "", f"{T}#row=6"),
    }  # fmt: skip
    store = graph(done.path)
    assert list(
        store.table("SELECT ?a ?b ?e ?m ?n { ?a a mlo:DefenceTreaty ; skos:note ?n ; mlo:listComplete false ; mlo:legalBasis ?l OPTIONAL { ?a mlo:begin ?b } OPTIONAL { ?a mlo:end ?e } OPTIONAL { ?l mlo:mutualDefence ?m } } ORDER BY ?a")[1]
    ) == [
        ("https://w3id.org/minilat/id/arrangement/cow-9001", "1990-03-01", None, True, "Type I: Defense Pact"),
        ("https://w3id.org/minilat/id/arrangement/cow-9002", None, "1830-05", None, "Type III: Entente"),
    ]  # fmt: skip
    said = {
        (curie(r["p"]), str(r["o"]).split(",", 1)[0])
        for r in store.rows("SELECT ?p ?o { <https://w3id.org/minilat/id/dataset/import/x> ?p ?o }")
    }
    assert said >= {
        ("dcterms:title", "Correlates of War: Formal Alliances"), ("dcterms:hasPart", T), ("dcterms:requires", "states2016.csv"),
        ("dcterms:source", "https://correlatesofwar.org/data-sets/formal-alliances/"), ("mlo:seenOn", "2026-11-24"),
        ("dcterms:conformsTo", "cow-alliances/map.rq"), ("dcterms:conformsTo", "cow-alliances/csv-metadata.json"),
        ("dcterms:conformsTo", "cow-alliances/refuse.rq"),
        ("dcterms:license", "terms of the Correlates of War Project: cite the version and the article of record; no licence text is published"),
    }  # fmt: skip


def test_what_is_written_passes_the_shapes_and_is_the_same_again(run, folder):
    words = (folder / T, "--as", "cow-alliances", "--crosswalk", folder / "states2016.csv", "--retrieved", "2026-11-24")
    for out in ("one", "two"):
        done = run("import", *words, "--into", folder / out, "--name", "cow")
        assert done.code == 0, done.err
    assert (folder / "one" / "cow.ttl").read_bytes() == (folder / "two" / "cow.ttl").read_bytes()
    done = run("validate", folder / "one" / "cow.ttl", "--format", "json")
    assert [f for f in json.loads(done.out)["findings"] if f["severity"] == "error"] == []
    again = run("import", *words, "--into", folder / "one", "--name", "cow")
    assert (again.code, "E192" in again.err) == (2, True)


def test_a_number_that_stands_for_no_state_stops_it_and_its_alliance_can_be_left_out(run, folder):
    change(folder / T, '9001,235,"Portugal"', '9001,300,"Austria-Hungary"')
    words = ("import", folder / T, "--as", "cow-alliances", "--crosswalk", folder / "states2016.csv")
    words = (*words, "--into", folder / "out", "--name", "cow", "--retrieved", "2026-11-24")
    done = run(*words)
    assert done.code == 1
    assert done.out == f"{T}:4: E199: ccode '300': no state here has this number (Austria-Hungary)\n"
    assert done.err.splitlines()[-1] == "nothing is imported as long as there are errors"
    assert not (folder / "out").exists()
    done = run(*words, "--leave-out")
    assert done.code == 0
    assert done.err.splitlines()[-3:] == [
        f"left out: {T}:4: E199: ccode '300': no state here has this number (Austria-Hungary)",
        f"left out: {T}:2, {T}:3: E199: belongs to the same version4id as a row that does not fit",
        f"2 new in {folder / 'out' / 'cow.ttl'}; 0 here already, 0 differ",
    ]
    assert {s[0] for s in statements(folder / "out" / "cow.ttl").values()} == {"arr:cow-9002"}


def test_an_alliance_that_is_one_of_ours_is_compared(folder):
    """Its members become statements on ours, those that differ are told, and no second arrangement is made."""
    (folder / "alliances.csv").write_text("code,arrangement\n9001,nato\n", encoding="utf-8")
    done = cow(folder, crosswalk=[folder / "states2016.csv", folder / "alliances.csv"])
    assert [(r[0], r[1], r[4], r[5], r[8]) for r in done.beside.rows] == [
        ("st:cow-9001-220-1990-03-01", "st:nato-fra-member", "1990-03-01", "1949-08-24", "differs"),
        ("st:cow-9001-235-1990-03-01", "st:nato-prt-member", "1990-03-01", "1949-08-24", "differs"),
        ("st:cow-9001-255-1992-06", "st:nato-deu-member", "1992-06", "1955-05-06", "differs"),
    ]
    assert done.statements == 2
    assert {s[0] for s in statements(done.path).values()} == {"arr:cow-9002"}
    assert not graph(done.path).ask("ASK { arr:cow-9001 ?p ?o }")


SSSOM = """\
# curie_map:
#   cow: https://example.org/cow/
subject_id\tpredicate_id\tpredicate_modifier\tobject_id
state:fra\tskos:exactMatch\t\tcow:220
state:prt\tskos:exactMatch\t\tcow:235
state:deu\tskos:exactMatch\t\tcow:255
state:aut\tskos:exactMatch\tNot\tcow:300
state:aut\tskos:closeMatch\t\tcow:300
"""


def test_a_crosswalk_in_sssom(folder):
    path = folder / "cow.sssom.tsv"
    path.write_text(SSSOM, encoding="utf-8")
    one = cow(folder, crosswalk=[path], name="one")
    two = cow(folder, name="two")
    assert statements(one.path) == statements(two.path)
    change(folder / T, '9001,235,"Portugal"', '9001,300,"Austria-Hungary"')
    assert [t.message for t in cow(folder, crosswalk=[path], name="three").errors] == [
        "ccode '300': no state here has this number (Austria-Hungary)"
    ]


HERE = """\
state:aaa a mlo:State ; rdfs:label "Ayland" ; mlo:iso3 "AAA" ; mlo:cow "1" . state:bbb a mlo:State ; rdfs:label "Beland" ; mlo:iso3 "BBB" ; mlo:cow "2" .
state:ccc a mlo:State ; rdfs:label "Celand" ; mlo:iso3 "CCC" ; mlo:cow "3" . state:ddd a mlo:State ; rdfs:label "Old Celand" ; mlo:cow "3" .
body:aaa a mlo:InternationalOrganisation ; rdfs:label "The body" . arr:group a mlo:Alliance ; mlo:listComplete true ; rdfs:label "Group" .
"""


def test_codes_of_ours_stand_in_where_a_crosswalk_says_nothing(folder, monkeypatch):
    """Tables first, then links, then what the data say; a number that two states had stands for none."""
    heads = "".join(f"@prefix {p}: <{PREFIXES[p]}> . " for p in ("state", "mlo", "rdfs", "body", "arr"))
    (folder / "here.ttl").write_text(heads + HERE, encoding="utf-8")
    store = graph(folder / "here.ttl")

    def linked(subject, code, negative=False):
        return link.Link(subject, "", "skos:exactMatch", negative, code, "", 1.0, "", "x.sssom.tsv", 9)

    def read(*paths):
        found = crosswalks.read(paths, ("cow", "cow-alliance"), store)
        return {kind: {code: curie(iri) for code, iri in codes.items()} for kind, codes in found.items()}

    links = [
        linked("arr:group", "cow-alliance:7"),
        linked("state:ddd", "cow:4"),
        linked("state:aaa", "cow:5", negative=True),
    ]
    monkeypatch.setattr(link, "shipped", lambda: links)
    ours = {"1": "state:aaa", "2": "state:bbb", "4": "state:ddd"}
    assert read() == {"state": ours, "arrangement": {"7": "arr:group"}}
    (folder / "mine.csv").write_text("code,state\n3,Celand\n1,bbb\n9,Nowhere\n8,The body\n", encoding="utf-8")
    assert read(folder / "mine.csv")["state"] == ours | {"1": "state:bbb", "3": "state:ccc"}


def test_an_alliance_that_may_be_one_of_ours_is_named(run, folder):
    change(folder / T, '9001,235,"Portugal",1,3,1990,,,,"Type I: Defense Pact",1,3,1990,,,,0,0,1,0,0,1,4.1\n', "")
    done = run("import", folder / T, "--as", "cow-alliances", "--crosswalk", folder / "states2016.csv",
               "--into", folder / "out", "--name", "cow", "--retrieved", "2026-11-24")  # fmt: skip
    same = [line for line in done.err.splitlines() if line.startswith("perhaps the same: ")]
    treaty = "arr:aachen-treaty (Franco-German Treaty of Aachen)"
    assert f"perhaps the same: arr:cow-9001 may be {treaty}: 2 members of 2 and 2 are the same" in same
    assert all("arr:cow-9001" in line for line in same), same


@pytest.mark.parametrize(
    ("right", "wrong", "code", "words"),
    [
        ("skos:closeMatch", "skos:clozeMatch", "E197", "cow.sssom.tsv:8: E197: the predicate 'skos:clozeMatch' is not known\n  hint: did you mean 'skos:closeMatch'"),
        ("state:prt", "stat:prt", "E197", "cow.sssom.tsv:5: E197: no prefix 'stat'"),
        ("\t\tcow:220", "\tcow:220", "E194", "cow.sssom.tsv:4: E194"),
        ("cow:235", "cow:220", "E197", "cow.sssom.tsv:5: E197: the code 220 stands for another state in cow.sssom.tsv:4"),
    ],
)  # fmt: skip
def test_a_crosswalk_that_is_wrong(folder, right, wrong, code, words):
    path = folder / "cow.sssom.tsv"
    path.write_text(SSSOM, encoding="utf-8")
    change(path, right, wrong)
    with pytest.raises(MinilatError) as caught:
        cow(folder, crosswalk=[path])
    assert caught.value.code == code
    assert words in str(caught.value)
    assert not (folder / "out").exists()


def test_a_crosswalk_without_its_columns(folder):
    change(folder / "states2016.csv", "ccode", "numbr")
    with pytest.raises(MinilatError, match="no column of the code") as caught:
        cow(folder)
    assert (caught.value.code, caught.value.where) == ("E195", "states2016.csv:1")


def test_alliances_of_atop_with_phases_and_unknown_days(folder):
    done = bring(folder, "atop-members", "atop5_1m.csv", crosswalk=[folder / "states2016.csv"])
    found = statements(done.path)
    assert {k: (v[0], v[1], *v[3:7]) for k, v in found.items()} == {
        "st:atop-9101-220-1990-03-01": ("arr:atop-9101", "state:fra", "1990-03-01", "", "code:low", STOPS_2018),
        "st:atop-9101-235-1990-03": ("arr:atop-9101", "state:prt", "1990-03", "1999", "code:medium", ""),
        "st:atop-9102-1-220-1970-05-02": ("arr:atop-9102-1", "state:fra", "1970-05-02", "1971-05-02", "code:medium", ""),
        "st:atop-9102-1-220-1971-05-02": ("arr:atop-9102-1", "state:fra", "1971-05-02", "1972-05-02", "code:medium", ""),
        "st:atop-9102-1-255-1970-05-02": ("arr:atop-9102-1", "state:deu", "1970-05-02", "1972-05-02", "code:medium", ""),
    }  # fmt: skip
    rows = graph(done.path).table(
        "SELECT ?n ?b ?m { ?a a mlo:DefenceTreaty ; skos:notation ?n ; mlo:begin ?b ; mlo:legalBasis ?l OPTIONAL { ?l mlo:mutualDefence ?m } } ORDER BY ?n"
    )[1]
    # One member of the second is bound to defend and the other is not: whether it is mutual is not said.
    assert list(rows) == [("ATOP-9101", "1990-03", True), ("ATOP-9102.1", "1970-05-02", None)]


def test_a_list_of_members_in_yaml(run, folder):
    """Named by its link, whatever its name; NO is Norway; a member may have another core role here."""
    done = run("import", folder / "WIEMARTRIANGLE.yaml", "--as", "internacia", "--into", folder / "out", "--name", "x",
               "--retrieved", "2026-11-24")  # fmt: skip
    assert done.code == 1
    rows = list(csv.reader(io.StringIO(done.out)))[1:]
    assert [(r[0], r[1], r[4], r[5], r[8]) for r in rows] == [
        ("st:internacia-wiemartriangle-fr-member-1992", "st:weimar-triangle-fra-participant", "1992", "1991-08-28", "differs"),
        ("st:internacia-wiemartriangle-de-member", "st:weimar-triangle-deu-participant", "", "1991-08-28", "agrees"),
        ("st:internacia-wiemartriangle-pl-member", "st:weimar-triangle-pol-participant", "", "1991-08-28", "agrees"),
    ]  # fmt: skip
    assert done.err.splitlines()[-1] == f"1 new in {folder / 'out' / 'x.ttl'}; 2 here already, 1 differ"
    assert statements(folder / "out" / "x.ttl") == {
        "st:internacia-wiemartriangle-no-observer": (
            "arr:weimar-triangle", "state:nor", "role:observer", "?", "", "code:low", "", "WIEMARTRIANGLE.yaml#row=23",
        )
    }  # fmt: skip


def test_a_list_of_members_in_csv(folder):
    done = bring(folder, "internacia", "blocks.csv")
    assert [(r[0], r[8]) for r in done.beside.rows] == [("st:internacia-jef-ee-member-2014-09-04", "agrees")]
    assert statements(done.path) == {
        "st:internacia-aukus-nz-observer-2025-01-05": (
            "arr:aukus", "state:nzl", "role:observer", "2025-01-05", "2025-06", "code:low", "", "blocks.csv#row=3",
        )
    }  # fmt: skip


def test_blocks_that_are_none_of_ours_are_told_and_the_others_taken_when_asked(folder):
    with (folder / "blocks.csv").open("a") as file:
        file.write(
            "PIGS,Countries of an acronym,,PT,Portugal,country,member,,\nPIGS,Countries of an acronym,,IT,Italy,country,member,,\n"
        )
    errors = [(t.message, t.places) for t in bring(folder, "internacia", "blocks.csv").errors]
    words = "block 'Countries of an acronym': no arrangement here is linked to it or has this name"
    assert errors == [(words, ("blocks.csv:4", "blocks.csv:5"))]
    done = bring(folder, "internacia", "blocks.csv", leave_out=True)
    assert ([t.message for t in done.aside], done.statements) == ([words], 1)


C, A, B, Y = "cow-alliances", "atop-members", "internacia", "WIEMARTRIANGLE.yaml"
ROWS = {
    # what is found in rows: nothing is imported, each with its line
    "a month that is none": (C, T, "-9,6,1992,3,11,1998", "-9,16,1992,3,11,1998", "H080", 3, ""),
    "words for a number": (C, T, "9001,255,", "9001,GMY,", "H080", 3, "write it like 12"),
    "a date in one cell": (C, T, "-9,6,1992", "-9,6,1992-06-01", "H080", 3, ""),
    "a German date": (B, "blocks.csv", "2014-09-04", "04.09.2014", "H080", 2, ""),
    "an American date": (B, "blocks.csv", "2014-09-04", "9/4/2014", "H080", 2, ""),
    "a date without dashes": (B, "blocks.csv", "2014-09-04", "20140904", "H080", 2, ""),
    "a day that is none": (B, "blocks.csv", "2014-09-04", "2014-02-30", "E199", 2, "there is no such day"),
    "a day of June that is none": (C, T, "-9,6,1992,3", "31,6,1992,3", "E199", 3, "mem_st_year '1992-06-31': there is no such day"),
    "an end before the begin": (C, T, "3,11,1998", "3,11,1989", "E199", 3, "it ends before it begins, in 1992"),
    "two begins of one alliance": (C, T, '"Germany",1,3,1990', '"Germany",1,3,1991', "E199", 3, "another row of alliance 9001 says 1990"),
    "a key that stands twice": (C, T, '9001,235,"Portugal"', '9001,220,"Portugal"', "H082", 4, "220"),
    "a formula": (C, T, '"Germany"', '"=HYPERLINK(""http://e.org"")"', "H084", 3, "paste its value"),
    "an empty key": (A, "atop5_1m.csv", "9101,235,", ",235,", "H083", 3, "must have a value"),
    "a flag that is none": (A, "atop5_1m.csv", "0,1,1,1,0,0,0,1\n9101,235", "0,1,1,2,0,0,0,1\n9101,235", "H080", 2, ""),
    "a number of no state": (A, "atop5_1m.csv", "9101,235,", "9101,236,", "E199", 3, "member '236': no state here has this number"),
    "a mistyped state": (B, Y, "- id: PL", "- id: PLL", "E199", 10, "did you mean 'PL'"),
    "a mistyped status": (B, Y, "status: observer", "status: obsrver", "E199", 23, "did you mean 'observer'"),
    "a mistyped block": (B, "blocks.csv", "JEF,Joint Expeditionary Force", "J,Joint Expeditonary Force", "E199", 2, "did you mean 'Joint Expeditionary Force'"),
    "an organisation": (B, Y, "country\n  status: observer", "organization\n  status: observer", "E199", 23, "not mapped"),
    "a member twice": (B, Y, "- id: DE", "- id: PL", "H082", 19, "PL"),
    "a year before it began": (B, "blocks.csv", "2025-01-05", "1914", "C002", 3, "outside the life"),
}  # fmt: skip


@pytest.mark.parametrize("what", ROWS)
def test_a_wrong_row_is_told_and_nothing_is_taken(folder, what):
    mapping, name, right, wrong, code, line, words = ROWS[what]
    before = (folder / name).read_bytes()
    change(folder / name, right, wrong)
    options = {} if mapping == B else {"crosswalk": [folder / "states2016.csv"]}
    done = bring(folder, mapping, name, **options)
    assert [(t.code, f"{name}:{line}" in t.places) for t in done.errors] == [(code, True)], done.errors
    assert words in f"{done.errors[0].message} {done.errors[0].hint}"
    assert (done.path, (folder / "out").exists()) == (None, False)
    (folder / name).write_bytes(before)
    assert bring(folder, mapping, name, **options).statements > 0


DOCUMENTS = {
    # what cannot be read at all: an error with the line
    "a missing column": (C, T, "mem_st_year", "mem_start_year", "E195", f"{T}:1", "did you mean 'mem_start_year'"),
    "a column twice": (C, T, "state_name", "ccode", "E195", f"{T}:1", "twice"),
    "a row too short": (C, T, ",0,1,1,0,0,1,4.1\n9001,255", ",0,1,1\n9001,255", "E194", f"{T}:2", "is a separator"),
    "a cut row": (A, "atop5_1m.csv", "9102.1,255,1970,5,2,1972,5,2,1,1,1,0,0,1,0\n", "9102.1,255,19", "E194", "atop5_1m.csv:6", "the file cut"),
    "an open quotation mark": (C, T, '9002,235,"Portugal"', '9002,235,"Portugal', "E194", T, "is a quotation mark missing"),
    "a cut YAML": (B, Y, "  status: observer\n  joined: null\n", "  status: 'obs", "E194", Y, "is the file cut"),
    "no members": (B, Y, "includes:", "include:", "E195", f"{Y}:1", "did you mean 'include'"),
    "a member without id": (B, Y, "- id: PL", "- code: PL", "E195", f"{Y}:10", "the key id is missing"),
    "a reference": (B, Y, "- id: PL", "- id: &a PL\n- *a", "E194", f"{Y}:11", "not read"),
    "a tag": (B, Y, "- id: PL", "- id: !!python/object/apply:os.system ['x']", "E194", f"{Y}:10", "not read"),
    "a key twice": (B, Y, "  name: Poland", "  name: Poland\n  name: Pole", "E194", f"{Y}:12", "stands twice"),
}  # fmt: skip


@pytest.mark.parametrize("what", DOCUMENTS)
def test_a_document_that_cannot_be_read(folder, what):
    mapping, name, right, wrong, code, where, words = DOCUMENTS[what]
    change(folder / name, right, wrong)
    with pytest.raises(MinilatError) as caught:
        bring(folder, mapping, name)
    assert caught.value.code == code, caught.value
    assert caught.value.where.startswith(where)
    assert words in str(caught.value)
    assert not (folder / "out").exists()


def test_a_block_that_lists_nobody_is_told(folder):
    (folder / "EMPTY.yaml").write_text("id: EMPTY\nname: Nobody\n", encoding="utf-8")
    done = bring(folder, B, Y, "EMPTY.yaml")
    assert ([str(t) for t in done.aside], done.statements) == (["EMPTY.yaml: E199: has no rows"], 1)
    with pytest.raises(MinilatError, match="nothing to import") as caught:
        bring(folder, B, "EMPTY.yaml", name="y")
    assert caught.value.code == "E194"


def test_bombs_and_deep_nests_are_refused(folder):
    (folder / Y).write_text("a: " + "[" * 5000, encoding="utf-8")
    with pytest.raises(MinilatError) as caught:
        bring(folder, B, Y)
    assert caught.value.code == "E194"


def test_a_mark_of_byte_order_and_another_charset(folder):
    path = folder / T
    body = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + body)
    assert cow(folder).statements == 5
    path.write_bytes(body.replace(b"France", "Françe".encode("latin-1"), 1))
    with pytest.raises(MinilatError, match="is not UTF-8 text") as caught:
        cow(folder, name="y")
    assert (caught.value.code, caught.value.where) == ("E194", f"{T}:2")


def test_a_row_may_run_over_lines(folder):
    """Places are those of the document, also behind a cell with a line break."""
    change(folder / T, '9001,220,"France"', '9001,220,"Fra\nnce"')
    change(folder / T, "9001,255,", "9001,256,")
    assert [t.places for t in cow(folder).errors] == [(f"{T}:4",)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--as", "cow-aliances"), "did you mean 'cow-alliances'"),
        (("--as", "cow-alliances", "--indicator", "A.B", "--years", "2020"), "E190"),
        (("--crosswalk", "x.csv"), "E190"),
        (("--leave-out",), "E190"),
        (("--as", "worldbank"), "worldbank reads json"),
        (("--as", "internacia", "--name", "../x"), "E190"),
        (("--as", "internacia", "--retrieved", "yesterday"), "E020"),
    ],
)
def test_requests_that_are_wrong(run, folder, words, code):
    given = {"--into": folder / "out", "--name": "x", "--retrieved": "2026-11-24"}
    usual = [w for key, value in given.items() if key not in words for w in (key, value)]
    done = run("import", folder / "blocks.csv", *usual, *words)
    assert (done.code, done.out) == (2, "")
    assert code in done.err
    assert not (folder / "out").exists()


def test_a_mapping_of_ones_own(folder):
    own = folder / "mine"
    own.mkdir()
    shipped = imports.find("internacia").folder
    for part in ("csv-metadata.json", "map.rq", "refuse.rq"):
        (own / part).write_bytes((shipped / part).read_bytes())
    change(own / "map.rq", "mlo:confidence code:low", "mlo:confidence code:high")
    done = bring(folder, str(own), "blocks.csv")
    assert [s[5] for s in statements(done.path).values()] == ["code:high"]
    with (folder / "blocks.csv").open("a") as file:
        file.write("JEF,JEF,,XX,Nowhere,country,member,,\n")
    told = (own / "refuse.rq").read_text()
    for wrong, words in (
        (told.replace("SELECT ?row ?column", "SELECT ?row"), "does not give [?]column"),
        (
            told.replace("SELECT ?row ?column", "SELECT (<urn:x> AS ?row) ?column")
            .replace("?row row:", "?r row:")
            .replace("SELECT ?row ?block", "SELECT ?r ?block")
            .replace("BY ?row", "BY ?r")
            .replace("?row ?what", "?r ?what"),
            "no row",
        ),
    ):
        (own / "refuse.rq").write_text(wrong)
        with pytest.raises(MinilatError, match=words) as caught:
            bring(folder, str(own), "blocks.csv", name="bad")
        assert caught.value.code == "E198"
    content = json.loads((own / "csv-metadata.json").read_text())
    del content["dc:license"]
    (own / "csv-metadata.json").write_text(json.dumps(content))
    with pytest.raises(MinilatError, match="does not say its license"):
        imports.find(str(own))
    (own / "csv-metadata.json").write_text("{")
    with pytest.raises(MinilatError) as caught:
        imports.find(str(own))
    assert caught.value.code == "E198"
