"""Keeps the memory that workers share with the zygote shared: a page is copied as soon as a worker writes to it."""

from __future__ import annotations

import gc
from typing import Final

# Python keeps objects up to 512 bytes in pools of their own size, and a pool holds blocks of one size only.
_POOL: Final = 16_384
_GRAIN: Final = 16
_LARGEST: Final = 512
_OVERHEAD: Final = b"".__sizeof__()
# Gaps of one size that are filled at most; warming up leaves about a hundred of each.
_MOST: Final = 20_000

_filling: list[bytes] = []


def settle() -> None:
    """Leaves the objects of this process as forked ones should find them: never moved, never looked through again."""
    gc.collect()
    _fill_gaps()
    gc.freeze()
    gc.disable()


def _fill_gaps() -> None:
    """Fills what is free between the objects of this process; forked ones then build theirs on pages of their own.

    Without it each small object that a worker makes would stand on another page that it must first copy.
    """
    for size in range(_OVERHEAD + _GRAIN - _OVERHEAD % _GRAIN, _LARGEST + 1, _GRAIN):
        in_a_row, last = 0, 0
        for _ in range(_MOST):
            # Every one is an object of its own, unlike those of no or one byte.
            filler = bytes(size - _OVERHEAD)
            _filling.append(filler)
            in_a_row = in_a_row + 1 if id(filler) == last + size else 0
            last = id(filler)
            # A pool without a gap is a new one.
            if in_a_row >= _POOL // size - 2:
                break


__all__ = ["settle"]
