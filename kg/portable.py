"""The rules in the two forms that others run: SHACL-AF (sh:SPARQLRule, SHACL Advanced Features, 8.2) and SPARQL Update.

In SHACL one shape stands for each group of rules that run together; its sh:order is the place of the group in the order
that kg.strata works out, and its only focus node is a name that stands for the group, so that a rule runs once and not
once for each node of the data. In SPARQL 1.1 Update a rule is one INSERT … WHERE with every name written out, so that a
service needs to know no prefix.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg import grammar, strata
from kg.forms import bare
from kg.names import INFERRED, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.catalogue import Entry

_NAMED: Final = re.compile(r"(?<![\w:?$])([A-Za-z]\w*):")
_OWN: Final = re.compile(r"^\s*PREFIX\s+(\w+):", re.IGNORECASE | re.MULTILINE)
_AGAIN: Final = "run it again until nothing is new"
BASE: Final = PREFIXES["rule"]


def _bound(rule: Entry, terms: Mapping[str, str]) -> str:
    return rule.bind({p.name: terms[p.name] for p in rule.parameters if p.name in terms})


def shacl(rules: Sequence[Entry], terms: Mapping[str, str]) -> str:
    """RULES with the parameters TERMS as a Turtle document of shapes with sh:SPARQLRule, in the order they run.

    An engine that can iterate (pySHACL: iterate_rules) runs each shape to its fixpoint; only groups that feed
    themselves need it. Raises MinilatError E119 for rules without an order.
    """
    groups = strata.order(tuple(rules))
    texts = {e.code: _bound(e, terms) for g in groups for e in g}
    used = sorted({n for text in texts.values() for n in _names(text)})
    declared = [f'    sh:declare [ sh:prefix "{n}" ; sh:namespace "{PREFIXES[n]}"^^xsd:anyURI ]' for n in used]
    lines = [
        "# Made from the files of rules by `minilat rules --format shacl`; change those, not this.",
        *(f"@prefix {n}: <{PREFIXES[n]}> ." for n in ("owl", "rdfs", "rule", "sh", "xsd")),
        "",
        " ;\n".join([f"<{BASE}> a owl:Ontology", *declared]) + " .",
    ]
    for place, group in enumerate(groups, start=1):
        lines += ["", *_shape(place, group, texts)]
    return "\n".join(lines) + "\n"


def _shape(place: int, group: Sequence[Entry], texts: Mapping[str, str]) -> Iterator[str]:
    name = "-".join(e.code for e in group)
    note = f"  # feeds itself: {_AGAIN}" if strata.recursive(tuple(group)) else ""
    yield f"rule:group-{name} a sh:NodeShape ;{note}"
    yield f"    sh:order {place} ;"
    yield f"    sh:targetNode rule:{name} ;"
    yield "    sh:rule " + ", ".join(f"rule:{e.code}" for e in group) + " ."
    for entry in group:
        yield ""
        yield f"rule:{entry.code} a sh:SPARQLRule ;"
        yield f"    rdfs:label {_quoted(entry.title)}@en ;"
        if entry.why:
            yield f"    rdfs:comment {_quoted(entry.why)}@en ;"
        yield f"    sh:prefixes <{BASE}> ;"
        yield f'    sh:construct """{_long(_body(texts[entry.code]))}""" .'


def _names(text: str) -> set[str]:
    """The prefixes of the project that TEXT uses and does not declare itself."""
    plain = bare(text)
    return (set(_NAMED.findall(plain)) & PREFIXES.keys()) - set(_OWN.findall(plain))


def _body(text: str) -> str:
    """TEXT without the comment lines of its header."""
    lines = text.strip().splitlines()
    first = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "\n".join(lines[first:])


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _long(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def insert(rule: Entry, terms: Mapping[str, str], graph: str | None = INFERRED) -> str:
    """RULE with the parameters TERMS as one SPARQL 1.1 Update: INSERT into GRAPH (None: the default graph) … WHERE.

    It reads the default graph of the service, which has to be the union of what is loaded.
    """
    found = grammar.read_rule(_bound(rule, terms), where=str(rule.path))
    head = " ".join(map(str, found.head))
    target = head if graph is None else f"GRAPH <{graph}> {{ {head} }}"
    return f"INSERT {{ {target} }} WHERE {found.body}"


def inserts(rules: Sequence[Entry], terms: Mapping[str, str], graph: str | None = INFERRED) -> list[list[str]]:
    """RULES as updates, group by group in the order they run; a group is run until it adds nothing."""
    return [[insert(e, terms, graph) for e in group] for group in strata.order(tuple(rules))]


def update(rules: Sequence[Entry], terms: Mapping[str, str], graph: str | None = INFERRED) -> str:
    """RULES as one SPARQL 1.1 Update request, to be sent to a service; comments say which to run again."""
    parts = []
    for group in strata.order(tuple(rules)):
        again = strata.recursive(tuple(group))
        for entry in group:
            note = f"\n# {entry.code} feeds itself: {_AGAIN}" if again else ""
            parts.append(f"# {entry.code} {entry.title}{note}\n{insert(entry, terms, graph)}")
    return " ;\n".join(parts) + "\n"
