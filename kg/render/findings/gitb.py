"""A report in the form of the EU's Interoperability Test Bed: a TAR (test assertion report) of GITB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kg.render.findings import safe

if TYPE_CHECKING:
    from kg.records import Finding, Report

_SPACE: Final = "http://www.gitb.com/tr/v1/"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_ORDER: Final = ("info", "warning", "error")


def report(found: Report, when: str) -> str:
    """FOUND as XML with the time WHEN (xsd:dateTime), which the form asks for.

    The result is FAILURE where a finding is at or above the threshold, WARNING where there are warnings only.
    """
    top = Element("TestStepReport", {"xmlns": _SPACE, _XSI: "TAR", "name": "minilat validate"})
    SubElement(top, "date").text = when
    failed, warned = any(map(found.fails, found.findings)), bool(found.count("error") + found.count("warning"))
    SubElement(top, "result").text = "FAILURE" if failed else "WARNING" if warned else "SUCCESS"
    counters = SubElement(top, "counters")
    SubElement(counters, "nrOfAssertions").text = str(found.count("info"))
    SubElement(counters, "nrOfErrors").text = str(found.count("error"))
    SubElement(counters, "nrOfWarnings").text = str(found.count("warning"))
    if found.shown:
        reports = SubElement(top, "reports")
        for f in found.shown:
            _item(SubElement(reports, f.severity, {_XSI: "BAR"}), f)
    indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(top, encoding="unicode") + "\n"


def _item(item: Element, f: Finding) -> None:
    parts = {
        "assertionID": f.code,
        "description": f.message + (f" Hint: {f.hint}" if f.hint else ""),
        # The test bed's own form of a place: file, line, column.
        "location": f"{f.file}:{f.line}:{f.column}" if f.file else "",
        "test": f.shape,
        "type": f.component,
        "value": f.value or f.focus,
    }
    for name, text in parts.items():
        if text:
            SubElement(item, name).text = safe.xml(text)
