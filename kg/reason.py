"""Why: from what people ask – an option and a challenge, an arrangement and a state, a triple – to a proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg import grammar, lookup, pattern
from kg.errors import MinilatError
from kg.fit import assess
from kg.names import PREFIXES, curie, iri, slug
from kg.proof import Proof, WhyNot
from kg.prove import Prover
from kg.prove.places import weakest
from kg.prove.words import turtle
from kg.store import iri_term, literal_term, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from kg.records import Coverage, CriterionValue, Option, Reason
    from kg.store import Fact, Store

FORMS: Final = "give OPTION CHALLENGE, ARRANGEMENT STATE, or a triple such as 'state:gbr mlo:memberOf body:nato'"
BARE: Final = ("mlo:coreParticipantOf", "mlo:beneficiaryOf")


def fact(text: str) -> Fact:
    """The triple that TEXT writes. Raises MinilatError E110 for anything else."""
    s, p, o = (term(t) for t in grammar.read_fact(text))
    return s, p, o


def asked(store: Store, words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What WORDS ask about: ('triple', (text,)), ('fit', (option, challenge)) or ('member', (arrangement, state)).

    Things are given back as IRIs. Raises MinilatError E110 for another number of words, or the error of the look-up.
    """
    if len(words) in (1, 3):
        return "triple", (" ".join(words),)
    if len(words) != 2:
        raise MinilatError("E110", f"{len(words)} words say neither two things nor a triple", hint=FORMS)
    first, second = words
    for option, challenge in ((first, second), (second, first)):
        if _is(store, "challenge", challenge):
            return "fit", (lookup.find(store, "arrangement", option), lookup.find(store, "challenge", challenge))
    if _is(store, "state", first) and _is(store, "arrangement", second) and not _is(store, "arrangement", first):
        first, second = second, first
    arrangement = lookup.find(store, "arrangement", first)
    if not _is(store, "state", second):
        try:
            lookup.find(store, "challenge", second)
        except MinilatError as error:
            hint = error.hint if error.hint.startswith("did you mean") else FORMS
            raise MinilatError("E110", f"{second!r} is neither a state nor a challenge", hint=hint) from None
    return "member", (arrangement, lookup.find(store, "state", second))


def _is(store: Store, kind: str, name: str) -> bool:
    try:
        lookup.find(store, kind, name)
    except MinilatError:
        return False
    return True


def why(prover: Prover, as_of: date, words: Sequence[str], *, every: bool = False, prefer: str | None = None) -> Proof:
    """The proof of what WORDS ask about; see :func:`asked` for their forms.

    Raises MinilatError E110 (not a question), E113 (it does not hold) or E115 (no such option was judged).
    """
    kind, things = asked(prover.store, words)
    if kind == "triple":
        return prover.proof(fact(things[0]), every=every)
    if kind == "member":
        return prover.proof(membership(prover.store, as_of, *things), every=every)
    return judged(prover, as_of, *things, prefer=prefer)


def why_not(prover: Prover, as_of: date, words: Sequence[str]) -> WhyNot:
    """Why the triple, or the membership, that WORDS ask about does not hold.

    Raises MinilatError E110 (not a question), E116 (it does hold) or E117 (no rule could yield it).
    """
    kind, things = asked(prover.store, words)
    if kind == "triple":
        return prover.why_not(fact(things[0]))
    arrangement, state = things
    found = prover.why_not((term(iri_term(state)), term(iri_term(iri(BARE[0]))), term(iri_term(arrangement))))
    if found.size == 1 and found.changes[0][1].startswith("a new statement: a participation"):
        return replace(found, scenario=(f"add {slug(state)} to {slug(arrangement)} as member from {as_of}",))
    return found


def membership(store: Store, as_of: date, arrangement: str, state: str) -> Fact:
    """The triple by which STATE takes part in ARRANGEMENT on the day, in whatever role.

    Raises MinilatError E113 when it does not take part.
    """
    a, s = term(iri_term(arrangement)), term(iri_term(state))
    for name in BARE:
        found = (s, term(iri_term(iri(name))), a)
        if store.holds(found):
            return found
    rows = store.solutions(
        f"SELECT ?p ?day WHERE {{ ?p a mlo:Participation ; mlo:participant {s} ; mlo:arrangement {a} ; "
        f"mlo:inForceOn ?day }} ORDER BY ?p LIMIT 1"
    )
    if rows:
        return rows[0]["p"], term(iri_term(iri("mlo:inForceOn"))), rows[0]["day"]
    raise MinilatError(
        "E113", f"{slug(state)} takes no part in {slug(arrangement)} on {as_of}",
        hint=f"`minilat why-not {slug(arrangement)} {slug(state)}` says what is missing",
    )  # fmt: skip


def judged(prover: Prover, as_of: date, option: str, challenge: str, *, prefer: str | None = None) -> Proof:
    """The tree behind a verdict: the criteria, and below each the statements it rests on, proved to be in force.

    Raises MinilatError E115 when the option was not judged on the day.
    """
    answer = assess(prover.store, challenge, as_of=as_of, prefer=prefer)
    found = next((o for o in answer.options if o.thing.iri == option), None)
    if found is None:
        raise MinilatError(
            "E115", f"{slug(option)} is not among the options on {as_of}", hint="it had not begun by that day"
        )
    premises = (*_hard(prover, as_of, found), *_graded(prover, as_of, found))
    rank = f", rank {found.rank}" if found.rank is not None else ""
    text = f"{found.label} for {answer.challenge.label} on {as_of}: {found.verdict}{rank}"
    decisive = [p for p in premises if p.rule is not None and p.rule[0] in {r.code for r in found.reasons}]
    return Proof(
        f"{curie(option)} fits {curie(challenge)}: {found.verdict}{rank}", text, "judged", None, premises,
        confidence=found.confidence or weakest(p.confidence for p in decisive),
    )  # fmt: skip


def _hard(prover: Prover, as_of: date, option: Option) -> tuple[Proof, ...]:
    """The reasons of the verdict: each is a criterion with its sentence and the evidence for it."""
    out = []
    for reason in option.reasons:
        row = next(
            (c for c in option.coverage if reason.code == "F004" and reason.text.startswith(f"{c.label}:")), None
        )
        if row is not None:
            below = _offers(prover, option, row) or _statements(prover, as_of, (e.statement for e in reason.evidence))
        else:
            below = _statements(prover, as_of, (e.statement for e in reason.evidence))
        out.append(_criterion(reason, below))
    return tuple(out)


def _graded(prover: Prover, as_of: date, option: Option) -> tuple[Proof, ...]:
    """The other criteria with their values."""
    said = {r.code for r in option.reasons}
    out = []
    for code, value in option.criteria.items():
        if code not in said:
            below = _statements(prover, as_of, value.evidence)
            out.append(_valued(code, value, below))
    return tuple(out)


def _criterion(reason: Reason, below: tuple[Proof, ...]) -> Proof:
    rule = (reason.code, title(reason.code))
    return Proof(reason.text, reason.text, "judged", rule, below, confidence=weakest(p.confidence for p in below))


def _valued(code: str, value: CriterionValue, below: tuple[Proof, ...]) -> Proof:
    shown = "not known" if value.value is None else value.value
    shown = f"{shown:g}" if isinstance(shown, float) else shown
    text = f"{title(code)}: {shown} ({value.status})" + (f" – {value.note}" if value.note else "")
    return Proof(text, text, "judged", (code, title(code)), below, confidence=weakest(p.confidence for p in below))


def title(code: str) -> str:
    """The title of the criterion CODE."""
    from kg import catalogue

    return next((c.title for c in catalogue.criteria() if c.code == code), code)


def _offers(prover: Prover, option: Option, row: Coverage) -> tuple[Proof, ...]:
    """Proofs of the findings that give OPTION the level at which a capability counts."""
    rows = prover.store.solutions(
        f"SELECT DISTINCT ?f ?level WHERE {{ ?f a mlo:CommittedOffer ; mlo:offeredBy {iri_term(option.thing.iri)} ; "
        f"mlo:capability ?c ; mlo:level ?level . ?c skos:notation {literal_term(row.capability)} "
        f"FILTER(?level = {int(row.level)}) }} ORDER BY ?f"
    )
    level = term(iri_term(iri("mlo:level")))
    return tuple(prover.proof((r["f"], level, r["level"])) for r in rows)


def _statements(prover: Prover, as_of: date, ids: Iterable[str]) -> tuple[Proof, ...]:
    """For each statement, the proof that it is in force on the day, or else begun, or else that it is stated."""
    day = term(literal_term(as_of.isoformat(), "date"))
    out = []
    for name in ids:
        node = term(iri_term(iri(name) if name.split(":")[0] in PREFIXES else name))
        ways = [(node, term(iri_term(iri(p))), day) for p in ("mlo:inForceOn", "mlo:begunBy")]
        ways += sorted(prover.store.match(node, term(pattern.TYPE), None), key=turtle)
        found = next((f for f in ways if prover.store.holds(f)), None)
        if found is not None:
            out.append(prover.proof(found))
    return tuple(out)
