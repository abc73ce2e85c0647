"""The words of SPARQL and Turtle, each with its line; terms come out as N-Triples writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError
from kg.names import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

XSD: Final = PREFIXES["xsd"]
_LOCAL: Final = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?#@%])"
_TOKEN: Final = re.compile(
    r"(?P<space>\s+|\#[^\n]*)"
    r"|(?P<iri><[^<>\"{}|^`\\\x00-\x20]*(?:\\u[0-9A-Fa-f]{4}[^<>\"{}|^`\\\x00-\x20]*)*>)"
    r'|(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\')'
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<blank>_:\w(?:[\w.-]*[\w-])?)"
    rf"|(?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:{_LOCAL}(?:(?:{_LOCAL}|[.-])*(?:{_LOCAL}|-))?)?)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+|\d*\.\d+|\d+)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<mark>\^\^|&&|\|\||!=|<=|>=|[{}()\[\].,;=<>+\-*/|^?!])",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_ITEMS: Final = ("FILTER", "BIND", "VALUES", "OPTIONAL", "MINUS", "GRAPH", "SERVICE")


def quoted(value: str) -> str:
    """VALUE as an N-Triples string."""
    out = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{out}"'


def joined(parts: list[str]) -> str:
    """The tokens of an expression as text: a call keeps its bracket, as some parsers want it."""
    out = ""
    last = ""
    for part in parts:
        call = (
            part == "(" and last[:1] not in ("", "(", ",") and ((last[0] == "<" and len(last) > 2) or last[0].isalpha())
        )
        glued = not out or part in (")", ",") or last == "(" or (call and last.upper() not in ("IN", "EXISTS"))
        out += part if glued else f" {part}"
        last = part
    return out


def _unescaped(text: str) -> str:
    def put(m: re.Match[str]) -> str:
        return chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _PLAIN.get(m[3], m[3])

    return _ESCAPE.sub(put, text) if "\\" in text else text


class Reader:
    """A cursor over the tokens of TEXT."""

    def __init__(self, text: str, where: str, *, turtle: bool = False) -> None:
        self._where = where
        self._turtle = turtle
        self._prefixes: dict[str, str] = {} if turtle else dict(PREFIXES)
        self._base = PREFIXES["graph"]
        self._tokens: list[tuple[str, str, int]] = []
        self._at = 0
        self._made = 0
        line, place = 1, 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise MinilatError(
                    "E111", f"cannot be read from {text[place : place + 20]!r} on", where=f"{where}:{line}"
                )
            kind = str(found.lastgroup)
            if kind != "space":
                self._tokens.append((kind, found[0], line))
            line += found[0].count("\n")
            place = found.end()
        self._last = line

    def know(self, prefixes: Mapping[str, str]) -> None:
        """Take PREFIXES as declared."""
        self._prefixes.update(prefixes)

    def peek(self) -> tuple[str, str, int] | None:
        """The next token as kind, text and line, or None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def text(self) -> str | None:
        """The text of the next token when it is a mark or a word, else an empty string; None at the end."""
        token = self.peek()
        if token is None:
            return None
        return token[1] if token[0] in ("mark", "word") else ""

    def word(self) -> str:
        """The next token in capitals when it is a word, else an empty string."""
        token = self.peek()
        return token[1].upper() if token is not None and token[0] == "word" else ""

    def line(self) -> int:
        """The line of the next token."""
        token = self.peek()
        return self._last if token is None else token[2]

    def place(self) -> str:
        """File and line of the next token."""
        return f"{self._where}:{self.line()}"

    def error(self, message: str) -> MinilatError:
        """E111 at this place."""
        return MinilatError("E111", message, where=self.place())

    def next(self) -> str:
        """The text of the next token, which is passed."""
        token = self.peek()
        if token is None:
            raise self.error("the text ends too early")
        self._at += 1
        return token[1]

    def skip(self, text: str) -> bool:
        """Whether the next token was TEXT; it is then passed."""
        if self.text() == text:
            self._at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Pass TEXT (a keyword in any case), or raise E111."""
        token = self.peek()
        if token is None or text not in (token[1], token[1].upper()):
            raise self.error(f"expected {text!r}, found {token[1] if token else 'the end'!r}")
        self._at += 1

    def is_variable(self) -> bool:
        """Whether a variable comes next."""
        token = self.peek()
        return token is not None and token[0] == "variable"

    def starts_item(self) -> bool:
        """Whether something other than a triple pattern comes next."""
        return not self._turtle and (self.word() in _ITEMS or self.text() == "{")

    def variable(self) -> str:
        """The next token, which must be a variable."""
        if not self.is_variable():
            raise self.error("expected a variable")
        return "?" + self.next()[1:]

    def fresh(self) -> str:
        """A new blank node of a file, or a new hidden variable of a pattern."""
        self._made += 1
        return f"_:{self._made}" if self._turtle else f"?__b{self._made}"

    def data(self) -> str:
        """A term or UNDEF."""
        if self.word() == "UNDEF":
            return self.next().upper()
        return self.term()

    def prologue(self) -> None:
        """Pass PREFIX and BASE lines, in both spellings."""
        while True:
            token = self.peek()
            if token is None or token[1].upper().removeprefix("@") not in ("PREFIX", "BASE"):
                return
            old = self.next().startswith("@")
            if token[1].upper().endswith("PREFIX"):
                name = self.next().removesuffix(":")
                self._prefixes[name] = self._iri(self.next())
            else:
                self._base = self._iri(self.next())
            if old:
                self.expect(".")

    def _iri(self, text: str) -> str:
        inside = _unescaped(text[1:-1])
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", inside):
            from urllib.parse import urljoin

            inside = urljoin(self._base, inside)
        return inside

    def _name(self, text: str) -> str:
        prefix, _, local = text.partition(":")
        if prefix not in self._prefixes:
            self._at -= 1
            raise self.error(f"prefix {prefix!r} is not declared")
        plain = re.sub(r"\\(.)", r"\1", local)
        return f"<{self._prefixes[prefix]}{plain}>"

    def term(self) -> str:
        """A variable, IRI, blank node or literal."""
        token = self.peek()
        if token is None:
            raise self.error("the text ends too early")
        kind, text, _ = token
        if kind == "variable":
            return self.variable()
        sign = self.next() if kind == "mark" and text in "+-" else ""
        if sign:
            token = self.peek()
            if token is None or token[0] != "number":
                raise self.error(f"expected a number after {sign!r}")
            kind, text, _ = token
        self._at += 1
        if kind == "iri":
            return f"<{self._iri(text)}>"
        if kind == "name":
            return self._name(text)
        if kind == "blank":
            return text if self._turtle else f"?__n{text[2:]}"
        if kind == "number":
            sort = "double" if "e" in text.lower() else "decimal" if "." in text else "integer"
            return f'"{sign.replace("+", "")}{text}"^^<{XSD}{sort}>'
        if kind == "word" and text in ("true", "false"):
            return f'"{text}"^^<{XSD}boolean>'
        if kind == "string":
            return self._literal(text)
        self._at -= 1
        raise self.error(f"expected a term, found {text!r}")

    def _literal(self, text: str) -> str:
        long = text[:3] in ('"""', "'''")
        value = quoted(_unescaped(text[3:-3] if long else text[1:-1]))
        token = self.peek()
        if token is not None and token[0] == "language":
            return f"{value}{self.next().lower()}"
        if token is not None and token[1] == "^^":
            self.next()
            kind = self.term()
            return value if kind == f"<{XSD}string>" else f"{value}^^{kind}"
        return value

    def expression_token(self) -> str:
        """The next token of an expression: terms in full, everything else as it stands."""
        token = self.peek()
        if token is None:
            raise self.error("the text ends too early")
        kind = token[0]
        if kind in ("iri", "name", "string", "blank", "variable"):
            return self.term()
        return self.next()
