"""Data frames with either library, and the HTML a notebook shows."""

from __future__ import annotations

import importlib
import sys
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from kg import MinilatError, frames
from kg.records import CriterionValue, Evidence, FitAnswer, Option, Reason, Table, Thing

HOSTILE = '<script>alert("x")</script> & é'
COLUMNS = (
    "id", "notation", "label", "kind", "verdict", "rank", "front", "gaps", "conditions", "first_share", "best_rank",
    "worst_rank",
)  # fmt: skip


def value(number):
    return CriterionValue(number, "0..1", "measured", "", ())


def option(name, verdict, rank, **criteria):
    ranked = rank is not None
    return Option(
        Thing(f"https://example.org/{name}", name, name.upper(), f"{name} {HOSTILE}"), "a kind", "f", "n", verdict,
        rank, ranked, (Reason("F004", f"because {HOSTILE}", (Evidence(f"st:{name}", (), "high"),)),),
        (f"if {HOSTILE}",), ("MDA", "UAS"), (), {k: value(v) for k, v in criteria.items()}, (), False,
        0.25 if ranked else None, (1, 3) if ranked else None, ("a change",),
    )  # fmt: skip


def answer(*options):
    thing = Thing("https://example.org/c", "c", "S99", f"A challenge {HOSTILE}")
    return FitAnswer(thing, "2001-12-31", "2001-12-31", "none", options, (), f"Explained {HOSTILE}", (), ())


MADE = answer(
    option("a", "full", 1, F001="pass", F011=0.5, F015=3),
    option("b", "unknown", None, F001="unknown", F011=None),
)
TABLE = Table("a title", ("name", "begin"), (("Ruritania", "2001"), ("Graustark", "")), ("a note",))


class Stub:
    """A library for data frames that only notes what it was given."""

    String, Int64, Float64, Boolean = "str", "int", "float", "bool"

    @staticmethod
    def Series(*given, dtype):
        return given, dtype

    @staticmethod
    def DataFrame(given):
        return given


def offer(monkeypatch, **libraries):
    for name in frames.LIBRARIES:
        monkeypatch.setitem(sys.modules, name, libraries.get(name))  # None: importing it fails


def plain(frame):
    """Columns as lists, with None for what is missing, from either library."""
    if hasattr(frame, "to_dict") and hasattr(frame, "iterrows"):
        frame = frame.astype(object).where(frame.notna(), None)
        return {name: list(frame[name]) for name in frame.columns}
    return {name: frame[name].to_list() for name in frame.columns}


@pytest.fixture(params=frames.LIBRARIES)
def library(request):
    pytest.importorskip(request.param)
    return request.param


def test_an_answer_becomes_a_row_per_option_and_a_column_per_criterion(library):
    frame = frames.to_frame(MADE, library)
    assert type(frame).__module__.split(".")[0] == library
    found = plain(frame)
    assert tuple(found) == (*COLUMNS, "F001", "F011", "F015")
    assert found["id"] == ["a", "b"]
    assert found["verdict"] == ["full", "unknown"]
    assert found["rank"] == [1, None]
    assert found["gaps"] == ["MDA UAS", "MDA UAS"]
    assert found["front"] == [True, False]
    assert (found["first_share"], found["best_rank"], found["worst_rank"]) == ([0.25, None], [1, None], [3, None])
    assert found["F001"] == ["pass", "unknown"]
    assert found["F011"] == [0.5, None]
    assert found["F015"] == [3.0, None]


def test_a_table_becomes_its_columns(library):
    assert plain(frames.to_frame(TABLE, library)) == {"name": ["Ruritania", "Graustark"], "begin": ["2001", ""]}
    assert plain(frames.to_frame(Table("t", ("a", "b"), ()), library)) == {"a": [], "b": []}


def test_an_empty_answer_becomes_an_empty_frame(library):
    frame = frames.to_frame(answer(), library)
    assert frame.shape == (0, len(COLUMNS))


def test_the_answer_of_the_data_becomes_a_frame(graph, library):
    found = graph.fit("S01")
    frame = frames.to_frame(found, library)
    assert frame.shape == (found.considered, len(COLUMNS) + len(found.options[0].criteria))
    assert plain(frame)["id"] == [o.id for o in found.options]
    assert plain(frame)["F012"] == [o.criteria["F012"].value for o in found.options]


def test_the_first_library_that_is_there_is_used(monkeypatch):
    offer(monkeypatch, polars=Stub)
    name, kind = frames.to_frame(MADE)[5][0][0], frames.to_frame(MADE)[5][1]
    assert (name, kind) == ("rank", "int")
    offer(monkeypatch, pandas=Stub)
    assert frames.to_frame(TABLE)["name"] == ((["Ruritania", "Graustark"],), "object")
    offer(monkeypatch, polars=SimpleNamespace(), pandas=Stub)
    assert frames.to_frame(TABLE, "pandas")["begin"] == ((["2001", ""],), "object")


@pytest.mark.parametrize(
    ("library", "says", "hint"),
    [
        (None, "neither polars nor pandas is installed", "pip install 'minilat[frames]'"),
        ("polars", "polars is installed", "pip install 'minilat[frames]'"),
        ("pandas", "pandas is installed", "pip install pandas"),
        ("numpy", "no data frames of 'numpy'", "give polars or pandas"),
    ],
)
def test_without_a_library_the_error_says_what_to_install(library, says, hint, monkeypatch):
    offer(monkeypatch)
    with pytest.raises(MinilatError) as caught:
        frames.to_frame(TABLE, library)
    assert (caught.value.code, caught.value.hint) == ("E086", hint)
    assert says in caught.value.message


def test_a_library_that_is_broken_is_not_hidden(monkeypatch):
    def broken(name):
        raise RuntimeError(name)

    monkeypatch.setattr(frames, "import_module", broken)
    with pytest.raises(RuntimeError):
        frames.to_frame(TABLE)


def test_no_library_is_loaded_before_it_is_needed(monkeypatch):
    offer(monkeypatch)
    assert importlib.reload(frames).LIBRARIES == ("polars", "pandas")


# --- HTML ---


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)
        assert {name for name, _ in attrs} <= {"style"}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    assert set(reader.tags) <= {"p", "b", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
    return reader


def test_an_answer_shows_its_explanation_and_its_leading_options():
    found = read(frames.answer_html(MADE))
    assert f"A challenge {HOSTILE} (S99) on 2001-12-31" in found.text
    assert f"Explained {HOSTILE}" in found.text
    assert found.tags.count("tr") == 2
    assert "… and 1 more options" in found.text


def test_an_answer_without_ranks_shows_what_cannot_be_judged():
    found = read(frames.answer_html(answer(option("b", "unknown", None))))
    assert f"b {HOSTILE}" in found.text
    assert "more options" not in found.text
    assert read(frames.answer_html(answer())).tags.count("tr") == 1


def test_an_option_shows_reasons_with_their_statements():
    found = read(frames.option_html(MADE.options[0]))
    assert f"F004: because {HOSTILE} [st:a]" in found.text
    assert ": full, number 1" in found.text
    assert "What would change ita change" in found.text
    assert "number" not in read(frames.option_html(MADE.options[1])).text


def test_a_table_shows_rows_and_notes():
    found = read(frames.table_html(TABLE))
    assert found.tags.count("tr") == 3
    assert "a title · 2" in found.text
    assert "a note" in found.text
    read(frames.table_html(Table(HOSTILE, (HOSTILE,), ((HOSTILE,),), (HOSTILE,))))


def test_what_the_data_shows_is_small(graph):
    answered = graph.fit("S01")
    assert len(frames.answer_html(answered)) < 10_000
    read(frames.answer_html(answered))
    read(frames.option_html(answered.options[0]))
    read(frames.table_html(graph.members("nato")))
