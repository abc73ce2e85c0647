"""The page on CI is run: every block in it, in order, in one folder. To show anew what the commands print: run this file."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "validate-in-ci.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def printed(command: str, folder: Path, env: dict[str, str]) -> str:
    """What COMMAND prints, both streams in order, with the exit code where it is not 0."""
    done = subprocess.run(
        ["sh", "-c", command + " 2>&1"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    # What is said when it takes longer than a moment depends on the machine.
    text = re.sub(r"(?m)^\w[^\n]* …\n", "", done.stdout)
    return text + (f"[exit {done.returncode}]\n" if done.returncode else "")


def rerun(body: str, folder: Path, env: dict[str, str]) -> str:
    """The console block BODY with what its commands print now."""
    shown = []
    for line in body.splitlines():
        if line.startswith("$ "):
            shown.append(f"{line}\n{printed(line[2:], folder, env)}")
    return "\n".join(shown)


def run_all(page: str, folder: Path, cache: Path) -> str:
    """PAGE with every console block as it is today; its sh blocks are run on the way."""
    commands = folder / "bin"
    commands.mkdir()
    script = commands / "minilat"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m kg.cli "$@"\n')
    script.chmod(0o755)
    work = folder / "work"
    work.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MINILAT_", "GIT_"))}
    env = kept | {"PYTHONPATH": str(ROOT), "MINILAT_CACHE": str(cache), "PYTHONUTF8": "1"}
    env["PATH"] = f"{commands}{os.pathsep}{os.environ['PATH']}"

    def block(match: re.Match[str]) -> str:
        kind, body = match.groups()
        if kind == "sh":
            subprocess.run(["sh", "-eu", "-c", body], cwd=work, env=env, check=True)
        if kind == "console":
            return f"```console\n{rerun(body, work, env)}```"
        return match[0]

    return FENCE.sub(block, page)


@pytest.mark.skipif(not shutil.which("sh"), reason="needs a POSIX shell")
def test_every_command_prints_what_the_page_shows(tmp_path, cache):
    text = PAGE.read_text(encoding="utf-8")
    assert steady(run_all(text, tmp_path, cache)) == steady(text)
    assert text.count("\n$ minilat ") >= 6


def steady(text: str) -> str:
    """TEXT without how many triples stand behind the files, which grows with the shipped data."""
    return re.sub(r"\d{5,} triples", "N triples", text)


def blocks(kind: str) -> list[str]:
    return [body for k, body in FENCE.findall(PAGE.read_text(encoding="utf-8")) if k == kind]


def test_every_block_is_of_a_kind_that_is_tested():
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(FENCE.findall(text))
    assert {kind for kind, _ in FENCE.findall(text)} == {"sh", "console", "yaml"}


def test_the_settings_name_what_exists():
    hook, workflow, gitlab = map(yaml.safe_load, blocks("yaml"))
    ids = {h["id"] for h in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {h["id"] for r in hook["repos"] for h in r["hooks"]} <= ids
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    (step,) = [s for s in workflow["jobs"]["validate"]["steps"] if "minilat" in s["uses"]]
    assert set(step["with"]) <= set(inputs)
    assert "fetch-depth" in str(workflow)
    assert (ROOT / gitlab["include"][0]["file"]).exists()
    jobs = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
    assert set(gitlab["validate-data"]["variables"]) <= set(jobs[gitlab["validate-data"]["extends"]]["variables"])


def test_every_form_is_listed():
    from kg.options import ReportFormat

    rows = re.findall(r"^\| `(\w+)` \| .+ \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [f.value for f in ReportFormat]


def test_every_link_leads_somewhere():
    text = PAGE.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", text)
    assert [t for t in targets if not (PAGE.parent / t).exists()] == []


def test_the_container_named_is_the_one_that_is_built():
    container = (ROOT / "Containerfile").read_text(encoding="utf-8")
    for command in re.findall(r"podman (?:build|run)[^`\n]*", PAGE.read_text(encoding="utf-8")):
        assert command.split(" minilat")[0].strip() in container


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        PAGE.write_text(run_all(PAGE.read_text(encoding="utf-8"), Path(name), Path(name) / "cache"), encoding="utf-8")
