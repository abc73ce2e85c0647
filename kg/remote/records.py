"""Answers of services as files: what was asked where and when, what came, and a hash, so that it can be had again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from kg.errors import MinilatError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """What a service at ENDPOINT said to QUERY at TIME (UTC): status, media type, and its text with SHA-256."""

    endpoint: str
    query: str
    time: str
    status: int
    media_type: str
    sha256: str
    body: str


def digest(body: str) -> str:
    """The SHA-256 of BODY as UTF-8, in hexadecimal."""
    return hashlib.sha256(body.encode()).hexdigest()


def _path(folder: Path, endpoint: str, query: str) -> Path:
    return folder / (digest(f"{endpoint}\n{query}")[:32] + ".json")


def write(folder: Path, answer: Answer) -> Path:
    """The file in FOLDER that now holds ANSWER; whole or not at all. Raises MinilatError E186 when it cannot be."""
    path = _path(folder, answer.endpoint, answer.query)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".part", delete=False, encoding="utf-8") as part:
            json.dump(asdict(answer), part, ensure_ascii=False, indent=1)
            part.write("\n")
        os.replace(part.name, path)  # noqa: PTH105 (atomic)
    except OSError as error:
        raise MinilatError("E186", f"the answer cannot be written: {error.strerror}", where=str(folder)) from None
    return path


def read(folder: Path, endpoint: str, query: str) -> Answer:
    """The recorded answer. Raises MinilatError E186 when FOLDER has none to this query, or a damaged one."""
    path = _path(folder, endpoint, query)
    try:
        found = Answer(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        hint = "record it once with --record; the same text is needed, to the letter"
        raise MinilatError("E186", f"no recorded answer of {endpoint}", where=str(folder), hint=hint) from None
    except (OSError, ValueError, TypeError, RecursionError):
        raise MinilatError("E186", "not a recorded answer", where=str(path), hint="record it again") from None
    if (found.endpoint, found.query) != (endpoint, query) or digest(found.body) != found.sha256:
        raise MinilatError(
            "E186", "the recorded answer was changed afterwards", where=str(path), hint="record it again"
        )
    return found
