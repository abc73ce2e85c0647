"""pySHACL, the reference engine: slow, and the one others are compared with."""

from __future__ import annotations

import logging
import re
import warnings
from typing import TYPE_CHECKING, Any

from kg.errors import MinilatError
from kg.store import tidied
from kg.validate.results import SEPARATOR, Raw, shacl_name
from kg.validate.shapes import MalformedError, Shapes, sh
from kg.validate.triples import Triples

if TYPE_CHECKING:
    from collections.abc import Iterator


class _SameLabels(dict[str, Any]):
    """What rdflib asks for the name of a blank node: the label that it has in the text."""

    def get(self, label: str, default: Any = None) -> Any:
        """The label itself."""
        return label


def run(data: Triples, shapes: Triples) -> list[Raw]:
    """The results of SHAPES over DATA. Raises MinilatError E090 for shapes the engine does not take."""
    import pyshacl
    import rdflib

    rdflib.NORMALIZE_LITERALS = False
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graphs = [
                rdflib.Graph().parse(data=part.text, format="nt", bnode_context=_SameLabels())
                for part in (data, shapes)
            ]
            # Its switches for warnings and infos would let nested shapes conform that do not.
            _, report, words = pyshacl.validate(graphs[0], shacl_graph=graphs[1])
    except Exception as error:  # its checks of shapes end in exceptions of many kinds
        raise MinilatError("E090", f"the shapes cannot be used: {error}", hint="see the file named above") from None
    finally:
        logging.disable(before)
    if not isinstance(report, rdflib.Graph):
        raise MinilatError("E090", f"the shapes cannot be used: {getattr(report, 'message', words)}")
    return list(_results(Shapes(Triples(tidied(report.serialize(format="nt", encoding="utf-8")).decode()))))


def _results(report: Shapes) -> Iterator[Raw]:
    for top in report.nodes():
        if sh("ValidationReport") not in report.types(top):
            continue
        for node in report.values(top, "result"):

            def one(name: str, node: str = node) -> str:
                return next(iter(report.values(node, name)), "")

            try:
                path = report.path(one("resultPath")) if one("resultPath") else ""
            except MalformedError:
                path = one("resultPath")
            messages = report.messages(node, "resultMessage")
            yield Raw(
                one("focusNode"),
                path,
                one("value"),
                one("sourceShape"),
                shacl_name(one("sourceConstraintComponent")),
                shacl_name(one("resultSeverity")),
                SEPARATOR.join(messages),
            )


def refused_pattern(pattern: str, flags: str) -> str:
    """Why Python, and so pySHACL, does not take the regular expression PATTERN; empty where it does."""
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""
