"""Rules and Turtle files as patterns with places: what a rule reads and writes, and where a file says something.

The store runs a rule, but does not say which statements it used; for that its text is read here, into groups, triple
patterns, filters and sub-queries, each of which can be written back as SPARQL. Turtle is read by the same code, because
its statements are triple patterns without variables; each keeps its line. Grammar: SPARQL 1.1 Query, section 19.8, and
RDF 1.1 Turtle, section 6.5. Terms are kept as N-Triples writes them (``<iri>``, ``"3"^^<…integer>``), variables as
``?x``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError
from kg.names import PREFIXES
from kg.tokens import Reader, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

RDF: Final = PREFIXES["rdf"]
TYPE: Final = f"<{RDF}type>"


@dataclass(frozen=True)
class Path:
    """A property path: kind is one of: iri ^ / | + * ? ! ; an iri has its term, the others have parts."""

    kind: str
    term: str = ""
    parts: tuple[Path, ...] = ()

    def __str__(self) -> str:
        if self.kind == "iri":
            return self.term
        if self.kind in "^!":
            return f"{self.kind}({self.parts[0]})"
        if self.kind in "+*?":
            return f"({self.parts[0]}){self.kind}"
        return "(" + self.kind.join(map(str, self.parts)) + ")"

    def terms(self) -> Iterator[str]:
        """Every predicate in the path."""
        if self.kind == "iri":
            yield self.term
        for part in self.parts:
            yield from part.terms()


@dataclass(frozen=True)
class Triple:
    """A triple pattern; the predicate is a term or variable, or a path when ``path`` is given."""

    subject: str
    predicate: str
    object: str
    line: int = field(default=0, compare=False)
    path: Path | None = None

    @property
    def variables(self) -> frozenset[str]:
        """The variables of the pattern."""
        return frozenset(t for t in (self.subject, self.predicate, self.object) if t.startswith("?"))

    def __str__(self) -> str:
        return f"{self.subject} {self.path or self.predicate} {self.object} ."


@dataclass(frozen=True)
class Exists:
    """A FILTER [NOT] EXISTS that is the whole filter."""

    negated: bool
    group: Group

    def __str__(self) -> str:
        return f"FILTER {'NOT ' if self.negated else ''}EXISTS {self.group}"


@dataclass(frozen=True)
class Filter:
    """Any other filter: its expression as text, and the groups that stand inside it."""

    text: str
    groups: tuple[Group, ...] = ()

    def __str__(self) -> str:
        return f"FILTER({self.text})"


@dataclass(frozen=True)
class Bind:
    """A BIND: the expression as text and the variable."""

    text: str
    variable: str
    groups: tuple[Group, ...] = ()

    def __str__(self) -> str:
        return f"BIND({self.text} AS {self.variable})"


@dataclass(frozen=True)
class Values:
    """A VALUES block: variables and rows of terms (UNDEF as it stands)."""

    variables: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        rows = " ".join("(" + " ".join(r) + ")" for r in self.rows)
        return f"VALUES ({' '.join(self.variables)}) {{ {rows} }}"


@dataclass(frozen=True)
class Optional:
    """An OPTIONAL group."""

    group: Group

    def __str__(self) -> str:
        return f"OPTIONAL {self.group}"


@dataclass(frozen=True)
class Minus:
    """A MINUS group."""

    group: Group

    def __str__(self) -> str:
        return f"MINUS {self.group}"


@dataclass(frozen=True)
class Union:
    """Alternatives; a single one is a nested group."""

    groups: tuple[Group, ...]

    def __str__(self) -> str:
        return " UNION ".join(map(str, self.groups))


@dataclass(frozen=True)
class Named:
    """GRAPH name { … }."""

    name: str
    group: Group

    def __str__(self) -> str:
        return f"GRAPH {self.name} {self.group}"


@dataclass(frozen=True)
class Select:
    """A sub-query: what stands between SELECT and WHERE, the group, and what follows it."""

    projection: str
    group: Group
    tail: str
    variables: tuple[str, ...]
    keys: frozenset[str]

    def __str__(self) -> str:
        return f"{{ SELECT {self.projection} WHERE {self.group} {self.tail} }}"


Item = Triple | Exists | Filter | Bind | Values | Optional | Minus | Union | Named | Select


@dataclass(frozen=True)
class Group:
    """What stands between two braces, in order."""

    items: tuple[Item, ...]

    def __str__(self) -> str:
        return "{ " + " ".join(map(str, self.items)) + " }"

    def walk(self) -> Iterator[Item]:
        """Every item, also inside nested groups."""
        for item in self.items:
            yield item
            for group in inner(item):
                yield from group.walk()

    def certain(self) -> frozenset[str]:
        """The variables that every solution of the group binds for sure."""
        bound: set[str] = set()
        for item in self.items:
            if isinstance(item, Triple):
                bound |= item.variables
            elif isinstance(item, Bind):
                # an expression may fail and leave its variable unbound; rules bind what they then write
                bound.add(item.variable)
            elif isinstance(item, Values):
                bound |= {v for i, v in enumerate(item.variables) if all(r[i] != "UNDEF" for r in item.rows)}
            elif isinstance(item, Union):
                bound |= frozenset.intersection(*(g.certain() for g in item.groups))
            elif isinstance(item, Named):
                bound |= item.group.certain()
            elif isinstance(item, Select):
                bound |= set(item.variables)
        return frozenset(bound)


def inner(item: Item) -> tuple[Group, ...]:
    """The groups that stand inside ITEM."""
    if isinstance(item, Filter | Bind | Union):
        return item.groups
    if isinstance(item, Exists | Optional | Minus | Named | Select):
        return (item.group,)
    return ()


@dataclass(frozen=True)
class Rule:
    """CONSTRUCT { head } WHERE { body }."""

    head: tuple[Triple, ...]
    body: Group


def read_rule(text: str, *, where: str = "") -> Rule:
    """The rule in TEXT. Raises MinilatError E111 with file and line for what is no CONSTRUCT that can be followed."""
    reader = _Patterns(text, where)
    reader.prologue()
    reader.expect("CONSTRUCT")
    if reader.word() == "WHERE":
        reader.next()
        body = reader.group()
        head = tuple(i for i in body.items if isinstance(i, Triple))
    else:
        reader.expect("{")
        head = tuple(reader.triples("}"))
        reader.expect("}")
        if reader.word() == "FROM":
            raise reader.error("FROM is not allowed: a rule reads the graph it is run on")
        if reader.word() == "WHERE":
            reader.next()
        body = reader.group()
    if reader.peek() is not None:
        raise reader.error("nothing may follow the pattern of a rule: no LIMIT, no ORDER BY")
    if not head:
        raise reader.error("the head is empty: the rule says nothing")
    return Rule(head, body)


def statements(text: str, *, where: str = "") -> Iterator[Triple]:
    """The statements of a Turtle document, each with its line. Raises MinilatError E111 where it cannot be read."""
    reader = _Patterns(text, where, turtle=True)
    while reader.peek() is not None:
        reader.prologue()
        if reader.peek() is None:
            return
        yield from reader.block()
        reader.expect(".")


def read_fact(text: str) -> tuple[str, str, str]:
    """The three terms of one triple in TEXT, prefixes known. Raises MinilatError E110 for anything else."""
    try:
        reader = _Patterns(text, "triple")
        subject = reader.term()
        predicate = TYPE if reader.skip("a") else reader.term()
        found = (subject, predicate, reader.term())
        reader.skip(".")
        rest = reader.peek()
    except MinilatError as error:
        raise _no_fact(text, error.message) from None
    if rest is not None or any(t.startswith(("?", "_:")) for t in found):
        raise _no_fact(text, "a triple is subject, predicate and object, without variables")
    return found


def _no_fact(text: str, reason: str) -> MinilatError:
    return MinilatError(
        "E110", f"{text!r} is not a triple: {reason}", hint="for example 'state:gbr mlo:memberOf body:nato'"
    )


class _Patterns(Reader):
    """Groups and triples out of tokens."""

    def group(self) -> Group:
        self.expect("{")
        if self.word() == "SELECT":
            found = self.select()
            self.expect("}")
            return Group((found,))
        items: list[Item] = []
        while self.text() != "}":
            items += self.items()
        self.expect("}")
        return Group(tuple(items))

    def items(self) -> list[Item]:
        word = self.word()
        if word == "FILTER":
            self.next()
            return [self.filter()]
        if word == "BIND":
            self.next()
            self.expect("(")
            text, groups = self.expression("AS")
            self.expect("AS")
            variable = self.variable()
            self.expect(")")
            return [Bind(text, variable, groups)]
        if word == "VALUES":
            self.next()
            return [self.values()]
        if word in ("OPTIONAL", "MINUS"):
            self.next()
            group = self.group()
            return [Optional(group) if word == "OPTIONAL" else Minus(group)]
        if word == "GRAPH":
            self.next()
            name = self.term()
            return [Named(name, self.group())]
        if word == "SERVICE":
            raise MinilatError(
                "E046", "SERVICE is refused: a rule makes no outbound call", where=self.place(),
                hint="bring the data in as a file instead",
            )  # fmt: skip
        if self.text() == "{":
            options = [self.group()]
            while self.word() == "UNION":
                self.next()
                options.append(self.group())
            self.skip(".")
            if len(options) == 1 and len(options[0].items) == 1 and isinstance(options[0].items[0], Select):
                return [options[0].items[0]]
            return [Union(tuple(options))]
        if self.text() == ".":
            self.next()
            return []
        return list(self.triples("}", once=True))

    def filter(self) -> Item:
        negated = self.word() == "NOT"
        if negated:
            self.next()
        if self.word() == "EXISTS":
            self.next()
            return Exists(negated, self.group())
        if self.text() == "(":
            self.next()
            text, groups = self.expression(")")
            self.expect(")")
            if len(groups) == 1 and text in (f"EXISTS {groups[0]}", f"NOT EXISTS {groups[0]}"):
                return Exists(text.startswith("NOT"), groups[0])
            return Filter(text, groups)
        name = self.next()
        self.expect("(")
        text, groups = self.expression(")")
        self.expect(")")
        return Filter(f"{name}({text})", groups)

    def expression(self, end: str) -> tuple[str, tuple[Group, ...]]:
        """The text up to END at the same depth of brackets, and the groups inside."""
        parts: list[str] = []
        groups: list[Group] = []
        depth = 0
        while depth or (self.word() or self.text()) != end:
            if self.text() == "{":
                groups.append(self.group())
                parts.append(str(groups[-1]))
                continue
            part = self.expression_token()
            depth += (part == "(") - (part == ")")
            parts.append(part)
        return joined(parts), tuple(groups)

    def values(self) -> Values:
        single = self.text() != "("
        if single:
            names = [self.variable()]
        else:
            self.expect("(")
            names = []
            while self.text() != ")":
                names.append(self.variable())
            self.expect(")")
        self.expect("{")
        rows: list[tuple[str, ...]] = []
        while self.text() != "}":
            if single:
                rows.append((self.data(),))
                continue
            self.expect("(")
            row = []
            while self.text() != ")":
                row.append(self.data())
            self.expect(")")
            rows.append(tuple(row))
        self.expect("}")
        return Values(tuple(names), tuple(rows))

    def select(self) -> Select:
        self.expect("SELECT")
        parts: list[str] = []
        names: list[str] = []
        plain = True
        if self.word() in ("DISTINCT", "REDUCED"):
            parts.append(self.next())
        while self.text() != "{" and self.word() != "WHERE":
            if self.text() == "(":
                self.next()
                text, _ = self.expression("AS")
                self.expect("AS")
                names.append(self.variable())
                self.expect(")")
                parts.append(f"({text} AS {names[-1]})")
                plain = False
            elif self.text() == "*":
                parts.append(self.next())
            else:
                names.append(self.variable())
                parts.append(names[-1])
        if self.word() == "WHERE":
            self.next()
        group = self.group()
        tail: list[str] = []
        keys: set[str] = set()
        grouped = False
        depth = 0
        while depth or self.text() != "}":
            if depth == 0 and self.word() in ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"):
                grouped = self.word() == "GROUP"
                plain = plain and self.word() == "ORDER"
            if self.text() == "{":
                tail.append(str(self.group()))
                continue
            part = self.expression_token()
            depth += (part == "(") - (part == ")")
            if grouped and depth == 0 and part.startswith("?"):
                keys.add(part)
            tail.append(part)
        if not names:
            names = sorted(group.certain())
        return Select(" ".join(parts), group, joined(tail), tuple(names), frozenset(names if plain else keys))

    def triples(self, end: str, *, once: bool = False) -> Iterator[Triple]:
        while self.text() != end:
            yield from self.block()
            if self.text() != ".":
                return
            self.next()
            if once:
                return

    def block(self) -> Iterator[Triple]:
        """One subject with all that is said of it."""
        out: list[Triple] = []
        opened = self.text() == "["
        subject = self.node(out)
        # a blank node with properties may stand alone
        if not (opened and out and self.text() in (".", "}", None)):
            self.properties(subject, out)
        yield from out

    def properties(self, subject: str, out: list[Triple]) -> None:
        while True:
            path = self.path() if not self.is_variable() else None
            verb = self.variable() if path is None else path.term if path.kind == "iri" else ""
            while True:
                line = self.line()
                value = self.node(out)
                out.append(Triple(subject, verb, value, line, None if path is None or path.kind == "iri" else path))
                if self.text() != ",":
                    break
                self.next()
            while self.text() == ";":
                self.next()
                if self.text() in (";", ".", "]", "}", None):
                    continue
            if self.text() in (".", "]", "}", None) or self.starts_item():
                return

    def node(self, out: list[Triple]) -> str:
        """A term, or a fresh node for [ … ] and ( … ) whose statements are added to OUT."""
        if self.text() == "[":
            self.next()
            fresh = self.fresh()
            if self.text() != "]":
                self.properties(fresh, out)
            self.expect("]")
            return fresh
        if self.text() == "(":
            self.next()
            parts: list[tuple[str, int]] = []
            while self.text() != ")":
                line = self.line()
                parts.append((self.node(out), line))
            self.expect(")")
            nodes = [self.fresh() for _ in parts] + [f"<{RDF}nil>"]
            for i, (part, line) in enumerate(parts):
                out.append(Triple(nodes[i], f"<{RDF}first>", part, line))
                out.append(Triple(nodes[i], f"<{RDF}rest>", nodes[i + 1], line))
            return nodes[0]
        return self.term()

    def path(self) -> Path:
        options = [self.sequence()]
        while self.text() == "|":
            self.next()
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Path("|", parts=tuple(options))

    def sequence(self) -> Path:
        steps = [self.step()]
        while self.text() == "/":
            self.next()
            steps.append(self.step())
        return steps[0] if len(steps) == 1 else Path("/", parts=tuple(steps))

    def step(self) -> Path:
        if self.text() in ("^", "!"):
            kind = self.next()
            return Path(kind, parts=(self.step(),))
        if self.text() == "(":
            self.next()
            found = self.path()
            self.expect(")")
        else:
            found = Path("iri", TYPE if self.skip("a") else self.term())
        while self.text() in ("+", "*", "?"):
            found = Path(self.next(), parts=(found,))
        return found
