"""The command line as a stranger meets it: exit codes, the two streams, every format, and every wrong request."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import socket
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-11-24"
COMMANDS = ("fit", "members", "groups", "show", "list", "queries", "query", "validate", "doctor")
MEMBERS = ["iso3", "iso2", "name", "role", "begin", "end", "confidence", "source"]

CHALLENGE = """\
@prefix mlo: <https://w3id.org/minilat/ontology#> .
@prefix cap: <https://w3id.org/minilat/id/capability/> .
@prefix challenge: <https://w3id.org/minilat/id/challenge/> .
@prefix code: <https://w3id.org/minilat/id/code/> .
@prefix region: <https://w3id.org/minilat/id/region/> .
@prefix src: <https://w3id.org/minilat/id/source/> .
@prefix state: <https://w3id.org/minilat/id/state/> .
@prefix threat: <https://w3id.org/minilat/id/threat/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

challenge:invented-lagoon a mlo:Challenge ;
    rdfs:label "An invented cut of cables"@en ;
    skos:notation "X01" ;
    skos:definition "A cable between invented ports is cut."@en ;
    mlo:threat threat:undersea-infrastructure-sabotage ;
    mlo:region region:north-sea ;
    mlo:affected state:nor, state:nld ;
    mlo:onTerritory false ;
    mlo:tempo code:hours ;
    mlo:requirement challenge:invented-lagoon-req-mda ;
    mlo:source src:stocktake-2026 ;
    mlo:recorded "2026-11-24"^^xsd:date .

challenge:invented-lagoon-req-mda a mlo:CapabilityRequirement ;
    mlo:capability cap:mda ;
    mlo:level 1 ;
    mlo:necessity code:must ;
    mlo:layer code:any .
"""

SHAPE = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:C901-named a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:C901-name .
ex:C901-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ;
    sh:severity sh:Warning ; sh:message "No name. Add ex:name." .
"""
NAMELESS = "@prefix ex: <http://example.org/> .\nex:a a ex:Thing .\n"
NAMED = '@prefix ex: <http://example.org/> .\nex:a a ex:Thing ; ex:name "a" .\n'


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def refused(ran, code, *words):
    """The request was wrong: exit 2, nothing on stdout, one message with the code, and these WORDS in it."""
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("minilat: ") == 1
    assert re.search(rf"minilat: (.*: )?{code}: ", ran.err), ran.err
    for word in words:
        assert word.lower() in ran.err.lower()


# Help, version and arguments


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run, command):
    ran = run(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"minilat {command}" in ran.out or f"cli {command}" in ran.out


def test_help_lists_every_command(run):
    ran = run("--help")
    assert ran.code == 0
    for command in COMMANDS:
        assert re.search(rf"^\W*{command}\b", ran.out, re.MULTILINE), command


def test_version_is_one_line(run):
    ran = run("--version")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"minilat \d+\.\d+\.\d+\n", ran.out)


@pytest.mark.parametrize(
    "words", [("nosuch",), ("members",), ("members", "jef", "--format", "xml"), ("members", "jef", "--nosuch")]
)
def test_wrong_arguments_exit_2_and_leave_stdout_empty(run, words):
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_our_own_fault_exits_3_without_a_traceback():
    code = (
        "import kg.cli, kg.graph\n"
        "def broken(*a, **k): raise ZeroDivisionError('invented')\n"
        "kg.graph.Graph.load = broken\n"
        "import sys; sys.argv = ['minilat', 'members', 'jef']; kg.cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (3, "")
    assert "our fault" in done.stderr
    assert "Traceback" not in done.stderr
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "MINILAT_DEBUG": "1"},
    )  # fmt: skip
    assert "Traceback" in shown.stderr


# Lists


def test_members_is_csv_when_piped(ask):
    ran = ask("members", "jef")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == ",".join(MEMBERS)
    assert {r["iso3"] for r in rows(ran.out)} >= {"GBR", "EST", "NOR"}


@pytest.mark.parametrize("name", ["D01", "Joint Expeditionary Force", "JEF", "arr:jef"])
def test_an_arrangement_has_many_names(ask, name):
    assert ask("members", name).out == ask("members", "jef").out


def test_members_of_another_day(run):
    then = rows(run("members", "jef", "--as-of", "2016-06-30").out)
    assert {"GBR", "EST"} <= {r["iso3"] for r in then}
    assert "FIN" not in {r["iso3"] for r in then}


def test_a_list_of_what_did_not_exist_yet_is_empty_and_says_so(run):
    ran = run("members", "nordic-warden", "--as-of", "2016-06-30")
    assert (ran.code, rows(ran.out)) == (0, [])
    assert "did not exist yet" in ran.err


def test_members_in_all_formats_says_the_same(ask):
    as_csv, as_json = rows(ask("members", "jef", "--format", "csv").out), ask("members", "jef", "--format", "json").out
    assert json.loads(as_json) == as_csv
    assert list(json.loads(as_json)[0]) == MEMBERS
    table = ask("members", "jef", "--format", "table").out
    assert all(r["iso3"] in table for r in as_csv)


def test_all_roles_are_at_least_the_core_ones(ask):
    core = {r["iso3"] for r in rows(ask("members", "osce").out)}
    everyone = {r["iso3"] for r in rows(ask("members", "osce", "--roles", "all").out)}
    assert core <= everyone


@pytest.mark.parametrize("name", ["EST", "EE", "Estonia", "estonia"])
def test_groups_of_a_state_by_any_of_its_names(ask, name):
    ran = ask("groups", name, "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 0
    assert {"nato", "jef"} <= {r["id"] for r in found}
    assert all(r["notation"] for r in found)


def test_groups_in_csv_and_table(ask):
    assert "jef" in {r["id"] for r in rows(ask("groups", "EST", "--format", "csv").out)}
    assert "jef" in ask("groups", "EST", "--format", "table").out


@pytest.mark.parametrize(
    "kind", ["arrangements", "challenges", "states", "threats", "capabilities", "regions", "sources", "roles"]
)
def test_every_kind_can_be_listed(ask, kind):
    ran = ask("list", kind, "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 0
    assert len(found) > 5
    assert len({r["id"] for r in found}) == len({(r["id"], r["name"]) for r in found})


def test_list_in_csv_and_table(ask):
    listed = rows(ask("list", "challenges").out)
    assert {"S01", "S17"} <= {r["notation"] for r in listed}
    assert "S01" in ask("list", "challenges", "--format", "table").out


def test_show_in_text_and_json(ask):
    text, found = ask("show", "jef").out, json.loads(ask("show", "jef", "--format", "json").out)
    assert text.startswith("Joint Expeditionary Force  [jef, D01]\n")
    assert (found["id"], found["notation"]) == ("jef", "D01")
    assert found["facts"]


def test_queries_in_all_formats(run):
    listed = rows(run("queries").out)
    assert json.loads(run("queries", "--format", "json").out) == listed
    assert "Q001" in run("queries", "--format", "table").out
    assert {"Q001", "F001"} <= {r["code"] for r in listed}
    assert len({r["code"] for r in listed}) == len(listed)


def test_doctor_in_all_formats(run):
    found = json.loads(run("doctor", "--format", "json").out)
    assert {r["part"] for r in found} >= {"minilat", "python", "pyoxigraph", "files", "cache"}
    assert rows(run("doctor", "--format", "csv").out) == found
    assert run("doctor", "--format", "table").code == 0


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("members", "jeff"), "E002", "'jef'"),
        (("members", "qqqqqqqq"), "E002", "minilat list arrangements"),
        (("groups", "Estonja"), "E003", "'estonia'"),
        (("groups", "''\"} #"), "E003", "hint: "),
        (("show", "nordik-warden"), "E009", "'nordic-warden'"),
        (("list", "dragons"), "E056", "arrangements"),
        (("members", "jef", "--roles", "observer"), "E055", "core or all"),
        (("fit", "S99"), "E001", "hint: "),
        (("fit", "Baltic undersea cable and pipeline cut"), "E001", "'baltic undersea cable and pipeline cuts'"),
        (("fit", "S01", "--hide", "nordik-warden"), "E002", "'nordic-warden'"),
        (("fit", "S01", "--prefer", "who"), "E081", "nato, eu, none"),
        (("fit",), "E021", "--challenge-file"),
        (("fit", "S01", "--challenge-file", "x.ttl"), "E021", "--challenge-file"),
        (("query", "memberz"), "E052", "'members'"),
        (("query", "qqqqqqqq"), "E052", "minilat queries"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_an_unknown_name_is_answered_with_the_closest(ask, words, code, hint):
    refused(ask(*words), code, hint)


@pytest.mark.parametrize("text", ["2026-11", "2026", "yesterday", "24.11.2026", "2026-02-30", "2026-1-1", ""])
@pytest.mark.parametrize("command", [("members", "jef"), ("fit", "S01")], ids=["members", "fit"])
def test_a_day_has_year_month_and_day(run, command, text):
    refused(run(*command, "--as-of", text), "E020", "--as-of", "for example")


def test_the_list_of_kinds_holds_words_only(ask):
    assert "capabilitys" not in ask("list", "dragons").err


@pytest.mark.parametrize(
    "words",
    [
        ("members", "jef"),
        ("groups", "EST"),
        pytest.param(("show", "jef")),
        ("fit", "S01"),
    ],
    ids=" ".join,
)
def test_a_kept_graph_is_not_built_again(ask, words, tmp_path):
    kept = {"MINILAT_CACHE": str(tmp_path / "cache")}
    assert "building the graph" in ask("members", "jef", env=kept).err
    assert "building the graph" not in ask(*words, env=kept).err


# Fit


def test_fit_json_keeps_the_contract(ask):
    ran = ask("fit", "S01", "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 0
    assert list(found)[:3] == ["challenge", "as_of", "known_as_of"]
    assert {"considered", "options", "proposals", "explanation", "weak_statements"} <= set(found)
    assert found["as_of"] == DAY
    assert found["considered"] == len(found["options"]) > 200
    wanted = {
        "id", "notation", "label", "verdict", "rank", "front", "reasons", "gaps", "criteria", "first_share",
        "rank_range", "would_change",
    }  # fmt: skip
    for option in found["options"]:
        assert wanted <= set(option), option["id"]
        assert option["verdict"] in ("full", "partial", "unknown", "ineligible")
        assert (option["rank"] is None) == (option["verdict"] in ("unknown", "ineligible"))
        assert all({"code", "text", "evidence"} <= set(r) for r in option["reasons"])
        assert option["reasons"], option["id"]
        for value in option["criteria"].values():
            assert {"value", "scale", "status", "evidence"} <= set(value)
            assert value["status"] in ("measured", "assumed", "unknown")
    ranks = [o["rank"] for o in found["options"] if o["rank"] is not None]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1


def test_fit_in_words(ask):
    assert "Baltic undersea cable" in ask("fit", "S01").out
    assert ask("fit", "S01", "--format", "md").out.startswith("# ")
    page = ask("fit", "S01", "--format", "html").out
    assert page.startswith("<!doctype html>")
    assert "<script" not in page


def test_fit_says_the_same_twice(ask):
    assert ask("fit", "S16", "--format", "json").out == ask("fit", "S16", "--format", "json").out


def test_doctor_names_a_library_that_is_absent(monkeypatch, capsys):
    from importlib import metadata

    from kg.commands import check
    from kg.options import ListFormat

    known = metadata.version

    def version(name):
        if name == "shacl":
            raise metadata.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr(metadata, "version", version)
    check.doctor(form=ListFormat.json)
    found = {r["part"]: r for r in json.loads(capsys.readouterr().out)}
    assert found["shacl"]["found"] == "absent"


@pytest.fixture(scope="module")
def uncached(ask, tmp_path_factory):
    """An answer without the cache, and the folder where the cache would have been."""
    place = tmp_path_factory.mktemp("uncached") / "cache"
    return ask("fit", "S16", "--format", "json", "--no-cache", env={"MINILAT_CACHE": str(place)}), place


def test_fit_says_the_same_without_the_cache(ask, uncached):
    assert uncached[0].out == ask("fit", "S16", "--format", "json").out


def test_without_the_cache_the_verdicts_are_the_same(ask, uncached):
    def verdicts(ran):
        return [(o["id"], o["verdict"], o["rank"], o["gaps"]) for o in json.loads(ran.out)["options"]]

    assert verdicts(uncached[0]) == verdicts(ask("fit", "S16", "--format", "json"))


def test_without_the_cache_nothing_is_kept(uncached):
    assert uncached[0].code == 0
    assert not uncached[1].exists()


def test_hidden_arrangements_are_no_options(ask):
    whole = json.loads(ask("fit", "S01", "--format", "json").out)["options"]
    left = json.loads(ask("fit", "S01", "--format", "json", "--hide", "JEF, D02").out)["options"]
    gone = {(o["id"], o["notation"]) for o in whole} - {(o["id"], o["notation"]) for o in left}
    assert ("jef", "D01") in gone
    assert {notation for _, notation in gone} == {"D01", "D02"}


# A challenge of one's own


def test_a_challenge_of_ones_own_is_answered(ask, tmp_path):
    path = tmp_path / "my challenge.ttl"
    path.write_text(CHALLENGE, encoding="utf-8")
    ran = ask("fit", "--challenge-file", path, "--format", "json", timeout=400)
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["challenge"] == {"id": "invented-lagoon", "notation": "X01", "label": "An invented cut of cables"}
    assert found["options"][0]["rank"] == 1


def test_a_challenge_that_breaks_the_shapes_is_refused(ask, tmp_path):
    path = tmp_path / "no-threat.ttl"
    path.write_text(re.sub(r"\n    mlo:threat [^;]*;", "", CHALLENGE), encoding="utf-8")
    refused(ask("fit", "--challenge-file", path, timeout=400), "E083", "C019", "mlo:threat", "minilat validate")


@pytest.mark.parametrize(
    ("name", "text", "code", "words"),
    [
        ("broken.ttl", CHALLENGE.replace("mlo:tempo code:hours ;", "mlo:tempo code:hours code:days ;"), "E031", ":21:"),
        ("none.ttl", NAMED, "E082", "0 challenges"),
        ("empty.ttl", "", "E082", "0 challenges"),
        ("two.ttl", CHALLENGE + CHALLENGE.replace("invented-lagoon", "other"), "E082", "2 challenges"),
        ("challenge.txt", CHALLENGE, "E032", ".ttl"),
        ("latin.ttl", CHALLENGE.replace("An invented", "Ein erfundenér").encode("latin-1"), "E031", "latin.ttl"),
    ],
    ids=["broken", "none", "empty", "two", "type", "encoding"],
)
def test_a_wrong_challenge_file_is_refused(ask, tmp_path, name, text, code, words):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(ask("fit", "--challenge-file", path), code, words)


def test_broken_turtle_is_shown_with_line_and_caret(ask, tmp_path):
    path = tmp_path / "broken.ttl"
    path.write_text(CHALLENGE.replace("mlo:tempo code:hours ;", "mlo:tempo code:hours code:days ;"), encoding="utf-8")
    err = ask("fit", "--challenge-file", path).err.splitlines()
    at = next(i for i, line in enumerate(err) if line.startswith("  21 | "))
    assert "mlo:tempo code:hours code:days ;" in err[at]
    caret = err[at + 1].index("^")
    assert err[at][caret:].lstrip().startswith(("code:days", ";", ":days")), err[at][caret:]


def test_a_missing_challenge_file_is_refused(ask, tmp_path):
    refused(ask("fit", "--challenge-file", tmp_path / "nosuch.ttl"), "E030", "nosuch.ttl")


# The cache


def test_a_cache_under_a_file_is_refused(ask, tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    refused(ask("members", "jef", env={"MINILAT_CACHE": str(file / "below")}), "E070", "hint: set MINILAT_CACHE")
    assert file.read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_cannot_be_written_is_refused(ask, tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        refused(ask("members", "jef", env={"MINILAT_CACHE": str(tmp_path)}), "E070", "hint: set MINILAT_CACHE")
        assert list(tmp_path.iterdir()) == []
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_doctor_sees_a_cache_that_is_a_file(run, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    found = json.loads(run("doctor", "--format", "json", env={"MINILAT_CACHE": str(file / "below")}).out)
    assert next(r for r in found if r["part"] == "cache")["state"] != "ok"


def test_two_processes_may_build_at_once(ask, tmp_path):
    setting = {"MINILAT_CACHE": str(tmp_path / "cache")}
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: ask("members", "jef", env=setting), range(2)))
    assert [r.code for r in both] == [0, 0]
    assert both[0].out == both[1].out
    kept = list((tmp_path / "cache").iterdir())
    assert len(kept) == 1, kept
    assert not kept[0].name.startswith(".")


# Queries


SELECT = "SELECT ?x ?n WHERE { VALUES ?x { arr:jef } ?x skos:notation ?n }"
ASK = "ASK { arr:jef skos:notation 'D01' }"
CONSTRUCT = "CONSTRUCT { ?x skos:notation ?n } WHERE { VALUES ?x { arr:jef } ?x skos:notation ?n }"
DESCRIBE = "DESCRIBE arr:jef"


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "xml"])
def test_select_in_every_format_for_rows(ask, form):
    ran = ask("query", "-", "--format", form, stdin=SELECT)
    assert (ran.code, ran.err) == (0, "")
    assert "D01" in ran.out
    if form == "json":
        found = json.loads(ran.out)["results"]["bindings"][0]
        assert found["x"] == {"type": "uri", "value": "https://w3id.org/minilat/id/arrangement/jef"}


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "xml"])
def test_ask_in_every_format_for_rows(ask, form):
    ran = ask("query", "-", "--format", form, stdin=ASK)
    assert (ran.code, ran.err) == (0, "")
    assert "true" in ran.out


@pytest.mark.parametrize("text", [CONSTRUCT, DESCRIBE], ids=["construct", "describe"])
@pytest.mark.parametrize("form", ["ttl", "nt", "jsonld"])
def test_graphs_in_every_format_for_graphs(ask, text, form):
    ran = ask("query", "-", "--format", form, stdin=text)
    assert (ran.code, ran.err) == (0, "")
    assert "D01" in ran.out
    if form == "jsonld":
        json.loads(ran.out)


@pytest.mark.parametrize(
    ("text", "form", "offered"),
    [(SELECT, "ttl", "csv"), (ASK, "nt", "csv"), (CONSTRUCT, "csv", "ttl"), (DESCRIBE, "json", "ttl")],
    ids=["select", "ask", "construct", "describe"],
)
def test_a_format_that_does_not_suit_names_those_that_do(ask, text, form, offered):
    refused(ask("query", "-", "--format", form, stdin=text), "E043", offered)


def test_a_query_chooses_its_format_when_piped(ask):
    assert ask("query", "-", stdin=SELECT).out.startswith("x,n")
    assert "@prefix" in ask("query", "-", stdin=CONSTRUCT).out


def test_a_query_comes_from_a_file_or_by_name(ask, tmp_path):
    path = tmp_path / "my query.rq"
    path.write_text(SELECT, encoding="utf-8")
    assert ask("query", path).out == ask("query", "-", stdin=SELECT).out
    named = ask("query", "members", "--param", "arrangement=D01", "--param", "roles=all")
    assert named.code == 0
    assert named.out == ask("query", "q001", "--param", "arrangement=jef", "--param", "roles=all").out


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("Q001", "--param", "arangement=jef"), "E050", "it takes arrangement (arrangement, else jef), roles"),
        (("Q001", "--param", "arrangement"), "E022", "name=value"),
        (("Q001", "--param", "arrangement=jeff"), "E002", "'jef'"),
        (("Q003", "--param", "thing=nosuch:thing"), "E010", "nosuch"),
        (("Q003", "--param", "thing=http://example.org/a b"), "E011", "not an IRI"),
        (("F001", "--param", "challenge=S01"), "E050", "no parameter 'challenge'"),
        (("F011", "--param", "challenge=S99"), "E001", "hint: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_wrong_parameter_says_what_is_taken(ask, words, code, hint):
    refused(ask("query", *words), code, hint)


def test_a_query_of_ones_own_takes_no_parameters(ask):
    refused(ask("query", "-", "--param", "a=b", stdin=SELECT), "E050", "takes no parameters")


@pytest.mark.parametrize("value", ['"', '" } #', "'} UNION { ?thing ?p ?o", "a\nb", "\\"])
def test_a_hostile_text_is_only_a_text(ask, value):
    ran = ask("query", "Q004", "--param", f"kind={value}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == ["notation,id,name,type,begin,end,confidence"]


@pytest.mark.parametrize("value", ['"', "jef } #", "jef\n} UNION { ?a ?b ?c"])
def test_a_hostile_name_is_only_a_name(ask, value):
    refused(ask("query", "Q001", "--param", f"arrangement={value}"), "E002")
    refused(ask("query", "Q003", "--param", f"thing=arr:{value}"), "E011")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { arr:x a mlo:Arrangement }",
        "insert data { arr:x a mlo:Arrangement }",
        "PREFIX ex: <http://example.org/> INSERT DATA { ex:x a mlo:Arrangement }",
        "# a comment\nINSERT DATA { arr:x a mlo:Arrangement }",
        "# one\n# two\nprefix a: <http://a/>\n# three\nPREFIX b: <http://b/>\n delete where { ?s ?p ?o }",
        "WITH graph:inferred DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DROP ALL",
        "LOAD <http://127.0.0.1:9/x.ttl>",
    ],
)
def test_updates_are_refused(ask, text):
    refused(ask("query", "-", stdin=text), "E045", "read only")


@pytest.mark.parametrize(
    ("text", "line", "shown"),
    [
        ("SELECT * WHERE { ?s ?p ", 1, "?p"),
        ("SELECT ?x\nWHERE {\n  ?x a mlo:State\n  FILTR(?x)\n}", 4, "FILTR"),
        ("SELECT * WHERE { ?s foo:bar ?o }", 1, "foo:bar"),
        ("", 1, ""),
    ],
    ids=["unfinished", "misspelt", "prefix", "empty"],
)
def test_a_syntax_error_is_shown_with_line_and_caret(ask, text, line, shown):
    ran = ask("query", "-", stdin=text)
    refused(ran, "E040", f"query:{line}:")
    if text:
        assert f"  {line} | " in ran.err
        assert shown in ran.err
        assert re.search(r"^ +\| +\^$", ran.err, re.MULTILINE)


def test_an_answer_that_is_too_long_is_not_cut_silently(ask):
    every = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    refused(ask("query", "-", "--max-rows", "5", stdin=every), "E044", "--max-rows")
    exact = ask("query", "-", "--max-rows", "5", stdin=every + " LIMIT 5")
    assert (exact.code, len(exact.out.splitlines()), exact.err) == (0, 6, "")
    table = ask("query", "-", "--max-rows", "5", "--format", "table", stdin=every)
    assert "only the first 5 rows" in table.err
    graph = ask("query", "-", "--max-rows", "5", "--format", "nt", stdin="CONSTRUCT WHERE { ?s ?p ?o }")
    assert len(graph.out.splitlines()) == 5
    assert "only the first 5 triples" in graph.err


HEAVY = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = 'nothing') }"


def test_a_query_that_runs_too_long_is_given_up(ask):
    begin = time.monotonic()
    refused(ask("query", "-", "--timeout", "0.2", stdin=f"SELECT * WHERE {HEAVY}"), "E042", "--timeout")
    assert time.monotonic() - begin < 10


def test_a_count_that_runs_too_long_is_given_up(ask):
    text = f"SELECT (COUNT(*) AS ?n) WHERE {HEAVY}"
    refused(ask("query", "-", "--timeout", "0.2", stdin=text, timeout=5), "E042", "--timeout")


@pytest.fixture
def listener():
    """A port that counts who connects, and answers nothing."""
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        open_ = threading.Event()
        open_.set()

        def accept():
            while open_.is_set():
                try:
                    peer, _ = server.accept()
                except TimeoutError:
                    continue
                seen.append(peer.recv(200))
                peer.close()

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1], seen
        open_.clear()
        thread.join()


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_a_strangers_query_makes_no_outbound_call(ask, listener, silent):
    port, seen = listener
    ask("query", "-", stdin=f"SELECT * WHERE {{ SERVICE {silent}<http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}")
    assert seen == []


def test_a_service_that_cannot_be_reached_is_a_wrong_request(ask):
    ran = ask("query", "-", stdin="SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert (ran.code, ran.out) == (2, "")
    assert re.search(r"E0\d\d: ", ran.err)


def test_a_query_needs_no_blanks(ask):
    assert ask("query", "-", stdin="ASK{?s?p?o}").out == "true\n"


def test_a_long_query_as_argument_is_a_wrong_request(ask):
    refused(ask("query", "SELECT * WHERE { ?s ?p ?o } #" + "x" * 400), "E052")


def test_a_parameter_that_is_not_utf_8_is_a_wrong_request(ask):
    assert ask("query", "Q004", "--param", os.fsdecode(b"kind=\xff")).code == 2


def test_a_query_file_that_is_not_utf_8_is_a_wrong_request(ask, tmp_path):
    path = tmp_path / "latin.rq"
    path.write_bytes(b'ASK { ?s ?p "\xff" }')
    refused(ask("query", path), "E030", "UTF-8")
    assert ask("query", "-", stdin=path.read_bytes()).code == 2


# Validation, with shapes and data of one's own


@pytest.fixture
def own(tmp_path):
    for name, text in (("shape.ttl", SHAPE), ("nameless.ttl", NAMELESS), ("named.ttl", NAMED), ("broken.ttl", "x y z")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_validate_finds_nothing_and_exits_0(run, own):
    ran = run("validate", own / "named.ttl", "--shapes", own / "shape.ttl")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("0 errors, 0 warnings, 0 info in 1 file")


@pytest.mark.parametrize(("limit", "code"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)])
def test_the_limit_decides_whether_a_warning_fails(run, own, limit, code):
    ran = run("validate", own / "nameless.ttl", "--shapes", own / "shape.ttl", "--fail-on", limit)
    assert ran.code == code
    assert "warning C901" in ran.out


def test_validate_in_json(run, own):
    ran = run("validate", own / "nameless.ttl", "--shapes", own / "shape.ttl", "--format", "json")
    found = json.loads(ran.out)
    assert (found["error"], found["warning"], found["info"]) == (0, 1, 0)
    assert found["findings"][0]["code"] == "C901"
    assert found["findings"][0]["file"].endswith("nameless.ttl")


def test_both_engines_report_the_same(run, own):
    words = ("validate", own / "nameless.ttl", "--shapes", own / "shape.ttl", "--format", "json", "--engine")
    assert json.loads(run(*words, "rust").out) == json.loads(run(*words, "pyshacl").out)


@pytest.mark.parametrize(
    ("data", "shapes", "code"),
    [
        ("nosuch.ttl", "shape.ttl", "E030"),
        ("empty", "shape.ttl", "E034"),
        ("named.ttl", "broken.ttl", "E031"),
        ("named.ttl", "nosuch.ttl", "E030"),
    ],
)
def test_what_cannot_be_read_exits_2_and_not_1(run, own, data, shapes, code):
    refused(run("validate", own / data, "--shapes", own / shapes), code)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_broken_document_exits_2_and_is_in_the_report(run, own, form):
    ran = run("validate", own / "broken.ttl", own / "nameless.ttl", "--shapes", own / "shape.ttl", "--format", form)
    assert ran.code == 2
    assert re.search(r"^minilat: \S*broken.ttl:1:1: E031: ", ran.err, re.MULTILINE)
    assert "E031" in ran.out
    assert "C901" not in ran.out
    if form == "json":
        assert [f["code"] for f in json.loads(ran.out)["findings"]] == ["E031"]


def test_validate_reads_standard_input_and_patterns(run, own):
    shape = ("--shapes", own / "shape.ttl", "--fail-on", "warning")
    assert run("validate", "-", *shape, stdin=NAMELESS).code == 1
    assert run("validate", "-", *shape, stdin=NAMED).code == 0
    assert run("validate", "name*ss.ttl", *shape, cwd=own).code == 1
    assert run("validate", "named.t*", *shape, cwd=own).code == 0
    refused(run("validate", "-", "--input-format", "turtl", *shape, stdin=NAMED), "E032", "turtle")


def _validate(run, folder, data, shapes, *words):
    (folder / "data.ttl").write_text(data, encoding="utf-8")
    (folder / "shapes.ttl").write_text(shapes, encoding="utf-8")
    return run("validate", folder / "data.ttl", "--shapes", folder / "shapes.ttl", "--fail-on", "info", *words)


def test_a_finding_about_a_blank_node_is_reported(run, tmp_path):
    assert _validate(run, tmp_path, NAMELESS.replace("ex:a a", "[] a"), SHAPE).code == 1


def test_a_finding_about_a_subject_without_a_type_is_reported(run, tmp_path):
    shapes = SHAPE.replace("sh:targetClass ex:Thing", "sh:targetSubjectsOf ex:age")
    assert _validate(run, tmp_path, "@prefix ex: <http://example.org/> .\nex:a ex:age 1 .\n", shapes).code == 1


NEVER = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://example.org/> .
ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:C902-never-query sh:message "Never." ; sh:prefixes ex:prefixes ;
    sh:select "SELECT $this WHERE { $this <http://example.org/name> ?value }" .
"""


@pytest.mark.parametrize("target", ["sh:targetClass ex:Thing", "sh:targetNode ex:a", "sh:targetSubjectsOf ex:name"])
def test_a_sparql_constraint_runs_whatever_its_target(run, tmp_path, target):
    shapes = f"{NEVER} ex:C902-never a sh:NodeShape ; {target} ; sh:sparql ex:C902-never-query ."
    ran = _validate(run, tmp_path, NAMED, shapes)
    assert ran.code == 1
    assert "C902" in ran.out


def test_a_sparql_constraint_of_a_class_runs(run, tmp_path):
    shapes = NEVER + "ex:Thing a sh:NodeShape , rdfs:Class ; sh:sparql ex:C902-never-query ."
    assert _validate(run, tmp_path, NAMED, shapes).code == 1


def test_a_sparql_constraint_of_a_property_runs(run, tmp_path):
    shapes = NEVER + (
        "ex:C902-never a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:C902-part ."
        "ex:C902-part a sh:PropertyShape ; sh:path ex:name ; sh:sparql ex:C902-never-query ."
    )
    assert _validate(run, tmp_path, NAMED, shapes).code == 1


def test_a_sparql_constraint_without_where_keeps_to_its_target(run, tmp_path):
    shapes = NEVER.replace("$this WHERE {", "$this {") + (
        "ex:C902-never a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql ex:C902-never-query ."
    )
    data = NAMED + 'ex:b a ex:Other ; ex:name "b" .\n'
    found = json.loads(_validate(run, tmp_path, data, shapes, "--format", "json").out)["findings"]
    assert [f["focus"] for f in found] == ["http://example.org/a"]


def test_a_sparql_constraint_knows_the_prefixes_of_its_shapes(run, tmp_path):
    shapes = NEVER.replace("<http://example.org/name> ?value", "ex:name ?value") + (
        "ex:C902-never a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql ex:C902-never-query ."
    )
    assert _validate(run, tmp_path, NAMED, shapes).code == 1


def test_a_finding_names_the_file_it_is_in(run, tmp_path):
    (tmp_path / "shape.ttl").write_text(SHAPE, encoding="utf-8")
    (tmp_path / "a b.ttl").write_text(NAMELESS, encoding="utf-8")
    (tmp_path / "a-b.ttl").write_text(NAMELESS.replace("ex:a", "ex:b"), encoding="utf-8")
    words = ("--shapes", tmp_path / "shape.ttl", "--format", "json")
    found = json.loads(run("validate", tmp_path / "a b.ttl", tmp_path / "a-b.ttl", *words).out)
    places = {f["focus"]: Path(f["file"]).name for f in found["findings"]}
    assert places == {"http://example.org/a": "a b.ttl", "http://example.org/b": "a-b.ttl"}


def test_a_misspelt_shacl_term_is_refused(run, tmp_path):
    ran = _validate(run, tmp_path, NAMELESS, SHAPE.replace("sh:minCount", "sh:minCuont"))
    refused(ran, "E092", "sh:minCuont", "did you mean 'minCount'")


# The streams


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    "words", ["list arrangements", "fit S01 --format json", "query -", "show jef"], ids=["list", "fit", "query", "show"]
)
def test_a_reader_that_leaves_early_is_no_error(cache, words):
    command = f"'{sys.executable}' -m kg.cli {words} --as-of {DAY} | head -n 1"
    done = subprocess.run(
        ["sh", "-c", command], input="SELECT * WHERE { ?s ?p ?o } LIMIT 50000", capture_output=True, text=True,
        env={**os.environ, "MINILAT_CACHE": str(cache)}, cwd=ROOT, check=False, timeout=120,
    )  # fmt: skip
    quiet = re.sub(r"^(building|judging) .*\n", "", done.stderr, flags=re.MULTILINE)
    assert (len(done.stdout.splitlines()), quiet) == (1, "")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_narrow_encoding_of_the_stream_is_no_error(ask, encoding):
    ran = ask("members", "jef", "--format", "table", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding})
    assert ran.code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_leaves_no_traceback(cache):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kg.cli", "members", "jef", "--as-of", DAY], stdout=full, stderr=subprocess.PIPE,
            text=True, env={**os.environ, "MINILAT_CACHE": str(cache)}, cwd=ROOT, check=False,
        )  # fmt: skip
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
