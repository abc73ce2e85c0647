"""Names a second through the reconciliation service against the index alone: `python bench/reconcile.py`.

The names are the labelled ones of tests/match, in batches of ten as OpenRefine sends them. Compare the ratio, not the
figures: both run on the same machine one after the other, the service over one connection each.
"""

from __future__ import annotations

import csv
import json
import threading
import time
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from kg import Graph
from kg.serve import app
from kg.serve.known import Known

DAY = "2026-11-24"
NAMES = Path(__file__).parents[1] / "tests" / "match" / "labelled-names.csv"
BATCH = 10


def main() -> None:
    """Print both rates and their ratio."""
    with NAMES.open(encoding="utf-8", newline="") as lines:
        names = [row["name"] for row in csv.DictReader(lines)]
    known = Known(Graph.load(DAY).store, DAY)
    told: list[str] = []
    ready = threading.Event()

    def say(address: str) -> None:
        told.append(address)
        ready.set()

    threading.Thread(target=app.serve, args=(known, "127.0.0.1", 0), kwargs={"say": say}, daemon=True).start()
    ready.wait()
    start = time.perf_counter()
    for name in names:
        known.index.resolve(name)
    alone = time.perf_counter() - start
    start = time.perf_counter()
    for at in range(0, len(names), BATCH):
        batch = {str(i): {"query": n} for i, n in enumerate(names[at : at + BATCH])}
        with urlopen(told[0], urlencode({"queries": json.dumps(batch)}).encode()) as answer:
            answer.read()
    served = time.perf_counter() - start
    print(f"{len(names)} names: index {len(names) / alone:.0f}/s, service {len(names) / served:.0f}/s")
    print(f"the service takes {served / alone:.2f} times as long")


if __name__ == "__main__":
    main()
