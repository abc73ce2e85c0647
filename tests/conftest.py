"""What all tests share: one graph, the command line as a whole process, and no network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is.
settings.register_profile("minilat", deadline=None)
settings.load_profile("minilat")

ROOT = Path(__file__).resolve().parents[1]
DAY = "2026-11-24"
LOOPBACK: set[tuple[str, int]] = set()
"""Servers of the tests themselves, on this machine."""


@dataclass(frozen=True)
class Ran:
    """How a process ended: its exit code and what it wrote to its two streams."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def offline():
    """Nothing in this process may connect to the internet: a test that needs a file has it, or fails."""

    def refuse(self, address, *_):
        raise OSError(f"tests are offline; refused to connect to {address!r}")

    def guarded(original):
        def connect(self, address, *rest):
            if self.family == getattr(socket, "AF_UNIX", None) or address in LOOPBACK:
                return original(self, address, *rest)
            return refuse(self, address)

        return connect

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def loopback():
    """Where servers of the tests themselves listen: the only places that may be connected to."""
    return LOOPBACK


@pytest.fixture(scope="session")
def graph():
    """The shipped graph on the day of the tests, built anew."""
    from kg import Graph

    return Graph.load(as_of=DAY, cache=False)


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """The cache folder of all processes of this session."""
    return tmp_path_factory.mktemp("cache") / "minilat"


@pytest.fixture(scope="session")
def run(cache, tmp_path_factory):
    """Run the command line as a whole process, from a folder that is not the checkout; no run may show a traceback."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def start(*words, stdin="", env=None, cwd=None, timeout=150):
        setting = {k: v for k, v in os.environ.items() if not k.startswith(("MINILAT_", "PYTHONIO", "_MINILAT"))}
        setting |= {"MINILAT_CACHE": str(cache), "PYTHONPATH": str(ROOT), "COLUMNS": "140", "NO_COLOR": "1"}
        setting |= {"TERM": "dumb", "PYTHONUTF8": "1"} | (env or {})
        done = subprocess.run(
            [sys.executable, "-m", "kg.cli", *map(str, words)],
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            env=setting,
            cwd=cwd or elsewhere,
            timeout=timeout,
            check=False,
        )
        err = done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in err, err
        return Ran(done.returncode, done.stdout.decode("utf-8"), err)

    return start


@pytest.fixture(scope="session")
def ask(run):
    """The same, for the day of the tests."""

    def start(*words, **options):
        return run(*words, "--as-of", DAY, **options)

    return start
