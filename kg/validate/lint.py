"""Shapes that are not what SHACL asks for: told with file and line before anything is validated.

An engine passes over a misspelt term in silence, and what it does with a shape without a path differs from one to the
next. So a shapes graph is read here first. Source: SHACL, appendix B (summary of syntax rules).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import forms
from kg.documents import ntriples
from kg.errors import MinilatError, did_you_mean
from kg.store import Store
from kg.validate import constraints, native, query, reference, vocabulary
from kg.validate.positions import Place, Wanted, locate
from kg.validate.results import SH, plain, shacl_name, shown
from kg.validate.shapes import LISTS_OF_SHAPES, MalformedError, Shapes, sh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from kg.validate.engines import Engine

_INTEGER: Final = re.compile(
    r'"\+?\d+"\^\^<http://www\.w3\.org/2001/XMLSchema#(?:\w*[iI]nteger|int|long|short|byte|unsigned\w+)>'
)
_BOOLEAN: Final = re.compile(r'"(?:true|false|0|1)"\^\^<http://www\.w3\.org/2001/XMLSchema#boolean>')
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"(?:@[\w-]+)?')
_FLAGS: Final = frozenset("smixq")
_PLACE: Final = re.compile(r"query:(\d+):(\d+)")
TAG: Final = "s"
"""How the blank nodes of shapes are named."""
_BOM: Final = b"\xef\xbb\xbf"
_MOST: Final = 20
"""How many flaws are told beside the first."""
_PATH: Final = "<urn:x-minilat:path>"


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a shapes graph: in words, and at which statement, in N-Triples terms as far as there is one.

    A flaw that is not FATAL lets the shapes be used: nothing in them is passed over by it.
    """

    code: str
    message: str
    hint: str
    node: str
    predicate: str = ""
    value: str = ""
    fatal: bool = True


def examine(shapes: Shapes, refused: Callable[[str, str], str] = native.refused_pattern) -> list[Flaw]:
    """The flaws of SHAPES, in the order of the graph; REFUSED says why an engine does not take a pattern with flags."""
    flaws = [*_terms(shapes)]
    misspelt = {flaw.node for flaw in flaws}
    for node in shapes.all:
        flaws += _values(shapes, node, refused)
        flaws += _property_shape(shapes, node, excused=node in misspelt)
        for value in shapes.values(node, "sparql"):
            flaws += _sparql(shapes, node, value)
    flaws += _loops(shapes)
    if not shapes.all and not flaws:
        flaws.append(Flaw("E098", "there is no shape here, so nothing would be checked", "is this a file of data?", ""))
    return flaws


def _terms(shapes: Shapes) -> Iterator[Flaw]:
    """Terms in the namespace of SHACL that SHACL does not have."""
    for node in shapes.nodes():
        for predicate, values in shapes.about(node).items():
            for term in (predicate, *values):
                name = term[len(SH) + 1 : -1]
                if term.startswith(f"<{SH}") and name not in vocabulary.TERMS:
                    value = term if term != predicate else ""
                    yield Flaw(
                        "E092",
                        f"SHACL has no term sh:{name}",
                        "in drafts of SHACL this was sh:node"
                        if name == "shape"  # Wiki of the W3C Data Shapes group; seen in shapes of DCAT-AP 3.0.1
                        else did_you_mean(name, vocabulary.TERMS, otherwise="see the vocabulary of SHACL"),
                        node,
                        predicate,
                        value,
                    )


def _values(shapes: Shapes, node: str, refused: Callable[[str, str], str]) -> Iterator[Flaw]:
    """Values that are not of the kind their property takes."""
    for predicate, values in shapes.about(node).items():
        name = shacl_name(predicate)
        if name.startswith("<"):
            continue
        if name in vocabulary.ONCE and len(values) > 1:
            yield _flaw(node, name, "", f"sh:{name} stands here {len(values)} times, and may once", "keep one")
        for value in values:
            yield from _value(shapes, node, name, value)
            if name == "pattern" and _TEXT.fullmatch(value):
                yield from _pattern(shapes, node, value, refused)


def _value(shapes: Shapes, node: str, name: str, value: str) -> Iterator[Flaw]:
    told = f"sh:{name} {_brief(value)}"
    if name in vocabulary.COUNTS and not _INTEGER.fullmatch(value):
        yield _flaw(node, name, value, f"{told} is no count", "give an integer that is not negative, without quotes")
    elif name in vocabulary.BOOLEANS and not _BOOLEAN.fullmatch(value):
        yield _flaw(node, name, value, f"{told} is neither true nor false", "write true or false, without quotes")
    elif name in vocabulary.IRIS and not value.startswith("<"):
        yield _flaw(node, name, value, f"{told} is no IRI", f"give the IRI of {_WHAT.get(name, 'a property')}")
    elif name == "nodeKind" and shacl_name(value) not in vocabulary.NODE_KINDS:
        if value.startswith(f"<{SH}") and shacl_name(value) not in vocabulary.TERMS:
            return  # told as misspelt
        kinds = sorted(vocabulary.NODE_KINDS)
        hint = did_you_mean(_last(value), kinds, otherwise="known are " + " ".join(f"sh:{k}" for k in kinds))
        yield _flaw(node, name, value, f"{told} is no kind of node", hint)
    elif name == "severity" and value.startswith(f"<{SH}") and shacl_name(value) not in vocabulary.SEVERITIES:
        if shacl_name(value) in vocabulary.TERMS:  # else it is told as misspelt
            yield _flaw(node, name, value, f"{told} is no severity", "known are sh:Info, sh:Warning and sh:Violation")
    elif name in vocabulary.LITERALS and not value.startswith('"'):
        yield _flaw(
            node, name, value, f"{told} is no literal", "give a number, a date or another literal with an order"
        )
    elif name in vocabulary.TEXTS and not _TEXT.fullmatch(value):
        yield _flaw(node, name, value, f"{told} is no text", "write it in quotes, without a datatype")
    elif name == "flags" and set(plain(value)) - _FLAGS:
        yield _flaw(node, name, value, f"{told} is not known", "flags are made of the letters s m i x q")
    elif name in vocabulary.LISTS:
        yield from _list(shapes, node, name, value)
    elif name in vocabulary.SHAPES and value.startswith('"'):
        yield _flaw(node, name, value, f"{told} is no shape", "a shape is an IRI or a blank node", code="E093")
    elif name in ("node", "property") and not shapes.about(value):
        yield Flaw(
            "E098",
            f"nothing is said of {shown(value)}, so this sh:{name} checks nothing",
            "give the file that describes it too, or correct its name",
            node, sh(name), value, fatal=False,
        )  # fmt: skip
    elif name in vocabulary.NOT_RUN:
        hint = "write the constraint in SHACL Core or in SPARQL"
        yield Flaw("E097", f"sh:{name} is not run here", hint, node, sh(name), value, fatal=name != "rule")


def _pattern(shapes: Shapes, node: str, value: str, refused: Callable[[str, str], str]) -> Iterator[Flaw]:
    flags = "".join(plain(f) for f in shapes.values(node, "flags"))
    if reason := refused(plain(value), "" if set(flags) - _FLAGS else flags):
        yield _flaw(
            node,
            "pattern",
            value,
            f"sh:pattern {_brief(value)} is no regular expression: {reason}",
            "SHACL takes those of XPath, which look neither ahead nor back; --engine pyshacl takes those of Python",
        )


_WHAT: Final = {"class": "a class", "targetClass": "a class", "datatype": "a datatype", "severity": "a severity"}


def _list(shapes: Shapes, node: str, name: str, value: str) -> Iterator[Flaw]:
    try:
        items = shapes.items(value)
    except MalformedError as error:
        yield _flaw(node, name, value, f"sh:{name} has no proper list: {error}", "write ( … )", code="E093")
        return
    for item in items:
        if name in LISTS_OF_SHAPES and item.startswith('"'):
            yield _flaw(node, name, value, f"{_brief(item)} in sh:{name} is no shape", "list shapes", code="E093")
        elif name == "ignoredProperties" and not item.startswith("<"):
            yield _flaw(node, name, value, f"{_brief(item)} in sh:{name} is no IRI", "list properties")
        elif name == "languageIn" and not item.startswith('"'):
            yield _flaw(node, name, value, f"{_brief(item)} in sh:{name} is no language tag", 'write tags like "en"')


def _property_shape(shapes: Shapes, node: str, *, excused: bool) -> Iterator[Flaw]:
    """Paths that are missing or malformed, and constraints that need one."""
    paths = shapes.values(node, "path")
    for path in paths[:1]:
        try:
            shapes.path(path)
        except MalformedError as error:
            yield _flaw(node, "path", path, f"the path is malformed: {error}", "see SHACL, 2.3.1", code="E093")
    if paths or not shapes.about(node) or excused:
        return
    used = any(name == "property" for _, name in shapes.referrers.get(node, ()))
    if used or sh("PropertyShape") in shapes.types(node):
        yield _flaw(
            node,
            "",
            "",
            f"the property shape {_named(shapes, node)} has no sh:path",
            "say which property it is about",
            code="E093",
        )
        return
    for name in sorted(vocabulary.WITH_A_PATH):
        if name.startswith("qualified") and shapes.values(node, name):
            # A case of the W3C suite has them on a node shape, where they mean nothing.
            yield Flaw(
                "E093",
                f"sh:{name} checks nothing without a path",
                "put it in sh:property [ sh:path …",
                node,
                sh(name),
                fatal=False,
            )
        elif shapes.values(node, name):
            yield _flaw(
                node,
                name,
                "",
                f"sh:{name} needs a path, and {_named(shapes, node)} has none",
                "put it in sh:property [ sh:path …",
                code="E093",
            )


def _sparql(shapes: Shapes, shape: str, node: str) -> Iterator[Flaw]:
    """A SPARQL constraint without a query, or with one that cannot be run."""
    selects = shapes.values(node, "select")
    if len(selects) != 1:
        what = "no sh:select" if not selects else "more than one sh:select"
        yield Flaw(
            "E096",
            f"the SPARQL constraint of {_named(shapes, shape)} has {what}",
            "give one",
            node if selects else shape,
            sh("sparql") if not selects else "",
        )
        return
    prefixes = constraints.prologue(shapes, node)
    text = query.with_path(plain(selects[0]), _PATH)
    flaw = query_flaw(text, prefixes, _named(shapes, shape))
    if flaw:
        yield Flaw("E096", *flaw, node, sh("select"))


def query_flaw(text: str, prefixes: dict[str, str], shape: str) -> tuple[str, str] | None:
    """What is wrong with the SELECT in TEXT, and what to do; nothing where it can be run."""
    if unknown := sorted(query.prefixes_used(text) - prefixes.keys()):
        return (
            f"the query of {shape} uses the prefix {unknown[0]}: and does not declare it",
            "declare it with sh:prefixes and sh:declare, or with PREFIX in the query",
        )
    if forms.kind(text) != "rows":
        return f"the query of {shape} is no SELECT", "write SELECT $this … WHERE { … }"
    try:
        # The empty store gives no solution; what is asked is whether the query can be read.
        Store.memory().select(constraints.with_prologue(text, prefixes), limit=1, seconds=10)
    except MinilatError as error:
        place = _PLACE.search(error.where)
        at = f" in its line {place[1]}" if place and int(place[1]) > 1 else ""
        if error.code != "E046":
            return f"the query of {shape} cannot be read{at}: {error.message}", error.hint or "correct the query"
    parsed = query.parse(text)
    if parsed is None:
        return None  # the engine reads it, whatever it is
    if reasons := query.forbidden(parsed):
        return f"the query of {shape} cannot be run, {reasons[0]}", query.RULE
    if not query.mentions(parsed, query.THIS):
        return f"the query of {shape} never uses $this", "SHACL asks it for each focus node, as $this"
    return None


def _loops(shapes: Shapes) -> Iterator[Flaw]:
    """Shapes that lead back to themselves: what they mean SHACL leaves open, and engines differ."""
    uses: dict[str, list[str]] = {}
    for used, by in shapes.referrers.items():
        for user, _ in sorted(by):
            uses.setdefault(user, []).append(used)
    done: set[str] = set()
    for start in shapes.all:
        path: list[str] = []
        todo: list[tuple[str, int]] = [(start, 0)]
        while todo:
            node, depth = todo.pop()
            del path[depth:]
            if node in path:
                loop = [_named(shapes, n) for n in path[path.index(node) :]]
                way = " → ".join(dict.fromkeys(loop)) if len(set(loop)) > 1 else loop[0]
                yield Flaw(
                    "E095",
                    f"the shape {_named(shapes, node)} leads back to itself: {way}",
                    "SHACL does not say what recursion means; take one link away",
                    node,
                )
                continue
            if node in done:
                continue
            done.add(node)
            path.append(node)
            todo += [(used, depth + 1) for used in uses.get(node, ())]


def refuse(shapes: Shapes, paths: Sequence[Path], engine: Engine) -> list[tuple[Flaw, Path, Place]]:
    """Raise MinilatError where SHAPES, read from PATHS with ``TAG``, have a flaw; all are told, with file and line.

    What comes back are the flaws that let the shapes be used, and where they lie.
    """
    refused = native.refused_pattern if engine == "rust" else reference.refused_pattern
    found = [(flaw, *place(flaw, paths)) for flaw in examine(shapes, refused)]
    fatal = [f for f in found if f[0].fatal]
    if fatal:
        (first, path, spot), rest = fatal[0], fatal[1:]
        if not rest:
            raise MinilatError(first.code, first.message, hint=first.hint, where=_where(path, spot))
        lines = [f"{first.message} ({first.hint})", *(_told(*f) for f in rest[:_MOST])]
        if len(rest) > _MOST:
            lines.append(f"… and {len(rest) - _MOST} more")
        raise MinilatError(first.code, "\n".join(lines), where=_where(path, spot))
    return found


def _where(path: Path, spot: Place) -> str:
    return f"{path}:{spot.line}:{spot.column}" if spot.line else str(path)


def _told(flaw: Flaw, path: Path, spot: Place) -> str:
    return f"{_where(path, spot)}: {flaw.code}: {flaw.message} ({flaw.hint})"


def place(flaw: Flaw, paths: Sequence[Path]) -> tuple[Path, Place]:
    """The file of FLAW among PATHS, read as :func:`kg.validate.triples.Triples.read` does, and its place there."""
    wanted = Wanted(flaw.node, flaw.predicate, flaw.value, "")
    if not flaw.node:
        return paths[0], Place()
    spots = []
    for n, path in enumerate(paths):
        body, suffix = path.read_bytes().removeprefix(_BOM), path.suffix.lower()
        spots.append((locate(body, suffix, ntriples(body, suffix, f"{TAG}{n}")[0], [wanted])[0], path))
    spot, path = max(spots, key=lambda s: s[0].fit)
    return path, spot


def _flaw(node: str, name: str, value: str, message: str, hint: str, *, code: str = "E094") -> Flaw:
    return Flaw(code, message, hint, node, sh(name) if name else "", value)


def _named(shapes: Shapes, node: str) -> str:
    """NODE, or the nearest shape with a name that uses it."""
    seen = set()
    while node.startswith("_:") and node not in seen:
        seen.add(node)
        node = min((user for user, _ in shapes.referrers.get(node, ())), default=node)
    return shown(node) if node.startswith("<") else "without a name"


def _brief(term: str) -> str:
    text = shown(term)
    return text if len(text) <= 60 else text[:57] + "…"


def _last(term: str) -> str:
    return re.split(r"[#/]", plain(term))[-1]
