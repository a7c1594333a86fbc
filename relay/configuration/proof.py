"""How a hook knows its sender: the provider's own proof, ``verify`` of a generic one, a token, or nothing at all."""

from __future__ import annotations

import re
from typing import Any

from relay import providers, verifying
from relay.configuration.fields import kind
from relay.configuration.problems import Path, Problems
from relay.configuration.schemas import HookSchema
from relay.models import Hook
from relay.nearest import instead, unknown
from relay.verifying.options import GenericVerifySchema

_OPTIONS = [field.data_key or name for name, field in GenericVerifySchema().fields.items()]
_URL_SAFE = re.compile(r"[A-Za-z0-9._~-]+")
GENERIC = "generic"
NONE = "none"


def split_verify(raw: Any, provider: str, path: Path, problems: Problems) -> tuple[Any, Any]:
    """What goes to ``Hook.verify``, and the secret that stood inside."""
    if raw is None or raw == NONE:
        return raw, None
    if not isinstance(raw, dict):
        problems.add(
            path, f'Here stands {kind(raw)}; write "none", or how the sender proves itself, like hmac: sha256.'
        )
        return None, None
    if provider != GENERIC:
        problems.add(
            path, f'Only "provider: generic" is told here how to verify; {provider} knows it by itself. Delete it.'
        )
        return None, None
    options = {name: value for name, value in raw.items() if name != "secret"}
    wrong = verifying.check_options(options)
    for name, sentences in wrong.items():
        for sentence in sentences:
            problems.add((*path, *name.split(".")), _told(name, sentence))
    if wrong:
        problems.close(path)
    given = raw.get("secret")
    if any(isinstance(one, str) and not one.strip() for one in (given if isinstance(given, list) else [given])):
        problems.add((*path, "secret"), "The text is empty: anybody could sign with it.", closes=True)
    return None if wrong else options, given


def _told(name: str, sentence: str) -> str:
    if sentence.startswith("Unknown field"):
        if name in HookSchema().fields:
            return f'"{name}" is a key of the hook: it stands beside "verify:", not in it.'
        return f'Unknown key "{name}". {instead(name.rpartition(".")[2], _OPTIONS)}'.rstrip()
    return sentence


def check_options(hook: Hook, path: Path, problems: Problems) -> None:
    """A provider documents its own settings; for a generic sender they are free."""
    known = providers.find(hook.provider).options
    for name in hook.options if hook.provider != GENERIC else ():
        if name not in known:
            problems.add((*path, "options", name), unknown("option", name, known))


def check_proof(hook: Hook, path: Path, problems: Problems) -> None:
    """Somebody who knows the address only must not be able to write contacts into an account."""
    if any(not _URL_SAFE.fullmatch(token) for token in hook.tokens):
        problems.add((*path, "token"), "The token becomes a part of the address: letters, digits, - and _ only.")
    unclear = any(
        problems.closed((*path, *place)) for place in (("secret",), ("token",), ("verify", "secret"), ("verify",))
    )
    if hook.tokens or hook.verify == NONE or unclear:
        return
    if not providers.find(hook.provider).proves(hook):
        problems.add(path, _UNPROVEN.replace("NAME", f"{hook.name.upper().replace('-', '_')}_TOKEN"))


_UNPROVEN = (
    "Nothing proves who sends here. Give it the sender's secret (secret: ${...}), or put a token into its address "
    '(token: ${NAME}, and the sender posts to /hooks/<hook>/<token>), or, if anybody may send, write "verify: none".'
)
