"""What a result says: the message of its shape, or words of our own where the shape has none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.validate.results import SEPARATOR, filled, shown
from kg.validate.shapes import MalformedError

if TYPE_CHECKING:
    from kg.validate.results import Raw
    from kg.validate.shapes import Shapes

_WORDS: Final = {
    "And": "{what} does not meet all of the shapes in sh:and.",
    "Class": "{what} is not of the class {class}.",
    "Closed": "{path} is not allowed here: the shape is closed.",
    "Datatype": "{what} is not a well-formed value of the datatype {datatype}.",
    "Disjoint": "{what} is also a value of {disjoint}, from which it must be apart.",
    "Equals": "The values of {path} and of {equals} are not the same: {value}.",
    "HasValue": "The value {hasValue} is missing.",
    "In": "{what} is not one of the values allowed: {in}.",
    "LanguageIn": "{what} is in none of the languages allowed: {languageIn}.",
    "LessThan": "{what} is not less than the value of {lessThan}.",
    "LessThanOrEquals": "{what} is greater than the value of {lessThanOrEquals}.",
    "MaxCount": "There are more values of {path} than {maxCount}.",
    "MaxExclusive": "{what} is not less than {maxExclusive}.",
    "MaxInclusive": "{what} is greater than {maxInclusive}.",
    "MaxLength": "{what} is longer than {maxLength} characters.",
    "MinCount": "There are fewer values of {path} than {minCount}.",
    "MinExclusive": "{what} is not greater than {minExclusive}.",
    "MinInclusive": "{what} is less than {minInclusive}.",
    "MinLength": "{what} is shorter than {minLength} characters.",
    "Node": "{what} does not meet the shape {node}.",
    "NodeKind": "{what} is not of the kind {nodeKind}.",
    "Not": "{what} meets the shape {not}, which it must not.",
    "Or": "{what} meets none of the shapes in sh:or.",
    "Pattern": "{what} does not match the pattern {pattern}.",
    "QualifiedMaxCount": "More values of {path} than {qualifiedMaxCount} meet the shape {qualifiedValueShape}.",
    "QualifiedMinCount": "Fewer values of {path} than {qualifiedMinCount} meet the shape {qualifiedValueShape}.",
    "UniqueLang": "More than one value of {path} has the same language.",
    "Xone": "{what} does not meet exactly one of the shapes in sh:xone.",
}
_BRACED: Final = re.compile(r"\{(\w+)\}")
_MOST: Final = 8
"""How many members of a list are named."""


def message(shapes: Shapes, raw: Raw) -> str:
    """The words for RAW: sh:message of its shape, untagged or English first, or what its component means."""
    said = shapes.messages(raw.shape)
    if raw.component == "SPARQLConstraintComponent" or raw.component.startswith("<"):
        # An engine gives the words of the constraint, and may add those of the shape.
        terms = {"this": raw.focus, "value": raw.value, "path": raw.path}
        given = [m for m in raw.message.split(SEPARATOR) if m] or said
        own = [m for m in given if m not in said] or given
        return (
            filled(own[0], {k: v for k, v in terms.items() if v})
            if own
            else f"{shown(raw.value or raw.focus)} breaks a constraint of {_name(raw)}."
        )
    if said:
        return said[0]
    text = _WORDS.get(raw.component.removesuffix("ConstraintComponent"), "{what} breaks a constraint of the shape.")
    return _BRACED.sub(lambda m: _part(shapes, raw, m[1]), text)


def _name(raw: Raw) -> str:
    return shown(raw.component if raw.component.startswith("<") else raw.shape)


def _part(shapes: Shapes, raw: Raw, name: str) -> str:
    if name == "what":
        return shown(raw.value) if raw.value else "The node"
    if name == "value":
        return shown(raw.value)
    if name == "path":
        return re.sub(r"<[^>]*>", lambda m: shown(m[0]), raw.path) or "the path"
    values = shapes.values(raw.shape, name)
    if name in ("in", "languageIn") and values:
        try:
            values = shapes.items(values[0])
        except MalformedError:
            values = []
        more = f", … ({len(values)} in all)" if len(values) > _MOST else ""
        return ", ".join(shown(v) for v in values[:_MOST]) + more
    return " or ".join("in brackets" if v.startswith("_:") else shown(v).strip('"') for v in sorted(values))
