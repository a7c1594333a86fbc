"""Functions of partners. Source: justclick-api, section 3.4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from relay.justclick.functions import results
from relay.justclick.functions.fields import Day, Word
from relay.justclick.functions.function import Function, both

_ISO = "%Y-%m-%d"


class GetPartnerStats(Function):
    name = "GetPartnerStats"
    title = both("Figures of a partner", "Статистика партнёра")
    description = "What a partner earned and brought."
    reads = True
    result = "earned_total, topay_total, clicks_total, leads_total, bills_total, partners_total."

    partner = Word("The partner's login.", required=True)
    date_from = Day("First day.", notation=_ISO)
    date_to = Day("Last day.", notation=_ISO)

    @classmethod
    def rules(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        first, last = values.get("date_from"), values.get("date_to")
        if isinstance(first, str) and isinstance(last, str) and last < first:
            yield "date_to", f"is before date_from ({first})"

    @classmethod
    def parse_result(cls, result: Any) -> Any:
        return results.single(result)
