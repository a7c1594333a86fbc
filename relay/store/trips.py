"""Many calls of our scripts in one round trip: redis-py's pipelines ask before, in another, which scripts are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from redis.commands.core import Script
from redis.exceptions import NoScriptError, RedisError

Word = str | bytes | int | float


class ScriptCall(NamedTuple):
    script: Script
    keys: Sequence[str]
    args: Sequence[Word]


def in_one_trip(redis: Any, calls: Sequence[ScriptCall], *commands: Sequence[Word]) -> list[Any]:
    """The answers of the calls, then of the further commands; an error stands in the place of its answer.

    Raises what the connection raises, when nobody knows what was carried out.
    """
    pipeline = redis.pipeline(transaction=False)
    for call in calls:
        pipeline.execute_command("EVALSHA", call.script.sha, len(call.keys), *call.keys, *call.args)
    for command in commands:
        pipeline.execute_command(*command)
    answers = pipeline.execute(raise_on_error=False)
    for place, (call, answer) in enumerate(zip(calls, answers, strict=False)):
        if isinstance(answer, NoScriptError):  # the server has been restarted: now the script's text goes along
            answers[place] = _with_its_text(call)
    return list(answers)


def _with_its_text(call: ScriptCall) -> Any:
    try:
        return call.script(keys=call.keys, args=call.args)
    except RedisError as error:
        return error
