"""The command that brings tables of others into the graph."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.commands.console import Waiting, app, show_list, write
from kg.errors import MinilatError
from kg.options import Format

if TYPE_CHECKING:
    from kg.imports import Import, Mapped


@app.command("import")
def import_(
    documents: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE…", help="Tables with a CSVW description beside them, or what --as reads."),
    ] = None,
    into: Annotated[Path | None, typer.Option(metavar="DIR", help="Where NAME.ttl is written.")] = None,
    name: Annotated[str | None, typer.Option(help="The name of the import.")] = None,
    retrieved: Annotated[str | None, typer.Option(metavar="DATE", help="The day the files were copied.")] = None,
    mapping: Annotated[
        str | None,
        typer.Option("--as", metavar="MAPPING", help="A mapping by name, or its folder (docs/importing.md)."),
    ] = None,
    crosswalk: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="What the codes stand for: SSSOM, or a CSV; may be repeated."),
    ] = None,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave out what has a row that does not fit, instead of stopping.")
    ] = False,
    indicator: Annotated[
        str | None, typer.Option(metavar="CODE", help="Ask the World Bank for this indicator (--as worldbank).")
    ] = None,
    years: Annotated[str, typer.Option(metavar="YEAR[:YEAR]", help="The years asked for with --indicator.")] = "",
    contact: Annotated[str, typer.Option(help="A mail address or page, told to the service.")] = "",
    timeout: Annotated[float, typer.Option(min=0.01, help="Seconds that one request may take.")] = 90.0,
    record: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep the answers of the service here.")] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Take the answers from here; nothing goes out.")
    ] = None,
    mirror: Annotated[str | None, typer.Option(metavar="URL", help="Ask this copy of the service instead.")] = None,
    template: Annotated[Path | None, typer.Option(metavar="DIR", help="Write empty tables to fill in, here.")] = None,
    form: Format = None,
) -> None:
    """Take new statements from tables: exit 0 taken, 1 findings or dates that differ from ours, 2 cannot be read."""
    from kg import imports

    if template is not None:
        for path in imports.template(template):
            print(path)
        return
    if into is None or name is None or (retrieved is None and indicator is None):
        hint = "minilat import FILE … --into DIR --name NAME --retrieved DATE"
        raise MinilatError("E190", "an import needs a folder, a name and a day", hint=hint)
    if mapping is None:
        if crosswalk or leave_out or indicator:
            hint = "minilat import --as worldbank --indicator CODE --years YEARS …"
            raise MinilatError("E190", "--crosswalk, --leave-out and --indicator belong to --as", hint=hint)
        _tables(documents or [], into, name, str(retrieved), form)
        return
    if indicator is not None and (documents or retrieved is not None):
        raise MinilatError("E190", "either files with their day, or --indicator", hint="its answers say their day")
    declared = imports.find(mapping)
    with Waiting("reading …"):
        if indicator is None:
            given = imports.documents(declared, documents or [], str(retrieved))
        else:
            from kg.remote.client import Client

            client = Client(contact, timeout, record=record, replay=replay)
            given = imports.asked(declared, client, indicator, years, mirror=mirror)
        done = imports.bring(declared, given, into, name, crosswalk=crosswalk or [], leave_out=leave_out)
    for trouble in done.aside:
        print(f"left out: {trouble}", file=sys.stderr)
    if done.errors:
        write("".join(f"{trouble}\n" for trouble in done.errors))
        print("nothing is imported as long as there are errors", file=sys.stderr)
        raise typer.Exit(1)
    for double in done.doubles:
        print(f"perhaps the same: {double}", file=sys.stderr)
    _end(done, form)


def _tables(tables: list[Path], into: Path, name: str, retrieved: str, form: Format) -> None:
    from kg import imports

    with Waiting("reading tables …"):
        done = imports.read(tables, into, name, retrieved)
    if done.report.count("error"):
        from kg.render.findings import text
        from kg.validate import reading

        write(text.report(done.report, reading.source_line, colour=False))
        print("nothing is imported as long as there are errors", file=sys.stderr)
        raise typer.Exit(1)
    _end(done, form)


def _end(done: Import | Mapped, form: Format) -> None:
    """What is here already as a list, the sum in words, and exit 1 where something differs."""
    show_list(done.beside, form)
    differing = len({row[0] for row in done.beside.rows if row[-1] == "differs"})
    agreeing = len({row[0] for row in done.beside.rows}) - differing
    where = f"new in {done.path}" if done.path else "new, so nothing was written"
    print(f"{done.statements} {where}; {agreeing} here already, {differing} differ", file=sys.stderr)
    if differing:
        raise typer.Exit(1)
