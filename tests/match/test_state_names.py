"""The shipped names of states are what their sources say. To write the table anew: python tests/match/test_state_names.py."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from kg import build, files, link
from kg.match import records, tables

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "opendata" / "identity"
NEEDS_COPIES = pytest.mark.skipif(not SHARED.is_dir(), reason="the copies of other tables are not beside the project")
HEAD = """\
# Names of states and entities in other languages, for matching. kind: label, other (official and alternative), former,
# hidden (found by its exact spelling only).
# EU Publications Office, country authority table, versions 20260617-0 and 20220928-0, CC BY 4.0: a selection.
# Country codes table 2026-05-15 (caa72d1e0e5a), PDDL: UNTERM and CLDR names.
"""
FORMER = {
    "DHY": "ben",
    "HVO": "bfa",
    "ZR0": "cod",
    "BYS": "blr",
    "TMP": "tls",
    "RHO": "zwe",
    "NHB": "vut",
    "AFI": "dji",
}
"""Codes of the EU table that end the day before another begins, for the same territory under a new name. Not those of
states that were merged or parted (DDR, YMD, VDR, SCG, YUG)."""
UNTERM = {"Arabic": "ar", "Chinese": "zh", "English": "en", "French": "fr", "Russian": "ru", "Spanish": "es"}


def rows():
    """Every row of the table, from the copies of its sources."""
    store = build.load(build.inputs(()))
    iso = {str(r["c"]): str(r["s"]) for r in store.rows("SELECT ?s ?c WHERE { ?s mlo:iso3 ?c }")}
    iso = {c: s.replace("https://w3id.org/minilat/id/", "").replace("/", ":", 1) for c, s in iso.items()}
    eu = {
        x.object.split(":")[1]: x.subject
        for x in link.shipped()
        if x.object.startswith("eucountry:") and not x.negative
    }
    found = {}
    new = tables.read(SHARED / "eu_country_20260617.gc", "eucountry")
    old = tables.read(SHARED / "eu_mdr_2022" / "countries.ttl", "eucountry")
    for source, version in ((new, "eu-country 20260617-0"), (old, "eu-country 20220928-0")):
        for record in source:
            code = record.id.split(":")[1]
            former = code in FORMER
            subject = f"state:{FORMER[code]}" if former else eu.get(code)
            for name in sorted(record.names, key=lambda n: n.kind == records.HIDDEN) if subject else ():
                kind = "former" if former and name.kind != records.HIDDEN else name.kind
                found.setdefault((subject, name.text), (name.language, kind, version))
    with (SHARED / "datasets_country-codes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if subject := iso.get(row["ISO3166-1-Alpha-3"]):
                said = [(row[f"UNTERM {n} {k}"], c, "other") for n, c in UNTERM.items() for k in ("Short", "Formal")]
                for name, language, kind in (*said, (row["CLDR display name"], "en", "other")):
                    if name.strip() and name.strip() != "x":
                        key = (subject, name.strip())
                        found.setdefault(key, (language, kind, "country-codes 2026-05-15 (caa72d1e0e5a)"))
    return sorted((s, lang, kind, name, source) for (s, name), (lang, kind, source) in found.items())


def written():
    lines = ["subject_id\tlanguage\tkind\tname\tsource", *("\t".join(row) for row in rows())]
    return HEAD + "\n".join(lines) + "\n"


@NEEDS_COPIES
def test_the_table_is_what_its_sources_say():
    assert (ROOT / records.NAMES).read_text(encoding="utf-8") == written()


@NEEDS_COPIES
def test_a_former_code_ends_the_day_before_the_next_begins():
    with (SHARED / "eu_mdr_2022" / "countries.csv").open(encoding="utf-8", newline="") as lines:
        use = {r["id"]: (r["valid_from"], r["valid_until"]) for r in csv.DictReader(lines)}
    for old, new in FORMER.items():
        assert date.fromisoformat(use[old][1]) + timedelta(days=1) == date.fromisoformat(use[new.upper()][0])


def test_every_state_has_names_in_other_languages():
    store = build.load([p for p in files.data() if "states" in p.parts])
    wanted = {str(r["s"]) for r in store.rows("SELECT ?s WHERE { ?s mlo:m49 ?c }")}
    languages = {}
    for subject, name in records.shipped_names():
        languages.setdefault(f"https://w3id.org/minilat/id/{subject.replace(':', '/', 1)}", set()).add(name.language)
    assert len(wanted) >= 195
    # A name is kept once, in the first language that has it: «Jamaica» stands for many.
    assert {s for s in wanted if len(languages.get(s, ())) < 8} == set()


if __name__ == "__main__":
    (ROOT / records.NAMES).write_text(written(), encoding="utf-8")
