"""Commands that check: the data against shapes, and the installation."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.commands.console import Waiting, app, show_list, write
from kg.errors import MinilatError
from kg.options import EngineName, FailOn, Format, ReportFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.records import Report
    from kg.validate import policy

Shown = Annotated[ReportFormat, typer.Option("--format", help="How the findings are written.")]


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
    form: Shown = ReportFormat.text,
    severity: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Severities of your own: lines of CODE error|warning|info|off.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Findings in this file are known and do not fail.")
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write all findings to the baseline and exit 0.")
    ] = False,
    changed_since: Annotated[
        str | None, typer.Option(metavar="REV", help="Only findings in files that differ from this git revision.")
    ] = None,
    max_results: Annotated[int, typer.Option(min=0, help="Show only the worst so many; 0 shows all.")] = 0,
    watch: Annotated[bool, typer.Option("--watch", help="Check again at every change, until Ctrl-C.")] = False,
) -> None:
    """Check files against the shapes: exit 0 fine, 1 findings, 2 cannot be read."""
    from kg.validate import policy

    own = _files(shapes or [])
    if watch and (write_baseline or form is not ReportFormat.text or Path("-") in (paths or [])):
        raise MinilatError("E134", "a watch reads files and shows text", where="--watch", hint="leave the other out")
    if write_baseline and (baseline is None or changed_since is not None):
        hint = "name the file with --baseline, and leave out --changed-since"
        raise MinilatError("E134", "a baseline is written whole, to a file", where="--write-baseline", hint=hint)

    def check() -> Report:
        rules = policy.Policy(
            fail_on.value,
            policy.severities(severity, own) if severity else {},
            None if write_baseline else baseline,
            changed_since,
            max_results,
        )
        return _checked(paths or [], own, engine, input_format, rules)

    if watch:
        _watch(check, paths or [], own, [p for p in (severity, baseline) if p])
        return
    report = check()
    if write_baseline and baseline is not None and not report.broken:
        _keep(baseline, report)
        return
    write(_written(report, form))
    if report.broken:
        first = report.findings[0]
        raise MinilatError(
            first.code,
            f"{first.message}; as long as a document cannot be read, nothing else is checked",
            hint=first.hint,
            where=f"{first.file}:{first.line}:{first.column}" if first.line else first.file,
        )
    if report.failed:
        raise typer.Exit(1)


def _checked(paths: list[Path], own: list[Path], engine: EngineName, input_format: str, rules: policy.Policy) -> Report:
    from dataclasses import replace

    from kg import validate as act
    from kg.validate import excuses, policy

    with Waiting("validating …"):
        report = act.check(paths, shapes=own, engine=engine.value, input_format=input_format)
    subject = " ".join(p.as_posix() for p in paths) or "data"
    return policy.apply(replace(report, subject=subject), rules, text=excuses.text, shapes=own)


def _watch(check: Callable[[], Report], paths: list[Path], own: list[Path], also: list[Path]) -> None:
    from kg import files
    from kg.commands import watching
    from kg.validate import reading

    def watched() -> list[Path]:
        reading.forget()
        sources = reading.sources(paths) if paths else reading.shipped()
        return [*(s.path for s in sources if s.path), *(own or files.shapes()), *also]

    watching.watch(check, watched, reading.source_line, colour=_colour())


def _keep(path: Path, report: Report) -> None:
    from kg.validate import baseline

    kept = baseline.write(path, report.findings)
    print(f"{kept} known finding{'s' if kept != 1 else ''} written to {path}", file=sys.stderr)
    if left := [f for f in report.findings if not baseline.may_be_known(f)]:
        print(f"{len(left)} cannot be known and stay: {', '.join(sorted({f.code for f in left}))}", file=sys.stderr)


def _written(report: Report, form: ReportFormat) -> str:
    from kg.render.findings import gitb, github, gitlab, junit, sarif, structured, text, turtle
    from kg.validate import reading

    if form is ReportFormat.text:
        return text.report(report, reading.source_line, colour=_colour())
    # What goes to a program is data alone; the count is for whoever reads the log.
    print(text.summary(report), file=sys.stderr)
    if form is ReportFormat.gitb:
        return gitb.report(report, _now())
    forms = {
        ReportFormat.github: github.report,
        ReportFormat.gitlab: gitlab.report,
        ReportFormat.sarif: sarif.report,
        ReportFormat.junit: junit.report,
        ReportFormat.json: structured.report,
        ReportFormat.ttl: turtle.report,
    }
    return forms[form](report)


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _now() -> str:
    """The time of the report (xsd:dateTime), or the one of a build that is to be repeated exactly."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


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


@app.command()
def doctor(form: Format = None) -> None:
    """What is installed, where the data and the cache lie, and what is missing for optional parts."""
    from kg import doctor as act

    show_list(act.examine(), form)
