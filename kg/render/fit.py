"""A FitAnswer as JSON, for a terminal, as Markdown or as one HTML page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from kg.render.compose import in_short, proposal
from kg.render.tables import dump, grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.records import CriterionValue, Evidence, Extension, FitAnswer, Option, Reason

HEAD: Final = ("#", "verdict", "option", "id", "gaps", "affected", "threat", "speed", "first", "front", "does")
SHOWN: Final = 10
NEW: Final = "Smallest new groupings that could plausibly cover every must; minilat compose says more"
EXTENDED: Final = "What would let the leading options cover every must"
LEGEND: Final = (
    "affected, threat: 0–1 · speed: 0–4 · * assumed by rule · ? not known · "
    "first: share of weight draws in which it leads its class"
)


def _evidence(found: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [
        {
            "statement": e.statement,
            "source": list(e.sources),
            "confidence": e.confidence,
            **({"doubt": e.doubt} if e.doubt else {}),
        }
        for e in found
    ]


def _criterion(value: CriterionValue) -> dict[str, Any]:
    number = round(value.value, 4) if isinstance(value.value, float) else value.value
    return {
        "value": number,
        "scale": value.scale,
        "status": value.status,
        "note": value.note,
        "evidence": list(value.evidence),
    }


def _option(o: Option) -> dict[str, Any]:
    return {
        "id": o.thing.id,
        "notation": o.thing.notation,
        "label": o.thing.label,
        "kind": o.kind,
        "function": o.function,
        "nature": o.nature,
        "verdict": o.verdict,
        "rank": o.rank,
        "front": o.front,
        "reasons": [{"code": r.code, "text": r.text, "evidence": _evidence(r.evidence)} for r in o.reasons],
        "confidence": o.confidence,
        "conditions": list(o.conditions),
        "gaps": list(o.gaps),
        "coverage": [
            {
                "capability": c.capability, "must": c.must, "layer": c.layer, "required": c.required, "level": c.level,
                "value": c.value, "note": c.note, "evidence": list(c.evidence),
            }
            for c in o.coverage
        ],
        "criteria": {code: _criterion(v) for code, v in sorted(o.criteria.items())},
        "dominated_by": list(o.dominated_by),
        "overclaims": o.overclaims,
        "first_share": o.first_share,
        "rank_range": None if o.rank_range is None else list(o.rank_range),
        "would_change": list(o.would_change),
        "first_interval": None if o.first_interval is None else list(o.first_interval),
        "standing": o.standing,
        "incomparable_with": list(o.incomparable_with),
        "nearest": None
        if o.nearest is None
        else {"id": o.nearest.id, "label": o.nearest.label, "code": o.nearest.code, "text": o.nearest.text},
        "explanation": o.explanation,
    }  # fmt: skip


def as_json(answer: FitAnswer) -> str:
    """The answer in the stable JSON form."""
    c = answer.challenge
    return (
        dump(
            {
                "challenge": {"id": c.id, "notation": c.notation, "label": c.label},
                "as_of": answer.as_of,
                "known_as_of": answer.known_as_of,
                "prefer": answer.prefer,
                "considered": answer.considered,
                "options": [_option(o) for o in answer.options],
                "layers": [
                    {"layer": x.layer, "needs": list(x.needs), "options": list(x.options)} for x in answer.layers
                ],
                "proposals": [proposal(p) for p in answer.proposals],
                "extensions": [
                    {
                        "option": x.option,
                        "task": list(x.task),
                        "joins": None if x.states is None else list(x.states),
                        "beside": list(x.tools),
                        "gaps": list(x.gaps),
                        "conditions": list(x.conditions),
                        "proven": x.proven,
                    }
                    for x in answer.extensions
                ],
                "explanation": answer.explanation,
                "weak_statements": _evidence(answer.weak_statements),
                "caveats": list(answer.caveats),
                "method": answer.method,
                "weights": answer.weights,
                "flips_without": list(answer.flips_without),
                "fragile": _evidence(answer.fragile),
                "sets": [
                    {
                        "members": list(s.members),
                        "brings": {i: list(c) for i, c in s.brings},
                        "conditions": list(s.conditions),
                        "overclaims": s.overclaims,
                    }
                    for s in answer.sets
                ],
                "sets_found": answer.sets_found,
            }
        )
        + "\n"
    )


def _number(o: Option, code: str) -> str:
    value = o.criteria[code].value if code in o.criteria else None
    if value is None:
        return "?"
    mark = "" if o.criteria[code].status == "measured" else "*"
    return (f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)) + mark


def _row(o: Option) -> list[str]:
    first = "" if o.first_share is None else f"{o.first_share:.0%}"
    verdict = o.verdict + (" if…" if o.conditions and o.verdict in ("full", "partial") else "")
    return [
        str(o.rank or ""), verdict, o.label, o.id, " ".join(o.gaps), _number(o, "F012"), _number(o, "F011"),
        _number(o, "F015"), first, "yes" if o.front else "", o.function,
    ]  # fmt: skip


def _groups(answer: FitAnswer) -> tuple[list[Option], list[Option], list[Option]]:
    ranked = [o for o in answer.options if o.rank is not None]
    unknown = [o for o in answer.options if o.verdict == "unknown"]
    return ranked, unknown, [o for o in answer.options if o.verdict == "ineligible"]


def _why(o: Option) -> str:
    r = o.reasons[0]
    return f"{r.code}: {r.text}{_cited(r)}"


def _cited(reason: Reason) -> str:
    sources = sorted({s for e in reason.evidence for s in e.sources})
    statements = ", ".join(e.statement for e in reason.evidence[:3])
    if not reason.evidence:
        return ""
    return f" [{statements}{'; ' + '; '.join(sources[:2]) if sources else ''}]"


def _telling(out: Sequence[Option]) -> list[Option]:
    """The ineligible options worth a line: only one test stands between them and some cover; those in force first."""
    near = [o for o in out if len(o.reasons) == 1 and o.reasons[0].code != "F004"]
    far = {"F003": 1, "F001": 2}
    return sorted(near, key=lambda o: (far.get(o.reasons[0].code, 0), len(o.gaps), o.thing.notation))


def _method(answer: FitAnswer, options: Sequence[Option]) -> tuple[str, list[str]]:
    """For an order that is not the default: its method and weights as a title, and where it puts each of OPTIONS."""
    if answer.method == "lexicographic":
        return "", []
    equal = len(set(answer.weights.values())) < 2
    weights = "equal weights" if equal else ", ".join(f"{c} {w:.3g}" for c, w in sorted(answer.weights.items()))
    names = {o.id: o.label for o in answer.options}
    rows = []
    for o in options:
        if o.standing:
            apart = ", ".join(names.get(i, i) for i in o.incomparable_with)
            rows.append(f"{o.label}: {o.standing}" + (f"; incomparable with {apart}" if apart else ""))
    return f"Ordered inside each class by {answer.method}, {weights}", rows or ["no class has two options to compare"]


def _together(answer: FitAnswer, most: int = SHOWN) -> list[str]:
    """The complementary sets, one a line: who brings what, on which conditions, and whether one over-claims."""
    names = {o.id: o.label for o in answer.options}
    rows = []
    for s in answer.sets[:most]:
        row = " + ".join(f"{names.get(i, i)} ({', '.join(c)})" for i, c in s.brings)
        row += f" — conditions: {'; '.join(s.conditions)}" if s.conditions else ""
        rows.append(row + (" — over-claim: one body for civil and military authorities" if s.overclaims else ""))
    if rows and answer.sets_found > len(rows):
        more = answer.sets_found - len(rows)
        rows.append(f"… and {more} more set{'s' if more > 1 else ''}")
    return rows


def as_text(answer: FitAnswer, *, every: bool = False, width: int | None = None) -> str:
    """The answer for a terminal; EVERY lists each ineligible option instead of the telling ones."""
    ranked, unknown, out = _groups(answer)
    c = answer.challenge
    lines = [f"{c.label} ({c.notation or c.id}) on {answer.as_of}", "", answer.explanation, ""]
    shown = ranked if every else ranked[:SHOWN]
    if shown:
        lines.append(grid(HEAD, [_row(o) for o in shown], width=width).rstrip())
        lines.append(LEGEND)
    if len(ranked) > len(shown):
        lines.append(f"… and {len(ranked) - len(shown)} more; --all shows them")
    lines += _block(
        "Conditions",
        [f"{o.label}: {'; '.join(x.split(': ', 1)[-1] for x in o.conditions)}" for o in shown if o.conditions],
    )
    if len(answer.layers) > 1:
        names = {o.id: o.label for o in answer.options}
        rows = [
            f"{x.layer} ({', '.join(x.needs)}): {', '.join(names[i] for i in x.options[:4]) or 'none'}"
            for x in answer.layers
        ]
        lines += _block("By authority", rows)
    lines += _block("Together", _together(answer, SHOWN if every else SHOWN // 2))
    lines += _block(EXTENDED, extensions(answer))
    lines += _block(NEW, [in_short(p) for p in answer.proposals])
    lines += _block(*_method(answer, shown))
    flagged = [o.label for o in shown if o.overclaims]
    lines += _block(
        "Over-claim",
        [f"{', '.join(flagged)}: one body for what civil and military authorities are asked"] if flagged else [],
    )
    lines += _block(
        "Not known",
        [
            f"{o.label}: {'; '.join(x.split(': ', 1)[-1] for x in o.conditions)}"
            for o in unknown[: None if every else 6]
        ],
    )
    named = out if every else _telling(out)[:SHOWN]
    lines += _block("Ineligible", [f"{o.label} — {_why(o)}" for o in named])
    rest = Counter(o.reasons[0].code for o in out if o not in named)
    if rest:
        counted = ", ".join(f"{n} by {code}" for code, n in sorted(rest.items()))
        lines.append(f"  … and {sum(rest.values())} more ({counted}); --all lists them with their reasons")
    leading = ranked[0].would_change if ranked else ()
    lines += _block("What would change the first place" if ranked else "", list(leading))
    weak = [
        f"{e.statement} ({e.confidence}{'; ' + e.doubt if e.doubt else ''}): {'; '.join(e.sources[:2])}"
        for e in answer.weak_statements
    ]
    lines += _block("Weak statements under the leading options", weak if every else weak[:8])
    lines += _block("Caveats of the challenge", list(answer.caveats))
    return "\n".join(lines) + "\n"


def extensions(answer: FitAnswer) -> list[str]:
    """A line for each leading option on what would let it cover every must."""
    names = {o.id: o.label for o in answer.options}
    return [_extended(x, names) for x in answer.extensions]


def _extended(x: Extension, names: Mapping[str, str]) -> str:
    """One line: what the option would have to take on, who would have to join, or what would stand beside it."""
    ways = []
    if x.states:
        sure = "" if x.proven else " (the best found, not proven smallest)"
        ways.append(f"with {', '.join(x.states)} as well{sure}, and {', '.join(x.task)} taken on")
    elif x.states is not None and x.task:
        ways.append(f"nobody need join: its participants could plausibly bring {', '.join(x.task)} if it took that on")
    if x.tools:
        ways.append(f"beside {' and '.join(names[t] for t in x.tools)}")
    said = "; or ".join(ways) or "no extension found"
    rest = [f"still open: {', '.join(x.gaps)}"] if x.gaps else []
    return "; ".join([f"{x.label}: {said}", *rest, *x.conditions])


def _block(title: str, rows: Sequence[str]) -> list[str]:
    return ["", title, *(f"  · {row}" for row in rows)] if rows else []


def as_markdown(answer: FitAnswer) -> str:
    """The answer as Markdown: explanation, ranked table, reasons of the leading options, ineligible options."""
    ranked, unknown, out = _groups(answer)
    c = answer.challenge
    lines = [
        f"# {c.label}",
        "",
        f"{c.notation} · as of {answer.as_of} · recorded up to {answer.known_as_of}",
        "",
        answer.explanation,
        "",
    ]
    lines += ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in _row(o)) + " |" for o in ranked[:SHOWN]]
    for o in ranked[:3]:
        lines += ["", f"## {o.rank}. {o.label}", ""]
        lines += [f"- {r.code}: {r.text}{_cited(r)}" for r in o.reasons]
        lines += [f"- would change: {w}" for w in o.would_change]
    title, standings = _method(answer, ranked)
    if standings:
        lines += ["", f"## {title}", ""] + [f"- {row}" for row in standings]
    if answer.sets:
        lines += ["", "## Together", ""] + [f"- {row}" for row in _together(answer)]
    if answer.extensions:
        lines += ["", f"## {EXTENDED}", ""] + [f"- {x}" for x in extensions(answer)]
    if answer.proposals:
        lines += ["", f"## {NEW}", ""] + [f"- {in_short(p)}" for p in answer.proposals]
    if unknown:
        lines += ["", "## Not known", ""] + [f"- {o.label}: {'; '.join(o.conditions)}" for o in unknown]
    lines += ["", "## Ineligible", ""] + [f"- {o.label} — {_why(o)}" for o in out]
    if answer.caveats:
        lines += ["", "## Caveats", ""] + [f"- {x}" for x in answer.caveats]
    return "\n".join(lines) + "\n"
