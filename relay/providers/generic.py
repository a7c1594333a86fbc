"""Any sender at all, described in ``relay.yaml``: proof, contact, order, answer are the hook's; nothing is guessed."""

from relay.provider import Provider

PROVIDER = Provider(
    name="generic",
    title="Any sender",
    kind="any",
    settings=(
        "Give the sender the hook's URL. Describe under `verify:` how it proves itself, under `contact:` and `order:` "
        "where the values stand, and under `answer:` what it wants to hear."
    ),
    arrives="Whatever is sent: JSON, a form, multipart or a query string stands in `body`.",
    on_failure="Depends on the sender. Without `event_id:` two events with the same body within an hour count as one.",
    tests="None, unless the hook says with `test:` which ones are.",
    confidence="tested",
)
