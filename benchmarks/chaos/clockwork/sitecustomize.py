"""For processes under libfaketime: Python's own sleep asks for an absolute time, which the library (0.9.10) takes for
one of the false clock, and fails. This one asks for a span of time.
"""

import select
import time


def _sleep(seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        select.select([], [], [], left)


time.sleep = _sleep
