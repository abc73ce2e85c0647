"""What docs/linking.md says about how much is linked is what the tables hold.

Run as a program, this file writes the figures into the page.
"""

import re
from pathlib import Path

from kg import files, link

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "linking.md"
SAME = {"skos:exactMatch", "skos:closeMatch"}
PUBLIC = {"wd", "corporatebody", "eurovoc"}


def tables():
    """Name of the table -> its claims and its negative decisions."""
    out = {}
    for path in files.links():
        rows = link.read(path)
        out[path.name.removesuffix(".sssom.tsv")] = (sum(not x.negative for x in rows), sum(x.negative for x in rows))
    return out


def arrangements():
    """How many arrangements there are, how many are the same as something in Wikidata or an EU table, how many have a link."""
    same, any_ = set(), set()
    for x in link.shipped():
        if x.negative or not x.subject.startswith("arr:") or x.object.partition(":")[0] not in PUBLIC:
            continue
        any_.add(x.subject)
        if x.predicate in SAME:
            same.add(x.subject)
    return len(list((ROOT / "data" / "arrangements").glob("*.ttl"))), len(same), len(any_)


def sentence():
    total, same, any_ = arrangements()
    return f"Of {total} arrangements, {same} are the same thing (exactMatch or closeMatch) in Wikidata or an EU table, {any_} have a link to one."


def cells(line):
    return [c.strip() for c in line.strip().strip("|").split("|")]


def written(text):
    """TEXT of the page with the figures as they are now."""
    counts = tables()
    out = []
    for line in text.splitlines():
        row = cells(line) if line.startswith("| `") else []
        if len(row) == 5 and row[0].strip("`") in counts:
            claims, denied = counts[row[0].strip("`")]
            line = f"| {row[0]} | {row[1]} | {row[2]} | {claims} | {denied} |"
        out.append(re.sub(r"^Of \d+ arrangements, .*$", sentence(), line))
    return "\n".join(out) + "\n"


def test_the_page_names_every_table_with_its_figures():
    text = PAGE.read_text(encoding="utf-8")
    named = {
        cells(line)[0].strip("`") for line in text.splitlines() if line.startswith("| `") and len(cells(line)) == 5
    }
    assert named == set(tables())
    assert sentence() in text
    assert text == written(text)


def test_a_wrong_figure_is_found():
    text = "| `geonames` | states | `geonames:1/` | 1 | 7 |\nOf 9 arrangements, 1 are\n"
    claims, denied = tables()["geonames"]
    assert written(text) == f"| `geonames` | states | `geonames:1/` | {claims} | {denied} |\n{sentence()}\n"


def test_how_far_the_arrangements_are_linked():
    total, same, any_ = arrangements()
    assert total == 285
    assert same >= 74
    assert any_ >= 92
    # The strict reading: exactly an item of Wikidata or an entry of the corporate bodies; close matches and EuroVoc do not count.
    exact = {
        x.subject for x in link.shipped()
        if not x.negative and x.predicate == "skos:exactMatch" and x.subject.startswith("arr:")
        and x.object.partition(":")[0] in {"wd", "corporatebody"}
    }  # fmt: skip
    assert len(exact) >= 70


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
