"""The brief: one page that needs nothing else, escaped throughout, with a map decoded from arcs."""

import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from kg import catalogue
from kg.records import Coverage, CriterionValue, Evidence, FitAnswer, Option, Reason, Thing
from kg.render import brief, geography

HOSTILE = "<script>alert(\"x\")</script> & 'y'"
VOID = {"meta", "br"}

SQUARES = {
    "type": "Topology",
    "transform": {"scale": [10.0, 10.0], "translate": [0.0, 0.0]},
    "arcs": [
        [[1, 0], [0, 1]],  # shared by the two squares: (10, 0) to (10, 10)
        [[1, 1], [-1, 0], [0, -1], [1, 0]],  # the rest of the western one
        [[1, 1], [1, 0], [0, -1], [-1, 0]],  # the rest of the eastern one
    ],
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "id": "900", "properties": {"name": "West"}},
                {"type": "MultiPolygon", "arcs": [[[2, 0]]], "id": "901", "properties": {"name": "East"}},
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "Kosovo"}},
            ],
        }
    },
}


class Reader(HTMLParser):
    """Reads a page and remembers its tags; fails where one is closed that is not open."""

    def __init__(self, page):
        super().__init__()
        self.open, self.seen, self.attributes = [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def option(name, verdict, rank, **rest):
    evidence = Evidence(f"st:{name}{HOSTILE}", (f"source of {name} {HOSTILE}",), "low", f"a doubt {HOSTILE}")
    parts = {
        "thing": Thing(f"https://example.org/id/{name}", name, name.upper(), f"Label {name} {HOSTILE}"),
        "kind": f"a kind {HOSTILE}", "function": "force", "nature": "mixed", "verdict": verdict, "rank": rank,
        "front": rank == 1, "reasons": (Reason("F004", f"reason of {name} {HOSTILE}", (evidence,)),),
        "conditions": (), "gaps": (), "coverage": (Coverage("MCM", f"mines {HOSTILE}", True, "any", 2, 2, "pass", "", ()),),
        "criteria": {
            "F012": CriterionValue(0.75, "0..1", "measured", "", ()),
            "F011": CriterionValue(None, "0..1", "unknown", "", ()),
            "F015": CriterionValue(3, "0..4", "assumed", "", ()),
        },
        "dominated_by": (), "overclaims": False, "first_share": 0.5 if rank else None,
        "rank_range": (1, 2) if rank else None, "would_change": (f"change of {name} {HOSTILE}",),
    }  # fmt: skip
    return Option(**(parts | rest))


@pytest.fixture
def answer():
    options = (
        option("one", "full", 1, first_share=0.2),
        option("two", "full", 2, first_share=0.8),
        option("three", "partial", 3, gaps=("MCM",), conditions=(f"F006: needs a request {HOSTILE}",)),
        option("four", "unknown", None, conditions=(f"F004: eligible if it can bring MCM {HOSTILE}",)),
        option("five", "ineligible", None, reasons=(Reason("F001", f"exists: no — ended {HOSTILE}"),)),
    )
    thing = Thing("https://w3id.org/minilat/id/challenge/x", "x", "X1", f"Challenge {HOSTILE}")
    weak = (Evidence(f"st:one {HOSTILE}", (HOSTILE,), "low", HOSTILE),)
    return FitAnswer(
        thing, "2026-11-24", "2026-11-20", "none", options, (), f"a paragraph {HOSTILE}", weak, (f"a caveat {HOSTILE}",)
    )


PLACES = {"affected": {"246": f"Finland {HOSTILE}", "470": "Malta"}, "first": {"246": "Finland", "578": "Norway"}}


# The page


def test_a_hostile_word_is_never_markup(answer):
    page = brief.page(answer, PLACES, command=f"minilat {HOSTILE}")
    seen = Reader(page).seen
    assert "script" not in seen
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 20


def test_the_page_needs_nothing_else(answer):
    page = brief.page(answer, PLACES)
    names = {name for name, _ in Reader(page).attributes}
    assert not {n for n in names if n.startswith("on") or n in ("src", "href", "srcset", "action")}
    assert set(re.findall(r"url\(([^)]*)\)", page)) == {"#stripes", "#hatch"}
    assert "@import" not in page
    assert "://" not in page


def test_the_page_says_all_parts(answer):
    page = brief.page(answer, PLACES)
    for words in (
        "as of 2026-11-24", "recorded up to 2026-11-20", "a paragraph", "Options in order", "Why", "On condition",
        "What would change this", "Merits of the leading options", "How far the weights decide", "Ineligible: 1",
        "a caveat", "Weak statements", "CC BY 4.0", "minilat fit X1 --as-of 2026-11-24 --prefer none", "two &lt;script",
        "comes first more often", "1–2 of 2", "Who is affected",
    ):  # fmt: skip
        assert words in page, words


def test_headings_descend_by_one_and_drawings_are_told(answer):
    page = brief.page(answer, PLACES)
    levels = [int(tag[1]) for tag in Reader(page).seen if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    drawings = re.findall(r"<svg[^>]*>(?:<title[^>]*>[^<]+</title>)?", page)
    assert all('aria-hidden="true"' in d or ('role="img"' in d and "<title" in d) for d in drawings)
    assert all("scope=" in tag for tag in re.findall(r"<th\b[^>]*>", page))


def test_what_is_not_known_is_not_zero(answer):
    page = brief.page(answer, {})
    assert '<rect class="unknown"' in page
    assert "Threat relevance, Label one" in page
    assert ": not known</title>" in page
    assert ": 3 of 4, assumed</title>" in page


def test_a_code_is_spelt_out_and_an_id_is_not():
    o = option("one", "full", 1, coverage=(Coverage("MCM", "mines", True, "any", 2, 2, "pass", "", ()),))
    assert (
        brief._spell("MCM would be a gap; st:x-MCM and NATO stay", o) == "mines would be a gap; st:x-MCM and NATO stay"
    )


def test_the_page_is_the_same_twice_and_ends_its_line(answer):
    assert brief.page(answer, PLACES) == brief.page(answer, PLACES)
    assert brief.page(answer, PLACES).endswith("</html>\n")


def test_an_answer_without_options_can_be_shown(answer):
    page = brief.page(replace(answer, options=(), weak_statements=(), caveats=()), {})
    Reader(page)
    assert "No option is known to cover any must." in page
    assert "Options in order" not in page


@pytest.mark.parametrize("scheme", [brief.LIGHT, brief.DARK])
def test_words_stand_out_from_their_ground(scheme):
    def light(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    colours = dict(re.findall(r"--(\w+):(#\w+)", scheme))
    for words in ("ink", "soft", "accent", "warn"):
        for ground in ("paper", "wash"):
            high, low = sorted((light(colours[words]), light(colours[ground])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (words, ground)


# The map


def test_arcs_become_rings():
    world = geography.decode(SQUARES)
    assert world.ring(world.rings["900"][0]) == [(10, 0), (10, 10), (0, 10), (0, 0), (10, 0)]
    assert world.arc(~0) == ((10, 10), (10, 0))
    assert world.names["901"] == "East"
    assert set(world.rings) == {"900", "901", "XKX"}


def test_a_topology_may_be_plain():
    plain = {
        "arcs": [[[0.5, 1.5], [2.5, 1.5], [2.5, 3.5], [0.5, 1.5]]],
        "objects": {"countries": {"geometries": [{"type": "Polygon", "arcs": [[0]], "id": "900"}, {"type": None}]}},
    }
    world = geography.decode(plain)
    assert world.ring(world.rings["900"][0])[1] == (2.5, 1.5)


def test_a_ring_across_the_antimeridian_does_not_jump():
    world = geography.Atlas((((179.0, 0.0), (-179.0, 1.0), (178.0, 2.0), (179.0, 0.0)),), {"900": ((0,),)}, {})
    assert [x for x, _ in world.ring((0,))] == [179, 181, 178, 179]


def test_equal_areas_stay_equal():
    project = geography.azimuthal((20.0, 60.0))
    assert project((20.0, 60.0)) == pytest.approx((0, 0), abs=1e-12)

    def area(lon, lat):
        high = math.degrees(math.asin(math.sin(math.radians(lat)) + 0.001)) - lat
        return geography._area(
            [project(p) for p in ((lon, lat), (lon + 1, lat), (lon + 1, lat + high), (lon, lat + high), (lon, lat))]
        )

    assert area(20, 60) == pytest.approx(area(-5, 40), rel=0.01)


def test_near_states_are_cropped_and_far_ones_show_the_world():
    world = geography.atlas()

    def turns(*codes):
        return geography.view([p for c in codes for ring in geography.main_part(world, c) for p in ring]).turns

    assert turns("246", "578") == (0,)
    assert turns("242", "776", "554") == (0,), "the antimeridian is no edge"
    assert turns("840", "036", "578", "710") == (-1, 0, 1)
    atlantic = geography.view([(-120, 40), (45, 40)])
    assert atlantic.box[2] - atlantic.box[0] < math.radians(200), "less than the world"


def test_every_state_is_on_the_map(graph):
    world = geography.atlas()
    rows = graph.query(
        "SELECT ?n ?i ?e WHERE { ?s mlo:iso3 ?i OPTIONAL { ?s mlo:isoNumeric ?n } OPTIONAL { ?s mlo:end ?e } }"
    )
    now = {str(r["n"] or r["i"]) for r in rows if not r["e"]}
    assert len(now) > 190
    assert {c for c in now if not geography.main_part(world, c)} == set()
    assert not set(geography.SMALL) & set(world.rings)


def test_disputed_ground_is_drawn_as_said():
    world = geography.atlas()
    holders = {
        c for c, rings in world.rings.items() if any(geography._inside((34.2, 45.3), world.ring(r)) for r in rings)
    }
    assert holders == {"804"}
    assert "XKX" in world.rings
    assert "resolution 68/262" in geography.figure({"affected": ["804"]}, "x")
    assert "resolution 68/262" not in geography.figure({"affected": ["090"]}, "x")


def test_the_map_tells_three_kinds_of_state_apart():
    drawn = geography.figure(
        {"affected": ["246", "616"], "first": {"246": "Suomi", "578": "Norge", "470": "Malta"}}, "x"
    )
    for role, name in (("both", "Suomi"), ("affected", "Poland"), ("first", "Norge")):
        assert re.search(rf'<path class="{role}" d="M[^"]+"><title>{name}</title>', drawn), name
    assert re.search(r'<circle class="first"[^>]*><title>Malta</title>', drawn)
    assert "Affected and taking part (1)</b>: Suomi" in drawn


def test_nothing_on_the_map_leaves_its_frame_by_far():
    drawn = geography.figure({"affected": ["242", "776"], "first": ["036", "840", "250", "554"]}, "x")
    assert drawn.count("<circle") >= 2
    longest = 0.0
    for path in re.findall(r'<path class="(?:first|affected)" d="([^"]*)"', drawn):
        for part in path.split("M")[1:]:
            xs = [float(p.partition(",")[0]) for p in part.rstrip("Z").split("L")]
            longest = max(longest, *(abs(b - a) for a, b in pairwise(xs)))
    assert longest < geography.WIDTH / 4, "a line across the world"


@pytest.mark.parametrize("places", [{}, {"affected": [], "first": []}, {"affected": ["999"]}])
def test_no_state_no_map(places):
    assert geography.figure(places, "x") == ""


# The real thing


def test_the_states_shown_are_asked_by_name(graph):
    rows = graph.query("Q005", challenge="S01", arrangement="nordic-warden")
    roles = {(r["role"], r["iso3"]) for r in rows}
    assert {("affected", "DEU"), ("affected", "FIN"), ("participant", "FIN"), ("participant", "GBR")} <= roles
    assert ("participant", "DEU") not in roles
    assert all(re.fullmatch(r"\d{3}", str(r["isoNumeric"])) for r in rows)
    entry = catalogue.question("states-shown")
    assert entry is not None
    assert {p.name for p in entry.parameters} == {"challenge", "arrangement"}


def test_the_real_brief_reads(graph):
    answer = graph.fit("S01")
    page = brief.page(answer, {"affected": ["276", "246"], "first": ["246", "826"]})
    Reader(page)
    assert "Nordic Warden" in page
    assert "European Maritime Force" in page
    assert len(page) < 150_000
