"""Lists of members in YAML, one block a file, as rows. The layout is that of internacia-db (datenoio/internacia-db)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kg.errors import MinilatError, did_you_mean
from kg.imports.rows import Row, plain, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST: Final = 4 * 2**20
_ITEM: Final = re.compile(r"https?://(?:www\.)?wikidata\.org/(?:wiki|entity)/(Q[1-9]\d*)")
_KEYS: Final = {"block": "id", "block_name": "name", "founded": "founded"}
_MEMBER: Final = {
    "member": "id", "member_name": "name", "type": "type", "status": "status", "joined": "joined", "left": "left",
}  # fmt: skip


def read(path: Path, columns: Sequence[str]) -> list[Row]:
    """One row of COLUMNS for each entry under ``includes`` in the YAML file at PATH, with its line, if there are any.

    Scalars stay as they are written (NO is Norway, not false). Raises MinilatError E194 for what is no YAML, has
    references or is no such list, and E195 for a key that is missing, each with the line.
    """
    text = text_of(path, LARGEST)
    name = path.name
    try:
        import yaml
    except ImportError:
        raise MinilatError(
            "E137", "lists in YAML are read by PyYAML", where=name, hint="pip install 'minilat[csv]'"
        ) from None
    try:
        for token in yaml.scan(text):
            if isinstance(token, (yaml.AliasToken, yaml.TagToken)):
                line = token.start_mark.line + 1
                hint = "write the value out"
                raise MinilatError("E194", "references and tags are not read", where=f"{name}:{line}", hint=hint)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        reason = getattr(error, "problem", None) or "it cannot be read"
        raise MinilatError("E194", f"no YAML: {reason}", where=where, hint="is the file cut?") from None
    except RecursionError:
        raise MinilatError("E194", "nested too deeply", where=name) from None
    block = _mapping(root, name, 1, "a block")
    shared = {column: _scalar(block, key) for column, key in _KEYS.items()}
    shared["wikidata"] = _scalar(block, "wikidata_id") or _linked(block, name)
    missing = [key for key in ("id", "name", "includes") if key not in block]
    if missing and (missing != ["includes"] or did_you_mean("includes", block)):
        hint = did_you_mean(missing[0], block, otherwise="is this a list of members?")
        raise MinilatError("E195", f"the key {missing[0]} is missing", where=f"{name}:1", hint=hint)
    if missing:
        return []
    found = []
    for entry in _items(block["includes"], name):
        line = entry.start_mark.line + 1
        member = _mapping(entry, name, line, "an entry under includes")
        if "id" not in member:
            hint = did_you_mean("id", member)
            raise MinilatError("E195", "the key id is missing", where=f"{name}:{line}", hint=hint)
        cells = shared | {column: _scalar(member, key) for column, key in _MEMBER.items()}
        found.append(Row(tuple(cells.get(c, "") for c in columns), name, line))
    return found


def _mapping(node: Any, name: str, line: int, what: str) -> dict[str, Any]:
    """The values of a mapping by key; a key that stands twice is an error."""
    if getattr(node, "id", "") != "mapping":
        raise MinilatError("E194", f"this is not {what}: no keys and values", where=f"{name}:{line}")
    found: dict[str, Any] = {}
    for key, value in node.value:
        if str(key.value) in found:
            raise MinilatError("E194", f"the key {key.value} stands twice", where=f"{name}:{key.start_mark.line + 1}")
        found[str(key.value)] = value
    return found


def _items(node: Any, name: str) -> list[Any]:
    if node.id != "sequence":
        raise MinilatError("E194", "this is not a list", where=f"{name}:{node.start_mark.line + 1}")
    return list(node.value)


def _scalar(found: dict[str, Any], key: str) -> str:
    node = found.get(key)
    if node is None or node.id != "scalar":
        return ""
    return "" if node.value in ("null", "~") and node.style is None else plain(str(node.value))


def _linked(block: dict[str, Any], name: str) -> str:
    """The Wikidata item among the links of the block, where it is one."""
    links = _items(block["links"], name) if "links" in block else []
    urls = [_scalar(_mapping(x, name, x.start_mark.line + 1, "a link"), "url") for x in links]
    items = {m[1] for url in urls if (m := _ITEM.match(url))}
    return items.pop() if len(items) == 1 else ""
