"""Under which licences the parts of a release stand, and whether the release may be given away under its own.

The rule, from the texts of the licences: what forbids changed copies goes into no release; what asks that copies keep
its own terms (share alike, non-commercial) goes only into a release under that very licence; what asks for attribution
goes only into a release whose licence asks for it too; the rest goes anywhere. This is a reading, not legal advice.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from kg import files
from kg.errors import MinilatError, did_you_mean
from kg.names import PREFIXES
from kg.publish.parts import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.publish.parts import Part
    from kg.publish.rdf import Quad

AUTHORITY: Final = "http://publications.europa.eu/resource/authority/licence/"
_DCT: Final = PREFIXES["dcterms"]
_DCAT: Final = PREFIXES["dcat"]
_TYPE: Final = PREFIXES["rdf"] + "type"


@dataclass(frozen=True)
class Licence:
    """A licence: its IRI in the EU authority table, its title, and what it asks for or forbids."""

    iri: str
    title: str
    attribution: bool
    share_alike: bool
    non_commercial: bool
    no_derivatives: bool

    def refuses(self, release: Licence) -> str:
        """Why something under this licence may not stand in a release under RELEASE; '' when it may."""
        if self.no_derivatives:
            return "it forbids changed copies"
        if self.iri == release.iri:
            return ""
        if self.share_alike:
            return "it asks that copies stay under it (share alike)"
        if self.non_commercial:
            return "it forbids commercial use, which the release would allow"
        if self.attribution and not release.attribution:
            return "it asks for attribution, which the release would not"
        return ""


@cache
def known() -> Mapping[str, Licence]:
    """Every licence of rules/licences.tsv by its IRIs, the short one of the EU authority table among them."""
    found: dict[str, Licence] = {}
    with (files.ROOT / "rules" / "licences.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            traits = (row[t] == "yes" for t in ("attribution", "share_alike", "non_commercial", "no_derivatives"))
            licence = Licence(AUTHORITY + row["id"], row["title"], *traits)
            for name in (row["id"], licence.iri, *(row["also"] or "").split()):
                found[name.rstrip("/")] = licence
    return found


def named(name: str, where: str) -> Licence:
    """The licence called NAME (IRI or short name). Raises MinilatError E172 when it is not one of the known."""
    found = known().get(name.strip().rstrip("/"))
    if found is None:
        short = sorted(k for k in known() if ":" not in k)
        hint = did_you_mean(name.rsplit("/", 1)[-1], short, otherwise="known are " + " ".join(short))
        raise MinilatError("E172", f"what the licence {name!r} allows is not known", where=where, hint=hint)
    return found


@dataclass(frozen=True)
class Dataset:
    """A dataset of the catalogue: its IRI, titles, licence and attributions, what it was made from, its file names."""

    iri: str
    said: Mapping[str, tuple[str, ...]]

    def get(self, local: str) -> tuple[str, ...]:
        """The values of dcterms:LOCAL."""
        return self.said.get(_DCT + local, ())

    @property
    def title(self) -> str:
        """Its title, or its IRI."""
        return (self.get("title") or (self.iri,))[0]


def datasets(quads: Iterable[Quad]) -> dict[str, Dataset]:
    """Every dcat:Dataset that QUADS describe, by IRI; the text of a rights statement stands for its node."""
    said: dict[str, dict[str, list[str]]] = {}
    for q in quads:
        said.setdefault(str(q.subject).strip("<>"), {}).setdefault(q.predicate.value, []).append(
            getattr(q.object, "value", "") if not str(q.object).startswith("_:") else str(q.object)
        )
    label = PREFIXES["rdfs"] + "label"
    found = {}
    for subject, properties in said.items():
        if _DCAT + "Dataset" in properties.get(_TYPE, ()):
            plain = {
                p: tuple(sorted(text for v in vs for text in (said[v].get(label, [v]) if v in said else [v])))
                if p == _DCT + "rights" else tuple(sorted(vs))
                for p, vs in properties.items()
            }  # fmt: skip
            found[subject] = Dataset(subject, plain)
    return found


def of_part(name: str, known_sets: Mapping[str, Dataset]) -> Dataset:
    """The dataset that the part NAME belongs to: the one with the longest dcterms:identifier that holds it.

    Raises MinilatError E171 when the catalogue says of no dataset that the part is in it.
    """
    holding = [
        (len(i), d.iri, d)
        for d in known_sets.values()
        for i in d.get("identifier")
        if name == i or name.startswith(i.rstrip("/") + "/")
    ]
    if not holding:
        hint = f"describe its dataset in {CATALOGUE}, with dcterms:identifier and dcterms:license"
        raise MinilatError("E171", "no dataset of the catalogue says which licence this has", where=name, hint=hint)
    return max(holding)[2]


@dataclass(frozen=True)
class Terms:
    """On which terms a release stands: its licence, the dataset of each part, and all that went into them."""

    licence: Licence
    of: Mapping[str, Dataset]
    sources: tuple[Dataset, ...]

    def used(self) -> list[Dataset]:
        """The datasets of the parts, by IRI."""
        return sorted({d.iri: d for d in self.of.values()}.values(), key=lambda d: d.iri)


def terms(parts: Sequence[Part], catalogue: Iterable[Quad], licence: str) -> Terms:
    """The terms of a release of PARTS under LICENCE, by what CATALOGUE says of their datasets and of their sources.

    Raises MinilatError E171 (a part or a source without a licence), E172 (one that is not known) or E173 (one that
    does not allow it); each names the part and the dataset.
    """
    release = named(licence, "--licence")
    described = datasets(catalogue)
    of: dict[str, Dataset] = {}
    sources: dict[str, Dataset] = {}
    for part in parts:
        own = of_part(part.name, described)
        of[part.name] = own
        inside = [d for d in datasets(part.quads).values() if d.iri not in described] if part.name != CATALOGUE else []
        for dataset in (own, *inside):
            for each, way in _behind(dataset, {**described, **{d.iri: d for d in inside}}, part.name):
                _allow(each, release, part.name, way)
                if each.iri != own.iri and each not in inside:
                    sources[each.iri] = each
    return Terms(release, of, tuple(sources[i] for i in sorted(sources)))


def _behind(dataset: Dataset, described: Mapping[str, Dataset], part: str) -> list[tuple[Dataset, tuple[str, ...]]]:
    """DATASET and all it was made from, each with the titles that lead to it."""
    found: list[tuple[Dataset, tuple[str, ...]]] = []
    waiting: list[tuple[Dataset, tuple[str, ...]]] = [(dataset, (dataset.title,))]
    seen = {dataset.iri}
    while waiting:
        one, way = waiting.pop()
        found.append((one, way))
        for source in one.get("source"):
            if source in seen:
                continue
            seen.add(source)
            if source not in described:
                raise MinilatError(
                    "E171", f"{one.title} was made from {source}, which no catalogue describes", where=part,
                    hint=f"describe it in {CATALOGUE}, with its licence",
                )  # fmt: skip
            waiting.append((described[source], (*way, described[source].title)))
    return found


def _allow(dataset: Dataset, release: Licence, part: str, way: tuple[str, ...]) -> None:
    """Raise MinilatError E171 or E173 when DATASET has no licence, or none that allows a release under RELEASE."""
    if not dataset.get("license"):
        raise MinilatError(
            "E171", f"{dataset.title} has no licence; without one nobody may pass it on", where=part,
            hint="add dcterms:license to its dataset, or leave the part out with --graph",
        )  # fmt: skip
    # Several licences may be a choice or may be for several parts of it; so each of them has to allow it.
    offered = [named(name, f"{part}: {dataset.title}") for name in dataset.get("license")]
    if reasons := [(x, why) for x in offered if (why := x.refuses(release))]:
        words = "; ".join(f"{x.title}: {why}" for x, why in reasons)
        through = " from ".join(way)
        raise MinilatError(
            "E173", f"{through} cannot be given away under {release.title}. {words}", where=part,
            hint="leave the part out with --graph, or release under another licence with --licence",
        )  # fmt: skip
