"""What a person can do: replay, discard, pause, resume. Every one is a POST that ends in a redirect with a message."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from relay import gating, replaying
from relay.errors import NotFound, RelayError, StoreUnavailable, WrongState
from relay.lifecycle import State
from relay.parts import Parts
from relay.web.pages import deliveries
from relay.web.rendering import page


def replay(parts: Parts, delivery_id: str) -> ResponseReturnValue:
    how = request.form.get("as", replaying.SENT)
    if how not in (replaying.SENT, replaying.MAPPED):
        abort(400)
    try:
        replaying.replay(parts.store, parts.configuration, delivery_id, how)
    except NotFound:
        abort(404)
    except StoreUnavailable:
        raise
    except RelayError as error:
        return deliveries.one(parts, delivery_id, failed=str(error))
    return redirect(url_for("status.delivery", delivery_id=delivery_id, said="replayed"), 303)


def confirm_discard(parts: Parts, delivery_id: str) -> ResponseReturnValue:
    delivery = parts.store.delivery(delivery_id)
    if delivery is None:
        abort(404)
    if delivery.state != State.DEAD:
        return redirect(url_for("status.delivery", delivery_id=delivery_id), 303)
    return page("discard.html", row=deliveries.row(delivery), delivery=delivery)


def discard(parts: Parts, delivery_id: str) -> ResponseReturnValue:
    try:
        replaying.discard(parts.store, delivery_id)
    except NotFound:
        abort(404)
    except WrongState as error:
        return deliveries.one(parts, delivery_id, failed=str(error))
    return redirect(url_for("status.delivery", delivery_id=delivery_id, said="discarded"), 303)


def pause(parts: Parts) -> ResponseReturnValue:
    gate = _gate(parts)
    closed = gating.pause(parts.store, gate, request.form.get("note", ""))
    return _to_pauses("paused" if closed else "was-paused")


def resume(parts: Parts) -> ResponseReturnValue:
    became = gating.resume(parts.store, _gate(parts, known=True))
    return _to_pauses(became)


def _to_pauses(said: str) -> ResponseReturnValue:
    return redirect(url_for("status.overview", said=said, _anchor="pauses"), 303)


def _gate(parts: Parts, *, known: bool = False) -> str:
    """The gate that a form names. ``known``: one that is closed may be of an account that is no longer configured."""
    name = request.form.get("gate", "")
    if known and name in parts.store.gates():
        return name
    kind, _, subject = name.partition(":")
    try:
        return gating.gate_of(parts.configuration, kind, subject)
    except NotFound:
        abort(404)
