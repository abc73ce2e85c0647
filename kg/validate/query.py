"""The text of a SELECT in a shape: what SHACL forbids in it, and whether it may be run for all focus nodes at once.

SHACL runs a constraint once for each focus node, with the variable ``this`` bound before all else (its appendix A).
Joining the query with the set of focus nodes gives the same solutions for most queries, and not for all: a filter in a
group of its own does not see a variable that is bound outside, an aggregate without grouping counts over all nodes, a
LIMIT cuts the whole. :func:`set_based` gives a text only where the two are known to agree, else nothing.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import Final

_TOKEN: Final = re.compile(
    r"(?P<comment>#[^\n]*)"
    r"|(?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)"
    r"|(?P<text>\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<var>[?$]\w+)"
    r"|(?P<name>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
    r"(?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])*(?:[\w:\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]))?)?)"
    r"|(?P<blank>_:\w+)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<space>\s+)"
    r"|(?P<mark>\^\^|&&|\|\||[<>!]=|.)",
    re.DOTALL,
)
_FORBIDDEN: Final = {"MINUS", "SERVICE", "VALUES"}
_AGGREGATES: Final = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_SLICES: Final = {"LIMIT", "OFFSET", "HAVING", "ORDER", "GROUP"}
_UNSTEADY: Final = {"RAND", "UUID", "STRUUID", "BNODE"}
_BOUND_BEFORE: Final = {"shapesGraph", "currentShape"}
THIS: Final = "this"
RULE: Final = "SHACL binds $this before the query: no MINUS, VALUES or SERVICE, and $this in each SELECT"
"""What a query must keep to."""


@dataclass(frozen=True)
class Token:
    """A piece of a query: its kind, its text and where it begins."""

    kind: str
    text: str
    at: int

    @property
    def key(self) -> str:
        """A keyword in capitals, a variable without its mark, else the text."""
        if self.kind == "word":
            return self.text.upper()
        return self.text[1:] if self.kind == "var" else self.text


@dataclass
class Group:
    """What stands in one pair of braces, with the SELECT before it where the braces are those of a query."""

    opener: str
    begin: int
    head: list[Token] = field(default_factory=list)
    tail: list[Token] = field(default_factory=list)
    tokens: list[tuple[Token, int]] = field(default_factory=list)
    """Its own tokens, without those of inner groups, with the depth of brackets around each."""
    inner: list[Group] = field(default_factory=list)


@dataclass(frozen=True)
class Query:
    """A SELECT taken apart."""

    text: str
    prologue: list[Token]
    where: Group

    def groups(self) -> list[Group]:
        """Every group, from the outermost inwards."""
        found, todo = [], [self.where]
        while todo:
            group = todo.pop()
            found.append(group)
            todo.extend(group.inner)
        return found


def tokens(text: str) -> list[Token]:
    """The tokens of TEXT without white space and comments."""
    return [
        Token(m.lastgroup or "mark", m[0], m.start())
        for m in _TOKEN.finditer(text)
        if m.lastgroup not in ("space", "comment")
    ]


def prefixes_used(text: str) -> set[str]:
    """The prefixes that TEXT uses and does not declare itself."""
    found = tokens(text)
    declared = {b.text[:-1] for a, b in itertools.pairwise(found) if a.key == "PREFIX" and a.kind == "word"}
    return {t.text.split(":", 1)[0] for t in found if t.kind == "name"} - declared


def parse(text: str) -> Query | None:
    """TEXT taken apart, or None where it does not have the form of a SELECT with one group."""
    found = tokens(text)
    start = next((i for i, t in enumerate(found) if t.kind == "word" and t.key == "SELECT"), None)
    if start is None:
        return None
    try:
        brace = next(i for i in range(start, len(found)) if found[i].text == "{")
        where, after = _group(found, brace, "WHERE")
    except (StopIteration, IndexError):
        return None
    where.head = found[start:brace]
    where.tail = found[after:]
    if any(t.text in "{}" for t in where.tail):
        return None
    return Query(text, found[:start], where)


def _group(found: list[Token], at: int, opener: str) -> tuple[Group, int]:
    """The group whose brace opens AT, and the place behind the brace that closes it."""
    group = Group(opener, found[at].at)
    at += 1
    depth = 0
    if found[at].kind == "word" and found[at].key == "SELECT":
        return _subselect(found, at, group)
    while found[at].text != "}":
        token = found[at]
        if token.text == "{":
            inner, at = _group(found, at, _opener(found, at))
            group.inner.append(inner)
            continue
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        group.tokens.append((token, depth))
        at += 1
    return group, at + 1


def _subselect(found: list[Token], at: int, outer: Group) -> tuple[Group, int]:
    head_begin = at
    while found[at].text != "{":
        at += 1
    body, after = _group(found, at, "SELECT")
    body.head = found[head_begin:at]
    tail_begin = after
    while found[after].text != "}":
        if found[after].text == "{":
            raise IndexError
        after += 1
    body.tail = found[tail_begin:after]
    outer.inner.append(body)
    return outer, after + 1


def _opener(found: list[Token], at: int) -> str:
    """What makes the group at AT what it is: EXISTS, OPTIONAL, UNION, GRAPH, … or nothing for a plain group."""
    before = found[at - 1]
    if before.kind == "word":
        return before.key
    if at >= 2 and found[at - 2].kind == "word" and found[at - 2].key in ("GRAPH", "SERVICE", "SILENT"):
        return found[at - 2].key
    return ""


def _projects(head: list[Token], name: str) -> bool:
    """Whether HEAD, a SELECT and what follows up to the brace, selects the variable NAME as it is, or AS it."""
    depth = 0
    for before, token in itertools.pairwise(head):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "var" and token.key == name and (depth == 0 or before.key == "AS"):
            return True
    return False


def projected(query: Query, name: str) -> bool:
    """Whether a solution of QUERY may bind the variable NAME."""
    return _projects(query.where.head, name) or any(t.text == "*" for t in query.where.head[1:3])


def forbidden(query: Query) -> list[str]:
    """What SHACL forbids in a query with pre-bound variables and QUERY does, in words. Source: SHACL, appendix A."""
    wrong = []
    for group in query.groups():
        own = [t for t, _ in group.tokens]
        words = {t.key for t in (*own, *group.tail) if t.kind == "word"}
        wrong += [f"it uses {word}" for word in sorted(words & _FORBIDDEN)]
        every = (*own, *group.head, *group.tail)
        for first, second in itertools.pairwise(every):
            if first.kind == "word" and first.key == "AS" and second.key in {THIS, *_BOUND_BEFORE}:
                wrong.append(f"it binds {second.text} anew, which is bound before")
        if group.opener == "SELECT" and not _projects(group.head, THIS):
            wrong.append("a SELECT inside it does not select $this")
    return list(dict.fromkeys(wrong))


def mentions(query: Query, name: str) -> bool:
    """Whether the variable NAME stands anywhere in QUERY."""
    return any(t.kind == "var" and t.key == name for t in tokens(query.text))


def with_path(text: str, path: str) -> str:
    """TEXT with PATH in the place of the variable PATH."""
    pieces = []
    at = 0
    for token in tokens(text):
        if token.kind == "var" and token.key == "PATH":
            pieces += [text[at : token.at], path]
            at = token.at + len(token.text)
    return "".join((*pieces, text[at:]))


def set_based(query: Query, targets: str, *, in_data: bool) -> str | None:
    """QUERY for all nodes that the pattern TARGETS binds to $this, or None where that may give other solutions.

    IN_DATA says that every target occurs in the data, where a path of length zero finds it.
    """
    groups = query.groups()
    every = [t for g in groups for t in (*(t for t, _ in g.tokens), *g.head, *g.tail)]
    words = {t.key for t in every if t.kind == "word"}
    if words & {"GRAPH", "FROM", *_UNSTEADY, *_FORBIDDEN} or {"shapesGraph", "currentShape", "PATH"} & {
        t.key for t in every if t.kind == "var"
    }:
        return None
    if not projected(query, THIS) or forbidden(query):
        return None
    if not in_data and any(
        t.text in ("*", "?") and _in_path(g, i) for g in groups for i, (t, _) in enumerate(g.tokens)
    ):
        return None
    if any(not _keeps_apart(g) for g in groups if g.opener in ("WHERE", "SELECT")):
        return None
    places = [query.where.begin]
    for group in query.where.inner:
        found = _places(group, exists=False)
        if found is None:
            return None
        places += found
    head = f" {{ SELECT DISTINCT $this WHERE {{ {targets} }} }} "
    text = query.text
    for place in sorted(places, reverse=True):
        text = text[: place + 1] + head + text[place + 1 :]
    return text


def _in_path(group: Group, at: int) -> bool:
    """Whether the token AT makes a path of length zero: it follows an IRI or a bracket, and a term follows it."""
    before = group.tokens[at - 1][0] if at else None
    return before is not None and (before.kind in ("iri", "name") or before.text in (")", "a"))


def _keeps_apart(group: Group) -> bool:
    """Whether a SELECT gives for all nodes together what it gives for each: no slice, no aggregate over all."""
    tail = [t.key for t in group.tail if t.kind == "word"]
    if {"LIMIT", "OFFSET"} & set(tail):
        return False
    aggregates = any(t.kind == "word" and t.key in _AGGREGATES for t in (*group.head, *group.tail))
    if "GROUP" not in tail:
        return not aggregates and "HAVING" not in tail
    begin = next(i for i, t in enumerate(group.tail) if t.kind == "word" and t.key == "GROUP")
    depth = 0
    for token in group.tail[begin + 2 :]:
        if token.kind == "word" and token.key in _SLICES:
            break
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "var" and token.key == THIS and depth == 0:
            return True
    return False


def _places(group: Group, *, exists: bool) -> list[int] | None:
    """Where the targets have to be put inside GROUP, or None where no place is certain."""
    uses = [(t, d) for t, d in group.tokens if t.kind == "var" and t.key == THIS]
    bound = any(d == 0 for _, d in uses)
    in_expression = any(d > 0 for _, d in uses) or any(_mentions(g) for g in group.inner if g.opener == "EXISTS")
    found: list[int] = []
    exists = exists or group.opener == "EXISTS"
    if exists:
        # What EXISTS holds is tried for each solution outside, all its variables set, except in a SELECT.
        if any(g.opener == "SELECT" for g in group.inner):
            return None
    elif group.opener == "OPTIONAL":
        # A filter of an OPTIONAL sees what stands before it; a BIND in it does not.
        if in_expression and not bound and any(t.kind == "word" and t.key == "BIND" for t, _ in group.tokens):
            return None
    elif (in_expression and not bound) or (bound and _repeats(group)):
        found.append(group.begin)
    for inner in group.inner:
        places = _places(inner, exists=exists)
        if places is None:
            return None
        found += places
    return found


def _mentions(group: Group) -> bool:
    return any(t.kind == "var" and t.key == THIS for t, _ in group.tokens) or any(_mentions(g) for g in group.inner)


def _repeats(group: Group) -> bool:
    return any(t.text in ("*", "+", "?") and _in_path(group, i) for i, (t, _) in enumerate(group.tokens))
