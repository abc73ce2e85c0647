"""The page on imports is run: every block in it, in order, in one folder. To show anew what the commands print: run this file."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from test_validate_docs import FENCE, ROOT, run_all

from kg import imports
from kg.imports import mappings

PAGE = ROOT / "docs" / "importing.md"


@pytest.mark.skipif(not shutil.which("sh"), reason="needs a POSIX shell")
def test_every_command_prints_what_the_page_shows(tmp_path, cache):
    text = PAGE.read_text(encoding="utf-8")
    assert run_all(text, tmp_path, cache) == text
    assert text.count("\n$ minilat ") >= 5


def test_every_block_is_of_a_kind_that_is_tested():
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(FENCE.findall(text))
    assert {kind for kind, _ in FENCE.findall(text)} == {"sh", "console"}


def test_every_mapping_is_listed_and_can_be_used():
    listed = re.findall(r"^\| `([a-z][\w-]*)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(mappings.shipped())
    assert {name: imports.find(name).name for name in listed} == {name: name for name in listed}


def test_every_link_leads_somewhere():
    targets = re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", PAGE.read_text(encoding="utf-8"))
    assert [t for t in targets if t and not (PAGE.parent / t).exists()] == []


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        PAGE.write_text(run_all(PAGE.read_text(encoding="utf-8"), Path(name), Path(name) / "cache"), encoding="utf-8")
