"""From a sender's words to ours: the marshmallow pieces that every provider's schema is made of.

What was not found is None, never a guess; what was found and is wrong is None and a problem by field.
"""

from relay.reading.answers import Answer, recognise
from relay.reading.fields import (
    Choice,
    Currency,
    EMail,
    Flag,
    Goods,
    Minor,
    Moment,
    Money,
    Phone,
    Tags,
    Text,
)
from relay.reading.forms import FlatForm, Form
from relay.reading.money import major, money, refund_status
from relay.reading.passed import NUMBERS, Sale, as_email, numbers, passed
from relay.reading.paths import dig, mapping, rows, single
from relay.reading.people import email, joined, phone, plain, split_name, text_at
from relay.reading.schema import ReadingSchema, load
from relay.reading.scope import Scope
from relay.reading.times import moment
from relay.reading.utm import gather_utm

__all__ = [
    "NUMBERS",
    "Answer",
    "Choice",
    "Currency",
    "EMail",
    "Flag",
    "FlatForm",
    "Form",
    "Goods",
    "Minor",
    "Moment",
    "Money",
    "Phone",
    "ReadingSchema",
    "Sale",
    "Scope",
    "Tags",
    "Text",
    "as_email",
    "dig",
    "email",
    "gather_utm",
    "joined",
    "load",
    "major",
    "mapping",
    "moment",
    "money",
    "numbers",
    "passed",
    "phone",
    "plain",
    "recognise",
    "refund_status",
    "rows",
    "single",
    "split_name",
    "text_at",
]
