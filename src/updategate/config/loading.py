"""YAML to frozen objects: strict, with every mistake named by file and key."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from updategate.config.errors import ConfigError, Problem, did_you_mean

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Strict(BaseModel):
    """Base of all configuration: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=BaseModel)


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML allows a key twice and keeps the last; here that is a mistake."""


def _mapping(loader: _UniqueKeyLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if isinstance(key, dict | list):
            raise yaml.constructor.ConstructorError(None, None, f"a key is text, not {{…}} or […] (line {line})")
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key '{key}' stands twice (line {line})")
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path, what: str) -> Any:  # noqa: ANN401 - YAML holds anything
    """Parse a YAML file; ``what`` names its kind in errors ("environment file")."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError.single(
            str(path), "", f"There is no such {what}.", "Check the name, or create the file."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError.single(str(path), "", f"This {what} cannot be read: {error}.") from None
    try:
        data = yaml.load(text, _UniqueKeyLoader)  # noqa: S506 - a SafeLoader with one more check
    except yaml.YAMLError as error:
        raise ConfigError.single(str(path), "", f"This {what} is not valid YAML: {_yaml_problem(error)}.") from None
    if data is None:
        raise ConfigError.single(str(path), "", f"This {what} is empty.", "An empty file decides nothing.")
    return data


def _yaml_problem(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or str(error)
    mark = getattr(error, "problem_mark", None)
    return f"{problem} (line {mark.line + 1}, column {mark.column + 1})" if mark else str(problem)


def load(path: Path, model: type[Model], what: str, variables: Mapping[str, str] | None = None) -> Model:
    """Read ``path`` into ``model``; ``${NAME}`` in any text is taken from the process environment.

    Raises ConfigError for a missing, empty or malformed file, an unknown key, a wrong value, or a
    variable that is not set. ``variables`` replaces the process environment in tests.
    """
    data = read_yaml(path, what)
    if not isinstance(data, dict):
        raise ConfigError.single(str(path), "", f"This {what} must hold keys and values, not a {_kind(data)}.")
    return build(substituted(data, str(path), os.environ if variables is None else variables), model, str(path))


def build(data: Any, model: type[Model], source: str) -> Model:  # noqa: ANN401 - parsed YAML
    """Validate parsed data; ``source`` names it in errors."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        entries = error.errors()
        raise ConfigError(
            source, [_problem(model, entry) for entry in entries if not _follows(entry, entries)]
        ) from None


def substituted(data: Any, source: str, variables: Mapping[str, str]) -> Any:  # noqa: ANN401 - parsed YAML
    """Replace each ``${NAME}``; all that are missing are named in one error."""
    missing: list[Problem] = []

    def walk(value: Any, key: str) -> Any:  # noqa: ANN401
        if isinstance(value, dict):
            return {name: walk(item, f"{key}.{name}" if key else str(name)) for name, item in value.items()}
        if isinstance(value, list):
            return [walk(item, f"{key}[{index}]") for index, item in enumerate(value)]
        if not isinstance(value, str):
            return value

        def replace(match: re.Match[str]) -> str:
            found = variables.get(match[1])
            if not found:
                missing.append(
                    Problem(
                        key,
                        f"The environment variable {match[1]} is not set.",
                        f"Set it, for example: export {match[1]}=…",
                    )
                )
                return ""
            return found

        return VARIABLE.sub(replace, value)

    result = walk(data, "")
    if missing:
        raise ConfigError(source, missing)
    return result


def key_path(location: tuple[int | str, ...]) -> str:
    """``("objectives", 0, "level")`` as ``objectives[0].level``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _problem(model: type[BaseModel], entry: ErrorDetails) -> Problem:
    location = entry["loc"]
    kind = entry["type"]
    if kind == "extra_forbidden":
        valid = _valid_keys(model, location[:-1])
        name = str(location[-1])
        return Problem(
            key_path(location[:-1]),
            f"Unknown key '{name}'.{did_you_mean(name, valid)}",
            f"Valid keys: {', '.join(valid)}.",
        )
    if kind == "missing":
        return Problem(key_path(location[:-1]), f"The key '{location[-1]}' is missing.")
    given = entry.get("input")
    shown = f", not {given!r}" if isinstance(given, str | int | float | bool | None) else ""
    context = entry.get("ctx", {})
    plain = {
        "bool_parsing": "Write true or false",
        "bool_type": "Write true or false",
        "too_short": "At least one entry is needed here",
        "string_too_short": "This text is too short",
        "literal_error": f"Allowed are {context.get('expected')}",
        "string_pattern_mismatch": PATTERNS.get(str(context.get("pattern")), "This text has not the expected form"),
    }
    if kind in plain:
        return Problem(key_path(location), f"{plain[kind]}{'' if kind == 'too_short' else shown}.")
    message = entry["msg"].removeprefix("Value error, ")
    message = message[0].upper() + message[1:]
    if kind not in ("value_error", "assertion_error"):
        message += shown
    return Problem(key_path(location), message.removesuffix(".") + ".")


# what a pattern means, for those who made the mistake
PATTERNS = {
    r"^[A-Z][A-Z0-9]{1,7}-\d{3}$": "A process id looks like CHK-001",
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$": "A name holds letters, digits, '.', '_' and '-'",
}


def _follows(entry: ErrorDetails, entries: list[ErrorDetails]) -> bool:
    """Whether an error only follows from others: a list is 'too short' when its only entry is wrong."""
    if entry["type"] != "too_short":
        return False
    depth = len(entry["loc"])
    return any(other is not entry and other["loc"][:depth] == entry["loc"] for other in entries)


def _valid_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys of the model that stands at ``location``."""
    current: type[BaseModel] | None = model
    for part in location:
        if current is None or isinstance(part, int):
            continue
        field = next((f for name, f in current.model_fields.items() if (f.alias or name) == part), None)
        if field is not None:
            current = _model_in(field.annotation)
    return [f.alias or name for name, f in current.model_fields.items()] if current is not None else []


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None


def _kind(data: Any) -> str:  # noqa: ANN401
    return {list: "list", str: "text", int: "number", float: "number", bool: "yes/no value"}.get(
        type(data), type(data).__name__
    )
