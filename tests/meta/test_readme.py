"""The README is run: every command block in it, with none left out by its style."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCED = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
BLOCKS = [body for _, body in FENCED if body.startswith("$ minilat")]
COMMANDS = [line[2:] for body in BLOCKS for line in body.splitlines() if line.startswith("$ ")]


def test_the_readme_shows_at_least_five_commands():
    assert len(BLOCKS) >= 5


def test_no_command_is_left_out_by_its_style():
    assert README.count("```") == 2 * len(FENCED), "a fence this test does not understand"
    for _, body in FENCED:
        if body not in BLOCKS:
            assert not re.search(r"^\s*(\$\s*)?minilat\s", body, re.MULTILINE), body
    outside = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"^(\t| {4,})(\$\s*)?minilat\s", outside, re.MULTILINE)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A PATH on which `minilat` is this checkout."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "minilat"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m kg.cli "$@"\n')
    script.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command, path, cache, tmp_path):
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=400,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "MINILAT_CACHE": str(cache)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert done.stdout


def test_every_link_into_the_project_leads_somewhere():
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)", README):
        assert (ROOT / target).exists(), target


def test_the_python_block_runs(graph):
    blocks = [body for language, body in FENCED if language == "python"]
    assert blocks
    for body in blocks:
        calm = re.sub(r"Graph\.load\([^)]*\)", "loaded", body)
        exec(compile(calm, "README.md", "exec"), {"loaded": graph})
