"""From a YAML file to a `Scenario`, or to one line that says where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from examples.demo.scenario import Contradiction, Scenario, known_words

Where = tuple[str | int, ...]


class ScenarioError(Exception):
    """The file, the line, and what to write there."""


def read_scenario(path: Path) -> Scenario:
    """Read and check a scenario."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: must be text in UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScenarioError(f"{path}:{line}: {error.problem}") from error
    if not isinstance(root, yaml.MappingNode):
        raise ScenarioError(f"{path}:1: write a scenario: see examples/demo.yaml")
    _refuse_duplicates(path, root)
    return _validate(path, root)


def _validate(path: Path, root: yaml.MappingNode) -> Scenario:
    lines = dict(_lines(root, ()))
    try:
        return Scenario.model_validate(yaml.SafeLoader("").construct_document(root))
    except Contradiction as error:
        raise ScenarioError(_one_line(path, lines, error.where, str(error))) from error
    except ValidationError as error:
        first, *others = sorted(error.errors(include_url=False), key=_urgency)
        message = _reason(first)
        if others:
            message += f" (and {len(others)} more)"
        raise ScenarioError(_one_line(path, lines, tuple(first["loc"]), message)) from error


def _refuse_duplicates(path: Path, node: yaml.Node) -> None:
    """YAML lets a later key replace an earlier one; a reader would not notice."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ScenarioError(f"{path}:{line}: {key.value}: is there twice")
            seen.add(key.value)
            _refuse_duplicates(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicates(path, item)


def _lines(node: yaml.Node, where: Where) -> Iterator[tuple[Where, int]]:
    yield where, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*where, key.value))
            yield (*where, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, (*where, index))


def _one_line(path: Path, lines: Mapping[Where, int], where: Where, message: str) -> str:
    known = where
    while known not in lines:
        known = known[:-1]
    place = ".".join(str(part) for part in where)
    return f"{path}:{lines[known]}: {f'{place}: ' if place else ''}{message}"


def _urgency(error: Any) -> bool:
    """A misspelt word comes before the word that is missing for it."""
    return bool(error["type"] != "extra_forbidden")


def _reason(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        near = get_close_matches(str(error["loc"][-1]), known_words(), n=1)
        return f"is no word of a scenario{f'; is it {near[0]}?' if near else ''}"
    if kind == "value_error":
        return str(context["error"])
    given = "" if isinstance(error["input"], dict | list) else f", not {error['input']!r}"
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}{given}"
