"""The whole stage can fail, not only its audit: who tampers with a running one is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.chaos.row import Row
from benchmarks.chaos.stage import Stage
from relay import keys


@pytest.mark.chaos
def test_who_tampers_with_the_store_or_the_recorder_is_found(tmp_path: Path) -> None:
    """A delivery is deleted, a call is wiped from JustClick's memory, and an order is made twice, under load."""
    with Stage(tmp_path) as stage:
        stage.until(lambda: stage.state_counts()["delivered"] > 100, 60, "deliveries")
        orders = [call for call in stage.justclick.seen() if call.function == "CreateOrder" and call.code == 0]
        forgotten, doubled = orders[0], orders[1]
        with stage.justclick.lock:
            stage.justclick.calls[forgotten.number] = replace(forgotten, who="nobody@chaos.example")
            stage.justclick.calls.append(replace(doubled, number=len(stage.justclick.calls)))
        deleted = _delete_one_that_was_delivered(stage)
        stage.run(1)
        row = stage.finish("sabotage")
    assert not row.passed
    assert _about(row, "never-made") == {_webhook(forgotten.who)}
    assert _about(row, "made-twice") == {_webhook(doubled.who)}
    assert deleted in _about(row, "index-of-nothing")
    assert len(_about(row, "delivery-missing")) == 1
    assert (row.lost, row.doubled) == (2, 1)


def _delete_one_that_was_delivered(stage: Stage) -> str:
    """One of a lead: not one of the orders that are tampered with otherwise."""
    leads, admin = keys.of_function("AddLeadToGroup"), stage.redis.admin
    delivered = admin.zrange(keys.in_state("delivered"), 0, -1)
    id_ = str(next(one for one in delivered if admin.zscore(leads, one) is not None).decode())
    admin.delete(keys.DELIVERY + id_)
    return id_


def _about(row: Row, kind: str) -> set[str]:
    return {one.about for one in row.violations if one.kind == kind}


def _webhook(who: str) -> str:
    """The name of the webhook of this customer: order27@... is of order-27."""
    name = who.partition("@")[0]
    kind = name.rstrip("0123456789")
    return f"{kind}-{name.removeprefix(kind)}"
