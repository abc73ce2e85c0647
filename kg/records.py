"""Frozen records: what the acts give back, and what doors and notebooks show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    pass

Verdict = Literal["full", "partial", "unknown", "ineligible"]
Status = Literal["measured", "assumed", "unknown"]
Severity = Literal["error", "warning", "info"]
Truth = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True)
class Thing:
    """Something with a name: its IRI, its readable id, its notation in the stock-take and its English label."""

    iri: str
    id: str
    notation: str
    label: str


@dataclass(frozen=True)
class Evidence:
    """A statement an answer rests on, with the titles of its sources and its confidence (high, medium, low or '')."""

    statement: str
    sources: tuple[str, ...]
    confidence: str
    doubt: str = ""


@dataclass(frozen=True)
class Reason:
    """One reason for a verdict: the code of the test, a sentence, and the statements it rests on."""

    code: str
    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionValue:
    """The value of one criterion for one option.

    ``value`` is a number on the criterion's fixed scale, 'pass', 'fail' or 'unknown' for a hard test, or None when
    nothing is known; ``status`` says whether it was measured, assumed by a stated convention, or is unknown.
    """

    value: float | str | None
    scale: str
    status: Status
    note: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How an option meets one requirement: levels are 0 none, 1 claimed, 2 demonstrated, 3 sustained."""

    capability: str
    label: str
    must: bool
    layer: str
    required: int
    level: int
    value: Truth
    note: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Rival:
    """The nearest competitor of an option, the code of what decides between them (None: nothing does), and in words."""

    id: str
    label: str
    code: str | None
    text: str


@dataclass(frozen=True)
class Option:
    """One grouping judged against one challenge on one day.

    ``first_interval`` holds the 95 % interval of a drawn ``first_share``; its ends are equal where the share is exact.
    ``standing`` says in words where an outranking method puts the option; ``incomparable_with`` names the options of
    the same front that ELECTRE III leaves incomparable with it. ``explanation`` is one paragraph on this option alone.
    """

    thing: Thing
    kind: str
    function: str
    nature: str
    verdict: Verdict
    rank: int | None
    front: bool
    reasons: tuple[Reason, ...]
    conditions: tuple[str, ...]
    gaps: tuple[str, ...]
    coverage: tuple[Coverage, ...]
    criteria: dict[str, CriterionValue]
    dominated_by: tuple[str, ...]
    overclaims: bool
    first_share: float | None
    rank_range: tuple[int, int] | None
    would_change: tuple[str, ...]
    first_interval: tuple[float, float] | None = None
    standing: str = ""
    incomparable_with: tuple[str, ...] = ()
    nearest: Rival | None = None
    explanation: str = ""

    @property
    def confidence(self) -> str:
        """The weakest link: the lowest, over the covered musts, of the best confidence among the evidence of each."""
        order = ("high", "medium", "low", "")
        cited = {e.statement: e.confidence for r in self.reasons for e in r.evidence}
        best = [
            min((order.index(cited.get(e, "")) for e in c.evidence), default=3)
            for c in self.coverage
            if c.must and c.value == "pass"
        ]
        return order[max(best)] if best else ""

    @property
    def label(self) -> str:
        """The English name of the grouping."""
        return self.thing.label

    @property
    def id(self) -> str:
        """The readable id of the grouping."""
        return self.thing.id

    def _repr_html_(self) -> str:
        from kg.frames import option_html

        return option_html(self)


@dataclass(frozen=True)
class Layer:
    """The options that cover the musts of one kind of authority, best first: civil and military help are not one."""

    layer: str
    needs: tuple[str, ...]
    options: tuple[str, ...]


@dataclass(frozen=True)
class OptionSet:
    """Options that together cover every must, none of them redundant, and which of them brings which capability.

    ``overclaims`` says that one of them would have to answer both what civil and what military authorities ask for.
    """

    members: tuple[str, ...]
    brings: tuple[tuple[str, tuple[str, ...]], ...]
    conditions: tuple[str, ...]
    overclaims: bool


@dataclass(frozen=True)
class Proposal:
    """A grouping that could be formed: "could plausibly provide", never "has available".

    ``critical`` are members nobody can replace; ``substitutes`` who could stand in for the others; ``single`` the
    capabilities that rest on one member; ``roles`` the statements behind each offer.
    """

    members: tuple[str, ...]
    names: tuple[str, ...]
    anchor: str
    anchor_name: str
    enabler: str
    covers: dict[str, tuple[str, ...]]
    gaps: tuple[str, ...]
    critical: tuple[str, ...]
    substitutes: dict[str, tuple[str, ...]]
    single: tuple[str, ...]
    optimal: bool
    interest: int
    ties: int
    conditions: tuple[str, ...]
    roles: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Composed:
    """The best proposals for a challenge, best first, and how sure the solver is.

    ``optima`` counts the groupings of the smallest size, listed or not; None when not all were seen. ``complete`` says
    that nothing of the smallest size, nor irredundant with one member more, is left out. ``kept`` are the participants
    of an arrangement to be extended; empty for a new grouping.
    """

    proposals: tuple[Proposal, ...]
    gaps: tuple[str, ...]
    size: int | None
    bound: float
    proven: bool
    complete: bool
    optima: int | None
    relax: tuple[str, ...]
    candidates: int
    conventions: tuple[str, ...]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extension:
    """The smallest change of one existing option that would let it cover every must.

    By ``states``: those that would have to join, or nobody where its own participants could plausibly bring what is
    missing and it would only have to take on the ``task``. By ``tools``: the other options that would do it beside it.
    ``gaps`` are closed by neither; ``conditions`` are what the law and the rules of the arrangement ask for.
    """

    option: str
    label: str
    task: tuple[str, ...]
    states: tuple[str, ...] | None
    tools: tuple[str, ...]
    gaps: tuple[str, ...]
    conditions: tuple[str, ...]
    proven: bool


@dataclass(frozen=True)
class FitAnswer:
    """Every option considered for a challenge, best first, with reasons; see docs/fit.md for the method.

    ``method`` ordered the options inside each class, with ``weights`` by code of the criterion where it takes any.
    ``flips_without`` are the criteria without any one of which the first place changes; ``fragile`` the statements of
    less than high confidence any one of which, withdrawn, changes the first place or the verdict of what leads.
    ``proposals`` are the smallest new groupings and ``extensions`` the smallest changes of the leading partial options,
    where they were asked for and no option covers every must.
    ``sets`` are the best of the ``sets_found`` minimal sets of options that cover every must together.
    """

    challenge: Thing
    as_of: str
    known_as_of: str
    prefer: str
    options: tuple[Option, ...]
    layers: tuple[Layer, ...]
    explanation: str
    weak_statements: tuple[Evidence, ...]
    caveats: tuple[str, ...]
    proposals: tuple[Proposal, ...] = ()
    method: str = "lexicographic"
    weights: dict[str, float] = field(default_factory=dict)
    flips_without: tuple[str, ...] = ()
    fragile: tuple[Evidence, ...] = ()
    sets: tuple[OptionSet, ...] = ()
    sets_found: int = 0
    extensions: tuple[Extension, ...] = ()

    @property
    def considered(self) -> int:
        """How many options were judged."""
        return len(self.options)

    def _repr_html_(self) -> str:
        from kg.frames import answer_html

        return answer_html(self)


@dataclass(frozen=True)
class Table:
    """Named columns and rows of text: members, groups, lists."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        from kg.frames import table_html

        return table_html(self)


@dataclass(frozen=True)
class Finding:
    """One result of a validation: which code, where, what is wrong and what to do."""

    code: str
    severity: Severity
    message: str
    focus: str
    path: str
    value: str
    shape: str
    component: str
    file: str
    line: int = 0
    column: int = 0
    hint: str = ""


@dataclass(frozen=True)
class Check:
    """What a code stands for: a title, what to know about it, what to do, and the address where that is written."""

    code: str
    title: str
    help: str
    hint: str
    url: str


@dataclass(frozen=True)
class Report:
    """All findings, in a fixed order, and how much was looked at.

    ``subject`` names what was asked for and ``names`` the files looked at; ``checks`` explain the codes among the
    findings. ``threshold`` is the lowest severity that fails, or never; ``limit`` the most findings to show, 0 for all.
    ``known`` findings stand in the baseline and ``ignored`` ones are excused by a comment: neither is in ``findings``.
    """

    findings: tuple[Finding, ...]
    files: int
    triples: int
    subject: str = ""
    names: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    threshold: str = "error"
    limit: int = 0
    known: int = 0
    ignored: int = 0

    def count(self, severity: str) -> int:
        """How many findings have SEVERITY."""
        return sum(1 for f in self.findings if f.severity == severity)

    @property
    def broken(self) -> bool:
        """Whether documents could not be read, so that nothing else was checked: then the exit code is 2."""
        return any(self.unread(f) for f in self.findings)

    @staticmethod
    def unread(finding: Finding) -> bool:
        """Whether FINDING says that a document could not be read, and not that something in it is wrong."""
        return finding.code.startswith("E") and finding.severity == "error"

    def fails(self, finding: Finding) -> bool:
        """Whether FINDING is at or above the threshold; what could not be read always fails."""
        order = ("error", "warning", "info")
        if self.unread(finding):
            return True
        return self.threshold != "never" and order.index(finding.severity) <= order.index(self.threshold)

    @property
    def failed(self) -> bool:
        """Whether any finding is at or above the threshold."""
        return any(self.fails(f) for f in self.findings)

    @property
    def places(self) -> list[int]:
        """Which findings to show: all, or the worst ones up to the limit, in the order of ``findings``."""
        order = ("error", "warning", "info")
        worst = sorted(range(len(self.findings)), key=lambda i: (order.index(self.findings[i].severity), i))
        return sorted(worst[: self.limit] if self.limit else worst)

    @property
    def shown(self) -> list[Finding]:
        """The findings to show."""
        return [self.findings[i] for i in self.places]

    def check(self, code: str) -> Check | None:
        """What CODE stands for, or None when nothing is written about it."""
        return next((c for c in self.checks if c.code == code), None)


@dataclass(frozen=True)
class Card:
    """Everything known about one thing: ordered (property, value) pairs and, for arrangements, its participants."""

    thing: Thing
    facts: tuple[tuple[str, str], ...] = ()
    statements: tuple[tuple[str, str, str], ...] = field(default=())
