"""Two hundred faults put into copies of the shipped files, each found at its own line; and what cannot be found, with reasons.

A seeded generator takes one file for each fault, so that all of them are judged in one run over the whole data; faults of
syntax need no run. A fault that is told where the parser stumbles over it is expected there: that is said at its kind.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg import files, validate

SEED = 20261124
STATEMENT = re.compile(r"(?m)^(st:[\w-]+) a mlo:(\w+) ;\n(?:    .*\n)+")


@dataclass(frozen=True)
class Fault:
    kind: str
    source: Path
    text: str
    line: int


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def changed(pattern, replacement, *, group=0, shift=0):
    """A mutator: one match of PATTERN is replaced; the fault lies SHIFT lines behind it."""

    def mutate(text, rng):
        found = list(re.finditer(pattern, text, re.MULTILINE))
        if not found:
            return None
        m = rng.choice(found)
        new = replacement(m, rng) if callable(replacement) else replacement
        return text[: m.start(group)] + new + text[m.end(group) :], line_of(text, m.start(group)) + shift

    return mutate


def swapped(m, rng):
    """The name with two of its letters exchanged."""
    word = m[1]
    places = [i for i in range(1, len(word) - 1) if word[i] != word[i + 1]]
    i = rng.choice(places)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def dropped(prop, kind=r"\w+"):
    """Take the line of a required property out of a statement of one KIND; it is missed at the subject."""

    def mutate(text, rng):
        found = [m for m in STATEMENT.finditer(text) if f"    mlo:{prop} " in m[0] and re.fullmatch(kind, m[2])]
        if not found:
            return None
        m = rng.choice(found)
        block = re.sub(rf"    mlo:{prop} .* ;\n", "", m[0], count=1)
        return (text[: m.start()] + block + text[m.end() :], line_of(text, m.start())) if block != m[0] else None

    return mutate


def added(line, kind=r"\w+", without=None):
    """Put LINE into a statement of one KIND, behind its first line."""

    def mutate(text, rng):
        found = [m for m in STATEMENT.finditer(text) if re.fullmatch(kind, m[2]) and not (without and without in m[0])]
        if not found:
            return None
        m = rng.choice(found)
        end = m.start() + len(m[0]) - len(m[0].split("\n")[-2]) - 1
        return text[:end] + f"    {line} ;\n" + text[end:], line_of(text, end)

    return mutate


def twin(text, rng):
    """The same participation once more under a name that sorts behind.

    With an end and no known begin two statements may be two times, so C003 is silent there.
    """
    found = [
        m
        for m in STATEMENT.finditer(text)
        if m[2] == "Participation" and ("mlo:begin " in m[0] or "mlo:end " not in m[0])
    ]
    if not found:
        return None
    m = rng.choice(found)
    copy = m[0].replace(m[1], m[1] + "-zz", 1)
    return text.rstrip("\n") + "\n\n" + copy, text.rstrip("\n").count("\n") + 3


def cut(text, rng):
    """The file ends behind some semicolon: told where it ends."""
    m = rng.choice(list(re.finditer(r" ;\n", text)))
    return text[: m.end()], line_of(text, m.end())


def no_dot(text, rng):
    """No full stop behind a statement: told at the first word of the next one."""
    m = rng.choice(list(re.finditer(r" \.\n\n+(?=[a-z]+:)", text)))
    return text[: m.start()] + text[m.start() + 2 :], line_of(text, m.end())


SYNTAX = {
    "cut off": cut,
    "no full stop": no_dot,
    "no semicolon": changed(r" (;)\n    mlo:", " ", group=1, shift=1),
    "undeclared prefix": changed(r"(?<= )(code|state|src|arr)(?=:[a-z])", lambda m, r: m[1] + "s", group=1),
    "string not closed": changed(r'(")(?:@en|\^\^xsd:date) ', "", group=1),
    "space in an address": changed(r"^@prefix .*<https://w3id(\.)org", " ", group=1),
    "unknown mark": changed(r"^    (mlo:)\w+ ", "& mlo:", group=1),
}
MEANING = {
    "misspelt property": changed(r"^    mlo:(\w{5,}) ", swapped, group=1),
    "misspelt class": changed(r"^\S+ a mlo:(\w{4,}) ;", swapped, group=1),
    "misspelt state": changed(r"mlo:participant state:(\w+) ;", lambda m, r: m[1][0] + "q" + m[1][2:], group=1),
    "misspelt role": changed(r"mlo:role role:([\w-]{5,}) ;", swapped, group=1),
    "misspelt source": changed(r"mlo:source src:([\w-]{6,})", swapped, group=1),
    "misspelt threat": changed(r"mlo:threat threat:([\w-]{6,})", swapped, group=1),
    "misspelt capability": changed(r"mlo:capability cap:([\w-]+)", lambda m, r: m[1] + "x", group=1),
    "code of another list": changed(r"mlo:confidence code:(\w+)", "treaty", group=1),
    "a state for a role": changed(r"mlo:role (role:[\w-]+)", "state:est", group=1),
    "a day that is none": changed(r'mlo:(?:begin|recorded|date) "\d{4}-(\d\d-\d\d)"\^\^xsd:date', "02-30", group=1),
    "a day written as text": changed(r'mlo:(?:begin|recorded) "[\d-]+"(\^\^xsd:\w+)', "", group=1),
    "a day of the wrong precision": changed(r'mlo:(?:begin|recorded) "\d{4}-\d\d-\d\d"\^\^xsd:(date)', "gYearMonth", group=1),
    "end before begin": added('mlo:end "1800-01-01"^^xsd:date', "Participation", "mlo:end"),
    "begin outside the arrangement": changed(r'mlo:role .* ;\n    mlo:begin "(\d{4})-', "1700", group=1),
    "no confidence": dropped("confidence"),
    "no source": dropped("source"),
    "no role": dropped("role"),
    "no arrangement": dropped("arrangement", "Participation"),
    "two roles": changed(r"(mlo:role role:[\w-]+) ;", lambda m, r: m[1] + ", role:observer" if "observer" not in m[1] else m[1] + ", role:member", group=1),
    "two confidences": added("mlo:confidence code:low", without="code:low"),
    "neither begin nor unknown": dropped("begin", "Participation"),
    "a level that does not exist": changed(r"mlo:level (\d)", "7", group=1),
    "the same participation twice": twin,
}  # fmt: skip
STATES = {
    "a code in small letters": changed(r'mlo:iso3 "([A-Z]{3})"', lambda m, r: m[1].lower(), group=1),
    "a code too short": changed(r'mlo:iso2 "([A-Z]{2})"', "Q", group=1),
    "two codes": changed(r'mlo:iso3 ("[A-Z]{3}")', lambda m, r: m[1] + ', "QQQ"', group=1),
    "a border with nobody": changed(r"mlo:borders state:(\w{3})", "qqq", group=1),
}
UNDETECTABLE = {
    "another state that exists": (
        changed(r"mlo:partner state:(\w+)|mlo:affected state:(\w+)", "mlo:affected state:isl"),
        "both statements are possible; only the source can tell",
    ),
    "another day that exists": (
        changed(r'mlo:recorded "\d{4}-\d\d-(\d\d)"', "23", group=1),
        "a date is not wrong by itself",
    ),
    "a slip in a text": (changed(r'"([A-Z][a-z]{4,}) [a-z]+ ', swapped, group=1), "text is for people"),
    "another name of a statement": (changed(r"^st:([\w-]{6,}) a mlo:Task", swapped, group=1), "any name will do"),
    "a coding of nothing": (
        dropped("arrangement", "LinkCoding|DecisionStatement"),
        "no shape asks for the arrangement of statements that are no participation",
    ),
    "a grade lower": (changed(r"mlo:confidence code:(high)", "medium", group=1), "a judgement, not a fact"),
}
"""Faults that leave a statement which could be true. A reader of the source finds them, no rule does."""


def faults(kinds, sources, count, rng):
    """COUNT faults of KINDS in turn, each in a file of its own."""
    made, left = [], list(sources)
    rng.shuffle(left)
    names = sorted(kinds)
    while len(made) < count:
        kind = names[len(made) % len(names)]
        for source in left:
            text = source.read_text(encoding="utf-8")
            found = kinds[kind](text, rng)
            if found and found[0] != text:
                made.append(Fault(kind, source, *found))
                left.remove(source)
                break
        else:
            raise AssertionError(f"no file left for {kind!r}")
    return made


def judged(made, folder):
    """The lines with an error in the mutated copies, by place in MADE; the rest of the data stands beside them."""
    copies = {}
    for i, fault in enumerate(made):
        copy = folder / f"{i}-{fault.source.name}"
        copy.write_text(fault.text, encoding="utf-8")
        copies[str(copy)] = i
    behind = [*files.ontology(), *(set(files.data()) - {f.source for f in made})]
    report = validate.check([Path(c) for c in copies], context=behind)
    lines = [set() for _ in made]
    for finding in report.findings:
        if finding.severity == "error":
            lines[copies[finding.file]].add(finding.line)
    return lines


def missed(made, lines):
    return [
        (f.kind, f.source.name, f.line, sorted(found))
        for f, found in zip(made, lines, strict=True)
        if f.line not in found
    ]


ARRANGEMENTS = sorted((files.ROOT / "data" / "arrangements").glob("*.ttl"))


def all_faults():
    rng = random.Random(SEED)
    states = [
        p for p in sorted((files.ROOT / "data" / "states").glob("*.ttl")) if "mlo:iso3" in p.read_text(encoding="utf-8")
    ]
    syntax = faults(SYNTAX, ARRANGEMENTS, 40, rng)
    meaning = faults(MEANING, ARRANGEMENTS, 156, rng) + faults(STATES, states, 4, rng)
    return syntax, meaning


@pytest.fixture(scope="module")
def made():
    return all_faults()


def test_there_are_two_hundred_and_they_are_the_same_each_time(made):
    syntax, meaning = made
    assert len(syntax) + len(meaning) == 200
    assert all_faults() == made
    counts = Counter(f.kind for f in syntax + meaning)
    assert counts.keys() == SYNTAX.keys() | MEANING.keys() | STATES.keys()


def test_every_fault_of_syntax_is_told_at_its_line(made, tmp_path):
    syntax, _ = made
    lines = judged(syntax, tmp_path)
    assert missed(syntax, lines) == []


def test_every_other_fault_is_found_at_its_line(made, tmp_path):
    _, meaning = made
    lines = judged(meaning, tmp_path)
    assert missed(meaning, lines) == []


def test_what_is_listed_as_undetectable_is_not_detected(tmp_path):
    kinds = {kind: mutate for kind, (mutate, _) in UNDETECTABLE.items()}
    sources = [*ARRANGEMENTS, *sorted((files.ROOT / "data" / "challenges").glob("*.ttl"))]
    made = faults(kinds, sources, len(kinds), random.Random(SEED))
    assert [(f.kind, lines) for f, lines in zip(made, judged(made, tmp_path), strict=True) if lines] == []
