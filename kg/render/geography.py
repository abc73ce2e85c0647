"""States on a map: a small TopoJSON decoder, two projections and one SVG figure. No map library, no request."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Point = tuple[float, float]
Box = tuple[float, float, float, float]

WIDTH: Final = 720.0
HALF: Final = 0.11
"""Half the least side of a map, in radians on the ground: one small state is shown among its neighbours."""
WIDEST: Final = math.radians(46)
"""States that no circle of this radius holds are shown on a grid of degrees: over 240 of them, on the whole world."""
HORIZON: Final = math.radians(105)
UNNAMED: Final = {"Kosovo": "XKX", "N. Cyprus": "196", "Somaliland": "706"}
"""Outlines without an ISO number: Kosovo by its user-assigned code, two others with the UN member around them."""
PLACED: Final = (("643", (34.2, 45.3), "804"),)
"""(drawn with, a point, belongs to): Crimea is drawn as in General Assembly resolution 68/262."""
DASHED: Final = (frozenset({"XKX", "688"}), frozenset({"732", "504"}), frozenset({"275", "376"}))
SMALL: Final[dict[str, Point]] = {
    "020": (1.5, 42.5), "184": (-159.8, -21.2), "462": (73.5, 4.2), "480": (57.5, -20.2), "584": (171.4, 7.1),
    "028": (-61.8, 17.1), "132": (-23.5, 14.9), "702": (103.9, 1.3), "798": (179.2, -8.5),
    "048": (50.6, 26.2), "174": (43.3, -11.7), "308": (-61.8, 12.1), "492": (7.4, 43.7), "585": (134.6, 7.5),
    "052": (-59.6, 13.1), "212": (-61.4, 15.3), "670": (-61.2, 13.2), "674": (12.4, 43.9),
    "296": (173.0, 1.3), "336": (12.5, 41.9), "662": (-61.0, 14.0), "882": (-171.8, -13.8),
    "438": (9.5, 47.1), "470": (14.5, 35.9), "520": (166.9, -0.6), "570": (-169.9, -19.1), "678": (6.7, 0.3),
    "583": (158.2, 6.9), "659": (-62.7, 17.3), "690": (55.5, -4.6), "776": (-175.2, -21.1),
}  # fmt: skip
"""Longitude and latitude, to a tenth of a degree, of the capitals of states too small for the outlines."""
CLASSES: Final = (
    ("both", "Affected and taking part"),
    ("affected", "Affected, not taking part"),
    ("first", "Taking part"),
)
NOTE: Final = (
    "Outlines: Natural Earth, 1:110 million, public domain, simplified; dashed borders are disputed. "
    "Borders and names imply no position on the status of any territory."
)
CRIMEA: Final = " Crimea is drawn as in UN General Assembly resolution 68/262."


@dataclass(frozen=True)
class Atlas:
    """Arcs of longitudes and latitudes, the outer rings of every area as arc numbers, and the areas' names."""

    arcs: tuple[tuple[Point, ...], ...]
    rings: Mapping[str, tuple[tuple[int, ...], ...]]
    names: Mapping[str, str]

    def arc(self, number: int) -> tuple[Point, ...]:
        """The arc NUMBER; a negative one is ~NUMBER walked backwards."""
        return self.arcs[number] if number >= 0 else self.arcs[~number][::-1]

    def ring(self, numbers: Iterable[int]) -> list[Point]:
        """One closed line from the arcs NUMBERS, without the point that two neighbours share."""
        points: list[Point] = []
        for number in numbers:
            points += self.arc(number)[1 if points else 0 :]
        return _unwound(points)


def _unwound(points: Sequence[Point]) -> list[Point]:
    """POINTS without a jump at the antimeridian: 179° is followed by 181°, not by -179°."""
    found = list(points[:1])
    for x, y in points[1:]:
        found.append((x - 360 * round((x - found[-1][0]) / 360), y))
    return found


def decode(topology: Mapping[str, Any], layer: str = "countries") -> Atlas:
    """The areas of one LAYER of a quantised or plain TOPOLOGY, by ISO number or the codes of UNNAMED.

    Holes are kept as rings of their own: drawn even-odd they stay holes.
    """
    quantised = topology.get("transform")
    (sx, sy), (tx, ty) = (quantised["scale"], quantised["translate"]) if quantised else ((1.0, 1.0), (0.0, 0.0))
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0.0
        points = []
        for dx, dy, *_ in arc:
            x, y = (x + dx, y + dy) if quantised else (dx, dy)
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(tuple(points))
    rings: dict[str, list[tuple[int, ...]]] = {}
    names: dict[str, str] = {}
    for area in topology["objects"][layer]["geometries"]:
        name = str(area.get("properties", {}).get("name", ""))
        code = str(area.get("id") or UNNAMED.get(name, name))
        polygons = {"Polygon": [area.get("arcs")], "MultiPolygon": area.get("arcs")}.get(area["type"], [])
        rings.setdefault(code, []).extend(tuple(r) for polygon in polygons for r in polygon)
        if "id" in area or code not in names:
            names[code] = name
    found = Atlas(tuple(arcs), {}, names)
    for drawn, point, owner in PLACED:
        for numbers in [r for r in rings.get(drawn, ()) if _inside(point, found.ring(r))]:
            rings[drawn].remove(numbers)
            rings.setdefault(owner, []).append(numbers)
    return Atlas(found.arcs, {c: tuple(r) for c, r in rings.items() if c != "010"}, names)  # without Antarctica


@cache
def atlas() -> Atlas:
    """The shipped outlines of the world."""
    path = files.ROOT / "data" / "geo" / "countries-110m.topo.json"
    return decode(json.loads(path.read_text(encoding="utf-8")))


def _inside(point: Point, ring: Sequence[Point]) -> bool:
    x, y = point
    found = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            found = not found
    return found


def _area(ring: Sequence[Point]) -> float:
    """The area of RING, in the square of its unit."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def _middle(ring: Sequence[Point]) -> Point:
    """The centre of gravity of RING, or the middle of its box when it encloses nothing."""
    cross = [a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)]
    total = sum(cross)
    if abs(total) < 1e-9:
        west, south, east, north = _box(ring)
        return (west + east) / 2, (south + north) / 2
    pairs = list(pairwise(ring))
    return (
        sum((a[0] + b[0]) * c for (a, b), c in zip(pairs, cross, strict=True)) / (3 * total),
        sum((a[1] + b[1]) * c for (a, b), c in zip(pairs, cross, strict=True)) / (3 * total),
    )


def _box(points: Iterable[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def main_part(world: Atlas, code: str) -> list[list[Point]]:
    """The rings a state is recognised by: the largest and those near it; none for a state without an outline.

    What lies far off, as French Guiana or Alaska do, is drawn but does not widen the map.
    """
    sized = [(_area(r) * math.cos(math.radians(r[0][1])), r) for r in map(world.ring, world.rings.get(code, ()))]
    if not sized:
        return [[SMALL[code]]] if code in SMALL else []
    most, largest = max(sized)
    home = _vector(_middle(largest))
    return [r for size, r in sized if size >= most / 5 and _angle(home, _vector(_middle(r))) < 0.5]


def _vector(point: Point) -> tuple[float, float, float]:
    lon, lat = math.radians(point[0]), math.radians(point[1])
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def _angle(a: Sequence[float], b: Sequence[float]) -> float:
    return math.acos(max(-1.0, min(1.0, sum(x * y for x, y in zip(a, b, strict=True)))))


def _cap(points: Sequence[Point]) -> tuple[Point, float]:
    """The centre and the radius of about the smallest circle on the globe around POINTS (Bădoiu and Clarkson)."""
    vectors = [_vector(p) for p in points]
    centre: Sequence[float] = [sum(v) / len(vectors) for v in zip(*vectors, strict=True)]
    for i in range(1, 80):
        centre = _unit(centre)
        far = min(vectors, key=lambda v: sum(x * y for x, y in zip(v, centre, strict=True)))
        centre = [c + (f - c) / (i + 1) for c, f in zip(centre, far, strict=True)]
    centre = _unit(centre)
    x, y, z = centre
    return (math.degrees(math.atan2(y, x)), math.degrees(math.asin(z))), max(_angle(centre, v) for v in vectors)


def _unit(vector: Sequence[float]) -> list[float]:
    length = math.sqrt(sum(v * v for v in vector)) or 1.0
    return [v / length for v in vector]


def azimuthal(centre: Point) -> Callable[[Point], Point]:
    """Lambert's equal-area projection around CENTRE: it knows no antimeridian, and a pole is a place like any other."""
    lon0, lat0 = math.radians(centre[0]), math.radians(centre[1])

    def project(point: Point) -> Point:
        lon, lat = math.radians(point[0]) - lon0, math.radians(point[1])
        x = math.cos(lat) * math.sin(lon)
        y = math.cos(lat0) * math.sin(lat) - math.sin(lat0) * math.cos(lat) * math.cos(lon)
        near = math.sin(lat0) * math.sin(lat) + math.cos(lat0) * math.cos(lat) * math.cos(lon)
        if near < math.cos(HORIZON):  # too far round the globe: put on a circle that no map reaches
            length = math.hypot(x, y) or 1.0
            k = 2 * math.sin(HORIZON / 2) / length
        else:
            k = math.sqrt(2 / (1 + near))
        return k * x, -k * y

    return project


def cylindrical(middle: float) -> Callable[[Point], Point]:
    """Degrees as a grid with true proportions at 40°, MIDDLE in the middle; rings are drawn once more beside."""
    stretch = math.cos(math.radians(40))
    return lambda point: (math.radians(point[0] - middle) * stretch, -math.radians(point[1]))


class View(NamedTuple):
    """How a set of points is shown: the projection, the box in its units, and the turns of the globe to draw."""

    project: Callable[[Point], Point]
    box: Box
    turns: tuple[int, ...]


def view(points: Sequence[Point]) -> View:
    """The map that holds POINTS with a margin: around them, or of the world where they are spread over it."""
    centre, radius = _cap(points)
    project = azimuthal(centre)
    turns: tuple[int, ...] = (0,)
    middle, span = _seam(points)
    if radius > WIDEST:
        project, turns = cylindrical(middle), (-1, 0, 1)
        if span > 240:
            half = math.pi * math.cos(math.radians(40))
            return View(project, (-half, -math.radians(78), half, math.radians(56)), turns)
    west, north, east, south = _box([project(((x - middle + 180) % 360 - 180 + middle, y)) for x, y in points])
    x, y = (west + east) / 2, (north + south) / 2
    wide, high = max((east - west) / 2 * 1.1, HALF), max((south - north) / 2 * 1.1, HALF)
    wide, high = max(wide, high * 1.5), max(high, wide / 2)
    return View(project, (x - wide, y - high, x + wide, y + high), turns)


def _seam(points: Sequence[Point]) -> tuple[float, float]:
    """The meridian opposite the widest gap between POINTS, and how many degrees they span."""
    lons = sorted({round(p[0] % 360, 1) for p in points})
    gap, start = max((b - a, a) for a, b in zip(lons, [*lons[1:], lons[0] + 360], strict=True))
    return (start + gap / 2) % 360 - 180, 360 - gap


class Canvas:
    """Points of the globe on an SVG of WIDTH; everything outside its box is left out."""

    def __init__(self, seen: View) -> None:
        west, north, east, south = seen.box
        self._seen, self._origin = seen, (west, north)
        self._scale = WIDTH / (east - west)
        self.height = round((south - north) * self._scale, 1)

    def place(self, point: Point, turn: int = 0) -> Point:
        """POINT in pixels, TURN times round the globe."""
        x, y = self._seen.project((point[0] + 360 * turn, point[1]))
        return (x - self._origin[0]) * self._scale, (y - self._origin[1]) * self._scale

    def lines(self, points: Sequence[Point]) -> list[list[Point]]:
        """The line POINTS wherever it is seen: no, one or, beside the seam of a map of the world, two times."""
        found = []
        for turn in self._seen.turns:
            line = [self.place(p, turn) for p in points]
            west, north, east, south = _box(line)
            if (
                east > 0
                and west < WIDTH
                and south > 0
                and north < self.height
                and max(east - west, south - north) > 0.4
            ):
                found.append(line)
        return found

    def spot(self, point: Point) -> Point:
        """POINT on the turn on which it is seen."""
        return min((self.place(point, t) for t in self._seen.turns), key=lambda p: abs(p[0] - WIDTH / 2))


def _path(line: Sequence[Point], *, close: bool) -> str:
    kept = [line[0]]
    for point in line[1:-1]:
        if math.hypot(point[0] - kept[-1][0], point[1] - kept[-1][1]) >= 0.6:
            kept.append(point)
    kept.append(line[-1])
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in kept) + ("Z" if close else "")


def _outline(world: Atlas, canvas: Canvas, code: str) -> str:
    return "".join(_path(line, close=True) for r in world.rings[code] for line in canvas.lines(world.ring(r)))


def _borders(world: Atlas, canvas: Canvas) -> tuple[str, str]:
    """The lines between two areas, and those of them that are drawn dashed."""
    owners: dict[int, set[str]] = {}
    for code, rings in world.rings.items():
        for number in (n for r in rings for n in r):
            owners.setdefault(number if number >= 0 else ~number, set()).add(code)
    drawn = {True: "", False: ""}
    for number, sides in sorted(owners.items()):
        if len(sides) > 1:
            lines = canvas.lines(_unwound(world.arcs[number]))
            drawn[any(pair <= sides for pair in DASHED)] += "".join(_path(x, close=False) for x in lines)
    return drawn[False], drawn[True]


def _label(text: str, at: Point, taken: list[Box], height: float, *, dot: bool, room: float) -> str:
    """TEXT beside a dot or in the middle of its state, where it covers no other; '' where there is no place."""
    wide, high = len(text) * 7.4, 14.0
    if not dot and wide > max(room * 1.6, 84):
        return ""
    beside = ((9.0, 0.0), (-9 - wide, 0), (-wide / 2, -14), (-wide / 2, 15))
    shifts = beside if dot else ((-wide / 2, 0.0), (-wide / 2, 10), (-wide / 2, -10))
    for dx, dy in shifts:
        x, y = at[0] + dx, at[1] + dy
        box = (x - 2, y - high / 2, x + wide + 2, y + high / 2)
        free = all(box[2] < t[0] or t[2] < box[0] or box[3] < t[1] or t[3] < box[1] for t in taken)
        if free and box[0] > 2 and box[2] < WIDTH - 2 and box[1] > 2 and box[3] < height - 2:
            taken.append(box)
            return f'<text x="{x + wide / 2:.1f}" y="{y + 5:.1f}" class="place">{escape(text)}</text>'
    return ""


def _roles(places: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The class of every state that is shown, by its code, in a fixed order."""
    affected, first = set(places.get("affected", ())), set(places.get("first", ()))
    return {
        c: "both" if c in affected & first else "affected" if c in affected else "first"
        for c in sorted(affected | first)
    }


def names(places: Mapping[str, Iterable[str]], world: Atlas) -> dict[str, str]:
    """What the states are called: as PLACES says where it maps codes to labels, else as the outlines do."""
    said = {c: str(n) for part in places.values() if hasattr(part, "items") for c, n in part.items()}
    return {c: said.get(c) or world.names.get(c, c) for part in places.values() for c in part}


def figure(places: Mapping[str, Iterable[str]], option: str, world: Atlas | None = None) -> str:
    """A map of the states that are affected or take part in the OPTION, with a legend that names them all.

    PLACES maps 'affected' and 'first' to ISO 3166-1 numbers ('XKX' for Kosovo), or to dicts from these to labels.
    '' when there is nothing to show.
    """
    world = world or atlas()
    roles, called = _roles(places), names(places, world)
    parts = {c: main_part(world, c) for c in roles}
    shown = [p for rings in parts.values() for ring in rings for p in ring]
    if not shown:
        return ""
    canvas = Canvas(view(shown))
    land = "".join(_outline(world, canvas, c) for c in sorted(world.rings) if c not in roles)
    areas, dots, words = "", "", ""
    taken: list[Box] = []
    labels = []
    for code, role in roles.items():
        if not parts[code]:
            continue
        title = f"<title>{escape(called[code])}</title>"
        if code in world.rings:
            areas += f'<path class="{role}" d="{_outline(world, canvas, code)}">{title}</path>'
        line = max((x for ring in parts[code] for x in canvas.lines(ring)), key=_area, default=[])
        west, north, east, south = _box(line) if line else (0.0, 0.0, 0.0, 0.0)
        size = max(east - west, south - north)
        at = _middle(line) if line else canvas.spot(parts[code][0][0])
        dot = size < 10
        if dot:
            dots += f'<circle class="{role}" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="5">{title}</circle>'
            taken.append((at[0] - 6, at[1] - 6, at[0] + 6, at[1] + 6))
        labels.append((role == "first", -size, called[code], at, dot, east - west))
    for _, _, text, at, dot, room in sorted(labels):
        words += _label(text, at, taken, canvas.height, dot=dot, room=room)
    plain, dashed = _borders(world, canvas)
    count = {c: [called[x] for x, r in roles.items() if r == c] for c, _ in CLASSES}
    note = NOTE + (CRIMEA if any(_outline(world, canvas, c) for _, _, c in PLACED if c in world.rings) else "")
    title = f"Map of the affected states and of the participants of {option}"
    told = "; ".join(f"{what}: {', '.join(sorted(count[c]))}" for c, what in CLASSES if count[c])
    legend = "".join(
        f'<li><span class="swatch {c}"></span><b>{what} ({len(count[c])})</b>: {escape(", ".join(sorted(count[c])))}'
        "</li>"
        for c, what in CLASSES
        if count[c]
    )
    return (
        f'<figure class="map"><svg role="img" viewBox="0 0 {WIDTH:.0f} {canvas.height:.0f}" '
        'aria-labelledby="map-t map-d">'
        f'<title id="map-t">{escape(title)}</title><desc id="map-d">{escape(told)}</desc>'
        '<defs><pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="stripe-a" width="6" height="6"/><rect class="stripe-b" width="2" height="6"/></pattern></defs>'
        f'<rect class="sea" width="{WIDTH:.0f}" height="{canvas.height:.0f}"/><path class="land" d="{land}"/>{areas}'
        f'<path class="border" d="{plain}"/><path class="border dashed" d="{dashed}"/>{dots}{words}</svg>'
        f'<figcaption><ul class="legend">{legend}</ul><p class="note">{escape(note)}</p></figcaption></figure>'
    )
