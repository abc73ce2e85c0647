"""How large a dataset is and what it is made of: a VoID description (W3C Interest Group Note, 2011)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kg.names import PREFIXES, curie
from kg.publish.words import Description, link, number, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.publish.rdf import Quad

_TYPE: Final = PREFIXES["rdf"] + "type"
_LINKS: Final = "data/links/"
_SPACES: Final = {"eucountry": "country", "corporatebody": "corporate-body", "wd": "wikidata", "geonames": "geonames"}
"""The tables of others that links lead to, by prefix, and how a linkset to them is called."""


def describe(dataset: str, title: str, quads: Sequence[Quad], dumps: Iterable[str], licence: str) -> list[str]:
    """The lines of a VoID description of DATASET, which says QUADS and lies in the files DUMPS, under LICENCE.

    Triples are counted once, in whatever graphs they stand; an entity is a named subject within the project's own
    names. One partition for each class and property, and one linkset for each table of others.
    """
    about = Description()
    triples = {(str(q.subject), q.predicate.value, str(q.object)) for q in quads}
    about.say(dataset, a=link("void:Dataset"), dcterms_title=text(title), dcterms_license=link(licence))
    about.say(dataset, void_uriSpace=text("https://w3id.org/minilat/", ""), void_dataDump=map(link, sorted(dumps)))
    about.say(dataset, **_counts(triples))
    classes: dict[str, set[str]] = defaultdict(set)
    properties: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for s, p, o in triples:
        properties[p].append((s, o))
        if p == _TYPE:
            classes[o.strip("<>")].add(s)
    used = {curie(t).partition(":")[0] for t in (*classes, *properties)} & PREFIXES.keys()
    about.say(dataset, void_vocabulary=[link(PREFIXES[p]) for p in sorted(used)])
    for name, inside in sorted(classes.items()):
        part = f"{dataset}/class/{_local(name)}"
        about.say(dataset, void_classPartition=link(part))
        about.say(part, void_class=link(name), void_entities=number(len(inside)))
    for name, pairs in sorted(properties.items()):
        part = f"{dataset}/property/{_local(name)}"
        about.say(dataset, void_propertyPartition=link(part))
        about.say(
            part, void_property=link(name), void_triples=number(len(pairs)),
            void_distinctSubjects=number(len({s for s, _ in pairs})),
            void_distinctObjects=number(len({o for _, o in pairs})),
        )  # fmt: skip
    _linksets(about, dataset, quads)
    return about.lines


def _counts(triples: set[tuple[str, str, str]]) -> dict[str, str]:
    subjects = {s for s, _, _ in triples}
    own = {s for s in subjects if s.startswith("<https://w3id.org/minilat/")}
    return {
        "void_triples": number(len(triples)),
        "void_entities": number(len(own)),
        "void_classes": number(len({o for _, p, o in triples if p == _TYPE})),
        "void_properties": number(len({p for _, p, _ in triples})),
        "void_distinctSubjects": number(len(subjects)),
        "void_distinctObjects": number(len({o for _, _, o in triples})),
    }


def _local(name: str) -> str:
    return curie(name).replace(":", "-") if "//" not in curie(name) else name.rsplit("/", 1)[-1].replace("#", "-")


def _linksets(about: Description, dataset: str, quads: Iterable[Quad]) -> None:
    """A linkset for each table of others and each kind of match in the graphs of links."""
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for q in quads:
        if str(q.graph_name).strip("<>").startswith(PREFIXES["graph"] + _LINKS):
            prefix = next((p for p in _SPACES if q.object.value.startswith(PREFIXES[p])), "")
            counted[prefix, q.predicate.value] += 1
    for (prefix, predicate), n in sorted(counted.items()):
        if not prefix:
            continue
        part = f"{dataset}/links/{_SPACES[prefix]}-{predicate.rsplit('#', 1)[-1]}"
        target = f"{dataset}/target/{_SPACES[prefix]}"
        about.say(target, a=link("void:Dataset"), void_uriSpace=text(PREFIXES[prefix], ""))
        about.say(dataset, void_subset=link(part))
        about.say(
            part, a=link("void:Linkset"), void_subjectsTarget=link(dataset), void_objectsTarget=link(target),
            void_linkPredicate=link(predicate), void_triples=number(n),
        )  # fmt: skip
