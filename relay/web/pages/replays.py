"""Replaying many dead letters at once: first how many it would be, then a form, then its progress."""

from __future__ import annotations

from dataclasses import asdict

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from relay import replaying
from relay.errors import NotFound
from relay.parts import Parts
from relay.web.pages.deliveries import filter_of_request
from relay.web.rendering import page


def plan(parts: Parts) -> ResponseReturnValue:
    """The dry run: counts, sends nothing."""
    wanted = filter_of_request()
    named = {name: value for name, value in asdict(wanted).items() if value is not None and name != "state"}
    return page("replay_plan.html", wanted=named, count=replaying.count_matching(parts.store, wanted))


def start(parts: Parts) -> ResponseReturnValue:
    how = request.form.get("as", "")
    if how not in (replaying.SENT, replaying.MAPPED):
        abort(400)
    bulk = replaying.start_bulk(parts.store, filter_of_request(), how)
    return redirect(url_for("status.bulk_replay", bulk_id=bulk), 303)


def progress(parts: Parts, bulk_id: str) -> ResponseReturnValue:
    try:
        return page("replay_progress.html", bulk=replaying.bulk_progress(parts.store, bulk_id), bulk_id=bulk_id)
    except NotFound:
        abort(404)
