"""Commands that look things up: members, groups, one thing, lists, and SPARQL."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.commands.console import app, open_graph, show_list, write
from kg.errors import MinilatError
from kg.options import AsOf, Format, NoCache, QueryFormat, ReportFormat, Roles

if TYPE_CHECKING:
    from kg.graph import Graph


@app.command()
def members(
    arrangement: str, as_of: AsOf = None, roles: Roles = "core", form: Format = None, no_cache: NoCache = False
) -> None:
    """Who takes part in ARRANGEMENT on the day, in which role, by which source?"""
    show_list(open_graph(as_of, no_cache=no_cache).members(arrangement, roles=roles), form)


@app.command()
def groups(
    state: str, as_of: AsOf = None, roles: Roles = "core", form: Format = None, no_cache: NoCache = False
) -> None:
    """In which arrangements does STATE take part on the day?"""
    show_list(open_graph(as_of, no_cache=no_cache).groups(state, roles=roles), form)


@app.command()
def show(
    name: str,
    as_of: AsOf = None,
    form: Annotated[ReportFormat, typer.Option("--format", help="Text or JSON.")] = ReportFormat.text,
    no_cache: NoCache = False,
) -> None:
    """Everything recorded and inferred about NAME: an arrangement, a challenge, a state, a threat, a capability."""
    from kg.render import tables

    found = open_graph(as_of, no_cache=no_cache).show(name)
    write(tables.card(found) if form is ReportFormat.text else tables.card_json(found))


@app.command("list")
def list_(kind: str, as_of: AsOf = None, form: Format = None, no_cache: NoCache = False) -> None:
    """All things of a KIND: arrangements, challenges, states, threats, capabilities, regions, sources, roles."""
    show_list(open_graph(as_of, no_cache=no_cache).list_kind(kind), form)


@app.command()
def queries(form: Format = None) -> None:
    """The named queries, with what they take."""
    from kg import catalogue
    from kg.records import Table

    rows = [
        (e.code, e.name, e.title, ", ".join(p.name for p in e.parameters))
        for e in (*catalogue.questions(), *catalogue.criteria())
    ]
    show_list(Table("queries", ("code", "name", "question", "parameters"), tuple(rows)), form)


@app.command()
def query(
    what: Annotated[
        str, typer.Argument(metavar="NAME|CODE|FILE|-", help="A named query, a file, or - for standard input.")
    ],
    param: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="A parameter of a named query; may be repeated.")
    ] = None,
    as_of: AsOf = None,
    form: Annotated[
        QueryFormat | None,
        typer.Option("--format", help="A table on a terminal, CSV or Turtle when piped, unless given."),
    ] = None,
    max_rows: Annotated[int, typer.Option(min=1, help="Refuse a longer answer.")] = 100_000,
    timeout: Annotated[float, typer.Option(min=0.01, help="Seconds after which to give up.")] = 30.0,
    no_cache: NoCache = False,
) -> None:
    """Run SPARQL: SELECT, ASK, CONSTRUCT or DESCRIBE, with all prefixes known. Updates are refused."""
    values = {}
    for pair in param or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise MinilatError("E022", f"{pair!r} is not name=value", where="--param")
        values[name] = value
    from kg import catalogue

    graph = open_graph(as_of, no_cache=no_cache)
    text = graph.text(what, values) if catalogue.question(what) else graph.sparql(_source(what), values)
    _answer(graph, text, form, max_rows, timeout)


def _source(what: str) -> str:
    """The SPARQL in the file WHAT, or on standard input for a dash."""
    from kg import catalogue

    try:
        if what == "-":
            return sys.stdin.buffer.read().decode("utf-8")
        if os.path.isfile(what):  # noqa: PTH113 – Path.is_file raises for text too long to be a path
            return Path(what).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MinilatError("E030", f"cannot read {what}: {error}", hint="a query is UTF-8 text") from None
    raise catalogue.no_question(what)


def _answer(graph: Graph, text: str, form: QueryFormat | None, max_rows: int, timeout: float) -> None:
    from kg.sparql import kind as form_of

    kind = form_of(text)
    if form is None:
        form = QueryFormat.ttl if kind == "graph" else QueryFormat.table if sys.stdout.isatty() else QueryFormat.csv
    if form is QueryFormat.table and kind == "rows":
        from kg.names import curie
        from kg.render import tables

        found = graph.store.select(text, limit=max_rows, seconds=timeout)
        shown = [["" if v is None else curie(v[1:-1]) if v.startswith("<") else v for v in row] for row in found.rows]
        write(tables.grid(found.variables, shown))
        if not found.complete:
            print(f"only the first {max_rows} rows are shown; raise --max-rows for more", file=sys.stderr)
        return
    plain = "csv" if form is QueryFormat.table else form.value
    body, complete = graph.store.serialise(text, plain, limit=max_rows, seconds=timeout)
    sys.stdout.buffer.write(body)
    if not complete:
        print(f"only the first {max_rows} triples are shown; raise --max-rows for more", file=sys.stderr)
