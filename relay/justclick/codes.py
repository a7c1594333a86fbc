"""What every answer of JustClick means, what follows from it and what a person can do: the one table.

The status page, the API, the command line and docs/codes.md all speak from here. Nothing here is sent or stored.
"""

from __future__ import annotations

from relay.justclick.meanings import contacts, general, orders, products
from relay.justclick.meanings.meaning import DAY, Meaning, Verdict

__all__ = ["DAY", "LIMIT_FOR_ADDRESS", "TABLE", "Meaning", "Verdict", "is_done", "meaning", "refuses"]

LIMIT_FOR_ADDRESS = 8  # rests for DAY: every earlier call starts the block anew

TABLE: tuple[Meaning, ...] = tuple(
    sorted((*general.ROWS, *contacts.ROWS, *products.ROWS, *orders.ROWS), key=lambda row: row.code)
)


def meaning(function: str, code: int, text: str = "") -> Meaning:
    """The row that fits best. The text tells more than the function: 302 and 303 have two meanings each.

    Never raises: an unknown code gets a row that says so (``known`` is False).
    """
    said = text.casefold()
    rows = [row for row in TABLE if row.code == code and _fits(row, function, said)]
    if not rows:
        rows = [row for row in TABLE if row.code == code and not (code == 0 and row.fragments)]
    if not rows:
        return _unknown(code, text)
    return max(rows, key=lambda row: _weight(row, function, said))


def refuses(function: str, code: int, text: str) -> bool:
    """Whether this answer is a no. Code 0 is one too when its text says that nothing was done."""
    return code != 0 or meaning(function, code, text).verdict is not Verdict.DONE


def is_done(function: str, code: int, text: str = "") -> bool:
    """Whether the answer says that what was asked for is the case (102: the contact is in the group)."""
    return meaning(function, code, text).verdict is Verdict.DONE


def _fits(row: Meaning, function: str, said: str) -> bool:
    if row.code == 0:  # the texts of 0 decide alone: any function could say them
        return not row.fragments or _says(row, said)
    return not row.functions or function in row.functions or _says(row, said)


def _says(row: Meaning, said: str) -> bool:
    return any(fragment in said for fragment in row.fragments)


def _weight(row: Meaning, function: str, said: str) -> int:
    return 4 * _says(row, said) + 2 * (function in row.functions) + (not row.functions)


def _unknown(code: int, text: str) -> Meaning:
    return Meaning(
        code=code,
        functions=(),
        text=text,
        verdict=Verdict.UNCERTAIN,
        meaning={
            "en": f"JustClick answered {code}, a code that is in no documentation known to the relay.",
            "ru": f"JustClick ответил кодом {code}, которого нет ни в одной известной relay документации.",
        },
        advice={
            "en": "Read the text of the answer, look in JustClick whether it was done, and ask JustClick's support.",
            "ru": (
                "Прочитайте текст ответа, проверьте в JustClick, выполнено ли действие, и спросите поддержку JustClick."
            ),
        },
        known=False,
    )
