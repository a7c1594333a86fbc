"""A YAML file as plain values that remember their lines. Never makes objects of a file's choosing.

Unlike YAML 1.1 it makes numbers only of what is plainly a number: ``+7999...``, ``007``, ``12:30``, ``no`` stay text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

import yaml

from relay.configuration.problems import Path, Problem, Problems, WrongConfiguration
from relay.configuration.syntax import explain

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS = {"": None, "~": None, "null": None, "true": True, "True": True, "false": False, "False": False}
_KINDS = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value", "merge"})
_MAX_VALUES = 100_000  # aliases of aliases grow without end
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Document:
    file: str
    tree: Any
    lines: dict[Path, int]


def read_document(file: str | FilePath) -> Document:
    """Raises WrongConfiguration for what is no YAML, for duplicate keys and for what we do not use of YAML."""
    name = _shown(str(file))
    text = _text_of(str(file), name)
    node = _composed(name, text)
    lines: dict[Path, int] = {}
    problems = Problems(lines)
    tree = _Builder(lines, problems).build(node, ()) if node is not None else {}
    if found := problems.listed():
        raise WrongConfiguration(name, found)
    return Document(name, tree, lines)


def _shown(file: str) -> str:
    """The way to the file as the operator would type it."""
    near = os.path.relpath(file)
    return file if near.startswith("..") else near


def _text_of(file: str, name: str) -> str:
    try:
        return FilePath(file).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        sentence = "There is no such file. Make it, or say with RELAY_CONFIG (or --config) where it is."
    except UnicodeDecodeError as error:
        sentence = f"The file is not UTF-8 text (byte {error.start}). Save it in your editor as UTF-8."
    except OSError as error:
        sentence = f"The file cannot be read: {error.strerror}."
    raise WrongConfiguration(name, [Problem(0, "", sentence)])


def _composed(name: str, text: str) -> yaml.Node | None:
    loader = _loader(name, text)
    try:
        return loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise WrongConfiguration(name, explain(error, text.splitlines())) from None
    except RecursionError:
        raise WrongConfiguration(name, [Problem(0, "", "The file is nested beyond all reason.")]) from None
    finally:
        loader.dispose()


def _loader(name: str, text: str) -> yaml.SafeLoader:
    try:
        return yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        sentence = "This line holds an invisible control character. Delete it, or type the line anew."
        raise WrongConfiguration(name, [Problem(line, "", sentence)]) from None


class _Builder:
    def __init__(self, lines: dict[Path, int], problems: Problems) -> None:
        self._lines = lines
        self._problems = problems
        self._count = 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        self._count += 1
        self._lines.setdefault(path, node.start_mark.line + 1)
        if self._count > _MAX_VALUES or len(path) > _MAX_DEPTH:
            self._problems.add((), "The file is larger or nested deeper than any sensible configuration.", closes=True)
            return None
        if _foreign(node):
            self._problems.add(path, f'"{node.tag}" is a YAML tag; tags are not used here. Put the value in quotes.')
            return None
        if isinstance(node, yaml.MappingNode):
            return {key: self.build(value, (*path, key)) for key, value in self._pairs(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.build(value, (*path, place)) for place, value in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101  there is no fourth kind
        return scalar(node)

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        seen: dict[str, int] = {}
        for key_node, value in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._lines[path] = line
                self._problems.add(
                    path, 'A value that begins with { or [ is read as a list. Put {{ ... }} in quotes: "{{ ... }}".'
                )
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in seen:
                self._lines[here] = line
                self._problems.add(here, f'"{key}" stands here twice, first in line {seen[key]}. Keep one of the two.')
                continue
            seen[key] = self._lines[here] = line
            yield key, value


def _foreign(node: yaml.Node) -> bool:
    prefix, _, kind = node.tag.rpartition(":")
    return prefix != "tag:yaml.org,2002" or kind not in _KINDS


def scalar(node: yaml.ScalarNode) -> str | int | Decimal | bool | None:
    text = str(node.value)
    if node.style is not None:  # quoted, or a block: always text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text
