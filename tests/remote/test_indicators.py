"""Indicators asked of a service on this machine that answers as the World Bank's does: pages, words, and records."""

from __future__ import annotations

import json

import pytest

CODE = "MS.MIL.XPND.GD.ZS"
TYPE = {"Content-Type": "application/json;charset=utf-8"}


def page(number, pages, *rows, total=3, updated="2026-07-13"):
    head = {"page": number, "pages": pages, "per_page": 1000, "total": total, "sourceid": "2", "lastupdated": updated}
    indicator = {"id": CODE, "value": "Military expenditure (% of GDP)"}
    found = [
        {"indicator": indicator, "country": {"id": c[:2], "value": c}, "countryiso3code": c, "date": "2024", "value": v}
        for c, v in rows
    ]
    return 200, TYPE, json.dumps([head, found])


TWO = (page(1, 2, ("EST", 3.25), ("WLD", 2.4)), page(2, 2, ("FIN", 2.5)))


@pytest.fixture
def fetch(run, server, tmp_path):
    def start(*more, name="wb", years="2024"):
        words = ("import", "--as", "worldbank", "--indicator", CODE, "--years", years, "--into", tmp_path / "out")
        return run(*words, "--name", name, *more)

    return start


def test_pages_are_asked_recorded_and_replayed(fetch, server, tmp_path):
    server(*TWO)
    base = server.url.removesuffix("/sparql")
    done = fetch("--mirror", base, "--record", tmp_path / "kept", "--contact", "desk@example.org")
    assert done.code == 0, done.err
    assert "WLD" in done.err
    assert done.err.splitlines()[-1].startswith("2 new in ")
    assert [h["User-Agent"].endswith("; desk@example.org)") for h, _ in server.asked] == [True, True]
    text = (tmp_path / "out" / "wb.ttl").read_text()
    assert 'mlo:seenOn "20' in text
    assert f"https://api.worldbank.org/v2/country/all/indicator/{CODE}" in text
    kept = [json.loads(p.read_text()) for p in (tmp_path / "kept").iterdir()]
    assert {k["endpoint"] for k in kept} == {"https://api.worldbank.org/v2"}
    assert {k["query"] for k in kept} == {
        f"country/all/indicator/{CODE}?format=json&date=2024&per_page=1000&page={n}" for n in (1, 2)
    }
    server((500, {}, "nobody is to ask"))
    again = fetch("--replay", tmp_path / "kept", name="again")
    assert again.code == 0, again.err
    assert server.asked == []
    assert (tmp_path / "out" / "again.ttl").read_text().replace("import/again", "import/wb").replace(
        "import-again", "import-wb"
    ) == text
    other = fetch("--replay", tmp_path / "kept", name="other", years="2023")
    assert (other.code, "E186" in other.err) == (2, True)


def test_a_busy_service_is_asked_again(fetch, server):
    server((429, {"Retry-After": "0"}, "busy"), *TWO)
    assert fetch("--mirror", server.url.removesuffix("/sparql")).code == 0


WORDS = [{"message": [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]}]
BAD = {
    "words with status 200": ([(200, TYPE, json.dumps(WORDS))], "E196", "The provided parameter value is not valid"),
    "words with status 200 on a later page": ([TWO[0], (200, TYPE, json.dumps(WORDS))], "E196", "page-2"),
    "XML": ([(200, {"Content-Type": "text/xml"}, "<a/>")], "E182", "it is text/xml"),
    "HTML": ([(502, {"Content-Type": "text/html"}, "<html>")], "E181", "502"),
    "cut JSON": ([(200, TYPE, TWO[0][2][:-30])], "E194", "page-1"),
    "a cut connection": ([(200, TYPE | {"Content-Length": "99999"}, TWO[0][2])], "E184", "the answer is cut"),
    "a redirect": ([(302, {"Location": "http://127.0.0.1:1/"}, "")], "E185", "127.0.0.1:1"),
    "data that change between pages": ([TWO[0], page(2, 2, ("FIN", 2), updated="2026-07-14")], "E184", "changed"),
    "another charset": ([(200, {"Content-Type": "application/json;charset=utf-8"}, b"\xff\xfe[]")], "E182", "utf-8"),
    "pages without end": ([page(1, 5000, ("EST", 3))], "E183", "5000 pages"),
    "a page twice": ([TWO[0], TWO[0]], "E196", "page 2 of 2 is missing"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_an_answer_that_cannot_be_used_leaves_nothing(fetch, server, tmp_path, what, monkeypatch):
    answers, code, words = BAD[what]
    server(*answers)
    done = fetch("--mirror", server.url.removesuffix("/sparql"))
    assert (done.code, done.out) == (2, "")
    assert f"{code}: " in done.err
    assert words in done.err
    assert not (tmp_path / "out").exists()
    server(*TWO)
    assert fetch("--mirror", server.url.removesuffix("/sparql")).code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--indicator", "../../x"), "E190"),
        (("--years", "2024:2020"), "E190"),
        (("--years", "24"), "E190"),
        (("--mirror", "file:///etc"), "E180"),
        (("--as", "internacia"), "E190"),
        (("a.json",), "E190"),
        (("--retrieved", "2026-11-24"), "E190"),
    ],
)
def test_requests_that_are_wrong_ask_nobody(fetch, server, words, code):
    server(*TWO)
    done = fetch("--mirror", server.url.removesuffix("/sparql"), *words)
    assert (done.code, f"{code}: " in done.err) == (2, True), done.err
    assert server.asked == []
