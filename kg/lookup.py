"""From what people type to a thing in the graph: ids, notations, ISO codes and names, with help for near misses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg import refusals
from kg.errors import MinilatError, did_you_mean
from kg.names import PREFIXES, curie, slug
from kg.records import Thing

if TYPE_CHECKING:
    from kg.store import Store

_KINDS: Final = {
    "arrangement": ("E002", "?x a ?class . ?x mlo:listComplete ?any ."),
    "challenge": ("E001", "?x a mlo:Challenge ."),
    "state": ("E003", "VALUES ?class { mlo:State mlo:Entity mlo:InternationalOrganisation } ?x a ?class ."),
    "threat": ("E004", "?x skos:inScheme threat:scheme ."),
    "capability": ("E005", "?x skos:inScheme cap:scheme ."),
    "region": ("E006", "?x skos:inScheme region:scheme ."),
    "role": ("E007", "?x skos:inScheme role:scheme ."),
    "source": ("E008", "?x a mlo:Source ."),
}
_NAMES: Final = "rdfs:label|skos:prefLabel|skos:altLabel|skos:notation|mlo:iso2|mlo:iso3|dcterms:title"


def kinds() -> tuple[str, ...]:
    """The kinds of thing that can be named."""
    return tuple(_KINDS)


def names(store: Store, kind: str) -> dict[str, set[str]]:
    """Every name of the things of KIND, as written, with the IRIs it names."""
    found: dict[str, set[str]] = {}
    for row in store.rows(f"SELECT DISTINCT ?x ?name WHERE {{ {_KINDS[kind][1]} ?x {_NAMES} ?name . }}"):
        iri = str(row["x"])
        found.setdefault(str(row["name"]), set()).add(iri)
        found.setdefault(slug(iri), set()).add(iri)
    return found


def find(store: Store, kind: str, text: str) -> str:
    """The IRI of the thing of KIND called TEXT (id, notation, code or name in any case).

    Raises MinilatError E001–E008 when there is none, naming the closest, or when there are several; E140 when TEXT
    names what this product refuses to answer.
    """
    wanted = text.strip().lower()
    if ":" in wanted and wanted.split(":", 1)[0] in PREFIXES:
        wanted = wanted.split(":", 1)[1]
    known = names(store, kind)
    hits = {iri for name, iris in known.items() if name.lower() == wanted for iri in iris}
    if len(hits) == 1:
        return next(iter(hits))
    # A historical state shares no code with a living one, but two arrangements may share a popular name.
    if hits:
        listed = ", ".join(sorted(slug(h) for h in hits))
        raise MinilatError(_KINDS[kind][0], f"{text!r} names several {kind}s", hint=f"say which: {listed}")
    refusals.check(text)
    hint = did_you_mean(text, known, otherwise=f"`minilat list {kind}s` shows them all")
    raise MinilatError(_KINDS[kind][0], f"no {kind} called {text!r} on this day", hint=hint)


def find_any(store: Store, text: str) -> tuple[str, str]:
    """The kind and IRI of whatever TEXT names, arrangements first. Raises MinilatError E009 when nothing does."""
    known: list[str] = []
    for kind in _KINDS:
        try:
            return kind, find(store, kind, text)
        except MinilatError as error:
            if "several" in error.message:
                raise
            known.extend(names(store, kind))
    raise MinilatError(
        "E009",
        f"nothing is called {text!r}",
        hint=did_you_mean(text, known, otherwise="try `minilat list arrangements`"),
    )


def thing(store: Store, iri: str) -> Thing:
    """The name and notation of IRI."""
    rows = list(
        store.rows(
            f"SELECT ?label ?notation WHERE {{ OPTIONAL {{ <{iri}> rdfs:label|skos:prefLabel|dcterms:title ?label }} "
            f"OPTIONAL {{ <{iri}> skos:notation ?notation }} }} LIMIT 1"
        )
    )
    row = rows[0] if rows else {}
    return Thing(iri, slug(iri), str(row.get("notation") or ""), str(row.get("label") or curie(iri)))
