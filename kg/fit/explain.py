"""Words for an answer, built from its computed parts: nothing here is typed in but the connecting words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.fit.ordering import TITLES, in_turn, step
from kg.fit.robustness import SEPARATED
from kg.records import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.fit.criteria import Criterion
    from kg.fit.ordering import Declared
    from kg.fit.screen import Screened
    from kg.records import Coverage, CriterionValue, Evidence, Layer, Option

OVERCLAIM: Final = "over-claim: one body would answer what civil and what military authorities are asked for"
LEVELS: Final = ("not offered", "claimed", "demonstrated", "sustained")


def _pick(ids: Sequence[str], evidence: Mapping[str, Evidence]) -> tuple[Evidence, ...]:
    return tuple(evidence[i] for i in ids if i in evidence)


def reasons(
    criteria: Sequence[Criterion],
    values: Mapping[str, CriterionValue],
    coverage: Sequence[Coverage],
    screened: Screened,
    evidence: Mapping[str, Evidence],
    option: str,
    overclaims: bool,
) -> tuple[Reason, ...]:
    """Why the verdict: the failed tests, or what is covered, what is missing and on which condition."""
    if screened.failed:
        found = []
        for code, text in screened.failed:
            ids = values[code].evidence if code in values else ()
            found.append(Reason(code, text, _pick(ids or (option,), evidence)))
        return tuple(found)
    out = [
        Reason(
            "F004",
            f"{c.label}: {LEVELS[c.level]} (level {c.level}, {c.required} required)"
            if c.value == "pass"
            else f"{c.label}: {c.note}",
            _pick(c.evidence or (option,), evidence),
        )
        for c in coverage
        if c.must
    ]
    for criterion in criteria:
        found_value = values.get(criterion.code)
        if found_value is not None and criterion.code in ("F005", "F012") and found_value.note:
            out.append(
                Reason(
                    criterion.code,
                    f"{criterion.entry.title}: {found_value.note}",
                    _pick(found_value.evidence, evidence),
                )
            )
    excluded = values.get("F002")
    if excluded is not None and excluded.status == "measured":
        out.append(
            Reason(
                "F002",
                f"part of the challenge is outside the mandate: {excluded.note}",
                _pick(excluded.evidence, evidence),
            )
        )
    if overclaims:
        out.append(
            Reason(
                "F004",
                OVERCLAIM,
                _pick((option,), evidence),
            )
        )
    out += [
        Reason(c.split(":")[0], f"condition: {c.split(': ', 1)[1]}", _pick((option,), evidence))
        for c in screened.conditions
    ]
    return tuple(out)


def would_change(screened: Screened, coverage: Sequence[Coverage], evidence: Mapping[str, Evidence]) -> tuple[str, ...]:
    """What single change of the recorded facts would change the verdict."""
    if screened.verdict == "ineligible":
        if len(screened.failed) == 1:
            code, text = screened.failed[0]
            return (f"eligible if {code} were met ({text})",)
        return ()
    found = []
    for c in coverage:
        if c.must and c.value == "pass" and len(c.evidence) == 1 and c.evidence[0] in evidence:
            weak = evidence[c.evidence[0]].confidence
            found.append(
                f"if {c.evidence[0]} ({weak or 'no'} confidence) were withdrawn, {c.capability} would be a gap"
            )
        elif c.must and c.value == "fail":
            found.append(f"covered if {c.capability} were shown at level {c.required} ({c.note})")
        elif c.must and c.value == "unknown":
            found.append(f"full or partial once it is known whether it can bring {c.capability}")
    return tuple(found)


def weak(options: Sequence[Option], evidence: Mapping[str, Evidence]) -> tuple[Evidence, ...]:
    """The statements of less than high confidence on which the musts of the leading options rest."""
    placed = [o for o in options if o.rank is not None]
    leading = [o for o in placed if o.front and o.verdict == placed[0].verdict][:5]
    ids = {e for o in leading for c in o.coverage if c.must for e in c.evidence}
    return tuple(
        sorted(
            (evidence[i] for i in ids if i in evidence and evidence[i].confidence != "high"), key=lambda e: e.statement
        )
    )


def listed(words: Sequence[str], most: int = 4, joint: str = "and") -> str:
    """WORDS as prose, at most MOST of them and how many more."""
    shown = list(words[:most]) + ([f"{len(words) - most} more"] if len(words) > most else [])
    return f" {joint} ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _lead(
    best: Option, second: Option | None, favourite: Option, criteria: Sequence[Criterion], declared: Declared
) -> list[str]:
    titles = {c.code: c.entry.title.lower() for c in criteria}
    parts = []
    covered = [
        f"{c.label} is {LEVELS[c.level]} (level {c.level} of {c.required} required)"
        for c in best.coverage
        if c.must and c.value == "pass"
    ]
    sources = sorted(
        {
            s
            for c in best.coverage
            if c.must
            for r in best.reasons
            for e in r.evidence
            if e.statement in c.evidence
            for s in e.sources
        }
    )
    said = listed(covered)
    if said:
        said = said[0].upper() + said[1:]
        parts.append(
            f"{said} (sources: {'; '.join(sources[:3])}{'; …' if len(sources) > 3 else ''})." if sources else f"{said}."
        )
    if "F012" in best.criteria:
        parts.append(f"{titles['F012'].capitalize()}: {best.criteria['F012'].note}.")
    if "F005" in best.criteria:
        parts.append(f"It {best.criteria['F005'].note}.")
    if best.conditions:
        parts.append("It holds on condition: " + "; ".join(c.split(": ", 1)[1] for c in best.conditions) + ".")
    if second is not None and group(second) == group(best):
        parts += _before(best, second, criteria, declared)
    if second is None or group(second) != group(best):
        parts.append("It is alone in its class, so no choice of weights changes that.")
    elif best.first_share is not None:
        parts.append(_weights(best, favourite, declared))
    return parts


def _before(best: Option, second: Option, criteria: Sequence[Criterion], declared: Declared) -> list[str]:
    """What puts the leading option before the next of its class."""
    titles = {c.code: c.entry.title.lower() for c in criteria}
    if best.id in second.dominated_by:
        better = [titles[c.code] for c in criteria if not c.hard and differs(best, second, c.code, criteria)]
        return [f"It dominates {second.label}: nowhere a step worse, and better on {listed(better)}."]
    if declared.method != "lexicographic":
        method = TITLES[declared.method]
        ahead, behind = (o.standing.partition(",")[0] for o in (best, second))
        behind = behind.removeprefix("net flow ")
        if second.id in best.incomparable_with:
            return [f"{method} leaves it incomparable with {second.label} ({ahead} against {behind})."]
        if best.rank == second.rank:
            return [f"{method} puts it level with {second.label} ({ahead})."]
        return [f"Before {second.label} it is placed by {method} ({ahead} against {behind})."]
    turn = in_turn(declared.criteria, declared.sequence)
    decides = next((c for c in turn if c in best.criteria and differs(best, second, c, criteria)), None)
    if decides is None:
        return []
    return [
        f"Before {second.label} it is placed by {titles[decides]} "
        f"({number(best, decides)} against {number(second, decides)})."
    ]


def _robust(
    best: Option, criteria: Sequence[Criterion], without: Sequence[str], fragile: Sequence[Evidence]
) -> list[str]:
    """In a few words: the criteria and the weak statements on which the first place hangs."""
    titles = {c.code: c.entry.title.lower() for c in criteria}
    parts = []
    if without:
        parts.append(f"The first place would change without {listed([titles[c] for c in without], 3, 'or')}.")
    if fragile:
        names = {e.statement for e in fragile}
        sole = [c for c in best.coverage if c.must and c.value == "pass" and {*c.evidence} <= names]
        sure = all(c.level == c.required for c in sole)
        doubt = "would" if sure else "could"
        named = listed([f"{e.statement} ({e.confidence or 'no'} confidence)" for e in fragile], 2, "or")
        parts.append(f"Withdrawing {named} alone {doubt} open a gap and change the answer.")
    return parts


def _weights(best: Option, favourite: Option, declared: Declared) -> str:
    """How the leading option and the one that weights favour most compare over all weights."""
    share, most = best.first_share or 0.0, favourite.first_share or 0.0
    sure = best.first_interval is not None and best.first_interval[0] == best.first_interval[1]
    said = f"Over all weights it comes first in {share:.0%} of {'them' if sure else 'draws'}"
    if favourite.id != best.id:
        said += f" and {favourite.label} in {most:.0%}"
    how = TITLES[declared.method]
    if most < SEPARATED:
        return f"{said}; the leading options cannot be separated on present evidence."
    return f"{said}." if favourite.rank == best.rank else f"{said}: {how}, not the weights, puts it first."


def number(option: Option, code: str) -> str:
    """The value of the criterion CODE for OPTION, in words."""
    value = option.criteria[code].value
    return "unknown" if value is None else f"{value:.2g}" if isinstance(value, float) else str(value)


def differs(a: Option, b: Option, code: str, criteria: Sequence[Criterion]) -> bool:
    """Whether A and B stand on different steps of the graded criterion CODE."""
    criterion = next((c for c in criteria if c.code == code), None)
    if criterion is None or criterion.hard:
        return False
    x, y = (o.criteria[code].value if code in o.criteria else None for o in (a, b))
    cut = [step(criterion, v) if isinstance(v, int | float) else None for v in (x, y)]
    return cut[0] != cut[1]


def _nearly(option: Option) -> bool:
    """Whether one failed test other than its end keeps an option that covers every must from being eligible."""
    covers = all(c.value == "pass" for c in option.coverage if c.must)
    return covers and _single(option, ("F001", "F003"))


def _closed(options: Sequence[Option], gaps: Sequence[str]) -> list[str]:
    """For each gap an option that could fill it and is kept out by one failed test."""
    found = []
    for gap in gaps:
        able = next((o for o in options if _lost(o, gap)), None)
        if able is not None:
            found.append(f"{gap} could come from {able.label}, which is ineligible: {able.reasons[0].text}.")
    return found


def _lost(option: Option, gap: str) -> bool:
    """Whether one failed test other than its end keeps an option from bringing the capability GAP."""
    brings = any(c.capability == gap and c.value == "pass" for c in option.coverage)
    return brings and _single(option, ("F001", "F003", "F004"))


def _single(option: Option, but: tuple[str, ...]) -> bool:
    """Whether exactly one test keeps the option out, and none of those in BUT."""
    return option.verdict == "ineligible" and len(option.reasons) == 1 and option.reasons[0].code not in but


def group(option: Option) -> tuple[str, int, bool]:
    """What options must share to be compared on merits: verdict, number of gaps, whether conditions are open."""
    return option.verdict, len(option.gaps), bool(option.conditions)


def paragraph(
    challenge: str,
    day: str,
    options: Sequence[Option],
    criteria: Sequence[Criterion],
    declared: Declared,
    layers: Sequence[Layer],
    without: Sequence[str] = (),
    fragile: Sequence[Evidence] = (),
) -> str:
    """One plain paragraph: what leads, on which evidence, what was passed over and why."""
    placed = [o for o in options if o.rank is not None]
    full = [o for o in placed if o.verdict == "full"]
    counts = {v: sum(1 for o in options if o.verdict == v) for v in ("full", "partial", "unknown", "ineligible")}
    head = (
        f"For {challenge} on {day}, {len(options)} options were considered: {counts['full']} cover every must, "
        f"{counts['partial']} some, {counts['unknown']} cannot be judged and {counts['ineligible']} are ineligible."
    )
    parts = [head]
    if not placed:
        musts = [c.capability for c in options[0].coverage if c.must] if options else []
        parts += [
            "No existing grouping fits; bilateral help by request or a new grouping remain.",
            *_closed(options, musts),
        ]
        return " ".join(parts)
    best, second = placed[0], placed[1] if len(placed) > 1 else None
    favourite = max((o for o in placed if group(o) == group(best)), key=lambda o: o.first_share or 0.0)
    if full:
        parts.append(f"{best.label} leads, with full cover of the musts.")
    else:
        parts.append(f"None covers every must; nearest is {best.label}, which lacks {listed(best.gaps)}.")
    parts += _lead(best, second, favourite, criteria, declared)
    parts += _robust(best, criteria, without, fragile)
    if len(layers) > 1:
        names = {o.id: o.label for o in options}
        for layer in layers:
            led = listed([names[i] for i in layer.options[:2]])
            needs = f"{layer.layer} layer ({listed(layer.needs)})"
            parts.append(f"The {needs} is led by {led}." if led else f"No option covers the {needs}.")
    parts += _closed(options, best.gaps)
    near = next((o for o in options if _nearly(o)), None)
    if near is not None:
        parts.append(f"{near.label} would cover the musts and is ineligible: {near.reasons[0].text}.")
    return " ".join(parts)
