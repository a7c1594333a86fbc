"""A wrong file: every mistake at once, each with its line, its key and what would be right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Mistakes = Callable[[str], str]
HOOK = "hooks:\n  h:\n    provider: tilda\n    secret: ${HOOK_SECRET}\n"


def test_all_mistakes_come_at_once(mistakes: Mistakes) -> None:
    """Mending one by one is what drives people away."""
    report = mistakes(
        "acounts: {}\n"
        "hooks:\n"
        "  h:\n"
        "    provder: tilda\n"
        "    tolerance: soon\n"
        "    calls:\n"
        "      - functon: AddLeadToGroup\n"
        "        params: {tag: '{{ contcat.email }}'}\n"
        "      - function: AddLead\n"
    )
    assert "has 6 mistakes" in report
    for line, key, sentence in (
        (1, "acounts", 'Unknown key "acounts". Did you mean "accounts"?'),
        (4, "hooks.h.provder", 'Unknown key "provder". Did you mean "provider"?'),
        (5, "hooks.h.tolerance", '"soon" is no length of time'),
        (7, "hooks.h.calls.0.functon", 'Unknown key "functon". Did you mean "function"?'),
        (8, "hooks.h.calls.0.params.tag", 'Unknown name "contcat". Did you mean "contact"?'),
        (9, "hooks.h.calls.1.function", 'Unknown function "AddLead". Did you mean "AddLeadToGroup"?'),
    ):
        assert f"relay.yaml:{line}  {key}\n    " in report
        assert sentence in report


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("hooks:\n", 1, "Nothing stands behind the colon"),
        ("hooks: {}\n", 1, "There is no hook"),
        ("hooks: [a]\n", 1, "Here stands a list; it should be names with values"),
        ("hooks:\n  h: tilda\n", 2, "Here stands a text; it should be names with values"),
        ("hooks:\n  h: {secret: '${HOOK_SECRET}'}\n", 2, 'The key "provider" is missing'),
        ("hooks:\n  h: {provider: tida, secret: '${HOOK_SECRET}'}\n", 2, 'Did you mean "tilda"?'),
        ("hooks:\n  we binar: {provider: tilda, secret: '${HOOK_SECRET}'}\n", 2, "becomes a part of its address"),
        ("hooks:\n  вебинар: {provider: tilda, secret: '${HOOK_SECRET}'}\n", 2, "becomes a part of its address"),
        (HOOK + "  h:\n    provider: tilda\n", 5, '"h" stands here twice'),
        (HOOK + "    account: scool\n", 5, 'Unknown account "scool". Did you mean "school"?'),
        (HOOK + "    country: Russia\n", 5, "is no country"),
        (HOOK + "    addresses: 192.168.1.5/24\n", 5, "Did you mean 192.168.1.0/24?"),
        (HOOK + "    addresses: [example.com]\n", 5, "is not a network"),
        (HOOK + "    hash: sha265\n", 5, 'Did you mean "sha256"?'),
        (HOOK + "    tolerance: -5\n", 5, "is no length of time"),
        (HOOK + "    event_window: 0\n", 5, "should lie between"),
        (HOOK + "    max_per_minute: lots\n", 5, "is not a whole number"),
        (HOOK + "    verify: {hmac: sha256}\n", 5, 'Only "provider: generic"'),
        (
            "hooks:\n  h:\n    provider: generic\n"
            "    verify: {hmac: sha256, header: X, tolerance: 60, secret: '${HOOK_SECRET}'}\n",
            4,
            '"tolerance" is a key of the hook: it stands beside "verify:", not in it.',
        ),
        (HOOK + "    verify: nothing\n", 5, 'write "none"'),
        (HOOK + "    contact: {emial: x}\n", 5, 'Did you mean "email"?'),
        (HOOK + "    contact: {utm: {campain: x}}\n", 5, 'Did you mean "campaign"?'),
        (HOOK + "    contact: {utm: x}\n", 5, "is made of names with values"),
        (HOOK + "    contact: {email: [x]}\n", 5, "is one value or one expression"),
        (HOOK + "    contact: {email: '{{ body.mail }'}\n", 5, "cannot be read"),
        (HOOK + "    contact: {email: 'body.mail }}'}\n", 5, "stands between {{ and }}"),
        (HOOK + "    order: {goods: 'x {{ body.y }}'}\n", 5, "without text around it"),
        (HOOK + "    order: {goods: {id: x}}\n", 5, "Say which list the goods are"),
        (HOOK + "    order: {goods: {each: body.x, prise: '{{ item.y }}'}}\n", 5, 'Did you mean "price"?'),
        (HOOK + "    event_id: '{{ body.id | lowr }}'\n", 5, 'Did you mean "lower"?'),
        (HOOK + "    event_type: '{{ bill_of(1) }}'\n", 5, "only inside params"),
        (HOOK + "    test: 'body.x ='\n", 5, "write =="),
        (HOOK + "    answer: {stauts: 200}\n", 5, 'Did you mean "status"?'),
        (HOOK + "    answer: {status: 500}\n", 5, "should lie between 200 and 299"),
        (HOOK + "    answer: {headers: {X-Name: Анна}}\n", 5, "neither Cyrillic"),
        (HOOK + "    answer: {headers: {X-Name: [a, {b: c}]}}\n", 5, "cannot become a part of a text"),
        (HOOK + '    answer: {headers: {X-Name: "a\\nb"}}\n', 5, "is one line"),
        (HOOK + "    answer: {headers: {X Name: a}}\n", 5, "cannot be the name of a header"),
        (HOOK + "    answer: {headers: {Content-Length: 5}}\n", 5, "follows from the body"),
        (HOOK + "    answer: {headers: {X-Id: '{{ bdy.id }}'}}\n", 5, 'Did you mean "body"?'),
        (HOOK + "    answer: {body: {id: ['{{ bdy.id }}']}}\n", 5, 'Did you mean "body"?'),
        (HOOK + "    answer: {type: text/plain; charset=утф}\n", 5, "neither Cyrillic"),
        (HOOK + "    options: {regoin: eu}\n", 5, "option"),
        (HOOK + "    calls: {function: AddLeadToGroup}\n", 5, "The calls are a list"),
        (HOOK + "    calls: [AddLeadToGroup]\n", 5, "Here stands a text"),
        (HOOK + "    account:\n", 5, "Nothing stands behind the colon"),
        (HOOK + "    account: ''\n", 5, "The text is empty"),
        (HOOK + "tables: {courses: [a]}\n", 5, "a table is made of lines like"),
    ],
)
def test_mistakes_of_a_hook(mistakes: Mistakes, text: str, line: int, sentence: str) -> None:
    """One each."""
    report = mistakes(text)
    assert sentence in report
    assert f"relay.yaml:{line} " in report


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("      - {function: AddLeadToGrup, params: {}}\n", 6, 'Did you mean "AddLeadToGroup"?'),
        ("      - function: AddLeadToGroup\n        params: {rids: x}\n", 7, 'Did you mean "rid"?'),
        ("      - function: AddLeadToGroup\n        params: {tag: x}\n", 7, "rid is required"),
        ("      - {function: AddLeadToGroup}\n", 6, "rid is required"),
        ("      - {function: UpdateOrderStatus, params: {bill_id: 1, status: payd}}\n", 6, "'payd' is not"),
        (
            "      - function: CreateOrder\n        params:\n          goods:\n            - good_nam: x\n",
            9,
            "good_name",
        ),
        ("      - {function: AddLeadToGroup, params: {rid: x}, accept: [ok]}\n", 6, "is not a whole number"),
        ("      - {function: AddLeadToGroup, params: {rid: x}, retry: [5, never]}\n", 6, "is no length of time"),
        ("      - {function: AddLeadToGroup, params: {rid: x}, order_id: a}\n", 6, "Only CreateOrder"),
        ("      - {function: AddLeadToGroup, params: {rid: x}, whn: a}\n", 6, 'Did you mean "when"?'),
        ("      - {function: AddLeadToGroup, params: {rid: x}, name: 'a b'}\n", 6, "cannot be a name in expressions"),
        ("      - {function: AddLeadToGroup, params: {rid: '{{ item.x }}'}}\n", 6, "each:"),
        ("      - {function: AddLeadToGroup, params: {rid: '{{ item.nam }}'}, each: order.goods}\n", 6, '"name"'),
        ("      - {function: AddLeadToGroup, params: {rid: \"{{ body.x | lookup('a') }}\"}}\n", 6, 'no table "a"'),
        ("      - {function: AddLeadToGroup, params: {rid: x}, when: results.CreateOrder}\n", 6, "only inside params"),
        (
            "      - {function: DeleteOrder, params: {bill_id: '{{ results.Shop.bill_id }}'}}\n",
            6,
            "no call before this",
        ),
        ("      - {function: AddLeadToGroup, params: {rid: [a, '{{ contact.emial }}']}}\n", 6, '"email"'),
    ],
)
def test_mistakes_of_a_call(call: Mistakes, text: str, line: int, sentence: str) -> None:
    """Its function, its parameters, its expressions: all before the first event."""
    report = call(text)
    assert sentence in report
    assert f"relay.yaml:{line} " in report


def test_results_are_named_without_confusion(call: Mistakes) -> None:
    """Two calls of one name, or one for each of many, have no single result."""
    create = "      - {function: CreateOrder, params: {goods: [{good_name: x}]}}\n"
    delete = "      - {function: DeleteOrder, params: {bill_id: '{{ results.CreateOrder.bill_id }}'}}\n"
    assert 'No single earlier call of this hook is named "CreateOrder"' in call(create + create + delete)
    each = create.replace("}\n", ", each: order.goods}\n")
    assert 'No single earlier call of this hook is named "CreateOrder"' in call(each + delete)
    named = create.replace("}\n", ", name: shop}\n")
    assert 'Two calls of this hook are named "shop"' in call(named + named)


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        ("login: https://demo.justclick.ru", 'Did you mean "demo"?'),
        ("login: demo.justclick.ru", 'Did you mean "demo"?'),
        ("login: de mo", "is no login"),
        ("login: demo\n    url: http://demo.justclick.ru", "must begin with https"),
        ("login: demo\n    url: https://demo.justclick.ru/api", "ends after the host"),
        ("login: demo\n    url: demo.justclick.ru", "This is no address"),
        ("login: demo\n    url: https://x[]", "This is no address"),
        ("login: demo\n    url: https://x:port", "This is no address"),
        ("login: demo\n    timeout: 0", "should lie between 1 seconds and 60 seconds"),
        ("login: demo\n    timeout: 2 min", '"2 min" should lie between 1 seconds and 60 seconds'),
        ("login: demo\n    max_in_flight: 0", "should lie between 1 and 1000"),
        ("login: demo\n    max_per_second: 0", "is not a number above zero"),
        ("login: demo\n    max_in_fligt: 5", 'Did you mean "max_in_flight"?'),
    ],
)
def test_mistakes_of_an_account(mistakes: Mistakes, account: str, sentence: str) -> None:
    """Its login, its address, its limits."""
    report = mistakes(f"accounts:\n  school:\n    secret: ${{HOOK_SECRET}}\n    {account}\n" + HOOK)
    assert sentence in report


def test_a_missing_or_ambiguous_account(mistakes: Mistakes) -> None:
    """One may be left out; of several each hook names its own."""
    assert 'The key "accounts" is missing' in mistakes(
        "# accounts\nhooks:\n  h: {provider: tilda}\n".replace("hooks:", "hook:")
    )
    assert "There is no account" in mistakes("accounts: {}\n" + HOOK)
    two = "accounts:\n  a: {login: a, secret: '${HOOK_SECRET}'}\n  b: {login: b, secret: '${HOOK_SECRET}'}\n"
    assert "account: a or b" in mistakes(two + HOOK)


SECRETS = [
    ("hooks:\n  h:\n    provider: tilda\n    secret: hush-hush\n", 4, "${H_SECRET}"),
    ("hooks:\n  h:\n    provider: tilda\n    secret: ['${HOOK_SECRET}', hush-hush]\n", 4, "${H_SECRET}"),
    ("hooks:\n  h:\n    provider: tilda\n    secret: ${HOOK_SECRET:-hush-hush}\n", 4, "${H_SECRET}"),
    ("hooks:\n  h:\n    provider: tilda\n    token: hush-hush\n", 4, "${H_TOKEN}"),
    ("hooks:\n  h:\n    provider: tilda\n    token: ${HOOK_TOKEN}\n    options: {api_key: hush-hush}\n", 5, "API_KEY"),
    ("hooks:\n  h:\n    provider: generic\n    verify: {token: X-Key, secret: hush-hush}\n", 4, "${H_SECRET}"),
    ("accounts:\n  s:\n    login: x\n    secret: hush-hush\n" + HOOK, 4, "${S_SECRET}"),
]


@pytest.mark.parametrize(("text", "line", "advice"), SECRETS)
def test_a_secret_written_out_is_a_mistake(mistakes: Mistakes, text: str, line: int, advice: str) -> None:
    """Secrets stand in the environment and nowhere else; the report shows none."""
    report = mistakes(text)
    assert f"relay.yaml:{line} " in report
    assert "is written out here" in report
    assert advice in report
    assert "hush" not in report


@pytest.mark.parametrize(
    "hook",
    [
        "{provider: generic}",
        "{provider: tilda}",
        "{provider: generic, verify: {hmac: sha256, header: X-Sig}}",
    ],
)
def test_a_hook_without_any_proof_is_a_mistake(mistakes: Mistakes, hook: str) -> None:
    """With the three ways out."""
    report = mistakes(f"hooks:\n  my-hook: {hook}\n")
    assert "Nothing proves who sends here" in report
    assert "token: ${MY_HOOK_TOKEN}" in report
    assert "verify: none" in report


def test_a_proof_is_checked_option_by_option(mistakes: Mistakes) -> None:
    """With the nearest option that exists."""
    report = mistakes("hooks:\n  h:\n    provider: generic\n    verify: {hmca: sha256, secret: '${HOOK_SECRET}'}\n")
    assert 'hooks.h.verify.hmca\n    Unknown key "hmca". Did you mean "hmac"?' in report


@pytest.mark.parametrize("secret", ["'${HOOK_BLANK}'", "['${HOOK_SECRET}', '${HOOK_BLANK}']"])
def test_a_blank_secret_is_none(mistakes: Mistakes, secret: str) -> None:
    """A variable that holds a space is set, and proves nothing."""
    verify = f"{{hmac: sha256, header: X-Signature, secret: {secret}}}"
    report = mistakes(f"hooks:\n  h:\n    provider: generic\n    verify: {verify}\n    calls: []\n")
    assert "hooks.h.verify.secret\n    The text is empty: anybody could sign with it." in report


def test_a_missing_variable_hides_what_only_follows_from_it(mistakes: Mistakes) -> None:
    """One mistake, one sentence."""
    report = mistakes("hooks:\n  h: {provider: tilda, secret: '${ABSENT}'}\n")
    assert "has one mistake" in report
    assert "The environment variable ABSENT is not set" in report
