"""Limits on work that cannot be interrupted."""

from __future__ import annotations

import threading
import traceback
from typing import TYPE_CHECKING, TypeVar

from kg.errors import MinilatError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T], late: MinilatError) -> T:
    """What WORK returns, or LATE raised after SECONDS: the thread is left to its work. Raises MinilatError E041 too."""
    box: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            box.append(work())
        except OSError as error:
            failed.append(MinilatError("E041", f"the query cannot be run: {error}"))
        except BaseException as error:
            # The engine's answers belong to this thread: let go of them before the error crosses over.
            traceback.clear_frames(error.__traceback__)
            failed.append(error.with_traceback(None))

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        raise late
    if failed:
        raise failed[0]
    return box[0]
