"""What the codes of JustClick and our own reasons mean: the whole table, and a page for each."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from relay import reasons
from relay.justclick import codes
from relay.lifecycle import State
from relay.parts import Parts
from relay.store import glances
from relay.web.rendering import page


def code_table(parts: Parts) -> ResponseReturnValue:
    dead = glances.dead_by_code(parts.store, parts.store.totals())
    return page(
        "codes.html", rows=codes.TABLE, reasons={slug: reasons.explain(slug) for slug in reasons.REASONS}, dead=dead
    )


def code_page(parts: Parts, code: int) -> ResponseReturnValue:
    """An unknown code has a page too: it says that nobody knows it."""
    function = request.args.get("function", "")
    rows = [row for row in codes.TABLE if row.code == code] or [codes.meaning(function, code)]
    dead = glances.dead_by_code(parts.store, {f"dead:{code}": 0}).get(code, 0)
    return page("code.html", code=code, rows=rows, dead=dead, function=function)


def reason_page(parts: Parts, slug: str) -> ResponseReturnValue:
    explanation = reasons.explain(slug)
    if not explanation.known:
        abort(404)
    return page("reason.html", slug=slug, explanation=explanation, dead=parts.store.counts()[State.DEAD])
