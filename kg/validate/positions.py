"""Where a finding lies in its document: line and column of the offending statement, or of its subject.

Asked for findings only, so a run without any pays nothing. Turtle, TriG, N-Triples and N-Quads are exact, lists and
nested blank nodes included (see skeleton); RDF/XML and JSON-LD as good as their outline (see outline).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.documents import canonical
from kg.errors import LINE_END
from kg.validate import outline, skeleton
from kg.validate.triples import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SKELETONS: Final[dict[str, Callable[[str, int, int], Iterator[skeleton.Places]]]] = {
    ".ttl": skeleton.turtle,
    ".trig": skeleton.turtle,
    ".nt": skeleton.lines,
    ".nq": skeleton.lines,
}
_MISSING: Final = ("MinCount", "QualifiedMinCount")
_TOO_MANY: Final = ("MaxCount", "QualifiedMaxCount", "UniqueLang")
_KIND: Final = {"_": "b", '"': "l"}
_MARKS: Final = {
    "a": "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
    skeleton.FIRST: skeleton.FIRST,
    skeleton.REST: skeleton.REST,
}


class Wanted(NamedTuple):
    """What a result speaks of, in N-Triples terms, as far as it says so; the component by its short name."""

    focus: str
    path: str
    value: str
    component: str


class Place(NamedTuple):
    """A line and a column from 1, and how well they fit: 9 the statement itself … 4 its subject … 0 not found."""

    fit: int = 0
    line: int = 0
    column: int = 0


def locate(body: bytes, suffix: str, ntriples: str, wanted: Sequence[Wanted]) -> list[Place]:
    """The place of each of WANTED in the document BODY, which the parser made into NTRIPLES, in its order."""
    text = body.decode("utf-8", "replace")
    starts = [0, *(m.end() for m in LINE_END.finditer(text))]
    search = _Search(wanted)
    try:
        for row in _traced(text, suffix, ntriples, search):
            search.see(row)
    except skeleton.Unplaced:
        search = _Search(wanted)
    places = []
    for w, (fit, at) in zip(wanted, search.best, strict=True):
        if not fit:
            fit, at = _by_name(text, w.focus)
        line = bisect_right(starts, at)
        places.append(Place(fit, line, at - starts[line - 1] + 1) if fit else Place())
    return places


def _traced(text: str, suffix: str, ntriples: str, search: _Search) -> Iterator[skeleton.Traced]:
    """The triples that SEARCH asks for, with their places; the statements without any are only counted."""
    if suffix not in _SKELETONS:
        yield from outline.traced(text, suffix, rows(ntriples))
        return
    asked = {n: triple for n, triple in enumerate(rows(ntriples)) if search.asks(triple)}
    parts = iter([(0, len(text), -1)]) if suffix == ".trig" else skeleton.statements(text)
    left = sorted(asked, reverse=True)
    number = 0
    for begin, end, count in parts:
        if count >= 0 and not (left and left[-1] < number + count):
            number += count
            continue
        for spots in _SKELETONS[suffix](text, begin, end):
            if left and left[-1] == number:
                triple = asked[left.pop()]
                if not _agree(triple, spots):
                    raise skeleton.Unplaced(spots[0].at)
                yield skeleton.Traced(*triple, spots[0].at, spots[1].at, spots[2].at)
            number += 1
    if number != ntriples.count("\n"):
        raise skeleton.Unplaced(len(text))


def _agree(triple: tuple[str, str, str], spots: skeleton.Places) -> bool:
    """Whether these can be the places of this triple: holds the order of the parser to that of the skeleton."""
    if any(s.kind != _KIND.get(t[0], "i") for t, s in zip(triple, spots, strict=True)):
        return False
    written = spots[1].text
    if written in _MARKS:
        return triple[1] == _MARKS[written]
    if written.startswith("<") or "\\" in written:
        return True
    return triple[1].endswith(written.partition(":")[2] + ">")


class _Search:
    """The best place so far for each thing wanted, while the statements of a document pass by."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self.wanted = [w._replace(focus=_key(w.focus), value=_key(w.value)) for w in wanted]
        self.best = [(0, 0)] * len(wanted)
        self._by_focus: dict[str, list[int]] = defaultdict(list)
        self._literals = any(w.focus.startswith('"') for w in wanted)
        self._by_value: dict[str, list[int]] = defaultdict(list)
        for i, w in enumerate(self.wanted):
            self._by_focus[w.focus].append(i)
            if w.value and _complex(w.path):
                self._by_value[w.value].append(i)

    def asks(self, triple: tuple[str, str, str]) -> bool:
        """Whether the place of TRIPLE may be that of a thing wanted."""
        subject, _, value = triple
        if subject in self._by_focus or value in self._by_focus:
            return True
        return (self._literals or bool(self._by_value)) and (
            _key(value) in self._by_focus or _key(value) in self._by_value
        )

    def see(self, row: skeleton.Traced) -> None:
        """Take one statement into account."""
        for i in self._by_focus.get(row.subject, ()):
            self._offer(i, *_from_subject(self.wanted[i], row))
        for i in self._by_focus.get(_key(row.object) if self._literals else row.object, ()):
            self._offer(i, *_from_object(self.wanted[i], row))
        if self._by_value:
            for i in self._by_value.get(_key(row.object), ()):
                if row.predicate in self.wanted[i].path:
                    self._offer(i, 7, row.object_at)

    def _offer(self, i: int, fit: int, at: int) -> None:
        # Of several values where one is too many, the last one written is it; otherwise the first place stands.
        later = fit == 6 and self.wanted[i].component.startswith(_TOO_MANY)
        if fit > self.best[i][0] or (later and fit == self.best[i][0]):
            self.best[i] = (fit, at)


def _from_subject(w: Wanted, row: skeleton.Traced) -> tuple[int, int]:
    """How well ROW, a statement of the focus, fits, and where in it."""
    if w.component == "UnknownPredicate" and row.predicate == w.path:
        return 9, row.predicate_at
    if w.value and w.value == _key(row.object):
        return (9 if w.path == row.predicate else 8), row.object_at
    if w.component.startswith(_MISSING):
        return 4, row.subject_at
    if row.predicate == w.path:
        return 6, row.object_at
    if _complex(w.path) and row.predicate in w.path:
        return 5, row.object_at
    return 4, row.subject_at


def _from_object(w: Wanted, row: skeleton.Traced) -> tuple[int, int]:
    """How well ROW, a statement about the focus, fits."""
    missing = w.component.startswith(_MISSING)
    if w.path == "^" + row.predicate and not missing and w.value in ("", row.subject):
        return (9 if w.value else 6), row.object_at
    return 2, row.object_at


def _complex(path: str) -> bool:
    return bool(path) and not path.startswith(("<", "^<"))


@lru_cache(maxsize=10_000)
def _key(term: str) -> str:
    """TERM as the store would write it: the file may say 0.50 where a result says 0.5."""
    return canonical(term) if term.startswith('"') else term


def _by_name(text: str, focus: str) -> tuple[int, int]:
    """Where the name of FOCUS stands in TEXT, when its statements could not be followed."""
    if not focus.startswith("<"):
        return 0, 0
    local = re.escape(re.split(r"[/#:]", focus[1:-1])[-1])
    for pattern in (re.escape(focus[1:-1]) + r"(?![\w-])", r"(?<=[:/#\"])" + local + r"(?![\w-])"):
        if local and (found := re.search(pattern, text)):
            return 1, found.start()
    return 0, 0
