"""The command that brings tables of others into the graph."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kg.commands.console import Waiting, app, show_list, write
from kg.errors import MinilatError
from kg.options import Format


@app.command("import")
def import_(
    tables: Annotated[list[Path] | None, typer.Argument(help="Tables with a CSVW description beside them.")] = None,
    into: Annotated[Path | None, typer.Option(metavar="DIR", help="Where NAME.ttl is written.")] = None,
    name: Annotated[str | None, typer.Option(help="The name of the import.")] = None,
    retrieved: Annotated[str | None, typer.Option(metavar="DATE", help="The day the tables were copied.")] = None,
    template: Annotated[Path | None, typer.Option(metavar="DIR", help="Write empty tables to fill in, here.")] = None,
    form: Format = None,
) -> None:
    """Take new statements from tables: exit 0 taken, 1 findings or dates that differ from ours, 2 cannot be read."""
    from kg import imports

    if template is not None:
        for path in imports.template(template):
            print(path)
        return
    if into is None or name is None or retrieved is None:
        hint = "minilat import TABLE … --into DIR --name NAME --retrieved DATE"
        raise MinilatError("E190", "an import needs a folder, a name and a day", hint=hint)
    with Waiting("reading tables …"):
        done = imports.read(tables or [], into, name, retrieved)
    if done.report.count("error"):
        from kg.render.findings import text
        from kg.validate import reading

        write(text.report(done.report, reading.source_line, colour=False))
        print("nothing is imported as long as there are errors", file=sys.stderr)
        raise typer.Exit(1)
    show_list(done.beside, form)
    differing = len({row[0] for row in done.beside.rows if row[-1] == "differs"})
    agreeing = len({row[0] for row in done.beside.rows}) - differing
    where = f"new in {done.path}" if done.path else "new, so nothing was written"
    print(f"{done.statements} {where}; {agreeing} here already, {differing} differ", file=sys.stderr)
    if differing:
        raise typer.Exit(1)
