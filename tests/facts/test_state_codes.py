"""Every member of the United Nations, Kosovo, Taiwan, Palestine and the Holy See in every system of codes, or why not.

The data come from one table for each system. Here they are held against a second one: a reading that lies beside this file,
and, where the copies of other tables lie beside the project, those too. What differs is listed, exactly and with its reason.
"""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from kg import build, files, link

HERE = Path(__file__).parent
SHARED = HERE.parents[1].parent / "shared" / "opendata" / "identity"
NEEDS_COPIES = pytest.mark.skipif(not SHARED.is_dir(), reason="the copies of other tables are not beside the project")
NEEDS_COW = pytest.mark.skipif(
    not (SHARED / "cow_states2016.csv").is_file(),
    reason="cow_states2016.csv, for tests only, is not beside the project",
)
LITERALS = {"iso2": "iso2", "iso3": "iso3", "iso_numeric": "isoNumeric", "m49": "m49", "cow": "cow", "gw": "gw"}
TABLES = {"eu": "eu-countries", "wikidata": "wikidata-states", "geonames": "geonames"}
NAMES = {
    "iso_numeric": "ISO 3166-1 numeric", "m49": "UN M49", "cow": "Correlates of War", "gw": "Gleditsch–Ward",
}  # fmt: skip
NO_CODE = {
    ("XKX", "iso_numeric"), ("XKX", "m49"), ("PSE", "cow"), ("PSE", "gw"), ("VAT", "cow"), ("VAT", "gw"),
    ("COK", "cow"), ("COK", "gw"), ("NIU", "cow"), ("NIU", "gw"),
}  # fmt: skip
# Members of the United Nations with few people: Gleditsch and Ward list them apart.
MICROSTATES = set(
    "AND ATG DMA FSM GRD KIR KNA LCA LIE MCO MHL NRU PLW SMR STP SYC TON TUV VCT VUT WSM".split()  # noqa: SIM905
)
SILENT = {
    **{(iso3, "gw"): "the second table has no microstates" for iso3 in MICROSTATES},
    **{(iso3, "wikidata"): "the second table leaves the cell empty" for iso3 in ("COL", "NIC", "PRT")},
    **{("XKX", system): "the second table has no Kosovo" for system in ("iso2", "wikidata")},
}


@pytest.fixture(scope="module")
def codes():
    """Code of three letters -> system -> code, of those in force; and the reasons for which there is none."""
    store = build.load([p for p in files.data() if "states" in p.parts])
    found, missing = {}, {}
    for row in store.rows("SELECT ?i ?p ?v WHERE { ?s mlo:iso3 ?i ; ?p ?v FILTER NOT EXISTS { ?s mlo:end ?e } }"):
        name = str(row["p"]).rsplit("#", 1)[-1]
        if name == "noCode":
            missing.setdefault(str(row["i"]), []).append(str(row["v"]))
        for system, local in LITERALS.items():
            if name == local:
                assert system not in found.setdefault(str(row["i"]), {}), (row["i"], system)
                found[str(row["i"])][system] = str(row["v"])
    for system, table in TABLES.items():
        path = next(p for p in files.links() if p.name == f"{table}.sssom.tsv")
        for x in link.read(path):
            iso3 = x.subject.partition(":")[2].upper()
            if x.predicate == "skos:exactMatch" and not x.negative and iso3 in found:
                assert system not in found[iso3], (iso3, system)
                found[iso3][system] = x.object.partition(":")[2].rstrip("/")
    return found, missing


@pytest.fixture(scope="module")
def second():
    """The second reading: code of three letters -> column -> code, without empty cells."""
    lines = (HERE / "state-codes-second-reading.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {r["iso3"]: {k: v for k, v in r.items() if v} for r in rows}


def test_every_one_has_a_code_in_every_system_or_a_reason_why_not(codes):
    found, missing = codes
    assert len(found) == 199
    assert len(set(found) - {"XKX", "TWN", "PSE", "VAT", "COK", "NIU"}) == 193
    lacking = {(iso3, system) for iso3 in found for system in [*LITERALS, *TABLES] if system not in found[iso3]}
    assert lacking == NO_CODE
    reasons = {
        (iso3, text.partition(": ")[0]): text.partition(": ")[2] for iso3, all_ in missing.items() for text in all_
    }
    assert set(reasons) == {(iso3, NAMES[system]) for iso3, system in NO_CODE}
    assert all(len(reason) > 20 for reason in reasons.values())


@pytest.mark.parametrize("system", [*LITERALS, *TABLES])
def test_no_code_belongs_to_two(codes, system):
    seen = Counter(c[system] for c in codes[0].values() if system in c)
    assert [code for code, n in seen.items() if n > 1] == []


def test_the_form_of_the_numbers(codes):
    numbers = [c[s] for c in codes[0].values() for s in ("cow", "gw") if s in c]
    assert len(numbers) == 2 * 195
    assert [x for x in numbers if not re.fullmatch(r"[2-9]|[1-9]\d{1,2}", x)] == []


def test_a_second_table_says_the_same(codes, second):
    found = codes[0]
    assert set(second) == set(found)
    systems = ("iso2", "iso_numeric", "m49", "wikidata", "cow", "gw")
    different = {
        (iso3, s): (found[iso3].get(s), second[iso3].get(s))
        for iso3 in found for s in systems if found[iso3].get(s) != second[iso3].get(s)
    }  # fmt: skip
    assert {key for key, (_, other) in different.items() if other is not None} == set()
    assert set(different) == set(SILENT)


def test_where_the_two_lists_of_political_science_number_a_state_differently(codes):
    differ = {i: (c["cow"], c["gw"]) for i, c in codes[0].items() if "cow" in c and c["cow"] != c["gw"]}
    assert differ == {
        "DEU": ("255", "260"), "KIR": ("946", "970"), "NRU": ("970", "971"), "SRB": ("345", "340"),
        "TON": ("955", "972"), "TUV": ("947", "973"), "YEM": ("679", "678"),
    }  # fmt: skip


@NEEDS_COPIES
def test_the_table_of_country_codes_says_the_same(codes):
    with (SHARED / "datasets_country-codes.csv").open(encoding="utf-8", newline="") as lines:
        theirs = {r["ISO3166-1-Alpha-3"]: r for r in csv.DictReader(lines)}
    different = set()
    for iso3, mine in codes[0].items():
        row = theirs.get(iso3)
        if row is None:
            different.add((iso3, "all"))
            continue
        said = {
            "iso2": row["ISO3166-1-Alpha-2"], "iso_numeric": row["ISO3166-1-numeric"].zfill(3), "m49": row["M49"].zfill(3),
            "geonames": row["Geoname ID"], "wikidata": row["wikidata_id"].rsplit("/", 1)[-1],
        }  # fmt: skip
        different |= {(iso3, system) for system, code in said.items() if mine[system] != code}
    # Kosovo is not in that table; the cell of Namibia's item is empty there.
    assert different == {("XKX", "all"), ("NAM", "wikidata")}


@NEEDS_COPIES
def test_geonames_says_the_same(codes):
    countries = json.loads((SHARED / "geonames_countries.json").read_text(encoding="utf-8")).values()
    theirs = {c["iso3"]: (c["iso"], str(c["geonameid"])) for c in countries}
    assert {i: (c["iso2"], c["geonames"]) for i, c in codes[0].items()} == {i: theirs[i] for i in codes[0]}


@NEEDS_COPIES
def test_both_versions_of_the_eu_table_have_the_code(codes):
    text = (SHARED / "eu_country_20260617.gc").read_text(encoding="utf-8")
    late = set(re.findall(r'ColumnRef="code">\s*<SimpleValue>([^<]+)<', text))
    with (SHARED / "eu_mdr_2022" / "countries.csv").open(encoding="utf-8", newline="") as lines:
        early = {r["id"] for r in csv.DictReader(lines) if not r["valid_until"] or r["valid_until"] > "2022-09-28"}
    mine = {c["eu"] for c in codes[0].values()}
    assert all(c["eu"] == iso3 for iso3, c in codes[0].items())
    assert mine - late == set()
    assert mine - early == {"XKX"}, "in 2022 the code of Kosovo was 1A0"
    assert "1A0" in early


@NEEDS_COW
def test_the_list_of_the_project_itself_says_the_same(codes):
    with (SHARED / "cow_states2016.csv").open(encoding="utf-8", newline="") as lines:
        theirs = {r["ccode"] for r in csv.DictReader(lines) if r["endyear"] == "2016"}
    assert {c["cow"] for c in codes[0].values() if "cow" in c} == theirs
