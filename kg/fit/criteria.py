"""The criteria of fit, read from their query files, and their values for every option."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import catalogue, files
from kg.errors import MinilatError
from kg.names import curie, slug
from kg.records import Coverage, CriterionValue
from kg.store import iri_term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.catalogue import Entry
    from kg.records import Status, Truth
    from kg.store import Columns, Store, Value

COVERAGE: Final = "F004"
PREFERENCES: Final = ("nato", "eu", "none", "low-profile")


@dataclass(frozen=True)
class Criterion:
    """A criterion as its header declares it: hard, graded (0..1) or ordinal (0..top)."""

    entry: Entry
    hard: bool
    top: float
    veto: float | None

    @property
    def code(self) -> str:
        """The permanent code of the criterion, e.g. F012."""
        return self.entry.code

    @property
    def step(self) -> float:
        """The width of a tie: values in one step are not told apart (.05 on graded scales, 1 on ordinal ones)."""
        return 0.05 if self.top == 1 else 1.0

    @property
    def scale(self) -> str:
        """The scale as text, e.g. '0..4'."""
        return self.entry.header["scale"]


def criteria(prefer: str) -> tuple[Criterion, ...]:
    """All criteria; the anchor takes no part when the user prefers none."""
    found = []
    for entry in catalogue.criteria():
        hard = entry.header["kind"] == "hard"
        top = 1.0 if hard else float(entry.header["scale"].rpartition("..")[2])
        veto = entry.header.get("veto")
        found.append(Criterion(entry, hard, top, None if veto is None else float(veto)))
    return tuple(c for c in found if prefer != "none" or all(p.name != "prefer" for p in c.entry.parameters))


def order(*, fast: bool, preference: bool) -> tuple[str, ...]:
    """The codes of the criteria in declared order of importance, from queries/fit/order.tsv.

    FAST puts speed first, where minutes, hours or days count; a PREFERENCE for an anchor stands ahead of relevance.
    """
    name = ("fast" if fast else "usual") + ("-preference" if preference else "")
    table = (files.ROOT / "queries" / "fit" / "order.tsv").read_text(encoding="utf-8").splitlines()
    rows = dict(line.split("\t") for line in table if line.strip())
    return tuple(rows[name].split())


def _clean(evidence: object) -> tuple[str, ...]:
    parts = str(evidence).split() if evidence else []
    return tuple(sorted({curie(p) for p in parts})) if len(parts) > 1 else tuple(map(curie, parts))


def _transform(value: float, rule: str | None) -> float:
    if rule is None:
        return value
    name, _, number = rule.partition(" ")
    if name != "decay":
        raise MinilatError("E053", f"unknown transform {rule!r}", hint="known is: decay <months>")
    return math.exp(-value / float(number))


@dataclass(frozen=True)
class Measured:
    """Values of all criteria, coverage of all requirements and values for vetoes, by option IRI."""

    values: dict[str, dict[str, CriterionValue]]
    coverage: dict[str, tuple[Coverage, ...]]
    vetoes: dict[str, dict[str, float]]


def measure(store: Store, chosen: tuple[Criterion, ...], challenge: str, as_of: str, prefer: str) -> Measured:
    """Run the CHOSEN criteria for the challenge with the IRI CHALLENGE; terms are bound, never pasted."""
    terms = {"challenge": iri_term(challenge), "asOf": as_of, "prefer": f"code:prefer-{prefer}"}
    values: dict[str, dict[str, CriterionValue]] = {}
    coverage: dict[str, dict[str, Coverage]] = {}
    vetoes: dict[str, dict[str, float]] = {}
    texts = [c.entry.bind({p.name: terms[p.name] for p in c.entry.parameters if p.name in terms}) for c in chosen]
    for criterion, answer in zip(chosen, store.columns(texts), strict=True):
        if criterion.code == COVERAGE:
            for option, row in zip(answer["option"], _coverage(answer), strict=True):
                best = coverage.setdefault(str(option), {})
                if row.capability not in best or best[row.capability].level < row.level:
                    best[row.capability] = row
            continue
        code, scale, transform = criterion.code, criterion.scale, criterion.entry.header.get("transform")
        nothing: list[Value] = [None] * len(answer["option"])
        told = (answer.get(n, nothing) for n in ("option", "value", "status", "note", "evidence", "veto_value"))
        for option, raw, status, note, evidence, limit in zip(*told, strict=True):
            value: float | str | None
            if criterion.hard:
                value = str(raw)
            else:
                value = None if raw is None else _transform(float(raw), transform)
            found = CriterionValue(value, scale, _status(status), str(note or ""), _clean(evidence))
            values.setdefault(str(option), {})[code] = found
            if criterion.veto is not None:
                veto = limit if "veto_value" in answer else value
                if isinstance(veto, int | float):
                    vetoes.setdefault(str(option), {})[code] = float(veto)
    ordered = {o: tuple(sorted(c.values(), key=lambda x: (not x.must, x.capability))) for o, c in coverage.items()}
    for option, rows_of in ordered.items():
        values.setdefault(option, {})[COVERAGE] = _whole(rows_of)
    return Measured(values, ordered, vetoes)


def _status(text: object) -> Status:
    return "measured" if text == "measured" else "assumed" if text == "assumed" else "unknown"


def _three(text: object) -> Truth:
    return "pass" if text == "pass" else "fail" if text == "fail" else "unknown"


def _coverage(answer: Columns) -> Iterator[Coverage]:
    """The rows of the criterion of coverage."""
    names = ("capability", "label", "necessity", "layer", "required", "level", "value", "note", "evidence")
    for capability, label, necessity, layer, required, level, value, note, evidence in zip(
        *(answer[n] for n in names), strict=True
    ):
        yield Coverage(
            str(capability),
            str(label),
            slug(str(necessity)) == "must",
            slug(str(layer or "any")),
            int(str(required)),
            int(float(str(level))),
            _three(value),
            str(note or ""),
            _clean(evidence),
        )


def _whole(rows: tuple[Coverage, ...]) -> CriterionValue:
    musts = [c for c in rows if c.must]
    verdicts = {c.value for c in musts}
    value = "fail" if "fail" in verdicts else "unknown" if "unknown" in verdicts else "pass"
    missing = [c.capability for c in musts if c.value != "pass"]
    note = "all required capabilities covered" if not missing else f"missing {', '.join(missing)}"
    evidence = tuple(sorted({e for c in musts for e in c.evidence}))
    return CriterionValue(value, "pass|fail|unknown", "unknown" if value == "unknown" else "measured", note, evidence)
