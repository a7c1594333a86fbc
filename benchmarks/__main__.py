"""``make bench``: measures and writes the tables of docs/performance.md; ``python -m benchmarks latency`` does one."""

from __future__ import annotations

import importlib
import sys

from benchmarks.report import write

PARTS = ("delivery", "latency", "intake", "fairness", "footprint", "growth")


def main(names: list[str]) -> None:
    for name in names or PARTS:
        print(f"measuring {name} ...", flush=True)
        text = importlib.import_module(f"benchmarks.{name}").main()
        write("docs/performance.md", name, text)
        print(text, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
