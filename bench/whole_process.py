"""Whole-process times of the commands people wait for, on this machine: `python bench/whole_process.py`.

Prints the minimum, median and maximum of several runs after a warm-up, in seconds. Nothing here is a test: times differ
between machines, so compare ratios within one run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 7
COMMANDS = {
    "python -c pass (floor)": [sys.executable, "-c", "pass"],
    "members jef": [sys.executable, "-m", "kg.cli", "members", "jef"],
    "fit S01": [sys.executable, "-m", "kg.cli", "fit", "S01"],
    "validate": [sys.executable, "-m", "kg.cli", "validate"],
}


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """The wall time of one run of COMMAND."""
    start = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def main() -> None:
    """Print a line for each command, and the first run on an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "MINILAT_CACHE": cache}
        first = seconds(COMMANDS["fit S01"], environment)
        print(f"{'fit S01, very first run':<28} {first:6.2f}")
        for name, command in COMMANDS.items():
            seconds(command, environment)
            runs = sorted(seconds(command, environment) for _ in range(RUNS))
            print(f"{name:<28} {runs[0]:6.2f} {statistics.median(runs):6.2f} {runs[-1]:6.2f}")


if __name__ == "__main__":
    main()
