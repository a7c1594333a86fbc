"""The hand-over to RQ: which queue a delivery's job stands in and how the job looks. A job is a delivery's id.

Our scripts write jobs in RQ's own format, so that ``rq info`` and RQ's stock workers understand the queues.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from redis import Redis
from rq import Queue as RqQueue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from relay import keys

FUNCTION = "workers.deliver.deliver_job"
_PLACEHOLDER = "dlv_placeholder"


def live(account: str) -> str:
    """The queue of what has just come in."""
    return account


def later(account: str) -> str:
    """The queue of replays and retries, which let live events go first."""
    return f"{account}.later"


def names(accounts: Iterable[str]) -> list[str]:
    return [queue for account in accounts for queue in (live(account), later(account))]


def job_commands(delivery_id: str, account: str, *, is_live: bool) -> list[list[str | bytes]]:
    """The Redis commands that put a delivery's job on its queue and ring the bell."""
    queue = live(account) if is_live else later(account)
    job = keys.JOB + delivery_id
    stamp = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    before, data, after = _template(queue)
    call = data.replace(_PLACEHOLDER.encode(), delivery_id.encode())
    return [
        ["HSET", job, *before, call, *after, "created_at", stamp, "enqueued_at", stamp],
        ["RPUSH", keys.QUEUE + queue, delivery_id],
        ["LPUSH", keys.BELL, "1"],
        ["LTRIM", keys.BELL, "0", "15"],
    ]


@cache
def _template(queue: str) -> tuple[tuple[bytes, ...], bytes, tuple[bytes, ...]]:
    """The fields of a job, as RQ itself writes them, but for the two times: before the call, the call, after it."""
    # The client never connects: RQ asks for one to make a job, and only its fields are read.
    job = Job.create(
        FUNCTION,
        args=(_PLACEHOLDER,),
        connection=Redis(),
        serializer=JSONSerializer,
        origin=queue,
        status=JobStatus.QUEUED,
        timeout=120,
        result_ttl=0,
        failure_ttl=3600,
        description="a delivery",  # by default RQ writes the whole call here, and into its logs
    )
    fields: dict[str, object] = {**job.to_dict(), "data": job.data}  # RQ reads data uncompressed just as well
    kept = {name: value for name, value in fields.items() if value not in ("", None)}
    for moment in ("created_at", "enqueued_at"):
        kept.pop(moment, None)
    parts = tuple(part for name, value in kept.items() for part in (name.encode(), _wire(value)))
    place = parts.index(b"data") + 1
    return parts[:place], parts[place], parts[place + 1 :]


def _wire(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return str(getattr(value, "value", value)).encode()


def announce(redis: Redis, accounts: Iterable[str]) -> None:
    """Makes the queues known to RQ's own tools (``rq info``)."""
    for name in names(accounts):
        redis.sadd(RqQueue.redis_queues_keys, keys.QUEUE + name)
