"""The complaints of Jinja2 and Python about an expression, in words for a person who is no programmer. Pure."""

from __future__ import annotations

import re

from jinja2 import TemplateSyntaxError

_KINDS = {
    "str": "a text", "int": "a number", "Decimal": "a number", "decimal.Decimal": "a number", "NoneType": "nothing",
    "Missing": "nothing", "list": "a list", "tuple": "a list", "dict": "a group of values", "bool": "true or false",
    "Awaited": "the number of an order", "float": "a number",
}  # fmt: skip
_COMPARED = re.compile(r"'(?:[<>]=?)' not supported between instances of '(\w+)' and '(\w+)'")
_SYNTAX = (
    (r"unexpected '='|print statement', got '='", "to compare two values write == (two signs)."),
    (
        r"end of print statement', got '(.+)'",
        'before "{0}" something is missing: a quotation mark, an operator like ==, or a | before a filter.',
    ),
    (r"unexpected end of template", "a bracket or a brace is opened and not closed."),
    (r"unexpected '(.+)', expected '(.+)'", '"{0}" stands where "{1}" should.'),
    (r"unexpected char (?:'|\")(.)(?:'|\")", "the sign {0} cannot stand here. Texts need quotation marks."),
    (r"expected token '(.+)', got '(.+)'", '"{0}" is expected where "{1}" stands.'),
    (r"Encountered unknown tag '(.+?)'", 'there is no "{{% {0} %}}".'),
    (r"(?i)tag name expected", 'after "{{%" a word like if or for is missing.'),
    (r"Unexpected end of template", 'an "{{% if %}}" or a "{{% for %}}" has no end.'),
    (r"unexpected '}'$", "an expression ends with two braces, }}}}, and here is one."),
    (r"unexpected '(.*)'", 'something is wrong at "{0}".'),
    (r"Expected an expression, got '(.+)'", 'something is missing before "{0}".'),
    (r"Missing end of (.+)", "a comment or a text is opened and not closed."),
)
_WORDS = {
    "begin of print statement": "{{", "end of print statement": "}}", "end of statement block": "%}",
    "begin of statement block": "{%", "end of template": "the end",
}  # fmt: skip


def syntax_sentence(error: TemplateSyntaxError) -> str:
    message = error.message or ""
    for pattern, sentence in _SYNTAX:
        if found := re.search(pattern, message):
            return "It cannot be read: " + sentence.format(
                *(_WORDS.get(part, part) for part in found.groups("the end"))
            )
    return f"It cannot be read: {message}"


def type_sentence(error: Exception) -> str:
    """``'>' not supported between instances of 'str' and 'int'`` in other words."""
    message = str(error)
    if found := _COMPARED.search(message):
        left, right = (_KINDS.get(word, word) for word in found.groups())
        hint = (
            " Make a number of the text with | number."
            if "a text" in (left, right) and "a number" in (left, right)
            else ""
        )
        return f"{left.capitalize()} and {right} cannot be compared.{hint}"
    if "not callable" in message:
        return "Something is used like a function and is none; filters stand behind a |."
    if "is not iterable" in message:
        return "Something is used like a list and is none."
    if "unsafely" in message or "not safely callable" in message:
        return "Such functions are not available in expressions; filters stand behind a |."
    for word, meaning in _KINDS.items():
        message = message.replace(f"'{word}'", meaning)
    return f"{message}."
