"""Where the triples of an RDF/XML or JSON-LD document are written, as well as their outline tells.

These syntaxes leave much to contexts and bases, so a triple of the parser is sought by the last parts of its names and
by the text of its value, in the order of the document. What is not found this way is told by its subject's name.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from kg.errors import LINE_END
from kg.validate.skeleton import Traced, Unplaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_JSON: Final = re.compile(r'\s*+(?:(?P<text>"(?:[^"\\]++|\\.)*+")|(?P<mark>[{}\[\]:,])|(?P<other>[^\s{}\[\]:,"]++))')
_LITERAL: Final = re.compile(r'"(.*)"(?:@[\w-]+|\^\^<[^>]*>)?', re.DOTALL)
_ALIASES: Final = {"id": "@id", "type": "@type"}
_THROUGH: Final = ("@graph", "@included", "@list", "@set", "@reverse", "@nest")


@dataclass
class _Node:
    """A thing described in the document: how it is named ('' when it is not), where, and what is said of it."""

    at: int
    name: str = ""
    said: list[tuple[str, int, str | _Node, int]] = field(default_factory=list)


Key = tuple[str, str, str]


def traced(text: str, suffix: str, parsed: Iterable[tuple[str, str, str]]) -> Iterator[Traced]:
    """Those of the PARSED triples that are found in TEXT, in the syntax of SUFFIX, with their places."""
    nodes = _json_nodes(text) if suffix == ".jsonld" else _xml_nodes(text)
    places: dict[Key, deque[tuple[int, int, int]]] = defaultdict(deque)
    for node in nodes:
        for predicate, at, value, value_at in node.said:
            shown = value if isinstance(value, str) else value.name
            places[_last(node.name), _last(predicate), _last(shown)].append((node.at, at, value_at))
    for triple in parsed:
        if found := places.get((_local(triple[0]), _local(triple[1]), _local(triple[2]))):
            yield Traced(*triple, *found.popleft())


def xml_mishap(body: bytes, depth: int) -> tuple[int, int, str] | None:
    """Line, column and reason where BODY is not well-formed XML or nested deeper than DEPTH, or None.

    The RDF parser says nothing of a document that is cut off, and unfolds entities without bound; expat does neither.
    """
    parser = expat.ParserCreate()
    level = 0

    def start(*_: object) -> None:
        nonlocal level
        level += 1
        if level > depth:
            raise _TooDeep

    def end(_: str) -> None:
        nonlocal level
        level -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        return error.lineno, error.offset + 1, expat.ErrorString(error.code)
    except _TooDeep:
        return parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, f"nested deeper than {depth} elements"
    return None


class _TooDeep(Exception):  # noqa: N818 (crosses expat, and goes no further)
    pass


def _last(name: str) -> str:
    return re.split(r"[/#:]", name)[-1]


def _local(term: str) -> str:
    """The part of an N-Triples TERM by which it is sought."""
    if term.startswith("<"):
        return _last(term[1:-1])
    if term.startswith("_:"):
        return ""
    found = _LITERAL.fullmatch(term)
    return _last(json.loads(f'"{found[1]}"')) if found else ""


class _Xml:
    """Node and property elements in turn, as RDF/XML stripes them."""

    def __init__(self, starts: list[int]) -> None:
        self.starts = starts
        self.nodes: list[_Node] = []
        self.open: list[tuple[str, _Node, str, int]] = []  # kind, node, property, offset
        self.text: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator="\x1f")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text.append

    def _at(self) -> int:
        return self.starts[self.parser.CurrentLineNumber - 1] + self.parser.CurrentColumnNumber

    def _start(self, tag: str, given: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition("\x1f")
        at = self._at()
        self.text.clear()
        rdf = {k.rpartition("\x1f")[2]: v for k, v in given.items() if k.startswith(_RDF)}
        plain = [
            (k.rpartition("\x1f")[2], v) for k, v in given.items() if not k.startswith((_RDF, "http://www.w3.org/XML"))
        ]
        if not self.open or self.open[-1][0] == "property":
            if not self.open and (namespace, name) == (_RDF, "RDF"):
                return
            node = self._node(at, rdf)
            if (namespace, name) != (_RDF, "Description"):
                node.said.append(("type", at, name, at))
            node.said += [(k, at, v, at) for k, v in plain]
            if self.open:
                _, owner, prop, prop_at = self.open[-1]
                owner.said.append((prop, prop_at, node, at))
                self.open[-1] = ("done", owner, prop, prop_at)
            self.open.append(("node", node, "", at))
            return
        owner = self.open[-1][1]
        if self.open[-1][0] == "done":  # a further item of a collection
            self.open.append(("node", self._node(at, rdf), "", at))
        elif "resource" in rdf:
            owner.said.append((name, at, rdf["resource"], at))
            self.open.append(("done", owner, name, at))
        elif rdf.get("parseType") == "Resource" or plain or "nodeID" in rdf:
            node = self._node(at, {})
            node.said += [(k, at, v, at) for k, v in plain]
            owner.said.append((name, at, node, at))
            self.open.append(("node", node, "", at))
        else:
            self.open.append(("property", owner, name, at))

    def _node(self, at: int, rdf: dict[str, str]) -> _Node:
        self.nodes.append(_Node(at, rdf.get("about", rdf.get("ID", ""))))
        return self.nodes[-1]

    def _end(self, tag: str) -> None:
        if self.open:
            kind, owner, name, at = self.open.pop()
            if kind == "property":
                owner.said.append((name, at, "".join(self.text), at))
        self.text.clear()


def _xml_nodes(text: str) -> list[_Node]:
    outline = _Xml([0, *(m.end() for m in LINE_END.finditer(text))])
    try:
        outline.parser.Parse(text, True)
    except expat.ExpatError:
        raise Unplaced(0) from None
    return outline.nodes


def _json_nodes(text: str) -> list[_Node]:
    """The objects of a JSON-LD document that are nodes."""
    terms = dict(_ALIASES)
    nodes: list[_Node] = []
    document = _json(text)
    _contexts(document, terms)
    todo: list[tuple[Any, _Node | None, str, int]] = [(document, None, "", 0)]
    while todo:
        (at, value), owner, key, key_at = todo.pop()
        if isinstance(value, list):
            todo += [(v, owner, key, key_at) for v in reversed(value)]
        elif not isinstance(value, dict):
            if owner is not None and key:
                owner.said.append((key, key_at, value, at))
        elif "@value" in value:
            todo.append((value["@value"][1], owner, key, key_at))
        elif "@list" in value or "@set" in value:
            todo.append((value["@list" if "@list" in value else "@set"][1], owner, key, key_at))
        else:
            node = _Node(at)
            nodes.append(node)
            if owner is not None and key:
                owner.said.append((key, key_at, node, at))
            for name, (name_at, inside) in reversed(value.items()):
                meaning = str(terms.get(name, name))
                if meaning == "@id":
                    node.name = inside[1] if isinstance(inside[1], str) else ""
                elif meaning == "@type":
                    todo.append((inside, node, "type", name_at))
                elif meaning in _THROUGH:
                    todo.append((inside, node if meaning in ("@nest", "@reverse") else None, "", name_at))
                elif not meaning.startswith("@"):
                    todo.append((inside, node, meaning, name_at))
    return nodes


def _contexts(document: Any, terms: dict[str, str]) -> None:
    """What the contexts inside DOCUMENT say that a term stands for."""
    todo = [document]
    while todo:
        _, value = todo.pop()
        if isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            for name, (_, inside) in value.items():
                todo.append(inside)
                if name == "@context":
                    for context in inside[1] if isinstance(inside[1], list) else [inside]:
                        _terms(context[1], terms)


def _terms(context: Any, terms: dict[str, str]) -> None:
    for term, (_, (_, meaning)) in context.items() if isinstance(context, dict) else ():
        if isinstance(meaning, dict):
            meaning = meaning.get("@id", (0, (0, "")))[1][1]
        if isinstance(meaning, str) and meaning:
            terms[term] = meaning


def _json(text: str) -> Any:
    """TEXT as nested (offset, value); an object maps each name to its offset and its value."""
    root: list[Any] = []
    open_: list[Any] = [root]
    name: list[tuple[str, int]] = []
    for m in _JSON.finditer(text):
        kind = m.lastgroup
        at = m.start(kind) if kind else 0
        shown = m[kind] if kind else ""
        if kind == "mark" and shown in ",:":
            continue
        if kind == "mark" and shown in "}]":
            open_.pop()
            continue
        value: Any = {"{": {}, "[": []}.get(shown) if kind == "mark" else json.loads(shown) if kind == "text" else shown
        holder = open_[-1]
        if isinstance(holder, list):
            holder.append((at, value))
        elif name:
            holder[name[-1][0]] = (name[-1][1], (at, value))
            name.pop()
        else:
            name.append((value, at))
            continue
        if kind == "mark":
            open_.append(value)
    if not root:
        raise Unplaced(0)
    return root[0]
