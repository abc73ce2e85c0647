"""The places validation is put into: each file parses, names what exists, and the command in it runs."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")

SHAPE = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:C901-named a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:C901-name .
ex:C901-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:message "No name." .
"""
GOOD = '@prefix ex: <http://example.org/> .\nex:a a ex:Thing ; ex:name "a" .\n'
BAD = "@prefix ex: <http://example.org/> .\nex:b a ex:Thing .\n"


@pytest.fixture
def project(tmp_path):
    """A data project with one good and one bad file, and minilat where the action installs it and on the PATH."""
    (tmp_path / "shapes.ttl").write_text(SHAPE)
    for name, text in (("good data/a b.ttl", GOOD), ("bad/b.ttl", BAD), ("broken/c.ttl", "x")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    script = tmp_path / "temp" / "minilat" / "bin" / "minilat"
    script.parent.mkdir(parents=True)
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m kg.cli "$@"\n')
    script.chmod(0o755)
    return tmp_path


def bash(folder, script, cache, **setting):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MINILAT_CACHE": str(cache), "RUNNER_TEMP": str(folder / "temp")}
    env["PATH"] = f"{folder / 'temp' / 'minilat' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    # As GitHub starts a step with `shell: bash`.
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(
        words, cwd=folder, env=env | setting, capture_output=True, text=True, check=False, timeout=300
    )


pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")


# pre-commit


def test_the_hook_runs_on_the_files_it_names(run, project):
    (hook,) = HOOKS
    assert {"id", "name", "entry", "language"} <= set(hook)
    assert hook["entry"].split()[0] == "minilat"
    pattern = re.compile(hook["files"])
    assert [n for n in ("a.ttl", "b/c.nq", "d.jsonld", "e.ttl.gz", "f.rdf") if not pattern.search(n)] == []
    assert [n for n in ("a.py", "ttl", "b.json", "c.ttl.txt") if pattern.search(n)] == []
    words = [*hook["entry"].split()[1:], "--shapes", "shapes.ttl"]
    assert run(*words, "good data/a b.ttl", cwd=project).code == 0
    assert run(*words, "good data/a b.ttl", "bad/b.ttl", cwd=project).code == 1


# The action of GitHub

STEP = ACTION["runs"]["steps"][1]


def act(project, cache, **given):
    """Run the step with the inputs GIVEN and the defaults for the rest, as GitHub would."""
    assert set(given) <= set(ACTION["inputs"])
    values = {name: str(given.get(name, spec["default"])) for name, spec in ACTION["inputs"].items()}
    setting = {}
    for variable, text in STEP["env"].items():
        name = re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", text)[1]
        setting[variable] = values[name]
    return bash(project, STEP["run"], cache, **setting)


def test_no_input_becomes_text_of_a_script():
    assert all("${{" not in step["run"] for step in ACTION["runs"]["steps"])
    assert {spec["default"] is not None for spec in ACTION["inputs"].values()} == {True}
    used = {re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", text)[1] for text in STEP["env"].values()}
    assert used == set(ACTION["inputs"])


def test_the_action_installs_itself():
    assert '"$GITHUB_ACTION_PATH"' in ACTION["runs"]["steps"][0]["run"]
    assert "uses" not in str(ACTION["runs"])


@pytest.mark.parametrize(
    ("paths", "fail_on", "code", "annotations"),
    [
        ("good data", "error", 0, 0),
        ("bad\ngood data", "error", 1, 1),
        ("bad", "never", 0, 1),
        ("nosuch", "error", 2, 0),
    ],
)
def test_the_action_annotates(project, cache, paths, fail_on, code, annotations):
    done = act(project, cache, paths=paths, shapes="shapes.ttl", **{"fail-on": fail_on})
    assert (done.returncode, done.stdout.count("::error ")) == (code, annotations), done.stderr


def test_the_action_also_writes_sarif(project, cache):
    done = act(project, cache, paths="bad", shapes="shapes.ttl\n", sarif="out.sarif")
    assert done.returncode == 1
    assert '"ruleId": "C901"' in (project / "out.sarif").read_text()
    assert act(project, cache, paths="nosuch", shapes="shapes.ttl", sarif="out.sarif").returncode == 2


def test_the_action_hands_every_input_on(project, cache):
    (project / "severity.tsv").write_text("C901\twarning\n")
    (project / "known.json").write_text('{"version": 1, "findings": []}')
    done = act(
        project, cache, paths="bad", shapes="shapes.ttl", severity="severity.tsv", baseline="known.json",
        **{"max-results": 1, "fail-on": "warning"},
    )  # fmt: skip
    assert (done.returncode, done.stdout.count("::warning ")) == (1, 1), done.stderr
    assert "E133" in act(project, cache, paths="bad", shapes="shapes.ttl", **{"changed-since": "nosuch"}).stderr


@pytest.mark.parametrize(
    "text", ["$(touch sprung)", "`touch sprung`", "'; touch sprung; '", '"; touch sprung; "', "--help"]
)
def test_an_input_is_never_run(project, cache, text):
    done = act(project, cache, paths=text, shapes="shapes.ttl")
    assert done.returncode == 2
    assert not (project / "sprung").exists()


# The template of GitLab

JOB = GITLAB[".minilat-validate"]


@pytest.mark.parametrize(("paths", "code", "issues"), [("good*", 0, 0), ("bad", 1, 1), ("nosuch", 2, 0)])
def test_the_job_writes_both_reports(project, cache, paths, code, issues):
    # As GitLab runs a job: one shell, the first line that fails ends it.
    script = "set -eo pipefail\n" + "\n".join(JOB["script"])
    (project / "good data" / "a b.ttl").rename(project / "good data" / "a.ttl")
    (project / "good data").rename(project / "good")
    setting = {k: str(v) for k, v in JOB["variables"].items()} | {"MINILAT_PATHS": paths}
    setting["MINILAT_OPTIONS"] = "--shapes shapes.ttl"
    done = bash(project, script, cache, **setting)
    assert done.returncode == code, done.stderr
    written = {
        name: (project / name).read_text() for name in JOB["artifacts"]["reports"].values() if (project / name).exists()
    }
    assert written["gl-code-quality-report.json"].count('"fingerprint"') == issues
    if code < 2:
        assert written["minilat-junit.xml"].count("<failure") == issues
        assert set(written) == {"gl-code-quality-report.json", "minilat-junit.xml"}


def test_the_job_keeps_its_reports_when_it_fails():
    assert JOB["artifacts"]["when"] == "always"
    assert set(JOB["artifacts"]["reports"]) == {"codequality", "junit"}
    assert "$MINILAT_SOURCE" in JOB["before_script"][0]


# The container


def instructions(name):
    text = re.sub(r"^\s*#.*\n", "", CONTAINER, flags=re.MULTILINE).replace("\\\n", " ")
    return [line.split(None, 1)[1] for line in text.splitlines() if line.startswith(name + " ")]


def test_what_the_container_is_built_from_builds_a_wheel(tmp_path):
    if not importlib.util.find_spec("hatchling") or not importlib.util.find_spec("pip"):
        pytest.skip("building a wheel without an index needs hatchling and pip in this environment")
    source = tmp_path / "src"
    source.mkdir()
    for words in map(str.split, instructions("COPY")):
        for name in words[:-1]:
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", ".*")
                shutil.copytree(ROOT / name, source / words[-1], ignore=ignored)
            else:
                (source / words[-1]).mkdir(exist_ok=True)
                shutil.copy(ROOT / name, source / words[-1])
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*words, "--wheel-dir", str(tmp_path), str(source)], check=True, capture_output=True)
    assert len(list(tmp_path.glob("minilat-*.whl"))) == 1


def test_the_container_starts_the_command_as_nobody(run):
    assert instructions("ENTRYPOINT") == ['["minilat"]']
    assert instructions("CMD") == ['["--help"]']
    assert instructions("USER") == ["65532:65532"]
    assert run("--help").code == 0
