"""Constraints written in SPARQL, run once for all their focus nodes where that is certain to give the same results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import MinilatError
from kg.validate import query
from kg.validate.results import SH, Raw, filled, plain, shown
from kg.validate.shapes import FIRST, IMPORTS, NIL, RDFS, REST, TARGETS, TYPE, MalformedError, sh, true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.validate.shapes import Shapes
    from kg.validate.triples import Triples

SECONDS: Final = 600
"""How long one constraint may take."""
MOST: Final = 1_000_000
"""How many results one constraint may have."""
KNOWN_PREFIXES: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": RDFS,
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sh": SH,
}
"""Prefixes that a query need not declare: each means one thing everywhere."""
_PATTERN: Final = {
    "targetClass": f"$this {TYPE}/<{RDFS}subClassOf>* {{}}",
    "targetSubjectsOf": "$this {} ?any",
    "targetObjectsOf": "?any {} $this",
    "targetNode": "VALUES $this {{ {} }}",
}
_XSD_BOOLEAN: Final = "<http://www.w3.org/2001/XMLSchema#boolean>"
_OTHER_TARGETS: Final = ("target", "targetWhere", "targetShape")
_CLASSES: Final = {f"<{RDFS}Class>", "<http://www.w3.org/2002/07/owl#Class>"}


@dataclass(frozen=True)
class Constraint:
    """A constraint that is run on the store: the statement that makes it, its query and what its results have."""

    shape: str
    predicate: str
    node: str
    text: str
    path: str
    severity: str
    message: str
    component: str = "SPARQLConstraintComponent"

    @property
    def statement(self) -> tuple[str, str, str]:
        """What an engine is to be given the shapes without."""
        return self.shape, self.predicate, self.node


def prologue(shapes: Shapes, node: str) -> dict[str, str]:
    """The prefixes declared for the query at NODE, with those of imported ontologies. Source: SHACL, 5.2.1."""
    found = dict(KNOWN_PREFIXES)
    todo, seen = list(shapes.values(node, "prefixes")), set()
    while todo:
        place = todo.pop(0)
        if place in seen:
            continue
        seen.add(place)
        for declaration in shapes.values(place, "declare"):
            for prefix in shapes.values(declaration, "prefix"):
                for namespace in shapes.values(declaration, "namespace"):
                    found[plain(prefix)] = plain(namespace)
        todo += shapes.about(place).get(IMPORTS, [])
    return found


def with_prologue(text: str, prefixes: dict[str, str]) -> str:
    """TEXT with a declaration before it for each of PREFIXES that it uses."""
    used = sorted(query.prefixes_used(text) & prefixes.keys())
    return "".join(f"PREFIX {p}: <{prefixes[p]}> " for p in used) + text


def split(shapes: Shapes) -> list[Constraint]:
    """The constraints that can be run for all focus nodes at once; an engine is to be given the shapes without them."""
    taken: list[Constraint] = []
    for shape in shapes.all:
        nodes = shapes.values(shape, "sparql")
        closed = _is_closed_property_shape(shapes, shape)
        targets = _targets(shapes, shape) if nodes or closed else None
        if not targets or any(term.startswith("_:") for _, term in targets):
            continue
        pattern = " UNION ".join(f"{{ {_PATTERN[kind].format(term)} }}" for kind, term in targets)
        found = [_constraint(shapes, shape, node, targets, pattern) for node in nodes]
        found += [_closed(shapes, shape, pattern)] if closed else []
        taken += [constraint for constraint in found if constraint is not None]
    return taken


def _is_closed_property_shape(shapes: Shapes, shape: str) -> bool:
    return any(true(v) for v in shapes.values(shape, "closed")) and shapes.is_property_shape(shape)


def _allowed(shapes: Shapes, shape: str) -> list[str]:
    """The properties that sh:closed lets the value nodes of SHAPE have. Source: SHACL, 4.8.1."""
    lists = shapes.values(shape, "ignoredProperties")
    paths = [p for inner in shapes.values(shape, "property") for p in shapes.values(inner, "path")]
    return [p for p in (*paths, *(shapes.items(lists[0]) if lists else ())) if p.startswith("<")]


def _closed(shapes: Shapes, shape: str, pattern: str) -> Constraint | None:
    """sh:closed of a property shape as a query: the engine asks it of the focus node and not of its values."""
    try:
        path, allowed = shapes.result_path(shape), _allowed(shapes, shape)
    except MalformedError:
        return None
    only = f" FILTER(?path NOT IN ({', '.join(allowed)}))" if allowed else ""
    text = (
        f"SELECT DISTINCT $this ?node ?path ?value WHERE {{ {{ SELECT DISTINCT $this WHERE {{ {pattern} }} }} "
        f"$this {path} ?node . ?node ?path ?value .{only} }}"
    )
    value = next(v for v in shapes.values(shape, "closed") if true(v))
    return Constraint(shape, sh("closed"), value, text, path, shapes.severity(shape), "", "ClosedConstraintComponent")


def closed_inside(shapes: Shapes, without: set[tuple[str, str, str]]) -> tuple[set[tuple[str, str, str]], list[str]]:
    """For property shapes with sh:closed that other shapes use: the statements to leave out, and those to put in.

    A node shape that is closed is put in its place, which value nodes meet under the same condition.
    """
    gone: set[tuple[str, str, str]] = set()
    lines: list[str] = []
    for shape in shapes.all:
        used = {name for _, name in shapes.referrers.get(shape, ())} - {"property"}
        if not used or not _is_closed_property_shape(shapes, shape):
            continue
        try:
            allowed = _allowed(shapes, shape)
        except MalformedError:
            continue
        node = f"_:closed{len(lines)}"
        gone |= {(shape, sh("closed"), v) for v in shapes.values(shape, "closed")} - without
        lines += [f"{shape} {sh('node')} {node} .", f'{node} {sh("closed")} "true"^^{_XSD_BOOLEAN} .']
        cells = [f"{node}x{n}" for n in range(len(allowed))]
        for cell, rest, term in zip(cells, [*cells[1:], NIL], allowed, strict=True):
            lines += [f"{cell} {FIRST} {term} .", f"{cell} {REST} {rest} ."]
        lines.append(f"{node} {sh('ignoredProperties')} {cells[0] if cells else NIL} .")
    return gone, lines


def _targets(shapes: Shapes, shape: str) -> list[tuple[str, str]] | None:
    """Where the focus nodes of SHAPE come from, as kind and term; None where that is not plain from targets alone."""
    found = _own_targets(shapes, shape)
    for other, name in shapes.referrers.get(shape, ()):
        # The focus nodes of a node shape are those of its property shapes; any other use is an engine's business.
        if name != "property" or shapes.is_property_shape(other) or other in shapes.referrers:
            return None
        if shapes.deactivated(other):
            continue
        theirs = _own_targets(shapes, other)
        if theirs is None or found is None:
            return None
        found = found + theirs
    return None if found is None or shapes.deactivated(shape) else list(dict.fromkeys(found))


def _own_targets(shapes: Shapes, shape: str) -> list[tuple[str, str]] | None:
    if any(shapes.values(shape, name) for name in _OTHER_TARGETS) or _CLASSES & set(shapes.types(shape)):
        return None
    return [(name, term) for name in TARGETS for term in shapes.values(shape, name)]


def _constraint(
    shapes: Shapes, shape: str, node: str, targets: list[tuple[str, str]], pattern: str
) -> Constraint | None:
    selects = shapes.values(node, "select")
    if len(selects) != 1 or shapes.deactivated(node) or shapes.values(node, "severity"):
        return None
    try:
        path = shapes.result_path(shape)
    except MalformedError:
        return None
    prefixes = prologue(shapes, node)
    text = query.with_path(plain(selects[0]), path) if path else plain(selects[0])
    if query.prefixes_used(text) - prefixes.keys():
        return None
    parsed = query.parse(text)
    if parsed is None or (query.projected(parsed, "failure") and query.mentions(parsed, "failure")):
        return None
    in_data = all(kind != "targetNode" for kind, _ in targets)
    joined = query.set_based(parsed, pattern, in_data=in_data)
    if joined is None:
        return None
    messages = shapes.messages(node) or shapes.messages(shape)
    return Constraint(
        shape,
        sh("sparql"),
        node,
        with_prologue(joined, prefixes),
        path,
        shapes.severity(shape),
        messages[0] if messages else "",
    )


def run(constraint: Constraint, data: Triples) -> Iterator[Raw] | None:
    """The results of CONSTRAINT over DATA; None where the store cannot tell which of several spellings is meant.

    Raises MinilatError E091 where the query does not come to an end, or has more results than can be kept.
    """
    try:
        answer = data.store.select(constraint.text, limit=MOST, seconds=SECONDS)
    except MinilatError as error:
        if error.code != "E042":
            raise
        answer = None
    if answer is None or not answer.complete:
        what = f"takes longer than {SECONDS} s" if answer is None else f"has more than {MOST} results"
        raise MinilatError("E091", f"a constraint of {constraint.shape} {what}", hint="make the query more selective")
    solutions = [
        {name: value for name, value in zip(answer.variables, row, strict=True) if value is not None}
        for row in answer.rows
    ]
    if any('"^^<' in value for solution in solutions for value in solution.values()):
        spellings = data.spellings
        if constraint.component != "SPARQLConstraintComponent":
            solutions = [{**s, "value": v} for s in solutions for v in _spelt(s, data)]
            spellings = {}
        for solution in solutions:
            for name, value in solution.items():
                forms = spellings.get(value, [value])
                if len(forms) > 1:
                    return None
                solution[name] = forms[0]
    return (_result(constraint, solution) for solution in solutions)


def _spelt(solution: dict[str, str], data: Triples) -> list[str]:
    """The forms of the value of SOLUTION that its node has in DATA."""
    value = solution["value"]
    forms = data.spellings.get(value, [value])
    if len(forms) == 1:
        return forms
    return [f for f in forms if f"\n{solution['node']} {solution['path']} {f} .\n" in f"\n{data.text}"]


def _result(constraint: Constraint, solution: dict[str, str]) -> Raw:
    """One solution as a result. Source: SHACL, 5.3.2."""
    path = solution.get("path", "")
    value = solution.get("value") or ("" if constraint.path else solution["this"])
    message = plain(solution["message"]) if "message" in solution else constraint.message
    return Raw(
        solution["this"],
        path if path.startswith("<") else constraint.path,
        value,
        constraint.shape,
        constraint.component,
        constraint.severity,
        filled(message, solution),
    )


def binds_value(shapes: Shapes, shape: str) -> bool:
    """Whether a query of SHAPE may give a value itself: where none does, a property shape has none to report."""
    for node in shapes.values(shape, "sparql"):
        for select in shapes.values(node, "select"):
            parsed = query.parse(plain(select))
            if parsed is None or query.projected(parsed, "value"):
                return True
    return False


def refuse_forbidden(shapes: Shapes) -> None:
    """Raise MinilatError E096 where a query of a shape does what SHACL forbids: the engines do not all notice."""
    for shape in shapes.all:
        for node in shapes.values(shape, "sparql"):
            for select in shapes.values(node, "select"):
                parsed = query.parse(plain(select))
                for reason in query.forbidden(parsed) if parsed else ():
                    raise MinilatError("E096", f"the query of {shown(shape)} cannot be run, {reason}", hint=query.RULE)
