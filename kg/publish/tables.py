"""Tables for whoever works with spreadsheets: one CSV for each kind of thing, described in CSVW.

A row is one subject, a column one property; of a value several kinds (languages, datatypes) make several columns. The
descriptions say which IRI a row and a column stand for, so the statements can be made from the tables again; only that
a converter of CSVW makes literals of type anyURI of several addresses in a cell.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.names import PREFIXES, curie, slug
from kg.publish.jsonld import kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.publish.jsonld import Kind
    from kg.publish.rdf import Quad

ROOTS: Final = tuple(PREFIXES["mlo"] + name for name in ("Arrangement", "Actor"))
"""Classes whose subclasses share one table; any other class has a table of its own."""
SEPARATORS: Final = ("|", "¦", "␟")
DESCRIPTION: Final = "csv-metadata.json"
_TYPE: Final = PREFIXES["rdf"] + "type"
_SUPER: Final = PREFIXES["rdfs"] + "subClassOf"
_XSD: Final = PREFIXES["xsd"]

Cells = dict[tuple[str, "Kind"], list[str]]


@dataclass(frozen=True)
class Column:
    """A column: its name, the property and kind of value it holds, and what stands between several values, if any."""

    name: str
    property: str
    kind: Kind
    separator: str

    def described(self) -> dict[str, Any]:
        """The column in CSVW."""
        found: dict[str, Any] = {"name": self.name, "titles": self.name, "propertyUrl": self.property}
        key, what = self.kind
        if key == "@language":
            found["lang"] = what
        elif what == "@id":
            found["datatype"] = "anyURI"
            if not self.separator:  # CSVW has no list of addresses: it would make one of them all
                found["valueUrl"] = f"{{+{self.name}}}"
        else:
            found["datatype"] = what.removeprefix(_XSD) if what.startswith(_XSD) else "string"
        return found | ({"separator": self.separator} if self.separator else {})


def tables(quads: Iterable[Quad], ontology: Iterable[Quad]) -> dict[str, bytes]:
    """The tables of what QUADS say of named subjects, and their description, by file name.

    ONTOLOGY says which class lies under which. Left out are subjects without a class, and what has no name.
    """
    subjects = _cells(quads)
    above: dict[str, set[str]] = {}
    for q in ontology:
        if q.predicate.value == _SUPER:
            above.setdefault(q.subject.value, set()).add(q.object.value)
    rows: dict[str, dict[str, Cells]] = {}
    for subject, cells in subjects.items():
        classes = cells.get((_TYPE, ("@type", "@id")), [])
        if classes and not subject.startswith("_:"):
            rows.setdefault(_kebab(slug(min(_root(c, above) for c in classes))), {})[subject] = cells
    written: dict[str, bytes] = {}
    described = []
    for name in sorted(rows):
        columns = _columns(rows[name])
        written[f"{name}.csv"] = _csv(rows[name], columns)
        described.append(
            {
                "url": f"{name}.csv",
                "tableSchema": {
                    "columns": [
                        {"name": "id", "titles": "id", "datatype": "anyURI", "required": True, "suppressOutput": True},
                        *(c.described() for c in columns),
                    ],
                    "primaryKey": "id",
                    "aboutUrl": "{+id}",
                },
            }
        )
    if described:
        document = {
            "@context": "http://www.w3.org/ns/csvw",
            "dialect": {"lineTerminators": ["\n"]},
            "tables": described,
        }
        written[DESCRIPTION] = (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
    return written


def _cells(quads: Iterable[Quad]) -> dict[str, Cells]:
    subjects: dict[str, Cells] = {}
    for q in quads:
        subject = str(q.subject) if str(q.subject).startswith("_:") else q.subject.value
        if str(q.object).startswith("_:"):
            continue
        cells = subjects.setdefault(subject, {}).setdefault((q.predicate.value, kind(q.object)), [])
        if q.object.value not in cells:  # the same in two graphs
            cells.append(q.object.value)
    return subjects


def _root(name: str, above: Mapping[str, set[str]]) -> str:
    """The one of ROOTS that the class NAME lies under, or the class itself."""
    seen, waiting = {name}, [name]
    while waiting:
        one = waiting.pop()
        if one in ROOTS:
            return one
        new = above.get(one, set()) - seen
        seen |= new
        waiting += sorted(new)
    return name


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def _columns(rows: Mapping[str, Cells]) -> list[Column]:
    several: dict[tuple[str, Kind], bool] = {}
    for cells in rows.values():
        for key, values in cells.items():
            several[key] = several.get(key, False) or len(values) > 1
    names: dict[str, set[str]] = {}
    for predicate, _ in several:
        names.setdefault(slug(predicate), set()).add(predicate)
    kinds = {p: {k for q, k in several if q == p} for p, _ in several}
    found = []
    for predicate, what in several:
        name = slug(predicate) if len(names[slug(predicate)]) == 1 else curie(predicate).replace(":", "_")
        if len(kinds[predicate]) > 1:
            name += "_" + {"@id": "iri", "": "string"}.get(what[1], slug(what[1])).replace("-", "_")
        inside = [v for cells in rows.values() for v in cells.get((predicate, what), ())]
        mark = next((s for s in SEPARATORS if not any(s in v for v in inside)), "\x1f")
        name = "type" if predicate == _TYPE else re.sub(r"\W", "_", name)
        found.append(Column(name, predicate, what, mark if several[predicate, what] else ""))
    first = ("type", "label", "title", "prefLabel", "notation")
    order = {name: n for n, name in enumerate(first)}
    return sorted(found, key=lambda c: (order.get(slug(c.property), len(first)), c.name))


def _csv(rows: Mapping[str, Cells], columns: Sequence[Column]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", *(c.name for c in columns)])
    for subject in sorted(rows):
        cells = rows[subject]
        writer.writerow([subject, *(c.separator.join(sorted(cells.get((c.property, c.kind), ()))) for c in columns)])
    return out.getvalue().encode()
