"""RQ's own keys are wiped: all of them, the lists alone, under load and with a backlog. The ledger queues anew."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.chaos.row import Row
from benchmarks.chaos.sent import LEAD
from benchmarks.chaos.stage import Stage
from tests.support.running import ROOT

BACKLOG = 300


def by_itself(folder: Path) -> Iterator[Row]:
    """Three times under load, each time with a backlog of events that wait; the sweeper notices."""
    with Stage(folder) as stage:
        wiped = 0
        for pattern in ("rq:*", "rq:queue:*", "rq:*"):
            stage.run(1)
            wiped += _wipe_backlog(stage, pattern)
        yield stage.finish(f"RQ's keys wiped three times ({wiped} jobs); the sweeper rebuilds")


def by_command(folder: Path) -> Iterator[Row]:
    """``python -m relay rebuild`` while no worker runs, so that nobody else can have done it."""
    with Stage(folder, workers=1) as stage:
        stage.run(1)
        worker = stage.fleet.members["worker-0"]
        stage.fleet.remove("worker-0")
        stage.senders.burst(BACKLOG, LEAD)
        stage.until(lambda: stage.store.counts()["queued"] >= BACKLOG, 60, "the backlog")
        _wipe(stage, "rq:*")
        command = [sys.executable, "-m", "relay", "rebuild"]
        told = subprocess.run(command, cwd=ROOT, env=stage.relay.environ, capture_output=True, text=True, check=True)
        stage.fleet.add_worker("worker-1", worker.environ)
        row = stage.finish("RQ's keys wiped; python -m relay rebuild")
        row.note = "; ".join(filter(None, (told.stdout.strip(), row.note)))
        yield row


def _wipe_backlog(stage: Stage, pattern: str) -> int:
    """Workers stand still while the backlog grows, so that there is something to wipe."""
    for worker in stage.fleet.workers:
        stage.fleet.pause(worker)
    stage.senders.burst(BACKLOG, LEAD)
    stage.until(lambda: stage.store.counts()["queued"] >= BACKLOG, 60, "the backlog")
    wiped = _wipe(stage, pattern)
    for worker in stage.fleet.workers:
        stage.fleet.resume(worker)
    return wiped


def _wipe(stage: Stage, pattern: str) -> int:
    admin = stage.redis.admin
    jobs = sum(admin.llen(key) for key in admin.scan_iter("rq:queue:*"))
    for key in admin.scan_iter(pattern, count=1000):
        admin.delete(key)
    return int(jobs)
