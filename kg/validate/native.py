"""The Rust engine, behind one function. See docs/decisions/0013 for why it is this one, 0015 for the process apart."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError
from kg.store import literal_term
from kg.validate import child
from kg.validate.results import SEPARATOR, SH, Raw

if TYPE_CHECKING:
    from kg.validate.child import Result
    from kg.validate.triples import Triples

SECONDS: Final = 3600
"""How long a process apart may take."""
_LABEL: Final = re.compile(r"_:([01])_b(\d+)")


def run(data: Triples, shapes: Triples, *, apart: bool) -> list[Raw]:
    """The results of SHAPES over DATA; APART runs the engine in a process of its own.

    Raises MinilatError E090 for shapes the engine does not take, E099 where it broke down.
    """
    try:
        results = (_apart if apart else child.results)(data.text, shapes.text)
    except ValueError as error:
        raise MinilatError("E090", f"the shapes cannot be used: {error}", hint="see the file named above") from None

    def term(text: str) -> str:
        return _LABEL.sub(label, text) if text.startswith("_:") else text

    def label(found: re.Match[str]) -> str:
        # The engine numbers blank nodes in the order in which it meets them, those of the shapes first.
        own = shapes.blank_nodes
        known, number = (own, int(found[2])) if found[1] == "1" else (data.blank_nodes, int(found[2]) - len(own))
        return known[number] if 0 <= number < len(known) else found[0]

    def words(messages: list[str]) -> str:
        # Some hold the text of terms; the engine's labels are of a form that is seldom anything else.
        return _LABEL.sub(lambda m: label(m)[2:], SEPARATOR.join(messages))

    return [
        Raw(term(focus), path, term(value), term(shape), _name(component), _name(severity), words(messages))
        for focus, path, value, shape, component, severity, messages in results
    ]


def _name(iri: str) -> str:
    return iri.removeprefix(SH) if iri.startswith(SH) else f"<{iri}>"


def _apart(data: str, shapes: str) -> list[Result]:
    """What :func:`kg.validate.child.results` gives, from a process of its own, which may break without harm."""
    rules = shapes.encode()
    command = [sys.executable, "-P", str(Path(child.__file__))]
    try:
        done = subprocess.run(  # noqa: S603  this very interpreter, a file of ours, no shell
            command,
            input=b"%d\n%b%b" % (len(rules), rules, data.encode()),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, OSError, ValueError) as error:
        raise _broken(f"it gave no answer: {type(error).__name__}") from None
    if not answer:
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
        raise _broken(f"its process ended with {how}")
    if "error" in answer:
        raise ValueError(answer["error"])
    return [(*row[:6], row[6]) for row in answer["results"]]


def _broken(what: str) -> MinilatError:
    return MinilatError(
        "E099", f"the engine broke down on these shapes: {what}", hint="try --engine pyshacl, and report it"
    )


@lru_cache(maxsize=1000)
def refused_pattern(pattern: str, flags: str) -> str:
    """Why the engine does not take the regular expression PATTERN; empty where it does."""
    text = f"<urn:s> <{SH}pattern> {literal_term(pattern)} .\n<urn:s> <{SH}targetNode> <urn:x> .\n"
    if flags:
        text += f"<urn:s> <{SH}flags> {literal_term(flags)} .\n"
    try:
        child.results("", text)
    except ValueError as error:
        return str(error).strip().splitlines()[-1].removeprefix("error: ").removeprefix("invalid shapes graph: ")
    return ""
