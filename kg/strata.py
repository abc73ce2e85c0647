"""In which order rules run, worked out from what they read and write; and which rules cannot be run at all.

A rule depends on every rule that may write what it reads. It depends *strictly* on one that writes what it negates,
leaves open (OPTIONAL) or counts: that one must have come to rest before. Rules that depend on each other in a circle
run together to a fixpoint; a circle with a strict dependence has no order and is refused (stratified negation, Apt,
Blair and Walker 1988).

What is read and written is told apart by property, by class, by ``mlo:byRule`` (a finding has one value), and by
whether a rule mints the subject: a node that rules mint has only what rules say of it, so a pattern that asks more of a
node than rules can say of a minted one never meets it. A rule whose header says ``# stated: mlo:nature`` reads that
property of what files state alone; that is checked after every run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from kg import grammar
from kg import pattern as p
from kg.errors import MinilatError
from kg.names import PREFIXES, iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.catalogue import Entry

BY_RULE: Final = f"<{PREFIXES['mlo']}byRule>"


@dataclass(frozen=True)
class Atom:
    """Triples that a rule reads or writes: None stands for any; NOT_BY are values of mlo:byRule that it leaves out.

    MINTED says of what is written that its subject is new, and of what is read that its subject may be such a node.
    """

    predicate: str | None
    objects: frozenset[str] | None
    by: frozenset[str] | None
    not_by: frozenset[str] = frozenset()
    strict: bool = False
    minted: bool = False

    def meets(self, written: Atom) -> bool:
        """Whether something WRITTEN may be read here."""
        if self.predicate is not None and written.predicate is not None and self.predicate != written.predicate:
            return False
        if self.objects is not None and written.objects is not None and not self.objects & written.objects:
            return False
        if written.minted and not self.minted:
            return False
        if written.by is None:
            return True
        return (self.by is None or bool(self.by & written.by)) and not written.by <= self.not_by


def _minted(rule: p.Rule) -> frozenset[str]:
    """The variables of the head that the body makes into new names."""
    made = {
        i.variable for i in rule.body.items if isinstance(i, p.Bind) and i.text.startswith(("IRI(", "URI(", "BNODE("))
    }
    return frozenset(made & {t.subject for t in rule.head})


def writes(rule: p.Rule) -> list[Atom]:
    """What RULE may write."""
    by = {t.subject: frozenset({t.object}) for t in rule.head if t.predicate == BY_RULE and t.object[0] == "<"}
    known, new = _constants(rule.body), _minted(rule)
    return [_atom(t, known, by.get(t.subject), minted=t.subject in new) for t in rule.head]


Asked = tuple[frozenset[str | None], frozenset[str]]
"""One of some properties (None for any), and for a type the classes that will do (none: any)."""
Star = dict[str, list[Asked]]
"""What is asked of each subject."""


def _star(group: p.Group) -> Star:
    found: Star = {}
    constants = _constants(group)
    for item in group.items:
        if isinstance(item, p.Triple):
            names: frozenset[str | None] = frozenset({item.predicate if item.predicate[:1] == "<" else None})
            if item.path is not None:
                names = frozenset({None} if _loose(item.path) else item.path.terms())
            classes = frozenset({item.object}) if item.object[0] == "<" else constants.get(item.object, frozenset())
            found.setdefault(item.subject, []).append((names, classes if item.predicate == p.TYPE else frozenset()))
    return found


def sayable(rules: Iterable[p.Rule]) -> set[tuple[str, str]]:
    """What rules can say of the nodes they mint: properties, with the class for a type ('' for any value)."""
    rules = list(rules)
    known: set[tuple[str, str]] = set()
    for rule in rules:
        new = _minted(rule)
        known |= {_said(t) for t in rule.head if t.subject in new}
    while True:
        before = len(known)
        for rule in rules:
            star, new = _star(rule.body), _minted(rule)
            for t in rule.head:
                if t.subject.startswith("?") and t.subject not in new and _may(star.get(t.subject, []), known):
                    known.add(_said(t))
        if len(known) == before:
            return known


def _said(t: p.Triple) -> tuple[str, str]:
    return t.predicate, t.object if t.predicate == p.TYPE and t.object[0] == "<" else ""


def _may(asked: Iterable[Asked], known: set[tuple[str, str]]) -> bool:
    """Whether rules can say of a minted node all that is ASKED of one."""
    for names, classes in asked:
        if None in names:
            continue
        said = {v for n, v in known if n in names}
        if not said or (classes and not said & {*classes, ""}):
            return False
    return True


def reads(rule: p.Rule, known: set[tuple[str, str]], stated: Iterable[str] = ()) -> list[Atom]:
    """What RULE reads, where rules say KNOWN of minted nodes, but for the properties STATED."""
    left_out = {f"<{iri(name)}>" for name in stated}
    return [a for a in _reads(rule.body, {}, known, strict=False) if a.predicate not in left_out]


def _reads(group: p.Group, outer: Star, known: set[tuple[str, str]], *, strict: bool) -> Iterator[Atom]:
    constants, shunned = _constants(group), _shunned(group)
    star = {**outer}
    for subject, asked in _star(group).items():
        star[subject] = [*outer.get(subject, []), *asked]
    by: dict[str, frozenset[str]] = {}
    not_by: dict[str, frozenset[str]] = {}
    for item in group.items:
        if isinstance(item, p.Triple) and item.predicate == BY_RULE:
            found = constants.get(item.object) if item.object.startswith("?") else frozenset({item.object})
            if found is not None:
                by[item.subject] = found
            if item.object in shunned:
                not_by[item.subject] = shunned[item.object]
    for item in group.items:
        if isinstance(item, p.Triple):
            minted = _may(star.get(item.subject, []), known)
            if item.path is None:
                yield _atom(
                    item, constants, by.get(item.subject), not_by.get(item.subject, frozenset()),
                    strict=strict, minted=minted,
                )  # fmt: skip
            else:
                for name in (None,) if _negated(item.path) else item.path.terms():
                    # a longer path passes through nodes of which nothing else is asked
                    yield Atom(name, None, None, strict=strict, minted=minted or item.path.kind != "|")
        elif isinstance(item, p.Select):
            counts = "(" in item.projection or "GROUP" in item.tail.upper() or "LIMIT" in item.tail.upper()
            yield from _reads(item.group, {}, known, strict=strict or counts)
        else:
            open_ = isinstance(item, p.Optional | p.Minus | p.Filter | p.Bind)
            denied = open_ or (isinstance(item, p.Exists) and item.negated)
            for inside in p.inner(item):
                yield from _reads(inside, star, known, strict=strict or denied)


def _loose(path: p.Path) -> bool:
    """Whether PATH may be of no length, or begins elsewhere than with one of its properties."""
    return path.kind not in ("|", "iri") or any(_loose(q) for q in path.parts)


def _negated(path: p.Path) -> bool:
    return path.kind == "!" or any(_negated(q) for q in path.parts)


def _atom(
    t: p.Triple,
    known: dict[str, frozenset[str]],
    by: frozenset[str] | None,
    not_by: frozenset[str] = frozenset(),
    *,
    strict: bool = False,
    minted: bool = False,
) -> Atom:
    predicate = None if t.predicate.startswith("?") else t.predicate
    told = t.object if not t.object.startswith("?") else None
    objects = known.get(t.object) if told is None else frozenset({told})
    return Atom(predicate, objects if predicate == p.TYPE or told else None, by, not_by, strict, minted)


def _constants(group: p.Group) -> dict[str, frozenset[str]]:
    """The values a variable can have, where VALUES, IN or = in GROUP name them all."""
    found: dict[str, frozenset[str]] = {}
    for item in group.items:
        if isinstance(item, p.Values):
            for i, name in enumerate(item.variables):
                found[name] = frozenset(r[i] for r in item.rows)
        elif isinstance(item, p.Filter):
            words = item.text.replace("(", " ").replace(")", " ").replace(",", " ").split()
            plain = len(words) > 2 and words[0].startswith("?") and all(w[0] == "<" and w[-1] == ">" for w in words[2:])
            if plain and (words[1] == "IN" or (words[1] == "=" and len(words) == 3)):
                found[words[0]] = frozenset(words[2:])
    return found


def _shunned(group: p.Group) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for item in group.items:
        if isinstance(item, p.Filter):
            words = item.text.split()
            if len(words) == 3 and words[1] == "!=" and words[2][0] == "<":
                found[words[0]] = frozenset({words[2]})
    return found


def _needs(entries: Sequence[Entry]) -> dict[str, dict[str, bool]]:
    """For each rule those it depends on, and whether strictly."""
    rules = {e.code: grammar.read_rule(e.text, where=str(e.path)) for e in entries}
    written = {c: writes(r) for c, r in rules.items()}
    known = sayable(rules.values())
    needs: dict[str, dict[str, bool]] = {c: {} for c in rules}
    for entry in entries:
        for atom in reads(rules[entry.code], known, entry.header.get("stated", "").split()):
            for code, atoms in written.items():
                if any(atom.meets(w) for w in atoms):
                    needs[entry.code][code] = needs[entry.code].get(code, False) or atom.strict
    return needs


@cache
def order(entries: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], ...]:
    """ENTRIES in the groups in which they run, each group to a fixpoint before the next.

    Raises MinilatError E119 for rules in a circle through negation, OPTIONAL or counting, naming the circle.
    """
    needs = _needs(entries)
    by_code = {e.code: e for e in entries}
    groups = _circles(needs)
    for group in groups:
        for code in group:
            for other, strict in needs[code].items():
                if strict and other in group:
                    circle = " → ".join([code, *_way(needs, other, code, set(group))])
                    raise MinilatError(
                        "E119", f"these rules wait for each other through negation or counting: {circle}",
                        where=str(by_code[code].path),
                        hint="a rule may negate, leave open or count only what is complete before it runs",
                    )  # fmt: skip
    return tuple(tuple(by_code[c] for c in group) for group in groups)


def apart(entries: tuple[Entry, ...], parameter: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """ENTRIES in two parts: those whose yield is the same whatever PARAMETER is, and the others."""
    needs = _needs(entries)
    moved = {e.code for e in entries if any(q.name == parameter for q in e.parameters)}
    while more := {c for c, others in needs.items() if c not in moved and moved & others.keys()}:
        moved |= more
    return tuple(e for e in entries if e.code not in moved), tuple(e for e in entries if e.code in moved)


def computed(rule: p.Rule) -> frozenset[str]:
    """The variables of the head that the body works out: their values may be terms that stand nowhere yet."""
    made: set[str] = set()
    for item in rule.body.walk():
        if isinstance(item, p.Bind):
            made.add(item.variable)
        elif isinstance(item, p.Select) and "(" in item.projection:
            made |= set(item.variables) - item.keys
    return frozenset(made & {v for t in rule.head for v in t.variables})


def recursive(group: tuple[Entry, ...]) -> bool:
    """Whether a GROUP of :func:`order` reads what it writes, so that it must run more than once."""
    return len(group) > 1 or group[0].code in _needs(group)[group[0].code]


def _way(needs: dict[str, dict[str, bool]], start: str, end: str, inside: set[str]) -> list[str]:
    """The shortest way of dependence from START back to END."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == end:
            return way
        for code in needs[way[-1]]:
            if code in inside and code not in seen:
                seen.add(code)
                ways.append([*way, code])
    return [start, end]


def _circles(needs: dict[str, dict[str, bool]]) -> list[list[str]]:
    """The strongly connected parts of the dependences, each after those it needs (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(code: str) -> None:
        index[code] = low[code] = len(index)
        stack.append(code)
        for other in sorted(needs[code]):
            if other not in index:
                visit(other)
                low[code] = min(low[code], low[other])
            elif other in stack:
                low[code] = min(low[code], index[other])
        if low[code] == index[code]:
            part = []
            while True:
                part.append(stack.pop())
                if part[-1] == code:
                    break
            found.append(sorted(part))

    for code in sorted(needs):
        if code not in index:
            visit(code)
    return found
