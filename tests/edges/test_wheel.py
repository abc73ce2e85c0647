"""The package as a stranger installs it: from a wheel, in another environment, used from another folder."""

from __future__ import annotations

import configparser
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-11-24"
SHIPPED = ("kg", "ontology", "data", "rules", "queries", "docs", "LICENSES")
BIN = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    if not importlib.util.find_spec("hatchling") or not importlib.util.find_spec("pip"):
        pytest.skip("building a wheel without an index needs hatchling and pip in this environment")
    source, out = tmp_path_factory.mktemp("source") / "minilat", tmp_path_factory.mktemp("dist")
    source.mkdir()
    for name in SHIPPED:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*words, "--wheel-dir", str(out), str(source)], check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def stranger(wheel, tmp_path_factory) -> Path:
    """The folder of scripts of a new environment that holds the wheel and sees today's dependencies."""
    home = tmp_path_factory.mktemp("stranger") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / BIN / "python"
    words = [sys.executable, "-m", "pip", "--quiet", "--python", str(python), "install", "--no-deps", "--no-index"]
    subprocess.run([*words, str(wheel)], check=True, capture_output=True)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([str(python), "-c", ask], check=True, capture_output=True, text=True)
    # A folder named in a .pth file is only looked into; its own .pth files, such as an editable install, do not count.
    (Path(done.stdout.strip()) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / BIN


def use(stranger: Path, folder: Path, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    setting = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MINILAT_CACHE")}
    setting |= {"MINILAT_CACHE": str(folder / "cache"), "COLUMNS": "140", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    return subprocess.run(
        [str(stranger / script), *words], capture_output=True, text=True, encoding="utf-8", cwd=folder, env=setting,
        check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("another-folder")


def test_the_wheel_ships_what_the_checkout_has(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for top in ("ontology", "data", "rules", "queries"):
        here = {f"kg/_files/{p.relative_to(ROOT).as_posix()}" for p in (ROOT / top).rglob("*") if p.is_file()}
        assert here <= names
    assert "kg/py.typed" in names
    assert not [n for n in names if n.startswith(("tests/", "bench/", "docs/"))]


def test_the_package_is_the_one_in_the_wheel(stranger, folder):
    done = use(stranger, folder, "python", "-c", "import kg.files; print(kg.files.__file__); print(kg.files.ROOT)")
    module, root = map(Path, done.stdout.splitlines())
    assert not module.is_relative_to(ROOT)
    assert root == module.parent / "_files"


def test_every_entry_point_starts(wheel, stranger, folder):
    with zipfile.ZipFile(wheel) as archive:
        (listed,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        points = configparser.ConfigParser()
        points.read_string(archive.read(listed).decode())
    assert "minilat" in points["console_scripts"]
    for script in points["console_scripts"]:
        done = use(stranger, folder, script, "--help")
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [("members", "jef"), ("fit", "S01", "--format", "json")], ids=["members", "fit"])
def test_a_stranger_gets_the_same_answer(stranger, folder, ask, words):
    done = use(stranger, folder, "minilat", *words, "--as-of", DAY)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ask(*words).out
