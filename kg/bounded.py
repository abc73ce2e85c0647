"""Which rule feeds itself in vain: what it makes of its own conclusions it, or a rule before it, has made already.

``?x a ?c . ?c rdfs:subClassOf ?d`` gives a class; the class of that class is given as well, if subclasses are
transitive, so one run is all. The second step is written out (the rule put into its own body), its variables are frozen
into names, and the rules are asked whether these few facts already give its conclusion in one step: containment of
conjunctive queries on a canonical database (Chandra and Merlin 1977), under the rules that came before (the chase,
Johnson and Klug 1984). What is found holds for any data; what is not found is run again, as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg import pattern as p
from kg.firing import Firing
from kg.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FROZEN: Final = "urn:frozen:"
LIMIT: Final = 100_000
"""So many facts a chase never has: it joins the few terms of a rule."""


def bounded(rule: p.Rule, earlier: Sequence[p.Rule]) -> bool:
    """Whether RULE gives all it ever will in one run, on any data that are closed under the rules EARLIER.

    False also where that is not found out: in rules with more than patterns of three terms, with several conclusions,
    or that read their own conclusions in more than one place.
    """
    if not _plain(rule) or len(rule.head) != 1 or not rule.head[0].predicate.startswith("<"):
        return False
    [head] = rule.head
    # Its variables are others than those of the body it is put into.
    copy = [_renamed(t, {v: f"{v}__1" for v in t.variables}) for t in (head, *_atoms(rule))]
    own = [t for t in _atoms(rule) if _unified(t, copy[0]) is not None]
    if len(own) != 1:
        return False
    same = _unified(own[0], copy[0])
    if same is None:
        return False
    atoms = [_renamed(t, same) for t in (*(t for t in _atoms(rule) if t is not own[0]), *copy[1:])]
    goal = _renamed(head, same)
    if any(t.subject.startswith('"') for t in (*atoms, goal)):
        return True  # a literal is the subject of no fact, so the second step never happens
    store = Store.from_ntriples("\n".join(_frozen(t) for t in atoms).encode())
    chase = [r for r in earlier if _plain(r) and _names_subjects(r)]
    firing = Firing(store)
    while sum(_run(firing, r) for r in chase):
        pass
    _run(firing, rule)
    return store.ask(f"ASK {{ {_frozen(goal)} }}")


def _run(firing: Firing, rule: p.Rule) -> int:
    return firing.fire(rule, str(rule.body), limit=LIMIT, seconds=None)


def _atoms(rule: p.Rule) -> list[p.Triple]:
    return [i for i in rule.body.items if isinstance(i, p.Triple)]


def _plain(rule: p.Rule) -> bool:
    """Whether the body is nothing but patterns of three terms, whose properties are known."""
    return all(isinstance(i, p.Triple) and i.path is None and i.predicate.startswith("<") for i in rule.body.items)


def _names_subjects(rule: p.Rule) -> bool:
    """Whether every subject of the head is one in the body: a literal is never one, so no fact is lost on real data."""
    subjects = {t.subject for t in _atoms(rule)}
    return all(t.subject in subjects for t in rule.head)


def _unified(one: p.Triple, other: p.Triple) -> dict[str, str] | None:
    """What makes both the same; variables of OTHER may be replaced by terms of ONE and the reverse."""
    same: dict[str, str] = {}

    def value(term: str) -> str:
        while term in same:
            term = same[term]
        return term

    for a, b in zip(_terms(one), _terms(other), strict=True):
        left, right = value(a), value(b)
        if left == right:
            continue
        if right.startswith("?"):
            same[right] = left
        elif left.startswith("?"):
            same[left] = right
        else:
            return None
    return {name: value(name) for name in same}


def _terms(t: p.Triple) -> tuple[str, str, str]:
    return t.subject, t.predicate, t.object


def _renamed(t: p.Triple, names: Mapping[str, str]) -> p.Triple:
    return p.Triple(names.get(t.subject, t.subject), t.predicate, names.get(t.object, t.object), path=t.path)


def _frozen(t: p.Triple) -> str:
    return " ".join(f"<{FROZEN}{u[1:]}>" if u.startswith("?") else u for u in _terms(t)) + " ."
