"""``make bench``: measures and writes the tables of docs/performance.md and docs/scaling.md.

``python -m benchmarks latency`` does one of them.
"""

from __future__ import annotations

import importlib
import subprocess
import sys

from benchmarks.peers.contestants import CONTESTANTS, unable
from benchmarks.report import ROOT, write
from benchmarks.scale_hosts import no_hosts

PARTS = ("delivery", "latency", "intake", "fairness", "footprint", "growth")
OWN = ("peers", "scale")  # last, each in a process of its own; these need what not every machine has


def main(names: list[str]) -> None:
    failed: list[str] = []
    for name in names or (*PARTS, *OWN):
        print(f"measuring {name} ...", flush=True)
        if name in OWN:
            failed += [name] if apart(name) else []
            continue
        text = importlib.import_module(f"benchmarks.{name}").main()
        write("docs/performance.md", name, text)
        print(text, flush=True)
    if failed:
        sys.exit(f"!!! FAILED: {', '.join(failed)}")


def apart(name: str) -> int:
    """Its exit status. Where it cannot be measured, one line says so, and its tables stay as they are."""
    if why := unable() if name == "peers" else no_hosts():
        print(f"!!! NOT MEASURED: {name}: {why}", flush=True)
        return 0
    for one in CONTESTANTS if name == "peers" else ():
        if why := one.missing():
            print(f"!!! NOT MEASURED: {name}: {one.name}: {why}", flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", "--write"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    main(sys.argv[1:])
