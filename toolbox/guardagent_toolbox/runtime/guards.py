"""Everything that a running program can reach: hooks of the restricted code, builtins, answers and tools.

INVARIANT: the values of a program are of exactly these types: None, bool, int, float, str, list, tuple, dict, set,
range, the views of a dict, and `Reply`. Every hook relies on it and none accepts anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from guardagent_toolbox.runtime.answers import ANSWER_FUNCTIONS
from guardagent_toolbox.runtime.arithmetic import in_place, operators
from guardagent_toolbox.runtime.budget import CHARACTERS_SHIFT, Budget, GuardError, check_string
from guardagent_toolbox.runtime.builtin_functions import builtin_functions
from guardagent_toolbox.runtime.iteration import SEQUENCES, VALUES, Iteration
from guardagent_toolbox.runtime.methods import method_hooks
from guardagent_toolbox.runtime.ownership import Ownership
from guardagent_toolbox.runtime.show import SCALARS, Shower
from guardagent_toolbox.runtime.tool_calls import guarded_tool
from guardagent_toolbox.runtime.weight import make_weighed, weigh

Function = Callable[..., Any]

_INDEXED: Final = frozenset({list, tuple, str, range})
_BRIEF: Final = frozenset({int, float, bool, type(None)})
_LIGHT_TEXT: Final = (1 << CHARACTERS_SHIFT) - 1
_FREE: Final = SEQUENCES - {list, tuple, str, VALUES} | {set}


def globals_of(tools: Mapping[str, Callable[..., object]], budget: Budget, ownership: Ownership) -> dict[str, Any]:
    """The global names of a program before its own code is run."""
    iteration = Iteration(budget)
    shower = Shower(budget)
    table = operators(budget)
    return {
        "__builtins__": builtin_functions(budget, iteration, shower),
        "_getitem_": _make_getitem(budget),
        "_write_": _make_write(budget, ownership),
        "_getiter_": iteration.loop,
        "_rows_": iteration.rows,
        "_row_": iteration.row,
        "_unpack_sequence_": _make_unpack(iteration),
        "_iter_unpack_sequence_": _make_unpack_each(iteration),
        "_inplacevar_": in_place(table, iteration, ownership),
        "_contains_": _make_contains(budget),
        "_weighed_": make_weighed(budget),
        "_enter_": _make_enter(budget),
        **table,
        **method_hooks(budget, iteration, ownership),
        **_text_hooks(budget, shower),
        **ANSWER_FUNCTIONS,
        **{name: guarded_tool(name, function, budget, ownership) for name, function in tools.items()},
    }


def _make_getitem(budget: Budget) -> Function:
    def getitem(value: Any, index: Any) -> Any:
        kind = type(value)
        if kind is dict:
            if type(index) is tuple:
                weigh(index, budget)
            return value[index]
        if kind in _INDEXED:
            if type(index) is slice:
                budget.scan_items(value)
            return value[index]
        raise GuardError(f"a value of type `{kind.__name__}` has no items")

    return getitem


def _make_write(budget: Budget, ownership: Ownership) -> Function:
    def write(value: Any) -> Any:
        kind = type(value)
        if kind is not dict and kind is not list:
            raise GuardError(f"the items of a value of type `{kind.__name__}` cannot be set")
        budget.spend(1)
        ownership.check_own(value)
        return value

    return write


def _make_contains(budget: Budget) -> Function:
    def contains(member: Any, container: Any) -> bool:
        kind = type(container)
        if kind is str:
            if type(member) is not str:
                raise GuardError(f"`in` looks for texts in a text, not for a value of type `{type(member).__name__}`")
            budget.left -= len(container) >> 10
        elif kind is list or kind is tuple or kind is VALUES:
            budget.left -= len(container) >> 4
            # A short text weighs nothing, and nearly everything that is looked for is one.
            if (len(member) > _LIGHT_TEXT) if type(member) is str else type(member) not in _BRIEF:
                weigh(member, budget, times=len(container))
        elif kind in _FREE:
            weigh(member, budget)
        else:
            raise GuardError(f"`in` does not look into a value of type `{kind.__name__}`")
        if budget.left < 0:
            budget.spend(0)
        return member in container

    return contains


def _make_enter(budget: Budget) -> Function:
    def enter() -> None:
        # Without this, helpers that call helpers twice would double the work at each level.
        budget.left -= 1
        if budget.left < 0:
            budget.spend(0)

    return enter


def _text_hooks(budget: Budget, shower: Shower) -> dict[str, Function]:
    def shown(value: Any) -> Any:
        # Scalars stay as they are: a format such as `.2f` needs the number.
        return value if type(value) in SCALARS else shower.literal(value)

    def whole(text: str) -> str:
        check_string(len(text))
        budget.left -= len(text) >> CHARACTERS_SHIFT
        if budget.left < 0:
            budget.spend(0)
        return text

    return {"_show_": shown, "_literal_": shower.literal, "_text_": whole}


def _make_unpack(iteration: Iteration) -> Function:
    def unpack(value: Any, shape: Any, _loop: object = None) -> list[Any]:
        """The members of a row, with inner rows checked; `shape` is what RestrictedPython says of the target."""
        members = list(iteration.row(value))
        if len(members) >= shape["min_len"]:
            for index, inner in shape["childs"]:
                members[index] = unpack(members[index], inner)
        return members

    return unpack


def _make_unpack_each(iteration: Iteration) -> Function:
    unpack = _make_unpack(iteration)

    def unpack_each(values: Any, shape: Any, _loop: object = None) -> list[Any]:
        return [unpack(value, shape) for value in iteration.loop(values)]

    return unpack_each
