"""What is installed, where data and cache lie, and what is missing for optional parts."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import metadata
from typing import Final

from kg import __version__, build, files
from kg.records import Table

NEEDED: Final = (
    "pyoxigraph",
    "rdflib",
    "oxrdflib",
    "shacl",
    "pyshacl",
    "numpy",
    "highspy",
    "typer",
    "rich",
    "platformdirs",
)
OPTIONAL: Final = {"owlready2": "only needed to check the ontology: pip install 'minilat[ontology]'"}


def examine() -> Table:
    """A row for each part: what was found and whether it serves."""
    rows = [
        ("minilat", __version__, "ok"),
        ("python", sys.version.split()[0], "ok" if sys.version_info >= (3, 11) else "needs 3.11"),
        *(_library(name, "missing: install minilat again") for name in NEEDED),
        *(_library(name, why) for name, why in OPTIONAL.items()),
    ]
    java = shutil.which("java")
    rows.append(("java", java or "absent", "ok" if java else "only needed to check the ontology with HermiT"))
    count = f"{len(files.data())} data, {len(files.ontology())} ontology, {len(files.rules())} rules"
    rows.append(("files", str(files.ROOT), count))
    rows.append(("cache", str(build.cache_folder()), _cache()))
    return Table("doctor", ("part", "found", "state"), tuple(rows))


def _library(name: str, absent: str) -> tuple[str, str, str]:
    try:
        return name, metadata.version(name), "ok"
    except metadata.PackageNotFoundError:
        return name, "absent", absent


def _cache() -> str:
    folder = build.cache_folder()
    nearest = next(p for p in (folder, *folder.parents) if p.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK):
        return "ok"
    return "cannot be written: set MINILAT_CACHE or use --no-cache"
