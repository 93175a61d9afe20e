"""All figures in one run, or those named: `make bench`, `make bench FIGURES="chart sweep"`.

usage: python -m tests.bench [NAME...]

Prints each table as it is measured, then all of it; if nothing was left out, writes data/bench.json and the table of
the manual. Exit status 1 if a bar is missed.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from pathlib import Path

from tests.bench.figures import Figure, document, table, told

NAMES = ("chart", "weight", "unchanged", "history", "sweep", "pages", "judging", "steering", "cycle")
RESULT, MANUAL = Path("data/bench.json"), Path("site/guide/cost.txt")


def machine() -> str:
    """One line: where and when these figures were measured."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), os.uname().machine
    )
    python = f"Python {platform.python_version()} of {sys.base_prefix}"
    load = os.getloadavg()[0]
    now = time.strftime("%Y-%m-%d %H:%M %Z")
    return f"{now}: {os.cpu_count()} processors ({model}), {python}, load {load:.1f} at the end"


def measured(name: str) -> list[Figure]:
    """The figures of one module of this package."""
    start = time.monotonic()
    figures: list[Figure] = importlib.import_module(f"tests.bench.{name}").measure()
    print(f"{table(figures)}\n{name}: measured in {time.monotonic() - start:.0f} s\n", flush=True)
    return figures


def main(names: list[str]) -> int:
    if unknown := set(names) - set(NAMES):
        print(f"there is no figure {', '.join(sorted(unknown))}; name some of: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    figures = [figure for name in names or NAMES for figure in measured(name)]
    if not names:
        RESULT.write_text(document(figures))
        MANUAL.write_text(f"{machine()}\n\n{table(figures)}\n")
        print(f"{RESULT} and {MANUAL} written")
    print(machine())
    return told(figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
