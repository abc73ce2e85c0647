"""The command that answers others over HTTP."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kg.commands.console import Waiting, app, open_graph
from kg.errors import MinilatError
from kg.options import AsOf, NoCache


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for a free one.")] = 8010,
    host: Annotated[str, typer.Option(help="Where to listen: this machine alone unless given.")] = "127.0.0.1",
    public: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address others use, where a proxy stands before it.")
    ] = "",
    as_of: AsOf = None,
    no_cache: NoCache = False,
) -> None:
    """Reconciliation service for OpenRefine, until Ctrl-C (docs/reconcile.md)."""
    try:
        from kg.serve.app import serve as run
    except ImportError as error:
        hint = "pip install 'minilat[serve]'"
        raise MinilatError("E211", f"{error.name} is not installed", hint=hint) from None
    from kg.serve.known import Known

    graph = open_graph(as_of, no_cache=no_cache)
    with Waiting("reading names …"):
        known = Known(graph.store, graph.as_of.isoformat())
    del graph

    def say(address: str) -> None:
        print(f"reconciliation service at {address} (stop with Ctrl-C)", file=sys.stderr, flush=True)

    run(known, host, port, public, say)
