"""The page on OpenRefine is run, as a newcomer would. To show anew what the commands print: run this file."""

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

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reconcile.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORT = "127.0.0.1:8010"


def run_all(page: str, cache: Path) -> str:
    """PAGE with what its commands print now; the service listens at a free port, and is shown at that of the page."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MINILAT_")}
    env |= {"PYTHONPATH": str(ROOT), "MINILAT_CACHE": str(cache), "PYTHONUTF8": "1"}
    running: list[subprocess.Popen[str]] = []
    place = ""

    def block(match: re.Match[str]) -> str:
        nonlocal place
        shown = []
        for line in match[2].splitlines():
            if line.startswith("$ minilat serve"):
                words = shlex.split(line[2:])[1:]
                command = [sys.executable, "-m", "kg.cli", *words, "--port", "0"]
                running.append(subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True))
                said = next(x for x in running[-1].stderr if "…" not in x)
                place = re.search(r"127\.0\.0\.1:\d+", said)[0]
                shown.append(f"{line}\n{said.replace(place, PORT)}")
            elif line.startswith("$ "):
                command = line[2:].replace(PORT, place)
                done = subprocess.run(
                    ["sh", "-c", command + " 2>&1"], env=env, capture_output=True, text=True, check=False
                )
                shown.append(f"{line}\n{done.stdout.replace(place, PORT)}")
        return f"```{match[1]}\n{''.join(shown)}```"

    try:
        return FENCE.sub(block, page)
    finally:
        for process in running:
            process.terminate()
            process.wait(timeout=20)
            process.stderr.close()


@pytest.mark.skipif(not (shutil.which("sh") and shutil.which("curl")), reason="needs a POSIX shell and curl")
def test_every_command_prints_what_the_page_shows(cache):
    text = PAGE.read_text(encoding="utf-8")
    assert run_all(text, cache) == text
    assert text.count("\n$ ") >= 6
    assert text.count("```") == 2 * len(FENCE.findall(text))
    assert {kind for kind, _ in FENCE.findall(text)} == {"console"}


def test_every_property_setting_and_bound_is_told():
    from kg.serve import app, asked, extend, properties, suggest

    text = PAGE.read_text(encoding="utf-8")
    assert set(properties.TABLE) <= set(re.findall(r"`(\w+)`", text))
    assert {s["name"] for s in extend.SETTINGS} <= set(re.findall(r"`(\w+)`", text))
    assert {s["name"] for s in extend.SETTINGS} == set(asked.SETTINGS)
    for said in (
        f"| {app.LARGEST // 2**20} MiB, {app.LINE // 1024} KiB; a body comes within {app.SLOW:g} s |",
        f"| {asked.BATCH}; {asked.IDS} |",
        f"| {asked.LETTERS} |",
        f"| {asked.VALUES} each; {asked.ALL_VALUES} |",
        f"| {asked.MOST} (a higher limit is lowered); {suggest.PAGE}, with `cursor` for more |",
        f"| {app.SECONDS:g} s |",
    ):
        assert said in text


def test_every_link_leads_somewhere():
    targets = re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", PAGE.read_text(encoding="utf-8"))
    assert [t for t in targets if not (PAGE.parent / t).exists()] == []


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        PAGE.write_text(run_all(PAGE.read_text(encoding="utf-8"), Path(name)), encoding="utf-8")
