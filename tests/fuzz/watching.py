"""What a piece of code does, as the interpreter itself tells it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

from guardagent_toolbox.vocabulary import FILENAME
from tests.fuzz.allowed import METHODS

_audited: set[str] | None = None


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _audited is not None:
        # Python raises this one for the attributes that lead out of a sandbox.
        _audited.add(f"the attribute {arguments[1]}" if event == "object.__getattr__" else event)


# Audit hooks cannot be taken back, so that there is one for the whole process.
sys.addaudithook(_note)


@contextmanager
def audited() -> Iterator[set[str]]:
    """The audit events of the block: files, sockets, processes, imports, frames, code objects and more."""
    global _audited
    found = _audited = set()
    try:
        yield found
    finally:
        _audited = None


# The functions written in C that the runtime calls beside the methods of the language; none gives more than its
# arguments hold. What the program itself calls in C is only the first three.
_DIRECT: Final = frozenset({"len", "abs", "round"})
_RUNTIME: Final = _DIRECT | {
    "all", "any", "id", "isinstance", "max", "min", "next", "repr", "sorted", "sum", "isfinite", "issuperset", "match",
    "isdisjoint", "issubclass", "fromkeys", "sub", "and_", "or_", "xor", "truediv", "floordiv", "mod",
}  # fmt: skip
_PLACE: Final = "/guardagent_toolbox/runtime/"


@contextmanager
def calls_beside_the_language() -> Iterator[set[str]]:
    """The calls of programs and of the runtime in the block that are neither a method of the table nor known."""
    found: set[str] = set()

    def watch(frame: FrameType, kind: str, what: Any) -> None:
        place = frame.f_code.co_filename
        if kind == "call":
            caller = frame.f_back
            own = place == FILENAME or _PLACE in place
            if caller is not None and caller.f_code.co_filename == FILENAME and not own:
                found.add(f"a function of {place}")
        elif kind == "c_call" and (place == FILENAME or _PLACE in place):
            known = what.__name__ in (_DIRECT if place == FILENAME else _RUNTIME)
            if not known and what.__name__ not in METHODS.get(_kind_of(what.__self__), ()):
                found.add(what.__qualname__)

    sys.setprofile(watch)
    try:
        yield found
    finally:
        sys.setprofile(None)
        found.discard("setprofile")


def _kind_of(owner: object) -> type:
    """The type that a method belongs to; `dict.fromkeys` belongs to a type itself."""
    return owner if isinstance(owner, type) else type(owner)
