"""Text of strangers made safe for a terminal, a log and an XML document."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def line(text: str) -> str:
    """TEXT on one line, without anything a terminal or the log of a code host would obey.

    Control characters and changes of writing direction show as their code. The runner of GitHub takes a command from a
    line that begins with ``::``, and once took one from anywhere behind ``##[``.
    """
    shown = text.replace("\t", " ").replace("\r\n", " ").replace("\n", " ").replace("##[", "# #[")
    shown = re.sub(r"^( *):(?=:)", r"\1: ", shown)
    return _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", shown)


def xml(text: str) -> str:
    """TEXT without the characters that XML 1.0 cannot hold, shown as their code."""
    return _NOT_XML.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def uri(file: str) -> str:
    """The URI reference of FILE: relative as it is, an absolute path with its scheme."""
    path = quote(file.replace("\\", "/"), safe="/-._~!$&'()*+,;=@")
    if re.match(r"[A-Za-z]%3A/", path):
        return f"file:///{path.replace('%3A', ':', 1)}"
    return f"file://{path}" if path.startswith("/") else path
