"""Layers 1 and 2: hard tests in three truth values, and the class of coverage.

A hard failure or a veto makes an option ineligible whatever its merits. Where the mandate or the offers are not known
the verdict is unknown, "eligible if"; any other unknown keeps the class of coverage, with the condition written out.
An option that covers none of the musts has nothing to offer and is listed as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.fit.criteria import Criterion
    from kg.records import Coverage, CriterionValue, Verdict

CLASSES: Final[tuple[Verdict, ...]] = ("full", "partial", "unknown", "ineligible")


@dataclass(frozen=True)
class Screened:
    """The verdict on an option, the codes and texts of the tests that decided it, its gaps and its conditions."""

    verdict: Verdict
    failed: tuple[tuple[str, str], ...]
    gaps: tuple[str, ...]
    conditions: tuple[str, ...]


def screen(
    criteria: Sequence[Criterion],
    values: Mapping[str, CriterionValue],
    coverage: Sequence[Coverage],
    vetoes: Mapping[str, float],
) -> Screened:
    """The verdict on one option."""
    failed: list[tuple[str, str]] = []
    conditions: list[str] = []
    for criterion in criteria:
        found = values.get(criterion.code)
        if criterion.hard and criterion.code != "F004" and found is not None:
            if found.value == "fail":
                failed.append((criterion.code, f"{criterion.entry.title.lower()}: no — {found.note}"))
            elif found.value == "unknown":
                conditions.append(f"{criterion.code}: {found.note}")
        limit = criterion.veto
        if limit is not None and vetoes.get(criterion.code, limit) < limit:
            note = found.note if found else ""
            failed.append((criterion.code, f"{criterion.entry.title.lower()} below {limit:g}, a veto — {note}"))
    musts = [c for c in coverage if c.must]
    gaps = tuple(c.capability for c in musts if c.value == "fail")
    if musts and len(gaps) == len(musts):
        wanted = ", ".join(f"{c.capability} ({c.note})" for c in musts)
        failed.append(("F004", f"covers none of the required capabilities: {wanted}"))
    if failed:
        return Screened("ineligible", tuple(failed), gaps, tuple(conditions))
    mandate = values.get("F002")
    if mandate is not None and mandate.value == "unknown":
        return Screened("unknown", (), gaps, tuple(conditions))
    if any(c.value == "unknown" for c in musts):
        open_to = ", ".join(c.capability for c in musts if c.value == "unknown")
        return Screened("unknown", (), gaps, (f"F004: eligible if it can bring {open_to}", *conditions))
    return Screened("partial" if gaps else "full", (), gaps, tuple(conditions))
