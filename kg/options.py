"""The choices and options the commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kg.errors import MinilatError


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


class BacktestFormat(StrEnum):
    """How a back-test is written."""

    text = "text"
    json = "json"
    md = "md"


class PlainFormat(StrEnum):
    """How an answer of reasoning, a card or a composition is written."""

    text = "text"
    json = "json"


class ReportFormat(StrEnum):
    """How a report of findings is written."""

    text = "text"
    github = "github"
    gitlab = "gitlab"
    sarif = "sarif"
    junit = "junit"
    json = "json"
    ttl = "ttl"
    gitb = "gitb"


class ReleaseFormat(StrEnum):
    """How the statements of a release are written."""

    ttl = "ttl"
    trig = "trig"
    nq = "nq"
    jsonld = "jsonld"
    csv = "csv"


class ProofFormat(StrEnum):
    """How a proof is written."""

    text = "text"
    json = "json"
    ttl = "ttl"
    dot = "dot"
    svg = "svg"
    html = "html"


class DiffFormat(StrEnum):
    """How a difference is written: text or JSON of a scenario, a table, CSV or JSON of two releases."""

    text = "text"
    table = "table"
    csv = "csv"
    json = "json"


class RulesFormat(StrEnum):
    """How rules are written: as a list, or in the forms of other engines."""

    table = "table"
    csv = "csv"
    json = "json"
    shacl = "shacl"
    update = "update"


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
WhatIf = Annotated[
    str | None,
    typer.Option("--what-if", metavar="SCENARIO", help="Suppose this, in words or in a file; nothing is recorded."),
]
OwnRules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="Run the rules in this folder too (docs/reasoning.md)."),
]
Roles = Annotated[
    str, typer.Option(help="core, or all: with observers, beneficiaries, applicants and suspended members.")
]
Format = Annotated[
    ListFormat | None, typer.Option("--format", help="A table on a terminal and CSV when piped, unless given.")
]


Over = Annotated[
    str | None, typer.Option("--over", metavar="YEAR..YEAR", help="How the answer changed, on each 31 December.")
]


def weights(pairs: list[str] | None) -> dict[str, float] | None:
    """The weights in PAIRS of CODE=NUMBER, or None for none. Raises MinilatError E022 for a pair of another form."""
    found = {}
    for pair in pairs or []:
        code, _, number = pair.partition("=")
        try:
            found[code] = float(number)
        except ValueError:
            raise MinilatError("E022", f"{pair!r} is not CODE=NUMBER", where="--weight") from None
    return found or None


def words(text: str) -> tuple[str, ...]:
    """The words of TEXT between commas."""
    return tuple(w.strip() for w in text.split(",") if w.strip())
