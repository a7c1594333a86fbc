"""docs/codes.md and docs/functions.md as text, made from the same tables that the relay works with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from relay import reasons
from relay.justclick import codes
from relay.justclick.functions import FUNCTIONS, Function, Repeat
from relay.justclick.functions.arrays import ListOf, Members
from relay.justclick.functions.fields import Parameter

_MADE = "<!-- made by: python -m relay docs -->"
_VERDICTS = {
    codes.Verdict.DONE: "what was asked for is the case",
    codes.Verdict.DATA: "this call cannot succeed, its own data is wrong",
    codes.Verdict.FIX: "a person changes something in JustClick or in the mapping, then it can succeed",
    codes.Verdict.LATER: "time helps",
    codes.Verdict.ACCOUNT: "nothing more of this account or function succeeds until a person acts",
    codes.Verdict.UNCERTAIN: "somebody has to look before anything is repeated",
}
_LANGUAGES = {"en": "English", "ru": "По-русски"}


# ---------------------------------------------------------------- codes
def codes_page() -> str:
    lines = [
        "# JustClick's codes and our own reasons",
        _MADE,
        "",
        "Only code 0 counts as delivered, or a code that the call accepts (`accept: [102]`). Two kinds of 0 are "
        "refusals: see below. After an attempt whose answer was lost, the codes that functions.md lists for it count "
        "too.",
        "",
        "| verdict | what it says |",
        "|---|---|",
        *(f"| `{verdict}` | {words} |" for verdict, words in _VERDICTS.items()),
    ]
    for language, title in _LANGUAGES.items():
        lines += ["", f"## {title}", "", *_code_rows(language), "", *_reason_rows(language)]
    return _page(lines)


def _code_rows(language: str) -> Iterable[str]:
    yield "| code | JustClick's text | functions | verdict | pauses | meaning | what to do |"
    yield "|---|---|---|---|---|---|---|"
    for row in codes.TABLE:
        functions = ", ".join(row.functions) or "all"
        pauses = (row.pauses or "") + (f", {row.pause_seconds / 3600:g} h" if row.pause_seconds else "")
        yield _row(
            row.code, row.text, functions, f"`{row.verdict}`", pauses, row.meaning[language], row.advice[language]
        )


def _reason_rows(language: str) -> Iterable[str]:
    yield "| reason | meaning | what to do |"
    yield "|---|---|---|"
    for reason in reasons.REASONS:
        told = reasons.explain(reason)
        yield _row(f"`{reason}`", told.meaning[language], told.advice[language])


# ---------------------------------------------------------------- functions
def functions_page() -> str:
    lines = [
        "# JustClick's functions",
        _MADE,
        "",
        "Parameters stand in the order in which they are sent. *From the event* is what fills a parameter that the "
        "mapping leaves out. An empty text counts as left out, except where it says *may be empty*: there it clears "
        "the field. A parameter given as `null` is left out even when the event has it.",
    ]
    for function in FUNCTIONS.values():
        lines += ["", *_function(function)]
    return _page(lines)


def _function(function: type[Function]) -> Iterable[str]:
    yield f"## {function.name}"
    yield f"*{function.title['en']} / {function.title['ru']}.* {function.description}"
    yield ""
    yield f"- Result: {function.result}"
    yield f"- When nobody knows whether it was carried out: {_repeat(function)}"
    if function.settled_by_repeat:
        yield f"- Codes that then say that it had worked: {', '.join(map(str, sorted(function.settled_by_repeat)))}."
    parameters = function.parameters()
    if not parameters:
        yield "- Parameters: none."
        return
    yield ""
    yield "| parameter | required | kind | from the event | meaning |"
    yield "|---|---|---|---|---|"
    yield from _parameters(parameters)


def _repeat(function: type[Function]) -> str:
    if function.reads or function.repeat is Repeat.SAFE:
        return "it is made again."
    if function.safe_to_repeat({"status": "cancel"}):
        return "with the status paid it is looked up first, otherwise it is made again."
    return "it is looked up first."


def _parameters(parameters: Mapping[str, Parameter], around: str = "", within: str = "") -> Iterable[str]:
    for name, field in parameters.items():
        full = f"{around}[{name}]" if around else name
        kind = field.kind + (", may be empty" if field.keep_empty else "")
        source = within + field.attribute if field.attribute else ""
        required = "yes" if field.required else ""
        yield _row(f"`{full}`", required, kind, source and f"`{source}`", field.description)
        if isinstance(field, Members):
            yield from _parameters(field.named, full, f"{source}." if source else "")
        elif isinstance(field, ListOf):
            yield from _parameters(field.named, f"{full}[0]")


# ---------------------------------------------------------------- both
def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
