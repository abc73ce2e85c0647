"""The choices and options the commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class ListFormat(StrEnum):
    """How a list is written."""

    table = "table"
    csv = "csv"
    json = "json"


class FitFormat(StrEnum):
    """How an answer of fit is written."""

    table = "table"
    json = "json"
    md = "md"
    html = "html"


class QueryFormat(StrEnum):
    """How an answer to a query is written."""

    table = "table"
    csv = "csv"
    tsv = "tsv"
    json = "json"
    xml = "xml"
    ttl = "ttl"
    nt = "nt"
    jsonld = "jsonld"


class ReportFormat(StrEnum):
    """How a report of findings is written."""

    text = "text"
    json = "json"


class FailOn(StrEnum):
    """The lowest severity that makes the exit code 1."""

    error = "error"
    warning = "warning"
    info = "info"
    never = "never"


class EngineName(StrEnum):
    """The SHACL engine."""

    rust = "rust"
    pyshacl = "pyshacl"


AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="The day asked about; today by default.")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Build the graph anew and keep nothing.")]
Roles = Annotated[
    str, typer.Option(help="core, or all: with observers, beneficiaries, applicants and suspended members.")
]
Format = Annotated[
    ListFormat | None, typer.Option("--format", help="A table on a terminal and CSV when piped, unless given.")
]
