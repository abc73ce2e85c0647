"""The grammar of rules and of Turtle, from words to patterns: SPARQL 1.1 Query, section 19.8; RDF 1.1 Turtle, 6.5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import MinilatError
from kg.names import PREFIXES
from kg.pattern import (
    RDF,
    TYPE,
    Bind,
    Exists,
    Filter,
    Group,
    Item,
    Minus,
    Named,
    Optional,
    Path,
    Rule,
    Select,
    Triple,
    Union,
    Values,
)
from kg.tokens import Reader, joined

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def data_blocks(text: str, *, where: str = "") -> Iterator[tuple[bool, Triple]]:
    """What INSERT DATA (True) and DELETE DATA (False) blocks say. Raises MinilatError E120 for any other update."""
    reader = _Patterns(text, where, turtle=True)
    reader.know(PREFIXES)
    while reader.peek() is not None:
        reader.prologue()
        word = reader.word()
        if word in ("INSERT", "DELETE"):
            reader.next()
        if word not in ("INSERT", "DELETE") or reader.word() != "DATA":
            raise MinilatError(
                "E120", "only INSERT DATA and DELETE DATA are taken", where=reader.place(),
                hint="write the statements out: a scenario must say the same whenever it is read",
            )  # fmt: skip
        reader.next()
        reader.expect("{")
        while reader.text() != "}":
            if reader.word() == "GRAPH":
                raise MinilatError("E120", "a graph cannot be named: a scenario is one overlay", where=reader.place())
            for triple in reader.block():
                if triple.variables:
                    raise MinilatError("E120", "a variable cannot stand in data", where=f"{where}:{triple.line}")
                yield word == "INSERT", triple
            if not reader.skip("."):
                break
        reader.expect("}")
        reader.skip(";")


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
        """A group in braces."""
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
        """What comes next inside a group."""
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
        """What follows FILTER."""
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
        """What follows VALUES."""
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
        """A sub-query from SELECT on."""
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
        """Triples up to END; with ONCE those of one subject."""
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
        """The predicates and objects of SUBJECT, added to OUT."""
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
        """A property path: alternatives."""
        options = [self.sequence()]
        while self.text() == "|":
            self.next()
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Path("|", parts=tuple(options))

    def sequence(self) -> Path:
        """Steps of a path joined by a slash."""
        steps = [self.step()]
        while self.text() == "/":
            self.next()
            steps.append(self.step())
        return steps[0] if len(steps) == 1 else Path("/", parts=tuple(steps))

    def step(self) -> Path:
        """One step of a path with its modifiers."""
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
