"""Every notebook in examples/ and every block of docs/python.md is run from top to bottom, without Jupyter."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
PAGE = ROOT / "docs" / "python.md"
FRAMES = any(importlib.util.find_spec(name) for name in ("polars", "pandas"))


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def code(path: Path) -> list[str]:
    """The code in PATH, cell by cell or block by block."""
    if path.suffix == ".ipynb":
        return ["".join(c["source"]) for c in cells(path) if c["cell_type"] == "code"]
    return re.findall(r"^```python\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def show(value: object) -> str:
    """What a notebook would show of VALUE."""
    drawn = getattr(value, "_repr_html_", None)
    text = drawn() if drawn else repr(value)
    assert isinstance(text, str)
    if drawn:
        HTMLParser(convert_charrefs=True).feed(text)
        assert "<script" not in text
    return text


def execute(text: str, name: str, space: dict) -> str:
    """Run one cell in the namespace SPACE and show its last expression."""
    tree = ast.parse(text, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), space)
    if last is None:
        return ""
    value = eval(compile(ast.Expression(last.value), name, "eval"), space)
    return "" if value is None else show(value)


@pytest.fixture
def anywhere(cache, tmp_path, monkeypatch):
    """A folder that is not the checkout, and the cache of this session."""
    monkeypatch.setenv("MINILAT_CACHE", str(cache))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("path", [*NOTEBOOKS, PAGE], ids=lambda p: p.name)
def test_an_example_runs_from_top_to_bottom(path, anywhere, capsys):
    space = {"__name__": "__main__"}
    shown = []
    for i, text in enumerate(code(path), start=1):
        if "to_frame" in text and not FRAMES:
            continue  # a library for data frames is optional
        shown.append(execute(text, f"{path.name}, cell {i}", space))
        out = capsys.readouterr().out
        assert shown[-1] or out or path == PAGE, f"cell {i} of {path.name} shows nothing"
    assert shown


def test_there_are_two_notebooks_with_a_dozen_cells():
    assert [p.stem for p in NOTEBOOKS] == ["members-over-time", "which-grouping-fits"]
    assert sum(len(code(p)) for p in NOTEBOOKS) >= 12


def test_the_page_has_no_block_that_is_not_run():
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(code(PAGE))
    assert len(code(PAGE)) >= 6


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_is_stored_without_outputs(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [c["id"] for c in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", i) for i in ids)
    for cell in notebook["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
        else:
            assert cell["cell_type"] == "markdown"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_explains_before_it_asks(path):
    found = cells(path)
    assert found[0]["cell_type"] == "markdown"
    assert found[0]["source"][0].startswith("# ")
    assert sum(c["cell_type"] == "markdown" for c in found) >= 6


@pytest.mark.parametrize("target", re.findall(r"\]\((?!https?:|#)([^)#]+)", PAGE.read_text(encoding="utf-8")))
def test_a_link_of_the_page_leads_somewhere(target):
    assert (PAGE.parent / target).exists()
