"""Where each triple of a Turtle, TriG, N-Triples or N-Quads document is written.

The parser gives triples without places. Here the same document is read once more for its skeleton alone: tokens and
nesting, no prefixes, no IRIs, no values. The n-th place belongs to the n-th triple of the parser, which hands out what
one token completes last in, first out; so blank nodes and literals need no matching, whatever they are called there.
Only documents that the parser has accepted come here. Grammar: RDF 1.1 Turtle and TriG; triple terms of RDF 1.2 are
not followed (``Unplaced``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# What ends a name: white space, quotes, brackets and the marks between statements. A full stop may stand inside a name,
# never at its end.
_STOP: Final = r"""\s<>"'{}|^`()\[\];,#@.~"""


def _name(stop: str) -> str:
    return rf"(?:\\.|[^{stop}\\]|\.++(?=[^{stop}]))*+"


_SPACE: Final = r"(?:\s++|\#[^\n\r]*+)"
_MARK: Final = r"[.;,()\[\]{}]"
_TERMS: Final = {
    "iri": r'<[^<>"{}|^`\x00-\x20]*+>',
    "text": r"""\"\"\"(?:[^"\\]++|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]++|\\.|'(?!''))*+'''
        |"(?:[^"\\\n\r]++|\\.)*+"|'(?:[^'\\\n\r]++|\\.)*+'""",
    "at": "@[A-Za-z]+(?:--?[A-Za-z0-9]+)*",
    "caret": r"\^\^",
    "blank": f"_:{_name(_STOP)}",
    "number": r"[+-]?(?:\d+(?:\.\d*)?[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?|\d+\.\d+|\d+)",
    "name": f"{_name(_STOP + ':')}:{_name(_STOP)}",
    "word": "[A-Za-z]+",
}
_TOKEN: Final = re.compile(
    rf"(?P<space>{_SPACE}++)|(?P<new><<|>>|\)>>|\{{\||\|\}}|~)|"
    + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _TERMS.items())
    + f"|(?P<mark>{_MARK})",
    re.VERBOSE | re.DOTALL,
)
_PIECE: Final = re.compile(
    rf"{_SPACE}*+((?:(?:{'|'.join(_TERMS.values())}){_SPACE}*+)*+)({_MARK})", re.VERBOSE | re.DOTALL
)
"""What stands between two marks, and the second of them."""
_DIRECTIVE: Final = re.compile(r"@|(?:prefix|base|version)(?![\w.:-])", re.IGNORECASE)
FIRST: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"
REST: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>"


class Spot(NamedTuple):
    """Where a term begins (offset), what kind it is (i: IRI, b: blank node, l: literal) and how it is written."""

    at: int
    kind: str
    text: str


Places = tuple[Spot, Spot, Spot]


class Traced(NamedTuple):
    """A triple in N-Triples terms, and the offsets at which its subject, predicate and object are written."""

    subject: str
    predicate: str
    object: str
    subject_at: int
    predicate_at: int
    object_at: int


class Unplaced(Exception):  # noqa: N818 (not an error: the caller then knows less)
    """The document holds something that is not followed here."""


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def _tokens(text: str, at: int, end: int) -> Iterator[_Token]:
    while at < end:
        found = _TOKEN.match(text, at, end)
        if found is None or found.lastgroup is None or found.lastgroup == "new" or found.end() == at:
            raise Unplaced(at)
        if found.lastgroup != "space":
            yield _Token(found.lastgroup, found[0] if found.lastgroup != "text" else "", at)
        at = found.end()


def statements(text: str) -> Iterator[tuple[int, int, int]]:
    """Begin, end and number of triples of each statement of a Turtle, N-Triples or N-Quads document.

    The number is -1 where only following the statement can tell: it holds brackets, or a directive stands before it.
    """
    begin = at = count = 0
    plain = True
    while found := _PIECE.match(text, at):
        said, mark = found.groups()
        if at == begin and _DIRECTIVE.match(said):
            plain = False
        at = found.end()
        if mark in ".;,":
            count += bool(said)
        else:
            plain = False
        if mark == ".":
            yield begin, at, count if plain else -1
            begin, count, plain = at, 0, True
    yield begin, len(text), -1  # spaces, or directives without a full stop


def lines(text: str, begin: int = 0, end: int | None = None) -> Iterator[Places]:
    """The places in an N-Triples or N-Quads document from BEGIN to END, in the order of its statements."""
    terms: list[Spot] = []
    suffix = False
    for token in _tokens(text, begin, len(text) if end is None else end):
        if token.text == ".":
            yield terms[0], terms[1], terms[2]
            terms.clear()
        elif token.kind == "caret":
            suffix = True
        elif token.kind != "at" and not suffix:
            terms.append(_spot(token))
        else:
            suffix = False


def turtle(text: str, begin: int = 0, end: int | None = None) -> Iterator[Places]:
    """The places in a Turtle or TriG document from BEGIN to END, in the order in which the parser gives its triples."""
    machine = _Machine()
    for token in _tokens(text, begin, len(text) if end is None else end):
        yield from machine.step(token)


def _spot(token: _Token) -> Spot:
    kind = {"blank": "b", "text": "l", "number": "l"}.get(token.kind, "i")
    if token.kind == "word" and token.text in ("true", "false"):
        kind = "l"
    return Spot(token.at, kind, token.text)


class _Machine:
    """A stack of what is expected next; each state is a method that takes a token and may hand it on (True)."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, Spot | None]] = [("document", None)]
        self.subjects: list[Spot] = []
        self.predicates: list[Spot] = []
        self.objects: list[Spot] = []
        self.out: list[Places] = []

    def step(self, token: _Token) -> Iterator[Places]:
        """The places of the triples that TOKEN completes."""
        again = True
        while again:
            if not self.stack:
                raise Unplaced(token.at)
            state, spot = self.stack.pop()
            again = bool(getattr(self, "_" + state)(token, spot))
        while self.out:
            yield self.out.pop()

    def push(self, *states: str, spot: Spot | None = None) -> None:
        """Expect the last of STATES first; SPOT goes to that one."""
        self.stack.extend((s, None) for s in states[:-1])
        self.stack.append((states[-1], spot))

    def _emit(self, value: Spot) -> None:
        self.objects.append(value)
        self.out.append((self.subjects[-1], self.predicates[-1], value))

    # Documents, directives and graphs

    def _document(self, t: _Token, _: Spot | None) -> bool:
        self.push("document")
        word = t.text.lower() if t.kind in ("word", "at") else ""
        if word in ("@prefix", "prefix", "@base", "base", "@version", "version"):
            if word.startswith("@"):
                self.push("ignored")
            self.push(*["ignored"] * (2 if "prefix" in word else 1))
            return False
        if word == "graph":
            self.push("graph", "label")
            return False
        self.push("graph" if t.text == "{" else "block")
        return True

    def _ignored(self, t: _Token, _: Spot | None) -> bool:
        return False

    def _block(self, t: _Token, _: Spot | None) -> bool:
        if t.text == "[":
            self.push("anonymous", spot=Spot(t.at, "b", "["))
        elif t.text == "(":
            self.push("dot", "properties")
            self.push("subjects_begin", spot=Spot(t.at, "b", "("))
        else:
            self.push("opened", spot=_spot(t))
        return False

    def _opened(self, t: _Token, spot: Spot | None) -> bool:
        if t.text == "{":
            self.push("graph")
        else:
            self.subjects += [spot] if spot else []
            self.push("dot", "properties")
        return True

    def _anonymous(self, t: _Token, spot: Spot | None) -> bool:
        if t.text == "]":
            self.push("opened", spot=spot)
            return False
        self.subjects += [spot] if spot else []
        self.push("dot", "subject_closes", "properties")
        return True

    def _dot(self, t: _Token, _: Spot | None) -> bool:
        self.subjects.pop()
        return False

    def _label(self, t: _Token, _: Spot | None) -> bool:
        if t.text == "[":
            self.push("ignored")
        return False

    def _graph(self, t: _Token, _: Spot | None) -> bool:
        self.push("graph_end", "triples")
        return False

    def _graph_end(self, t: _Token, _: Spot | None) -> bool:
        if self.subjects:
            self.subjects.pop()
        if t.text == ".":
            self.push("graph_end", "triples")
        return False

    def _triples(self, t: _Token, _: Spot | None) -> bool:
        if t.text == "}":
            return True
        if t.text == "[":
            self.subjects.append(Spot(t.at, "b", "["))
            self.push("triples_anonymous")
        elif t.text == "(":
            self.push("properties")
            self.push("subjects_begin", spot=Spot(t.at, "b", "("))
        else:
            self.subjects.append(_spot(t))
            self.push("properties")
        return False

    def _triples_anonymous(self, t: _Token, _: Spot | None) -> bool:
        if t.text == "]":
            self.push("properties")
            return False
        self.push("subject_closes", "properties")
        return True

    def _subject_closes(self, t: _Token, _: Spot | None) -> bool:
        self.push("subject_closed")
        return False

    def _subject_closed(self, t: _Token, _: Spot | None) -> bool:
        if t.text not in (".", "}"):
            self.push("properties")
        return True

    # Predicates and objects

    def _properties(self, t: _Token, _: Spot | None) -> bool:
        self.push("properties_end", "objects_end", "value", "verb")
        return True

    def _properties_end(self, t: _Token, _: Spot | None) -> bool:
        self.predicates.pop()
        if t.text != ";":
            return True
        self.push("properties_more")
        return False

    def _properties_more(self, t: _Token, _: Spot | None) -> bool:
        if t.text == ";":
            self.push("properties_more")
            return False
        if t.text not in (".", "}", "]"):
            self.push("properties")
        return True

    def _verb(self, t: _Token, _: Spot | None) -> bool:
        self.predicates.append(Spot(t.at, "i", t.text))
        return False

    def _objects_end(self, t: _Token, _: Spot | None) -> bool:
        self.objects.pop()
        if t.text != ",":
            return True
        self.push("objects_end", "value")
        return False

    def _value(self, t: _Token, _: Spot | None) -> bool:
        if t.text == "[":
            self.push("inner_begin", spot=Spot(t.at, "b", "["))
        elif t.text == "(":
            self.push("list_begin", spot=Spot(t.at, "b", "("))
        elif t.kind == "text":
            self.push("literal", spot=_spot(t))
        else:
            self._emit(_spot(t))
        return False

    def _literal(self, t: _Token, spot: Spot | None) -> bool:
        if t.kind == "caret":
            self.push("datatype", spot=spot)
            return False
        if spot:
            self._emit(spot)
        return t.kind != "at"

    def _datatype(self, t: _Token, spot: Spot | None) -> bool:
        if spot:
            self._emit(spot)
        return False

    def _inner_begin(self, t: _Token, spot: Spot | None) -> bool:
        if spot and t.text == "]":
            self._emit(spot)
            return False
        self.subjects += [spot] if spot else []
        self.push("inner_end", "properties")
        return True

    def _inner_end(self, t: _Token, _: Spot | None) -> bool:
        self._emit(self.subjects.pop())
        return False

    # Lists: a cell lies where its item begins, the first one where the list does

    def _list_begin(self, t: _Token, spot: Spot | None) -> bool:
        if spot is None or t.text == ")":
            self._emit(Spot(spot.at if spot else t.at, "i", "("))
            return False
        self._emit(spot)
        return self._first_item(spot)

    def _subjects_begin(self, t: _Token, spot: Spot | None) -> bool:
        if spot is None or t.text == ")":
            self.subjects.append(Spot(spot.at if spot else t.at, "i", "("))
            return False
        self.subjects.append(spot)
        return self._first_item(spot)

    def _first_item(self, cell: Spot) -> bool:
        self.subjects.append(cell)
        self.predicates.append(Spot(cell.at, "i", FIRST))
        self.push("item_end", "value")
        return True

    def _item_end(self, t: _Token, _: Spot | None) -> bool:
        cell = self.subjects.pop()
        self.objects.pop()
        rest = Spot(t.at, "i", REST)
        if t.text == ")":
            self.predicates.pop()
            self.out.append((cell, rest, Spot(t.at, "i", ")")))
            return False
        following = Spot(t.at, "b", "")
        self.out.append((cell, rest, following))
        self.subjects.append(following)
        self.push("item_end", "value")
        return True
