"""The whole flow: read the files, infer for a day, keep the result until an input changes."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg import __version__, catalogue, files, infer, link
from kg.errors import MinilatError
from kg.names import graph_name
from kg.store import Store, literal_term

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date

    from kg.catalogue import Entry

KEPT: Final = 6
"""How many built graphs the cache keeps; the least recently used go first."""
PARTIAL: Final = ".building-"
STALE: Final = 24 * 3600
"""Seconds after which a half-built graph is taken for abandoned."""
_OURS: Final = re.compile(r"\d+(?:\.\w+)*-\d{4}-\d\d-\d\d-[0-9a-f]{20}")


def load(paths: Iterable[Path], *, into: Store | None = None) -> Store:
    """A store with each of PATHS in its own named graph. Syntax errors raise MinilatError E031 with file and line."""
    store = Store.memory() if into is None else into
    for path in paths:
        name = files.relative(path)
        if path.name.endswith(".sssom.tsv"):
            store.add_iris(link.triples(path), graph_name(name))
        else:
            store.load(path, graph_name(name), where=name)
    return store


def beside(store: Store, paths: Iterable[Path]) -> Store:
    """A copy of STORE with the files at PATHS beside it, each a named graph; the rules do not run again.

    For questions that join what was imported with what is here. Raises MinilatError E030–E032 for a file that cannot be
    read.
    """
    return load(paths, into=store.copy())


def inputs(without: Collection[Path]) -> list[Path]:
    """Every file a graph is built from, leaving out the files WITHOUT."""
    left_out = {p.resolve() for p in without}
    return [p for p in (*files.ontology(), *files.data(), *files.links()) if p.resolve() not in left_out]


def fresh(
    as_of: date,
    *,
    without: Collection[Path] = (),
    overlay: Callable[[Store], None] | None = None,
    stated: Store | None = None,
    own: Sequence[Entry] = (),
) -> Store:
    """A graph built anew for the day AS_OF, leaving out the files WITHOUT; OVERLAY may change what is stated first.

    STATED, where it is given, is copied instead of reading the files again. OWN are rules beside the shipped ones.
    Raises what :func:`kg.infer.saturate` raises.
    """
    store = load(inputs(without)) if stated is None else stated.copy()
    if overlay is not None:
        overlay(store)
    infer.saturate(store, {"asOf": literal_term(as_of.isoformat(), "date")}, (*catalogue.rules(), *own))
    return store


def of_data(root: Path, as_of: date, *, own: Sequence[Entry] = ()) -> Store:
    """A graph for the day AS_OF from the data in the folder ROOT, with the ontology and the rules of today, and OWN."""
    store = load(files.ontology())
    for path in sorted(root.rglob("*.ttl")):
        name = f"data/{path.relative_to(root).as_posix()}"
        store.load(path, graph_name(name), where=name)
    infer.saturate(store, {"asOf": literal_term(as_of.isoformat(), "date")}, (*catalogue.rules(), *own))
    return store


def cache_folder() -> Path:
    """Where built graphs are kept: $MINILAT_CACHE, or the user's cache folder."""
    if chosen := os.environ.get("MINILAT_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("minilat", appauthor=False)


def cached(as_of: date, *, without: Collection[Path] = (), own: Sequence[Entry] = ()) -> Store:
    """The graph for the day AS_OF from the cache, leaving out the files WITHOUT; built first when an input changed.

    OWN are rules beside the shipped ones; a graph with other rules is another graph. A kept graph that cannot be opened
    is built again. Raises MinilatError E070 when the cache cannot be written.
    """
    every = [*inputs(without), *files.rules(), *(e.path for e in own)]
    folder = cache_folder() / f"{__version__}-{as_of.isoformat()}-{files.fingerprint(every)[:20]}"
    if folder.is_dir():
        try:
            store = Store.open(folder)
        except MinilatError:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):  # only the order of forgetting depends on it
                os.utime(folder)
            return store
    _keep(folder, lambda: fresh(as_of, without=without, own=own))
    return Store.open(folder)


def _keep(folder: Path, make: Callable[[], Store]) -> None:
    """Write what MAKE builds to FOLDER in one move; a folder that cannot be written is found out before building."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder.parent))
    except OSError as error:
        raise MinilatError(
            "E070",
            f"cannot write the cache in {folder.parent}: {error.strerror}",
            hint="set MINILAT_CACHE to a folder that can be written, or give --no-cache",
        ) from None
    try:
        make().save(partial / "store")
        (partial / "store").replace(folder)
    except OSError as error:
        if not folder.is_dir():  # another process may have finished the same build first
            raise MinilatError(
                "E070", f"cannot write the cache in {folder.parent}: {error}", hint="is the disk full? give --no-cache"
            ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    _forget(folder)


def _forget(newest: Path) -> None:
    """Drop what is too old: built graphs of ours beyond ``KEPT``, and what killed processes left half built."""
    for path in newest.parent.iterdir():
        if path.name.startswith(PARTIAL) and time.time() - path.stat().st_mtime > STALE:
            shutil.rmtree(path, ignore_errors=True)
    ours = [p for p in newest.parent.iterdir() if _OURS.fullmatch(p.name) and p != newest]
    for path in sorted(ours, key=lambda p: p.stat().st_mtime)[: max(0, len(ours) + 1 - KEPT)]:
        shutil.rmtree(path, ignore_errors=True)
