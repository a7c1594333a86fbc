"""The bare loop that delivery is compared with: threads that sign and send the same call with the same client, and do
nothing else. ``python -m benchmarks.bare URL THREADS CALLS`` prints its calls a second.
"""

from __future__ import annotations

import itertools
import sys
import threading
import time

from relay.justclick.client import JustClick, new_pool
from relay.models import Account

PARAMS = {
    "rid": ["webinar"],
    "lead_email": "anna@example.com",
    "lead_name": "Анна Смирнова",
    "lead_phone": "+79990000000",
}


def bare(url: str, threads: int, calls: int) -> float:
    client = JustClick(Account("school", "demo", ("sandbox-secret",), url), new_pool(threads))
    numbers = itertools.count()

    def send() -> None:
        while next(numbers) < calls:
            client._post("AddLeadToGroup", PARAMS, "sandbox-secret")

    senders = [threading.Thread(target=send) for _ in range(threads)]
    began = time.perf_counter()
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    return calls / (time.perf_counter() - began)


if __name__ == "__main__":
    print(bare(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
