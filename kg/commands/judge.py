"""Commands that judge and compose: which grouping fits, and which new one would."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from kg.commands.console import Waiting, app, open_graph, write
from kg.errors import MinilatError
from kg.options import AsOf, BacktestFormat, FitFormat, NoCache, Over, OwnRules, PlainFormat, WhatIf, weights, words

PROPOSALS: Final = 3
"""How many new groupings stand under an answer in which nothing fits; the compose command shows more."""

_ONE: Final = "ask one thing at a time"
STOP: Final = "(Ctrl-C stops with the best so far)"


@app.command()
def fit(
    challenge: Annotated[str | None, typer.Argument(help="A challenge in the data, by id, notation or name.")] = None,
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
    over: Over = None,
    what_if: WhatIf = None,
    rules: OwnRules = None,
    without_weak: Annotated[
        bool, typer.Option("--without-weak", help="Leave out statements of less confidence than --at-least.")
    ] = False,
    decisive: Annotated[
        bool, typer.Option("--decisive", help="Which weak statements would change a verdict if false? A run for each.")
    ] = False,
    at_least: Annotated[
        str, typer.Option(metavar="high|medium|any", help="What is weak: less than high, or medium; any: test all.")
    ] = "high",
    no_cache: NoCache = False,
) -> None:
    """Which grouping fits CHALLENGE, and why? Ranked, explained, with sources."""
    if (challenge is None) == (challenge_file is None):
        raise MinilatError(
            "E021",
            "give one challenge: by name, or with --challenge-file",
            hint="`minilat list challenges` shows those in the data",
        )
    if over is not None:
        if without_weak or decisive or challenge is None or as_of or hide or what_if or rules or form is FitFormat.html:
            raise MinilatError(
                "E023",
                "--over takes a challenge by name, without other options but --prefer, --all and --format",
                hint="ask for one day, or for a range, not both",
            )
        _over(challenge, over, prefer, form, every=every, cache=not no_cache)
        return
    if without_weak and (what_if or at_least == "any"):
        raise MinilatError("E023", "--without-weak goes with neither --what-if nor --at-least any", hint=_ONE)
    if decisive and (challenge is None or form not in (FitFormat.table, FitFormat.json)):
        raise MinilatError("E023", "--decisive takes a challenge by name, and writes table or json", hint=_ONE)
    least = at_least if without_weak else None
    graph = open_graph(as_of, no_cache=no_cache, hide=words(hide), what_if=what_if, rules=rules, least=least)
    chosen = weights(weight)
    with Waiting("judging all options …"):
        if challenge is not None:
            answer = graph.fit(challenge, prefer=prefer, method=method, weights=chosen, propose=PROPOSALS)
        else:
            answer = graph.fit_file(
                Path(str(challenge_file)), prefer=prefer, method=method, weights=chosen, propose=PROPOSALS
            )
    from kg.render import fit as render

    if decisive:
        from kg.render import decisive as shown

        with Waiting("withdrawing each statement and judging again, some seconds each …") as waiting:
            found = graph.decisive(
                answer,
                least=None if at_least == "any" else at_least,
                progress=lambda done, total: waiting.say(f"{done} of {total} statements"),
            )
        if form is FitFormat.json:
            write(shown.as_json(answer, found))
        else:
            write(render.as_text(answer, every=every) + "\n" + shown.as_text(found))
        return
    if form is FitFormat.table:
        write(render.as_text(answer, every=every))
    elif form is FitFormat.html:
        from kg.render import brief

        write(brief.page(answer, graph.places(answer), command=_asked()))
    else:
        write(render.as_json(answer) if form is FitFormat.json else render.as_markdown(answer))


def _asked() -> str:
    """The command as it was given, to be printed where an answer says how to repeat it."""
    return shlex.join(["minilat", *sys.argv[1:]])


def _over(challenge: str, years: str, prefer: str | None, form: FitFormat, *, every: bool, cache: bool) -> None:
    from kg.graph import Graph
    from kg.render import timeline as render

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done} of {total} days" + ("\n" if done == total else ""))

    with Waiting("building a graph for each day, some seconds a day …"):
        found = Graph.over(challenge, years, prefer=prefer, cache=cache, progress=tell)
    if form is FitFormat.table:
        write(render.as_text(found, every=every))
    else:
        write(render.as_json(found) if form is FitFormat.json else render.as_markdown(found))


@app.command()
def compose(
    challenge: Annotated[str, typer.Argument(help="A challenge in the data, by id, notation or name.")],
    as_of: AsOf = None,
    max_size: Annotated[int | None, typer.Option(min=1, help="At most so many members.")] = None,
    anchor: Annotated[str | None, typer.Option(metavar="ID", help="Only under this anchor.")] = None,
    extend: Annotated[
        str | None, typer.Option(metavar="ARRANGEMENT", help="The smallest extension of this arrangement instead.")
    ] = None,
    include: Annotated[str, typer.Option(metavar="STATE,…", help="States that must take part.")] = "",
    exclude: Annotated[str, typer.Option(metavar="STATE,…", help="States that must not.")] = "",
    partner: Annotated[bool, typer.Option("--partner", help="At least one partner of NATO takes part.")] = False,
    prefer: Annotated[str, typer.Option(metavar="nato|eu|none", help="The anchor preferred.")] = "none",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show at most so many groupings.")] = 10,
    seconds: Annotated[float, typer.Option(min=0.1, help="Stop then, with the best found so far.")] = 10.0,
    form: Annotated[PlainFormat, typer.Option("--format", help="Text or JSON.")] = PlainFormat.text,
    rules: OwnRules = None,
    no_cache: NoCache = False,
) -> None:
    """Which smallest new grouping would meet CHALLENGE, under which anchor, and who is critical?

    Ctrl-C ends a long search with the best grouping so far, marked as not proven.
    """
    from kg.render import compose as render

    graph = open_graph(as_of, no_cache=no_cache, rules=rules)
    with Waiting(f"composing … {STOP}") as waiting:
        found = graph.compose(
            challenge,
            include=words(include),
            exclude=words(exclude),
            anchor=anchor,
            largest=max_size,
            extend=extend,
            partner=partner,
            prefer=prefer,
            limit=limit,
            seconds=seconds,
            progress=lambda words: waiting.say(f"{words} {STOP}"),
        )
    shape = render.as_text if form is PlainFormat.text else render.as_json
    write(shape(graph.thing("challenge", challenge), str(graph.as_of), found))


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(help="A table of past challenges; bench/cases/cases.tsv is one.")],
    strict: Annotated[bool, typer.Option("--strict", help="Only offers supported by something of the day.")] = False,
    form: Annotated[BacktestFormat, typer.Option("--format", help="Text, JSON or Markdown.")] = BacktestFormat.text,
) -> None:
    """Ask past challenges again, without what history made of them, and count how often the answer was right."""
    from kg import backtest as act
    from kg.render import backtest as render

    with Waiting("asking every past challenge; some seconds each …"):
        found = act.run(file, strict=strict)
    if form is BacktestFormat.text:
        write(render.as_text(found))
    else:
        write(render.as_json(found) if form is BacktestFormat.json else render.as_markdown(found))
