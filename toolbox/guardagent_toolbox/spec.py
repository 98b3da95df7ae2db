"""What a tool is: a pure function with a name, a group and the text that a coder is shown."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., object])

_MARK = "__guardagent_tool_group__"


class ToolboxError(Exception):
    """A tool is declared wrongly, two share a name, or a package of tools is broken; the message is one line."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as programs call it and as a coder is shown it."""

    name: str
    function: Callable[..., object]
    signature: str
    doc: str
    group: str
    origin: str


def tool(*, group: str) -> Callable[[Function], Function]:
    """A decorator that offers a function to programs; the function itself stays as it is.

    The function must be total (wrong input gives a documented answer, never an exception), pure, take and give plain
    data, and carry a docstring with an example.
    """

    def mark(function: Function) -> Function:
        setattr(function, _MARK, group)
        return function

    return mark


def group_of(value: object) -> str | None:
    """The group under which `value` was offered; None for anything that is not a tool."""
    group = getattr(value, _MARK, None) if inspect.isfunction(value) else None
    return group if isinstance(group, str) else None


def spec_of(function: Callable[..., object], *, group: str, origin: str) -> ToolSpec:
    """The spec of a marked function.

    Raises:
        ToolboxError: it has no docstring, or takes what a program cannot pass.
    """
    name = function.__name__
    doc = inspect.getdoc(function)
    if not doc:
        raise ToolboxError(f"tool `{name}` of `{origin}` has no docstring; coders choose tools by it")
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            raise ToolboxError(f"tool `{name}` of `{origin}` takes star-arguments; programs cannot pass any")
    return ToolSpec(name, function, name + _render(signature), doc, group, origin)


def _render(signature: inspect.Signature) -> str:
    """The signature with annotations as they were written, without quotes."""
    parameters = ", ".join(_render_parameter(p) for p in signature.parameters.values())
    gives = signature.return_annotation
    return f"({parameters})" + ("" if gives is inspect.Signature.empty else f" -> {_render_type(gives)}")


def _render_parameter(parameter: inspect.Parameter) -> str:
    text = parameter.name
    if parameter.annotation is not inspect.Parameter.empty:
        text += f": {_render_type(parameter.annotation)}"
    if parameter.default is not inspect.Parameter.empty:
        text += f" = {parameter.default!r}"
    return text


def _render_type(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
