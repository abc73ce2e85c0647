"""Commands that look things up: members, groups, one thing, lists, and SPARQL."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.commands.console import app, open_graph, open_release, show_list, write
from kg.errors import MinilatError
from kg.options import AsOf, Format, NoCache, OwnRules, PlainFormat, QueryFormat, Roles, WhatIf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.catalogue import Entry
    from kg.graph import Graph
    from kg.store import Store


@app.command()
def members(
    arrangement: str,
    as_of: AsOf = None,
    roles: Roles = "core",
    what_if: WhatIf = None,
    rules: OwnRules = None,
    form: Format = None,
    no_cache: NoCache = False,
) -> None:
    """Who takes part in ARRANGEMENT on the day, in which role, by which source?"""
    show_list(
        open_graph(as_of, no_cache=no_cache, what_if=what_if, rules=rules).members(arrangement, roles=roles), form
    )


@app.command()
def groups(
    state: str,
    as_of: AsOf = None,
    roles: Roles = "core",
    what_if: WhatIf = None,
    rules: OwnRules = None,
    form: Format = None,
    no_cache: NoCache = False,
) -> None:
    """In which arrangements does STATE take part on the day?"""
    show_list(open_graph(as_of, no_cache=no_cache, what_if=what_if, rules=rules).groups(state, roles=roles), form)


@app.command()
def show(
    name: str,
    as_of: AsOf = None,
    what_if: WhatIf = None,
    rules: OwnRules = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="Text or JSON.")] = PlainFormat.text,
    no_cache: NoCache = False,
) -> None:
    """Everything recorded and inferred about NAME: an arrangement, a challenge, a state, a threat, a capability."""
    from kg.render import tables

    found = open_graph(as_of, no_cache=no_cache, what_if=what_if, rules=rules).show(name)
    write(tables.card(found) if form is PlainFormat.text else tables.card_json(found))


@app.command("list")
def list_(
    kind: str, as_of: AsOf = None, rules: OwnRules = None, form: Format = None, no_cache: NoCache = False
) -> None:
    """All things of a KIND: arrangements, challenges, states, threats, capabilities, regions, sources, roles."""
    show_list(open_graph(as_of, no_cache=no_cache, rules=rules).list_kind(kind), form)


@app.command()
def queries(
    form: Format = None,
    page: Annotated[bool, typer.Option("--page", help="The page docs/questions.md, from the headers.")] = False,
) -> None:
    """The named queries, with what they take."""
    from kg import catalogue, refusals
    from kg.records import Table

    if page:
        from kg.render import questions

        competency = [e for e in catalogue.questions() if e.code.startswith("CQ")]
        write(questions.page(competency, refusals.refusals()))
        return
    rows = [
        (e.code, e.name, e.title, ", ".join(dict.fromkeys(p.name for p in e.parameters)))
        for e in (*catalogue.questions(), *catalogue.criteria())
    ]
    rows += [(r.code, r.name, f"refused: {r.reason}", "") for r in refusals.refusals()]
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
    release: Annotated[
        str | None, typer.Option(metavar="RELEASE", help="Ask the data of this folder, or of this git tag or revision.")
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="SERVICE", help="A service that SERVICE in the query may ask; may be repeated."),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(metavar="SERVICE", help="Ask this service instead of the graph: a name or an address.")
    ] = None,
    page: Annotated[int, typer.Option(min=0, help="Rows a request, for a SELECT at --endpoint in a stable order.")] = 0,
    contact: Annotated[str, typer.Option(help="A mail address or page, told to the services asked.")] = "",
    record: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep the answers of services here.")] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Take the answers of services from here; nothing goes out.")
    ] = None,
    mirror: Annotated[
        list[str] | None, typer.Option(metavar="SERVICE=URL", help="Ask URL in place of SERVICE; may be repeated.")
    ] = None,
    with_: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="FILE", help="Ask this file too, as an import writes it; may be repeated."),
    ] = None,
    rules: OwnRules = None,
    no_cache: NoCache = False,
) -> None:
    """Run SPARQL: SELECT, ASK, CONSTRUCT or DESCRIBE, with all prefixes known. Updates are refused."""
    from kg import catalogue

    entry = catalogue.question(what)
    values = {}
    for pair in param or []:
        name, equals, value = pair.partition("=")
        if not equals:
            takes = "" if entry is None else f"{entry.code}: {entry.takes()}"
            raise MinilatError("E022", f"{pair!r} is not name=value", where="--param", hint=takes)
        values[name] = value
    if entry is not None and "asOf" in values:  # the day is that of the graph, never of one query alone
        as_of = values.pop("asOf")
    source = "" if entry is not None else _source(what)
    if release is None:
        graph = open_graph(as_of, no_cache=no_cache, rules=rules)
    else:
        graph = open_release(release, as_of, rules=rules)
    if with_:
        from kg import build
        from kg.graph import Graph

        graph = Graph(build.beside(graph.store, with_), graph.as_of)
    text = graph.text(what, values) if entry is not None else graph.sparql(source, values)
    if entry is not None and entry.code.startswith("CQ"):
        print("\n".join(_preface(graph, entry, values)), file=sys.stderr)
    store = graph.store
    if allow or endpoint or replay:
        from kg.remote import federation
        from kg.remote.client import Client
        from kg.remote.services import mirrors, service

        client = Client(contact, timeout, record=record, replay=replay, mirrors=mirrors(mirror or []))
        if endpoint:
            store, text = federation.elsewhere(text, client, endpoint, page)
        else:
            allowed = federation.addresses(text) if replay else [service(a).url for a in allow or []]
            text, quiet = federation.resolve(text, client, allowed)
            for line in quiet:
                print(f"SILENT: {line}", file=sys.stderr)
    _answer(store, text, form, max_rows, timeout)


def _preface(graph: Graph, entry: Entry, values: Mapping[str, str]) -> Iterator[str]:
    """What a reader of the answer must know: question, day, version, what was taken as given, limits."""
    from kg import __version__

    yield f"{entry.code}: {entry.title}"
    yield f"  as of {graph.as_of}, known as of {graph.known_as_of()}, rules and data of minilat {__version__}"
    usual = {p.name: p.usual for p in entry.parameters if p.name not in values and p.name != "asOf"}
    if usual:
        yield "  not given, so taken as usual: " + ", ".join(f"{k}={v}" for k, v in usual.items())
    if limit := entry.header.get("limit"):
        yield f"  limit: {limit}"
    if see := entry.header.get("see"):
        yield f"  see also: {see}"


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


def _answer(store: Store, text: str, form: QueryFormat | None, max_rows: int, timeout: float) -> None:
    from kg.forms import kind as form_of

    kind = form_of(text)
    if form is None:
        form = QueryFormat.ttl if kind == "graph" else QueryFormat.table if sys.stdout.isatty() else QueryFormat.csv
    if form is QueryFormat.table and kind == "rows":
        from kg.names import curie
        from kg.render import tables

        found = store.select(text, limit=max_rows, seconds=timeout)
        shown = [["" if v is None else curie(v[1:-1]) if v.startswith("<") else v for v in row] for row in found.rows]
        write(tables.grid(found.variables, shown))
        if not found.complete:
            print(f"only the first {max_rows} rows are shown; raise --max-rows for more", file=sys.stderr)
        return
    plain = "csv" if form is QueryFormat.table else form.value
    body, complete = store.serialise(text, plain, limit=max_rows, seconds=timeout)
    sys.stdout.buffer.write(body)
    if not complete:
        print(f"only the first {max_rows} triples are shown; raise --max-rows for more", file=sys.stderr)
