"""One account of JustClick: does it let us in, with which secret, and has it what the configuration names?"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from relay import reasons
from relay.doctor import named, network
from relay.doctor.check import Check, note, ok, wrong
from relay.doctor.clocks import Clocks
from relay.justclick import codes, functions
from relay.justclick.answers import WRONG_HASH, classify
from relay.justclick.client import HEADERS, Pool, new_pool, signed
from relay.justclick.near_misses import diagnose
from relay.justclick.transport import HttpAnswer, post
from relay.models import Account, Configuration
from relay.nearest import instead
from relay.outcomes import Accepted, Outcome, Refused

_NONE_YET = frozenset({501, 700})  # "there are no groups", "no products": the account let us in all the same
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:]+")
_LISTS = {named.GROUP: ("GetAllGroups", "rass_name"), named.PRODUCT: ("GetAllGoods", "good_name")}


@dataclass(frozen=True, slots=True)
class _Visit:
    account: Account
    pool: Pool
    clocks: Clocks

    def ask(self, function: str, secret: str) -> Outcome:
        """A reading function without parameters, signed with this secret and no other."""
        body = signed(function, {}, self.account.login, secret)
        url = f"{self.account.url}/api/{function}"
        before = time.time()
        answer = post(self.pool.manager, url, body, HEADERS, self.account.timeout)
        if not isinstance(answer, HttpAnswer):
            return answer
        self.clocks.hear_justclick(answer.headers, before, time.time())
        return classify(function, answer.status, answer.headers, answer.content, self.account.secrets)


def checks(
    account: Account, configuration: Configuration, clocks: Clocks, ca_file: str | None = None
) -> Iterator[Check]:
    way = network.Way()
    yield from network.checks(account, way, ca_file)
    if not way.open:
        yield note(f"{account.name}: signature", "Not tried: there is no connection.")
        return
    visit = _Visit(account, new_pool(1, ca_file), clocks)
    outcomes = [visit.ask("GetAllGroups", secret) for secret in account.secrets]
    passed = [_lets_in(outcome) for outcome in outcomes]
    place = passed.index(True) if True in passed else None
    yield _signature(account, configuration, outcomes, place)
    yield _egress(account, outcomes, way.local)
    if place is not None:
        yield from _names(visit, configuration, account.secrets[place], outcomes[place])


def _lets_in(outcome: Outcome) -> bool:
    return isinstance(outcome, Accepted) or (isinstance(outcome, Refused) and outcome.code in _NONE_YET)


# ---------------------------------------------------------------- the signature
def _signature(account: Account, configuration: Configuration, outcomes: list[Outcome], place: int | None) -> Check:
    about = f"{account.name}: signature"
    if place == 0:
        return ok(about, "JustClick accepts login and secret (GetAllGroups).")
    if place is not None:
        told = f"JustClick accepts secret number {place + 1} of {len(outcomes)}, not the newest one."
        return note(about, told, "When the new key is in force at JustClick, delete the old one from relay.yaml.")
    return _refusal(about, outcomes[0], _near_misses(account, configuration, outcomes[0]))


def _near_misses(account: Account, configuration: Configuration, outcome: Outcome) -> str:
    if not isinstance(outcome, Refused) or outcome.code != WRONG_HASH:
        return ""
    answer = (outcome.code, outcome.text, outcome.hash)
    return diagnose("GetAllGroups", {}, account, answer, configuration.accounts.values()).told()


def _refusal(about: str, outcome: Outcome, found: str = "") -> Check:
    """What JustClick (or the network) said, with the table's meaning and advice. ``found`` goes before the advice."""
    if isinstance(outcome, Accepted | Refused):
        row = codes.meaning("GetAllGroups", outcome.code, outcome.text)
        told = f"Code {outcome.code}, {outcome.text!r}: {row.meaning['en']}"
        return wrong(about, told, found or row.advice["en"])
    why = reasons.explain(outcome.reason)
    return wrong(about, f"{why.meaning['en']} ({outcome.detail})", why.advice["en"])


# ---------------------------------------------------------------- the address that JustClick sees
def _egress(account: Account, outcomes: list[Outcome], local: str) -> Check:
    about = f"{account.name}: our address"
    for outcome in outcomes:
        if isinstance(outcome, Refused) and (seen := _ADDRESS.search(outcome.text)):
            advice = "Send it to JustClick's support, and ask them to allow it; on a platform ask for a fixed address."
            return wrong(about, f"JustClick sees {seen[0]}, and refuses it (code {outcome.code}).", advice)
    if not any(map(_lets_in, outcomes)):
        return note(about, f"Not known: JustClick names it only when it refuses it. {_from(local)}")
    return ok(about, f"JustClick does not refuse it; it names the address only in codes 6 and 8. {_from(local)}")


def _from(local: str) -> str:
    try:
        address = ip_address(local.partition("%")[0])
    except ValueError:
        return ""
    if address.is_loopback:
        return "It is this machine itself."
    if address.is_global:
        return f"The connection starts at {address}."
    return f"The connection starts at {address}, which a router or the platform replaces by another."


# ---------------------------------------------------------------- groups and products
def _names(visit: _Visit, configuration: Configuration, secret: str, groups: Outcome) -> Iterator[Check]:
    wanted = named.names_of(configuration, visit.account.name)
    for kind, (function, field) in _LISTS.items():
        mine = [one for one in wanted if one.kind == kind]
        about = f"{visit.account.name}: {kind}s"
        if not mine:
            yield ok(about, "The hooks of this account name none.")
            continue
        outcome = groups if kind == named.GROUP else visit.ask(function, secret)
        if not _lets_in(outcome):
            yield _refusal(about, outcome)
            continue
        rows = functions.find(function).parse_result(outcome.result) if isinstance(outcome, Accepted) else []
        there = {str(row.get(field)) for row in rows or () if row.get(field)}
        yield from _held_against(about, mine, there)


def _held_against(about: str, wanted: list[named.Name], there: set[str]) -> Iterator[Check]:
    known = [one for one in wanted if one.name is not None]
    missing = [one for one in known if one.name not in there]
    for one in missing:
        told = f"Hook {one.hook}, {one.place}: there is no {one.kind} {one.name!r} in JustClick."
        yield wrong(about, told, instead(one.name, sorted(there)) or f"Make the {one.kind} in JustClick first.")
    for expression in dict.fromkeys((one.hook, one.place, one.expression) for one in wanted if one.name is None):
        hook, place, source = expression
        yield note(
            about, f"Hook {hook}, {place}: {source} is known only when an event comes; it cannot be checked now."
        )
    if known and not missing:
        names = ", ".join(sorted({str(one.name) for one in known}))
        yield ok(about, f"All that relay.yaml names exist: {names}.")
