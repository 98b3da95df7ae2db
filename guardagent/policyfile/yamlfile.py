"""YAML as people mean it: with the line of everything, and without its traps.

`on`, `off`, `yes` and `no` are words, dates and times stay text, a key that stands twice is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from guardagent.errors import PolicyError

MAX_FILE_BYTES = 1_000_000
# Anchors can make a small file mean a huge one.
MAX_PARTS = 200_000

Place = tuple[str | int, ...]
_Model = TypeVar("_Model", bound=BaseModel)

_MESSAGES = {
    "missing": "is missing",
    "string_type": "must be text",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a mapping",
    "extra_forbidden": "is not a known key",
}


class Document(NamedTuple):
    """A value read from a file, and the line of each of its parts."""

    path: Path
    value: Any
    lines: Mapping[Place, int]

    def fault(self, place: Sequence[str | int], what: str) -> PolicyError:
        """The error that says `what` about `place`, with file and line."""
        known = tuple(place)
        while known and known not in self.lines:
            known = known[:-1]
        return PolicyError(f"{self.path}:{self.lines.get(known, 1)}: {what}")

    def refuse_unknown(self, place: Place, mapping: Mapping[str, Any], known: Sequence[str]) -> None:
        """Raises PolicyError for the first key that nothing reads."""
        for key in mapping:
            if key not in known:
                raise self.fault((*place, key), f"unknown key `{key}`{_hint(key, known)}")

    def invalid(self, error: ValidationError, place: Place = ()) -> PolicyError:
        """The error of the first thing that a model found wrong below `place`."""
        first = error.errors()[0]
        within = (*place, *first["loc"])
        name = ".".join(str(step) for step in within) or "file"
        return self.fault(within, f"`{name}`: {_MESSAGES.get(first['type'], first['msg'].lower())}")

    def model(self, model: type[_Model], value: Any, place: Place = ()) -> _Model:
        """`value` as a `model`; raises PolicyError that names the line."""
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise self.invalid(error, place) from None


def read_text(path: Path) -> str:
    """The text of a file of the author; raises PolicyError where it cannot be read."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise PolicyError(f"{path}: larger than {MAX_FILE_BYTES} bytes")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PolicyError(f"{path}: there is no such file") from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path}: is not UTF-8 text") from None
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read ({error.strerror})") from None


def read_document(path: Path) -> Document:
    """The YAML document in the file `path`."""
    return parse_document(read_text(path), path)


def parse_document(text: str, path: Path, *, first_line: int = 1) -> Document:
    """The YAML document in `text`, which stands in `path` from line `first_line` on."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        _number(node, (), first_line, lines, path, set())
        return Document(path, loader.construct_document(node) if node is not None else None, lines)
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        raise PolicyError(f"{path}:{line}: not valid YAML: {error.problem or 'cannot be read'}") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise PolicyError(f"{path}: not valid YAML") from None


class _Loader(yaml.SafeLoader):
    """The safe loader with the plain values of YAML 1.2: null, booleans, numbers, text."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), _first)


_MERGE = "tag:yaml.org,2002:merge"


def _integer(_loader: _Loader, node: yaml.ScalarNode) -> int:
    # The inherited constructor reads `010` as octal.
    return int(node.value)


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)


def _number(
    node: yaml.Node | None, place: Place, first: int, lines: dict[Place, int], path: Path, above: set[int]
) -> None:
    """Notes the line of `node` and of all below; refuses repeated keys and anchors that contain themselves."""
    if node is None:
        return
    line = lines.setdefault(place, first + node.start_mark.line)
    if id(node) in above or len(lines) > MAX_PARTS:
        raise PolicyError(f"{path}:{line}: an anchor that contains itself, or more than {MAX_PARTS} values")
    below = above | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _number(item, (*place, index), first, lines, path, below)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise PolicyError(f"{path}:{first + key.start_mark.line}: a key must be text")
            if key.value in seen:
                raise PolicyError(f"{path}:{first + key.start_mark.line}: key `{key.value}` stands twice")
            seen.add(key.value)
            if key.tag != _MERGE:
                key.tag = "tag:yaml.org,2002:str"
            lines[(*place, key.value)] = first + key.start_mark.line
            _number(value, (*place, key.value), first, lines, path, below)


def _hint(key: str, known: Sequence[str]) -> str:
    near = get_close_matches(str(key), known, n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; known: {', '.join(known)}"
