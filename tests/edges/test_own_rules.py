"""Rules of a user, from the command line: what they add, what they may not do, and that nothing else changes."""

import csv
import io
import json
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = "https://example.org/own#"
PREFIX = f"PREFIX own: <{OWN}>\n"

THREE = """\
# id: R900
# title: A format in which all three Baltic states take part
# why: they are asked together
PREFIX own: <https://example.org/own#>
CONSTRUCT { ?format a own:BalticFormat }
WHERE {
  state:est mlo:coreParticipantOf ?format .
  state:lva mlo:coreParticipantOf ?format .
  state:ltu mlo:coreParticipantOf ?format .
}
"""
MEND = """\
# id: R901
# title: Who watches the sea can look at its bed
# why: an assumption to be tried
CONSTRUCT {
  ?finding a mlo:CommittedOffer ; mlo:offeredBy ?option ; mlo:capability cap:seabed ; mlo:level 1 ;
           mlo:basedOn ?seen ; mlo:byRule rule:R901
}
WHERE {
  ?seen a mlo:CommittedOffer ; mlo:offeredBy ?option ; mlo:capability cap:mda ; mlo:byRule rule:R020 .
  BIND(STRAFTER(STR(?option), "/arrangement/") AS ?name)
  BIND(IRI(CONCAT("https://w3id.org/minilat/id/finding/", ?name, "-seabed-r901")) AS ?finding)
}
"""
NOT_ALL = """\
# id: R902
# title: One Baltic state is in, not all three
# why: somebody is missing
PREFIX own: <https://example.org/own#>
CONSTRUCT { ?format own:lacksOneOf own:baltic }
WHERE {
  VALUES ?state { state:est state:lva state:ltu }
  ?state mlo:coreParticipantOf ?format .
  FILTER NOT EXISTS { ?format a own:BalticFormat }
}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    for name, text in (("R900-three", THREE), ("R901-mend", MEND), ("R902-lacks", NOT_ALL)):
        (folder / f"{name}.rq").write_text(text, encoding="utf-8")
    return folder


def rows(text):
    return [r["f"] for r in csv.DictReader(io.StringIO(text))]


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below FOLDER with its size and the time it was written."""
    return {
        str(p.relative_to(folder)): (p.stat().st_size, p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()
    }


# ---------------------------------------------------------------- what they add


def test_what_a_rule_concludes_can_be_asked_for_with_it_and_not_without(ask, rules, cache):
    query = f"{PREFIX}SELECT ?f WHERE {{ ?f a own:BalticFormat }} ORDER BY ?f"
    core = """SELECT ?f WHERE { state:est mlo:coreParticipantOf ?f . state:lva mlo:coreParticipantOf ?f .
      state:ltu mlo:coreParticipantOf ?f } ORDER BY ?f"""
    plain = ask("query", "-", stdin=query)
    assert (plain.code, rows(plain.out)) == (0, [])
    kept = state_of(cache)
    found = ask("query", "-", "--rules", rules, stdin=query)
    assert found.code == 0
    assert rows(found.out) == rows(ask("query", "-", stdin=core).out)
    assert "https://w3id.org/minilat/id/arrangement/jef" in rows(found.out)
    now = state_of(cache)
    assert {k: v for k, v in now.items() if k in kept} == kept, "the graph without these rules was touched"
    built = set(Path(cache).iterdir())
    assert ask("query", "-", "--rules", rules, stdin=query).out == found.out
    assert set(Path(cache).iterdir()) == built, "the same rules are the same graph"
    assert rows(ask("query", "-", stdin=query).out) == []


def test_a_rule_may_deny_what_another_concludes(ask, rules):
    query = f"{PREFIX}SELECT ?f WHERE {{ ?f own:lacksOneOf own:baltic }} ORDER BY ?f"
    counted = """SELECT ?f WHERE { VALUES ?s { state:est state:lva state:ltu } ?s mlo:coreParticipantOf ?f }
      GROUP BY ?f HAVING (COUNT(?s) < 3) ORDER BY ?f"""
    expected = rows(ask("query", "-", stdin=counted).out)
    assert len(expected) > 3
    assert rows(ask("query", "-", "--rules", rules, stdin=query).out) == expected


def test_what_a_rule_yields_is_inferred_and_stands_nowhere_else(ask, rules):
    query = f"{PREFIX}SELECT DISTINCT ?f WHERE {{ GRAPH ?f {{ ?x a own:BalticFormat }} }}"
    found = ask("query", "-", "--rules", rules, stdin=query)
    assert rows(found.out) == ["https://w3id.org/minilat/graph/inferred"]


def test_fit_judges_by_it(ask, rules):
    def option(*words):
        found = json.loads(ask("fit", "S01", "--format", "json", *words).out)
        return next(o for o in found["options"] if o["id"] == "sucbas")

    before, after = option(), option("--rules", rules)
    assert (before["verdict"], before["gaps"]) == ("partial", ["SEABED"])
    assert (after["verdict"], after["gaps"]) == ("full", [])


def test_show_lists_it(ask, rules):
    line = f"{'':29}{OWN}BalticFormat\n"
    assert line in ask("show", "jef", "--rules", rules).out
    assert line not in ask("show", "jef").out


def test_why_names_the_rule(ask, rules):
    found = ask("why", f"arr:jef a <{OWN}BalticFormat>", "--rules", rules, "--depth", "1")
    role = "← R010 Who takes part in an arrangement with a core role on the day  (high confidence)"
    assert (found.code, found.out) == (
        0,
        f"""\
Joint Expeditionary Force is a <{OWN}BalticFormat>  ← R900 A format in which all three Baltic states take part  (high confidence)
├─ Estonia – core participant of – Joint Expeditionary Force  {role}
├─ Latvia – core participant of – Joint Expeditionary Force  {role}
└─ Lithuania – core participant of – Joint Expeditionary Force  {role}
""",
    )
    without = ask("why", f"arr:jef a <{OWN}BalticFormat>")
    assert (without.code, without.out) == (2, "")
    assert f"minilat: E113: the graph does not say: arr:jef rdf:type <{OWN}BalticFormat>\n" in without.err


def test_why_not_knows_the_rule(ask, rules):
    found = ask("why-not", f"arr:nordefco a <{OWN}BalticFormat>", "--rules", rules, "--format", "json")
    assert found.code == 0
    answer = json.loads(found.out)
    assert [n["rule"]["code"] for n in answer["near"]] == ["R900"]
    assert answer["counterfactual"]["size"] == 3
    told = [c["text"].split(", role")[0] for c in answer["counterfactual"]["changes"]]
    assert told == [
        f"a new statement: a participation, participant {name}, arrangement Nordic Defence Cooperation"
        for name in ("Estonia", "Latvia", "Lithuania")
    ]
    without = ask("why-not", f"arr:nordefco a <{OWN}BalticFormat>")
    assert (without.code, without.out) == (2, "")
    assert "E117" in without.err


def test_diff_says_what_it_would_conclude(ask, rules):
    found = ask("diff", "remove EST from jef", "--challenge", "none", "--rules", rules, "--format", "json")
    assert found.code == 0
    left = 'st:jef-est-participant mlo:inForceOn "2026-11-24"^^xsd:date'
    assert json.loads(found.out)["own"] == [
        {
            "change": "lost", "subject": "Joint Expeditionary Force", "property": "is a",
            "object": f"<{OWN}BalticFormat>", "rule": "R900", "because": [left],
        },
        {
            "change": "gained", "subject": "Joint Expeditionary Force", "property": f"<{OWN}lacksOneOf>",
            "object": f"<{OWN}baltic>", "rule": "R902", "because": [f"arr:jef <{OWN}lacksOneOf> <{OWN}baltic>"],
        },
    ]  # fmt: skip


def test_a_scenario_is_judged_by_it(ask, rules):
    scenario = "; ".join(f"add {s} to nordefco as member" for s in ("EST", "LVA", "LTU"))
    words = (f"arr:nordefco a <{OWN}BalticFormat>", "--what-if", scenario, "--format", "json")
    found = ask("why", *words, "--rules", rules)
    assert found.code == 0
    assert json.loads(found.out)["rule"]["code"] == "R900"
    assert ask("why", *words).code == 2


def test_a_rule_that_changed_is_another_graph(ask, tmp_path):
    path = tmp_path / "R900-three.rq"
    query = f"{PREFIX}SELECT (COUNT(?x) AS ?f) WHERE {{ ?x a own:BalticFormat }}"
    counts = []
    for state in ("state:ltu", "state:usa"):
        path.write_text(THREE.replace("state:ltu", state), encoding="utf-8")
        counts += rows(ask("query", "-", "--rules", tmp_path, stdin=query).out)
    assert counts[0] != counts[1]


# ---------------------------------------------------------------- what they may not do

HEAD = "# id: R903\n# title: made up\n"
BAD = {
    "syntax": ("CONSTRUCT { ?x mlo:p ?y }\nWHERE { ?x mlo:q ?y ; ; ", ":4: E111: the text ends too early\n"),
    "no such function": (
        "CONSTRUCT { ?x mlo:p 1 }\nWHERE { ?x mlo:q ?y\n  FILTER(NOSUCH(?y)) }",
        ":5:23: E111: the query cannot be read from here on\n  5 |   FILTER(NOSUCH(?y)) }\n    |                       ^\n",
    ),
    "not a construct": ("SELECT ?x\nWHERE { ?x mlo:q ?y }", ":3: E111: expected 'CONSTRUCT', found 'SELECT'\n"),
    "an update": (
        "INSERT { GRAPH graph:data { ?x mlo:p 1 } } WHERE { ?x mlo:q ?y }",
        ":3: E111: expected 'CONSTRUCT', found 'INSERT'\n",
    ),
    "an update behind it": (
        "CONSTRUCT { ?x mlo:p 1 } WHERE { ?x mlo:q ?y } ;\nDELETE WHERE { ?x mlo:q ?y }",
        ":3: E111: nothing may follow the pattern of a rule: no LIMIT, no ORDER BY\n",
    ),
    "another graph": (
        "CONSTRUCT { GRAPH graph:data { ?x mlo:p 1 } }\nWHERE { ?x mlo:q ?y }",
        ":3: E111: expected a term, found 'GRAPH'\n",
    ),
    "a file": (
        "CONSTRUCT { ?x mlo:p 1 }\nFROM <file:///etc/passwd>\nWHERE { ?x mlo:q ?y }",
        ":4: E111: FROM is not allowed: a rule reads the graph it is run on\n",
    ),
    "a call": (
        "CONSTRUCT { ?x mlo:p 1 }\nWHERE { SERVICE <http://127.0.0.1:9/> { ?x mlo:q ?y } }",
        ":4: E046: SERVICE is refused: a rule makes no outbound call\n  hint: bring the data in as a file instead\n",
    ),
    "a free variable": (
        "CONSTRUCT {\n  ?x mlo:p ?z }\nWHERE { ?x mlo:q ?y FILTER NOT EXISTS { ?x mlo:r ?z } }",
        ":4: E118: ?z in the head is never bound by the body\n"
        "  hint: what stands only in NOT EXISTS, MINUS or FILTER binds nothing\n",
    ),
    "chance": (
        "CONSTRUCT { ?x mlo:p ?y }\nWHERE { ?x mlo:q 1 # RAND()\n  BIND(STRUUID() AS ?y) }",
        ":5: E125: STRUUID gives something else at every run\n"
        "  hint: make a name out of what the rule reads: BIND(IRI(CONCAT(…)) AS ?x)\n",
    ),
    "a blank node": (
        "CONSTRUCT { [] mlo:p ?x }\nWHERE { ?x mlo:q 1 }",
        ":3: E125: a blank node in the head is another one at every run\n"
        "  hint: make a name out of what the rule reads: BIND(IRI(CONCAT(…)) AS ?x)\n",
    ),
    "a circle": (
        "CONSTRUCT { ?x a mlo:MinilateralFormat }\nWHERE { ?x a mlo:OpenFormat }",
        ": E119: these rules wait for each other through negation or counting: R037 → R903 → R037\n"
        "  hint: a rule may negate, leave open or count only what is complete before it runs\n",
    ),
    "deep": (
        "CONSTRUCT { ?x mlo:p 1 }\nWHERE " + "{" * 5000 + " ?x mlo:q 1 " + "}" * 5000,
        ": E111: groups are nested too deeply\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_rule_that_cannot_be_run_is_one_message_with_its_place(kind, ask, tmp_path):
    text, message = BAD[kind]
    path = tmp_path / "rules" / "R903-bad.rq"
    path.parent.mkdir()
    path.write_text(HEAD + text, encoding="utf-8")
    untouched = tmp_path / "cache"
    found = ask("show", "jef", "--rules", path.parent, env={"MINILAT_CACHE": str(untouched)})
    assert (found.code, found.out, found.err) == (2, "", f"minilat: {path}{message}")
    assert not untouched.exists()


@pytest.mark.parametrize("command", [
    ("fit", "S01"), ("compose", "S01"), ("show", "jef"), ("members", "jef"), ("groups", "EST"), ("list", "states"),
    ("query", "members"), ("query", "members", "--release", "."), ("why", "jef", "EST"), ("why-not", "jef", "USA"),
    ("diff", "add CAN to jef as member"),
])  # fmt: skip
def test_every_command_that_takes_rules_refuses_what_is_none(command, ask, tmp_path):
    found = ask(*command, "--rules", tmp_path / "none")
    assert (found.code, found.out, found.err) == (
        2, "",
        f"minilat: {tmp_path / 'none'}: E123: there is no such folder\n  hint: --rules takes a folder of .rq files\n",
    )  # fmt: skip


FREE = "a rule is a file R900-name.rq; codes from R900 on are free for your own rules"
FOLDERS = {
    "empty": ({}, "", "E123: no rule in this folder\n  hint: " + FREE),
    "taken": (
        {"R010-x.rq": THREE.replace("R900", "R010")}, "/R010-x.rq",
        "E123: the code R010 is taken by R010-core-participant.rq\n  hint: " + FREE,
    ),
    "twice": (
        {"R900-a.rq": THREE, "R900-b.rq": THREE}, "/R900-b.rq",
        "E123: the code R900 is taken by R900-a.rq\n  hint: " + FREE,
    ),
    "ours to be": (
        {"R099-x.rq": THREE.replace("R900", "R099")}, "/R099-x.rq",
        "E123: 'R099' is no code for a rule of your own\n  hint: " + FREE,
    ),
    "no header": (
        {"R900-x.rq": "CONSTRUCT { ?x mlo:p 1 } WHERE { ?x mlo:q 1 }"}, "/R900-x.rq",
        "E051: the header needs '# id: <code of the file name>' and '# title:'",
    ),
    "long": ({"R900-x.rq": THREE + "#" * 100_000}, "/R900-x.rq", "E123: the rule is longer than 100000 characters"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_folder_that_cannot_be_used_is_one_message(kind, ask, tmp_path):
    given, where, message = FOLDERS[kind]
    for name, text in given.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = ask("show", "jef", "--rules", tmp_path)
    assert (found.code, found.out, found.err) == (2, "", f"minilat: {tmp_path}{where}: {message}\n")


def test_a_rule_that_is_no_text_is_one_message(ask, tmp_path):
    (tmp_path / "R900-x.rq").write_bytes(b"# id: R900\n# title: \xff\n")
    found = ask("show", "jef", "--rules", tmp_path)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(f"minilat: {tmp_path / 'R900-x.rq'}: E030: cannot read {tmp_path / 'R900-x.rq'}: ")


ENDLESS = {
    "names": ('BIND(IRI(CONCAT(STR(?x), "x")) AS ?y)', "?x own:next ?any"),
    "numbers": ("BIND(?x + 1 AS ?y)", "?any own:next ?x"),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_new_terms_without_end_are_stopped_and_the_rule_is_named(kind, ask, tmp_path):
    bind, read = ENDLESS[kind]
    seed = tmp_path / "R900-seed.rq"
    seed.write_text(f"# id: R900\n# title: seed\n{PREFIX}CONSTRUCT {{ own:a own:next 1 }} WHERE {{ arr:jef a ?any }}")
    path = tmp_path / "R901-more.rq"
    head = "?y own:next 1" if kind == "names" else "own:a own:next ?y"
    path.write_text(f"# id: R901\n# title: more\n{PREFIX}CONSTRUCT {{ {head} }} WHERE {{ {read} {bind} }}")
    cache = tmp_path / "cache"
    found = ask("show", "jef", "--rules", tmp_path, env={"MINILAT_CACHE": str(cache)})
    told = [line for line in found.err.splitlines() if not line.startswith("building the graph")]
    assert (found.code, found.out, told) == (
        2, "",
        [
            f"minilat: {path}: E061: no end in sight: R901 keeps making new terms",
            "  hint: a rule that makes a term out of a term it made itself never ends",
        ],
    )  # fmt: skip
    assert list(cache.iterdir()) == [], "nothing half built is kept"


def test_a_rule_that_joins_everything_with_everything_is_stopped_and_named(ask, tmp_path):
    path = tmp_path / "R900-all.rq"
    path.write_text(
        "# id: R900\n# title: all\nCONSTRUCT { ?a mlo:near ?b } WHERE { ?a mlo:source ?x . ?b mlo:source ?y }"
    )
    began = time.monotonic()
    found = ask("show", "jef", "--rules", tmp_path, env={"MINILAT_CACHE": str(tmp_path / "cache")})
    told = [line for line in found.err.splitlines() if not line.startswith("building the graph")]
    assert (found.code, found.out, told) == (
        2, "",
        [f"minilat: {path}: E061: R900 makes more than 1000000 facts", "  hint: join its parts, or ask for less"],
    )  # fmt: skip
    assert time.monotonic() - began < 60


def test_a_range_of_years_takes_no_rules(run, rules):
    found = run("fit", "S01", "--over", "2020..2021", "--rules", rules)
    assert (found.code, found.out) == (2, "")
    assert "E023: --over takes a challenge by name" in found.err


# ---------------------------------------------------------------- in the form of other engines


def test_the_list_of_rules_is_in_the_order_they_run(run, rules):
    found = run("rules", "--format", "json", "--rules", rules)
    assert found.code == 0
    listed = json.loads(found.out)
    place = {r["code"]: int(r["order"]) for r in listed}
    assert list(place.values()) == sorted(place.values())
    assert place["R010"] < place["R900"] < place["R902"]
    assert [r["code"] for r in listed if r["feeds_itself"]] == ["R003", "R005", "R028"]


def test_rules_are_exported_for_the_day_and_with_those_of_the_user(ask, rules):
    shacl = ask("rules", "--format", "shacl", "--rules", rules)
    assert shacl.code == 0
    assert "\nrule:R900 a sh:SPARQLRule ;\n" in shacl.out
    assert ask("rules", "--format", "shacl").out == (ROOT / "rules" / "shacl-af.ttl").read_text(
        encoding="utf-8"
    ).replace(
        'VALUES ?asOf { "2026-11-24"^^xsd:date }',
        'VALUES ?asOf { "2026-11-24"^^<http://www.w3.org/2001/XMLSchema#date> }',
    )
    update = ask("rules", "--format", "update", "--rules", rules)
    assert update.out.count("INSERT {") == shacl.out.count("a sh:SPARQLRule")
    assert "# R900 A format in which all three Baltic states take part\nINSERT { GRAPH <" in update.out
