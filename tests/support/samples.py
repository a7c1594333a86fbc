"""The samples of every provider: raw requests in tests/fixtures/providers/<name>/, and what must be read from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from relay import providers
from relay.models import Hook, Reading, WebhookRequest
from relay.provider import Provider

FIXTURES = Path(__file__).parent.parent / "fixtures" / "providers"
NOT_BODIES = {".headers", ".pem"}


@dataclass(frozen=True)
class Sample:
    """``about`` is ``hook.json`` with ``<event>.expected.json`` over it."""

    provider: Provider
    event: str
    body: bytes
    headers: Mapping[str, str]
    about: Mapping[str, Any]

    @property
    def hook(self) -> Hook:
        options = dict(self.about.get("options", {}))
        for name, file in self.about.get("option_files", {}).items():
            options[name] = (FIXTURES / self.provider.name / file).read_text()
        return Hook(
            name="sample",
            provider=self.provider.name,
            account="school",
            secrets=tuple(self.about.get("secrets", ())),
            hash=self.about.get("hash"),
            verify=self.about.get("verify"),
            options=options,
        )

    @property
    def now(self) -> float:
        return float(self.about.get("now", 1_789_378_891))

    @property
    def request(self) -> WebhookRequest:
        in_query = self.about.get("where") == "query"
        return WebhookRequest(
            method=self.about.get("method", "POST"),
            query=self.body.decode().strip() if in_query else self.about.get("query", ""),
            headers=self.headers,
            body=b"" if in_query else self.body,
            address=self.headers.get("x-forwarded-for", "203.0.113.1"),
            url=self.about.get("url", "https://relay.example/hooks/sample"),
        )

    @property
    def fetched(self) -> dict[str, Any]:
        """What the sender's API answers, by the name under which it joins the body: <event>.fetched.<into>.json."""
        files = (FIXTURES / self.provider.name).glob(f"{self.event}.fetched.*.json")
        return {path.name.split(".")[-2]: _json(path) for path in files}

    @property
    def expected(self) -> Mapping[str, Any]:
        return self.about["expected"]


def samples(bad: bool = False) -> list[Sample]:
    """Those that can be held against something; test_samples.py says what the others lack."""
    whole = (sample for folder in folders() if has_provider(folder) for sample in samples_in(folder, bad))
    return [sample for sample in whole if "expected" in sample.about]


def folders() -> list[Path]:
    return sorted(path for path in FIXTURES.iterdir() if path.is_dir())


def has_provider(folder: Path) -> bool:
    return folder.name.replace("-", "_") in providers.names()


def samples_in(folder: Path, bad: bool = False) -> list[Sample]:
    return [_sample(path) for path in sorted(folder.iterdir()) if _is_body(path) and (".bad." in path.name) == bad]


def label(sample: Sample) -> str:
    return f"{sample.provider.name}.{sample.event}"


def told(reading: Reading) -> dict[str, Any]:
    """A reading as ``expected`` writes it: only what was found, Decimals as text."""
    names = ("contact", "order", "event_type", "event_id", "test", "problems")
    return {name: value for name in names if (value := _plain(getattr(reading, name))) not in ({}, None, "", False)}


def as_json(found: Mapping[str, Any]) -> str:
    """As it may be copied into an expected.json."""
    return json.dumps(found, ensure_ascii=False, indent=2)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        pairs = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {name: found for name, found in pairs.items() if found not in (None, {}, [])}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return str(value) if isinstance(value, Decimal) else value


def _is_body(path: Path) -> bool:
    ours = path.name == "hook.json" or path.name.endswith(".expected.json") or ".fetched." in path.name
    return not ours and path.suffix not in NOT_BODIES


def _sample(path: Path) -> Sample:
    event = path.name.removesuffix(path.suffix).removesuffix(".bad")
    folder = path.parent
    expected = _json(folder / f"{event}.expected.json")
    body, about = path.read_bytes(), {}
    if path.suffix == ".url":
        method, target = body.decode().split()
        body, about = target.partition("?")[2].encode(), {"method": method, "where": "query"}
    return Sample(
        provider=providers.find(folder.name),
        event=event,
        body=body,
        headers=_headers(path.with_suffix(".headers")),
        about=about | _json(folder / "hook.json") | expected,
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text()) if path.exists() else {}
    except ValueError as error:
        raise ValueError(f"{path.relative_to(FIXTURES)}: {error}") from None


def _headers(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
