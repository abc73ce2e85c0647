"""How long judging takes on one process: `python bench/fit.py [NUMBER]`.

First the shipped challenges one after the other, then one challenge over NUMBER (10,000 by default) generated
arrangements beside the shipped ones: 2 to 12 participants, 1 to 3 tasks and regions, up to 4 offers backed by an
episode, a rule of decision. A fixed seed. Reading and inferring are told apart from judging; times are of this machine.

The last two lines are the figures to quote: each is the best of three once the graph is in memory, on the clock and in
processor time. Criteria are asked on all cores, so on a busy machine only the second can be compared.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kg import build, files, infer
from kg.fit import assess
from kg.names import PREFIXES, iri
from kg.store import literal_term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.store import Store

SEED = 7
ROUNDS = 3
CHALLENGE = "baltic-undersea-cables"
DAY = date(2026, 11, 24)
COMMON = (
    'mlo:source src:csis ; mlo:confidence code:medium ; mlo:method code:expert ; mlo:recorded "2026-11-24"^^xsd:date'
)


def _all(store: Store, pattern: str) -> list[str]:
    return [f"<{row['x']}>" for row in store.rows(f"SELECT DISTINCT ?x WHERE {{ {pattern} }} ORDER BY ?x")]


def generated(store: Store, number: int) -> Iterator[str]:
    """NUMBER arrangements in Turtle that draw on the states, threats, capabilities and regions of STORE."""
    rng = random.Random(SEED)
    states = _all(store, "?x mlo:iso3 ?code")
    threats = _all(store, "?any a mlo:Task ; mlo:threat ?x")
    capabilities = _all(store, "?any a mlo:CapabilityOffer ; mlo:capability ?x")
    regions = _all(store, "?any a mlo:Remit ; mlo:region ?x")
    decisions = _all(store, "?any mlo:decisionRule ?x")
    yield "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in PREFIXES.items())
    for i in range(number):
        a, year = f"arr:generated-{i}", rng.randint(1990, 2025)
        yield (
            f'{a} a mlo:Operation ; skos:notation "Z{i:05d}" ; rdfs:label "Generated {i}"@en ; '
            f'mlo:begin "{year}"^^xsd:gYear ; mlo:listComplete true ; mlo:openness code:restricted ; '
            f"mlo:securityPurpose true ; {COMMON} .\n"
            f"st:g{i}-decision a mlo:DecisionStatement ; mlo:arrangement {a} ; "
            f"mlo:decisionRule {rng.choice(decisions)} ; {COMMON} .\n"
            f"st:g{i}-remit a mlo:Remit ; mlo:arrangement {a} ; "
            f"mlo:region {', '.join(rng.sample(regions, rng.randint(1, 3)))} ; {COMMON} .\n"
            f"st:g{i}-episode a mlo:ResponseEpisode ; mlo:arrangement {a} ; "
            f'mlo:begin "{year}"^^xsd:gYear ; mlo:threat {rng.choice(threats)} ; {COMMON} .\n'
        )
        for k, threat in enumerate(rng.sample(threats, rng.randint(1, 3))):
            yield f"st:g{i}-task-{k} a mlo:Task ; mlo:arrangement {a} ; mlo:threat {threat} ; {COMMON} .\n"
        for k, capability in enumerate(rng.sample(capabilities, rng.randint(0, 4))):
            yield (
                f"st:g{i}-offer-{k} a mlo:CapabilityOffer ; mlo:offeredBy {a} ; mlo:capability {capability} ; "
                f"mlo:level {rng.randint(1, 3)} ; mlo:evidence st:g{i}-episode ; {COMMON} .\n"
            )
        for k, state in enumerate(rng.sample(states, rng.randint(2, 12))):
            yield (
                f"st:g{i}-member-{k} a mlo:Participation ; mlo:arrangement {a} ; mlo:participant {state} ; "
                f'mlo:role role:member ; mlo:begin "{year}"^^xsd:gYear ; {COMMON} .\n'
            )


def _timed(start: float) -> str:
    return f"{time.perf_counter() - start:7.2f} s"


def _judging(store: Store, names: Sequence[str]) -> tuple[float, float, int]:
    """Seconds on the clock and of the processor to judge the challenges NAMES, at best, and over how many options."""
    found = []
    for _ in range(ROUNDS):
        clock, processor = time.perf_counter(), time.process_time()
        for name in names:
            considered = assess(store, iri(f"challenge:{name}"), as_of=DAY).considered
        found.append((time.perf_counter() - clock, time.process_time() - processor))
    return min(clock for clock, _ in found), min(processor for _, processor in found), considered


def _figure(what: str, judged: tuple[float, float, int]) -> None:
    clock, processor, considered = judged
    print(f"{clock:7.2f} s  {what} over {considered:,} options ({processor:.2f} s of processor time)")


def main(number: int) -> None:
    """Print a line for each step, then the two figures."""
    start = time.perf_counter()
    store = build.load([*files.ontology(), *files.data()])
    day = {"asOf": literal_term(DAY.isoformat(), "date")}
    shipped = store.copy()
    infer.saturate(shipped, day)
    print(f"{_timed(start)}  read and infer the shipped data, {len(shipped):,} triples")
    challenges = sorted(p.stem for p in (files.ROOT / "data" / "challenges").glob("*.ttl"))
    every = _judging(shipped, challenges)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.ttl"
        path.write_text("".join(generated(store, number)), encoding="utf-8")
        start = time.perf_counter()
        build.load([path], into=store)
    infer.saturate(store, day)
    print(f"{_timed(start)}  read and infer {number:,} arrangements more, {len(store):,} triples")
    one = _judging(store, [CHALLENGE])
    _figure(f"{len(challenges)} challenges, one after the other,", every)
    _figure("one challenge", one)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
