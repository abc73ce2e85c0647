"""The collector of cycles, held back while one large answer is built.

An answer over ten thousand options is some million small records that live until it is complete and form no cycle. The
collector would walk all of them again and again as they grow in number, for a quarter of the time and to no end.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collector_held() -> Iterator[None]:
    """Nothing is given back; inside, no cycles are collected. Who came first, of several, lets the collector go on."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
