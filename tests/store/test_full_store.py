"""A store of 20 MB that fills up: who stops first, what goes on, what is given up, and that it recovers by itself."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis
from redis.exceptions import OutOfMemoryError
from werkzeug.test import TestResponse

from app import create_app
from config.settings import Settings, load_settings
from relay import hooks, keys
from relay.errors import StoreFull, StoreUnavailable
from relay.lifecycle import Trigger
from relay.models import Attempt
from relay.outcomes import Accepted, Refused
from relay.store import Move, RefusalRecord, Store
from relay.store.room import FULL, TIGHT
from tests.support.books import wrong_in_the_books
from tests.support.making import SCHOOL, a_delivery, keep
from tests.support.running import CONFIGURATION
from tests.support.story import Story
from workers.forgetting import Forgetting

LIMIT = 20 * 1024 * 1024


@dataclass
class School:
    """A relay with a store of 20 MB: its web half, its worker's steps by hand."""

    client: FlaskClient
    settings: Settings
    story: Story
    sent: int = 0

    def post(self, size: int = 8000) -> TestResponse:
        self.sent += 1
        body = {"id": str(self.sent), "email": f"p{self.sent}@example.com", "file": random.randbytes(size // 2).hex()}
        return self.client.post("/hooks/lead/lead-token", json=body)

    def post_until_full(self) -> list[str]:
        """The ids of what was taken. A refusal is followed by a new look, so there may be room once more."""
        taken: list[str] = []
        refused = 0
        while refused < 5:
            answer = self.post()
            assert answer.status_code in (200, 503)
            refused = 0 if answer.status_code == 200 else refused + 1
            taken += [answer.headers["Relay-Event-Id"]] if answer.status_code == 200 else []
        return taken

    def deliver_all(self) -> None:
        while claims := list(self.story.claim()):
            for delivery_id in claims:
                self.story.answered(delivery_id, Accepted(0, "OK", {}))

    @property
    def share(self) -> float:
        return self.story.store.memory().used / LIMIT


@pytest.fixture
def small(redis: Redis) -> Iterator[Redis]:
    redis.config_set("maxmemory", LIMIT)
    yield redis
    redis.config_set("maxmemory", 0)


@pytest.fixture
def school(small: Redis, store: Store, tmp_path: Path) -> School:
    path = tmp_path / "relay.yaml"
    path.write_text(CONFIGURATION.replace("max_per_second: 500", "max_per_second: 100000"), encoding="utf-8")
    environ = {"JUSTCLICK_LOGIN": "demo", "JUSTCLICK_SECRET": "s", "JUSTCLICK_URL": "http://127.0.0.1:9"}
    settings = load_settings(
        {**environ, "LEAD_TOKEN": "lead-token", "RELAY_CONFIG": str(path), "RELAY_LOG_LEVEL": "error"}
    )
    story = Story(store, hooks.load(settings.config_path, settings.environ))
    return School(create_app(settings, small).test_client(), settings, story)


def test_intake_stops_first_and_everything_recovers(school: School) -> None:
    """503 at 95 %, deliveries go on, the oldest bodies go, then the oldest events; then webhooks are taken again."""
    store = school.story.store
    taken = school.post_until_full()
    refused = school.post()
    assert int(refused.headers["Retry-After"]) > 0
    assert school.client.get("/readyz").get_json()["error"] == "store-full"
    assert TIGHT < school.share < FULL + 0.01
    school.deliver_all()
    assert store.counts()["delivered"] == len(taken)

    forgetting = Forgetting(store, school.settings)
    forgetting.step()
    assert school.share < TIGHT
    bodies = [event.body for event_id in taken if (event := store.event(event_id))]
    assert len(bodies) == len(taken), "bodies go before anything else"
    assert [body is None for body in bodies] == sorted((body is None for body in bodies), reverse=True), "the oldest"
    assert bodies[0] is None
    assert bodies[-1] is not None
    assert school.post().status_code == 200
    assert school.client.get("/readyz").status_code == 200


def test_when_all_bodies_are_gone_the_oldest_events_go(school: School) -> None:
    """Waves of small webhooks: in the end the newest are there, the oldest are not, and the books are right."""
    store, forgetting = school.story.store, Forgetting(school.story.store, school.settings)
    store.redis.config_set("maxmemory", 8 * 1024 * 1024)
    taken: list[str] = []
    while not taken or store.event(taken[0]):
        wave = [answer for _ in range(200) if (answer := school.post(400)).status_code == 200]
        taken += [answer.headers["Relay-Event-Id"] for answer in wave]
        school.deliver_all()
        for _ in range(5):
            forgetting.step()
        assert len(taken) < 20_000
    assert not store.memory().is_tight
    there = [store.event(event_id) is not None for event_id in taken]
    assert there == sorted(there), "the oldest go first"
    assert there[-1]
    assert wrong_in_the_books(store.redis) == []


def test_dead_letters_and_what_is_on_its_way_are_never_given_up(school: School) -> None:
    """A store full of them stays full: nothing is lost to make room."""
    store, forgetting = school.story.store, Forgetting(school.story.store, school.settings)
    school.post_until_full()
    for delivery_id in list(school.story.claim())[:60]:
        school.story.answered(delivery_id, Refused(102, "Already there"))
    before = store.counts(), store.redis.zcard(keys.EVENTS)
    assert before[0]["dead"] == 60
    assert school.share > TIGHT
    for _ in range(5):
        began = time.monotonic()
        forgetting.step()
        assert time.monotonic() - began < 2
    assert (store.counts(), store.redis.zcard(keys.EVENTS)) == before
    assert all(event.body for event in store.events(limit=200).items)
    school.post_until_full()
    assert school.share < FULL + 0.01


def test_a_burst_between_two_looks_leaves_the_reserve(small: Redis, store: Store) -> None:
    """Intake spends the room that was measured, so it stops by itself before Redis would."""
    store.measure_room()
    for number in range(10_000):
        try:
            keep(store, a_delivery(), body=random.randbytes(8000), words=(f"p{number}@example.com",))
        except StoreFull:
            break
    assert 0.5 * LIMIT < store.memory().used < FULL * LIMIT


def fill_to_the_brim(redis: Redis) -> None:
    """Until Redis itself refuses to take a byte more."""
    for size in (20_000, 1000, 10):
        with suppress(OutOfMemoryError):
            for number in range(10_000):
                redis.set(f"other:{size}:{number}", b"x" * size)


def test_with_no_byte_left_deliveries_still_come_to_their_end(small: Redis, store: Store) -> None:
    """Somebody else filled the store: claims, moves, beats and removals work, and only intake fails."""
    born = [a_delivery(), a_delivery()]
    for one in born:
        keep(store, one)
    fill_to_the_brim(small)
    with pytest.raises(StoreUnavailable):
        keep(store, a_delivery())
    claims = store.claim("w1", 5, [SCHOOL])[1]
    assert [claim.delivery.id for claim in claims] == [one.id for one in born]
    moves = [Move(claim.delivery, Trigger.ACCEPTED, Attempt(1, 1, 1), {"code": 0}) for claim in claims]
    assert store.move_all(moves) == [True, True]
    store.beat("w1", 1, host="h", pid=1, in_flight=0, slots=1)
    store.ran("sweeper")
    assert store.strip_delivered().bodies == 2
    assert store.forget_delivered().events == 2
    assert wrong_in_the_books(small) == []


def test_a_full_store_counts_refusals_and_keeps_none(small: Redis, store: Store) -> None:
    """Whoever sends nonsense cannot use up the reserve."""
    small.set(keys.ROOM, 0)
    record = RefusalRecord(1, "lead", "unverified", "No.", 401, body="x" * 4096)
    assert [store.keep_refusal(record) for _ in range(2)] == [1, 2]
    assert store.refusals("lead") == []
    assert store.totals()["refused:lead:unverified"] == 2
    small.delete(keys.ROOM)
    store.keep_refusal(record)
    assert store.refusals("lead") == [record]


def test_a_server_without_a_limit_is_measured_by_the_setting(redis: Redis, store: Store) -> None:
    """RELAY_STORE_BYTES; without it there is no limit, and nothing is refused."""
    used = store.memory().used
    assert store.measure_room().room is None
    assert store.has_room()
    assert store.measure_room(used // 2).is_tight
    assert not store.has_room()
    with pytest.raises(StoreFull):
        keep(store, a_delivery())
    assert store.measure_room(used * 2).is_tight is False
    keep(store, a_delivery())
