"""The command line: arguments in, text out. Data goes to stdout alone, words to stderr.

Exit codes: 0 fine, 1 findings, 2 the request was wrong, 3 our own fault.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kg import __version__
from kg.errors import MinilatError
from kg.options import (
    AsOf,
    EngineName,
    FailOn,
    FitFormat,
    Format,
    ListFormat,
    NoCache,
    QueryFormat,
    ReportFormat,
    Roles,
    weights,
    words,
)

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.records import Report, Table

app = typer.Typer(
    name="minilat",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Which grouping of states fits this security challenge, on this date, and why?",
)

PATIENCE: Final = 1.0
"""Seconds of silence before the user is told what takes so long."""


class _Waiting:
    """Says on stderr what is going on when it takes longer than a moment."""

    def __init__(self, words: str) -> None:
        self._timer = threading.Timer(PATIENCE, lambda: sys.stderr.write(f"{words}\n"))
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _graph(as_of: str | None, *, no_cache: bool, hide: tuple[str, ...] = ()) -> Graph:
    from kg import dates
    from kg.graph import Graph

    day = dates.today() if as_of is None else dates.day(as_of)
    with _Waiting("building the graph for this day; it is kept for the next time …"):
        return Graph.load(day, cache=not no_cache, hide=hide)


def _write(text: str) -> None:
    sys.stdout.write(text)


def _list(table: Table, form: ListFormat | None) -> None:
    from kg.render import tables

    chosen = form or (ListFormat.table if sys.stdout.isatty() else ListFormat.csv)
    write = {ListFormat.table: tables.as_table, ListFormat.csv: tables.as_csv, ListFormat.json: tables.as_json}
    _write(write[chosen](table))
    for note in table.notes:
        print(f"{table.title}: {note}", file=sys.stderr)


@app.command()
def fit(
    challenge: Annotated[
        str | None, typer.Argument(help="A challenge in the data, by id, notation or name: S01.")
    ] = None,
    challenge_file: Annotated[
        Path | None, typer.Option(help="A file with a challenge that is not in the data.")
    ] = None,
    as_of: AsOf = None,
    hide: Annotated[str, typer.Option(metavar="ID,…", help="Leave these arrangements out, and all about them.")] = "",
    prefer: Annotated[
        str | None, typer.Option(metavar="nato|eu|none|low-profile", help="The anchor preferred.")
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="lexicographic|promethee|electre", help="How a class is ordered.")
    ] = "lexicographic",
    weight: Annotated[
        list[str] | None, typer.Option(metavar="CODE=NUMBER", help="A weight for the last two; may be repeated.")
    ] = None,
    form: Annotated[FitFormat, typer.Option("--format", help="How the answer is written.")] = FitFormat.table,
    every: Annotated[bool, typer.Option("--all", help="List every option, also each ineligible one.")] = False,
    no_cache: NoCache = False,
) -> None:
    """Which grouping fits CHALLENGE, and why? Ranked, explained, with sources."""
    if (challenge is None) == (challenge_file is None):
        raise MinilatError(
            "E021",
            "give one challenge: by name, or with --challenge-file",
            hint="`minilat list challenges` shows those in the data",
        )
    graph = _graph(as_of, no_cache=no_cache, hide=words(hide))
    chosen = weights(weight)
    with _Waiting("judging all options …"):
        if challenge is not None:
            answer = graph.fit(challenge, prefer=prefer, method=method, weights=chosen)
        else:
            answer = graph.fit_file(Path(str(challenge_file)), prefer=prefer, method=method, weights=chosen)
    from kg.render import fit as render

    if form is FitFormat.table:
        _write(render.as_text(answer, every=every))
    else:
        write = {FitFormat.json: render.as_json, FitFormat.md: render.as_markdown, FitFormat.html: render.as_html}
        _write(write[form](answer))


@app.command()
def compose(
    challenge: Annotated[str, typer.Argument(help="A challenge in the data, by id, notation or name: S01.")],
    as_of: AsOf = None,
    max_size: Annotated[int | None, typer.Option(min=1, help="At most so many members.")] = None,
    anchor: Annotated[str | None, typer.Option(metavar="ID", help="Only under this anchor.")] = None,
    include: Annotated[str, typer.Option(metavar="STATE,…", help="States that must take part.")] = "",
    exclude: Annotated[str, typer.Option(metavar="STATE,…", help="States that must not.")] = "",
    partner: Annotated[bool, typer.Option("--partner", help="At least one partner of NATO takes part.")] = False,
    prefer: Annotated[str, typer.Option(metavar="nato|eu|none", help="The anchor preferred.")] = "none",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show at most so many groupings.")] = 10,
    seconds: Annotated[float, typer.Option(min=0.1, help="Stop then, with the best found so far.")] = 10.0,
    form: Annotated[ReportFormat, typer.Option("--format", help="Text or JSON.")] = ReportFormat.text,
    no_cache: NoCache = False,
) -> None:
    """Which smallest new grouping would meet CHALLENGE, under which anchor, and who is critical?"""
    from kg.render import compose as render

    graph = _graph(as_of, no_cache=no_cache)
    with _Waiting("composing …"):
        found = graph.compose(
            challenge,
            include=words(include),
            exclude=words(exclude),
            anchor=anchor,
            largest=max_size,
            partner=partner,
            prefer=prefer,
            limit=limit,
            seconds=seconds,
        )
    write = render.as_text if form is ReportFormat.text else render.as_json
    _write(write(graph.thing("challenge", challenge), str(graph.as_of), found))


@app.command()
def members(
    arrangement: str, as_of: AsOf = None, roles: Roles = "core", form: Format = None, no_cache: NoCache = False
) -> None:
    """Who takes part in ARRANGEMENT on the day, in which role, by which source?"""
    _list(_graph(as_of, no_cache=no_cache).members(arrangement, roles=roles), form)


@app.command()
def groups(
    state: str, as_of: AsOf = None, roles: Roles = "core", form: Format = None, no_cache: NoCache = False
) -> None:
    """In which arrangements does STATE take part on the day?"""
    _list(_graph(as_of, no_cache=no_cache).groups(state, roles=roles), form)


@app.command()
def show(
    name: str,
    as_of: AsOf = None,
    form: Annotated[ReportFormat, typer.Option("--format", help="Text or JSON.")] = ReportFormat.text,
    no_cache: NoCache = False,
) -> None:
    """Everything recorded and inferred about NAME: an arrangement, a challenge, a state, a threat, a capability."""
    from kg.render import tables

    found = _graph(as_of, no_cache=no_cache).show(name)
    _write(tables.card(found) if form is ReportFormat.text else tables.card_json(found))


@app.command("list")
def list_(kind: str, as_of: AsOf = None, form: Format = None, no_cache: NoCache = False) -> None:
    """All things of a KIND: arrangements, challenges, states, threats, capabilities, regions, sources, roles."""
    _list(_graph(as_of, no_cache=no_cache).list_kind(kind), form)


@app.command()
def queries(form: Format = None) -> None:
    """The named queries, with what they take."""
    from kg import catalogue
    from kg.records import Table

    rows = [
        (e.code, e.name, e.title, ", ".join(p.name for p in e.parameters))
        for e in (*catalogue.questions(), *catalogue.criteria())
    ]
    _list(Table("queries", ("code", "name", "question", "parameters"), tuple(rows)), form)


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

    graph = _graph(as_of, no_cache=no_cache)
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
    from kg.store import kind as form_of

    kind = form_of(text)
    if form is None:
        form = QueryFormat.ttl if kind == "graph" else QueryFormat.table if sys.stdout.isatty() else QueryFormat.csv
    if form is QueryFormat.table and kind == "rows":
        from kg.names import curie
        from kg.render import tables

        found = graph.store.select(text, limit=max_rows, seconds=timeout)
        shown = [["" if v is None else curie(v[1:-1]) if v.startswith("<") else v for v in row] for row in found.rows]
        _write(tables.grid(found.variables, shown))
        if not found.complete:
            print(f"only the first {max_rows} rows are shown; raise --max-rows for more", file=sys.stderr)
        return
    plain = "csv" if form is QueryFormat.table else form.value
    body, complete = graph.store.serialise(text, plain, limit=max_rows, seconds=timeout)
    sys.stdout.buffer.write(body)
    if not complete:
        print(f"only the first {max_rows} triples are shown; raise --max-rows for more", file=sys.stderr)


@app.command()
def validate(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders; the shipped data when none are given.")
    ] = None,
    shapes: Annotated[
        list[Path] | None, typer.Option(help="Shapes of your own instead of the shipped ones; may be repeated.")
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="rust, or pyshacl as the reference.")] = EngineName.rust,
    fail_on: Annotated[FailOn, typer.Option(help="The lowest severity that makes the exit code 1.")] = FailOn.error,
    form: Annotated[ReportFormat, typer.Option("--format", help="Text or JSON.")] = ReportFormat.text,
) -> None:
    """Check files against the shapes: exit 0 fine, 1 findings, 2 cannot be read."""
    from kg import validate as act
    from kg.render import tables

    with _Waiting("validating …"):
        report = act.check(_files(paths or []), shapes=_files(shapes or []), engine=engine.value)
    _write(tables.report_text(report) if form is ReportFormat.text else tables.report_json(report))
    if _failed(report, fail_on):
        raise typer.Exit(1)


def _files(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in dict.fromkeys(paths):
        inside = (
            sorted(p for p in path.rglob("*") if p.suffix in (".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld"))
            if path.is_dir()
            else [path]
        )
        if not inside:
            raise MinilatError(
                "E034",
                "no RDF file in this folder",
                where=str(path),
                hint="give a folder with .ttl, .nt, .nq, .trig, .rdf or .jsonld files",
            )
        found.extend(inside)
    return found


def _failed(report: Report, fail_on: FailOn) -> bool:
    order = ["error", "warning", "info"]
    return fail_on is not FailOn.never and any(report.count(s) for s in order[: order.index(fail_on.value) + 1])


@app.command()
def doctor(form: Format = None) -> None:
    """What is installed, where the data and the cache lie, and what is missing for optional parts."""
    from kg import doctor as act

    _list(act.examine(), form)


def _version(asked: bool) -> None:
    if asked:
        print(f"minilat {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Which grouping of states fits this security challenge, on this date, and why?"""


def main() -> None:
    """Run the command line and turn errors into words and exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Data is UTF-8 wherever it goes; a terminal that cannot show a character shows a question mark.
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except MinilatError as error:
        print(f"minilat: {error}", file=sys.stderr)
        code = 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        if os.environ.get("MINILAT_DEBUG"):
            raise
        print(f"minilat: this is our fault, not yours: {type(error).__name__}: {error}", file=sys.stderr)
        print("  hint: run again with MINILAT_DEBUG=1 and report what it prints", file=sys.stderr)
        code = 3
    else:
        return
    sys.stdout.flush()
    sys.stderr.flush()
    # A query that ran out of time may still be working in the engine, which cannot be interrupted.
    os._exit(code)


if __name__ == "__main__":
    main()
