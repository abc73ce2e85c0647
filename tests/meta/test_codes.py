"""A code is one word everywhere: file name, header, table, test folder, documentation; a prefix means one thing."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from kg import catalogue, files
from kg.names import PREFIXES

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".git", ".venv", "__pycache__", "dist", "build", "node_modules", ".hypothesis"}


def tree() -> list[Path]:
    """Every file of the project that is text and not generated."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        hidden = any(p.startswith(".") and p not in (".ci", ".github", ".gitignore") for p in inside)
        generated = hidden or any(p in SKIPPED or p.endswith(".egg-info") for p in inside)
        if path.is_file() and not generated and not path.is_symlink():
            found.append(path)
    return found


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


DECLARED = re.compile(r"^[ \t]*(?:@prefix|PREFIX)[ \t]+([\w-]*):[ \t]*<([^>]*)>", re.MULTILINE | re.IGNORECASE)


def test_every_declared_prefix_is_the_one_of_the_map():
    wrong, seen = defaultdict(list), 0
    for path in tree():
        if path.suffix in (".ttl", ".rq"):
            for prefix, base in DECLARED.findall(path.read_text(encoding="utf-8")):
                seen += 1
                if PREFIXES.get(prefix) != base:
                    wrong[f"{prefix}: <{base}>"].append(shown(path))
    assert seen > 1000
    assert not wrong


def test_the_prefixes_of_the_shapes_are_those_of_the_map():
    text = (ROOT / "rules" / "shapes" / "prefixes.ttl").read_text(encoding="utf-8")
    found = re.findall(r'sh:prefix "([^"]*)" ; sh:namespace "([^"]*)"', text)
    assert found
    assert {prefix: PREFIXES.get(prefix) for prefix, _ in found} == dict(found)


def test_no_two_prefixes_share_a_base():
    assert not [b for b, n in Counter(PREFIXES.values()).items() if n > 1]


ENTRIES = [*files.rules(), *files.hygiene(), *files.criteria(), *files.questions()]


@pytest.mark.parametrize("path", ENTRIES, ids=lambda p: p.stem)
def test_a_query_file_says_what_and_why(path):
    entry = catalogue.read(path)
    assert re.fullmatch(r"(?:[RHFQ]\d{3}|CQ\d\d)-[a-z0-9]+(-[a-z0-9]+)*", path.stem)
    assert entry.header["id"] == path.stem[:4]
    assert len(entry.title) > 10
    assert len(entry.why) > 10
    assert path.stem[0] == {"infer": "R", "hygiene": "H", "fit": "F", "questions": "C"}.get(path.parent.name, "Q")


@pytest.mark.parametrize("path", files.questions(), ids=lambda p: p.stem)
def test_a_question_asks(path):
    assert catalogue.read(path).title.endswith("?")


@pytest.mark.parametrize("path", ENTRIES, ids=lambda p: p.stem)
def test_every_parameter_says_what_it_means(path):
    entry = catalogue.read(path)
    known = {"arrangement", "challenge", "state", "threat", "capability", "region", "source", "role"}
    for parameter in entry.parameters:
        assert parameter.kind in known | {"date", "integer", "decimal", "code", "iri", "string", "word"}
        assert (parameter.kind == "word") == (len(parameter.words) > 1)
        assert parameter.usual
        assert parameter.meaning
    assert entry.text.count("@param") == len(entry.parameters), "a parameter line that is not understood"


def test_every_query_file_lies_where_it_is_found():
    found = {p for p in tree() if p.suffix == ".rq" and p.is_relative_to(ROOT / "queries")}
    found |= {p for p in tree() if p.suffix == ".rq" and p.is_relative_to(ROOT / "rules")}
    assert found == set(ENTRIES)


def test_every_code_and_every_name_is_used_once():
    for part in (0, 2):
        seen = Counter(p.stem.partition("-")[part] for p in ENTRIES)
        assert not [word for word, n in seen.items() if n > 1]


def severity_table() -> list[list[str]]:
    lines = (ROOT / "rules" / "severity.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t")[:2] == ["code", "severity"]
    return [line.split("\t") for line in lines[1:] if line.strip()]


def test_every_shape_code_has_one_line_in_the_table_and_a_folder_of_tests():
    used = set()
    for path in files.shapes():
        used |= set(re.findall(r"shape:(C\d{3})-", path.read_text(encoding="utf-8")))
    hygiene = {path.stem[:4] for path in files.hygiene()}
    assert {p.name for p in (ROOT / "tests" / "hygiene").iterdir() if p.is_dir()} == hygiene
    listed = [row[0] for row in severity_table()]
    assert len(listed) == len(set(listed))
    assert set(listed) == used | hygiene
    assert {p.name for p in (ROOT / "tests" / "shapes").iterdir() if p.is_dir()} == used
    assert all(row[1] in ("error", "warning", "info") and row[3] for row in severity_table())


def test_every_criterion_in_the_declared_orders_exists():
    lines = (ROOT / "queries" / "fit" / "order.tsv").read_text(encoding="utf-8").splitlines()[1:]
    orders = dict(line.split("\t") for line in lines if line.strip())
    graded = {e.code for e in catalogue.criteria() if e.header["kind"] != "hard"}
    assert len(orders) == len([line for line in lines if line.strip()])
    for codes in map(str.split, orders.values()):
        assert len(codes) == len(set(codes))
        assert set(codes) <= graded
    assert len({frozenset(codes.split()) for codes in orders.values()}) == 1


def raised() -> dict[str, set[str]]:
    """Every error code in the package, with the modules that speak of it outside docstrings."""
    found = defaultdict(set)
    for path in sorted((ROOT / "kg").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"E\d{3}", node.value):
                found[node.value].add(path.relative_to(ROOT / "kg").with_suffix("").as_posix())
    return found


SHARED = {
    "E001": {"lookup", "fit/assess"},  # no such challenge, by name or by IRI
    "E003": {"lookup", "graph"},  # no state of this name: unknown, or an organisation
    "E022": {"commands/look", "options"},  # an option value that is not name=value
    "E030": {
        "commands/look",
        "documents",
        "rulebook",
        "validate/reading",
        "whatif/__init__",
    },  # a file cannot be read, RDF or query
    "E031": {"documents", "validate/check", "validate/reading"},  # a syntax error, as an error or as a finding
    "E032": {"documents", "validate/reading"},  # a file type that is not known
    "E034": {"commands/check", "validate/reading"},  # a folder without RDF files: shapes, or data
    "E041": {"limits", "store"},  # a query that cannot be run, at once or in its thread
    "E042": {"store", "validate/constraints"},  # out of time: said for the constraint it was
    "E046": {"grammar", "store", "validate/lint"},  # SERVICE: told among what a shape may not use
    "E048": {"validate/check", "validate/reading"},  # not UTF-8, seen before or while parsing
    "E050": {"catalogue", "graph"},  # a parameter the query does not take
    "E061": {"firing", "infer"},  # rules without end: too many rounds, or too many facts at once
    "E090": {"validate/native", "validate/reference"},  # shapes an engine does not take
    "E096": {"validate/constraints", "validate/lint"},  # a query that SHACL forbids, with its line or from the library
    "E182": {"remote/client", "remote/federation", "store"},  # not what was asked for: its type, its rows, its graph
    "E137": {"imports/blocks", "validate/descriptions"},  # a library of the extra that is not there
    "E183": {
        "imports/mapped",
        "imports/worldbank",
        "remote/client",
        "remote/federation",
    },  # too much, in bytes, solutions, pages or statements
    "E184": {"imports/worldbank", "remote/client"},  # cut, or pages that do not belong together
    "E190": {
        "commands/gather",
        "imports/mapped",
        "imports/outcome",
        "imports/tables",
        "imports/worldbank",
    },  # an import without what it needs, or that is asked for wrongly
    "E193": {"imports/outcome", "imports/tables"},  # a file that cannot be written
    "E194": {
        "imports/blocks",
        "imports/crosswalks",
        "imports/mapped",
        "imports/rows",
        "imports/worldbank",
    },  # a document that cannot be read, whatever its form
    "E195": {
        "imports/blocks",
        "imports/crosswalks",
        "imports/rows",
        "imports/worldbank",
    },  # a column, key or field that is missing
    "E198": {"imports/mapped", "imports/mappings"},  # a mapping that cannot be used, as it lies or as it runs
    "E212": {"serve/app", "serve/asked"},  # a request that cannot be read: its parameters, or its JSON
    "E213": {"serve/app", "serve/asked"},  # too much, in bytes or in queries
    "E080": {"fit/assess", "compose/propose"},  # a challenge without a must
    "E110": {"grammar", "reason"},  # neither two things nor a triple
    "E111": {"tokens", "rulebook"},  # a rule that cannot be read, by our grammar or by the engine's
    "E113": {"prove/__init__", "reason"},  # it does not hold: a triple, or taking part
    "E115": {"counterfactual", "reason"},  # an option that was not judged
    "E116": {"counterfactual", "prove/__init__"},  # it does hold: an option, or a triple
    "E120": {"whatif/clauses", "whatif/documents", "whatif/__init__", "grammar"},  # a scenario that cannot be read
    "E121": {"whatif/clauses", "whatif/__init__"},  # nothing there to end or retract
}
"""Codes that two modules raise with one meaning. Any other code belongs to one module."""


def test_an_error_code_means_one_thing():
    assert {code: where for code, where in raised().items() if len(where) > 1} == SHARED


def test_every_error_code_is_documented_once():
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|\s*(E\d{3})\s*\|\s*([^|]+?)\s*\|\s*([^|]+?)\s*\|\s*$", text, re.MULTILINE)
    assert [code for code, _, _ in rows] == sorted(raised())
    assert len({meaning for _, meaning, _ in rows}) == len(rows)
    assert set(re.findall(r"\bE\d{3}\b", text)) == set(raised())


PLACES = tuple("/" + name for name in ("work/", "tmp/v", "root/", "home/"))


def test_no_file_knows_the_machine_it_was_written_on():
    place = re.compile(r"(?<![\w.~)}-])(?:" + "|".join(map(re.escape, PLACES)) + ")")
    wrong = []
    for path in tree():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        wrong += [f"{shown(path)}:{i}" for i, line in enumerate(text.splitlines(), 1) if place.search(line)]
    assert not wrong
