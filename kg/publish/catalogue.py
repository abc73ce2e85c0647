"""The catalogue of a release after DCAT-AP 3.0.1, with the origin of what it holds in PROV.

Concepts of the EU authority tables are named with their table, as the profile's shapes for controlled vocabularies ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg import __version__
from kg.names import ID, PREFIXES
from kg.publish.words import Description, day, link, number, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.publish.licences import Dataset, Terms
    from kg.publish.parts import Part
    from kg.publish.rdf import Quad

CATALOG: Final = ID + "catalog/minilat"
AGENT: Final = ID + "agent/minilat"
_EU: Final = "http://publications.europa.eu/resource/authority/"
_IANA: Final = "https://www.iana.org/assignments/media-types/"
# SPDX itself writes http; the profile's shape for controlled vocabularies accepts nothing but https.
_SHA256: Final = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"

_NAMES: Final = (PREFIXES["foaf"] + "name", PREFIXES["dcterms"] + "title")

KINDS: Final[Mapping[str, tuple[str, str, str]]] = {
    ".ttl": ("text/turtle", "RDF_TURTLE", "Turtle"),
    ".trig": ("application/trig", "RDF_TRIG", "TriG"),
    ".nq": ("application/n-quads", "RDF_N_QUADS", "N-Quads, canonical by RDFC-1.0"),
    ".jsonld": ("application/ld+json", "JSON_LD", "JSON-LD"),
    ".csv": ("text/csv", "CSV", "CSV"),
    ".tsv": ("text/tab-separated-values", "TSV", "SSSOM"),
}
"""Media type, code in the EU table of file types and words for each ending of a file."""


@dataclass(frozen=True)
class Group:
    """Files of a release that are one dataset: its local name, title, description, and files with size and hash."""

    name: str
    title: str
    description: str
    files: Mapping[str, tuple[int, str]]


def lines(base: str, issued: str, terms: Terms, groups: Iterable[Group], said: Iterable[Quad]) -> list[str]:
    """The lines of the catalogue of a release issued on a day (YYYY-MM-DD), whose files will lie under the IRI BASE.

    What SAID, the catalogue of the data, calls the publishers and licences of sources is taken over.
    """
    about = Description()
    _concepts(about)
    about.say(
        CATALOG, a=link("dcat:Catalog"), dcterms_title=text("minilat: data on security groupings"),
        dcterms_description=text(
            "Open data on groupings of states in security and defence, the threats they address and the capabilities "
            "they bring, with dated and sourced statements."
        ),
        dcterms_publisher=link(AGENT), dcterms_language=link(_EU + "language/ENG"), dcterms_issued=day(issued),
        dcterms_modified=day(issued), dcterms_license=link(terms.licence.iri),
        dcat_themeTaxonomy=link(_EU + "data-theme"),
    )  # fmt: skip
    about.say(AGENT, a=[link("foaf:Agent"), link("prov:Agent")], foaf_name=text("The minilat project"))
    about.say(terms.licence.iri, a=link("dcterms:LicenseDocument"), dcterms_title=text(terms.licence.title))
    activity = base + "activity"
    software = ID + "agent/software"
    about.say(software, a=[link("prov:SoftwareAgent"), link("prov:Agent")], foaf_name=text(f"minilat {__version__}"))
    about.say(activity, a=link("prov:Activity"), prov_wasAssociatedWith=link(software))
    about.say(activity, prov_used=[link(d.iri) for d in terms.used()])
    for group in groups:
        _group(about, base, issued, terms, group, activity)
    called = {q.subject.value: q.object.value for q in said if q.predicate.value in _NAMES}
    for dataset in (*terms.used(), *terms.sources):
        _made_from(about, dataset, called)
    return about.lines


def _concepts(about: Description) -> None:
    for scheme, code, label, kind in (
        ("language", "ENG", "English", "dcterms:LinguisticSystem"),
        ("data-theme", "INTR", "International issues", "skos:Concept"),
        ("access-right", "PUBLIC", "public", "dcterms:RightsStatement"),
    ):
        _concept(about, scheme, code, label, kind)
    about.say(_EU + "data-theme", a=link("skos:ConceptScheme"), dcterms_title=text("Data theme"))
    about.say(_SHA256, a=link("spdx:ChecksumAlgorithm"))


def _concept(about: Description, scheme: str, code: str, label: str, kind: str) -> None:
    about.say(
        f"{_EU}{scheme}/{code}", a=[link("skos:Concept"), link(kind)], skos_prefLabel=text(label),
        skos_inScheme=link(_EU + scheme),
    )  # fmt: skip


def _group(about: Description, base: str, issued: str, terms: Terms, group: Group, activity: str) -> None:
    dataset = base + group.name
    about.say(CATALOG, dcat_dataset=link(dataset))
    about.say(
        dataset, a=[link("dcat:Dataset"), link("prov:Entity")], dcterms_title=text(group.title),
        dcterms_description=text(group.description), dcterms_identifier=text(dataset, ""),
        dcterms_publisher=link(AGENT), dcterms_issued=day(issued), dcterms_modified=day(issued),
        dcterms_language=link(_EU + "language/ENG"), dcterms_accessRights=link(_EU + "access-right/PUBLIC"),
        dcat_theme=link(_EU + "data-theme/INTR"), dcat_version=text(f"{__version__}, {issued}", ""),
        dcat_keyword=[text(w) for w in ("alliances", "defence", "minilateralism", "security policy")],
        prov_wasGeneratedBy=link(activity), dcterms_license=link(terms.licence.iri),
        dcterms_source=[link(d.iri) for d in terms.used()],
        prov_wasDerivedFrom=[link(d.iri) for d in (*terms.used(), *terms.sources)],
    )  # fmt: skip
    for name, (size, sha256) in sorted(group.files.items()):
        _distribution(about, base, issued, terms, dataset, name, size, sha256)


def _distribution(
    about: Description, base: str, issued: str, terms: Terms, dataset: str, name: str, size: int, sha256: str
) -> None:
    media, code, words = KINDS["." + name.rsplit(".", 1)[-1]]
    _concept(about, "file-type", code, words.split(",")[0], "dcterms:MediaTypeOrExtent")
    about.say(_IANA + media, a=[link("dcterms:MediaType"), link("dcterms:MediaTypeOrExtent")])
    one, checksum = f"{base}distribution/{name}", f"{base}checksum/{name}"
    about.say(dataset, dcat_distribution=link(one))
    about.say(
        one, a=link("dcat:Distribution"), dcterms_title=text(f"{name} ({words})"), dcat_accessURL=link(base + name),
        dcat_downloadURL=link(base + name), dcat_mediaType=link(_IANA + media),
        dcterms_format=link(f"{_EU}file-type/{code}"), dcat_byteSize=number(size, "nonNegativeInteger"),
        spdx_checksum=link(checksum), dcterms_license=link(terms.licence.iri), dcterms_issued=day(issued),
    )  # fmt: skip
    about.say(base + name, a=link("rdfs:Resource"))
    about.say(checksum, a=link("spdx:Checksum"), spdx_algorithm=link(_SHA256), spdx_checksumValue=_hex(sha256))


def _hex(value: str) -> str:
    return f'"{value}"^^<{PREFIXES["xsd"]}hexBinary>'


def _made_from(about: Description, dataset: Dataset, called: Mapping[str, str]) -> None:
    """A dataset that the release was made from, ours or another's, as its own catalogue describes it."""
    about.say(
        dataset.iri, a=[link("dcat:Dataset"), link("prov:Entity")], dcterms_title=text(dataset.title),
        dcterms_description=[text(t) for t in dataset.get("description")[:1]] or text(dataset.title),
        dcterms_license=[link(x) for x in dataset.get("license")],
        dcterms_source=[link(x) for x in dataset.get("source")],
        dcterms_publisher=[link(x) for x in dataset.get("publisher")],
    )  # fmt: skip
    for publisher in dataset.get("publisher"):
        about.say(publisher, a=link("foaf:Agent"), foaf_name=text(called.get(publisher, publisher)))
    for licence in dataset.get("license"):
        about.say(licence, a=link("dcterms:LicenseDocument"), dcterms_title=text(called.get(licence, licence)))
    for right in dataset.get("rights"):
        statement = dataset.iri + "/rights"
        about.say(dataset.iri, dcterms_rights=link(statement))
        about.say(statement, a=link("dcterms:RightsStatement"), rdfs_label=text(right))


def provenance(base: str, parts: Sequence[Part], terms: Terms) -> list[str]:
    """The lines of provenance: each graph of the release, the file it was read from, its hash, dataset and licence."""
    about = Description()
    for part in parts:
        own, checksum = terms.of[part.name], f"{base}checksum/{part.name}"
        about.say(
            part.graph, a=link("prov:Entity"), dcterms_identifier=text(part.name, ""), spdx_checksum=link(checksum),
            dcterms_isPartOf=link(own.iri), dcterms_license=map(link, own.get("license")),
            void_triples=number(len(set(part.quads))),
        )  # fmt: skip
        about.say(checksum, a=link("spdx:Checksum"), spdx_algorithm=link(_SHA256), spdx_checksumValue=_hex(part.sha256))
        about.say(base + "activity", prov_used=link(part.graph))
    return about.lines
