"""The one prefix map, the names of graphs, and the way between a CURIE, a slug and an IRI."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from kg.errors import MinilatError, did_you_mean

BASE: Final = "https://w3id.org/minilat/"
ID: Final = BASE + "id/"

PREFIXES: Final[dict[str, str]] = {
    "mlo": BASE + "ontology#",
    "arr": ID + "arrangement/",
    "state": ID + "state/",
    "entity": ID + "entity/",
    "body": ID + "organisation/",
    "threat": ID + "threat/",
    "cap": ID + "capability/",
    "role": ID + "role/",
    "code": ID + "code/",
    "region": ID + "region/",
    "src": ID + "source/",
    "st": ID + "statement/",
    "anchor": ID + "anchor/",
    "challenge": ID + "challenge/",
    "law": ID + "law/",
    "shape": BASE + "shape/",
    "rule": BASE + "rule/",
    "query": BASE + "query/",
    "graph": BASE + "graph/",
    "row": BASE + "graph/row#",
    "obs": ID + "observation/",
    "indicator": ID + "indicator/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "prov": "http://www.w3.org/ns/prov#",
    "time": "http://www.w3.org/2006/time#",
    "org": "http://www.w3.org/ns/org#",
    "schema": "https://schema.org/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "sh": "http://www.w3.org/ns/shacl#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "spdx": "http://spdx.org/rdf/terms#",
    "qb": "http://purl.org/linked-data/cube#",
    "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
    "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
    "cpov": "http://data.europa.eu/m8g/",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "corporatebody": "http://publications.europa.eu/resource/authority/corporate-body/",
    "geonames": "https://sws.geonames.org/",
    "eucountry": "http://publications.europa.eu/resource/authority/country/",
    "eurovoc": "http://eurovoc.europa.eu/",
    "misp": "urn:uuid:",
}

INFERRED: Final = PREFIXES["graph"] + "inferred"

_PREFIX_OF: Final = {base: prefix for prefix, base in reversed(PREFIXES.items())}
_LOCAL: Final = re.compile(r"[\w.~-]*", re.ASCII)


def iri(curie: str) -> str:
    """The IRI that CURIE stands for.

    Raises MinilatError E010 when the prefix is not in the map.

    >>> iri("arr:jef")
    'https://w3id.org/minilat/id/arrangement/jef'
    """
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in PREFIXES:
        raise MinilatError("E010", f"no prefix {prefix!r} in {curie!r}", hint=did_you_mean(prefix, PREFIXES))
    return PREFIXES[prefix] + local


def curie(full: str) -> str:
    """The shortest CURIE for the IRI FULL, or FULL itself when no prefix fits.

    >>> curie("https://w3id.org/minilat/id/arrangement/jef")
    'arr:jef'
    """
    cut = _last(full)  # every namespace of ours ends where a last part begins, and no local name holds such a sign
    prefix = _PREFIX_OF.get(full[:cut])
    return full if prefix is None or not _LOCAL.fullmatch(full, cut) else f"{prefix}:{full[cut:]}"


def slug(full: str) -> str:
    """The last part of an IRI: the readable id used in JSON.

    >>> slug("https://w3id.org/minilat/id/arrangement/jef")
    'jef'
    """
    return full[_last(full) :]


def _last(full: str) -> int:
    """Where the last part of an IRI begins; in a urn, which need not have a slash, after its last colon."""
    colon = full.rfind(":") if full.startswith("urn:") else -1
    return max(full.rfind("/"), full.rfind("#"), colon) + 1


def graph_name(relative: str) -> str:
    """The named graph for a source file given by its path relative to the project, e.g. data/arrangements/jef.ttl."""
    return PREFIXES["graph"] + quote(relative, safe="/")
