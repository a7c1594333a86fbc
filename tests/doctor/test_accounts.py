"""The doctor's visit to JustClick: the signature, our address, groups and products, in good and broken states."""

from __future__ import annotations

import pytest

from relay.doctor.check import Check, Verdict
from relay.doctor.clocks import Clocks
from relay.justclick.sandbox import Sandbox
from relay.models import CallPlan
from tests.doctor.conftest import SECRET, Looked, about, wrong

LEAD = CallPlan("AddLeadToGroup", {"rid": ["webinar", "news"]})
ORDER = CallPlan("CreateOrder", {"goods": [{"good_name": "course"}]})


def test_all_is_well(sandbox: Sandbox, looked: Looked) -> None:
    """Login and secret are accepted, groups and products are there; nothing was changed at JustClick."""
    clocks = Clocks()
    found = looked(LEAD, ORDER, clocks=clocks)
    assert wrong(found) == []
    assert "accepts login and secret" in about(found, "signature").told
    assert "news, webinar" in about(found, "groups").told
    assert "course" in about(found, "products").told
    assert about(found, "our address").told.endswith("It is this machine itself.")
    assert clocks.justclick
    assert [call.function for call in sandbox.calls] == ["GetAllGroups", "GetAllGoods"]


def test_products_are_asked_for_only_when_some_are_named(sandbox: Sandbox, looked: Looked) -> None:
    """One call less to an account that has none."""
    found = looked(LEAD)
    assert "name none" in about(found, "products").told
    assert [call.function for call in sandbox.calls] == ["GetAllGroups"]


@pytest.mark.parametrize(
    ("account", "says"),
    [
        ({"secrets": (f"{SECRET} ",)}, "a blank, a line end"),
        ({"secrets": (f'"{SECRET}"',)}, "quotation marks"),
        ({"secrets": ("school",)}, "JustClick uses another secret"),
        ({"login": "School"}, "capitals and small letters count"),
        ({"login": "anna"}, "it is the login that is wrong"),
    ],
)
def test_a_wrong_signature_gets_its_near_misses(looked: Looked, account: dict, says: str) -> None:
    """Proven by the answer's hash; the secret is nowhere, and groups cannot be looked at."""
    found = looked(LEAD, **account)
    signature = about(found, "signature")
    assert signature.verdict is Verdict.WRONG
    assert says in signature.advice
    assert SECRET not in str(found)
    assert not [check for check in found if check.about.endswith("groups")]


@pytest.mark.parametrize(
    ("secrets", "verdict", "says"),
    [
        ((SECRET, "old"), Verdict.OK, "accepts login and secret"),
        (("new", SECRET), Verdict.NOTE, "secret number 2 of 2"),
        (("new", "old"), Verdict.WRONG, "Code 4"),
    ],
)
def test_while_a_secret_is_being_rotated(looked: Looked, secrets: tuple[str, ...], verdict: Verdict, says: str) -> None:
    """Each one is tried; that the older one is in force is worth knowing, not wrong."""
    found = about(looked(LEAD, secrets=secrets), "signature")
    assert found.verdict is verdict
    assert says in found.told


@pytest.mark.parametrize(
    ("code", "says"),
    [(5, "There is no account"), (7, "switched off"), (6, "does not let the relay's network address in")],
)
def test_other_refusals_of_the_account(sandbox: Sandbox, looked: Looked, code: int, says: str) -> None:
    """In the words of the table of codes."""
    sandbox.trouble(code=code)
    signature = about(looked(LEAD), "signature")
    assert says in signature.told
    assert signature.advice


def test_the_address_that_justclick_sees(sandbox: Sandbox, looked: Looked) -> None:
    """Code 6 names it: that is the one to send to the support."""
    sandbox.trouble(code=6, text="Permission denied for IP 203.0.113.7")
    address = about(looked(LEAD), "our address")
    assert address.verdict is Verdict.WRONG
    assert "203.0.113.7" in address.told
    assert "support" in address.advice


@pytest.mark.parametrize(("code", "kind"), [(501, "groups"), (700, "products")])
def test_an_account_without_any(sandbox: Sandbox, looked: Looked, code: int, kind: str) -> None:
    """The codes for "there are none" are answers like any other: the signature is right, the names are missing."""
    sandbox.trouble(code=code, function="GetAllGroups" if kind == "groups" else "GetAllGoods")
    found = looked(LEAD, ORDER)
    assert about(found, "signature").verdict is Verdict.OK
    missing = [check for check in found if check.about.endswith(kind)]
    assert {check.verdict for check in missing} == {Verdict.WRONG}
    assert "Make the" in missing[0].advice


def test_a_group_that_is_misspelt(looked: Looked) -> None:
    """With the hook, the place, and the nearest name that there is; literal names and entries of tables alike."""
    table = {"groups": {"form1": "webinar", "form2": "webinr"}}
    found = looked(
        CallPlan("AddLeadToGroup", {"rid": "wbinar"}),
        CallPlan("AddLeadToGroup", {"rid": "{{ body.form | lookup('groups') }}"}),
        tables=table,
    )
    told = [(check.told, check.advice) for check in found if check.verdict is Verdict.WRONG]
    assert told == [
        (f"Hook web, AddLeadToGroup.rid: there is no group '{name}' in JustClick.", 'Did you mean "webinar"?')
        for name in ("wbinar", "webinr")
    ]


def test_a_product_that_is_missing(looked: Looked) -> None:
    """Nothing is similar: what there is, is listed."""
    found = looked(CallPlan("CreateOrder", {"goods": [{"good_name": "zzz"}]}))
    [missing] = [check for check in found if check.verdict is Verdict.WRONG]
    assert "no product 'zzz'" in missing.told
    assert "Known here: book, consulting, course." in missing.advice


def test_what_only_an_event_tells(looked: Looked) -> None:
    """Is said to be unchecked, and is nothing wrong."""
    found = looked(CallPlan("AddLeadToGroup", {"rid": ["webinar", "{{ body.group }}"]}))
    assert wrong(found) == []
    told = [check.told for check in found if check.about.endswith("groups")]
    assert any("{{ body.group }} is known only when an event comes" in sentence for sentence in told)
    assert any("All that relay.yaml names exist: webinar." in sentence for sentence in told)


@pytest.mark.parametrize(
    ("shape", "says"), [("html", "not JSON"), ("forged", "hash"), ("cut", "connection broke"), ("redirect", "redirect")]
)
def test_no_usable_answer(sandbox: Sandbox, looked: Looked, shape: str, says: str) -> None:
    """In the words of our own reasons, with the detail."""
    sandbox.trouble(shape=shape)
    signature: Check = about(looked(LEAD), "signature")
    assert signature.verdict is Verdict.WRONG
    assert says in signature.told
    assert signature.advice


def test_products_cannot_be_read(sandbox: Sandbox, looked: Looked) -> None:
    """The list is refused or does not come: that is said of the products, and of nothing else."""
    sandbox.trouble(function="GetAllGoods", status=503)
    assert wrong(looked(LEAD, ORDER)) == ["school: products"]
