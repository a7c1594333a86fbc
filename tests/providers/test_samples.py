"""Every sample of every provider: accepted, answered and read field by field; anything touched is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from relay import providers
from relay.bodies import parse_body
from relay.errors import UnreadableBody, Unverified
from relay.incoming import Incoming
from relay.models import Answer
from relay.verifying import Basic, CallBack, Jwt, Networks, Proof, PublicKey, Secret, Signature
from tests.support.samples import Sample, as_json, folders, has_provider, label, samples, samples_in, told

ALL = samples()
EVENTS = [sample for sample in ALL if "handshake" not in sample.expected]
HANDSHAKES = [sample for sample in ALL if "handshake" in sample.expected]
PROVEN = [sample for sample in EVENTS if sample.provider.proves(sample.hook)]
KEYED = [sample for sample in PROVEN if sample.hook.secrets]
each = pytest.mark.parametrize


@each("sample", EVENTS, ids=label)
def test_a_sample_is_verified_and_read(sample: Sample) -> None:
    """What the provider sends passes, and every field that it holds is found."""
    assert sample.provider.handshake(sample.request, sample.hook) is None
    sample.provider.verify(sample.request, sample.hook, sample.now)
    reading = sample.provider.read(sample.request, sample.hook)
    assert told(reading) == sample.expected["reading"], f"This was read:\n{as_json(told(reading))}"


@each("sample", EVENTS, ids=label)
def test_a_sample_gets_its_answer(sample: Sample) -> None:
    """The answer is what this sender demands, to the letter."""
    reading = sample.provider.read(sample.request, sample.hook)
    assert _told(sample.provider.answer(reading, sample.request, sample.hook)) == _expected(sample.expected)


@each("sample", [sample for sample in EVENTS if sample.fetched], ids=label)
def test_what_is_fetched_is_read(sample: Sample) -> None:
    """A sender of ids only: its API is asked as documented, and its documented answer completes the reading."""
    reading, asked = sample.provider.read(sample.request, sample.hook), {}
    while new := [one for one in sample.provider.fetch.ask(reading, sample.hook) if one.into not in asked]:
        asked |= {one.into: f"{one.method} {one.url}" for one in new}
        answers = {name: sample.fetched[name] for name in asked}
        reading = sample.provider.read_fetched(sample.request, sample.hook, answers)
    now = {"asked": asked, "fetched": told(reading)}
    assert now == {name: sample.expected.get(name) for name in now}, f"This was asked and read:\n{as_json(now)}"


@each("sample", HANDSHAKES, ids=label)
def test_a_handshake_is_answered(sample: Sample) -> None:
    """A sender that only asks whether we are there is answered before any proof, and makes no event."""
    answer = sample.provider.handshake(sample.request, sample.hook)
    assert answer is not None
    assert _told(answer) == _expected(sample.expected["handshake"])


@each("sample", samples(bad=True), ids=label)
def test_a_tampered_twin_is_refused(sample: Sample) -> None:
    """The same request with one thing changed does not pass."""
    with pytest.raises(Unverified):
        sample.provider.verify(sample.request, sample.hook, sample.now)


@each("sample", KEYED, ids=label)
def test_a_wrong_secret_is_refused(sample: Sample) -> None:
    """With another secret of ours, nothing of theirs passes; and the reason tells neither."""
    with pytest.raises(Unverified) as refused:
        sample.provider.verify(sample.request, replace(sample.hook, secrets=("another-secret",)), sample.now)
    for secret in ("another-secret", *sample.hook.secrets):
        assert secret not in f"{refused.value} {refused.value.hint}"


@each("sample", KEYED, ids=label)
def test_a_new_secret_beside_the_old_one_passes(sample: Sample) -> None:
    """While a secret is being rotated both are good."""
    hook = replace(sample.hook, secrets=("the-new-one", *sample.hook.secrets))
    sample.provider.verify(sample.request, hook, sample.now)


@each("sample", KEYED, ids=label)
def test_a_missing_proof_is_refused(sample: Sample) -> None:
    """Without header, parameter or field that holds the proof, a request does not pass."""
    bare = replace(sample.request, headers={"content-type": "application/json"}, query="", body=b"{}")
    with pytest.raises(Unverified, match="missing"):
        sample.provider.verify(bare, sample.hook, sample.now)


@each("sample", KEYED, ids=label)
def test_an_old_request_is_refused(sample: Sample) -> None:
    """Whoever signs a time is believed for some minutes only."""
    deciding = _deciding(sample)
    if isinstance(deciding, Signature) and deciding.timestamp:
        with pytest.raises(Unverified, match="It was signed"):
            sample.provider.verify(sample.request, sample.hook, sample.now + 86_400)


@each("sample", [sample for sample in PROVEN if sample.body], ids=label)
def test_a_changed_body_is_refused(sample: Sample) -> None:
    """One byte more under a signature of the raw body is one too many."""
    deciding = _deciding(sample)
    if not isinstance(deciding, Signature | PublicKey) or "body" not in deciding.parts:
        assert isinstance(deciding, Basic | CallBack | Jwt | Networks | Secret) or deciding.parts != ("body",)
        return
    with pytest.raises(Unverified):
        sample.provider.verify(replace(sample.request, body=sample.request.body + b" "), sample.hook, sample.now)


@each("sample", EVENTS, ids=label)
def test_no_shape_of_a_body_is_our_error(sample: Sample) -> None:
    """Every value of a sample replaced by something else in turn: it is read, or said to be unreadable."""
    body = _parsed(sample)
    headers = {**sample.headers, "content-type": "application/json"}
    for path in list(_paths(body)):
        for other in (None, [], {}, "x", 10**20, True, [None, 1], {"id": {"id": []}}):
            changed = json.dumps(_changed(body, path, other), default=str).encode()
            request = replace(sample.request, headers=headers, body=changed)
            try:
                reading = sample.provider.read(request, sample.hook)
            except UnreadableBody:
                continue
            assert "body" not in reading.problems, (path, other, reading.problems["body"])
            assert sample.provider.answer(reading, request, sample.hook).status == 200


@each("sample", [sample for sample in EVENTS if sample.fetched], ids=label)
def test_no_shape_of_an_answer_is_our_error(sample: Sample) -> None:
    """What a sender's API answers is taken for no more granted than what it posts."""
    fetch = sample.provider.fetch
    for path in list(_paths(sample.fetched)):
        for other in (None, [], {}, "x", 10**20, True, [None, 1], {"id": {"id": []}}):
            answers = _changed(sample.fetched, path, other)
            reading = sample.provider.read_fetched(sample.request, sample.hook, answers)
            assert "body" not in reading.problems, (path, other, reading.problems["body"])
            with suppress(Unverified):
                fetch.ask(reading, sample.hook)
                assert fetch.refused is None or isinstance(fetch.refused(answers), str)


@each("sample", ALL, ids=label)
def test_no_body_breaks_a_proof_or_a_handshake(sample: Sample) -> None:
    """Whatever stands in a request, it is answered, passes or is refused."""
    for body in (b"[]", b'"x"', b"null", b"5", b"{}", b"", b"\xff", b"a[b]=1", b'{"a": [{"b": 1}]}'):
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            request = replace(sample.request, body=body, headers={**sample.headers, "content-type": kind})
            sample.provider.handshake(request, sample.hook)
            with suppress(Unverified, UnreadableBody):
                sample.provider.verify(request, sample.hook, sample.now)


@each("name", providers.names())
def test_a_provider_is_documented(name: str) -> None:
    """Name and file agree, and a person is told what to do."""
    provider = providers.find(name)
    assert provider.name.replace("-", "_") == name
    assert provider.settings
    assert provider.arrives
    assert provider.on_failure


@each("folder", folders(), ids=lambda path: path.name)
def test_every_sample_says_what_is_expected(folder: Path) -> None:
    """A sample without an expected reading would test nothing; how it is read now is told, to be looked through."""
    module = folder.name.replace("-", "_")
    assert has_provider(folder), f"There is no relay/providers/{module}.py for these samples."
    assert samples_in(folder), "There is no sample in it."
    missing = [
        f"{sample.event}.expected.json is missing, or holds no `expected`. The sample is read like this:\n"
        + as_json({"expected": {"reading": told(sample.provider.read(sample.request, sample.hook))}})
        for sample in samples_in(folder)
        if "expected" not in sample.about
    ]
    assert not missing, "\n".join(missing)


def _deciding(sample: Sample) -> Proof | None:
    incoming = Incoming(sample.request, sample.hook, sample.provider.parse, sample.provider.unwrap)
    armed = (row for row in sample.provider.proof if row.armed(sample.hook) and row.present(incoming))
    return next(armed, None)


def _parsed(sample: Sample) -> Any:
    try:
        return parse_body(sample.request)
    except UnreadableBody:
        return {}


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if above:
        yield above
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in pairs:
        yield from _paths(below, (*above, key))


def _changed(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    copy = value.copy()
    copy[path[0]] = _changed(value[path[0]], path[1:], other)
    return copy


def _told(answer: Answer) -> tuple[int, str, str]:
    body = answer.body if isinstance(answer.body, str) else answer.body.decode()
    return answer.status, answer.content_type.partition(";")[0], body


def _expected(expected: dict) -> tuple[int, str, Any]:
    answer = expected.get("answer", {})
    body = _Like(answer["body_like"]) if "body_like" in answer else answer.get("body", "ok")
    return answer.get("status", 200), answer.get("type", "text/plain"), body


@dataclass(frozen=True)
class _Like:  # noqa: PLW1641 - a frozen dataclass has one
    """An answer that holds the time of answering: equal to what its regular expression matches."""

    form: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and re.fullmatch(self.form, other) is not None
