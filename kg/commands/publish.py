"""Commands for what leaves the graph and joins it with others: links."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.commands.console import Waiting, app, open_graph, show_list
from kg.options import Format

link_app = typer.Typer(no_args_is_help=True, help="Links to other open data (docs/linking.md).")
app.add_typer(link_app, name="link")


@link_app.command("check")
def link_check(
    tables: Annotated[
        list[Path] | None, typer.Argument(help="SSSOM tables; the shipped ones when none are given.")
    ] = None,
    snapshots: Annotated[
        Path | None, typer.Option(help="Folder with copies of the other tables; beside the project unless given.")
    ] = None,
    form: Format = None,
) -> None:
    """Check that every link holds: exit 0 fine, 1 findings, 2 a table cannot be used. No network."""
    from kg import files, link
    from kg import snapshots as copies
    from kg.records import Table

    links = [row for path in (tables or files.links()) for row in link.read(path)]
    graph = open_graph(None, no_cache=False)
    with Waiting("checking links …"):
        subjects = frozenset(str(r["s"]) for r in graph.store.rows("SELECT DISTINCT ?s WHERE { ?s rdfs:label ?l }"))
        folder = snapshots or files.ROOT.parent / "shared" / "opendata" / "identity"
        problems, skipped = copies.resolve(links, folder)
        problems = sorted([*link.consistency(links, subjects), *problems], key=lambda p: (p.where, p.code))
    notes: tuple[str, ...] = (f"{len(links)} links, {sum(skipped.values())} not looked up, {len(problems)} findings",)
    notes += tuple(f"{n} not looked up: {reason}" for reason, n in sorted(skipped.items()))
    show_list(
        Table("link check", ("code", "where", "message"), tuple((p.code, p.where, p.message) for p in problems), notes),
        form,
    )
    if problems:
        raise typer.Exit(1)
