"""A release: the files that publish the data, the same for the same input, written whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg import answer, build, dates
from kg import catalogue as catalogue_of_queries
from kg.errors import MinilatError, did_you_mean
from kg.names import BASE, INFERRED, PREFIXES
from kg.publish import catalogue, jsonld, licences, parts, rdf, statistics, tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from kg.publish.parts import Part
    from kg.publish.rdf import Quad
    from kg.store import Store

FORMATS: Final = ("ttl", "trig", "nq", "jsonld", "csv")
SUMS: Final = "SHA256SUMS"
_STEM: Final = "minilat"
_PARTIAL: Final = ".minilat-export-"


@dataclass(frozen=True)
class Release:
    """What was written: the files by name with their SHA-256, that of the canonical statements, the day of issue."""

    files: Mapping[str, str]
    canonical: str
    issued: str
    licence: str


def issued_on(given: str | None, said: Iterable[Quad]) -> str:
    """The day of issue (YYYY-MM-DD): GIVEN, else $SOURCE_DATE_EPOCH, else what the catalogue SAID of its last change.

    Never the clock, so that the same input gives the same release. Raises MinilatError E020 (not a day) or E174.
    """
    if given is not None:
        return dates.day(given, option="--date").isoformat()
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        try:
            return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
        except (ValueError, OverflowError, OSError):
            raise MinilatError(
                "E174",
                f"{epoch!r} is not a time in seconds since 1970",
                where="SOURCE_DATE_EPOCH",
                hint="or give --date",
            ) from None
    described = list(said)
    catalogues = {q.subject for q in described if getattr(q.object, "value", "") == PREFIXES["dcat"] + "Catalog"}
    modified = PREFIXES["dcterms"] + "modified"
    if found := [q.object.value for q in described if q.subject in catalogues and q.predicate.value == modified]:
        return dates.day(max(found), option=parts.CATALOGUE).isoformat()
    raise MinilatError("E174", "the catalogue does not say when it was changed last", where="--date", hint="give it")


def export(
    target: Path,
    *,
    formats: Collection[str] = FORMATS,
    graphs: Sequence[str] = (),
    as_of: str | None = None,
    issued: str | None = None,
    source: str | None = None,
    licence: str = "CC_BY_4_0",
    base: str | None = None,
    force: bool = False,
) -> Release:
    """Write a release of the data to the folder TARGET and say what was written; see docs/publishing.md.

    FORMATS are some of ttl, trig, nq, jsonld and csv; GRAPHS patterns of file names, to release a part. AS_OF is the
    day of the slice (the day of issue unless given); ISSUED that day; SOURCE another release of the data (folder or
    git revision); LICENCE the terms, BASE the IRI that the folder will have. FORCE replaces an older release.

    Raises MinilatError E170 (TARGET holds something), E171–E173 (licences), E174 or E020 (days), E175 (a pattern that
    fits nothing), E176 (cannot be written), E177 (a format), E178 (a slice of a part), E150, E151, E031, E160–E163
    (input). Nothing is left behind then.
    """
    _free(target, force=force)
    for name in formats:
        if name not in FORMATS:
            hint = did_you_mean(name, FORMATS, otherwise="known are " + " ".join(FORMATS))
            raise MinilatError("E177", f"a release has no format {name!r}", where="--format", hint=hint)
    if graphs and as_of is not None:
        raise MinilatError("E178", "a part of the data has no slice", where="--as-of", hint="leave out --graph")
    with parts.folder(source) as root:
        said = parts.catalogue(root)
        day = issued_on(issued, said)
        release = parts.read(root, graphs)
        terms = licences.terms(release, said, licence)
        where = base or f"{BASE}release/{day}/"
        where = where if where.endswith(("/", "#")) else where + "/"
        quads = rdf.canonical(q for p in release for q in p.quads)
        groups = [_statements(quads, formats), *_tables(quads, formats), *_links(release)]
        if not graphs:
            when = day if as_of is None else as_of
            groups.append(_slice(dates.day(when), root, formats))
    files = {name: body for group in groups for name, body in group[1].items()}
    listed = [
        catalogue.Group(*head, {n: (len(b), _sha256(b)) for n, b in inside.items() if _shown(n)})
        for head, inside in groups
    ]
    dumps = [where + n for n in groups[0][1] if _shown(n)]
    about = statistics.describe(where + "statements", "Statements", quads, dumps, terms.licence.iri)
    described = catalogue.lines(where, day, terms, [g for g in listed if g.files], said)
    files["catalogue.ttl"] = rdf.turtle(rdf.of_text(described))
    files["void.ttl"] = rdf.turtle(rdf.of_text(about))
    files["provenance.ttl"] = rdf.turtle(rdf.of_text(catalogue.provenance(where, release, terms)))
    files["NOTICE.txt"] = _notice(terms, day)
    sums = {name: _sha256(body) for name, body in sorted(files.items())}
    files[SUMS] = "".join(f"{sha}  {name}\n" for name, sha in sums.items()).encode()
    _write(target, files)
    return Release(sums, rdf.digest(quads), day, terms.licence.title)


Head = tuple[str, str, str]
Inside = dict[str, bytes]


def _shown(name: str) -> bool:
    """Whether the file NAME is a distribution of its own, not a help to read others."""
    return not name.endswith((tables.DESCRIPTION, "context.jsonld"))


def _statements(quads: Sequence[Quad], formats: Collection[str]) -> tuple[Head, Inside]:
    inside: Inside = {}
    if "ttl" in formats:
        inside[f"{_STEM}.ttl"] = rdf.turtle(rdf.union(quads))
    if "trig" in formats:
        inside[f"{_STEM}.trig"] = rdf.trig(quads)
    if "nq" in formats:
        inside[f"{_STEM}.nq"] = rdf.n_quads(quads)
    if "jsonld" in formats:
        inside[f"{_STEM}.jsonld"] = jsonld.written(quads)
        inside["context.jsonld"] = jsonld.context_file(quads)
    words = "What is stated, in a named graph for each source file; Turtle has no graphs and holds their union."
    return ("statements", "Statements on security groupings", words), inside


def _tables(quads: Sequence[Quad], formats: Collection[str]) -> list[tuple[Head, Inside]]:
    if "csv" not in formats:
        return []
    data = PREFIXES["graph"] + "data/"
    facts = [
        q for q in quads if q.graph_name.value.startswith(data) and not q.graph_name.value.endswith("/catalog.ttl")
    ]
    found = tables.tables(facts, (q for p in parts.read(None, ["ontology/*"]) for q in p.quads))
    if not found:
        return []
    words = "The same statements as one table for each kind of thing, with a CSVW description."
    return [(("tables", "Tables on security groupings", words), {f"tables/{n}": b for n, b in found.items()})]


def _links(release: Sequence[Part]) -> list[tuple[Head, Inside]]:
    inside = {p.name.removeprefix("data/"): p.path.read_bytes() for p in release if p.name.endswith(parts.TABLE)}
    words = "Each link with its ground, confidence, author, date and versions, negative decisions among them, as SSSOM."
    return [(("links", "Links to other open data", words), inside)] if inside else []


def _slice(day: date, root: Path | None, formats: Collection[str]) -> tuple[Head, Inside]:
    """What holds on DAY by the rules: who takes part in what, and every inferred statement."""
    store = build.cached(day) if root is None else build.of_data(root, day)
    name = f"as-of-{day}"
    inside: Inside = {}
    if "csv" in formats:
        inside[f"{name}/members.csv"] = _members(store, day)
    inferred = store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }}")
    if "ttl" in formats:
        inside[f"{name}/inferred.ttl"] = rdf.turtle(rdf.of_terms(inferred))
    words = f"Who takes part in what on {day}, and what the rules infer from the statements for that day."
    return (name, f"Slice of {day}", words), inside


def _members(store: Store, day: date) -> bytes:
    entry = catalogue_of_queries.question("Q007")
    assert entry is not None
    columns, rows = store.table(answer.bind(store, entry, {}, day))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([str(v).lower() if isinstance(v, bool) else v for v in row] for row in rows)
    return out.getvalue().encode()


def _notice(terms: licences.Terms, day: str) -> bytes:
    """Whom to credit, and for what: whoever passes the release on passes this on too."""
    lines = [f"minilat, release of {day}", f"Licence: {terms.licence.title} <{terms.licence.iri}>", ""]
    lines += ["It contains or was made from:", ""] if terms.sources else []
    for dataset in terms.sources:
        shown = [licences.named(x, dataset.title).title for x in dataset.get("license")]
        lines += [f"* {dataset.title} ({'; '.join(shown)})", *(f"  {right}" for right in dataset.get("rights")), ""]
    return ("\n".join(lines).rstrip() + "\n").encode()


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _free(target: Path, *, force: bool) -> None:
    """Raise MinilatError E170 unless TARGET is new, empty, or with FORCE an older release and nothing else."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise MinilatError("E170", "is not a folder", where=str(target), hint="name a new folder")
    if not target.exists() or not any(target.iterdir()):
        return
    if not force:
        hint = "name another folder, or replace an older release with --force"
        raise MinilatError("E170", "the folder is not empty", where=str(target), hint=hint)
    known = {SUMS, *_summed(target / SUMS)}
    if others := sorted({p.relative_to(target).as_posix() for p in target.rglob("*") if not p.is_dir()} - known):
        shown = ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
        raise MinilatError(
            "E170", f"the folder holds what no release put there: {shown}", where=str(target),
            hint="--force replaces a release and nothing else; name another folder",
        )  # fmt: skip


def _summed(path: Path) -> set[str]:
    try:
        return {line.partition("  ")[2] for line in path.read_text(encoding="utf-8").splitlines()}
    except (OSError, UnicodeDecodeError):
        return set()


def _write(target: Path, files: Mapping[str, bytes]) -> None:
    """Write FILES to a folder of their own and put it in the place of TARGET; an error leaves TARGET as it was."""
    place = target.resolve()
    partial = None
    try:
        # An empty folder is filled, not replaced: it may be somebody's working folder, or a mount.
        fill = place.is_dir() and not any(place.iterdir())
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = (place if fill else place.parent) / (_PARTIAL + os.urandom(6).hex())
        partial.mkdir()
        for name, body in files.items():
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            (partial / name).write_bytes(body)
        if fill:
            _fill(place, partial)
        elif place.exists():
            _replace(place, partial)
        else:
            partial.rename(place)
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "check permission and space"
        raise MinilatError("E176", f"cannot be written: {reason}", where=str(target), hint=hint) from None
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)


def _fill(place: Path, partial: Path) -> None:
    """Move what is in PARTIAL up into PLACE, the sums last: where they are, all is."""
    moved: list[Path] = []
    try:
        for path in sorted(partial.iterdir(), key=lambda p: p.name == SUMS):
            moved.append(path.rename(place / path.name))
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _replace(place: Path, partial: Path) -> None:
    """Put PARTIAL in the place of the older release PLACE, which comes back when that fails."""
    with tempfile.TemporaryDirectory(prefix=_PARTIAL, dir=place.parent) as aside:
        old = place.rename(Path(aside) / "old")
        try:
            partial.rename(place)
        except BaseException:
            old.rename(place)
            raise
