"""From the text of a model to a typed answer, strictly: parsed as asked or rejected, never searched."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from guardagent.reasoners.answers import CodeAnswer, RevisionsAnswer

Answer = TypeVar("Answer", bound=BaseModel)

_FENCED = re.compile(r"^```(?:json)?[ \t]*\n(.*?)\n[ \t]*```[ \t]*$", re.DOTALL | re.MULTILINE)
# Some local servers leave the model's thinking in front of its answer.
_THINKING = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_BLOCK = re.compile(r"^```[ \t]*(\w*)[ \t]*\n(.*?)\n?^```[ \t]*$", re.DOTALL | re.MULTILINE)
_CLAUSE = re.compile(r"^def clause_", re.MULTILINE)
_SHOWN_PROBLEMS = 5


class Unparseable(Exception):
    """What the model wrote is not what was asked for.

    `problem` is for people and holds nothing of the answer; `correction` is for the model that wrote it;
    `unenforced` says that a server which enforces the schema could not have let it through.
    """

    def __init__(self, problem: str, correction: str, *, unenforced: bool) -> None:
        super().__init__(problem)
        self.problem, self.correction, self.unenforced = problem, correction, unenforced


class Wanted(NamedTuple, Generic[Answer]):
    """What an answer must be: the name and JSON Schema that an endpoint is told, and how it is read."""

    name: str
    schema: dict[str, Any] | None
    parse: Callable[[str], Answer]


def parse_answer(text: str, schema: type[Answer]) -> Answer:
    """The answer that `text` holds: one JSON object, bare or in a single fenced block.

    Raises:
        Unparseable: it holds none, more than one, or one of another shape.
    """
    found = _json_text(text)
    try:
        json.loads(found, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        problem = "not one JSON object"
        raise Unparseable(problem, f"It is {problem}.", unenforced=True) from None
    try:
        return schema.model_validate_json(found, strict=True)
    except ValidationError as error:
        raise _mismatch(error) from None


def parse_code(text: str) -> CodeAnswer:
    """The program that `text` holds in its one fenced block, with the revisions in a block of JSON beside it.

    Words round the blocks count for nothing. A bare program, and a JSON object with the `source`, are taken as well.

    Raises:
        Unparseable: it holds no program or more than one, or revisions of another shape.
    """
    said = _THINKING.sub("", text).strip()
    if said.startswith("{"):
        return parse_answer(said, CodeAnswer)
    blocks = [(language.lower(), block) for language, block in _BLOCK.findall(said)]
    programs = [block for language, block in blocks if language in ("", "python", "py")]
    revisions = [block for language, block in blocks if language == "json"]
    if not blocks and _CLAUSE.search(said) and "```" not in said:
        programs = [said]
    if len(programs) != 1 or len(revisions) > 1 or not programs[0].strip():
        problem = "not one program in one fenced block"
        raise Unparseable(problem, f"It is {problem}: it holds {len(programs)}.", unenforced=False)
    found = parse_answer(revisions[0], RevisionsAnswer).revisions if revisions else []
    return CodeAnswer(source=programs[0], revisions=found)


def _json_text(text: str) -> str:
    stripped = _THINKING.sub("", text).strip()
    if stripped.startswith("{"):
        return stripped
    blocks = _FENCED.findall(stripped)
    return str(blocks[0]).strip() if len(blocks) == 1 else stripped


def _mismatch(error: ValidationError) -> Unparseable:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    # The name of an unknown field is text of the model, so people are not shown it.
    public = [_where(e["loc"][:-1] if e["type"] == "extra_forbidden" else e["loc"]) + e["msg"].lower() for e in found]
    private = [_where(e["loc"]) + e["msg"] for e in found]
    shape = any(e["type"] == "missing" or e["type"] == "extra_forbidden" or e["type"].endswith("_type") for e in found)
    listed = "\n".join(f"- {line}" for line in private[:_SHOWN_PROBLEMS])
    return Unparseable(public[0], f"It does not fit:\n{listed}", unenforced=shape)


def _where(place: tuple[int | str, ...]) -> str:
    return f"`{'.'.join(map(str, place))}`: " if place else ""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def strict_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of `schema` as strict structured outputs demand it: closed objects, every property required."""
    closed: dict[str, Any] = _close(schema.model_json_schema())
    return closed


def _close(node: Any) -> Any:
    if isinstance(node, list):
        return [_close(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _close(value) for key, value in node.items() if key != "default"}
    if "const" in closed:
        # Some servers know a list of allowed values only.
        closed["enum"] = [closed.pop("const")]
    if isinstance(closed.get("properties"), dict):
        closed["required"] = list(closed["properties"])
        closed["additionalProperties"] = False
    return closed
