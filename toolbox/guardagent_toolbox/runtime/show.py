"""Values as text, in bounded time and size, the same in every process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from guardagent_toolbox.runtime.budget import Budget, GuardError, check_string

SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_MAX_DEPTH: Final = 32
_BRACKETS: Final[dict[type, tuple[str, str]]] = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}"), dict: ("{", "}")}


def ordered(values: set[Any]) -> list[Any]:
    """The members of a set in an order that does not depend on the process."""
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=lambda value: (type(value).__name__, repr(value)))


class Shower:
    """Writes values as `str` and `repr` do, at the expense of a budget."""

    __slots__ = ("_budget",)

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def text(self, value: Any) -> str:
        """What `str(value)` gives."""
        return value if type(value) is str else self.literal(value)

    def literal(self, value: Any) -> str:
        """What `repr(value)` gives; the members of a set stand in order."""
        if type(value) in SCALARS:
            return repr(value)
        parts: list[str] = []
        self._collect(value, parts, 0)
        return "".join(parts)

    def _collect(self, value: Any, parts: list[str], depth: int) -> int:
        """Appends the text of `value` and gives back its length."""
        self._budget.spend(1)
        kind = type(value)
        if kind in SCALARS:
            parts.append(repr(value))
            return len(parts[-1])
        if kind not in _BRACKETS:
            raise GuardError(f"a value of type `{kind.__name__}` cannot be written as text")
        if depth == _MAX_DEPTH:
            raise GuardError("a value is nested too deeply to be written as text")
        if kind is set and not value:
            parts.append("set()")
            return 5
        return self._collect_inside(value, kind, parts, depth)

    def _collect_inside(self, value: Any, kind: type, parts: list[str], depth: int) -> int:
        opening, closing = _BRACKETS[kind]
        length = 2
        parts.append(opening)
        members: Iterable[Any] = ordered(value) if kind is set else value
        for number, member in enumerate(members):
            if number:
                parts.append(", ")
            length += 2 + self._collect(member, parts, depth + 1)
            if kind is dict:
                parts.append(": ")
                length += 2 + self._collect(value[member], parts, depth + 1)
            check_string(length)
        parts.append(",)" if kind is tuple and len(value) == 1 else closing)
        return length
