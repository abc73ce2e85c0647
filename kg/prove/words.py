"""Facts and patterns in words, with the labels of the graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg import pattern as p
from kg.names import ID, curie
from kg.store import term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.store import Fact, Store, Term

_LABELS = ("rdfs:label", "skos:prefLabel", "dcterms:title", "skos:notation")
_VARIABLE = re.compile(r"\?\w+")
_LITERAL = re.compile(r'"(.*)"(?:@[\w-]+|\^\^<[^>]*>)?', re.DOTALL)


def code(found: Term) -> str:
    """A term as Turtle writes it with the prefixes of the project."""
    text = str(found)
    if text.startswith("<"):
        short = curie(text[1:-1])
        return short if short != text[1:-1] else text
    at = text.rfind('"^^<')
    return text if at < 0 else f"{text[: at + 1]}^^{curie(text[at + 4 : -1])}"


def turtle(fact: Fact) -> str:
    """A fact as Turtle writes it."""
    return " ".join(code(t) for t in fact)


def shown(store: Store, found: Term) -> str:
    """A term for people: its English label, its value, or its short name."""
    text = str(found)
    if literal := _LITERAL.fullmatch(text):
        return literal[1]
    for name in _LABELS:
        labels = sorted(str(f[2]) for f in store.match(found, term(f"<{_iri(name)}>"), None)) if text[0] == "<" else []
        for label in [x for x in labels if x.endswith("@en")] or labels:
            return _LITERAL.sub(r"\1", label)
    if text.startswith(f"<{ID}"):
        kind, _, name = text[len(ID) + 1 : -1].partition("/")
        return code(found) if kind == "statement" else f"{kind} {name}"
    return code(found)


def sentence(store: Store, fact: Fact) -> str:
    """A fact in words."""
    if str(fact[1]) == p.TYPE:
        return f"{shown(store, fact[0])} is a {shown(store, fact[2])}"
    return f"{shown(store, fact[0])} – {shown(store, fact[1])} – {shown(store, fact[2])}"


def condition_met(store: Store, text: str, row: Mapping[str, Term], *, unknown: str = " (not known)") -> str:
    """The condition TEXT with the values of ROW in place of its variables, those without a value marked UNKNOWN."""

    def put(m: re.Match[str]) -> str:
        return shown(store, row[m[0]]) if m[0] in row else m[0] + unknown

    return re.sub(r"<[^>\s]*>", lambda m: shown(store, term(m[0])), _VARIABLE.sub(put, text))


def equation(store: Store, name: str, row: Mapping[str, Term]) -> str:
    """What the variable NAME is in ROW."""
    return f"{name} = {shown(store, row[name])}"


def counted(store: Store, names: Sequence[str], row: Mapping[str, Term], rows: int) -> str:
    """What a sub-query found for NAMES, over how many ROWS."""
    return ", ".join(equation(store, n, row) for n in names) + f" over {rows} row" + ("s" if rows != 1 else "")


def absence(store: Store, group: p.Group, row: Mapping[str, Term]) -> str:
    """That nothing in the graph fits GROUP in ROW, in words."""
    return f"nothing recorded says that {condition(store, group, row)}"


def condition(store: Store, group: p.Group, row: Mapping[str, Term]) -> str:
    """GROUP as a condition in words."""

    def name(text: str) -> str:
        if not text.startswith("?"):
            return shown(store, term(text))
        return shown(store, row[text]) if text in row else text

    parts = []
    for item in group.items:
        if isinstance(item, p.Triple):
            verb = (
                "is a"
                if item.predicate == p.TYPE
                else name(item.predicate)
                if item.path is None
                else _path(store, item.path)
            )
            parts.append(f"{name(item.subject)} {verb} {name(item.object)}")
        elif isinstance(item, p.Filter):
            parts.append(condition_met(store, item.text, row, unknown=""))
        elif isinstance(item, p.Exists):
            inside = condition(store, item.group, row)
            parts.append(f"not ({inside})" if item.negated else f"({inside})")
        elif isinstance(item, p.Union):
            parts.append(" or ".join(f"({condition(store, g, row)})" for g in item.groups))
        elif isinstance(item, p.Minus):
            parts.append(f"not ({condition(store, item.group, row)})")
        elif isinstance(item, p.Named):
            parts.append(condition(store, item.group, row))
        elif isinstance(item, p.Select):
            parts.append(f"({condition(store, item.group, row)})")
        elif isinstance(item, p.Bind):
            parts.append(f"{item.variable} is {condition_met(store, item.text, row, unknown='')}")
    return " and ".join(parts)


def _path(store: Store, path: p.Path) -> str:
    if path.kind == "iri":
        return shown(store, term(path.term))
    inside = [_path(store, q) for q in path.parts]
    joint = {"|": " or ", "/": " then "}.get(path.kind)
    if joint:
        return "(" + joint.join(inside) + ")"
    return {"^": f"(reverse of {inside[0]})", "!": f"(not {inside[0]})"}.get(path.kind, f"({inside[0]}){path.kind}")


def _iri(name: str) -> str:
    from kg.names import iri

    return iri(name)
