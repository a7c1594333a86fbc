"""The functions about products, over the sandbox's own state."""

from __future__ import annotations

from relay.justclick.sandbox.answers import Reply
from relay.justclick.sandbox.php_post import text_of
from relay.justclick.sandbox.shop import Asked, empty
from relay.justclick.sandbox.state import Good

_OWN = ("good_name", "good_type", "good_title", "good_sum")
_GROUPS = ("good_client_rassilki", "good_client_mailings")


def money(written: str) -> str:
    """Two digits behind the point, as MySQL prints them; what is no number becomes zero."""
    try:
        return f"{float(written.replace(',', '.')):.2f}"
    except ValueError:
        return "0.00"


def get_all_goods(asked: Asked) -> Reply:
    rows = [
        {
            "good_id": str(good.id),
            "good_name": good.name,
            "good_title": good.title,
            "good_sum": good.sum,
            "good_type": good.printed_type,
        }
        for good in asked.state.goods.values()
    ]
    if not rows and not asked.field:
        return Reply(700)
    return Reply(0, result=rows)


def add_good(asked: Asked) -> Reply:
    """All four fields must be non-empty in PHP's sense: ``good_type=0`` and ``good_sum=0`` are code 2."""
    if any(empty(asked.post.get(name)) for name in _OWN):
        return Reply(2)
    name = asked.text("good_name")
    if name in asked.state.goods:
        return Reply(301)
    kind = "real" if asked.text("good_type") == "real" else "digital"
    good = asked.state.add_good(name, asked.text("good_title"), money(asked.text("good_sum")), kind)
    _note_rest(asked, good)
    return Reply()


def update_good(asked: Asked) -> Reply:
    """Without ``good_sum`` the price becomes zero, as the vendor's page warns."""
    if empty(asked.post.get("good_name")):
        return Reply(2)
    good = asked.state.goods.get(asked.text("good_name"))
    if good is None:
        return Reply(300)
    good.sum = money(asked.text("good_sum"))
    good.title = asked.text("good_title") or good.title
    if not empty(asked.post.get("good_type")):
        good.type = "real" if asked.text("good_type") == "real" else "digital"
    _note_rest(asked, good)
    return Reply()


def delete_good(asked: Asked) -> Reply:
    if empty(asked.post.get("good_name")):
        return Reply(2)
    if asked.state.goods.pop(asked.text("good_name"), None) is None:
        return Reply(302)
    return Reply()


def _note_rest(asked: Asked, good: Good) -> None:
    good.extra.update({str(key): text_of(value) for key, value in asked.post.items() if key not in _OWN})
    for parameter in _GROUPS:
        for name in filter(None, asked.text(parameter).split(",")):
            if name not in asked.state.groups:
                asked.state.add_group(name)
