"""The package as a building: what may import what, what is paid for when, how large a module may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KG = ROOT / "kg"

ORDER = (
    # words
    "kg.errors", "kg.names", "kg.files", "kg.dates", "kg.records", "kg.proof", "kg.fingerprints",
    "kg.collector",
    # the store, and what is read from headers
    "kg.forms", "kg.documents", "kg.limits", "kg.store", "kg.refusals", "kg.catalogue", "kg.lookup", "kg.link", "kg.snapshots",
    "kg.tokens", "kg.pattern", "kg.grammar",
    # other services
    "kg.remote.services", "kg.remote.records", "kg.remote.client", "kg.remote.federation", "kg.remote",
    # the acts
    "kg.strata", "kg.portable", "kg.rulebook", "kg.firing", "kg.bounded", "kg.infer", "kg.build", "kg.weak", "kg.doctor", "kg.answer",
    "kg.validate.results", "kg.validate.triples", "kg.validate.shapes", "kg.validate.query", "kg.validate.child",
    "kg.validate.native", "kg.validate.reference", "kg.validate.words", "kg.validate.constraints",
    "kg.validate.engines", "kg.validate.skeleton", "kg.validate.outline", "kg.validate.positions",
    "kg.validate.vocabulary", "kg.validate.lint", "kg.validate.descriptions", "kg.validate.reading",
    "kg.validate.tables", "kg.validate.hygiene", "kg.validate.check",
    "kg.validate.codes", "kg.validate.excuses", "kg.validate.baseline", "kg.validate.changed", "kg.validate.policy",
    "kg.validate", "kg.imports.outcome", "kg.imports.tables", "kg.imports.rows", "kg.imports.blocks", "kg.imports.worldbank",
    "kg.imports.crosswalks", "kg.imports.mappings", "kg.imports.mapped", "kg.imports", "kg.stocktake", "kg.releases",
    "kg.match", "kg.match.spelling", "kg.match.records", "kg.match.index", "kg.match.tables", "kg.match.suggest",
    "kg.match.review", "kg.match.memberships",
    "kg.publish.rdf", "kg.publish.words", "kg.publish.parts", "kg.publish.licences", "kg.publish.jsonld",
    "kg.publish.tables", "kg.publish.statistics", "kg.publish.catalogue", "kg.publish.release", "kg.publish",
    "kg.fit.criteria", "kg.fit.outranking", "kg.fit.ordering", "kg.fit.robustness", "kg.fit.screen", "kg.fit.sets",
    "kg.fit.explain", "kg.fit.portrait", "kg.fit.assess", "kg.fit",
    "kg.compose.problem", "kg.compose.enumeration", "kg.compose.solve", "kg.compose.propose", "kg.compose",
    # acts over many days and many cases
    "kg.timeline", "kg.beyond",
    # why, why not, what if
    "kg.prove.words", "kg.prove.paths", "kg.prove.derive", "kg.prove.search", "kg.prove.places", "kg.prove.plans",
    "kg.prove.whynot", "kg.prove", "kg.increment",
    "kg.reason", "kg.whatif.clauses", "kg.whatif.documents", "kg.whatif", "kg.whatif.diff",
    "kg.counterfactual", "kg.decisive",
    # what is shown, and the doors
    "kg.render", "kg.render.tables", "kg.render.findings", "kg.render.findings.safe", "kg.render.findings.text",
    "kg.render.findings.github", "kg.render.findings.gitlab", "kg.render.findings.sarif", "kg.render.findings.junit",
    "kg.render.findings.gitb", "kg.render.findings.structured", "kg.render.findings.turtle", "kg.render.codes",
    "kg.render.compose", "kg.render.fit", "kg.render.timeline",
    "kg.render.stocktake", "kg.render.questions", "kg.render.proof", "kg.render.tree", "kg.render.whatif", "kg.render.decisive",
    "kg.render.geography", "kg.render.charts", "kg.render.brief", "kg.frames",
    "kg.graph", "kg.backtest", "kg.render.backtest",
    # what others ask over HTTP
    "kg.serve", "kg.serve.known", "kg.serve.asked", "kg.serve.properties", "kg.serve.reconcile", "kg.serve.suggest",
    "kg.serve.extend", "kg.serve.manifest", "kg.serve.card", "kg.serve.app",
    "kg.options", "kg.commands", "kg.commands.console", "kg.commands.watching", "kg.commands.check", "kg.commands.gather",
    "kg.commands.judge", "kg.commands.look", "kg.commands.publish", "kg.commands.reason", "kg.commands.serve",
    "kg.commands.survey", "kg.cli",
)  # fmt: skip
"""A module may import only those that stand before it."""

LAZY = {"kg.records": {"kg.frames"}}
"""Imported inside a method only, when a notebook shows a record."""

ACTS = ("kg.validate", "kg.infer", "kg.answer", "kg.fit", "kg.compose", "kg.prove")
HEAVY = (
    "rapidfuzz",
    "highspy",
    "rdflib",
    "oxrdflib",
    "numpy",
    "rich",
    "starlette",
    "uvicorn",
    "shacl",
    "pyshacl",
    "owlready2",
)


def module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


MODULES = {module(p): p for p in sorted(KG.rglob("*.py")) if "_files" not in p.parts}


def imports(path: Path) -> set[str]:
    """Every module that PATH imports, also inside functions and for types only."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in MODULES else node.module
                      for a in node.names}  # fmt: skip
    return found


def test_every_module_has_a_place_in_the_order():
    assert sorted(MODULES) == sorted([*ORDER, "kg"])


@pytest.mark.parametrize("name", ORDER)
def test_a_module_imports_only_what_stands_before_it(name):
    before = {"kg", *ORDER[: ORDER.index(name)], *LAZY.get(name, ())}
    if name == "kg":
        return
    wrong = {i for i in imports(MODULES[name]) if i.split(".")[0] == "kg" and i not in before}
    assert not wrong


def test_the_front_page_imports_only_on_first_use():
    top = ast.parse(MODULES["kg"].read_text(encoding="utf-8")).body
    assert {n.module for n in top if isinstance(n, ast.ImportFrom)} <= {"__future__", "typing"}


@pytest.mark.parametrize(
    ("library", "only"),
    [
        # documents: its parser alone; publish: canonical form and writers
        ("pyoxigraph", {"kg.documents", "kg.store", "kg.publish.rdf"}),
        ("oxrdflib", {"kg.store"}),
        ("rdflib", {"kg.store", "kg.validate.reference"}),
        ("shacl", {"kg.validate.child"}),
        ("pyshacl", {"kg.validate.reference"}),
        ("highspy", {"kg.compose.solve"}),
        ("rapidfuzz", {"kg.match.index"}),
        ("numpy", {"kg.fit.robustness"}),
        (
            "typer",
            {
                "kg.cli",
                "kg.options",
                "kg.commands.console",
                "kg.commands.check",
                "kg.commands.gather",
                "kg.commands.judge",
                "kg.commands.look",
                "kg.commands.publish",
                "kg.commands.survey",
                "kg.commands.reason",
                "kg.commands.serve",
            },
        ),
        ("rich", {"kg.render.tables"}),
        ("platformdirs", {"kg.build"}),
        ("socket", set()),
        # urllib.parse, for the names of graphs and files, and relative addresses
        (
            "urllib",
            {
                "kg.names",
                "kg.imports.mapped",
                "kg.tokens",
                "kg.remote.client",
                "kg.remote.services",
                "kg.serve.app",
                "kg.render.findings.safe",
                "kg.validate.descriptions",
                "kg.validate.tables",
            },
        ),
        ("yaml", {"kg.imports.blocks"}),
        ("csvw", {"kg.validate.descriptions", "kg.validate.tables"}),
        # The one door for others.
        ("starlette", {"kg.serve.app"}),
        ("uvicorn", {"kg.serve.app"}),
        ("anyio", {"kg.serve.app"}),
        # The one door to the network.
        ("SPARQLWrapper", {"kg.remote.client"}),
        ("urllib.request", set()),
        ("http", {"kg.remote.client"}),
        # An engine for shapes of strangers, apart; git, without a shell.
        ("subprocess", {"kg.releases", "kg.validate.native", "kg.validate.changed"}),
    ],
)
def test_a_library_has_one_importer(library, only):
    using = {name for name, path in MODULES.items() if any(i.split(".")[0] == library for i in imports(path))}
    assert using == only


@pytest.mark.parametrize("act", ACTS)
def test_acts_do_not_import_each_other(act):
    inside = [n for n in MODULES if n == act or n.startswith(act + ".")]
    used = set().union(*(imports(MODULES[n]) for n in inside))
    others = [a for a in ACTS if a != act]
    assert not {u for u in used for o in others if u == o or u.startswith(o + ".")}


def test_what_shows_does_not_ask():
    used = set().union(*(imports(p) for n, p in MODULES.items() if n.startswith("kg.render")))
    assert {"kg.records", "kg.render.tables"} <= used
    asking = {"kg.store", "kg.lookup", "kg.build", "kg.infer", "kg.answer", "kg.validate", "kg.fit.assess", "kg.graph"}
    assert used & asking == set()


def loaded(code: str, cache: Path) -> set[str]:
    script = f"{code}\nimport sys; print(' '.join(m for m in {(*HEAVY, 'pyoxigraph')!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT,
        env={"MINILAT_CACHE": str(cache), "PATH": ""},
    )  # fmt: skip
    return set(done.stdout.split())


def test_the_command_line_loads_nothing_heavy(cache):
    assert loaded("import kg.cli", cache) == set()


def test_members_loads_the_store_alone(ask, cache):
    ask("members", "jef")
    assert loaded("import kg; kg.Graph.load('2026-11-24').members('jef')", cache) == {"pyoxigraph"}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_is_short(name):
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_is_named_for_what_it_holds(name):
    assert not set(name.split(".")) & {"utils", "util", "helpers", "helper", "misc", "common", "manager"}


def test_every_public_function_says_what_it_gives():
    missing = []
    for name, path in MODULES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in [tree, *tree.body, *(n for c in tree.body if isinstance(c, ast.ClassDef) for n in c.body)]:
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                label = getattr(node, "name", "")
                if not label.startswith("_") and not ast.get_docstring(node):
                    missing.append(f"{name}.{label}")
    assert not missing
