"""The page of all codes is what shapes, checks and errors say. To write it anew: python tests/meta/test_codes_page.py."""

import re
from pathlib import Path

from kg.render.codes import page
from kg.validate import codes

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "codes.md"


def written() -> str:
    severities = {row.code: row.severity for row in codes.table()}
    severities |= {code: severity for code, (severity, _, _) in codes.OWN.items()}
    return page([c for c in codes.known().values() if c.code[0] in "CH"], severities, codes.errors())


def test_the_page_is_what_its_sources_say():
    assert PAGE.read_text(encoding="utf-8") == written()


def test_every_code_is_one_anchor():
    anchors = re.findall(r'<a id="(\w+)"></a>', PAGE.read_text(encoding="utf-8"))
    assert len(anchors) == len(set(anchors))
    assert {c.code for c in codes.known().values()} <= set(anchors)
    assert {c.url for c in codes.known().values()} == {codes.PAGE + c for c in codes.known()}


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
