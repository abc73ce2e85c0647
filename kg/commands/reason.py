"""Commands that show the reasoning: why, why not, what if, and what changed between two releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kg.commands.console import Waiting, app, open_graph, show_list, write
from kg.dates import day
from kg.errors import MinilatError
from kg.options import AsOf, DiffFormat, ListFormat, NoCache, OwnRules, PlainFormat, ProofFormat, RulesFormat, WhatIf
from kg.options import words as split

if TYPE_CHECKING:
    from kg.proof import Proof

Words = Annotated[
    list[str],
    typer.Argument(metavar="OPTION CHALLENGE | ARRANGEMENT STATE | 'S P O'", help="What is asked about."),
]
Full = Annotated[bool, typer.Option("--full", help="In text, repeat nothing and cut no list.")]
Depth = Annotated[int | None, typer.Option(min=0, help="In text, show so many levels.")]
Form = Annotated[ProofFormat, typer.Option("--format", help="How the proof is written.")]


@app.command()
def why(
    words: Words,
    as_of: AsOf = None,
    every: Annotated[bool, typer.Option("--every", help="Also other derivations, ten at most of each fact.")] = False,
    full: Full = False,
    depth: Depth = None,
    what_if: WhatIf = None,
    rules: OwnRules = None,
    form: Form = ProofFormat.text,
    no_cache: NoCache = False,
) -> None:
    """Why is it so? The rules and the statements it rests on, with file, line, source and confidence."""
    graph = open_graph(as_of, no_cache=no_cache, what_if=what_if, rules=rules)
    with Waiting("looking for the proof …"):
        found = graph.why(*words, every=every)
    _show(found, form, full=full, depth=depth)


@app.command("why-not")
def why_not(
    words: Words,
    as_of: AsOf = None,
    rules: OwnRules = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="Text or JSON.")] = PlainFormat.text,
    no_cache: NoCache = False,
) -> None:
    """Why is it not so? The nearest rules, what fails, and the smallest change under which it would be so."""
    from kg.render import proof as render

    graph = open_graph(as_of, no_cache=no_cache, rules=rules)
    with Waiting("looking for the smallest change; it is checked by a full run …"):
        found = graph.why_not(*words)
    write(render.why_not_text(found) if form is PlainFormat.text else render.why_not_json(found))


@app.command()
def diff(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO | OLD",
            help="What is supposed: a file, or words such as 'add CAN to jef as member'. With NEW, the older one.",
        ),
    ],
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The newer release: a folder, or a tag or revision.")
    ] = None,
    as_of: AsOf = None,
    challenge: Annotated[
        str | None, typer.Option(metavar="ID,…", help="Judge only these challenges; 'none' for none at all.")
    ] = None,
    rules: OwnRules = None,
    form: Annotated[
        DiffFormat | None,
        typer.Option("--format", help="Of a scenario text or JSON; of two releases a table, CSV or JSON."),
    ] = None,
    no_cache: NoCache = False,
) -> None:
    """What would change under a scenario, each with its rule; or what differs between two releases, and why."""
    if new is not None:
        asked = (
            ("--as-of", as_of is not None),
            ("--challenge", challenge is not None),
            ("--rules", rules is not None),
            ("--no-cache", no_cache),
        )
        if unfit := [name for name, given in asked if given]:
            hint = "two releases are compared statement by statement, for every day"
            raise MinilatError("E126", "goes with a scenario, not with two releases", where=unfit[0], hint=hint)
        _releases(scenario, new, form)
        return
    if form in (DiffFormat.table, DiffFormat.csv):
        raise MinilatError("E126", f"a scenario is not written as {form}", where="--format", hint="text or json")
    from kg.graph import Graph
    from kg.render import whatif as render

    chosen = None if challenge is None else () if challenge == "none" else split(challenge)
    with Waiting("building the graph under the scenario and judging; about a second for each challenge …"):
        when = None if as_of is None else day(as_of)
        found = Graph.diff(scenario, when, challenges=chosen, rules=rules, cache=not no_cache)
    write(render.as_json(found) if form is DiffFormat.json else render.as_text(found))


def _releases(old: str, new: str, form: DiffFormat | None) -> None:
    from kg import releases
    from kg.records import Table

    if form is DiffFormat.text:
        raise MinilatError("E126", "two releases are not written as text", where="--format", hint="table, csv or json")
    columns = ("change", "nature", "statement", "about", "what", "recorded", "source", "file")
    found = releases.changes(releases.read(old), releases.read(new))
    rows = tuple(
        (d.change, d.nature, d.subject, d.about, "; ".join(d.details), d.recorded, "; ".join(d.sources), d.file)
        for d in found
    )
    table = Table(f"Changes from {old} to {new}", columns, rows)
    show_list(table, None if form is None else ListFormat(form.value))


@app.command("rules")
def list_rules(
    as_of: AsOf = None,
    rules: OwnRules = None,
    form: Annotated[
        RulesFormat | None, typer.Option("--format", help="A list, or all of them as SHACL-AF or SPARQL Update.")
    ] = None,
) -> None:
    """The rules in the order they run; or all of them in the form of another engine, for the day."""
    from kg import catalogue, dates, portable, rulebook, strata
    from kg.records import Table
    from kg.store import literal_term

    chosen = (*catalogue.rules(), *(() if rules is None else rulebook.own(rules)))
    when = dates.today() if as_of is None else day(as_of)
    terms = {"asOf": literal_term(when.isoformat(), "date")}
    if form in (RulesFormat.shacl, RulesFormat.update):
        write((portable.shacl if form is RulesFormat.shacl else portable.update)(chosen, terms))
        return
    rows = tuple(
        (str(place), e.code, e.title, "yes" if strata.recursive(group) else "", e.why)
        for place, group in enumerate(strata.order(chosen), start=1)
        for e in group
    )
    columns = ("order", "code", "title", "feeds_itself", "why")
    show_list(Table("rules", columns, rows), None if form is None else ListFormat(form.value))


def _show(found: Proof, form: ProofFormat, *, full: bool, depth: int | None) -> None:
    from kg.render import proof as render
    from kg.render import tree

    if form is ProofFormat.text:
        write(render.as_text(found, full=full, depth=depth))
        return
    written = {
        ProofFormat.json: render.as_json,
        ProofFormat.ttl: render.as_turtle,
        ProofFormat.dot: render.as_dot,
        ProofFormat.svg: tree.as_svg,
        ProofFormat.html: render.as_html,
    }
    write(written[form](found))
