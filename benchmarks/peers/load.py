"""The senders: ``wrk`` for how many a second, and a client of our own that remembers what was answered 2xx."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SENDERS = 32
ANSWER_WITHIN = 10.0  # seconds

# Every request is another lead: each of wrk's threads counts in a range of its own.
SCRIPT = """
local id, thread = 0, START
function setup(t) thread = thread + 1; t:set('place', thread * 10000000) end
function init(args) id = place end
function request()
  id = id + 1
  return wrk.format('POST', nil, {['Content-Type'] = 'application/json'}, (BODY:gsub('ID', id)))
end
"""


def lead() -> str:
    """At least 1 KB of JSON, as a form builder would send it; ID stands where the number of the lead goes."""
    told = {"id": "ID", "email": "pID@example.com", "name": "Анна Смирнова", "phone": "+79990000000"}
    told["answers"] = {f"Вопрос {number}": "Хочу узнать больше о курсе" for number in range(14)}
    text = json.dumps(told, ensure_ascii=False)
    assert len(text.replace("ID", "0").encode()) >= 1024, "shorter than what the tables say"
    return text


@dataclass(frozen=True, slots=True)
class Accepted:
    """``per_second`` and ``p99_ms`` of the answers, and how many of them were not 2xx or never came."""

    per_second: float
    p99_ms: float
    count: int
    refused: int


def wrk(url: str, folder: Path, seconds: int, start: int, connections: int = SENDERS) -> Accepted:
    """``start`` keeps the ids of one run apart from those of another."""
    script = folder / "post.lua"
    script.write_text(SCRIPT.replace("START", str(start)).replace("BODY", f"([==[{lead()}]==])"))
    amount = ["-t2", f"-c{connections}", f"-d{seconds}s"]
    command = ["wrk", *amount, "--timeout", "10s", "--latency", "-s", str(script), url]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    total = int(_found(r"(\d+) requests in", told))
    refused = int(_found(r"Non-2xx or 3xx responses: (\d+)", told)) + sum(
        int(number) for number in re.findall(r"(?:connect|read|write|timeout) (\d+)", told)
    )
    rate = float(_found(r"Requests/sec:\s+([\d.]+)", told)) * max(0, total - refused) / max(total, 1)
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]
    return Accepted(rate, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit], total - refused, refused)


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else "0"


# ---------------------------------------------------------------- the senders that remember
@dataclass
class Senders:
    """32 connections, so many leads a second in all. What is not answered 2xx is not sent again."""

    url: str
    rate: float
    accepted: set[int] = field(default_factory=set)
    refused: int = 0
    sent: int = 0

    def run(self, seconds: float) -> None:
        asyncio.run(self._run(seconds))

    async def _run(self, seconds: float) -> None:
        began = time.monotonic()
        await asyncio.gather(*(self._send(began, seconds) for _ in range(SENDERS)))

    async def _send(self, began: float, seconds: float) -> None:
        wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while (number := self.sent) < self.rate * seconds:
            self.sent += 1
            await asyncio.sleep(max(0.0, began + number / self.rate - time.monotonic()))
            if time.monotonic() > began + seconds:
                return
            try:
                wire = wire or await self._open()
                status = await asyncio.wait_for(self._post(wire, number), ANSWER_WITHIN)
            except (OSError, EOFError, ValueError, TimeoutError):
                status = 0
            if 200 <= status < 300:
                self.accepted.add(number)
            else:
                self.refused += 1
                if wire:
                    wire[1].close()
                wire = None
        if wire:
            wire[1].close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.url)
        return await asyncio.open_connection(parts.hostname, parts.port)

    async def _post(self, wire: tuple[asyncio.StreamReader, asyncio.StreamWriter], number: int) -> int:
        reader, writer = wire
        body = lead().replace("ID", str(number)).encode()
        head = f"POST {urlsplit(self.url).path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        told = (await reader.readuntil(b"\r\n\r\n")).lower()
        if length := re.search(rb"content-length: *(\d+)", told):
            await reader.readexactly(int(length[1]))
        elif b"transfer-encoding: chunked" in told:
            while size := int(await reader.readuntil(b"\r\n"), 16):
                await reader.readexactly(size + 2)
            await reader.readuntil(b"\r\n")
        return int(told.split(b" ", 2)[1])


# ---------------------------------------------------------------- what arrived
Call = tuple[float, int, str]


def arrived(record: Path) -> list[Call]:
    """Of every call that the sink has seen: seconds since 1970, the number of the lead, the body."""
    found = []
    with suppress(FileNotFoundError):
        for line in record.read_text().splitlines():
            moment, _, body = line.split(" ", 2)
            found.append((float(moment) / 1000, number_of(parse_qs(body)["lead_email"][0]), body))
    return found


def number_of(email: str) -> int:
    return int(email[1:].partition("@")[0])
