"""A report as test results in the JUnit form that Jenkins, GitLab and others read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kg.render.findings import safe

if TYPE_CHECKING:
    from kg.records import Finding, Report


def report(found: Report) -> str:
    """One suite a file, one case a finding; a file without any passes one case.

    What is below the threshold passes too and says so in its output. Where a document could not be read, that is an
    error and nothing else was tested. The form has no place for a line, so it stands in
    the attribute that readers look for and in the text.
    """
    by_file: dict[str, list[Finding]] = {name: [] for name in found.names if not found.broken}
    for f in found.shown:
        by_file.setdefault(f.file, []).append(f)
    top = Element("testsuites", name="minilat")
    for name in sorted(by_file):
        suite = SubElement(top, "testsuite", name=safe.xml(name or "(no file)"))
        for f in by_file[name]:
            _case(suite, f, found)
        if not by_file[name]:
            SubElement(suite, "testcase", name="no findings", classname=safe.xml(name), file=safe.xml(name))
        _count(suite)
    if not by_file:
        suite = SubElement(top, "testsuite", name="minilat")
        SubElement(suite, "testcase", name="no findings", classname="minilat")
        _count(suite)
    _count(top)
    indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(top, encoding="unicode") + "\n"


def _case(suite: Element, f: Finding, found: Report) -> None:
    place = f"{f.file}:{f.line}" if f.line else f.file
    about = " ".join(part for part in (f.focus, f.path) if part)
    case = SubElement(
        suite,
        "testcase",
        name=safe.xml(f"{f.code} {about}".strip()),
        classname=safe.xml(f.file),
        file=safe.xml(f.file),
        line=str(f.line or 1),
    )
    words = safe.xml(f"{place}: {f.severity} {f.code}: {f.message}" + (f"\nhint: {f.hint}" if f.hint else ""))
    if found.fails(f):
        kind = "error" if found.unread(f) else "failure"
        SubElement(case, kind, type=f.code, message=safe.xml(f.message)).text = words
    else:
        SubElement(case, "system-out").text = words


def _count(element: Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    element.set("failures", str(len(list(element.iter("failure")))))
    element.set("errors", str(len(list(element.iter("error")))))
    element.set("skipped", "0")
    element.set("time", "0")
