"""Complementary answers: the smallest sets of options that together cover what none of them covers alone.

The search is exact over every pair and every three of the eligible options (set cover; domain rule: a missing
capability is never made up for by other merits, but another body may bring it). Options of which too little is known
take no part. Nothing is said about whether the members would work together.
"""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import TYPE_CHECKING, Final

from kg.records import OptionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.records import Option

Must = tuple[str, str]
"""A required capability and the kind of authority it is asked of."""
SHOWN: Final = 10
LARGEST: Final = 3
AUTHORITIES: Final = ("civil", "military")


def complementary(options: Sequence[Option], around: Option | None = None) -> tuple[tuple[OptionSet, ...], int]:
    """The best ten minimal sets of two or three OPTIONS that together cover every must, and how many there are.

    Sets are sought where no option covers all musts, or where civil and military authorities are asked for different
    things; only those with the option AROUND when it is given. Minimal means that the rest of a set without any one
    member leaves a must uncovered. They are ranked by size, by open conditions, by the musts each member leaves to the
    others, by over-claim and by the members' ranks.
    """
    able = [o for o in options if o.verdict in ("full", "partial")]
    if not able:
        return (), 0
    musts = frozenset(_must(able[0]))
    brings = {o.id: frozenset(_brought(o)) for o in able}
    layered = {layer for _, layer in musts} >= set(AUTHORITIES)
    if not layered and any(brings[o.id] == musts for o in able):
        return (), 0
    # Options that bring the same are interchangeable but for conditions and rank: sets are sought over what is brought.
    alike: dict[frozenset[Must], list[Option]] = {}
    for o in able:
        if brings[o.id] and brings[o.id] != musts:
            alike.setdefault(brings[o.id], []).append(o)
    if around is not None:
        alike[brings[around.id]] = [around]
    found, number = [], 0
    for size in range(2, LARGEST + 1):
        for parts in combinations(sorted(alike, key=sorted), size):
            if not _minimal(parts, musts) or (around is not None and brings[around.id] not in parts):
                continue
            number += math.prod(len(alike[p]) for p in parts)
            best = [sorted(alike[p], key=lambda o: (len(o.conditions), o.rank or 0, o.id))[:SHOWN] for p in parts]
            found += [_together(group, brings) for group in product(*best)]
    found.sort(key=lambda pair: pair[0])
    return tuple(s for _, s in found[:SHOWN]), number


def _must(option: Option) -> Iterable[Must]:
    return ((c.capability, c.layer) for c in option.coverage if c.must)


def _brought(option: Option) -> Iterable[Must]:
    return ((c.capability, c.layer) for c in option.coverage if c.must and c.value == "pass")


def _minimal(parts: Sequence[frozenset[Must]], musts: frozenset[Must]) -> bool:
    """Whether PARTS cover MUSTS together, and do no longer when any one of them is left out."""
    if frozenset().union(*parts) != musts:
        return False
    return all(frozenset().union(*parts[:i], *parts[i + 1 :]) != musts for i in range(len(parts)))


def _together(group: Sequence[Option], brings: dict[str, frozenset[Must]]) -> tuple[tuple[object, ...], OptionSet]:
    """The sort key of a set of options, and the set."""
    ordered = sorted(group, key=lambda o: (o.rank or 0, o.id))
    parts = [brings[o.id] for o in ordered]
    roles = _roles(parts)
    shares = parts if roles is None else [_within(p, role) for p, role in zip(parts, roles, strict=True)]
    conditions = tuple(
        f"{o.label}: {'; '.join(c.split(': ', 1)[-1] for c in o.conditions)}" for o in ordered if o.conditions
    )
    open_ones = sum(len(o.conditions) for o in ordered)
    found = OptionSet(
        tuple(o.id for o in ordered),
        tuple((o.id, tuple(sorted(c for c, _ in share))) for o, share in zip(ordered, shares, strict=True)),
        conditions,
        roles is None,
    )
    left = sum(len(o.gaps) for o in ordered)
    ranks = tuple(o.rank or 0 for o in ordered)
    return (len(ordered), open_ones, left, found.overclaims, ranks, found.members), found


def _within(part: frozenset[Must], role: str) -> frozenset[Must]:
    return frozenset(m for m in part if m[1] == role or m[1] not in AUTHORITIES)


def _roles(parts: Sequence[frozenset[Must]]) -> tuple[str, ...] | None:
    """A civil or military role per member with which they still cover everything and none answers both, or None.

    Of several ways the one in which the members bring most is taken.
    """
    musts = frozenset().union(*parts)
    ways = []
    for roles in product(AUTHORITIES, repeat=len(parts)):
        shares = [_within(p, role) for p, role in zip(parts, roles, strict=True)]
        if frozenset().union(*shares) == musts:
            ways.append((-sum(len(s) for s in shares), roles))
    return min(ways)[1] if ways else None
