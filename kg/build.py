"""The whole flow: read the files, infer for a day, keep the result until an input changes."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg import __version__, files, infer
from kg.errors import MinilatError
from kg.names import graph_name
from kg.store import Store, literal_term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

KEPT: Final = 6
"""How many built graphs the cache keeps; the least recently used go first."""


def load(paths: Iterable[Path], *, into: Store | None = None) -> Store:
    """A store with each of PATHS in its own named graph. Syntax errors raise MinilatError E031 with file and line."""
    store = Store.memory() if into is None else into
    for path in paths:
        name = files.relative(path)
        store.load(path, graph_name(name), where=name)
    return store


def _inputs(without: Collection[Path]) -> list[Path]:
    left_out = {p.resolve() for p in without}
    return [p for p in (*files.ontology(), *files.data()) if p.resolve() not in left_out]


def fresh(as_of: date, *, without: Collection[Path] = ()) -> Store:
    """A graph built anew for the day AS_OF, leaving out the files WITHOUT."""
    store = load(_inputs(without))
    infer.saturate(store, {"asOf": literal_term(as_of.isoformat(), "date")})
    return store


def cache_folder() -> Path:
    """Where built graphs are kept: $MINILAT_CACHE, or the user's cache folder."""
    if chosen := os.environ.get("MINILAT_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("minilat", appauthor=False)


def cached(as_of: date, *, without: Collection[Path] = ()) -> Store:
    """The graph for the day AS_OF from the cache, leaving out the files WITHOUT; built first when an input changed.

    Raises MinilatError E070 when the cache folder cannot be written.
    """
    inputs = [*_inputs(without), *files.rules()]
    folder = cache_folder() / f"{__version__}-{as_of.isoformat()}-{files.fingerprint(inputs)[:20]}"
    if not folder.is_dir():
        _keep(fresh(as_of, without=without), folder)
    with contextlib.suppress(OSError):  # only the order of forgetting depends on it
        os.utime(folder)
    return Store.open(folder)


def _keep(store: Store, folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    except OSError as error:
        raise MinilatError(
            "E070",
            f"cannot write the cache in {folder.parent}: {error.strerror}",
            hint="set MINILAT_CACHE to a folder that can be written, or give --no-cache",
        ) from None
    try:
        store.save(partial / "store")
        (partial / "store").replace(folder)
    except OSError as error:
        if not folder.is_dir():  # another process may have finished the same build first
            raise MinilatError(
                "E070", f"cannot write the cache in {folder.parent}: {error}", hint="is the disk full? give --no-cache"
            ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    old = sorted((p for p in folder.parent.glob("*-*-*") if p != folder), key=lambda p: p.stat().st_mtime)
    for path in old[: max(0, len(old) + 1 - KEPT)]:
        shutil.rmtree(path, ignore_errors=True)
