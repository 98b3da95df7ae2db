"""A bounded store of what was found out recently, for threads and coroutines alike."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Holds the `size` values that were used last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Key) -> tuple[Value] | None:
        """The value under `key`, as a single; None when there is none."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return (self._held[key],)

    def keep(self, key: Key, value: Value) -> Value:
        """The value that is held under `key` from now on: the first one that anyone found."""
        with self._lock:
            kept = self._held.setdefault(key, value)
            self._held.move_to_end(key)
            while len(self._held) > self._size:
                self._held.popitem(last=False)
            return kept

    def get(self, key: Key, find_out: Callable[[], Value]) -> Value:
        """The value under `key`, found out when there is none."""
        found = self.find(key)
        return found[0] if found else self.keep(key, find_out())
