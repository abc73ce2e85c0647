"""Charts of one value each, as inline SVG for print: a criterion, a share of weights, a range of places."""

from __future__ import annotations

from html import escape as e
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kg.records import CriterionValue, Option

BAR: Final = 96
"""The width of every scale, in SVG units."""


def number(value: CriterionValue | None) -> str:
    """The value in figures: * assumed by rule, ? not known."""
    if value is None or not isinstance(value.value, int | float):
        return "?"
    return f"{value.value:.2f}".rstrip("0").rstrip(".") + ("*" if value.status == "assumed" else "")


def _drawn(inner: str, told: str, text: str, height: int = 12) -> str:
    """A small drawing, told in words to those who do not see it, and its figure beside it."""
    return (
        f'<span class="cell"><svg role="img" width="{BAR}" height="{height}" viewBox="0 0 {BAR} {height}">'
        f'<title>{e(told)}</title>{inner}</svg><span aria-hidden="true">{e(text)}</span></span>'
    )


def bar(value: CriterionValue | None, what: str) -> str:
    """One value on its whole scale: measured solid, assumed dashed, unknown hatched."""
    text = number(value)
    if value is None or not isinstance(value.value, int | float):
        hatched = f'<rect class="unknown" x=".5" y=".5" width="{BAR - 1}" height="11"/>'
        return _drawn(hatched, f"{what}: not known", text)
    top = float(value.scale.rpartition("..")[2] or 1)
    wide = max(0.0, min(1.0, value.value / top)) * BAR
    kind = "bar" if value.status == "measured" else "assumed"
    inner = f'<rect class="track" width="{BAR}" height="12"/><rect class="{kind}" width="{wide:.1f}" height="12"/>'
    inner += "".join(f'<path class="tick" d="M{i * BAR / top:.1f},0V12"/>' for i in range(1, int(top)))
    return _drawn(inner, f"{what}: {text.rstrip('*')} of {top:g}, {value.status}", text)


def share(o: Option) -> str:
    """The share of weights with which the option comes first in its class, with the interval of a drawn share."""
    if o.first_share is None:
        return "–"
    inner = f'<rect class="track" width="{BAR}" height="12"/>'
    inner += f'<rect class="bar" width="{o.first_share * BAR:.1f}" height="12"/>'
    text = f"{o.first_share:.0%}"
    low, high = o.first_interval or (0.0, 0.0)
    if high > low:
        x1, x2 = f"{low * BAR:.1f}", f"{high * BAR:.1f}"
        inner += f'<path class="whisker" d="M{x1},2V10M{x1},6H{x2}M{x2},2V10"/>'
        text += f" ({low:.0%}–{high:.0%})" if f"{low:.0%}" != f"{high:.0%}" else ""
    return _drawn(inner, f"{o.label} comes first in {text} of draws", text)


def places(o: Option, place: int, size: int) -> str:
    """The best, the worst and the present place of the option among SIZE."""
    if o.rank_range is None:
        return "–"
    best, worst = o.rank_range
    step = (BAR - 12) / max(size - 1, 1)
    x1, x2, at = (f"{6 + (r - 1) * step:.1f}" for r in (best, worst, place))
    inner = f'<rect class="track" y="5" width="{BAR}" height="4"/><path class="range" d="M{x1},7H{x2}"/>'
    inner += f'<circle class="end" cx="{x1}" cy="7" r="3"/><circle class="end" cx="{x2}" cy="7" r="3"/>'
    inner += f'<circle class="here" cx="{at}" cy="7" r="4"/>'
    told = f"{o.label}: best place {best}, worst {worst} of {size}; {place} in the declared order"
    return _drawn(inner, told, f"{best}–{worst} of {size}", 14)
