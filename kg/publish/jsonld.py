"""JSON-LD with a context: names by prefix, and the kind of value of a property said once instead of at each value.

Written here because the engine writes JSON-LD expanded only and rdflib rewrites literals: "01" would become 1.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from kg.names import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.publish.rdf import Quad

_XSD: Final = PREFIXES["xsd"]
_STRING: Final = _XSD + "string"
_RDF_TYPE: Final = PREFIXES["rdf"] + "type"

Kind = tuple[str, str]
"""What a value is: ("@type", "@id" or a datatype) or ("@language", a language); a plain string is ("", "")."""


def _name(term: Any) -> str:
    text = str(term)
    return text if text.startswith("_:") else curie(term.value)


def kind(term: Any) -> Kind:
    """What kind of value TERM is."""
    if not str(term).startswith('"'):
        return "@type", "@id"
    if term.language:
        return "@language", str(term.language)
    return ("", "") if term.datatype.value == _STRING else ("@type", str(term.datatype.value))


def context(quads: Iterable[Quad]) -> dict[str, Any]:
    """The context for QUADS: the prefixes, and each property whose values are all of one kind."""
    kinds: dict[str, set[Kind]] = {}
    for quad in quads:
        kinds.setdefault(quad.predicate.value, set()).add(kind(quad.object))
    found: dict[str, Any] = {"@version": 1.1, **PREFIXES}
    for predicate, said in sorted(kinds.items()):
        (key, value), *others = said
        if predicate != _RDF_TYPE and not others and key:
            found[curie(predicate)] = {"@id": predicate, key: value}
    return found


def _value(term: Any, settled: dict[str, Any]) -> Any:
    key, what = kind(term)
    if what == "@id":
        return _name(term) if settled.get(key) == what else {"@id": _name(term)}
    if not key or settled.get(key) == what:
        return term.value
    return {"@value": term.value, key: curie(what) if key == "@type" else what}


def _nodes(quads: Iterable[Quad], known: dict[str, Any]) -> list[dict[str, Any]]:
    nodes = []
    for subject, said in groupby(quads, key=lambda q: q.subject):
        node: dict[str, Any] = {"@id": _name(subject)}
        for quad in said:
            if quad.predicate.value == _RDF_TYPE and not str(quad.object).startswith('"'):
                node.setdefault("@type", []).append(_name(quad.object))
                continue
            name = curie(quad.predicate.value)
            node.setdefault(name, []).append(_value(quad.object, known.get(name, {})))
        nodes.append({k: v[0] if isinstance(v, list) and len(v) == 1 else v for k, v in node.items()})
    return nodes


def written(quads: Sequence[Quad]) -> bytes:
    """QUADS, which are canonical, as a JSON-LD document with its context; each named graph is a node of its own."""
    known = context(quads)
    by_graph = sorted(quads, key=lambda q: (str(q.graph_name), str(q.subject), str(q)))
    top: list[dict[str, Any]] = []
    for graph, inside in groupby(by_graph, key=lambda q: q.graph_name):
        nodes = _nodes(inside, known)
        top += nodes if str(graph) == "DEFAULT" else [{"@id": _name(graph), "@graph": nodes}]
    return _json({"@context": known, "@graph": top})


def context_file(quads: Sequence[Quad]) -> bytes:
    """The context of :func:`written` alone, for whoever writes JSON-LD of the same form."""
    return _json({"@context": context(quads)})


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
