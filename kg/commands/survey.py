"""The command that looks at the whole: the stock-take."""

from __future__ import annotations

from typing import Annotated

import typer

from kg.commands.console import app, open_graph, show_list, write
from kg.options import AsOf, Format, ListFormat, NoCache, words


@app.command()
def stocktake(
    as_of: AsOf = None,
    doubts: Annotated[bool, typer.Option("--doubts", help="Only what is doubted, by how much hangs on it.")] = False,
    depth: Annotated[bool, typer.Option("--depth", help="Only what is not recorded, by arrangement.")] = False,
    owner: Annotated[str, typer.Option(help="The organisation whose partners are counted.")] = "nato",
    days: Annotated[
        str, typer.Option(metavar="DAY,…", help="Earlier days to compare with; 2011-06-30 and 2021-02-16 by default.")
    ] = "",
    months: Annotated[int, typer.Option(min=1, help="Months without a meeting after which a framework sleeps.")] = 36,
    form: Format = None,
    no_cache: NoCache = False,
) -> None:
    """Partners and frameworks, how one-sided it is, what sleeps, what overlaps, where the gaps are, what is doubted."""
    graph = open_graph(as_of, no_cache=no_cache)
    if doubts or depth:
        show_list(graph.doubts() if doubts else graph.depth(), form)
        return
    from kg.render import stocktake as render

    found = graph.stocktake(owner=owner, days=words(days), months=months)
    write(render.as_json(found) if form is ListFormat.json else render.text(found))
