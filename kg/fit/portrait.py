"""The explanation contract for a single option: its nearest competitor, what decides between them, one paragraph."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.fit.explain import LEVELS, differs, listed, number
from kg.fit.ordering import TITLES, in_turn
from kg.records import Rival

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.fit.criteria import Criterion
    from kg.fit.ordering import Declared
    from kg.records import Option

STANDS: Final = {
    "full": "full cover",
    "partial": "partial cover",
    "unknown": "cover not known",
    "ineligible": "not eligible",
}
COVERAGE: Final = "F004"


def explained(options: Sequence[Option], criteria: Sequence[Criterion], declared: Declared) -> tuple[Option, ...]:
    """OPTIONS, in their order, each with its nearest competitor and a paragraph of its own.

    The nearest competitor of the first is the second; of any other that has a place, the one placed directly before it;
    of one without a place, the first.
    """
    found = []
    names = {o.id: o.label for o in options}
    for i, option in enumerate(options):
        other = None
        if len(options) > 1:
            other = options[1] if i == 0 else options[i - 1] if option.rank is not None else options[0]
        rival = None if other is None else _rival(option, other, criteria, declared)
        found.append(replace(option, nearest=rival, explanation=_paragraph(option, rival, criteria, names)))
    return tuple(found)


def _rival(option: Option, other: Option, criteria: Sequence[Criterion], declared: Declared) -> Rival:
    code, why = _decides(option, other, criteria, declared)
    return Rival(other.id, other.label, code, why)


def _decides(
    option: Option, other: Option, criteria: Sequence[Criterion], declared: Declared
) -> tuple[str | None, str]:
    """The code of what decides between the two, None when nothing does, and in words."""
    if option.verdict != other.verdict:
        worse = max(option, other, key=lambda o: list(STANDS).index(o.verdict))
        code = worse.reasons[0].code if worse.verdict == "ineligible" and worse.reasons else COVERAGE
        return code, f"{STANDS[option.verdict]} against {STANDS[other.verdict]}"
    if option.verdict == "ineligible":
        return None, "both are ineligible"
    if len(option.gaps) != len(other.gaps):
        return COVERAGE, f"{len(option.gaps)} gaps against {len(other.gaps)}"
    if bool(option.conditions) != bool(other.conditions):
        held = option.conditions or other.conditions
        whose = "its" if option.conditions else f"{other.label}'s"
        return held[0].split(":")[0], f"{whose} open conditions"
    titles = {c.code: c.entry.title.lower() for c in criteria}
    if declared.method != "lexicographic" and option.rank is not None:
        return None, f"{TITLES[declared.method]} ({option.standing} against {other.standing})"
    turn = in_turn(declared.criteria, declared.sequence)
    first = next((c for c in turn if c in option.criteria and differs(option, other, c, criteria)), None)
    if first is None:
        return None, "nothing: they are level on every criterion"
    return first, f"{titles[first]} ({number(option, first)} against {number(other, first)})"


def _paragraph(option: Option, rival: Rival | None, criteria: Sequence[Criterion], names: Mapping[str, str]) -> str:
    parts = [_head(option)]
    if option.verdict != "ineligible":
        if option.conditions:
            parts.append("It holds on condition: " + "; ".join(c.split(": ", 1)[1] for c in option.conditions) + ".")
        parts.append(_graded(option, criteria))
    if rival is not None:
        place = f"It is placed {option.rank}; its" if option.rank is not None else "It has no place; its"
        parts.append(f"{place} nearest competitor is {rival.label}; what decides is {rival.text}.")
    if option.dominated_by:
        parts.append(f"It is dominated by {listed([names[d] for d in option.dominated_by], 3)}.")
    if option.first_share is not None:
        parts.append(f"Over all weights it comes first of its class in {option.first_share:.0%}.")
    if option.would_change:
        parts.append(f"It would change: {'; '.join(option.would_change[:2])}.")
    if option.confidence:
        parts.append(f"Its weakest decisive statement is of {option.confidence} confidence.")
    return " ".join(parts)


def _head(option: Option) -> str:
    met = [f"{c.label} ({LEVELS[c.level]})" for c in option.coverage if c.must and c.value == "pass"]
    if option.verdict == "full":
        return f"{option.label} covers every must: {listed(met)}."
    if option.verdict == "partial":
        lacks = [c.label for c in option.coverage if c.must and c.value == "fail"]
        return f"{option.label} covers {listed(met)} and lacks {listed(lacks)}."
    if option.verdict == "unknown":
        open_ = [c.label for c in option.coverage if c.must and c.value == "unknown"]
        doubt = f" It is not known whether it can bring {listed(open_)}." if open_ else ""
        return f"{option.label} cannot be judged.{doubt}"
    return f"{option.label} is ineligible: {listed([f'{r.text} ({r.code})' for r in option.reasons])}."


def _graded(option: Option, criteria: Sequence[Criterion]) -> str:
    known, unknown = [], []
    for c in criteria:
        value = None if c.hard else option.criteria.get(c.code)
        if value is None:
            continue
        if value.value is None:
            unknown.append(c.entry.title.lower())
        else:
            assumed = " (assumed)" if value.status == "assumed" else ""
            scale = "" if c.top == 1 else f" of {c.top:g}"
            known.append(f"{c.entry.title.lower()} {number(option, c.code)}{scale}{assumed}")
    said = f"Graded: {listed(known, len(known))}." if known else "Nothing graded is known."
    return said + (f" Not known: {listed(unknown, len(unknown))}." if unknown else "")
