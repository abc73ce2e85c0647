"""The watch: the first report whole, later only what changed, and Ctrl-C is no error."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHAPE = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:C901-named a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:C901-name .
ex:C901-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:message "No name." .
"""
HEAD = "@prefix ex: <http://example.org/> .\n"


class Watch:
    """A running watch whose lines can be waited for."""

    def __init__(self, folder, cache, *words):
        env = {**os.environ, "MINILAT_CACHE": str(cache), "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "kg.cli", "validate", "data", "--shapes", "shapes.ttl", "--watch", *words]
        self.process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)

    def until(self, word):
        """Everything printed up to the line with WORD."""
        seen = []
        while not seen or word not in seen[-1]:
            seen.append(self.lines.get(timeout=60))
        return "".join(seen)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shapes.ttl").write_text(SHAPE)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ttl").write_text(HEAD + "ex:a a ex:Thing .\nex:b a ex:Thing .\n")
    return tmp_path


@pytest.mark.skipif(os.name == "nt", reason="needs a signal like Ctrl-C")
def test_a_watch_says_what_changed(folder, cache):
    watch = Watch(folder, cache)
    try:
        first = watch.until("triples")
        assert first.count("No name.") == 2
        assert first.endswith("2 errors, 0 warnings, 0 info in 1 file, 2 triples\n")

        (folder / "data" / "a.ttl").write_text(HEAD + '\n\nex:a a ex:Thing ; ex:name "a" .\nex:b a ex:Thing .\n')
        second = watch.until("triples")
        assert "data/a.ttl\n" in second
        assert second.count("mended: ") == 1
        assert "http://example.org/a" in second
        assert "No name." not in second
        assert second.endswith("1 error, 0 warnings, 0 info in 1 file, 3 triples\n")

        (folder / "data" / "c.ttl").write_text(HEAD + "ex:c a ex:Thing .\n")
        third = watch.until("triples")
        assert third.count("No name.") == 1
        assert "http://example.org/c" in third
        assert "http://example.org/b" not in third

        (folder / "shapes.ttl").write_text("no shapes")
        assert "E031" in watch.until("E031")
        (folder / "shapes.ttl").write_text(SHAPE)
        assert "No name." not in watch.until("triples")
        assert watch.stop() == 0
    finally:
        watch.process.kill()


@pytest.mark.parametrize("words", [("--format", "json"), ("--write-baseline", "--baseline", "k.json")])
def test_a_watch_that_cannot_be(run, folder, words):
    ran = run("validate", "data", "--shapes", "shapes.ttl", "--watch", *words, cwd=folder)
    assert (ran.code, ran.out) == (2, "")
    assert "--watch: E134" in ran.err
