"""Entities as small pages of HTML that need nothing else: a card for a frame, a page to read. All is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from kg.serve import properties
from kg.serve.asked import Settings
from kg.serve.manifest import PATH
from kg.serve.reconcile import described

if TYPE_CHECKING:
    from kg.serve.known import Entity, Known

FEW: Final = 5
"""Values of a property on a card; a page shows all."""
_LEFT_OUT: Final = ("label", "kind")
_STYLE: Final = (
    "body{font:14px/1.4 system-ui,sans-serif;margin:.6em .8em;color:#111;background:#fff}h1{font-size:1.15em;margin:0}"
    "p{margin:.2em 0 .5em;color:#444}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1em .8em;margin:0}"
    "dt{color:#555}dd{margin:0;overflow-wrap:anywhere}"
)


def page(title: str, body: str) -> str:
    """A page with TITLE, which is escaped here, around BODY, which is HTML."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def card(known: Known, entity: Entity, *, whole: bool = False) -> str:
    """What is known of ENTITY on the day of the service: as a card, or the WHOLE of it."""
    rows = []
    for of in properties.TABLE.values():
        found = properties.values(known, entity, of, Settings())
        if found and of.id not in _LEFT_OUT:
            shown = found if whole else found[:FEW]
            cells = [escape(v if isinstance(v, str) else v.name) for v in shown]
            rest = f" and {len(found) - len(shown)} more" if len(found) > len(shown) else ""
            rows.append(f"<dt>{escape(of.name)}</dt><dd>{', '.join(cells)}{rest}</dd>")
    day = f"<p>as of {escape(known.as_of)}</p>" if whole else ""
    top = f"<h1>{escape(entity.name)}</h1><p>{escape(described(known, entity))}</p>"
    return page(entity.name, f"{top}<dl>{''.join(rows)}</dl>{day}")


def home(known: Known, base: str) -> str:
    """The page at the root: the address for OpenRefine, and what is there."""
    address = escape(f"{base}{PATH}")
    return page(
        "minilat",
        f"<h1>minilat</h1><p>{len(known.entities)} states, organisations, arrangements and threats as of "
        f"{escape(known.as_of)}.</p><p>Reconciliation service, API 0.2. In OpenRefine: Reconcile, Start reconciling, "
        f"Add standard service, <code>{address}</code></p>",
    )
