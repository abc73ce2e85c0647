"""Where ontology, data, rules and queries lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_HERE: Final = Path(__file__).parent
ROOT: Final = _HERE / "_files" if (_HERE / "_files").is_dir() else _HERE.parent


def ontology() -> list[Path]:
    """The ontology modules and their alignments."""
    return sorted((ROOT / "ontology").rglob("*.ttl"))


def data() -> list[Path]:
    """Every file of facts."""
    return sorted((ROOT / "data").rglob("*.ttl"))


def links() -> list[Path]:
    """Every table of links to other open data."""
    return sorted((ROOT / "data" / "links").glob("*.sssom.tsv"))


def shapes() -> list[Path]:
    """Every file of SHACL shapes."""
    return sorted((ROOT / "rules" / "shapes").glob("*.ttl"))


def rules() -> list[Path]:
    """Every inference rule."""
    return sorted((ROOT / "rules" / "infer").glob("R*.rq"))


def hygiene() -> list[Path]:
    """Every check of names, references and the ontology."""
    return sorted((ROOT / "rules" / "hygiene").glob("H*.rq"))


def criteria() -> list[Path]:
    """Every criterion of fit."""
    return sorted((ROOT / "queries" / "fit").glob("F*.rq"))


def questions() -> list[Path]:
    """Every named question (all queries that are not criteria)."""
    return sorted(p for p in (ROOT / "queries").rglob("*.rq") if p.parent.name != "fit")


def services() -> Path:
    """The table of SPARQL services that are known by name."""
    return ROOT / "data" / "services.tsv"


def refused() -> Path:
    """The table of questions that are refused, with the reason."""
    return ROOT / "queries" / "refused.tsv"


def relative(path: Path) -> str:
    """PATH as shown to people and used in graph names: relative to the project when it lies inside, else its name."""
    try:
        return path.resolve().relative_to(ROOT.resolve()).as_posix()
    except ValueError:
        return path.name


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash of the names and contents of PATHS (hex): equal exactly when the inputs are."""
    digest = hashlib.sha256()
    for path in paths:
        body = path.read_bytes()
        digest.update(f"{relative(path)}\0{len(body)}\0".encode())
        digest.update(body)
    return digest.hexdigest()
