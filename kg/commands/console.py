"""What all commands share: the application, opening the graph, and writing."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Final

import typer

from kg.options import ListFormat

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import Graph
    from kg.records import Table

app = typer.Typer(
    name="minilat",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Which grouping of states fits this security challenge, on this date, and why?",
)

PATIENCE: Final = 1.0
"""Seconds of silence before the user is told what takes so long."""


class Waiting:
    """Says on stderr what is going on when it takes longer than a moment, and on a terminal how far it has come."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._told = False
        self._timer = threading.Timer(PATIENCE, self._tell)
        self._timer.daemon = True

    def __enter__(self) -> Waiting:
        self._timer.start()
        return self

    def _tell(self) -> None:
        self._told = True
        sys.stderr.write(self._words + ("" if sys.stderr.isatty() else "\n"))
        sys.stderr.flush()

    def say(self, words: str) -> None:
        """What is going on now: in place of what was said, on a terminal; nowhere else, so that logs stay short."""
        self._words = words
        if self._told and sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{words}")
            sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._told and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def open_graph(
    as_of: str | None,
    *,
    no_cache: bool,
    hide: tuple[str, ...] = (),
    what_if: str | None = None,
    rules: Path | None = None,
    least: str | None = None,
) -> Graph:
    """The graph for the day AS_OF (today by default), without the arrangements HIDE, under the scenario WHAT_IF.

    RULES is a folder of rules that run beside the shipped ones; with LEAST, statements of less confidence are left out.
    """
    from kg import dates
    from kg.graph import Graph

    day = None if as_of is None else dates.day(as_of)
    if what_if is None:
        with Waiting("building the graph for this day; it is kept for the next time …"):
            return Graph.load(day, cache=not no_cache, hide=hide, rules=rules, least=least)
    with Waiting("building the graph under the scenario; nothing of it is kept …"):
        graph = Graph.load(day, cache=not no_cache, hide=hide, what_if=what_if, rules=rules)
    sys.stderr.write(f"{graph.supposed.replace('Supposed', f'supposed on {graph.as_of}', 1)}\n")
    return graph


def open_release(name: str, as_of: str | None, *, rules: Path | None = None) -> Graph:
    """The graph of the release NAME for the day AS_OF (today by default); it is built anew each time, with RULES."""
    from kg.graph import Graph

    with Waiting("building the graph of this release …"):
        return Graph.release(name, as_of, rules=rules)


def write(text: str) -> None:
    """TEXT on stdout."""
    sys.stdout.write(text)


def show_list(table: Table, form: ListFormat | None) -> None:
    """TABLE on stdout, its notes on stderr."""
    from kg.render import tables

    chosen = form or (ListFormat.table if sys.stdout.isatty() else ListFormat.csv)
    written = {ListFormat.table: tables.as_table, ListFormat.csv: tables.as_csv, ListFormat.json: tables.as_json}
    write(written[chosen](table))
    for note in table.notes:
        print(f"{table.title}: {note}", file=sys.stderr)
