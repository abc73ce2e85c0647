"""Candidates for a name: the same code, the same name, the same words in another order, or a spelling close to it.

Close is measured by the optimal string alignment distance (one step is a letter added, left out, changed, or two
neighbours swapped; Boytsov 2011), as a share of the longer name. The score is a rank, not a probability.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.match.records import FORMER, HIDDEN, LABEL, OTHER
from kg.match.spelling import initials, ordered, plain

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from kg.match.records import Record

CLOSE: Final = 0.8
"""How alike two spellings must be: one slip in five letters, two in ten."""
SHORTEST: Final = 5
"""Letters from which on a slip is believed; three of four letters are another name too often."""
MARGIN: Final = 0.05
"""How far the best must lie before the next; otherwise the name is ambiguous."""
_EXACT: Final = {LABEL: 1.0, OTHER: 0.98, FORMER: 0.96, HIDDEN: 0.94}
NEAREST: Final = 20
"""How many close spellings are looked at."""
_CUT: Final = CLOSE - 1e-3
"""One slip in five letters is a likeness of exactly 0.8, which the library works out as a little less."""
_WORDS: Final = 0.92
_INITIALS: Final = 0.90
_FUZZY: Final = 0.88
_REASONS: Final = {LABEL: "same name", OTHER: "same other name", FORMER: "former name", HIDDEN: "known spelling"}


@dataclass(frozen=True)
class Candidate:
    """A record that may be meant, how good the match is (0 to 1), and why."""

    record: Record
    score: float
    reason: str


def accepted(found: Sequence[Candidate]) -> Candidate | None:
    """The first of FOUND, best first, when it lies clear of the next or is the only one with a score of 1."""
    if not found or (len(found) > 1 and found[0].score - found[1].score < MARGIN and found[0].score < 1):
        return None
    if len(found) > 1 and found[1].score == found[0].score:
        return None
    return found[0]


class Index:
    """Records found by name or code."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = {r.id: r for r in records}
        self._names: dict[str, dict[str, str]] = defaultdict(dict)
        self._words: dict[str, set[str]] = defaultdict(set)
        self._initials: dict[str, set[str]] = defaultdict(set)
        self._codes: dict[str, set[str]] = defaultdict(set)
        for r in self.records.values():
            for code in r.codes:
                self._codes[code.casefold()].add(r.id)
            for name in r.names:
                known = self._names[plain(name.text)]
                if r.id not in known or _EXACT[name.kind] > _EXACT[known[r.id]]:
                    known[r.id] = name.kind
                if name.kind != HIDDEN:
                    self._words[ordered(name.text)].add(r.id)
                    if len(initials(name.text)) > 2 and name.kind == LABEL and name.language in ("", "en"):
                        self._initials[initials(name.text)].add(r.id)
        self._names.pop("", None)
        self._words.pop("", None)
        self._close = [n for n, known in self._names.items() if set(known.values()) != {HIDDEN}]

    def find(
        self, name: str, codes: Iterable[str] = (), limit: int | None = 5, among: Container[str] | None = None
    ) -> list[Candidate]:
        """At most LIMIT records that NAME or one of CODES may mean, best first; records of one score by id.

        With AMONG only records with one of these ids are looked at, as if there were no others.
        """
        best: dict[str, tuple[float, str]] = {}
        for identity, score, reason in (*self._coded(name, codes), *self._named(name)):
            if score > best.get(identity, (0.0, ""))[0] and (among is None or identity in among):
                best[identity] = (score, reason)
        if not best:
            best = dict(self._alike(name, among))
        ranked = sorted(best.items(), key=lambda kv: (-kv[1][0], kv[0]))[:limit]
        return [Candidate(self.records[i], score, reason) for i, (score, reason) in ranked]

    def resolve(self, name: str, codes: Iterable[str] = ()) -> Candidate | None:
        """The one record that NAME or one of CODES means; None when there is none, or several are as good."""
        return accepted(self.find(name, codes, limit=2))

    def _coded(self, name: str, codes: Iterable[str]) -> Iterator[tuple[str, float, str]]:
        for code in codes:
            for identity in self._codes.get(code.casefold(), ()):
                yield identity, 1.0, f"same code {code}"
        if name.isupper() and len(name) in (2, 3):
            for identity in self._codes.get(name.casefold(), ()):
                yield identity, 1.0, f"code {name}"

    def _named(self, name: str) -> Iterator[tuple[str, float, str]]:
        key = plain(name)
        for identity, kind in self._names.get(key, {}).items():
            yield identity, _EXACT[kind], _REASONS[kind]
        for identity in self._words.get(ordered(name), ()) if ordered(name) else ():
            yield identity, _WORDS, "same words"
        if name.isupper() and " " not in name:
            for identity in self._initials.get(key, ()):
                yield identity, _INITIALS, "initials"

    def _alike(self, name: str, among: Container[str] | None) -> Iterator[tuple[str, tuple[float, str]]]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        key = plain(name)
        if len(key) < SHORTEST:
            return
        best: dict[str, tuple[float, str]] = {}
        most = NEAREST if among is None else None
        near = process.extract(key, self._close, scorer=OSA.normalized_similarity, score_cutoff=_CUT, limit=most)
        wanted = [n for n in near if among is None or any(i in among for i in self._names[n[0]])]
        for text, alike, _ in wanted[:NEAREST]:
            if len(text) < SHORTEST:
                continue
            for identity, kind in self._names[text].items():
                score = round(_FUZZY * alike, 4)
                heard = kind != HIDDEN and (among is None or identity in among)
                if heard and score > best.get(identity, (0.0, ""))[0]:
                    best[identity] = (score, f"spelt like {text!r} ({alike:.2f})")
        yield from best.items()
