"""Frozen records of reasoning: why something holds, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

ProofKind = Literal[
    "stated", "inferred", "absent", "test", "computed", "given", "rows", "judged", "missing", "cycle", "cut"
]


@dataclass(frozen=True)
class Proof:
    """A conclusion with all it rests on, down to statements with file, line, source and confidence.

    ``conclusion`` is a triple as Turtle writes it, or words; ``text`` says it in words. ``rule`` is the code and title
    of what concluded it, None for what is stated. ``confidence`` of what is stated is its own, of what is concluded
    that of its weakest link (high, medium, low or '', where no premise carries any). ``others`` are further proofs of
    the same conclusion, where they were asked for; ``holds`` is False only in a why-not, for a premise that fails.
    """

    conclusion: str
    text: str
    kind: ProofKind
    rule: tuple[str, str] | None = None
    premises: tuple[Proof, ...] = ()
    file: str = ""
    line: int | None = None
    source: tuple[str, ...] = ()
    confidence: str = ""
    others: tuple[Proof, ...] = ()
    holds: bool = True

    def walk(self) -> Iterator[Proof]:
        """This node and all below it, without the other proofs."""
        yield self
        for premise in self.premises:
            yield from premise.walk()


@dataclass(frozen=True)
class WhyNot:
    """Why something does not hold: the nearest rules or criteria, and the smallest change that would make it hold.

    ``changes`` are counterfactual: what would have to be added ('+') or go ('−'), in words; ``scenario`` says them so
    that ``--what-if`` takes them, where that can be. ``size`` is their number, None where no change of at most
    ``bound`` was found; ``then`` says what a full run under the scenario gave, where one was made.
    """

    conclusion: str
    text: str
    near: tuple[Proof, ...]
    changes: tuple[tuple[str, str], ...]
    scenario: tuple[str, ...]
    size: int | None
    bound: int
    then: str = ""
