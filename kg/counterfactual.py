"""Why an option does not fit a challenge, and few changes under which it would; every answer is run in full.

Each test that fails is mended by the fewest changes that mend it alone. All are laid over the graph and judged again;
should another test fail then, its mend is added, up to ``BOUND`` changes in all. That one change could mend two tests
at once is not looked for, so the whole is small, and not proven smallest.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from kg import whatif
from kg.errors import MinilatError
from kg.fit import assess
from kg.names import PREFIXES, curie, iri, slug
from kg.proof import Proof, WhyNot
from kg.reason import title
from kg.store import iri_term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from kg.catalogue import Entry
    from kg.records import FitAnswer, Option
    from kg.store import Store

BOUND: Final = 6
"""How many changes are looked for at most."""
VETO: Final = 0.25
"""The share of affected states below which F012 is a veto, as its header says."""
ROUNDS: Final = 3


def why_not(
    store: Store, as_of: date, option: str, challenge: str, *, prefer: str | None = None, own: Sequence[Entry] = ()
) -> WhyNot:
    """Why the OPTION does not cover CHALLENGE in full, and the fewest changes under which it would.

    OWN are the rules beside the shipped ones that STORE was made by. Raises MinilatError E115 (no such option on the
    day) or E116 (it does cover it, and leads).
    """
    answer = assess(store, challenge, as_of=as_of, prefer=prefer)
    now = _of(answer, option, as_of)
    if now.verdict == "full":
        return _behind(answer, now, as_of)
    near = _near(now, answer)
    clauses: list[str] = []
    then, whole = "", False
    state, current = store, now
    for _ in range(ROUNDS):
        more = [c for c in _mends(state, current, answer.challenge.iri) if c not in clauses]
        if not more or len(clauses) + len(more) > BOUND:
            break
        clauses += more
        try:
            state = whatif.apply(whatif.scenario("\n".join(clauses)), as_of, own=own).store
        except MinilatError as error:
            then = f"a full run refuses it: {error.message}"
            break
        current = _of(assess(state, challenge, as_of=as_of, prefer=prefer), option, as_of)
        rank = f", rank {current.rank}" if current.rank is not None else ""
        then = f"a full run under this scenario gives: {current.verdict}{rank}"
        if current.verdict == "full":
            whole = True
            break
    return WhyNot(
        f"{curie(option)} fits {curie(challenge)}", f"{now.label} fits {answer.challenge.label} on {as_of} in full",
        (near,), tuple(("±", c) for c in clauses), tuple(clauses), len(clauses) if whole else None, BOUND, then,
    )  # fmt: skip


def _of(answer: FitAnswer, option: str, as_of: date) -> Option:
    found = next((o for o in answer.options if o.thing.iri == option), None)
    if found is None:
        raise MinilatError(
            "E115", f"{slug(option)} is not among the options on {as_of}", hint="it had not begun by that day"
        )
    return found


def _behind(answer: FitAnswer, option: Option, as_of: date) -> WhyNot:
    """An option that covers every must: why another stands before it."""
    if option.rank == 1:
        raise MinilatError("E116", f"{option.label} does fit: full, rank 1", hint="`minilat why` shows the reasons")
    text = option.explanation or f"{option.label} covers every must and stands at rank {option.rank}"
    first = next(o for o in answer.options if o.rank == 1)
    told = [Proof(t, t, "judged") for t in (text, f"first is {first.label}")]
    return WhyNot(
        f"{curie(option.thing.iri)} fits {curie(answer.challenge.iri)}",
        f"{option.label} comes first for {answer.challenge.label} on {as_of}",
        tuple(told), (), (), None, 0, f"it does fit: full, rank {option.rank}",
    )  # fmt: skip


def _failed(option: Option) -> set[str]:
    """The codes of the tests that keep OPTION from full cover."""
    found = {c for c, v in option.criteria.items() if v.value == "fail"}
    if option.verdict == "ineligible":
        found |= {r.code for r in option.reasons}
    if option.verdict == "unknown":
        found |= {r.code for r in option.reasons if r.text.startswith("condition:")}
        found |= {"F002"} if option.criteria.get("F002") and option.criteria["F002"].value == "unknown" else set()
    return found | ({"F004"} if option.gaps or any(c.must and c.value != "pass" for c in option.coverage) else set())


def _near(option: Option, answer: FitAnswer) -> Proof:
    """The criteria of OPTION, those that fail first."""
    failed = _failed(option)
    said = {r.code: r.text for r in option.reasons}
    rows = []
    for row in option.coverage:
        if row.must:
            text = f"{row.label}: {row.note}"
            rows.append(Proof(text, text, "judged", ("F004", title("F004")), holds=row.value == "pass"))
    for code, value in option.criteria.items():
        if code == "F004" or (value.scale != "pass|fail|unknown" and code not in failed):
            continue
        text = said.get(code, "") if code in failed and option.verdict == "ineligible" else ""
        text = text or f"{title(code)}: {value.value}" + (f" – {value.note}" if value.note else "")
        rows.append(Proof(text, text, "judged", (code, title(code)), holds=code not in failed))
    ordered = (*(r for r in rows if not r.holds), *(r for r in rows if r.holds))
    text = f"{option.label} for {answer.challenge.label}: {option.verdict}"
    return Proof(
        f"{curie(option.thing.iri)} fits {curie(answer.challenge.iri)}", text, "judged", None, ordered, holds=False
    )


def _mends(store: Store, option: Option, challenge: str) -> Iterator[str]:
    """Clauses that would mend the failing tests of OPTION, as few as each test needs."""
    failed, me = _failed(option), option.id
    if "F001" in failed and store.match(*_about(option.thing.iri, "mlo:end")):
        yield f"reopen {me}"
    if "F002" in failed:
        exclusions = [e for e in option.criteria["F002"].evidence if e.startswith("st:")]
        yield from (f"retract {e}" for e in exclusions)
        if not exclusions:
            yield from (f"{me} takes on {slug(t)}" for t in _values(store, challenge, "mlo:threat")[:1])
    if "F003" in failed:
        yield from (f"{me} reaches {slug(r)}" for r in _values(store, challenge, "mlo:region")[:1])
    if "F005" in failed:
        yield from _unblocked(store, option, challenge)
    if "F012" in failed:
        yield from _included(store, option, challenge)
    if "F004" in failed:
        for row in option.coverage:
            if row.must and row.value != "pass":
                yield f"{me} offers {row.capability} at {row.required}"


def _about(subject: str, name: str) -> tuple[object, object, None]:
    from kg.store import term

    return term(iri_term(subject)), term(iri_term(iri(name))), None


def _values(store: Store, subject: str, name: str) -> list[str]:
    return sorted(str(f[2])[1:-1] for f in store.match(*_about(subject, name)))


def _unblocked(store: Store, option: Option, challenge: str) -> Iterator[str]:
    """The blocks behind F005 lifted, or the suspected actor out."""
    names = [e for e in option.criteria["F005"].evidence if e.split(":")[0] in PREFIXES]
    for name in names:
        full = iri(name)
        if full == challenge:
            for actor in _values(store, challenge, "mlo:suspectedActor"):
                if store.ask(f"ASK {{ {iri_term(actor)} mlo:coreParticipantOf {iri_term(option.thing.iri)} }}"):
                    yield f"remove {slug(actor)} from {option.id}"
            continue
        for blocker in _values(store, full, "mlo:blocker"):
            venues = _values(store, full, "mlo:venue")
            for target in _values(store, full, "mlo:target"):
                inside = f" in {slug(venues[0])}" if venues else ""
                yield f"lift {slug(blocker)} against {slug(target)}{inside}"


def _included(store: Store, option: Option, challenge: str) -> Iterator[str]:
    """As many affected states added as the veto asks for, by name."""
    affected = _values(store, challenge, "mlo:affected")
    inside = [
        a for a in affected if store.ask(f"ASK {{ {iri_term(a)} mlo:coreParticipantOf {iri_term(option.thing.iri)} }}")
    ]
    wanted = math.ceil(VETO * len(affected)) - len(inside)
    for state in [a for a in affected if a not in inside][: max(0, wanted)]:
        yield f"add {slug(state)} to {option.id} as participant"
