"""Commands that check: the data against shapes, and the installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.commands.console import Waiting, app, show_list, write
from kg.errors import MinilatError
from kg.options import EngineName, FailOn, Format, ReportFormat

if TYPE_CHECKING:
    from kg.records import Report


@app.command()
def validate(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, folders, patterns or - ; the shipped data when none are given.")
    ] = None,
    shapes: Annotated[
        list[Path] | None, typer.Option(help="Shapes of your own instead of the shipped ones; may be repeated.")
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="rust, or pyshacl as the reference.")] = EngineName.rust,
    input_format: Annotated[
        str, typer.Option(help="The syntax, whatever the file endings say: turtle, trig, n-triples, n-quads, …")
    ] = "",
    fail_on: Annotated[FailOn, typer.Option(help="The lowest severity that makes the exit code 1.")] = FailOn.error,
    form: Annotated[ReportFormat, typer.Option("--format", help="Text or JSON.")] = ReportFormat.text,
) -> None:
    """Check files against the shapes: exit 0 fine, 1 findings, 2 cannot be read."""
    from kg import validate as act
    from kg.render import tables

    with Waiting("validating …"):
        report = act.check(paths or [], shapes=_files(shapes or []), engine=engine.value, input_format=input_format)
    write(tables.report_text(report) if form is ReportFormat.text else tables.report_json(report))
    if report.broken:
        first = report.findings[0]
        raise MinilatError(
            first.code,
            f"{first.message}; as long as a document cannot be read, nothing else is checked",
            hint=first.hint,
            where=f"{first.file}:{first.line}:{first.column}" if first.line else first.file,
        )
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

    show_list(act.examine(), form)
