"""SERVICE in a query: each block is asked of its service by our own client, and its answer put in its place.

SPARQL 1.1 Federated Query says that a SERVICE block is evaluated by itself and joined with the rest; so a block may be
replaced by VALUES with its solutions. What a block should be narrowed to has to stand in the block.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg import forms
from kg.documents import ntriples
from kg.errors import MinilatError
from kg.names import PREFIXES
from kg.remote.services import service
from kg.store import Store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kg.remote.client import Client
    from kg.store import Rows

ROWS: Final = 100_000
"""Solutions that one block may bring."""

_SERVICE: Final = re.compile(r"(?<![?$:\w])SERVICE(?![:\w])", re.IGNORECASE)
_SILENT: Final = re.compile(r"\s*SILENT(?![:\w])", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"\s*<([^<>\"{}|^`\\\x00-\x20]*)>\s*")
_PROLOGUE: Final = re.compile(r"(?:PREFIX\s+([^\s:]*):\s*<([^<>\s]*)>|BASE\s*<[^<>\s]*>)", re.IGNORECASE)


def addresses(text: str) -> list[str]:
    """The addresses of the services that a query asks, each once; errors as in :func:`resolve`."""
    return list(dict.fromkeys(address for _, _, address, _, _ in _blocks(text)))


def resolve(text: str, client: Client, allowed: Collection[str]) -> tuple[str, list[str]]:
    """The query TEXT with the answers of its services in place of its SERVICE blocks, and what SILENT kept quiet about.

    Raises MinilatError E187 for a service that is not among those ALLOWED (addresses), for an address in a variable, a
    block inside a block, or a solution with a blank node, which has no meaning here; else the errors of the client.
    """
    out, last, quiet = [], 0, []
    head = _head(text)
    for begin, end, address, silent, inside in _blocks(text):
        if address not in allowed:
            hint = "say --allow with its name or address, if you trust the query"
            raise MinilatError("E187", f"the query asks {address}", hint=hint)
        try:
            data = _values(client.select(address, f"{_prologue(head, inside)}SELECT * WHERE {{{inside}}}"), address)
        except MinilatError as error:
            if not silent:
                raise
            quiet.append(str(error))
            data = "VALUES () { () }"  # one solution without bindings: the block says nothing
        out += [text[last:begin], data]
        last = end
    return "".join((*out, text[last:])), quiet


def elsewhere(text: str, client: Client, name: str, page: int) -> tuple[Store, str]:
    """A store with the answer of the service NAME to the whole query TEXT, and the query that gives it back.

    A SELECT is fetched PAGE rows at a time, when PAGE is not 0. Errors as those of the client.
    """
    store = Store.memory()
    if forms.kind(text) == "graph":
        written, mishaps = ntriples(client.construct(name, alone(text)).encode(), ".ttl", "r")
        if mishaps:
            raise MinilatError("E182", f"the graph cannot be read: {mishaps[0].reason}", where=service(name).url)
        return Store.from_ntriples(written.encode()), "CONSTRUCT WHERE { ?s ?p ?o }"
    rows = client.pages(name, alone(text), page) if page else client.select(name, alone(text))
    if forms.kind(text) == "boolean":
        return store, f"ASK {{ FILTER({rows.rows[0][0]}) }}"
    names = " ".join(f"?{v}" for v in rows.variables)
    # Blank nodes of another graph: their labels tell them apart within this answer, and mean no more.
    plain = replace(rows, rows=tuple(tuple(_label(t) for t in row) for row in rows.rows))
    return store, f"SELECT {names} WHERE {{ {_values(plain, name)} }}"


def _label(term: str | None) -> str | None:
    return f"<urn:blank:{term[2:]}>" if term is not None and term.startswith("_:") else term


def _blocks(text: str) -> Iterator[tuple[int, int, str, bool, str]]:
    """Begin, end, address, whether it is silent, and what stands inside, of each SERVICE block."""
    mask = forms.masked(text)
    done = 0
    for found in _SERVICE.finditer(mask):
        if found.start() < done:
            raise MinilatError("E187", "a SERVICE block stands inside another one", hint="ask the two one by one")
        at = found.end()
        silent = _SILENT.match(mask, at)
        at = silent.end() if silent else at
        address = _ADDRESS.match(text, at)
        if address is None or mask[address.end() : address.end() + 1] != "{":
            raise MinilatError("E187", "SERVICE needs an address", hint="write it in full: SERVICE <https://…> { … }")
        begin = address.end()
        depth, done = 0, begin
        for done in range(begin, len(mask)):
            depth += {"{": 1, "}": -1}.get(mask[done], 0)
            if depth == 0:
                break
        else:
            raise MinilatError("E187", "a SERVICE block is not closed", hint="count the braces")
        done += 1
        yield found.start(), done, service(address[1]).url, bool(silent), text[begin + 1 : done - 1]


def _head(text: str) -> str:
    """The prologue: everything before the first word that begins a query."""
    mask = forms.masked(text)
    found = re.search(r"(?<![?$:\w])(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![:\w])", mask, re.IGNORECASE)
    return text[: found.start()] if found else ""


def alone(text: str) -> str:
    """The query TEXT with the declarations that it needs elsewhere: here our prefixes are known without."""
    head = _head(text)
    return _prologue(head, text[len(head) :]) + text[len(head) :]


def _prologue(head: str, inside: str) -> str:
    """The declarations that a block needs: those of the query, and those of ours that it uses."""
    lines = [line.strip() for line in head.splitlines() if not line.lstrip().startswith("#")]
    said = list(_PROLOGUE.finditer(" ".join(lines)))
    known = {m[1] for m in said if m[1] is not None}
    used = set(re.findall(r"(?<![\w?$:-])([A-Za-z][\w.-]*):", forms.masked(inside)))
    ours = [f"PREFIX {p}: <{PREFIXES[p]}>" for p in sorted(used & PREFIXES.keys() - known)]
    return "\n".join([*(m[0] for m in said), *ours, ""])


def _values(rows: Rows, address: str) -> str:
    if len(rows.rows) > ROWS:
        raise MinilatError("E183", f"a SERVICE block brings more than {ROWS} solutions", where=address)
    if any(term is not None and term.startswith("_:") for row in rows.rows for term in row):
        hint = "ask for its values instead of the node"
        raise MinilatError("E187", "a solution holds a blank node, which means nothing here", where=address, hint=hint)
    names = " ".join(f"?{v}" for v in rows.variables)
    lines = "\n".join(f"( {' '.join('UNDEF' if t is None else t for t in row)} )" for row in rows.rows)
    return f"VALUES ({names}) {{\n{lines}\n}}"
