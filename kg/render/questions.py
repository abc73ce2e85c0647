"""The page of all competency questions and refusals, written from the headers of their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.catalogue import Entry
    from kg.refusals import Refusal

_HEAD: Final = """\
# Questions

Forty-two questions that people who work on alliances and partnerships ask, each a SPARQL query in `queries/questions/`.
This page is written by `minilat queries --page` from the headers of the files.

```sh
minilat query CQ01 --param arrangement=jef --as-of 2021-05-01
minilat query CQ26 --param arrangements=jef,ei2 --format json
```

The day is given by `--as-of`. A parameter that is not given takes its usual value. What was taken is said on the error
stream, with the day, the latest day of recording and the version; the answer alone is on the output. States are
written as ISO code or name, arrangements as id, notation or name; `any` leaves a parameter open where that is its usual
value; a type that ends in `+` takes several values between commas. An unknown parameter, or a value of another type, is
answered with what the question takes. Most rows name the statements they rest on; the file of the arrangement leads on
to the source.

A query cannot do everything. Where a question asks for a judgement, a search or a comparison of releases, the query
gives what rows can give, and *see also* names the command that answers in full.
"""

_REFUSED: Final = """\
## What is refused

Some questions are not answered, because public facts do not carry an answer or because one would imply more than they
say. Asked by name, by code, or as a value of a parameter that names nothing in the graph, they are refused with the
reason (error E140). Free SPARQL is not screened: the graph holds no such facts to be found.

| code | name | why | ask instead |
|---|---|---|---|
"""


def page(questions: Iterable[Entry], refusals: Iterable[Refusal]) -> str:
    """The page in Markdown: one section a question, in the order given, and a table of REFUSALS."""
    parts = [_HEAD]
    for entry in questions:
        lines = [f"## {entry.code} {entry.title}", "", f"{_sentence(entry.why)} `minilat query {entry.code}`", ""]
        unique = {p.name: p for p in entry.parameters if p.name != "asOf"}
        if unique:
            lines += ["| parameter | type | usually | meaning |", "|---|---|---|---|"]
            lines += [
                f"| `{p.name}` | {_cell(p.type)} | {_cell(p.usual)} | {_cell(p.meaning)} |" for p in unique.values()
            ]
            lines.append("")
        if limit := entry.header.get("limit"):
            lines += [f"Limit: {limit}.", ""]
        if see := entry.header.get("see"):
            lines += [f"See also: `{see.partition(',')[0]}`{''.join(see.partition(',')[1:])}.", ""]
        parts.append("\n".join(lines))
    rows = "\n".join(f"| {r.code} | {r.name} | {_cell(r.reason)} | {_cell(r.instead)} |" for r in refusals)
    return "\n".join([*parts, _REFUSED + rows]) + "\n"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
