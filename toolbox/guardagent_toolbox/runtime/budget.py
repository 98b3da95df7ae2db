"""The step budget and the size limits of one clause, deterministic and counted without looking at a clock."""

from __future__ import annotations

from collections.abc import Sized
from typing import Final

# A step is worth at most about a microsecond: one turn of a loop, one call of a helper, or a stretch of C code.
MAX_STEPS: Final = 20_000
MAX_STRING: Final = 1_000_000
MAX_ITEMS: Final = 100_000
MAX_NUMBER: Final = 10**30

TOOL_STEPS: Final = 10
# C code passes over characters and items much faster than a loop does.
CHARACTERS_SHIFT: Final = 10
ITEMS_SHIFT: Final = 4
STRIP_SHIFT: Final = 14


class GuardError(Exception):
    """The program did what the language does not allow; the message holds nothing of the event."""


class BudgetError(GuardError):
    """The program used up its steps, or wanted something too large."""


class Budget:
    """The steps that are left to one clause."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_STEPS
        """Set to `MAX_STEPS` again for every clause."""

    def spend(self, steps: int) -> None:
        """Takes steps away; raises BudgetError when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise BudgetError(f"more than {MAX_STEPS} steps; loop over less, or look things up in a dict")

    def scan_text(self, *texts: str) -> None:
        """Pays for C code that passes over the texts."""
        self.spend(1 + (sum(map(len, texts)) >> CHARACTERS_SHIFT))

    def scan_items(self, items: Sized) -> None:
        """Pays for C code that passes over the items."""
        self.spend(1 + (len(items) >> ITEMS_SHIFT))


def check_string(length: int) -> None:
    """Raises BudgetError for a text that would be too long; called before it is built."""
    if length > MAX_STRING:
        raise BudgetError(f"a text of more than {MAX_STRING} characters")


def check_items(length: int) -> None:
    """Raises BudgetError for a collection that would be too large; called before it is built."""
    if length > MAX_ITEMS:
        raise BudgetError(f"a collection of more than {MAX_ITEMS} items")


def check_number(value: int) -> int:
    """The number itself; raises BudgetError when it is too large."""
    if -MAX_NUMBER <= value <= MAX_NUMBER:
        return value
    raise BudgetError("a whole number of more than 30 digits")
