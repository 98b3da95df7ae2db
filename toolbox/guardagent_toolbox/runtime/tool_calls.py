"""How a program calls a tool: data in, fresh data out, and no error text of the tool's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from guardagent_toolbox.runtime.arithmetic import checked
from guardagent_toolbox.runtime.budget import TOOL_STEPS, Budget, GuardError
from guardagent_toolbox.runtime.iteration import VIEWS
from guardagent_toolbox.runtime.ownership import Ownership
from guardagent_toolbox.runtime.show import SCALARS

_DATA: Final = SCALARS | {list, dict, tuple, set}
_LISTED: Final = VIEWS | {range}
_MAX_DEPTH: Final = 60


def guarded_tool(
    name: str, function: Callable[..., object], budget: Budget, ownership: Ownership
) -> Callable[..., Any]:
    """The tool as a program calls it."""

    def call(*args: Any, **kwargs: Any) -> Any:
        steps = TOOL_STEPS
        for value in args:
            kind = type(value)
            if kind is str:
                steps += len(value) >> 8
            elif kind not in _DATA:
                args = tuple([_listed(value, name) for value in args])
        if kwargs:
            kwargs = {key: _listed(value, name) for key, value in kwargs.items()}
        budget.left -= steps
        if budget.left < 0:
            budget.spend(0)
        try:
            result = function(*args, **kwargs)
        except MemoryError:
            raise
        # A tool must not fail; when one does, its message may hold what it was given.
        except Exception as error:
            raise GuardError(f"tool `{name}` failed on its arguments ({type(error).__name__})") from None
        return _fresh(result, name, budget, ownership, 0)

    return call


def _listed(value: Any, name: str) -> Any:
    """The value as data; views of a dict and ranges become lists."""
    kind = type(value)
    if kind in _LISTED:
        return list(value)
    if kind not in _DATA:
        raise GuardError(f"tool `{name}` takes data, not a value of type `{kind.__name__}`")
    return value


def _fresh(value: Any, name: str, budget: Budget, ownership: Ownership, depth: int) -> Any:
    """The result as data that only this run holds; parts of the event stay what they are, and cannot be changed.

    A tool may keep what it returned, in a cache for example; the program must not get at that.
    """
    kind = type(value)
    if kind in SCALARS:
        return checked(value) if kind is float else value
    if kind not in _DATA or depth > _MAX_DEPTH:
        raise GuardError(f"tool `{name}` gave a value of type `{kind.__name__}`, which is not plain data")
    if not value:
        return kind()
    if ownership.is_foreign(value):
        return value
    budget.scan_items(value)
    if kind is dict:
        return {key: _fresh(member, name, budget, ownership, depth + 1) for key, member in value.items()}
    kinds = set(map(type, value))
    if kinds <= SCALARS and float not in kinds:
        return kind(value)
    return kind([_fresh(member, name, budget, ownership, depth + 1) for member in value])
