"""Commands for what leaves the graph and joins it with others: links, releases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kg.commands.console import Waiting, app, open_graph, show_list, write
from kg.names import curie
from kg.options import Format, ReleaseFormat

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
        subjects = frozenset(
            str(r["s"]) for r in graph.store.rows("SELECT DISTINCT ?s WHERE { ?s rdfs:label|skos:prefLabel ?l }")
        )
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


@link_app.command("suggest")
def link_suggest(
    against: Annotated[
        str, typer.Option(metavar="TABLE", help="eu-countries, eu-corporate-bodies, wikidata, or a file.")
    ],
    kind: Annotated[
        list[str] | None, typer.Option(help="state, organisation, arrangement or threat; all that the table may hold.")
    ] = None,
    copy: Annotated[Path | None, typer.Option(help="A copy of the table; no network is used.")] = None,
    snapshots: Annotated[Path | None, typer.Option(help="Folder with copies of the known tables.")] = None,
    prefix: Annotated[str, typer.Option(help="The prefix for bare ids of a file, as wd.")] = "",
    least: Annotated[float, typer.Option("--least", min=0, max=1, help="The lowest score shown.")] = 0.7,
    top: Annotated[int, typer.Option(min=1, help="Candidates for each of our things.")] = 3,
    review: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Decide on each in turn, and write to this SSSOM table.")
    ] = None,
    accept_all_above: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="SCORE", help="Write clear candidates unseen, as lexical matches."),
    ] = None,
    author: Annotated[str, typer.Option(help="Who decides; needed to write.")] = "",
    form: Format = None,
) -> None:
    """Candidates for links that are missing, with score and reason; --review decides on them."""
    from kg import dates, files, link
    from kg.errors import MinilatError
    from kg.match import records
    from kg.match import review as judge
    from kg.match import suggest as act
    from kg.records import Table

    if unknown := [k for k in kind or () if k not in records.kinds()]:
        raise MinilatError(
            "E204", f"no kind {unknown[0]!r}", where="--kind", hint="known are " + " ".join(records.kinds())
        )
    if review is not None and not author.strip():
        raise MinilatError("E204", "a decision needs somebody who made it", where="--author", hint="give your name")
    if accept_all_above is not None and review is None:
        raise MinilatError("E204", "nowhere to write to", where="--accept-all-above", hint="name a table with --review")
    folder = snapshots or files.ROOT.parent / "shared" / "opendata" / "identity"
    table = act.target(against, copy, folder, prefix)
    decided = link.shipped() + (link.read(review) if review is not None and review.exists() else [])
    graph = open_graph(None, no_cache=False)
    with Waiting("comparing names …"):
        ours = records.ours(graph.store, act.wanted(table, kind or ()))
        found = act.suggest(ours, table, decided, least=least, most=top)
    if review is None:
        rows = tuple(
            (s.subject.id, s.subject.label, c.record.id, c.record.label, f"{c.score:.2f}", c.reason)
            for s in found
            for c in s.candidates
        )
        columns = ("subject", "label", "object", "object label", "score", "reason")
        notes = (f"{len(found)} of {len(ours)} have candidates among {len(table.records)}",)
        show_list(Table("link suggest", columns, rows, notes), form)
        return
    today = dates.today().isoformat()
    before = len(link.read(review)) if review.exists() else 0
    total = before
    if accept_all_above is not None:
        sure = [judge.Decision(s, c, True, "LexicalMatching") for s, c in act.sure(found, accept_all_above)]
        total = judge.add(review, sure, author=author, day=today, version=table.version)
    else:
        for decisions in judge.ask(found, sys.stdin.readline, lambda words: print(words, file=sys.stderr)):
            total = judge.add(review, decisions, author=author, day=today, version=table.version)
    print(f"link suggest: {total - before} decisions added to {review}", file=sys.stderr)


@link_app.command("diff")
def link_diff(
    table: Annotated[str, typer.Argument(help="wikidata")],
    copy: Annotated[Path | None, typer.Option(help="The answer to --query, as CSV; no network is used.")] = None,
    query: Annotated[bool, typer.Option("--query", help="Print the query for the copy, and stop.")] = False,
    proposals: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what is not recorded here as Turtle, for review.")
    ] = None,
    form: Format = None,
) -> None:
    """Memberships here against those in a copy of Wikidata: exit 0 they agree, 1 they differ."""
    from kg import dates, link
    from kg.errors import MinilatError
    from kg.match import memberships as act
    from kg.records import Table

    if table != "wikidata":
        raise MinilatError("E204", f"nothing to compare with in {table!r}", where="TABLE", hint="give wikidata")
    items = act.linked(link.shipped())
    if query:
        write(act.query(items))
        return
    if copy is None:
        raise MinilatError("E204", "no copy of Wikidata", where="--copy", hint="--query prints the query to run there")
    if proposals is not None and proposals.exists():
        raise MinilatError("E204", "is there already", where=str(proposals), hint="name a new file")
    graph = open_graph(None, no_cache=False)
    known = graph.store.rows("SELECT ?s ?c WHERE { ?s mlo:iso3 ?c }")
    there, left = act.read(copy, items, {str(r["c"]): curie(str(r["s"])) for r in known})
    found = act.compare(act.ours(graph.store, {m.arrangement for m in there}), there)
    rows = tuple((d.kind, d.arrangement, d.state, d.here, d.there, d.statement, d.where) for d in found)
    notes: tuple[str, ...] = ()
    notes += (
        f"{len(found)} differences in {len({m.arrangement for m in there})} arrangements, {len(there)} rows read",
    )
    notes += tuple(f"{n} rows left out: {reason}" for reason, n in sorted(left.items()))
    show_list(
        Table("link diff", ("difference", "arrangement", "state", "here", "there", "statement", "row"), rows, notes),
        form,
    )
    if proposals is not None:
        try:
            proposals.write_text(act.proposals(found, there, copy, dates.today().isoformat()), encoding="utf-8")
        except OSError as error:
            raise MinilatError("E204", f"cannot be written: {error.strerror}", where=str(proposals)) from None
    if found:
        raise typer.Exit(1)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder; its parents are made.")],
    form: Annotated[
        list[ReleaseFormat] | None, typer.Option("--format", help="All of them unless given; may be repeated.")
    ] = None,
    graph: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Only files like this, as 'data/arrangements/*'; may be repeated."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The day of the slice; the day of issue unless given.")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="Day of issue; else $SOURCE_DATE_EPOCH, else that of the catalogue."),
    ] = None,
    release: Annotated[
        str | None, typer.Option(metavar="RELEASE", help="The data of this folder, or of this git tag or revision.")
    ] = None,
    licence: Annotated[str, typer.Option(help="What the release is given away under.")] = "CC_BY_4_0",
    base: Annotated[str | None, typer.Option(metavar="IRI", help="Where the folder will be published.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an older release in DIR.")] = False,
) -> None:
    """Write a release to DIR: statements, tables, links, a slice, a catalogue, checksums (docs/publishing.md)."""
    from kg import publish

    with Waiting("writing the release …"):
        done = publish.export(
            folder,
            formats=[f.value for f in form] if form else publish.FORMATS,
            graphs=graph or (),
            as_of=as_of,
            issued=date,
            source=release,
            licence=licence,
            base=base,
            force=force,
        )
    print(f"{len(done.files)} files in {folder}, issued {done.issued} under {done.licence}", file=sys.stderr)
    print(f"canonical statements: SHA-256 {done.canonical}", file=sys.stderr)
