"""A FitAnswer as a brief of a few pages to print and hand on: one HTML file, no scripts, nothing fetched."""

from __future__ import annotations

import re
from collections import Counter
from html import escape as e
from itertools import groupby
from typing import TYPE_CHECKING, Final

from kg import __version__, catalogue
from kg.render import charts, geography
from kg.render.compose import in_short
from kg.render.fit import EXTENDED, extensions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.records import Evidence, FitAnswer, Option, Reason

LEADING, CHARTED, RANKED, NEAREST, SETS = 3, 4, 10, 4, 3
"""How many options have a card, a chart, a row and a reason of their own, and how many sets are named."""
VERDICTS: Final = {
    "full": ("covers every must", "cover every must"), "partial": ("covers some musts", "cover some musts"),
    "unknown": ("cannot be judged", "cannot be judged"), "ineligible": ("is ineligible", "are ineligible"),
}  # fmt: skip
LIGHT: Final = (
    "--paper:#fff;--ink:#1b1f24;--soft:#4d5763;--line:#c9d0d8;--wash:#f3f6f9;--accent:#0b4f8a;--bar:#0072b2;"
    "--track:#dfe5eb;--sea:#eaf1f6;--land:#d3d7d2;--edge:#fff;--both:#0072b2;--first:#8cc6ec;--affected:#e69f00;"
    "--stripe:#a35f00;--halo:#fff;--warn:#8a4b00"
)
DARK: Final = (
    "--paper:#14181d;--ink:#e8ecf0;--soft:#b3bcc6;--line:#3d4751;--wash:#1e242b;--accent:#8cc6ec;--bar:#56b4e9;"
    "--track:#2c343d;--sea:#1a2129;--land:#3b434b;--edge:#14181d;--both:#3d9bdc;--first:#27587c;--affected:#e69f00;"
    "--stripe:#7a4700;--halo:#14181d;--warn:#f0b95a"
)
STYLE: Final = (
    f":root{{color-scheme:light dark;{LIGHT}}}@media screen and (prefers-color-scheme:dark){{:root{{{DARK}}}}}"
    """
*{box-sizing:border-box;print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font:16px/1.5 "Segoe UI","Helvetica Neue",Arial,"Liberation Sans",sans-serif;color:var(--ink);
background:var(--paper);max-width:56rem;margin:0 auto;padding:1.5rem 1rem 3rem;overflow-wrap:break-word}
h1{font-size:1.75em;line-height:1.2;margin:.1em 0 .2em}h3{font-size:1.02em;margin:.8em 0 .2em}p{margin:.4em 0}
h2{font-size:1.2em;color:var(--accent);margin:1.5em 0 .4em;border-bottom:2px solid;padding-bottom:.1em}
.over{color:var(--accent);font-weight:600;letter-spacing:.04em;text-transform:uppercase;font-size:.8em;margin:0}
.meta,.note,.ev{color:var(--soft);font-size:.86em;font-weight:400}ul{margin:.2em 0;padding-left:1.1em}li{margin:.15em 0}
.line{border-left:5px solid var(--accent);background:var(--wash);padding:.5em .9em;margin:.8em 0}
.lead{font-size:1.15em;font-weight:600}.tally{list-style:none;display:flex;gap:.6em;padding:0;margin:.7em 0}
.tally li{flex:1;border-top:3px solid var(--line)}.tally b{font-size:1.35em;margin-right:.2em}
table{border-collapse:collapse;width:100%;font-size:.9em}tbody th{font-weight:600}
th,td{text-align:left;vertical-align:top;padding:.26em .5em .26em 0;border-bottom:1px solid var(--line)}
thead th{border-bottom:2px solid var(--soft);vertical-align:bottom}.best th,.best td{background:var(--wash)}
.num{text-align:right;font-variant-numeric:tabular-nums}.num,th .meta{white-space:nowrap}
.group th{color:var(--soft);background:var(--wash)}.chart th:first-child{width:32%}
.card{border:1px solid var(--line);border-left:5px solid var(--bar);padding:.1em .9em .4em;margin:.7em 0}
.card h3{font-size:1.1em;margin:.3em 0 0}.card h4{font-size:.92em;margin:.4em 0 0;color:var(--accent)}.card p{margin:0}
.tag{border:1px solid;border-radius:.7em;padding:0 .55em;font-size:.75em;color:var(--accent)}.small{font-size:.8em}
.doubt{color:var(--warn);font-size:.86em}code{font-family:Consolas,Menlo,"Liberation Mono",monospace;font-size:.9em}
svg{display:block;max-width:100%}.cell{display:flex;align-items:center;gap:.4em}.cell svg{flex:none}.map{margin:.6em 0}
.map svg{width:100%;height:auto;border:1px solid var(--line)}.sea{fill:var(--sea)}.map path{fill-rule:evenodd}
.land{fill:var(--land)}.both{fill:var(--both)}.first{fill:var(--first)}.affected{fill:url(#stripes)}
.stripe-a{fill:var(--affected)}.stripe-b{fill:var(--stripe)}circle{stroke:var(--ink);stroke-width:1.2}
.border{fill:none;stroke:var(--edge);stroke-width:.8}.dashed{stroke-dasharray:3 2}.legend{list-style:none;padding:0}
.place{font:600 14.5px Arial,"Liberation Sans",sans-serif;fill:var(--ink);text-anchor:middle;paint-order:stroke;
stroke:var(--halo);stroke-width:3.2px;stroke-linejoin:round}.legend{font-size:.9em}.swatch{display:inline-block;
width:1.2em;height:.8em;margin-right:.45em;border:1px solid var(--soft)}.swatch.both{background:var(--both)}
.swatch.affected{background:repeating-linear-gradient(135deg,var(--affected) 0 4px,var(--stripe) 4px 6px)}
.swatch.first{background:var(--first)}.track{fill:var(--track)}.bar{fill:var(--bar)}.tick{stroke:var(--paper)}
.assumed{fill:var(--first);stroke:var(--bar);stroke-dasharray:3 2}.unknown{fill:url(#hatch);stroke:var(--soft)}
.hatch{stroke:var(--soft)}.range{stroke:var(--bar);stroke-width:3}.end{fill:var(--bar);stroke:none}
.here{fill:var(--paper);stroke-width:1.6}.whisker{stroke:var(--ink);stroke-width:1.4;fill:none}
footer{border-top:1px solid var(--line);margin-top:1.4em;color:var(--soft);font-size:.84em}
@page{size:A4;margin:12mm 14mm}@media print{body{font-size:9pt;line-height:1.32;max-width:none;padding:0}
h2{margin-top:.75em}h2,h3,h4{break-after:avoid}tr,li,svg,.card{break-inside:avoid}.card{margin:.5em 0}
.small{columns:2;column-gap:5mm;font-size:7pt;line-height:1.25;margin:0}footer{margin-top:.5em}
.map svg{width:auto;max-height:76mm;margin:0 auto}}
"""
)
DEFS: Final = (
    '<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs><pattern id="hatch" width="5" '
    'height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0,0V5"/></pattern>'
    "</defs></svg>"
)


def page(answer: FitAnswer, places: Mapping[str, Iterable[str]], *, command: str = "") -> str:
    """The brief for ANSWER: one page of HTML that needs nothing else.

    PLACES maps 'affected' and 'first' (who takes part in the first option) to ISO 3166-1 numbers, 'XKX' for Kosovo, or
    to dicts from these to labels. COMMAND is what reproduces the answer, where it took more than the answer shows.
    """
    ranked = [o for o in answer.options if o.rank is not None]
    unknown = [o for o in answer.options if o.verdict == "unknown"]
    labels = {o.id: o.label for o in answer.options}
    parts = (
        _head(answer, ranked),
        _table(ranked),
        _map(places, ranked),
        _cards(ranked, labels),
        _sets(answer, labels),
        _section(EXTENDED, _list(e(x) for x in extensions(answer))),
        _section("New groupings that could cover every must", _list(e(in_short(p)) for p in answer.proposals)),
        _criteria(ranked[:CHARTED]),
        _acceptability(ranked[:RANKED]),
        _section("What the first place hangs on", _list(_hangs(answer))),
        _section("Not known", _list(f"<b>{e(o.label)}</b>: {e('; '.join(_conditions(o)))}" for o in unknown)),
        _section("Caveats of the challenge", _list(map(e, answer.caveats))),
        _weak(answer.weak_statements),
        _ineligible([o for o in answer.options if o.verdict == "ineligible"]),
        _foot(answer, command),
    )
    body = "\n".join(p for p in parts if p)
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{e(answer.challenge.label)}: which grouping fits? ({e(answer.as_of)})</title>"
        f"<style>{STYLE}</style></head>\n<body>{DEFS}<main>{body}</main></body></html>\n"
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{e(title)}</h2>{body}</section>" if body else ""


def _list(rows: Iterable[str]) -> str:
    items = "".join(f"<li>{r}</li>" for r in rows)
    return f"<ul>{items}</ul>" if items else ""


def _grid(head: Sequence[str], body: str, note: str = "", kind: str = "", numbers: frozenset[int] = frozenset()) -> str:
    """A table with a header row of markup HEAD; the columns NUMBERS stand to the right."""
    cells = "".join(f'<th scope="col"{" class=num" if i in numbers else ""}>{h}</th>' for i, h in enumerate(head))
    below = f'<p class="note">{note}</p>' if note else ""
    return f'<table class="{kind}"><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>{below}'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _title(code: str) -> str:
    return next((x.title for x in catalogue.criteria() if x.code == code), code)


def _spell(text: str, o: Option) -> str:
    """TEXT with the names of the capabilities the challenge asks for in place of their codes."""
    names = {c.capability: c.label for c in o.coverage}
    return re.sub(r"(?<![\w:-])[A-Z][A-Z0-9]+(?![\w-])", lambda m: names.get(m[0], m[0]), text)


def _conditions(o: Option) -> list[str]:
    """The conditions of an option without the codes of their tests."""
    return [_spell(re.sub(r"^[FH]\d+: ", "", c), o) for c in o.conditions]


def _lacks(o: Option) -> str:
    return ", ".join(_spell(gap, o) for gap in o.gaps)


def _class(o: Option) -> tuple[str, int, bool]:
    """What an option is compared within: its verdict, the number of its gaps, and whether conditions are open."""
    return o.verdict, len(o.gaps), bool(o.conditions)


def _evidence(found: Sequence[Evidence]) -> str:
    """Sources first, then confidence and the ids of the statements; what is shaky is said."""
    if not found:
        return ""
    sources = list(dict.fromkeys(s for x in found for s in x.sources))
    sure = "/".join(dict.fromkeys(x.confidence for x in found if x.confidence))
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    cited = e("; ".join(sources[:3]) + (" …" if len(sources) > 3 else "")) or "no source"
    doubts = "; ".join(dict.fromkeys(x.doubt.rstrip(".") for x in found if x.doubt))
    shaky = f' <span class="doubt">Doubt: {e(doubts)}.</span>' if doubts else ""
    told = f"{cited}; confidence {e(sure) or 'not stated'}; <code>{e(found[0].statement)}</code>{more}"
    return f' <span class="ev">[{told}]</span>{shaky}'


def _head(answer: FitAnswer, ranked: Sequence[Option]) -> str:
    c = answer.challenge
    counts = Counter(str(o.verdict) for o in answer.options)
    tally = "".join(f"<li><b>{counts[v]}</b> {words[counts[v] != 1]}</li>" for v, words in VERDICTS.items())
    lead = "No option is known to cover any must."
    if ranked:
        best, lead = ranked[0], f"{ranked[0].label} leads: it covers every must."
        if best.verdict != "full":
            lead = f"No option covers every must. {best.label} comes nearest; it lacks {_lacks(best) or 'none'}."
        lead += " Conditions are open." if best.conditions else ""
        peers = [o for o in ranked if _class(o) == _class(best)]
        rival = max(peers, key=lambda o: o.first_share or 0)
        if rival is not best and (rival.first_share or 0) > (best.first_share or 0):
            lead += f" With weights drawn at random, {rival.label} comes first more often."
    known = f"recorded up to {answer.known_as_of}" if answer.known_as_of else "nothing recorded"
    prefer = f" · anchor preferred: {answer.prefer}" if answer.prefer != "none" else ""
    told = f"{c.notation or c.id} · as of {answer.as_of} · {known} · {answer.considered} options considered{prefer}"
    text = _spell(answer.explanation, answer.options[0]) if answer.options else answer.explanation
    return (
        f'<header><p class="over">Which grouping fits?</p><h1>{e(c.label)}</h1><p class="meta">{e(told)}</p></header>'
        f'<section class="line" aria-label="In short"><p class="lead">{e(lead)}</p><p>{e(text)}</p></section>'
        f'<ul class="tally" aria-label="Verdicts">{tally}</ul>'
    )


def _table(ranked: Sequence[Option]) -> str:
    figures = ("Affected<br>in (0–1)", "Threat<br>(0–1)", "Speed<br>(0–4)", "First in<br>draws")
    rows = ""
    for i, o in enumerate(ranked[:RANKED]):
        share = "" if o.first_share is None else f"{o.first_share:.0%}"
        numbers = [*(charts.number(o.criteria.get(code)) for code in ("F012", "F011", "F015")), share]
        verdict = o.verdict + (", on condition" if o.conditions else "")
        rows += (
            f'<tr{" class=best" if i == 0 else ""}><td class="num">{o.rank}</td><th scope="row">{e(o.label)}</th>'
            f"<td>{e(verdict)}</td><td>{e(_lacks(o)) or '–'}</td>"
            + "".join(f'<td class="num">{e(n)}</td>' for n in numbers) + "</tr>"
        )  # fmt: skip
    note = (
        "Full: every required capability is committed; partial: some are. * assumed by a stated rule; ? not known. "
        "First in draws: how often it leads its class when weights are drawn at random."
        + (f" The first {RANKED} of {len(ranked)} are shown." if len(ranked) > RANKED else "")
    )
    table = _grid(("#", "Option", "Verdict", "Lacks", *figures), rows, note, numbers=frozenset((0, 4, 5, 6, 7)))
    return _section("Options in order", table if rows else "")


def _map(places: Mapping[str, Iterable[str]], ranked: Sequence[Option]) -> str:
    first = ranked[0].label if ranked else ""
    title = f"Who is affected, and who is in {first}" if first else "Who is affected"
    return _section(title, geography.figure(places, first or "no option"))


def _reason(reason: Reason, o: Option) -> str:
    text = reason.text.removeprefix(f"{_title('F005')}: ")
    return e(_capital(_spell(text, o))) + _evidence(reason.evidence)


def _cards(ranked: Sequence[Option], labels: Mapping[str, str]) -> str:
    cards = ""
    for o in ranked[:LEADING]:
        changes = [e(_capital(_spell(x, o))) for x in o.would_change]
        others = [labels.get(i, i) for i in o.incomparable_with]
        if others:
            changes.append(e(f"Incomparable with {', '.join(others)} (ELECTRE III)"))
        blocks = (
            ("Why", _list(_reason(r, o) for r in o.reasons if not r.text.startswith("condition: "))),
            ("On condition", _list(e(_capital(x)) for x in _conditions(o))),
            ("What would change this", _list(changes)),
        )
        facts = " · ".join(x for x in (o.kind, o.function, o.nature, o.standing) if x not in ("unknown", ""))
        cards += (
            f'<article class="card"><h3>{o.rank}. {e(o.label)} <span class="tag">{VERDICTS[o.verdict][0]}</span></h3>'
            f'<p class="meta">{e(facts)}</p>' + "".join(f"<h4>{t}</h4>{b}" for t, b in blocks if b) + "</article>"
        )  # fmt: skip
    return _section("The leading options", cards)


def _sets(answer: FitAnswer, labels: Mapping[str, str]) -> str:
    rows = []
    for s in answer.sets[:SETS]:
        brings = {i: ", ".join(_spell(c, answer.options[0]) for c in caps) for i, caps in s.brings}
        text = " with ".join(f"<b>{e(labels.get(i, i))}</b> ({e(brings.get(i, ''))})" for i in s.members)
        rows.append(text + (" — on condition" if s.conditions else "") + (" — over-claim" if s.overclaims else ""))
    return _section("Together they would cover every must", _list(rows))


def _hangs(answer: FitAnswer) -> list[str]:
    """The criteria and the statements without which the first place would change."""
    rows = [e(f"Without “{_title(c)}” another option leads") for c in answer.flips_without]
    return rows + [f"If withdrawn, the answer changes:{_evidence([x])}" for x in answer.fragile[:6]]


def _criteria(shown: Sequence[Option]) -> str:
    scales = {code: v.scale for o in shown for code, v in o.criteria.items() if ".." in v.scale}
    rows = "".join(
        f'<tr><th scope="row">{e(_title(code))} <span class="meta">{e(scale.replace("..", "–"))}</span></th>'
        + "".join(f"<td>{charts.bar(o.criteria.get(code), f'{_title(code)}, {o.label}')}</td>" for o in shown) + "</tr>"
        for code, scale in sorted(scales.items())
    )  # fmt: skip
    note = (
        "Every bar stands on the whole fixed scale of its criterion; longer is better. Solid: measured; dashed, *: "
        "assumed by a stated rule; hatched, ?: not known."
    )
    head = ["Criterion", *(e(o.label) for o in shown)]
    return _section("Merits of the leading options", _grid(head, rows, note, "chart") if rows else "")


def _acceptability(shown: Sequence[Option]) -> str:
    rows = ""
    for (verdict, gaps, open_), members in groupby(shown, key=_class):
        group = list(members)
        what = VERDICTS[verdict][1] + (f", {gaps} missing" if gaps else "") + (", on condition" if open_ else "")
        size = max([len(group), *(o.rank_range[1] for o in group if o.rank_range)])
        before = (group[0].rank or 1) - 1
        rows += f'<tr class="group"><th scope="colgroup" colspan="3">{_capital(what)}</th></tr>' + "".join(
            f'<tr><th scope="row">{e(o.label)}</th><td>{charts.share(o)}</td>'
            f"<td>{charts.places(o, (o.rank or 1) - before, size)}</td></tr>"
            for o in group
        )
    head = ("Option, by class", "Comes first (0–100 %)", "Best to worst place in its class")
    note = (
        "Weights drawn at random (SMAA-2). The open ring is the place in the declared order. Where bar and ring "
        "disagree, the order decides and not the weights: a choice to be made knowingly."
    )
    return _section("How far the weights decide", _grid(head, rows, note, "chart") if rows else "")


def _short(o: Option) -> str:
    """What is particular in the first reason: the words after its title."""
    text = o.reasons[0].text
    return _spell((text.partition(" — ")[2] or text).removeprefix("covers none of the required capabilities: "), o)


def _ineligible(out: Sequence[Option]) -> str:
    far = {"F003": 1, "F001": 2}
    near = [o for o in out if len(o.reasons) == 1 and o.reasons[0].code != "F004"]
    near.sort(key=lambda o: (far.get(o.reasons[0].code, 0), len(o.gaps), o.thing.notation))
    body = _list(f"<b>{e(o.label)}</b>: {e(_short(o))}{_evidence(o.reasons[0].evidence)}" for o in near[:NEAREST])
    body = f"<h3>One test away</h3>{body}" if body else ""
    for code, found in groupby(sorted(out, key=lambda o: o.reasons[0].code), key=lambda o: o.reasons[0].code):
        texts: dict[str, list[str]] = {}
        for o in found:
            texts.setdefault(_short(o), []).append(e(o.label) + ("" if len(o.reasons) == 1 else "†"))
        ordered = sorted(texts.items(), key=lambda x: (-len(x[1]), x[0]))
        lines = " · ".join(f"<i>{e(text.removeprefix('remit: '))}:</i> {'; '.join(names)}" for text, names in ordered)
        meta = f'<span class="meta">{e(code)}, {sum(map(len, texts.values()))} options</span>'
        body += f'<h3>Fails “{e(_title(code))}” {meta}</h3><p class="small">{lines}</p>'
    intro = (
        "<p>A failed hard test is never traded off against merits. In italics: what was found; † fails others too.</p>"
    )
    return _section(f"Ineligible: {len(out)}", intro + body) if out else ""


def _weak(found: Sequence[Evidence]) -> str:
    return _section(
        "Weak statements under the leading options: check these first", _list(_evidence([x]) for x in found)
    )


def _foot(answer: FitAnswer, command: str) -> str:
    c, method = answer.challenge, answer.method
    again = f"minilat fit {c.notation or c.id} --as-of {answer.as_of} --prefer {answer.prefer}"
    return (
        f"<footer><p>To reproduce: <code>{e(command or again)}</code> (minilat {e(__version__)}, {e(method)} "
        "order); <code>--format json</code> adds every value. Brief and data: CC BY 4.0, the minilat project; map: "
        "Natural Earth, public domain. An argument to be checked, not a forecast of any state’s choice.</p></footer>"
    )
