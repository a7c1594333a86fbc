"""``python -m workers``: one worker process."""

from __future__ import annotations

import sys

from relay.errors import ConfigurationError
from workers.parts import build
from workers.processor import stay_on_one_core
from workers.worker import RelayWorker


def main() -> int:
    try:
        parts = build()
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    stay_on_one_core(parts.settings.in_flight)
    RelayWorker(parts).work()
    return 0


if __name__ == "__main__":
    sys.exit(main())
