"""Meta (Facebook, Instagram) lead ads: ids only, signed; the answers are asked from the Graph API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from relay.asking import TOKEN, question
from relay.incoming import Incoming
from relay.models import Answer, Hook, Reading
from relay.provider import Fetch, FetchRequest, Provider
from relay.reading import Answer as FormAnswer
from relay.reading import Form, dig, mapping, rows, single, text_at
from relay.reading.people import agreed
from relay.verifying import Signature
from relay.verifying.secrets import equal

_API = "https://graph.facebook.com"
_VALUE = "entry.0.changes.0.value"
_FIELDS = "id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,form_id,field_data"
_KEPT = ("campaign_name", "adset_name", "ad_name", "form_id")


def _each(body: Any) -> list[Any]:
    return [
        {**mapping(body), "entry": [{**mapping(entry), "changes": [change]}]}
        for entry in rows(body, "entry")
        for change in rows(entry, "changes")
    ]


def _answers(body: Any) -> dict[str, Any]:
    """Lists of one are texts."""
    found = rows(body, "lead.field_data")
    return {text_at(field, "name") or "": single(dig(field, "values")) for field in found}


class Lead(Form):
    def answers(self, body: Any) -> Iterator[FormAnswer]:
        return (FormAnswer(name, value) for name, value in _answers(body).items())

    def finish(self, found: dict[str, Any], body: Any) -> None:
        lead = mapping(body, "lead")
        found["custom"] |= {name: lead[name] for name in _KEPT if text_at(lead, name)}
        boxes = [agreed(dig(box, "is_checked")) is True for box in rows(lead, "custom_disclaimer_responses")]
        found["consent"] = all(boxes) if boxes else found.get("consent")
        dummies = (str(value).startswith("<test lead:") for value in _answers(body).values())
        found["test"] = found.get("email") == "test@fb.com" or any(dummies)


def _greet(incoming: Incoming) -> Answer | None:
    """The subscription's check. Without a verify token of ours any is taken: events are proven by their signature."""
    if incoming.request.method != "GET" or incoming.at("query:hub.mode") != "subscribe":
        return None
    own = incoming.hook.options.get("verify_token")
    wanted, given = (str(own),) if own else incoming.hook.tokens, str(incoming.at("query:hub.verify_token") or "")
    if wanted and not any(equal(token, given) for token in wanted):
        return Answer("The verify token is not the one of this hook (its option verify_token).", status=403)
    return Answer(str(incoming.at("query:hub.challenge") or ""))


def _ask(reading: Reading, hook: Hook) -> Sequence[FetchRequest]:
    number = text_at(reading.body, f"{_VALUE}.leadgen_id") or ""
    path = f"/{number}?fields={_FIELDS},custom_disclaimer_responses"
    return (question(hook, _API, path, "lead"),) if number.isdecimal() else ()


PROVIDER = Provider(
    name="meta_leads",
    title="Meta lead ads (Facebook, Instagram)",
    kind="form",
    proof=(
        Signature(at="header:X-Hub-Signature-256", mac="sha256", prefix="sha256="),
        Signature(at="header:X-Hub-Signature", mac="sha1", prefix="sha1="),
    ),
    each=_each,
    schema=Lead,
    event_type="entry.0.changes.0.field",
    event_id=lambda incoming: text_at(incoming.body, f"{_VALUE}.leadgen_id"),
    greet=_greet,
    fetch=Fetch(ask=_ask, schema=Lead, needs=(TOKEN,)),
    options={
        "verify_token": "the verify token that you type into Meta's dashboard beside the URL",
        "access_token": "a page's token with the permission leads_retrieval: asks for the answers",
        "api": f"{_API} if not said otherwise; a version may follow: {_API}/v23.0",
    },
    settings=(
        "App > Webhooks > Page: the hook's URL, a verify token (the option `verify_token`), and the field *leadgen*; "
        "`secret` is the app secret. Subscribe the page: POST /{page-id}/subscribed_apps?subscribed_fields=leadgen."
    ),
    arrives=(
        "Ids of a lead; its answers are asked from the Graph API before mapping. Answers of choices are slugs; "
        "tracking parameters of the form are UTM marks. In Russia Meta's services are blocked."
    ),
    on_failure="Repeated at once and then ever more rarely for 36 hours (from memory).",
    tests="Leads of the testing tool (test@fb.com, `<test lead: ...>`) are known after their answers were asked for.",
    sources=("fbsamples/lead-ads-webhook-sample", "n8n FacebookLeadAdsTrigger", "developers.facebook.com"),
)
