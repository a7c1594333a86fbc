"""How a hook knows its sender: the provider's own proof, ``verify`` of a generic one, a token, or nothing at all."""

from __future__ import annotations

from typing import Any

from relay import providers, verifying
from relay.configuration.fields import kind
from relay.configuration.problems import Path, Problems
from relay.models import Hook
from relay.nearest import instead
from relay.verifying.options import GenericVerifySchema

_OPTIONS = [field.data_key or name for name, field in GenericVerifySchema().fields.items()]
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
    for name, sentences in verifying.check_options(options).items():
        for sentence in sentences:
            problems.add((*path, *name.split(".")), _told(name, sentence))
    return options, raw.get("secret")


def _told(name: str, sentence: str) -> str:
    if sentence.startswith("Unknown field"):
        return f'Unknown key "{name}". {instead(name.rpartition(".")[2], _OPTIONS)}'.rstrip()
    return sentence


def check_proof(hook: Hook, path: Path, problems: Problems) -> None:
    """Somebody who knows the address only must not be able to write contacts into an account."""
    if hook.tokens or hook.verify == NONE or problems.closed((*path, "secret")) or problems.closed((*path, "token")):
        return
    if not providers.find(hook.provider).proves(hook):
        problems.add(path, _UNPROVEN.replace("NAME", f"{hook.name.upper().replace('-', '_')}_TOKEN"))


_UNPROVEN = (
    "Nothing proves who sends here. Give it the sender's secret (secret: ${...}), or put a token into its address "
    '(token: ${NAME}, and the sender posts to /hooks/<hook>/<token>), or, if anybody may send, write "verify: none".'
)
