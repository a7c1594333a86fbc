"""A store whose server was started anew, by a real restart: what it may have forgotten, and what it cannot have."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from relay.connect import connect
from relay.errors import StoreUnavailable
from relay.store import Store
from tests.support import needs
from tests.support.making import a_delivery, claim_all, keep
from tests.support.servers import Start, until


@needs.program(*needs.REDIS)
def test_only_what_came_before_the_restart_may_be_forgotten(start: Start, redis_program: str, tmp_path: Path) -> None:
    """An order that comes in afterwards need not rest, even if nobody has looked at the new server before it."""
    path = tmp_path / "r.sock"
    command = (redis_program, "--port", "0", "--unixsocket", str(path), "--dir", str(tmp_path), "--appendonly", "yes")
    server = start(*command, "--appendfsync", "always")
    with connect(f"unix://{path}") as redis:
        store = Store(redis)
        until(lambda: _is_up(store))
        store.mind_the_clock()
        claim_all(store)
        keep(store, old := a_delivery())
        server.send_signal(signal.SIGKILL)
        server.wait()
        start(*command)
        until(lambda: _is_up(store) and int(redis.info("server")["uptime_in_seconds"]) >= 3)
        keep(store, new := a_delivery(created_at=time.time_ns() // 1_000_000))
        doubts = {claim.delivery.id: "forgotten" in claim.links for claim in claim_all(store)}
    assert doubts == {old.id: True, new.id: False}


def _is_up(store: Store) -> bool:
    try:
        return bool(store.now_ms())
    except StoreUnavailable:
        return False
