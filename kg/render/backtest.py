"""A back-test for a terminal, as JSON or as Markdown."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from kg.render.tables import dump, grid

if TYPE_CHECKING:
    from collections.abc import Sequence

CASES: Final = ("case", "split", "as of", "kind", "used", "place", "of", "full", "answer leads with", "hindsight")
FIGURES: Final = ("", "first", "in 3", "in 5", "mean 1/place")
NOTE: Final = (
    "place: of the first arrangement that was in fact used, counted from the end of a shared place; – is not placed. "
    "hindsight: offers under its covered musts for which only later sources are known. Intervals are exact 95 % ones."
)


def _used(outcome: Any) -> str:
    return ", ".join(f"{name} ({verdict})" for name, verdict in outcome.verdicts.items()) or "–"


def _case(o: Any) -> list[str]:
    return [
        o.case.id,
        o.case.split,
        o.case.as_of.isoformat(),
        o.case.kind,
        _used(o),
        "–" if o.rank is None else str(o.rank),
        str(o.placed),
        str(o.full),
        ", ".join(o.leading) or "nothing",
        str(len(o.hindsight)),
    ]


def _rate(r: Any) -> str:
    return f"{r.hits}/{r.cases} [{r.low:.2f}, {r.high:.2f}]" if r.cases else "no case"


def _score(name: str, score: Any) -> list[str]:
    return [name, *(["–"] * 4 if score is None else [f"{x:.2f}" for x in score])]


def _figures(total: Any) -> list[list[str]]:
    return [_score("the method", total.method), *(_score(n, s) for n, s in total.baselines.items())]


def _sentences(total: Any) -> list[str]:
    recall = ", ".join(f"in the first {k}: {_rate(r)}" for k, r in total.recall.items())
    found = [
        f"Arrangements that were used, {recall}.",
        f"At least one of them not ruled out: {_rate(total.admitted)}.",
        f"Places in the first 5 that rest on nothing later than the day: {_rate(total.dated)}.",
        f"No full option where history found none: {_rate(total.abstention)}; where it did: "
        f"{_rate(total.abstention_positive)}.",
    ]
    if total.jaccard is not None:
        found.append(
            f"Composed proposals share {total.jaccard:.2f} with the founders (Jaccard, {total.proposals} cases)."
        )
    return found


def _title(found: Any) -> str:
    return f"Back-test of {found.table}" + (", offers known by the day only" if found.strict else "")


def as_text(found: Any) -> str:
    """The back-test FOUND (a kg.backtest.Backtest) as tables for a terminal."""
    parts = [_title(found), "", grid(CASES, [_case(o) for o in found.outcomes]), NOTE]
    for total in found.totals:
        parts += ["", f"{total.split} · {total.cases} cases", "", grid(FIGURES, _figures(total)).rstrip()]
        parts += ["", *_sentences(total)]
    return "\n".join(parts) + "\n"


def as_markdown(found: Any) -> str:
    """The same as Markdown."""
    lines = [f"# {_title(found)}", "", *_table(CASES, [_case(o) for o in found.outcomes]), "", NOTE]
    for total in found.totals:
        lines += ["", f"## {total.split}: {total.cases} cases", "", *_table(FIGURES, _figures(total)), ""]
        lines += [f"- {s}" for s in _sentences(total)]
    return "\n".join(lines) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *([c.replace("|", "\\|") for c in row] for row in rows)]
    return ["| " + " | ".join(row) + " |" for row in cells]


def as_json(found: Any) -> str:
    """The same as JSON; days as text, scores by name, the challenge file by its name."""
    return dump(_plain(asdict(found))) + "\n"


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {k: round(v, 4) for k, v in value._asdict().items()}
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return round(value, 4)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.name if hasattr(value, "suffix") else value
