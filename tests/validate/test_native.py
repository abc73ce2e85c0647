"""The native engine: apart from this process where shapes are not ours, and its breakdown told, never suffered."""

from __future__ import annotations

import random
import subprocess
import sys

import generate
import pytest

from kg.errors import MinilatError
from kg.validate import child, engines, native
from kg.validate.results import SH
from kg.validate.shapes import Shapes
from kg.validate.triples import Triples

SHAPES = "ex:S sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:node [ sh:nodeKind sh:IRI ] ] ."
DATA = "ex:a a ex:T . _:x a ex:T ; ex:p _:y . _:z ex:q 1 ."


def test_apart_and_inside_give_the_same(turtle):
    data, shapes = turtle(DATA), turtle(SHAPES)
    inside = engines.run(data, shapes, "rust")
    assert inside == engines.run(data, shapes, "rust", apart=True)
    assert {(raw.focus, raw.value) for raw in inside} == {("<http://example.org/a>", ""), ("_:x", "_:y")}


@pytest.fixture
def instead(tmp_path, monkeypatch):
    """Another program in the place of the engine."""

    def write(program):
        path = tmp_path / "child.py"
        path.write_text(program, encoding="utf-8")
        monkeypatch.setattr(child, "__file__", str(path))

    return write


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "signal 11"),
        ("import os; os.abort()", "signal 6"),
        ("raise SystemExit(5)", "exit code 5"),
        ("print('no json')", "gave no answer"),
    ],
)
def test_a_breakdown_is_an_error_and_not_the_end(turtle, instead, program, words):
    instead(program)
    with pytest.raises(MinilatError) as error:
        engines.run(turtle(DATA), turtle(SHAPES), "rust", apart=True)
    assert error.value.code == "E099"
    assert words in error.value.message
    assert "pyshacl" in error.value.hint


def test_an_engine_that_hangs_is_ended(turtle, instead, monkeypatch):
    instead("import time; time.sleep(60)")
    monkeypatch.setattr(native, "SECONDS", 0.5)
    with pytest.raises(MinilatError) as error:
        engines.run(turtle(DATA), turtle(SHAPES), "rust", apart=True)
    assert error.value.code == "E099"


def test_what_the_engine_refuses_is_told(turtle):
    deep = "ex:S sh:targetClass ex:T ; " + "sh:node [ " * 60 + "sh:nodeKind sh:IRI" + " ]" * 60 + " ."
    for apart in (False, True):
        with pytest.raises(MinilatError) as error:
            engines.run(turtle("ex:a a ex:T ."), turtle(deep), "rust", apart=apart)
        assert error.value.code == "E090"
        assert "more than 48 deep" in error.value.message


@pytest.mark.parametrize("size", [10, 5000])
def test_blank_nodes_have_the_labels_of_the_text(size):
    # The engine numbers them in the order in which it meets them: this is what the package counts on.
    rng = random.Random(size)
    order = list(range(size))
    rng.shuffle(order)
    text = "".join(f"_:x{i} <urn:o> _:y{rng.randrange(size)} .\n" for i in order)
    text += "".join(f'_:x{i} <urn:l> "x{i}" .\n_:y{i} <urn:l> "y{i}" .\n' for i in range(size))
    shapes = f"_:s <{SH}targetSubjectsOf> <urn:l> .\n_:s <{SH}property> _:p .\n_:p <{SH}path> <urn:l> .\n"
    shapes += f"_:p <{SH}maxLength> _:n .\n".replace("_:n", '"1"^^<http://www.w3.org/2001/XMLSchema#integer>')
    found = engines.run(Triples(text), Triples(shapes), "rust")
    assert len(found) == 2 * size
    assert all(raw.focus[2:] == raw.value[1:-1] for raw in found)
    assert {raw.shape for raw in found} == {"_:p"}


FUZZ = """
import json, random, sys
sys.path[:0] = [{tests!r}, {root!r}]
import generate
from kg.validate import child
from kg.validate.shapes import Shapes
for seed in range(int(sys.argv[1]), int(sys.argv[2])):
    rng = random.Random(seed)
    lines = generate.random_shapes(seed).text.split("\\n")[:-1]
    data = generate.data_for(Shapes(generate.random_shapes(seed)), seed, 20).text
    terms = sorted({{t for line in lines for t in line[:-2].split(" ", 2)}})
    for _ in range(rng.randint(1, 8)):
        parts = lines[(at := rng.randrange(len(lines)))][:-2].split(" ", 2)
        place = rng.choice((0, 2, 2))
        parts[place] = rng.choice([t for t in terms if place or not t.startswith('"')])
        lines[at] = " ".join(parts) + " ."
    try:
        child.results(data, "\\n".join(lines))
    except ValueError:
        pass
print("done")
"""


def test_shapes_with_terms_exchanged_do_not_break_it():
    # Lists that loop, shapes that contain themselves, paths that are literals: in a process apart, to be sure.
    from pathlib import Path

    here = Path(__file__).parent
    program = FUZZ.format(tests=str(here), root=str(here.parents[1]))
    done = subprocess.run(
        [sys.executable, "-c", program, "0", "400"], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr[-500:]


def test_the_generator_makes_shapes_that_differ():
    assert len({generate.random_shapes(seed).text for seed in range(50)}) == 50
    assert all(Shapes(generate.random_shapes(seed)).all for seed in range(50))
