"""Every text of the pages, in English and Russian. A table: no text stands in a template or a view.

``TEXTS[key]`` is the English and the Russian text. Where a number is told, a text is its plural forms: English (one,
other), Russian (one, few, many); ``{count}`` is the number.
"""

from __future__ import annotations

from collections.abc import Mapping

from relay.web.texts import decisions, frame, meanings, overview, records, verdicts

Text = str | tuple[str, ...]

TEXTS: Mapping[str, tuple[Text, Text]] = {
    **frame.TEXTS,
    **verdicts.TEXTS,
    **overview.TEXTS,
    **records.TEXTS,
    **decisions.TEXTS,
    **meanings.TEXTS,
}
