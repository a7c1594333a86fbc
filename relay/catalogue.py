"""docs/providers.md as text: every provider as its own file declares it. Nothing about a provider is written here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relay import providers
from relay.provider import COMMON_OPTIONS, Provider
from relay.verifying import Basic, CallBack, Jwt, Networks, Proof, PublicKey, Secret, Signature

_KINDS = {
    "form": "Forms and quizzes",
    "payment": "Payments",
    "shop": "Shops and courses",
    "crm": "CRMs, chats and other services",
    "any": "Anything else",
}
MANY = 4  # places for a secret that are worth being listed
_CONFIDENCE = {
    "tested": "samples made or checked with the sender's own kit, or a format of our own",
    "documented": "built from the sender's documentation or working public code, not tried with an account",
    "assumption": "some of it is inferred; look at the first real event before you rely on it",
}


def providers_page() -> str:
    found = [providers.find(name) for name in providers.names()]
    lines = [
        "# Providers",
        "<!-- made by: python -m relay docs -->",
        "",
        f"{len(found)} kinds of sender. In relay.yaml a hook names one (`provider: tilda`); its address is "
        "`/hooks/<hook>`, with a token behind it when the sender proves itself in no other way. Whoever is missing "
        "here: take `webform` or `generic` (docs/configuration.md), or add a file (docs/adding-a-provider.md).",
        "",
        *(f"- **{name}**: {words}." for name, words in _CONFIDENCE.items()),
        "",
        "Options that every provider knows: "
        + "; ".join(f"`{name}` ({words})" for name, words in COMMON_OPTIONS.items())
        + ".",
    ]
    for kind, title in _KINDS.items():
        of_kind = sorted((one for one in found if one.kind == kind), key=lambda one: one.title.casefold())
        lines += ["", f"## {title}", "", ", ".join(f"[{one.title}](#{_anchor(one)})" for one in of_kind)]
        for one in of_kind:
            lines += ["", f'### <a id="{_anchor(one)}"></a>{one.title}', "", *_told(one)]
    return "\n".join(lines) + "\n"


def _anchor(provider: Provider) -> str:
    return provider.name.replace("_", "-")


def _told(provider: Provider) -> Iterator[str]:
    yield f"`provider: {provider.name}`, {provider.confidence}."
    yield ""
    yield f"- **There:** {provider.settings}"
    yield f"- **Proof:** {_proof(provider)}."
    yield f"- **Arrives:** {provider.arrives}"
    if provider.fetch:
        yield f"- **Asked back:** {_question(provider)}"
    if provider.tests:
        yield f"- **Tests:** {provider.tests}"
    yield f"- **When we don't answer:** {provider.on_failure}"
    own = {name: words for name, words in provider.options.items() if name not in COMMON_OPTIONS}
    if own:
        yield "- **Options:** " + "; ".join(f"`{name}`: {words}" for name, words in own.items()) + "."
    if provider.sources:
        yield f"- **Sources:** {', '.join(provider.sources)}."


def _proof(provider: Provider) -> str:
    if not provider.proof:
        return "none of its own: a token in the address, or what `verify:` says"
    return "; ".join(dict.fromkeys(_row(row) for row in provider.proof))


def _row(row: Proof) -> str:
    if isinstance(row, Signature):
        how = f"HMAC-{row.mac.upper()}" if row.mac else row.digest.upper()
        chosen = f" (or, by `hash:`, {', '.join(row.choices)})" if row.choices else ""
        return f"a signature ({how}{chosen}) in {_place(row.at)}"
    if isinstance(row, Secret) and len(row.at) > MANY:
        return f"the secret itself in a header, the address or a field of your choice ({_place(row.at[0])} ...)"
    if isinstance(row, Secret):
        return f"the secret itself in {' or '.join(map(_place, row.at))}"
    if isinstance(row, Basic):
        return "the secret as the password of HTTP Basic"
    if isinstance(row, Networks):
        return f"the sender's networks ({len(row.published)} published; `addresses:` replaces them)"
    if isinstance(row, PublicKey):
        return f"a signature with the sender's public key in {_place(row.at)}"
    if isinstance(row, Jwt):
        return "a signed token (JWT) with the sender's public key"
    if isinstance(row, CallBack):
        return f"nothing at intake, with {_options(row.needs)}: the worker asks about {_place(row.at)} before it acts"
    return type(row).__name__


def _place(place: str) -> str:
    where, _, name = place.partition(":")
    words = {"header": "the header", "field": "the field", "query": "the address's", "authorization": "Authorization:"}
    return f"{words.get(where, where)} `{name}`" if name else f"`{place}`"


def _question(provider: Provider) -> str:
    assert provider.fetch  # noqa: S101 - the caller has looked
    needs = provider.fetch.needs
    why = "its answer proves the event" if provider.fetch.proves else "the event holds ids only"
    what = f"the worker asks the sender before anything is mapped ({why})"
    return f"{what}; needs {_options(needs)}." if needs else f"{what}."


def _options(names: Sequence[str]) -> str:
    return f"{', '.join(f'`{name}`' for name in names)} under `options`"
